"""`loa spoken` and `loa speak`: what will be said, and its sound."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from studio.cli.corrections import add_use, use_corrections
from studio.cli.output import print_json
from studio.cli.parser import Commands, add_command, add_json, add_option
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    spoken = add_command(commands, "spoken", print_spoken)
    add_option(spoken, "text", nargs="?", default="-", metavar="TEXT")
    add_option(spoken, "--lines", action="store_true")
    add_use(spoken)
    add_json(spoken)
    speak = add_command(commands, "speak", write_speech)
    add_option(speak, "text", metavar="TEXT")
    add_option(speak, "-o", "--output", type=Path, required=True, metavar="FILE")
    add_option(speak, "--engine", default=None, metavar="E")
    add_option(speak, "--voice", default="vi-north-f", metavar="V")
    add_option(speak, "--rate", type=float, default=1.0, metavar="R")
    add_use(speak)


def print_spoken(chosen: argparse.Namespace, settings: Settings) -> None:
    corrections = use_corrections(chosen, settings)

    def show(text: str) -> None:
        reading = corrections.read([text])[0]
        if chosen.json:
            print_json(
                {
                    "spoken": reading.spoken,
                    "tokens": [asdict(token) for sentence in reading.sentences for token in sentence.tokens],
                    "warnings": [
                        {**asdict(notice), "message": notice.message} for notice in reading.warnings
                    ],
                }
            )
        else:
            print(reading.spoken, flush=chosen.lines)

    if chosen.text != "-":
        show(chosen.text)
    elif chosen.lines:
        for line in sys.stdin:
            show(line.rstrip("\n"))
    else:
        show(sys.stdin.read())


def write_speech(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.production.speaking import speak_text

    text = sys.stdin.read() if chosen.text == "-" else chosen.text
    speak_text(
        text,
        chosen.output,
        engine=chosen.engine,
        voice=chosen.voice,
        rate=chosen.rate,
        corrections=use_corrections(chosen, settings),
        settings=settings,
    )
    print(chosen.output)
