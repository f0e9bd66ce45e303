"""Writes docs/reference.md from the code: settings, commands, exit codes, formats, presets, errors.

python docs/make_reference.py          writes it
python docs/make_reference.py --check  fails when it is not what the code says
"""

import argparse
import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import studio.settings
from assets.errors import LoaError, all_errors
from assets.messages import catalogue, speaking
from playlists.formats.registry import FORMATS
from studio.cli.main import build_parser
from studio.mixing.presets import load_presets

REFERENCE = Path(__file__).parent / "reference.md"
NOT_IMPORTED = ("studio.migrations.env", "studio.voices.espeak_worker", "studio.voices.piper_worker")


def write_reference() -> str:
    """The whole page, in English."""
    with speaking("en"):
        parts = [
            "# Reference\n\nMade from the code by `python docs/make_reference.py`; a test holds it there.",
            "## Settings\n\n" + "\n".join(list_settings()),
            "## Commands\n\n" + "\n\n".join(list_commands(build_parser(), "loa")),
            "## Exit codes\n\n" + "\n".join(list_branches()),
            "## Playlist formats\n\n" + "\n".join(list_formats()),
            "## Mastering presets\n\n" + "\n".join(list_presets()),
            "## Errors\n\n" + "\n".join(list_errors()),
        ]
    return "\n\n".join(parts) + "\n"


def list_settings() -> Iterator[str]:
    """Each field of Settings that the environment sets, by its docstring."""
    tree = ast.parse(inspect.getsource(studio.settings))
    (settings,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings"]
    yield "| setting | meaning |\n|---|---|"
    for field, text in zip(settings.body, settings.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            words = inspect.cleandoc(ast.literal_eval(text.value))
            if "`LOA_" in words:
                meaning, _, name = words.rpartition(" (`")
                yield f"| `{name.rstrip('`).')}` | {' '.join(meaning.split())} |"


def list_commands(parser: argparse.ArgumentParser, path: str) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield from list_commands(command, f"{path} {name}")
            return
    options = "\n".join(
        f"- `{', '.join(action.option_strings) or action.metavar}` {action.help}"
        for action in parser._actions
        if "--help" not in action.option_strings
    )
    yield f"### `{path}`\n\n{parser.description}\n" + (f"\n{options}" if options else "")


def list_branches() -> Iterator[str]:
    yield "| code | branch | HTTP |\n|---|---|---|\n| 0 | – | 200 |"
    for branch in LoaError.__subclasses__():
        yield f"| {branch.exit_code} | `{branch.__name__}` | {branch.http_status} |"


def list_formats() -> Iterator[str]:
    yield "| format | file | media type |\n|---|---|---|"
    for name, known in FORMATS.items():
        yield f"| `{name}` | `{known.suffix}` | `{known.media_type}` |"
    yield "| `zip` | `.zip` | `application/zip`: the bundle, with all of these and the media |"


def list_presets() -> Iterator[str]:
    yield "| preset | target | ceiling | channels | format |\n|---|---|---|---|---|"
    for name, preset in load_presets().items():
        target, ceiling = f"{preset.target_lufs:g} LUFS", f"{preset.ceiling_dbtp:g} dBTP"
        rate = f", {preset.bit_rate_kbps} kbit/s" if preset.bit_rate_kbps else ""
        codec = f"{preset.format}{rate}"
        yield f"| `{name}` | {target} | {ceiling} | {preset.channels} | {codec} |"


def list_errors() -> Iterator[str]:
    for floor in ("assets", "scheduler", "playlists", "studio"):
        package = importlib.import_module(floor)
        for module in pkgutil.walk_packages(package.__path__, f"{floor}."):
            if module.name not in NOT_IMPORTED and ".versions" not in module.name:
                importlib.import_module(module.name)
    yield "| error | exit | wording |\n|---|---|---|"
    for kind in all_errors():
        if kind not in LoaError.__subclasses__():
            words = catalogue("en")[f"error.{kind.__name__}"].replace("|", "\\|")
            yield f"| `{kind.__name__}` | {kind.exit_code} | {words} |"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(
            0 if REFERENCE.read_text("utf-8") == write_reference() else "docs/reference.md is out of date"
        )
    REFERENCE.write_text(write_reference(), "utf-8")
