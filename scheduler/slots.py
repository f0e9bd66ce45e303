"""Slots: recurring times of a station that never overlap and never touch its quiet hours.

Conflict
├── SlotsOverlap
└── SlotTaken
Invalid
├── SlotInQuietHours
└── SlotUnusable
Missing
├── SlotUnknown
└── OccurrenceUnknown
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from assets.errors import Conflict, Invalid, Missing
from scheduler.calendar import (
    SlotOccurrence,
    SlotRule,
    check_rule,
    expand_slots,
    find_overlaps,
    joint_horizon,
    quiet_windows,
)
from scheduler.models import Slot, SlotException, Station
from scheduler.stations import find_station, read_rules

MAX_MINUTES = 24 * 60


class SlotsOverlap(Conflict):
    """Two slots of a station share time; names the first moment."""


class SlotTaken(Conflict):
    """The station has another slot of that name."""


class SlotInQuietHours(Invalid):
    """A slot would sound in quiet hours; names the first moment."""


class SlotUnusable(Invalid):
    """A field of the slot has a value that cannot be used."""


class SlotUnknown(Missing):
    """The station has no slot of that name."""


class OccurrenceUnknown(Missing):
    """The slot does not happen on that day."""


@dataclass(frozen=True, slots=True)
class SlotConflict:
    """A slot that shares time with a candidate: how often until both rules repeat, and first when."""

    slot: str
    count: int
    ours: SlotOccurrence
    theirs: SlotOccurrence


def add_slot(
    session: Session,
    station_code: str,
    *,
    name: str,
    starts: time,
    duration_minutes: int,
    valid_from: date,
    valid_until: date | None = None,
    rrule: str = "FREQ=DAILY",
    signature_key: str | None = None,
    closing_key: str | None = None,
) -> Slot:
    """The slot, kept for the station; adding the very same again gives the one that is there.

    Raises:
        StationUnknown, SlotUnusable, RuleUnusable.
        SlotTaken: the station has another slot of that name.
        SlotsOverlap: it shares time with another slot, now or on a later day.
        SlotInQuietHours: one of its occurrences touches the quiet hours.
    """
    station = find_station(session, station_code)
    assert station.id is not None
    slot = Slot(
        station_id=station.id,
        name=name,
        starts=starts,
        duration_minutes=duration_minutes,
        rrule=rrule,
        valid_from=valid_from,
        valid_until=valid_until,
        signature_key=signature_key,
        closing_key=closing_key,
    )
    _check(slot)
    for known in session.exec(select(Slot).where(Slot.station_id == station.id, Slot.name == name)):
        if known.model_dump(exclude={"id"}) == slot.model_dump(exclude={"id"}):
            return known
        raise SlotTaken(station=station.name, slot=name)
    _refuse_clashes(session, station, _read_slot(station, slot, ()))
    session.add(slot)
    session.flush()
    return slot


def list_slots(session: Session, station_code: str) -> list[Slot]:
    """The station's slots in the order of the day."""
    station = find_station(session, station_code)
    query = select(Slot).where(Slot.station_id == station.id)
    return list(session.exec(query.order_by(col(Slot.starts), col(Slot.id))))


def find_slot(session: Session, station_code: str, name: str) -> Slot:
    """Raises: StationUnknown, SlotUnknown (names the valid ones)."""
    slots = list_slots(session, station_code)
    for slot in slots:
        if slot.name == name:
            return slot
    raise SlotUnknown(station=station_code, slot=name[:60], valid=", ".join(s.name for s in slots) or "-")


def find_conflicts(session: Session, station: Station, candidate: SlotRule) -> list[SlotConflict]:
    """Every slot of the station that shares a millisecond with `candidate` on any day.

    Both rules are followed until they have come round together (see `calendar.joint_horizon`), so what meets
    only on the ninth week or across midnight is found. Touching is free. The candidate itself, known by its
    `slot_id`, is left out.
    """
    found = []
    for other in read_slots(session, [station]):
        if other.slot_id == candidate.slot_id:
            continue
        first, last = joint_horizon([candidate, other])
        pairs = list(
            find_overlaps(expand_slots([candidate], first, last), expand_slots([other], first, last))
        )
        if pairs:
            found.append(SlotConflict(other.name, len(pairs), *pairs[0]))
    return found


def except_occurrence(
    session: Session, slot: Slot, day: date, *, moved_to: time | None, reason: str
) -> SlotException:
    """Cancel the occurrence of `day`, or with `moved_to` (local) move it; saying it anew replaces it.

    Raises:
        OccurrenceUnknown: the rule gives nothing on that day.
        SlotsOverlap, SlotInQuietHours: the new time is not free.
    """
    station = session.get_one(Station, slot.station_id)
    assert slot.id is not None
    rule = next(one for one in read_slots(session, [station]) if one.slot_id == slot.id)
    if not expand_slots([replace(rule, exceptions=())], day, day):
        raise OccurrenceUnknown(slot=slot.name, day=f"{day:%d/%m/%Y}")
    others = tuple(one for one in rule.exceptions if one[0] != day)
    _refuse_clashes(session, station, replace(rule, exceptions=(*others, (day, moved_to))))
    known = session.exec(
        select(SlotException).where(SlotException.slot_id == slot.id, SlotException.date == day)
    ).one_or_none()
    exception = known or SlotException(slot_id=slot.id, date=day)
    exception.moved_to, exception.reason = moved_to, reason
    session.add(exception)
    session.flush()
    return exception


def read_slots(session: Session, stations: Iterable[Station]) -> list[SlotRule]:
    """The slots of these stations with their exceptions, as values for the calendar."""
    by_id = {station.id: station for station in stations}
    slots = session.exec(select(Slot).where(col(Slot.station_id).in_(by_id)).order_by(col(Slot.id))).all()
    exceptions: dict[int, list[tuple[date, time | None]]] = {}
    for one in session.exec(
        select(SlotException)
        .where(col(SlotException.slot_id).in_([slot.id for slot in slots]))
        .order_by(col(SlotException.date))
    ):
        exceptions.setdefault(one.slot_id, []).append((one.date, one.moved_to))
    return [_read_slot(by_id[slot.station_id], slot, exceptions.get(slot.id or 0, ())) for slot in slots]


def _read_slot(station: Station, slot: Slot, exceptions: Sequence[tuple[date, time | None]]) -> SlotRule:
    return SlotRule(
        station=read_rules(station),
        slot_id=slot.id or 0,
        name=slot.name,
        starts=slot.starts,
        duration_minutes=slot.duration_minutes,
        rrule=slot.rrule,
        valid_from=slot.valid_from,
        valid_until=slot.valid_until,
        exceptions=tuple(exceptions),
        signature_key=slot.signature_key,
        closing_key=slot.closing_key,
    )


def _check(slot: Slot) -> None:
    for field, good in (
        ("name", bool(slot.name.strip())),
        ("duration_minutes", 1 <= slot.duration_minutes <= MAX_MINUTES),
        ("valid_until", slot.valid_until is None or slot.valid_until >= slot.valid_from),
    ):
        if not good:
            raise SlotUnusable(slot=slot.name, field=field, value=getattr(slot, field))
    check_rule(slot.rrule, slot.valid_from)


def _refuse_clashes(session: Session, station: Station, rule: SlotRule) -> None:
    first, last = joint_horizon([rule])
    occurrences = expand_slots([rule], first, last)
    pairs = [(one, other) for one, other in pairwise(occurrences) if one.interval.overlaps(other.interval)]
    pairs += [(conflict.ours, conflict.theirs) for conflict in find_conflicts(session, station, rule)]
    for one, other in pairs:
        moment = _tell(station, max(one.starts_at, other.starts_at))
        raise SlotsOverlap(station=station.name, slot=one.slot, other=other.slot, moment=moment)
    for occurrence, window in find_overlaps(occurrences, quiet_windows(rule.station, first, last)):
        raise SlotInQuietHours(
            station=station.name,
            slot=rule.name,
            moment=_tell(station, max(occurrence.starts_at, window.starts_at)),
            quiet_from=f"{station.quiet_from:%H:%M}",
            quiet_until=f"{station.quiet_until:%H:%M}",
        )


def _tell(station: Station, moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(station.timezone)):%H:%M %d/%m/%Y}"
