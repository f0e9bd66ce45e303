"""`loa unit …`, `loa task …`: who there is in their time, and what they have to do."""

import argparse

from assets.messages import say
from assets.units import VIETNAM
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, Parser, add_command, add_group, add_json, add_option, read_day
from studio.database import open_database
from studio.people.audit import SYSTEM
from studio.planning.models import TaskState, Unit, UnitKind
from studio.settings import Settings


def add_commands(commands: Commands) -> None:
    units = add_group(commands, "unit")
    show = add_command(units, "unit.list", show_units)
    add_option(show, "--on", type=read_day, default=None, metavar="D", key="unit_on")
    add_json(show)
    fresh = add_command(units, "unit.add", add)
    _add_unit(fresh)
    add_option(fresh, "--from", dest="first", type=read_day, default=None, metavar="D", key="unit_from")
    change = add_command(units, "unit.change", change_unit)
    add_option(change, "code", metavar="CODE", key="unit")
    add_option(change, "--name", default=None, metavar="TEXT", key="unit_name")
    for command in (fresh, change):
        add_option(command, "--parent", default=None, metavar="U", key="unit_parent")
        add_option(command, "--households", type=int, default=None, metavar="N", key="unit_households")
    merge = add_command(units, "unit.merge", merge_units)
    _add_unit(merge)
    add_option(merge, "--of", nargs="+", required=True, metavar="U", key="unit_of")
    add_option(merge, "--on", type=read_day, required=True, metavar="D", key="unit_merged_on")
    own = add_command(units, "unit.station", assign)
    add_option(own, "station", metavar="S", key="station_code")
    add_option(own, "code", metavar="U", key="unit")
    add_option(own, "--from", dest="first", type=read_day, required=True, metavar="D", key="unit_owns_from")
    tasks = add_group(commands, "task")
    listed = add_command(tasks, "task.list", show_tasks)
    add_option(listed, "--unit", default=None, metavar="U", key="unit")
    add_option(listed, "--plan", default=None, metavar="CODE", key="plan_code")
    add_json(listed)
    make = add_command(tasks, "task.add", add_one)
    add_option(make, "unit", metavar="U", key="unit")
    add_option(make, "title", metavar="TEXT", key="task_title")
    add_option(make, "--due", type=read_day, default=None, metavar="D", key="task_due")
    add_option(make, "--plan", default=None, metavar="CODE", key="plan_code")
    move = add_command(tasks, "task.set", move_task)
    add_option(move, "number", type=int, metavar="N", key="task_number")
    add_option(move, "--state", choices=[state.value for state in TaskState], default=None, key="task_state")
    add_option(move, "--due", type=read_day, default=None, metavar="D", key="task_due")
    add_option(move, "--note", default=None, metavar="TEXT", key="task_note")


def _add_unit(command: Parser) -> None:
    add_option(command, "code", metavar="CODE", key="unit")
    add_option(command, "name", metavar="NAME", key="unit_name")
    kinds = [kind.value for kind in UnitKind]
    add_option(command, "--kind", choices=kinds, default=UnitKind.COMMUNE.value, key="unit_kind")


def show_units(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.units import list_units

    with open_database(settings).reading() as session:
        units = list_units(session, on=chosen.on)
        codes = {unit.id: unit.code for unit in list_units(session)}
    if chosen.json:
        print_json(
            [
                unit.model_dump(mode="json", exclude={"id", "parent_id", "successor_id"})
                | {"parent": codes.get(unit.parent_id), "successor": codes.get(unit.successor_id)}
                for unit in units
            ]
        )
        return
    print_table(
        [
            say(f"cli.column.{name}")
            for name in ("code", "title", "kind", "parent", "from", "to", "successor")
        ],
        [
            (
                unit.code,
                unit.name,
                say(f"planning.unit_kind.{unit.kind}"),
                codes.get(unit.parent_id, "—"),
                f"{unit.valid_from:%d/%m/%Y}" if unit.valid_from else "—",
                f"{unit.valid_until:%d/%m/%Y}" if unit.valid_until else "—",
                codes.get(unit.successor_id, "—"),
            )
            for unit in units
        ],
    )


def add(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.units import add_unit, find_unit

    with open_database(settings).writing() as session:
        above = find_unit(session, chosen.parent) if chosen.parent else None
        unit = Unit(
            code=chosen.code,
            name=chosen.name,
            kind=UnitKind(chosen.kind),
            parent_id=above.id if above else None,
            valid_from=chosen.first,
            households=chosen.households,
        )
        add_unit(session, unit, by=SYSTEM, now=now())
    print(say("cli.unit.kept", code=chosen.code))


def change_unit(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning import units

    with open_database(settings).writing() as session:
        units.change_unit(
            session,
            chosen.code,
            name=chosen.name,
            parent=chosen.parent,
            households=chosen.households,
            by=SYSTEM,
            now=now(),
        )
    print(say("cli.unit.kept", code=chosen.code))


def merge_units(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.units import succeed

    with open_database(settings).writing() as session:
        successor = Unit(code=chosen.code, name=chosen.name, kind=UnitKind(chosen.kind))
        succeed(session, chosen.of, successor, on=chosen.on, by=SYSTEM, now=now())
    print(say("cli.unit.merged", code=chosen.code, old=", ".join(chosen.of), day=f"{chosen.on:%d/%m/%Y}"))


def assign(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.people.audit import record
    from studio.planning.units import assign_station, find_unit

    with open_database(settings).writing() as session:
        unit = find_unit(session, chosen.code)
        assign_station(session, chosen.station, unit, on=chosen.first)
        after: dict[str, object] = {"unit": unit.code, "from": chosen.first.isoformat()}
        subject = f"station/{chosen.station}"
        record(session, at=now(), by=SYSTEM, action="station.assign", subject=subject, after=after)
    print(say("cli.unit.assigned", station=chosen.station, code=chosen.code, day=f"{chosen.first:%d/%m/%Y}"))


def show_tasks(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan
    from studio.planning.tasks import list_tasks

    today = now().astimezone(VIETNAM).date()
    with open_database(settings).reading() as session:
        tasks = list_tasks(session, find_plan(session, chosen.plan), unit=chosen.unit)
    if chosen.json:
        print_json([task.model_dump(mode="json") | {"overdue": task.is_overdue(today)} for task in tasks])
        return
    print_table(
        [say(f"cli.column.{name}") for name in ("number", "unit", "title", "due", "state")],
        [
            (
                task.id,
                task.unit,
                task.title,
                f"{task.due_on:%d/%m/%Y}" if task.due_on else "—",
                say("planning.overdue")
                if task.is_overdue(today)
                else say(f"planning.task_state.{task.state}"),
            )
            for task in tasks
        ],
    )


def add_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.plans import find_plan
    from studio.planning.tasks import add_task

    with open_database(settings).writing() as session:
        plan = find_plan(session, chosen.plan)
        task = add_task(
            session, plan, unit=chosen.unit, title=chosen.title, due_on=chosen.due, by=SYSTEM, now=now()
        )
        number = task.id
    print(say("cli.task.added", number=number))


def move_task(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.planning.tasks import change_task

    with open_database(settings).writing() as session:
        change_task(
            session,
            chosen.number,
            state=TaskState(chosen.state) if chosen.state else None,
            due_on=chosen.due,
            note=chosen.note,
            today=now().astimezone(VIETNAM).date(),
            by=SYSTEM,
            now=now(),
        )
    print(say("cli.task.changed", number=chosen.number))
