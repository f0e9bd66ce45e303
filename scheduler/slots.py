"""Slots: recurring times of a station that never overlap and never touch its quiet hours.

Conflict
├── SlotsOverlap
└── SlotTaken
Invalid
├── SlotInQuietHours
├── RelayTooLong
├── SlotUnusable
└── OverrideWithoutReason
Missing
├── SlotUnknown
└── OccurrenceUnknown

Overlaps are found over every occurrence, and only a person's word, with name and reason, lets a slot go over
another. Quiet hours have no such door.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from assets.errors import Conflict, Invalid, Missing
from assets.messages import catalogue, say
from scheduler.calendar import (
    SlotOccurrence,
    SlotRule,
    expand_slots,
    find_overlaps,
    joint_horizon,
    quiet_windows,
)
from scheduler.grid import Campaign, CampaignMode, SlotOverride
from scheduler.layers import read_slots
from scheduler.models import DayUse, Slot, Station
from scheduler.recurrence import check_rule
from scheduler.stations import find_station

MAX_MINUTES = 24 * 60
YEARS = (2000, 2099)
"""A slot begins in one of these: rules are counted from its first day on."""
CLOCK_MARGIN = 2 * 3600
"""Seconds by which a change of the clocks may bring two slots nearer than their hours say."""


class SlotsOverlap(Conflict):
    """Two slots of a station share time; names the first moment."""


class SlotTaken(Conflict):
    """The station has another slot of that name."""


class SlotInQuietHours(Invalid):
    """A slot would sound in quiet hours; names the first moment."""


class RelayTooLong(Invalid):
    """A relay lasts longer than the station's cap for a session, which counts relays too; names the first."""


class SlotUnusable(Invalid):
    """A field of the slot has a value that cannot be used."""

    def __str__(self) -> str:
        field, value = str(self.data["field"]), self.data["value"]
        told = f"{value:%d/%m/%Y}" if isinstance(value, date) else value
        wrong = say("error.SlotUnusable", **{**self.data, "field": name_field(field), "value": told})
        key = f"scheduler.expected.{field}"
        what = say(key) if key in catalogue("vi") else ""
        return f"{wrong} {say('scheduler.expected.line', what=what)}" if what else wrong


class OverrideWithoutReason(Invalid):
    """A slot is to go over another, and nobody says who wants it, or why."""


class SlotUnknown(Missing):
    """The station has no slot of that name."""


class OccurrenceUnknown(Missing):
    """The slot does not happen on that day."""


@dataclass(frozen=True, slots=True)
class SlotConflict:
    """A slot that shares time with a candidate: how often until both rules repeat, and first when."""

    slot: str
    slot_id: int
    count: int
    ours: SlotOccurrence
    theirs: SlotOccurrence


@dataclass(frozen=True, slots=True)
class Override:
    """Who lets a slot go over others, and why."""

    by: str
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        if not (self.by.strip() and self.reason.strip()):
            raise OverrideWithoutReason


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
    override: Override | None = None,
    **fields: Any,
) -> Slot:
    """The slot, kept for the station; adding the very same again gives the one that is there.

    `fields` are further columns of `Slot`: its tunes, `relay_source`, `use`, `campaign_id` …

    Raises:
        StationUnknown, SlotUnusable, RuleUnusable.
        SlotTaken: the station has another slot of that name at that time.
        SlotsOverlap: it shares time with another slot, now or on a later day, and there is no `override`.
        SlotInQuietHours: one of its occurrences touches the quiet hours.
    """
    station = find_station(session, station_code)
    assert station.id is not None
    slot = Slot(
        station_id=station.id,
        name=" ".join(name.split()),
        starts=starts,
        duration_minutes=duration_minutes,
        rrule=rrule,
        valid_from=valid_from,
        valid_until=valid_until,
        **fields,
    )
    check_fields(slot)
    for known in session.exec(select(Slot).where(Slot.station_id == station.id, Slot.name == slot.name)):
        if known.model_dump(exclude={"id"}) == slot.model_dump(exclude={"id"}):
            return known
    keep_slot(session, station, slot, override)
    return slot


def keep_slot(session: Session, station: Station, slot: Slot, override: Override | None = None) -> None:
    """Write the slot if it is free on every day; else nothing has changed.

    Raises:
        SlotUnusable, RuleUnusable, SlotTaken, SlotsOverlap, SlotInQuietHours
    """
    check_fields(slot)
    with session.begin_nested():
        session.add(slot)
        session.flush()
        _refuse_namesakes(session, station, slot)
        refuse_clashes(session, station, [slot.id or 0], override)


def list_slots(session: Session, station_code: str) -> list[Slot]:
    """The station's slots in the order of the day."""
    station = find_station(session, station_code)
    query = select(Slot).where(Slot.station_id == station.id)
    return list(session.exec(query.order_by(col(Slot.starts), col(Slot.valid_from), col(Slot.id))))


def is_standing(slot: Slot) -> bool:
    """Whether it ever happens: slots of bulletins and slots that were taken back do not."""
    return slot.valid_until is None or slot.valid_until >= slot.valid_from


def find_slot(session: Session, station_code: str, name: str, *, on: date | None = None) -> Slot:
    """The slot of that name or number; of several the one that holds `on` that day, or else the last.

    Raises: StationUnknown, SlotUnknown (names the valid ones).
    """
    slots = [one for one in list_slots(session, station_code) if is_standing(one)]
    found = [one for one in slots if name in (one.name, str(one.id))]
    holding = [one for one in found if on and one.valid_from <= on <= (one.valid_until or date.max)]
    if found:
        return max(holding or found, key=lambda one: (one.campaign_id or 0, one.valid_from))
    valid = ", ".join(dict.fromkeys(one.name for one in slots))
    raise SlotUnknown(station=station_code, slot=name[:60], valid=valid or "-")


def find_conflicts(session: Session, station: Station, candidate: SlotRule) -> list[SlotConflict]:
    """Every slot of the station that shares a millisecond with `candidate` on any day.

    Both rules are followed until they have come round together (see `calendar.joint_horizon`), so what meets
    only on the ninth week or across midnight is found. Touching is free. The candidate itself, known by its
    `slot_id`, is left out, and so is what goes over the other by a person's word.
    """
    return list(_find_conflicts(read_slots(session, [station]), candidate))


def _find_conflicts(rules: Sequence[SlotRule], candidate: SlotRule) -> Iterator[SlotConflict]:
    for other in rules:
        if (
            other.slot_id == candidate.slot_id
            or other.slot_id in candidate.goes_over
            or candidate.slot_id in other.goes_over
            or not _may_meet(candidate, other)
        ):
            continue
        first, last = joint_horizon([candidate, other])
        pairs = list(
            find_overlaps(expand_slots([candidate], first, last), expand_slots([other], first, last))
        )
        if pairs:
            yield SlotConflict(other.name, other.slot_id, len(pairs), *pairs[0])


def _may_meet(one: SlotRule, other: SlotRule) -> bool:
    """Whether the two come near each other on the clock; most slots of a day do not, and need no years."""
    if max(one.first, other.first) > _next_day(min(one.last, other.last)):
        return False

    day = 24 * 3600
    for begins, length in _list_hours(one):
        for others, other_length in _list_hours(other):
            ahead = (others - begins) % day
            if ahead < length + CLOCK_MARGIN or day - ahead < other_length + CLOCK_MARGIN:
                return True
    return False


def _list_hours(rule: SlotRule) -> Iterator[tuple[int, int]]:
    """When on the clock it begins and how long it lasts, in seconds, on ordinary and on changed days."""
    times = {(rule.starts, rule.duration_minutes)}
    times |= {
        (one.starts or rule.starts, one.minutes or rule.duration_minutes)
        for one in rule.exceptions
        if not one.is_cancelled
    }
    for at, minutes in times:
        yield at.hour * 3600 + at.minute * 60 + at.second, minutes * 60


def _next_day(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def refuse_clashes(
    session: Session, station: Station, slot_ids: Iterable[int], override: Override | None = None
) -> None:
    """That these slots of the station, as they are written, overlap nothing and keep out of quiet hours.

    With an `override` those which another of them shares time with are written down as gone over.

    Raises:
        SlotsOverlap, SlotInQuietHours, RelayTooLong
    """
    rules = read_slots(session, [station])
    chosen = set(slot_ids)
    for rule in rules:
        if rule.slot_id not in chosen or rule.first > rule.last:
            continue
        first, last = joint_horizon([rule])
        occurrences = expand_slots([rule], first, last)
        for one, other in pairwise(occurrences):
            if one.interval.overlaps(other.interval):
                _tell_overlap(station, one, other)
        _refuse_quiet(station, rule, occurrences, (first, last))
        refuse_long_relay(station, occurrences)
        for conflict in _find_conflicts(rules, rule):
            if override is None:
                _tell_overlap(station, conflict.ours, conflict.theirs)
            else:
                session.add(
                    SlotOverride(
                        slot_id=rule.slot_id, over_id=conflict.slot_id, reason=override.reason.strip(),
                        by=override.by, at=override.at,
                    )
                )  # fmt: skip
    session.flush()


def _tell_overlap(station: Station, one: SlotOccurrence, other: SlotOccurrence) -> None:
    shared_from = max(one.starts_at, other.starts_at)
    raise SlotsOverlap(
        station=station.name,
        slot=one.slot,
        other=other.slot,
        moment=tell_moment(station, shared_from),
        day=one.local_date.isoformat(),
        shared_from=shared_from.isoformat(),
    )


def _refuse_quiet(
    station: Station, rule: SlotRule, occurrences: Sequence[SlotOccurrence], span: tuple[date, date]
) -> None:
    for occurrence, window in find_overlaps(occurrences, quiet_windows(rule.station, *span)):
        raise SlotInQuietHours(
            station=station.name,
            slot=rule.name,
            moment=tell_moment(station, max(occurrence.starts_at, window.starts_at)),
            quiet_from=f"{station.quiet_from:%H:%M}",
            quiet_until=f"{station.quiet_until:%H:%M}",
            day=occurrence.local_date.isoformat(),
        )


def refuse_long_relay(station: Station, occurrences: Iterable[SlotOccurrence]) -> None:
    """Our own pieces are kept within the cap when they are placed; a relay is what it is.

    Raises:
        RelayTooLong
    """
    most = station.max_session_minutes
    for one in occurrences:
        if one.relay_source and most is not None and one.duration_ms > most * 60_000:
            day = f"{one.local_date:%d/%m/%Y}"
            minutes = one.duration_ms // 60_000
            raise RelayTooLong(station=station.name, slot=one.slot, day=day, minutes=minutes, most=most)


def check_fields(slot: Slot) -> None:
    """Raises: SlotUnusable, RuleUnusable."""
    for field, good in (
        ("name", bool(slot.name.strip())),
        ("duration_minutes", 1 <= slot.duration_minutes <= MAX_MINUTES),
        ("valid_from", slot.valid_from.year in range(YEARS[0], YEARS[1] + 1)),
        ("valid_until", slot.valid_until is None or slot.valid_until >= slot.valid_from),
        ("replaces_id", slot.replaces_id is None or slot.campaign_id is not None),
        ("use", slot.use in set(DayUse)),
    ):
        if not good:
            raise SlotUnusable(slot=slot.name, field=field, value=getattr(slot, field))
    check_rule(slot.rrule, slot.valid_from)


def _refuse_namesakes(session: Session, station: Station, slot: Slot) -> None:
    """A day's list knows slots by their names: no two of one name may happen on one day."""
    query = select(Slot).where(Slot.station_id == station.id, Slot.name == slot.name, Slot.id != slot.id)
    for known in session.exec(query):
        if not is_standing(known):
            continue
        apart = known.valid_from > (slot.valid_until or date.max) or slot.valid_from > (
            known.valid_until or date.max
        )
        if apart or (known.campaign_id != slot.campaign_id and _is_replaced(session, known, slot)):
            continue
        raise SlotTaken(station=station.name, slot=slot.name)


def _is_replaced(session: Session, *slots: Slot) -> bool:
    """Whether one of two slots of different layers, of one name, stands in the other's place."""
    replaced = [session.get(Slot, slot.replaces_id) for slot in slots if slot.replaces_id is not None]
    if any(one is not None and one.name == slots[0].name for one in replaced):
        return True
    ids = [slot.campaign_id for slot in slots if slot.campaign_id is not None]
    campaigns = session.exec(select(Campaign).where(col(Campaign.id).in_(ids)))
    return any(one.mode is CampaignMode.REPLACES for one in campaigns)


def name_field(field: str) -> str:
    """A field of stations and slots in the reader's language."""
    key = f"scheduler.field.{field}"
    return say(key) if key in catalogue("vi") else field


def tell_moment(station: Station, moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(station.timezone)):%H:%M %d/%m/%Y}"
