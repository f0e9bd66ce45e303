"""When a slot really happens: recurrence in local time, then instants in UTC.

Rules of this calendar:

- A rule counts local days (`recurrence`), so 10:00 stays 10:00 when clocks change.
- A slot may keep to public holidays, or off them. Campaigns lie over the standing grid (`Layer`): on a day on
  which one replaces the grid, what lies below it is silent.
- A local time that does not exist is read with the offset before the gap, one that exists twice is its
  first passing (RFC 5545, 3.3.5). A slot lasts its length in real time.
- An occurrence belongs to the local day on which it starts, also when it passes midnight.
- Intervals are half open: touching is free, a shared millisecond is an overlap.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import lcm
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from assets.units import VIETNAM
from scheduler.frames import Frame
from scheduler.holidays import LAWFUL, HolidayCalendar
from scheduler.models import DayUse
from scheduler.recurrence import expand_days, period_days

MAX_HORIZON = timedelta(days=40 * 366)
"""How far ahead rules are compared when nothing nearer bounds them."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Half open, aware UTC."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Interval") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class StationRules:
    """What a station allows, as values. `quiet` is (from, until) in local time and may pass midnight."""

    code: str
    timezone: str = VIETNAM.key
    languages: tuple[str, ...] = ("vi",)
    quiet: tuple[time, time] | None = None
    max_session_minutes: int | None = None
    max_sessions_per_day: int | None = None
    max_days_per_week: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    name: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class DayChange:
    """What is otherwise on one day of a slot: cancelled, or at another time, or of another length."""

    day: date
    starts: time | None = None
    minutes: int | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """The days of a campaign: from `first` to `last`, both included, of the kind `use`."""

    first: date
    last: date
    use: DayUse = DayUse.ANY

    def covers(self, day: date, holidays: HolidayCalendar) -> bool:
        return self.first <= day <= self.last and is_used(self.use, day, holidays)


@dataclass(frozen=True, slots=True)
class SlotRule:
    """A recurring time as values."""

    station: StationRules
    slot_id: int
    name: str
    starts: time
    duration_minutes: int
    rrule: str
    valid_from: date
    valid_until: date | None = None
    exceptions: tuple[DayChange, ...] = ()
    """At most one for each day."""
    signature_key: str | None = None
    closing_key: str | None = None
    relay_source: str = ""
    """Whose programme is relayed; empty for a slot of our own."""
    frame: Frame = ()
    use: DayUse = DayUse.ANY
    holidays: HolidayCalendar = LAWFUL
    within: Layer | None = None
    """The days of the campaign that it belongs to."""
    silenced_by: tuple[Layer, ...] = ()
    """Campaigns that replace it."""
    yields_to: tuple["SlotRule", ...] = ()
    """Slots of campaigns that stand in its place on the days on which they happen."""
    goes_over: frozenset[int] = frozenset()
    """Slots that are silent where they share time with it: somebody said so by name."""

    @property
    def last(self) -> date:
        """The last day on which it can happen."""
        bounds = (self.valid_until, self.station.valid_until, self.within.last if self.within else None)
        return min((day for day in bounds if day is not None), default=date.max)

    @property
    def first(self) -> date:
        bounds = (self.station.valid_from, self.within.first if self.within else None)
        return max([self.valid_from, *(day for day in bounds if day is not None)])


@dataclass(frozen=True, slots=True)
class SlotOccurrence:
    """One time that a slot happens. `local_date` is the broadcast day; moments are aware UTC, half open."""

    rules: StationRules
    slot_id: int
    slot: str
    local_date: date
    starts_at: datetime
    ends_at: datetime
    signature_key: str | None = None
    closing_key: str | None = None
    relay_source: str = ""
    frame: Frame = ()
    relay_ms: int = 0
    """How long the relays are that touch it: they count for the cap of a session."""

    @property
    def station(self) -> str:
        return self.rules.code

    @property
    def duration_ms(self) -> int:
        return (self.ends_at - self.starts_at) // timedelta(milliseconds=1)

    @property
    def interval(self) -> Interval:
        return Interval(self.starts_at, self.ends_at)


def is_used(use: DayUse, day: date, holidays: HolidayCalendar) -> bool:
    return use is DayUse.ANY or (day in holidays) == (use is DayUse.HOLIDAYS)


def expand_slots(slots: Iterable[SlotRule], first: date, last: date) -> list[SlotOccurrence]:
    """Every occurrence whose broadcast day is in `first`..`last` (both included), in order of time.

    Where one slot goes over another by a person's word, the other's occurrence is left out.

    Raises:
        RuleUnusable: a rule of these slots cannot be read.
        TooManyOccurrences: one slot happens more than `MAX_OCCURRENCES` times in that period.
    """
    slots = list(slots)
    over = {slot.slot_id: slot.goes_over for slot in slots if slot.goes_over}
    relayed = any(slot.relay_source for slot in slots)
    # A day more on both sides: what goes over, or touches, may begin the day before, or after midnight.
    margin = timedelta(days=1 if over or relayed else 0)
    reach = (_shift(first, -margin), _shift(last, margin))
    found = [occurrence for slot in slots for occurrence in expand_slot(slot, *reach)]
    found.sort(key=lambda one: (one.starts_at, one.station, one.slot_id))
    hidden = _find_hidden(found, over)
    shown = [one for one in found if one not in hidden] if hidden else found
    joined = _join_relays(shown) if relayed else shown
    return [one for one in joined if first <= one.local_date <= last] if margin else joined


def _join_relays(found: Sequence[SlotOccurrence]) -> list[SlotOccurrence]:
    """The occurrences, those of our own with the length of the relays that end or begin where they do."""
    touching: dict[tuple[str, datetime], int] = defaultdict(int)
    for one in found:
        if one.relay_source:
            for moment in (one.starts_at, one.ends_at):
                touching[one.station, moment] += one.duration_ms

    def join(one: SlotOccurrence) -> SlotOccurrence:
        relay_ms = touching[one.station, one.starts_at] + touching[one.station, one.ends_at]
        return one if one.relay_source or not relay_ms else replace(one, relay_ms=relay_ms)

    return [join(one) for one in found]


def _find_hidden(found: Sequence[SlotOccurrence], over: dict[int, frozenset[int]]) -> set[SlotOccurrence]:
    by_slot = defaultdict(list)
    for one in found:
        by_slot[one.slot_id].append(one)
    return {
        below
        for upper, lower in over.items()
        for slot_id in lower
        for below, _ in find_overlaps(by_slot[slot_id], by_slot[upper])
    }


def expand_slot(slot: SlotRule, first: date, last: date) -> Iterator[SlotOccurrence]:
    changed = {one.day: one for one in slot.exceptions}
    zone = ZoneInfo(slot.station.timezone)
    for day in list_days(slot, first, last):
        change = changed.get(day)
        if change is not None and change.is_cancelled:
            continue
        starts = (change.starts if change else None) or slot.starts
        minutes = (change.minutes if change else None) or slot.duration_minutes
        begins = find_moment(day, starts, zone)
        yield SlotOccurrence(
            rules=slot.station,
            slot_id=slot.slot_id,
            slot=slot.name,
            local_date=day,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=minutes),
            signature_key=slot.signature_key,
            closing_key=slot.closing_key,
            relay_source=slot.relay_source,
            frame=slot.frame,
        )


def list_days(slot: SlotRule, first: date, last: date) -> Iterator[date]:
    """The days in `first`..`last` on which the slot stands in the grid, cancelled ones included."""
    first, last = max(first, slot.first), min(last, slot.last)
    given_up = {day for other in slot.yields_to for day in _list_happening(other, first, last)}
    for day in expand_days(slot.rrule, slot.valid_from, first, last):
        if (
            is_used(slot.use, day, slot.holidays)
            and (slot.within is None or slot.within.covers(day, slot.holidays))
            and not any(layer.covers(day, slot.holidays) for layer in slot.silenced_by)
            and day not in given_up
        ):
            yield day


def _list_happening(slot: SlotRule, first: date, last: date) -> Iterator[date]:
    cancelled = {one.day for one in slot.exceptions if one.is_cancelled}
    return (day for day in list_days(slot, first, last) if day not in cancelled)


def _shift(day: date, by: timedelta) -> date:
    return date.fromordinal(min(max(1, day.toordinal() + by.days), date.max.toordinal()))


def find_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of local time `at` on `day`, in UTC (see the top of this file for odd hours)."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


# Overlaps and quiet hours ----------------------------------------------------------------------------


def joint_horizon(slots: Sequence[SlotRule]) -> tuple[date, date]:
    """The days that must be looked at to see every way in which these slots can meet.

    That is: from the first day on which all hold, to the end of the shortest validity, or until all rules
    have come round together once after their last exception and campaign (a year at least, for clock
    changes), or `MAX_HORIZON`. Rules that heed public holidays never come round: the moon moves them.
    """
    first = max(slot.first for slot in slots)
    settled = max([first, *(day for slot in slots for day in _list_turns(slot))])
    period = lcm(*(period_days(slot.rrule) for slot in slots), 1)
    if any(_heeds_holidays(slot) for slot in slots):
        period = MAX_HORIZON.days
    ends = [_shift(first, MAX_HORIZON), *(slot.last for slot in slots)]
    if period < MAX_HORIZON.days:
        ends.append(_shift(settled, timedelta(days=max(period, 366) + 1)))
    # The day before: an occurrence that passes midnight reaches into the first day.
    return _shift(first, timedelta(days=-1)), min(ends)


def _list_turns(slot: SlotRule) -> Iterator[date]:
    """Days after which the slot goes by its rule alone again."""
    yield from (one.day for one in slot.exceptions)
    yield from (layer.last for layer in slot.silenced_by)
    yield from (other.last for other in slot.yields_to if other.last != date.max)


def _heeds_holidays(slot: SlotRule) -> bool:
    layers = [*slot.silenced_by, *([slot.within] if slot.within else [])]
    return any(use is not DayUse.ANY for use in (slot.use, *(layer.use for layer in layers)))


class Timed(Protocol):
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


Ours = TypeVar("Ours", bound=Timed)
Theirs = TypeVar("Theirs", bound=Timed)


def find_overlaps(ours: Sequence[Ours], theirs: Sequence[Theirs]) -> Iterator[tuple[Ours, Theirs]]:
    """Every pair that shares time, in the order of ours; theirs are in order and free of overlaps."""
    start = 0
    for one in ours:
        while start < len(theirs) and theirs[start].ends_at <= one.starts_at:
            start += 1
        for other in theirs[start:]:
            if other.starts_at >= one.ends_at:
                break
            yield one, other


def quiet_windows(rules: StationRules, first: date, last: date) -> list[Interval]:
    """The quiet hours of a station that touch the local days `first`..`last`, as instants in order."""
    if rules.quiet is None:
        return []
    begins, ends = rules.quiet
    zone = ZoneInfo(rules.timezone)
    through_midnight = timedelta(days=1 if ends <= begins else 0)
    days = (first + timedelta(days=n) for n in range(-1, (last - first).days + 2))
    return [
        Interval(find_moment(day, begins, zone), find_moment(day + through_midnight, ends, zone))
        for day in days
    ]
