"""`loa recording check`: files judged before they are used."""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import LoaError
from assets.messages import say
from studio.cli.output import print_json, print_table, show_progress
from studio.cli.parser import Commands, add_command, add_json, add_option, find_file
from studio.settings import Settings

if TYPE_CHECKING:
    from assets.listening import Listening


def add_commands(verbs: Commands) -> None:
    """Below `loa recording`."""
    check = add_command(verbs, "recording.check", check_files)
    add_option(check, "files", nargs="+", metavar="FILE", key="recording_files")
    add_json(check)


def check_files(chosen: argparse.Namespace, _settings: Settings) -> int:
    """A file that cannot be used does not keep the others from being heard."""
    from assets.listening import listen

    heard: dict[str, Listening] = {}
    refused: dict[str, LoaError] = {}
    with show_progress(quiet=chosen.json) as report:
        for number, name in enumerate(chosen.files):
            report(number / len(chosen.files), say("cli.recording.hearing", file=name))
            try:
                heard[name] = listen(find_file(name))
            except LoaError as error:
                refused[name] = error
    if chosen.json:
        print_json([_describe(name, heard, refused) for name in dict.fromkeys(chosen.files)])
    else:
        _print_verdicts(heard)
        print_refusals(refused.values())
        print(say("cli.recording.summary", heard=len(heard), refused=len(refused)))
    return max((refusal.exit_code for refusal in refused.values()), default=0)


def print_refusals(refused: Iterable[LoaError]) -> None:
    for refusal in refused:
        print(" ".join(str(refusal).split()), file=sys.stderr)


def _describe(file: str, heard: dict[str, "Listening"], refused: dict[str, LoaError]) -> dict[str, Any]:
    if file in refused:
        return {"file": file, "error": refused[file].code, "message": str(refused[file])}
    found = asdict(heard[file])
    for name in ("outline", "speech", "sounding", "fingerprint"):
        del found[name]
    return {"file": file, **found.pop("probe"), **found.pop("loudness"), **found}


def _print_verdicts(heard: dict[str, "Listening"]) -> None:
    if not heard:
        return
    columns = ("file", "duration_s", "integrated_lufs", "true_peak_dbtp", "cue_in_s", "cue_out_s")
    print_table(
        [say(f"cli.column.{name}") for name in columns],
        [
            (
                Path(name).name,
                f"{found.probe.duration_ms / 1000:.1f}",
                f"{found.loudness.integrated_lufs:.1f}",
                f"{found.loudness.true_peak_dbtp:.1f}",
                f"{found.cue_in_ms / 1000:.2f}",
                f"{found.cue_out_ms / 1000:.2f}",
            )
            for name, found in heard.items()
        ],
    )
    for name, found in heard.items():
        for flaw in found.flaws:
            print(f"{Path(name).name}: {say(f'assets.flaw.{flaw}')}")
