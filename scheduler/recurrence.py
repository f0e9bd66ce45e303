"""Which days a recurrence rule gives: RFC 5545, local days only.

Invalid
├── RuleUnusable
└── TooManyOccurrences

A rule counts local days (3.3.10). A month without the 30th is skipped, it does not clamp; `UNTIL` is a date
and belongs to the rule.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

from dateutil.rrule import rrule, rrulestr

from assets.errors import Invalid
from assets.messages import say

MAX_OCCURRENCES = 20_000
"""More than this in one expansion of one slot is refused: 50 years of every day."""


class RuleUnusable(Invalid):
    """A recurrence rule that is malformed, not made of days, or never gives a day."""

    def __str__(self) -> str:
        never = self.data["part"] == self.data["rule"] and ";" in str(self.data["rule"])
        return say("scheduler.rule.never", **self.data) if never else super().__str__()


class TooManyOccurrences(Invalid):
    """An expansion over so long a time that it has no use."""


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


def period_days(rule: str) -> int:
    """After so many days the rule gives the same days again."""
    parts = read_rule(rule)
    return _DAYS[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))


def cut_count(rule: str, origin: date, day: date) -> str:
    """The rule as it stands when it is counted from `day`, one of its days, instead of from `origin`.

    Only a COUNT changes: what came before `day` is used up.
    """
    parts = read_rule(rule)
    if "COUNT" not in parts:
        return rule
    before = sum(1 for _ in expand_days(rule, origin, origin, day)) - 1
    return ";".join(
        f"{name}={int(value) - before if name == 'COUNT' else value}" for name, value in parts.items()
    )
