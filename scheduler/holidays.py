"""Public holidays of Viet Nam: Tet and the Hung Kings' day by the lunar calendar, days off in lieu included.

The days come from the library `holidays` (Labour Code 2019, article 112, and what changed it since), which
knows the lunar calendar from 1901 to 2100. What the Government moves year by year a centre notes itself
(`HolidayChange`), for it is announced late in the year before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from assets.messages import current_language

_LANGUAGES = {"vi": "vi", "en": "en_US"}


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The public holidays as a station keeps them: those of the law, with what was moved.

    `changes` are (day, name): a day with a name is off, one without is worked.
    """

    changes: tuple[tuple[date, str], ...] = ()
    _moved: Mapping[date, str] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_moved", dict(self.changes))

    def name(self, day: date) -> str:
        """What the public holiday is called, in the reader's language; empty on other days."""
        if day in self._moved:
            return self._moved[day]
        return _read_year(day.year, _LANGUAGES[current_language()]).get(day, "")

    def __contains__(self, day: date) -> bool:
        return bool(self.name(day))

    def within(self, first: date, last: date) -> dict[date, str]:
        """The holidays of `first`..`last`, in order."""
        days = {day for year in range(first.year, last.year + 1) for day in _read_year(year, "vi")}
        days |= self._moved.keys()
        return {day: self.name(day) for day in sorted(days) if first <= day <= last and day in self}


LAWFUL = HolidayCalendar()


@cache
def _read_year(year: int, language: str) -> Mapping[date, str]:
    import holidays  # a tenth of a second, only where a slot or a view asks

    return dict(holidays.country_holidays("VN", years=year, language=language))
