"""The command `loa`: reads the arguments, opens what the command needs, answers with an exit code.

0 ok, 2 bad request, 3 not found, 4 conflict, 5 not allowed, 6 out of reach now (retry), 7 damaged data.
An error is one line on stderr that says what to do.
"""

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from assets.errors import LoaError
from assets.messages import say, set_language
from studio.cli import parser
from studio.settings import read_settings
from studio.voices.registry import look_in

COMMANDS = {
    "demo": "demonstration", "spoken": "readings", "speak": "readings", "render": "renders",
    "loudness": "renders", "clip": "clips", "leaflet": "leaflets", "recording": "recordings", "plan": "plans",
    "station": "stations", "unit": "units", "task": "units", "activity": "activities", "script": "scripts",
    "correct": "corrections",
    "schedule": "airings", "playlist": "airings", "urgent": "urgent", "clock": "clock", "report": "reports",
    "period": "reports", "money": "money", "asrun": "logs", "serve": "serving", "worker": "serving",
    "user": "serving", "doctor": "diagnosis",
}  # fmt: skip
"""Each command and the module of this folder that has it: only that one is loaded."""
EXIT_INTERRUPTED = 130
EXIT_PIPE_CLOSED = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `loa ARGUMENTS`; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A console in another encoding shows a mark for a letter it lacks; it must not end the command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        settings = read_settings()
        set_language(settings.language)
        chosen = build_parser(find_command(arguments)).parse_args(arguments)
        if chosen.home is not None:
            settings = read_settings(home=chosen.home)
        look_in(settings.voices)
        code = chosen.run(chosen, settings)
    except LoaError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(say("cli.interrupted"), file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (`| head`) has gone; nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PIPE_CLOSED
    return code or 0


def find_command(arguments: Sequence[str] | None) -> str | None:
    """The command that is asked for, if it can be told before the arguments are read."""
    words = sys.argv[1:] if arguments is None else arguments
    before = ["", *words]
    return next(
        (word for last, word in zip(before, words, strict=False) if word in COMMANDS and last != "--home"),
        None,
    )


def build_parser(command: str | None = None) -> parser.Parser:
    """The whole command with all its sub-commands, or the part of it that `command` needs."""
    root = parser.make_root()
    commands = root.add_subparsers(metavar=say("cli.command"), required=True, dest="command")
    names = [COMMANDS[command]] if command else dict.fromkeys(COMMANDS.values())
    for name in names:
        import_module(f"studio.cli.{name}").add_commands(commands)
    return root


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
