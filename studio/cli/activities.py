"""`loa activity …`: what was done for the plan beside broadcasting."""

import argparse

from assets.messages import say
from assets.store import Store
from studio.activities.models import ActivityKind, ActivityState
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import (
    Commands,
    Parser,
    add_command,
    add_group,
    add_json,
    add_option,
    find_file,
    read_day,
)
from studio.database import open_database
from studio.people.audit import SYSTEM
from studio.settings import Settings

_WORDS = ("title", "place", "theme", "audience", "form", "language", "link", "note")
_COUNTS = ("sessions", "people", "copies", "households")


def add_commands(commands: Commands) -> None:
    verbs = add_group(commands, "activity")
    fresh = add_command(verbs, "activity.add", add)
    _add_fields(fresh)
    add_option(fresh, "--plan", default=None, metavar="CODE", key="plan_code")
    listed = add_command(verbs, "activity.list", show_all)
    add_option(listed, "words", nargs="*", metavar="WORD", key="activity_words")
    add_option(listed, "--unit", default=None, metavar="U", key="unit")
    add_option(listed, "--from", dest="first", type=read_day, default=None, metavar="D", key="from")
    add_option(listed, "--to", dest="last", type=read_day, default=None, metavar="D", key="to")
    add_option(listed, "--deleted", action="store_true", key="activity_deleted")
    add_json(listed)
    for name, run in (
        ("show", show),
        ("edit", edit),
        ("attach", attach_files),
        ("delete", delete),
        ("restore", restore),
    ):
        command = add_command(verbs, f"activity.{name}", run)
        add_option(command, "number", type=int, metavar="N", key="activity_number")
        if name == "edit":
            _add_fields(command)
        elif name == "attach":
            add_option(command, "files", type=find_file, nargs="+", metavar="FILE", key="activity_files")
        elif name == "show":
            add_json(command)


def _add_fields(command: Parser) -> None:
    add_option(
        command, "--kind", choices=[kind.value for kind in ActivityKind], default=None, key="activity_kind"
    )
    add_option(command, "--unit", default=None, metavar="U", key="unit")
    add_option(command, "--on", type=read_day, default=None, metavar="D", key="activity_on")
    states = [state.value for state in ActivityState]
    add_option(command, "--state", choices=states, default=None, key="activity_state")
    for name in _WORDS:
        add_option(command, f"--{name}", default=None, metavar="TEXT", key=f"activity_{name}")
    for name in _COUNTS:
        add_option(command, f"--{name}", type=int, default=None, metavar="N", key=f"activity_{name}")


def _read_fields(chosen: argparse.Namespace) -> dict[str, object]:
    fields: dict[str, object] = {
        name: getattr(chosen, name) for name in (*_WORDS, *_COUNTS) if getattr(chosen, name) is not None
    }
    if chosen.kind:
        fields["kind"] = ActivityKind(chosen.kind)
    if chosen.state:
        fields["state"] = ActivityState(chosen.state)
    if chosen.on:
        fields["held_on"] = chosen.on
    return fields


def add(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.activities.activities import add_activity
    from studio.cli.parser import CommandUnreadable
    from studio.planning.plans import find_plan

    missing = [f"--{name}" for name in ("kind", "unit", "on", "title") if getattr(chosen, name) is None]
    if missing:
        raise CommandUnreadable(message=", ".join(missing), command="loa activity add")
    with open_database(settings).writing() as session:
        plan = find_plan(session, chosen.plan)
        activity = add_activity(session, plan, chosen.unit, _read_fields(chosen), by=SYSTEM, now=now())
        number = activity.id
    print(say("cli.activity.added", number=number))


def show_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.activities.activities import list_activities
    from studio.planning.units import find_unit, list_counted, list_units

    with open_database(settings).reading() as session:
        units = list_units(session)
        counted = list_counted(units, find_unit(session, chosen.unit).code) if chosen.unit else None
        found = list_activities(
            session,
            words=" ".join(chosen.words),
            units=sorted(counted) if counted is not None else None,
            first=chosen.first,
            last=chosen.last,
            deleted=chosen.deleted,
            limit=10_000,
        )
    names = {unit.id: unit.name for unit in units}
    columns = ("number", "day", "kind", "unit", "title", "people", "copies", "state")
    if chosen.json:
        print_json([one.model_dump(mode="json", exclude={"search_text"}) for one in found.items])
        return
    print_table(
        [say(f"cli.column.{name}") for name in columns],
        [
            (
                one.id,
                f"{one.held_on:%d/%m/%Y}",
                say(f"activities.kind.{one.kind}"),
                names[one.unit_id],
                one.title,
                "—" if one.people is None else one.people,
                "—" if one.copies is None else one.copies,
                say(f"activities.state.{one.state}"),
            )
            for one in found.items
        ],
    )


def show(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.activities.activities import find_activity, list_attachments
    from studio.people.audit import list_entries

    with open_database(settings).reading() as session:
        activity = find_activity(session, chosen.number)
        files = list_attachments(session, activity)
        entries = list_entries(session, subject=f"activity/{activity.id}")
    found = activity.model_dump(mode="json", exclude={"search_text"})
    found["attachments"] = [one.model_dump(mode="json") for one in files]
    found["history"] = [entry.model_dump(mode="json", exclude={"id", "subject"}) for entry in entries]
    if chosen.json:
        print_json(found)
        return
    for name, value in found.items():
        if name not in ("attachments", "history"):
            print(f"{name}: {'—' if value in (None, '') else value}")
    for one in files:
        print(f"  {one.id}  {one.name}  {one.size_bytes} B  {one.sha256}")
    for entry in reversed(entries):
        print(f"  {entry.at:%d/%m/%Y %H:%M} {entry.by} {entry.action}")


def edit(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.activities.activities import change_activity, find_activity

    with open_database(settings).writing() as session:
        activity = find_activity(session, chosen.number)
        change_activity(session, activity, _read_fields(chosen), by=SYSTEM, now=now(), unit_code=chosen.unit)
    print(say("cli.activity.changed", number=chosen.number))


def attach_files(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.activities.activities import find_activity
    from studio.activities.attachments import attach

    store = Store(settings.store)
    with open_database(settings).writing() as session:
        activity = find_activity(session, chosen.number)
        for path in chosen.files:
            kept = attach(session, store, activity, path.name, path.read_bytes(), by=SYSTEM, now=now())
            print(f"{kept.name}  {kept.sha256}")


def delete(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.activities.activities import delete_activity, find_activity

    with open_database(settings).writing() as session:
        delete_activity(session, find_activity(session, chosen.number), by=SYSTEM, now=now())
    print(say("cli.activity.deleted", number=chosen.number))


def restore(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.activities.activities import find_activity, restore_activity

    with open_database(settings).writing() as session:
        restore_activity(session, find_activity(session, chosen.number), by=SYSTEM, now=now())
    print(say("cli.activity.restored", number=chosen.number))
