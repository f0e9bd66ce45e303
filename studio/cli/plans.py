"""`loa plan …`: the communication plan, its targets, where it is short."""

import argparse
from datetime import date

from assets.messages import say
from studio.cli import plan_reviews
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, add_command, add_group, add_json, add_option, read_day
from studio.database import open_database
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    verbs = add_group(commands, "plan")
    plan_reviews.add_commands(verbs)
    show = add_command(verbs, "plan.show", show_plan)
    targets = add_command(verbs, "plan.targets", show_targets)
    coverage = add_command(verbs, "plan.coverage", show_coverage)
    add_option(coverage, "--from", dest="first", type=read_day, default=None, metavar="D", key="from")
    add_option(coverage, "--to", dest="last", type=read_day, default=None, metavar="D", key="to")
    for command in (show, targets, coverage):
        add_option(command, "--plan", default=None, metavar="CODE", key="plan_code")
        add_json(command)


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


def show_targets(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan, list_targets

    with open_database(settings).reading() as session:
        targets = list_targets(session, find_plan(session, chosen.plan))
    if chosen.json:
        print_json([target.model_dump(mode="json") for target in targets])
        return
    print_table(
        [
            say(f"cli.column.{name}")
            for name in ("theme", "audience", "form", "station", "from", "to", "quantity", "measure")
        ],
        [
            (
                t.theme or "*",
                t.audience or "*",
                t.form or "*",
                t.station or "*",
                f"{t.first_date:%d/%m/%Y}",
                f"{t.last_date:%d/%m/%Y}",
                t.quantity,
                say(f"planning.measure.{t.measure}"),
            )
            for t in targets
        ],
    )


def show_coverage(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.amounts import write_amount
    from studio.planning.coverage import compute_coverage
    from studio.planning.plans import find_plan

    with open_database(settings).reading() as session:
        plan = find_plan(session, chosen.plan)
        first = chosen.first or date(plan.year, 1, 1)
        last = chosen.last or date(plan.year, 12, 31)
        coverage = compute_coverage(session, plan, first, last, now=now())
    if chosen.json:
        print_json(coverage.to_json())
        return
    print_table(
        [say(f"cli.column.{name}") for name in ("theme", "station", "wanted", "aired", "missing", "closing")],
        [
            (
                row.title,
                row.station_name,
                write_amount(row.measure, row.wanted),
                write_amount(row.measure, row.aired),
                write_amount(row.measure, row.missing, up=True),
                row.advice,
            )
            for row in coverage.rows
        ],
    )
