"""`loa plan …`: the communication plan, its targets, where it is short."""

import argparse

from assets.messages import say
from studio.cli import plan_reviews
from studio.cli.output import print_json, print_table
from studio.cli.parser import Commands, add_command, add_group, add_json, add_option
from studio.cli.targets import add_verbs
from studio.database import open_database
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    verbs = add_group(commands, "plan")
    plan_reviews.add_commands(verbs)
    show = add_command(verbs, "plan.show", show_plan)
    add_option(show, "--plan", default=None, metavar="CODE", key="plan_code")
    add_json(show)
    add_verbs(verbs)


def show_plan(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan, list_themes

    with open_database(settings).reading() as session:
        plan = find_plan(session, chosen.plan)
        themes = list_themes(session, plan)
        if chosen.json:
            print_json({"code": plan.code, **plan.document})
            return
        print(plan.title)
        print_table(
            [say(f"cli.column.{name}") for name in ("code", "title")],
            [(theme.code, theme.title) for theme in themes],
        )
