"""`loa schedule slot, campaign, holidays`: the grid of a station, changed with a way back."""

import argparse
from typing import TYPE_CHECKING, Any

from assets.messages import say
from studio.cli.output import now, print_json, print_table
from studio.cli.parser import Commands, Parser, add_command, add_group, add_json, add_option, read_day
from studio.database import open_database
from studio.people.audit import SYSTEM
from studio.settings import Settings

if TYPE_CHECKING:
    from sqlmodel import Session

    from scheduler.models import Slot
    from scheduler.slots import Override

USES = ("any", "workdays", "holidays")


def add_commands(schedule: Commands) -> None:
    slots = add_group(schedule, "slot", path="schedule.slot")
    _at_station(add_json_to(add_command(slots, "schedule.slot.list", list_all)))
    fresh = add_command(slots, "schedule.slot.add", add)
    _at_station(fresh, "--name")
    add_option(fresh, "--at", required=True, metavar="HH:MM", key="slot_at")
    add_option(fresh, "--minutes", type=int, required=True, metavar="N", key="slot_minutes")
    add_option(fresh, "--from", dest="first", type=read_day, required=True, metavar="D", key="slot_from")
    add_option(fresh, "--campaign", default=None, metavar="NAME", key="slot_campaign")
    add_option(fresh, "--replaces", default=None, metavar="SLOT", key="slot_replaces")
    change = add_command(slots, "schedule.slot.change", change_one)
    _at_station(change, "slot")
    add_option(
        change, "--from", dest="first", type=read_day, required=True, metavar="D", key="slot_following"
    )
    add_option(change, "--name", default=None, metavar="TEXT", key="slot_title")
    add_option(change, "--at", default=None, metavar="HH:MM", key="slot_at")
    add_option(change, "--minutes", type=int, default=None, metavar="N", key="slot_minutes")
    for command in (fresh, change):
        add_option(command, "--to", dest="last", type=read_day, default=None, metavar="D", key="slot_to")
        add_option(command, "--rule", default=None, metavar="RRULE", key="slot_rule")
        add_option(command, "--use", choices=USES, default=None, key="slot_use")
        add_option(command, "--relay", default=None, metavar="SOURCE", key="slot_relay")
        add_option(command, "--frame", default=None, metavar="PARTS", key="slot_frame")
    end = add_command(slots, "schedule.slot.end", end_one)
    _at_station(end, "slot")
    add_option(end, "--from", dest="first", type=read_day, required=True, metavar="D", key="slot_ends")
    day = add_command(slots, "schedule.slot.day", change_day)
    _at_station(day, "slot")
    add_option(day, "day", type=read_day, metavar="D", key="slot_day")
    add_option(day, "--cancel", action="store_true", key="day_cancel")
    add_option(day, "--restore", action="store_true", key="day_restore")
    add_option(day, "--at", default=None, metavar="HH:MM", key="slot_at")
    add_option(day, "--minutes", type=int, default=None, metavar="N", key="slot_minutes")
    add_option(day, "--reason", default="", metavar="TEXT", key="day_reason")
    for command in (fresh, change, day):
        add_option(command, "--override", default=None, metavar="REASON", key="slot_override")
    history = add_command(slots, "schedule.slot.history", show_history)
    _at_station(history)
    undo = add_command(slots, "schedule.slot.undo", take_back)
    add_option(undo, "number", type=int, metavar="N", key="deed_number")
    for command in (fresh, change, end, day, undo):
        add_option(command, "--by", default=SYSTEM, metavar="USER", key="grid_by")


def add_json_to(command: Parser) -> Parser:
    add_json(command)
    return command


def _at_station(command: Parser, *named: str) -> None:
    add_option(command, "station", metavar="S", key="station_code")
    for name in named:
        if name == "slot":
            add_option(command, "slot", metavar="SLOT", key="slot_named")
        else:
            add_option(command, name, required=True, metavar="TEXT", key="slot_title")


def list_all(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.campaigns import list_campaigns
    from scheduler.rule_words import describe_rule, describe_span
    from scheduler.slots import is_standing, list_slots

    with open_database(settings).reading() as session:
        slots = [one for one in list_slots(session, chosen.station) if is_standing(one)]
        campaigns = {one.id: one.name for one in list_campaigns(session)}
    if chosen.json:
        print_json(
            [one.model_dump(mode="json") | {"campaign": campaigns.get(one.campaign_id)} for one in slots]
        )
        return
    if not slots:
        print(say("cli.schedule.slot.none", station=chosen.station))
        return
    names = ("number", "title", "time", "length", "rule", "period", "use", "campaign", "relay")
    print_table(
        [say(f"cli.column.{name}") for name in names],
        [
            (
                one.id,
                one.name,
                f"{one.starts:%H:%M}",
                one.duration_minutes,
                describe_rule(one.rrule),
                describe_span(one.valid_from, one.valid_until),
                say(f"scheduler.use.{one.use}"),
                campaigns.get(one.campaign_id, "—"),
                one.relay_source or "—",
            )
            for one in slots
        ],
    )


def add(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.campaigns import find_campaign
    from scheduler.slots import find_slot
    from scheduler.stations import find_station
    from studio.grid.changes import set_slot
    from studio.grid.words import read_clock

    with open_database(settings).writing() as session:
        fields = _read_fields(chosen) | {
            "name": chosen.name,
            "starts": read_clock(chosen.at),
            "duration_minutes": chosen.minutes,
            "valid_from": chosen.first,
        }
        if chosen.campaign:
            fields["campaign_id"] = find_campaign(session, chosen.campaign).id
        if chosen.replaces:
            fields["replaces_id"] = find_slot(session, chosen.station, chosen.replaces, on=chosen.first).id
        station = find_station(session, chosen.station)
        slot = set_slot(session, station, override=_read_override(chosen), by=chosen.by, now=now(), **fields)
        number = slot.id
    print(say("cli.schedule.slot.added", number=number, slot=chosen.name))


def change_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.grid.changes import change_slot
    from studio.grid.words import read_clock

    with open_database(settings).writing() as session:
        fields = _read_fields(chosen)
        fields |= {"name": chosen.name} if chosen.name else {}
        fields |= {"starts": read_clock(chosen.at)} if chosen.at else {}
        fields |= {"duration_minutes": chosen.minutes} if chosen.minutes is not None else {}
        slot, since = change_slot(
            session,
            _find(session, chosen),
            chosen.first,
            override=_read_override(chosen),
            by=chosen.by,
            now=now(),
            **fields,
        )
        number, name = slot.id, slot.name
    print(say("cli.schedule.slot.changed", number=number, slot=name, first=f"{since:%d/%m/%Y}"))


def end_one(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.grid.changes import stop_slot

    with open_database(settings).writing() as session:
        since = stop_slot(session, _find(session, chosen), chosen.first, by=chosen.by, now=now())
    print(say("cli.schedule.slot.ended", slot=chosen.slot, first=f"{since:%d/%m/%Y}"))


def change_day(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.cli.parser import CommandUnreadable
    from studio.grid import changes
    from studio.grid.words import read_clock

    ways = (chosen.cancel, chosen.restore, chosen.at is not None or chosen.minutes is not None)
    if sum(ways) != 1:
        raise CommandUnreadable(message=say("cli.schedule.slot.one_way"), command="loa schedule slot day")
    with open_database(settings).writing() as session:
        slot = _find(session, chosen, on=chosen.day)
        if chosen.restore:
            changes.restore_day(session, slot, chosen.day, by=chosen.by, now=now())
        else:
            changes.change_day(
                session,
                slot,
                chosen.day,
                moved_to=read_clock(chosen.at) if chosen.at else None,
                minutes=chosen.minutes,
                reason=chosen.reason,
                override=_read_override(chosen),
                by=chosen.by,
                now=now(),
            )
    print(say("cli.schedule.slot.day_kept", slot=chosen.slot, day=f"{chosen.day:%d/%m/%Y}"))


def show_history(chosen: argparse.Namespace, settings: Settings) -> None:
    from scheduler.stations import find_station
    from studio.grid.deeds import list_deeds

    with open_database(settings).reading() as session:
        found = list_deeds(session, find_station(session, chosen.station), limit=50)
    print_table(
        [say(f"cli.column.{name}") for name in ("number", "day", "by", "title", "undo")],
        [
            (
                one.number,
                f"{one.at.astimezone(settings.timezone):%H:%M %d/%m/%Y}",
                one.by,
                one.words,
                f"loa schedule slot undo {one.number}" if one.is_open else "—",
            )
            for one in found
        ],
    )


def take_back(chosen: argparse.Namespace, settings: Settings) -> None:
    from studio.grid.deeds import undo

    with open_database(settings).writing() as session:
        undo(session, chosen.number, by=chosen.by, now=now())
    print(say("cli.schedule.slot.undone", number=chosen.number))


def _find(session: "Session", chosen: argparse.Namespace, **when: Any) -> "Slot":
    from scheduler.slots import find_slot

    return find_slot(session, chosen.station, chosen.slot, **(when or {"on": chosen.first}))


def _read_fields(chosen: argparse.Namespace) -> dict[str, Any]:
    from scheduler.frames import keep_frame, read_frame
    from scheduler.models import DayUse

    fields: dict[str, Any] = {}
    fields |= {"rrule": chosen.rule} if chosen.rule else {}
    fields |= {"valid_until": chosen.last} if chosen.last else {}
    fields |= {"use": DayUse(chosen.use)} if chosen.use else {}
    fields |= {"frame": keep_frame(read_frame(chosen.frame))} if chosen.frame is not None else {}
    return fields | ({"relay_source": chosen.relay} if chosen.relay is not None else {})


def _read_override(chosen: argparse.Namespace) -> "Override | None":
    from scheduler.slots import Override, OverrideWithoutReason

    if chosen.override is None:
        return None
    if chosen.by == SYSTEM:
        raise OverrideWithoutReason
    return Override(by=chosen.by, reason=chosen.override, at=now())
