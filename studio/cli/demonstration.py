"""`loa demo`: the whole way once, on the bundled example."""

import argparse
from pathlib import Path

from assets.messages import say
from studio.cli.output import print_table, show_progress
from studio.cli.parser import Commands, add_command, add_option
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    command = add_command(commands, "demo", run)
    # SUPPRESS: a `--home` given before the command is not undone by its absence after it.
    add_option(command, "--home", type=Path, default=argparse.SUPPRESS, metavar="DIR", key="demo_home")


def run(_chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.example.demo import run_demo

    with show_progress() as report:
        outcome = run_demo(settings, progress=report)
    print_table(
        [say(f"cli.column.{name}") for name in ("what", "figure", "where")],
        [(row.what, row.figures, row.where) for row in outcome.rows],
        title=say("cli.demo.title"),
    )
    print(outcome.first_look)
