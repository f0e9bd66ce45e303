"""`loa plan targets`, `coverage`, `place`, `amend`: what is wanted, and where the plan is short."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import say
from assets.whole import put_whole
from studio.cli.output import as_json, now, print_json, print_table
from studio.cli.parser import Commands, Parser, add_command, add_json, add_option, find_file, read_day
from studio.database import open_database
from studio.people.audit import SYSTEM
from studio.planning.models import Every, Measure, Plan, Target
from studio.settings import Settings

if TYPE_CHECKING:
    from studio.planning.coverage import CoverageRow

_LABELS = ("theme", "audience", "form", "language", "station", "unit")


def add_verbs(verbs: Commands) -> None:
    targets = add_command(verbs, "plan.targets", show_targets)
    _add_plan(targets)
    add_json(targets)
    more = targets.add_subparsers(metavar=say("cli.command"), dest="deed")
    add_command(more, "plan.targets.list", show_targets)
    fresh = add_command(more, "plan.targets.add", add_target)
    _add_fields(fresh, required=True)
    edit = add_command(more, "plan.targets.edit", edit_target)
    add_option(edit, "number", type=int, metavar="N", key="target_number")
    _add_fields(edit, required=False)
    remove = add_command(more, "plan.targets.remove", drop_target)
    add_option(remove, "number", type=int, metavar="N", key="target_number")
    load = add_command(more, "plan.targets.import", import_targets)
    add_option(load, "file", type=find_file, metavar="FILE", key="target_file")
    add_option(load, "--dry-run", action="store_true")
    form = add_command(more, "plan.targets.template", write_template)
    add_option(form, "-o", "--output", type=Path, required=True, metavar="FILE.xlsx", key="target_template")
    _add_coverage(verbs)
    place = add_command(verbs, "plan.place", place_plan)
    add_option(place, "plan", metavar="CODE", key="plan_code")
    add_option(place, "--under", default=None, metavar="CODE", key="parent_plan")
    add_option(place, "--unit", default=None, metavar="U", key="unit")
    for name in ("programme", "project", "sub-project", "funding-line"):
        add_option(place, f"--{name}", default=None, metavar="TEXT")
    amend = add_command(verbs, "plan.amend", amend_plan)
    _add_plan(amend)
    add_option(amend, "--number", required=True, metavar="N", key="amendment_number")
    add_option(amend, "--signed", type=read_day, required=True, metavar="D", key="amendment_signed")
    add_option(amend, "--from", dest="first", type=read_day, required=True, metavar="D", key="amendment_from")
    add_option(amend, "--changes", required=True, metavar="TEXT", key="amendment_changes")
    add_option(
        amend, "--set", action="append", default=[], dest="figures", metavar="N=QUANTITY", key="amendment_set"
    )
    add_option(amend, "--end", action="append", default=[], type=int, metavar="N", key="amendment_end")


def _add_plan(command: Parser) -> None:
    add_option(command, "--plan", default=None, metavar="CODE", key="plan_code")


def _add_coverage(verbs: Commands) -> None:
    coverage = add_command(verbs, "plan.coverage", show_coverage)
    add_option(coverage, "--from", dest="first", type=read_day, default=None, metavar="D", key="from")
    add_option(coverage, "--to", dest="last", type=read_day, default=None, metavar="D", key="to")
    add_option(coverage, "--unit", default=None, metavar="U", key="unit")
    add_option(coverage, "--rows", action="store_true", key="coverage_rows")
    _add_plan(coverage)
    add_json(coverage)


def _add_fields(command: Parser, *, required: bool) -> None:
    for name in _LABELS:
        add_option(command, f"--{name}", default=None, metavar="CODE", key=f"target_{name}")
    measures = [measure.value for measure in Measure]
    add_option(command, "--measure", choices=measures, default=None, required=required, key="target_measure")
    add_option(command, "--every", choices=[one.value for one in Every], default=None, key="target_every")
    add_option(command, "--from", dest="first", type=read_day, default=None, metavar="D", key="from")
    add_option(command, "--to", dest="last", type=read_day, default=None, metavar="D", key="to")
    add_option(command, "--quantity", type=int, required=required, metavar="N", key="target_quantity")
    add_option(command, "--maximum", type=int, default=None, metavar="N", key="target_maximum")
    add_option(command, "--weight", type=int, default=None, metavar="N", key="target_weight")


def _read_fields(chosen: argparse.Namespace) -> dict[str, object]:
    """The fields that were given; `-` empties a label."""
    fields: dict[str, object] = {}
    for name in _LABELS:
        if (value := getattr(chosen, name)) is not None:
            fields[name] = None if value == "-" else value
    for name in ("quantity", "maximum", "weight"):
        if (value := getattr(chosen, name)) is not None:
            fields[name] = value
    days = {"first_date": chosen.first, "last_date": chosen.last}
    fields |= {name: day for name, day in days.items() if day is not None}
    if chosen.measure:
        fields["measure"] = Measure(chosen.measure)
    if chosen.every:
        fields["every"] = Every(chosen.every)
    return fields


def show_targets(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan, list_targets
    from studio.planning.targets import find_problems

    with open_database(settings).reading() as session:
        plan = find_plan(session, chosen.plan)
        targets = list_targets(session, plan)
        problems = find_problems(session, plan, targets)
    if chosen.json:
        print_json([target.model_dump(mode="json") for target in targets])
        return
    print_table(
        [
            say(f"cli.column.{name}")
            for name in ("number", *_LABELS, "from", "to", "every", "quantity", "most", "measure")
        ],
        [
            (
                target.id,
                *(getattr(target, name) or "*" for name in _LABELS),
                f"{target.first_date:%d/%m/%Y}",
                f"{target.last_date:%d/%m/%Y}",
                say(f"planning.every.{target.every}"),
                target.quantity,
                "—" if target.maximum is None else target.maximum,
                say(f"planning.measure.{target.measure}"),
            )
            for target in targets
        ],
    )
    for problem in problems:
        print(f"! {targets[problem.place].id}: {problem.error}")


def add_target(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan
    from studio.planning.targets import add_targets

    with open_database(settings).writing() as session:
        plan = find_plan(session, chosen.plan)
        days = {"first_date": date(plan.year, 1, 1), "last_date": date(plan.year, 12, 31)}
        fields: dict[str, Any] = {"plan_id": plan.id, **days, **_read_fields(chosen)}
        target = Target(**fields)
        rows = add_targets(session, plan, [target], by=SYSTEM, now=now())
    for row in rows:
        print(say("cli.targets.added", number=row.id))
    if not rows:
        print(say("cli.targets.there"))


def edit_target(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan
    from studio.planning.targets import change_target

    with open_database(settings).writing() as session:
        plan = find_plan(session, chosen.plan)
        change_target(session, plan, chosen.number, _read_fields(chosen), by=SYSTEM, now=now())
    print(say("cli.targets.changed", number=chosen.number))


def drop_target(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan
    from studio.planning.targets import remove_target

    with open_database(settings).writing() as session:
        remove_target(session, find_plan(session, chosen.plan), chosen.number, by=SYSTEM, now=now())
    print(say("cli.targets.removed", number=chosen.number))


def import_targets(chosen: argparse.Namespace, settings: Settings) -> None:
    """All rows or none: every bad one is named first."""
    from studio.planning.plans import find_plan, list_targets
    from studio.planning.sheets import read_sheet
    from studio.planning.targets import add_targets, find_problems

    with open_database(settings).writing() as session:
        plan = find_plan(session, chosen.plan)
        rows = read_sheet(chosen.file.name, chosen.file.read_bytes(), plan)
        wrong: list[tuple[int, LoaError]] = [(row.line, row.error) for row in rows if row.error is not None]
        sound = [(row.line, row.target) for row in rows if row.target is not None]
        present = list_targets(session, plan)
        wrong += [
            (sound[problem.place - len(present)][0], problem.error)
            for problem in find_problems(session, plan, [*present, *(target for _, target in sound)])
            if problem.place >= len(present)
        ]
        for line, error in sorted(wrong, key=lambda one: one[0]):
            print(say("cli.targets.line", line=line, problem=error))
        if wrong:
            raise wrong[0][1]
        if not chosen.dry_run:
            made = add_targets(session, plan, [target for _, target in sound], by=SYSTEM, now=now())
            print(say("cli.targets.imported", rows=len(rows), added=len(made)))
        else:
            print(say("cli.targets.sound", rows=len(rows)))


def write_template(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import list_plans, list_targets
    from studio.planning.sheets import write_sheet

    with open_database(settings).reading() as session:
        plans = list_plans(session)
        plan = next((one for one in plans if chosen.plan in (None, one.code)), None)
        content = write_sheet(list_targets(session, plan) if plan else [])
    put_whole(chosen.output, content)
    print(chosen.output)


def show_coverage(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.coverage import compute_coverage
    from studio.planning.plans import find_plan

    with open_database(settings).reading() as session:
        plan = find_plan(session, chosen.plan)
        first = chosen.first or date(plan.year, 1, 1)
        last = chosen.last or date(plan.year, 12, 31)
        wants_rows = chosen.rows or chosen.json
        coverage = compute_coverage(
            session, plan, first, last, now=now(), unit=chosen.unit, with_rows=wants_rows
        )
        if chosen.rows:
            opened = _open_rows(session, plan, first, last)
    if chosen.json:
        found = coverage.to_json()
        if chosen.rows:
            found["opened"] = opened
        print_json(found)
        return
    _print_coverage(coverage.rows)
    if chosen.rows:
        for one in opened:
            print("\t".join(str(cell) for cell in one.values()))


def _print_coverage(rows: "Sequence[CoverageRow]") -> None:
    from studio.planning.amounts import write_amount

    columns = (
        "theme",
        "station",
        "from",
        "to",
        "wanted",
        "aired",
        "missing",
        "forecast",
        "status",
        "closing",
    )
    print_table(
        [say(f"cli.column.{name}") for name in columns],
        [
            (
                row.title,
                row.station_name,
                f"{row.first_date:%d/%m/%Y}",
                f"{row.last_date:%d/%m/%Y}",
                write_amount(row.measure, row.wanted),
                write_amount(row.measure, row.aired),
                write_amount(row.measure, row.missing, up=True),
                "—" if row.forecast is None else write_amount(row.measure, row.forecast),
                say(f"planning.status.{row.status}"),
                row.advice,
            )
            for row in rows
        ],
    )


def _open_rows(session: Session, plan: Plan, first: date, last: date) -> list[dict[str, object]]:
    """Every as-run row that counts in the days, with its station, measured start and stop."""
    from studio.planning.counting import count_aired
    from studio.planning.held import read_held
    from studio.planning.periods import Period
    from studio.planning.scope import read_ground

    aired: list[dict[str, object]] = [
        {
            "asrun_id": row.asrun_id,
            "station": row.station,
            "started_at": row.started_at,
            "stopped_at": row.stopped_at,
            "counted_ms": row.counted_ms,
            "state": row.state.value,
            "theme": row.labels.theme,
            "title": row.labels.title,
        }
        for row in count_aired(session, first, last)
        if row.counted_ms and row.labels.is_content
    ]
    held = read_held(session, read_ground(session, plan), Period(first, last))
    keys = {"id", "kind", "held_on", "title", "sessions", "people", "copies", "state", "theme"}
    return aired + [as_json(one.model_dump(mode="json", include=keys)) for one in held]


def place_plan(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.people.audit import record
    from studio.planning.plans import find_plan, place_under
    from studio.planning.units import find_unit

    with open_database(settings).writing() as session:
        plan = find_plan(session, chosen.plan)
        parent = find_plan(session, chosen.under) if chosen.under else None
        unit = find_unit(session, chosen.unit) if chosen.unit else None
        if parent is not None or unit is not None:
            place_under(session, plan, parent, unit)
        for name in ("programme", "project", "sub_project", "funding_line"):
            if (value := getattr(chosen, name)) is not None:
                setattr(plan, name, value.strip() or None)
        session.add(plan)
        after = {"under": chosen.under, "unit": chosen.unit, "programme": plan.programme}
        record(session, at=now(), by=SYSTEM, action="plan.place", subject=f"plan/{plan.code}", after=after)
    print(say("cli.plan.placed", plan=chosen.plan))


def amend_plan(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.cli.parser import CommandUnreadable
    from studio.planning.amendments import amend
    from studio.planning.plans import find_plan

    changed: dict[int, dict[str, object] | None] = dict.fromkeys(chosen.end)
    for figure in chosen.figures:
        number, _, quantity = figure.partition("=")
        if not (number.isdigit() and quantity.isdigit()):
            raise CommandUnreadable(message=f"--set {figure}", command="loa plan amend")
        changed[int(number)] = {"quantity": int(quantity)}
    with open_database(settings).writing() as session:
        amendment = amend(
            session,
            find_plan(session, chosen.plan),
            number=chosen.number,
            signed_on=chosen.signed,
            valid_from=chosen.first,
            changes=chosen.changes,
            changed=changed,
            by=SYSTEM,
            now=now(),
        )
        count = len(amendment.changed)
    print(say("cli.plan.amended", number=chosen.number, count=count, day=f"{chosen.first:%d/%m/%Y}"))
