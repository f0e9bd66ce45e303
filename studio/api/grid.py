"""The grid over the API: slots, their single days, and what people did to them."""

# ruff: noqa: FAST003 - `code` of the address is read by AllowedAtStation

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlmodel import col, select

from scheduler.frames import find_frame, keep_frame, read_frame, write_frame
from scheduler.grid import SlotOverride
from scheduler.models import Slot, SlotException, Station
from scheduler.slots import Override, is_standing, list_slots
from studio.api.grid_answers import (
    CLASHES,
    ChangedAnswer,
    Day,
    DayAnswer,
    DayChange,
    DeedAnswer,
    EndedAnswer,
    NewSlot,
    Number,
    OverrideAnswer,
    SlotAnswer,
    SlotChange,
    SlotEnd,
    WholeSlotAnswer,
)
from studio.grid.changes import change_day, change_slot, demand_slot, restore_day, set_slot, stop_slot
from studio.grid.deeds import list_deeds, undo_at
from studio.grid.words import read_clock
from studio.people.models import User
from studio.people.permissions import Action
from studio.web.access import Allowed, AllowedAtStation, Now, Reading, Writing, check_request

router = APIRouter(tags=["grid"])

Visited = Annotated[Station, Depends(AllowedAtStation(Action.READ_STATION))]
Edited = Annotated[Station, Depends(AllowedAtStation(Action.EDIT_GRID))]
Editor = Annotated[User, Depends(Allowed(Action.EDIT_GRID))]
SENT = [Depends(check_request)]


@router.get("/stations/{code}/slots")
def list_all(station: Visited, session: Reading, *, past: bool = False) -> list[SlotAnswer]:
    """The slots of the station in the order of the day; with `past` also those that a change ended."""
    slots = [one for one in list_slots(session, station.code) if is_standing(one)]
    followed = {one.continues_id for one in slots}
    return [_answer(one) for one in slots if past or one.id not in followed]


@router.post("/stations/{code}/slots", status_code=201, dependencies=SENT, responses=CLASHES)
def add(station: Edited, session: Writing, user: Editor, now: Now, given: NewSlot) -> SlotAnswer:
    slot = set_slot(
        session,
        station,
        override=_read_override(given.override, user, now),
        by=user.username,
        now=now,
        valid_from=given.first,
        campaign_id=given.campaign,
        replaces_id=given.replaces,
        **_read_fields(given.model_dump()),
    )
    return _answer(slot)


@router.get("/stations/{code}/slots/{number}")
def show(station: Visited, session: Reading, number: Number) -> WholeSlotAnswer:
    """The slot with the days that are otherwise, and what it goes over."""
    slot = demand_slot(session, station, number)
    days = select(SlotException).where(SlotException.slot_id == slot.id).order_by(col(SlotException.date))
    overrides = select(SlotOverride).where(SlotOverride.slot_id == slot.id).order_by(col(SlotOverride.id))
    return WholeSlotAnswer(
        **_answer(slot).model_dump(),
        days=[_answer_day(one) for one in session.exec(days)],
        overrides=[
            OverrideAnswer(over=one.over_id, reason=one.reason, by=one.by, at=one.at)
            for one in session.exec(overrides)
        ],
    )


@router.patch("/stations/{code}/slots/{number}", dependencies=SENT, responses=CLASHES)
def change(
    station: Edited, session: Writing, user: Editor, now: Now, *, number: Number, given: SlotChange
) -> ChangedAnswer:
    """Change this and all following; past and published days keep theirs, so the slot may be another."""
    slot, since = change_slot(
        session,
        demand_slot(session, station, number),
        given.day,
        override=_read_override(given.override, user, now),
        by=user.username,
        now=now,
        **_read_fields(given.model_dump(exclude_unset=True, exclude={"day"})),
    )
    return ChangedAnswer(slot=_answer(slot), since=since)


@router.post("/stations/{code}/slots/{number}/end", dependencies=SENT)
def end(
    station: Edited, session: Writing, user: Editor, now: Now, *, number: Number, given: SlotEnd
) -> EndedAnswer:
    """Let it happen no more from a day on."""
    slot = demand_slot(session, station, number)
    return EndedAnswer(since=stop_slot(session, slot, given.day, by=user.username, now=now))


@router.put("/stations/{code}/slots/{number}/days/{day}", dependencies=SENT, responses=CLASHES)
def change_one(
    station: Edited, session: Writing, user: Editor, now: Now, *, number: Number, day: Day, given: DayChange
) -> DayAnswer:
    """Move, resize or cancel the occurrence of this day only; the others stay."""
    made = change_day(
        session,
        demand_slot(session, station, number),
        day,
        moved_to=read_clock(given.starts) if given.starts else None,
        minutes=given.minutes,
        reason=given.reason,
        override=_read_override(given.override, user, now),
        by=user.username,
        now=now,
    )
    return _answer_day(made)


@router.delete(
    "/stations/{code}/slots/{number}/days/{day}", status_code=204, dependencies=SENT, responses=CLASHES
)
def restore_one(
    station: Edited, session: Writing, user: Editor, now: Now, *, number: Number, day: Day
) -> None:
    """Let the day be again as the slot says."""
    restore_day(session, demand_slot(session, station, number), day, by=user.username, now=now)


@router.get("/stations/{code}/grid/changes")
def list_changes(station: Visited, session: Reading) -> list[DeedAnswer]:
    """The latest changes of the station's grid, the newest first."""
    return [
        DeedAnswer(number=one.number, at=one.at, by=one.by, sentence=one.words, undoable=one.is_open)
        for one in list_deeds(session, station)
    ]


@router.post(
    "/stations/{code}/grid/changes/{number}/undo", status_code=204, dependencies=SENT, responses=CLASHES
)
def take_back(station: Edited, session: Writing, user: Editor, now: Now, *, number: Number) -> None:
    """Make the grid what it was before; that is a change too, and can be undone."""
    undo_at(session, station, number, user=user, now=now)


def _read_override(reason: str, user: User, now: datetime) -> Override | None:
    return Override(by=user.username, reason=reason, at=now) if reason.strip() else None


COLUMNS = {
    "name": "name",
    "starts": "starts",
    "minutes": "duration_minutes",
    "rrule": "rrule",
    "last": "valid_until",
    "use": "use",
    "relay": "relay_source",
    "signature": "signature_key",
    "closing": "closing_key",
}
EMPTY = frozenset({"last", "signature", "closing"})
"""Fields in which null means that there is none; elsewhere it means: as it is."""


def _read_fields(given: dict[str, Any]) -> dict[str, Any]:
    fields = {
        column: given[name]
        for name, column in COLUMNS.items()
        if name in given and (given[name] is not None or name in EMPTY)
    }
    if "starts" in fields:
        fields["starts"] = read_clock(fields["starts"])
    if given.get("frame") is not None:
        fields["frame"] = keep_frame(read_frame(given["frame"]))
    return fields


def _answer(slot: Slot) -> SlotAnswer:
    return SlotAnswer(
        number=slot.id or 0,
        first=slot.valid_from,
        campaign=slot.campaign_id,
        replaces=slot.replaces_id,
        continues=slot.continues_id,
        **{name: getattr(slot, column) for name, column in COLUMNS.items() if name != "starts"},
        starts=f"{slot.starts:%H:%M:%S}",
        frame=write_frame(find_frame(slot.frame)),
    )


def _answer_day(one: SlotException) -> DayAnswer:
    return DayAnswer(
        day=one.date,
        cancelled=one.moved_to is None and one.minutes is None,
        starts=f"{one.moved_to:%H:%M:%S}" if one.moved_to else None,
        minutes=one.minutes,
        reason=one.reason,
    )
