"""The command `loa`: reads the arguments, opens what the command needs, answers with an exit code.

0 ok, 2 bad request, 3 not found, 4 conflict, 5 not allowed, 6 out of reach now (retry), 7 damaged data.
An error is one line on stderr that says what to do.
"""

import os
import signal
import sys
from collections.abc import Sequence

from assets.errors import LoaError
from assets.messages import say, set_language
from studio.cli import (
    activities,
    airings,
    clips,
    clock,
    corrections,
    demonstration,
    diagnosis,
    leaflets,
    logs,
    money,
    parser,
    plans,
    readings,
    recordings,
    renders,
    reports,
    scripts,
    serving,
    units,
    urgent,
)
from studio.settings import read_settings
from studio.voices.registry import look_in

COMMANDS = (
    demonstration, readings, renders, clips, leaflets, recordings, plans, units, activities, scripts,
    corrections, airings, urgent, clock, reports, money, logs, serving, diagnosis,
)  # fmt: skip
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
        known = build_parser()
        chosen = known.parse_args(arguments)
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


def build_parser() -> parser.Parser:
    """The whole command with all its sub-commands."""
    root = parser.make_root()
    commands = root.add_subparsers(metavar=say("cli.command"), required=True, dest="command")
    for module in COMMANDS:
        module.add_commands(commands)
    return root


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
