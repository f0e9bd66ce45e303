"""The periods of a target, and its share of any days in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from studio.planning.amounts import MS_PER_MINUTE
from studio.planning.models import Every, Measure, Target

_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def within(self, first: date | None, last: date | None) -> "Period | None":
        """What of it lies from `first` to `last` (None is no bound)."""
        cut = Period(max(self.first, first or date.min), min(self.last, last or date.max))
        return cut if cut.first <= cut.last else None


def list_periods(target: Target) -> Iterator[Period]:
    """The periods for each of which the whole quantity is asked: the target's own, or whole calendar ones.

    Of a calendar period that the target only partly covers, the part that lies outside asks for nothing.
    """
    if target.every == Every.ONCE:
        yield Period(target.first_date, target.last_date)
        return
    months = _MONTHS[target.every]
    start = date(target.first_date.year, (target.first_date.month - 1) // months * months + 1, 1)
    while start <= target.last_date:
        following = _add_months(start, months)
        yield Period(start, following - _DAY)
        start = following


def list_windows(target: Target, first: date, last: date) -> Iterator[tuple[Period, Period]]:
    """Each period of the target with what of it counts from `first` to `last`.

    Of a target that was amended, the version in force on the last day of the window asks for the whole of it:
    a year's 24 that became 30 in July are 30 at the end of the year, and were 24 in the report for spring.
    """
    for period in list_periods(target):
        window = period.within(target.first_date, target.last_date)
        window = window and window.within(first, last)
        if window is None or not is_in_force(target, window.last):
            continue
        yield period, window


def is_in_force(target: Target, day: date) -> bool:
    """Whether the amendments let this version of the target stand on a day."""
    return (target.applies_from or date.min) <= day <= (target.applies_until or date.max)


def share_between(whole: int, period: Period, window: Period) -> int:
    """The share of `whole` that falls on the days of `window`.

    It is spread evenly over the days of the period, by the rounded running total: the shares of windows that
    follow each other always add up to the whole.
    """
    days = period.days

    def until(day: date) -> int:
        past = min(max((day - period.first).days, 0), days)
        return (2 * whole * past + days) // (2 * days)

    return until(window.last + _DAY) - until(window.first)


def wanted_in(target: Target, period: Period, window: Period, quantity: int | None = None) -> int:
    """The target's quantity (or another one) due in the window of a period, as it is counted.

    That is airings, people and so on, and milliseconds where minutes are measured. A share of households is
    wanted whole at any time.
    """
    whole = target.quantity if quantity is None else quantity
    if target.measure == Measure.HOUSEHOLDS:
        return whole
    return share_between(whole * (MS_PER_MINUTE if target.measure == Measure.MINUTES else 1), period, window)


def wanted_between(target: Target, first: date, last: date) -> int:
    """The target's share of the days from `first` to `last`, over all its periods."""
    windows = list_windows(target, first, last)
    return sum(wanted_in(target, period, window) for period, window in windows)


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
