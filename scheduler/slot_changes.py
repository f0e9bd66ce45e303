"""Slots changed after they were set: one day of them, "this and all following", and their end.

What has been stays: a change for the following days ends the slot the day before and lets a new one go on
from there (`Slot.continues_id`), so that what aired and what was published keeps the slot it belongs to.
"""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from scheduler.calendar import SlotRule, list_days
from scheduler.grid import SlotOverride
from scheduler.layers import read_slots
from scheduler.models import Airing, Slot, SlotException, Station
from scheduler.recurrence import cut_count, expand_days
from scheduler.slots import (
    MAX_MINUTES,
    OccurrenceUnknown,
    Override,
    SlotUnusable,
    check_fields,
    keep_slot,
    refuse_clashes,
)

CHANGEABLE = frozenset(
    {
        "name", "starts", "duration_minutes", "rrule", "valid_until", "signature_key", "closing_key",
        "relay_source", "frame", "use",
    }
)  # fmt: skip
FAR = timedelta(days=10 * 366)
"""Within so many days after the asked one a slot must happen to be changed from there on."""


def except_occurrence(
    session: Session,
    slot: Slot,
    day: date,
    *,
    moved_to: time | None = None,
    minutes: int | None = None,
    reason: str,
    override: Override | None = None,
) -> SlotException:
    """Move the occurrence of `day` (local) or give it another length; with neither it is cancelled.

    Saying it anew replaces it.

    Raises:
        OccurrenceUnknown: the slot does not stand in the grid on that day.
        SlotUnusable: the length.
        SlotsOverlap, SlotInQuietHours: the new time is not free.
    """
    station = session.get_one(Station, slot.station_id)
    if minutes is not None and not 1 <= minutes <= MAX_MINUTES:
        raise SlotUnusable(slot=slot.name, field="duration_minutes", value=minutes)
    if day not in list_days(_read(session, station, slot), day, day):
        raise OccurrenceUnknown(slot=slot.name, day=f"{day:%d/%m/%Y}")
    with session.begin_nested():
        exception = _find(session, slot, day) or SlotException(slot_id=slot.id or 0, date=day)
        exception.moved_to, exception.minutes, exception.reason = moved_to, minutes, reason.strip()
        session.add(exception)
        session.flush()
        refuse_clashes(session, station, [slot.id or 0], override)
    return exception


def restore_occurrence(session: Session, slot: Slot, day: date) -> None:
    """Let the occurrence of `day` be again as the slot says.

    Raises:
        OccurrenceUnknown: nothing is otherwise on that day.
        SlotsOverlap, SlotInQuietHours: its time has been taken.
    """
    exception = _find(session, slot, day)
    if exception is None:
        raise OccurrenceUnknown(slot=slot.name, day=f"{day:%d/%m/%Y}")
    with session.begin_nested():
        session.delete(exception)
        session.flush()
        refuse_clashes(session, session.get_one(Station, slot.station_id), [slot.id or 0])


def change_following(
    session: Session, slot: Slot, day: date, *, override: Override | None = None, **fields: Any
) -> Slot:
    """Change the slot from `day` on; what was before stays. Returns the slot that holds from then on.

    A slot that has no day before is changed itself. Days of a rule keep their step: every second week stays
    the same weeks.

    Raises:
        OccurrenceUnknown: the slot has ended by then.
        SlotUnusable, RuleUnusable, SlotTaken, SlotsOverlap, SlotInQuietHours: nothing has changed.
    """
    unknown = fields.keys() - CHANGEABLE
    assert not unknown, unknown
    station = session.get_one(Station, slot.station_id)
    rule = fields.get("rrule", slot.rrule)
    origin = day
    if rule == slot.rrule:
        last = min(slot.valid_until or date.max, day + min(FAR, date.max - day))
        following = next(expand_days(slot.rrule, slot.valid_from, max(day, slot.valid_from), last), None)
        if following is None:
            raise OccurrenceUnknown(slot=slot.name, day=f"{day:%d/%m/%Y}")
        origin = following
    if not _has_before(slot, day):
        with session.begin_nested():
            for name, value in fields.items():
                setattr(slot, name, value)
            if rule != slot.rrule:
                slot.valid_from = origin
            keep_slot(session, station, slot, override)
        return slot
    values = slot.model_dump(exclude={"id"}) | {
        "rrule": cut_count(slot.rrule, slot.valid_from, origin), "valid_from": origin, **fields,
    }  # fmt: skip
    follower = Slot(**{**values, "continues_id": slot.id})
    check_fields(follower)
    with session.begin_nested():
        _part(session, slot, day, follower)
        keep_slot(session, station, follower, override)
    return follower


def end_slot(session: Session, slot: Slot, day: date) -> None:
    """Let the slot happen no more from `day` on; one without days before that nothing names is deleted."""
    for exception in _list_changes(session, slot, day):
        session.delete(exception)
    session.flush()
    if _has_before(slot, day):
        slot.valid_until = day - timedelta(days=1)
        session.add(slot)
    elif _is_named(session, slot):
        slot.valid_until = slot.valid_from - timedelta(days=1)
        session.add(slot)
    else:
        session.delete(slot)
    session.flush()


def _part(session: Session, slot: Slot, day: date, follower: Slot) -> None:
    slot.valid_until = day - timedelta(days=1)
    session.add(slot)
    session.add(follower)
    session.flush()
    for exception in _list_changes(session, slot, day):
        exception.slot_id = follower.id or 0
        session.add(exception)
    session.flush()


def _read(session: Session, station: Station, slot: Slot) -> SlotRule:
    return next(one for one in read_slots(session, [station]) if one.slot_id == slot.id)


def _find(session: Session, slot: Slot, day: date) -> SlotException | None:
    query = select(SlotException).where(SlotException.slot_id == slot.id, SlotException.date == day)
    return session.exec(query).one_or_none()


def _list_changes(session: Session, slot: Slot, day: date) -> Sequence[SlotException]:
    """What is otherwise from `day` on."""
    query = select(SlotException).where(SlotException.slot_id == slot.id, col(SlotException.date) >= day)
    return session.exec(query).all()


def _has_before(slot: Slot, day: date) -> bool:
    """Whether the rule gives a day before `day`."""
    before = day - timedelta(days=1)
    return next(expand_days(slot.rrule, slot.valid_from, slot.valid_from, before), None) is not None


def _is_named(session: Session, slot: Slot) -> bool:
    """Whether an airing or another row refers to the slot."""
    return any(
        session.exec(select(column).where(column == slot.id).limit(1)).first() is not None
        for column in (
            col(Airing.slot_id), col(Slot.continues_id), col(Slot.replaces_id), col(SlotOverride.slot_id),
            col(SlotOverride.over_id), col(SlotException.slot_id),
        )
    )  # fmt: skip
