"""How arguments are declared: words from the message catalogue, one way to add a command."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from assets.errors import Invalid, Missing
from assets.messages import say
from studio.settings import Settings

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["Parser"]  # noqa: SLF001  argparse has no public name for it
else:
    Commands = Any
Run = Callable[[argparse.Namespace, Settings], int | None]


class DateUnreadable(Invalid):
    """A day on the command line is neither yyyy-mm-dd nor dd/mm/yyyy."""


class FileMissing(Missing):
    """A file that a command should read is not there."""


class CommandUnreadable(Invalid):
    """The arguments are not of the command's form."""


class Parser(argparse.ArgumentParser):
    """argparse with headings in the reader's language and errors in one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, **options)
        self._positionals.title = say("cli.arguments")
        self._optionals.title = say("cli.options")
        self.add_argument("-h", "--help", action="help", help=say("cli.help"))

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", say("cli.usage") + " ", 1)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Who says nothing where something is needed is told what there is."""
        words = sys.argv[1:] if args is None else args
        if not words and any(action.required for action in self._actions):
            self.exit(CommandUnreadable.exit_code, self.format_help())
        return super().parse_known_args(words, namespace)

    def error(self, message: str) -> NoReturn:
        found = ((key, re.fullmatch(pattern, message)) for key, pattern in _COMPLAINTS.items())
        said = (say(f"cli.wrong.{key}", **match.groupdict()) for key, match in found if match)
        raise CommandUnreadable(message=next(said, message), command=self.prog)


# argparse speaks English only.
_COMPLAINTS = {
    "required": r"the following arguments are required: (?P<names>.+)",
    "one_of": r"one of the arguments (?P<names>.+) is required",
    "unknown": r"unrecognized arguments: (?P<names>.+)",
    "choice": r"argument (?P<name>[^:]+): invalid choice: (?P<value>.+?) \(choose from (?P<valid>.+)\)",
    "empty": r"argument (?P<name>[^:]+): expected .* arguments?",
    "value": r"argument (?P<name>[^:]+): invalid .* value: (?P<value>.+)",
    "together": r"argument (?P<name>[^:]+): not allowed with argument (?P<other>.+)",
}


def make_root() -> Parser:
    root = Parser(prog="loa", description=say("cli.description"))
    said = f"loa {version('loa')}"
    root.add_argument("--version", action="version", version=said, help=say("cli.version"))
    root.add_argument("--home", type=Path, default=None, metavar="DIR", help=say("cli.home"))
    return root


def add_group(commands: Commands, name: str, *, path: str = "") -> Commands:
    """A noun whose verbs are its own commands: `loa script list`; `path` where it stands below another."""
    words = say(f"cli.{path or name}.help")
    group = commands.add_parser(name, help=words, description=words)
    dest = "deed" if path else "verb"
    verbs: Commands = group.add_subparsers(metavar=say("cli.command"), required=True, dest=dest)
    return verbs


def add_command(commands: Commands, key: str, run: Run) -> Parser:
    """A command: `key` is its path with dots (`script.list`), the last part its name."""
    words = say(f"cli.{key}.help")
    command: Parser = commands.add_parser(key.rsplit(".", 1)[-1], help=words, description=words)
    command.set_defaults(run=run)
    return command


def add_option(command: Parser, *names: str, key: str = "", **options: Any) -> None:
    """An option or argument, worded under `cli.option.<key>` (by default its own name)."""
    word = key or names[-1].lstrip("-").replace("-", "_")
    command.add_argument(*names, help=say(f"cli.option.{word}"), **options)


def add_json(command: Parser) -> None:
    add_option(command, "--json", action="store_true")


def add_period(command: Parser) -> None:
    add_option(command, "--from", dest="first", type=read_day, required=True, metavar="D", key="from")
    add_option(command, "--to", dest="last", type=read_day, required=True, metavar="D", key="to")


def find_file(text: str) -> Path:
    """A file named on the command line.

    Raises:
        FileMissing: there is no file of that name.
    """
    path = Path(text)
    if not path.is_file():
        raise FileMissing(path=text)
    return path


def read_day(text: str) -> date:
    """A local day written 2026-12-01 or 01/12/2026.

    Raises:
        DateUnreadable: says which two forms are read.
    """
    try:
        if "/" in text:
            day, month, year = text.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        raise DateUnreadable(text=text) from None
