"""Hours and lists as people type them.

Invalid
├── ClockUnreadable
├── NumberUnreadable
└── DaysNotChosen
"""

import re
from collections.abc import Sequence
from datetime import time

from assets.errors import Invalid
from scheduler.rule_words import WEEKDAYS, weekly_rule
from scheduler.slots import name_field

_CLOCK = re.compile(
    r"(\d{1,2})\s*(?:[:hg.]|giờ)\s*(?:(\d{1,2})(?:\s*(?:[:]|phút)\s*(\d{1,2})?)?)?", re.IGNORECASE
)


class ClockUnreadable(Invalid):
    """An hour that is none."""


class NumberUnreadable(Invalid):
    """A field that needs a number holds something else."""


class DaysNotChosen(Invalid):
    """A slot of some weekdays names none."""


def read_clock(text: str) -> time:
    """`5:30`, `05:30:15`, `5h30`, `5 giờ 30`, `17h`. Raises: ClockUnreadable."""
    found = _CLOCK.fullmatch(text.strip())
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ClockUnreadable(text=text.strip()[:20] or "–")
    return time(hour, minute, second)


def read_number(field: str, text: str) -> int:
    """Raises: NumberUnreadable."""
    bare = text.strip()
    if not (bare.isascii() and bare.isdigit() and len(bare) < 6):
        raise NumberUnreadable(field=name_field(field), text=bare[:20] or "–")
    return int(bare)


def choose_rule(repeat: str, days: Sequence[str], every: str, rule: str) -> str:
    """The rule of a form: `daily`, `weekly` on some days, or a rule that is written out.

    Raises:
        DaysNotChosen, NumberUnreadable
    """
    if repeat == "daily":
        return "FREQ=DAILY"
    if repeat == "weekly":
        if not set(days) & set(WEEKDAYS):
            raise DaysNotChosen
        return weekly_rule(days, read_number("every", every or "1"))
    return rule.strip() or "FREQ=DAILY"


def split_codes(text: str) -> list[str]:
    """`vi, jra` as a list, each once."""
    return list(dict.fromkeys(part for part in re.split(r"[\s,;]+", text.strip()) if part))
