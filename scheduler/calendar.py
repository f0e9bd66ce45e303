"""When a slot really happens: recurrence in local time, then instants in UTC.

Rules of this calendar:

- A rule counts local days (RFC 5545, 3.3.10), so 10:00 stays 10:00 when clocks change. A month without the
  30th is skipped; `UNTIL` is a date and belongs to the rule.
- A local time that does not exist is read with the offset before the gap, one that exists twice is its
  first passing (RFC 5545, 3.3.5). A slot lasts its length in real time.
- An occurrence belongs to the local day on which it starts, also when it passes midnight.
- Intervals are half open: touching is free, a shared millisecond is an overlap.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import lcm
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from assets.errors import Invalid

MAX_OCCURRENCES = 20_000
"""More than this in one expansion of one slot is refused: 50 years of every day."""
MAX_HORIZON = timedelta(days=40 * 366)
"""How far ahead rules are compared when nothing nearer bounds them."""


class RuleUnusable(Invalid):
    """A recurrence rule that is malformed, not made of days, or never gives a day."""


class TooManyOccurrences(Invalid):
    """An expansion over so long a time that it has no use."""


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
    timezone: str = "Asia/Ho_Chi_Minh"
    languages: tuple[str, ...] = ("vi",)
    quiet: tuple[time, time] | None = None
    max_session_minutes: int | None = None
    max_sessions_per_day: int | None = None
    max_days_per_week: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class SlotRule:
    """A recurring time as values. `exceptions` maps a local day of the rule to its new time, None cancels."""

    station: StationRules
    slot_id: int
    name: str
    starts: time
    duration_minutes: int
    rrule: str
    valid_from: date
    valid_until: date | None = None
    exceptions: tuple[tuple[date, time | None], ...] = ()
    signature_key: str | None = None
    closing_key: str | None = None


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

    @property
    def station(self) -> str:
        return self.rules.code

    @property
    def duration_ms(self) -> int:
        return (self.ends_at - self.starts_at) // timedelta(milliseconds=1)

    @property
    def interval(self) -> Interval:
        return Interval(self.starts_at, self.ends_at)


def expand_slots(slots: Iterable[SlotRule], first: date, last: date) -> list[SlotOccurrence]:
    """Every occurrence whose broadcast day is in `first`..`last` (both included), in order of time.

    Raises:
        RuleUnusable: a rule of these slots cannot be read.
        TooManyOccurrences: one slot happens more than `MAX_OCCURRENCES` times in that period.
    """
    found = [occurrence for slot in slots for occurrence in expand_slot(slot, first, last)]
    return sorted(found, key=lambda one: (one.starts_at, one.station, one.slot_id))


def expand_slot(slot: SlotRule, first: date, last: date) -> Iterator[SlotOccurrence]:
    moved = dict(slot.exceptions)
    zone = ZoneInfo(slot.station.timezone)
    bounds = (slot.valid_until, slot.station.valid_until)
    last = min([last, *(day for day in bounds if day is not None)])
    first = max(first, slot.station.valid_from or first)
    for day in expand_days(slot.rrule, slot.valid_from, first, last):
        starts = moved.get(day, slot.starts)
        if starts is None:
            continue
        begins = find_moment(day, starts, zone)
        yield SlotOccurrence(
            rules=slot.station,
            slot_id=slot.slot_id,
            slot=slot.name,
            local_date=day,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=slot.duration_minutes),
            signature_key=slot.signature_key,
            closing_key=slot.closing_key,
        )


def find_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of local time `at` on `day`, in UTC (see the top of this file for odd hours)."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


# Recurrence ------------------------------------------------------------------------------------------

_PARTS = {
    "FREQ": re.compile(r"DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile(r"[1-9]\d{0,2}"),
    "COUNT": re.compile(r"[1-9]\d{0,4}"),
    "UNTIL": re.compile(r"\d{8}"),
    "BYDAY": re.compile(
        r"(?:[+-]?[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU))*"
    ),
    "BYMONTHDAY": re.compile(r"-?[1-9]\d?(?:,-?[1-9]\d?)*"),
    "BYMONTH": re.compile(r"[1-9]\d?(?:,[1-9]\d?)*"),
    "BYSETPOS": re.compile(r"-?[1-9]\d{0,2}(?:,-?[1-9]\d{0,2})*"),
    "WKST": re.compile(r"MO|TU|WE|TH|FR|SA|SU"),
}
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28 * 366, "YEARLY": 28 * 366}
"""After so many days times the interval a rule meets the same weekdays again."""
_ERAS = 7600
"""The days of the Gregorian calendar repeat every 400 years. dateutil searches a rule that never matches up
to the year 9999; counted from there, the search ends in a moment instead of eight thousand years."""


def expand_days(rule: str, origin: date, first: date, last: date) -> Iterator[date]:
    """The local days in `first`..`last` that `rule`, counted from `origin`, gives. At most one time a day."""
    parts = read_rule(rule)
    if "UNTIL" in parts:
        last = min(last, _read_day(rule, parts["UNTIL"]))
    count = 0
    for day in _count_days(parts, rule, origin):
        if day > last:
            return
        if day >= first:
            count += 1
            if count > MAX_OCCURRENCES:
                raise TooManyOccurrences(rule=rule, most=MAX_OCCURRENCES)
            yield day


def check_rule(rule: str, origin: date) -> None:
    """That `rule` can be read and gives at least one day.

    Raises:
        RuleUnusable: with the part that is wrong.
    """
    if next(expand_days(rule, origin, origin, date(2399, 12, 31)), None) is None:
        raise RuleUnusable(rule=rule, part=rule)


def read_rule(rule: str) -> dict[str, str]:
    """The parts of an RFC 5545 recurrence rule; only those that speak of whole days.

    Raises:
        RuleUnusable: with the part that is wrong.
    """
    parts: dict[str, str] = {}
    for part in rule.upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS or name in parts or not _PARTS[name].fullmatch(value):
            raise RuleUnusable(rule=rule, part=part)
        parts[name] = value
    if "FREQ" not in parts:
        raise RuleUnusable(rule=rule, part="FREQ")
    if parts["FREQ"] in ("DAILY", "WEEKLY") and any(digit in parts.get("BYDAY", "") for digit in "123456789"):
        raise RuleUnusable(rule=rule, part=f"BYDAY={parts['BYDAY']}")  # the n-th of what? (RFC 5545, 3.3.10)
    return parts


def _count_days(parts: dict[str, str], rule: str, origin: date) -> Iterator[date]:
    text = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    try:
        late = datetime(origin.year + _ERAS, origin.month, origin.day)  # noqa: DTZ001 - local days
        counted = rrulestr(text, dtstart=late)
        assert isinstance(counted, rrule)
        for moment in counted:
            yield date(moment.year - _ERAS, moment.month, moment.day)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise RuleUnusable(rule=rule, part=rule) from error


def _read_day(rule: str, digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise RuleUnusable(rule=rule, part=f"UNTIL={digits}") from error


# Overlaps and quiet hours ----------------------------------------------------------------------------


def joint_horizon(slots: Sequence[SlotRule]) -> tuple[date, date]:
    """The days that must be looked at to see every way in which these slots can meet.

    That is: from the first day on which all hold, to the end of the shortest validity, or until all rules
    have come round together once after their last exception (a year at least, for clock changes), or
    `MAX_HORIZON`.
    """
    first = max(slot.valid_from for slot in slots)
    settled = max([first, *(day for slot in slots for day, _ in slot.exceptions)])
    period = lcm(*(_period_days(slot.rrule) for slot in slots), 1)
    ends = [first + MAX_HORIZON, *(day for slot in slots for day in (slot.valid_until,) if day is not None)]
    if period < MAX_HORIZON.days:
        ends.append(settled + timedelta(days=max(period, 366) + 1))
    # The day before: an occurrence that passes midnight reaches into the first day.
    return first - timedelta(days=1), min(ends)


def _period_days(rule: str) -> int:
    parts = read_rule(rule)
    return _DAYS[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))


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
