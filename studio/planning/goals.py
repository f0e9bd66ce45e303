"""Targets made into goals for the placement of some days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from scheduler.goals import Goal
from scheduler.stations import list_stations
from studio.planning.amounts import MS_PER_MINUTE
from studio.planning.coverage import list_family_targets, name_target
from studio.planning.models import Measure, Plan, Target
from studio.planning.periods import Period, is_in_force, list_periods, wanted_in
from studio.planning.scope import Ground, Question, read_ground
from studio.planning.tallies import Amounts, count_all

_SCHEDULED = frozenset({Measure.AIRINGS, Measure.MINUTES})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Due:
    """A target in one of its periods, and the days of it that are to be filled."""

    target: Target
    period: Period
    lies: Period
    """The part of the period in which the target lies."""
    days: Period


def goals_for(session: Session, plan: Plan, first: date, last: date) -> list[Goal]:
    """What the schedule of the days from `first` to `last` should hold.

    One goal per target that is not met yet, or has a maximum. The rule: what a target still misses at the
    start of these days is spread evenly over the days that are left of its period, and rounded up; so a week
    of a month asks for its part, and what failed is caught up. A target that ends inside these days asks for
    all it misses. What stands counts as reached, outside these days: aired by the log, or planned and not
    known to have failed. Goals count what is placed inside these days already. The stations of a unit share
    its target evenly. A maximum is spread in the same way.
    """
    ground = read_ground(session, plan)
    due = list(_list_due(session, ground, Period(first, last)))
    questions = []
    for one in due:
        before = one.lies.within(None, one.days.first - _DAY)
        after = one.lies.within(one.days.last + _DAY, None)
        questions += [
            Question(ground.scope_of(one.target), one.target.measure, window)
            for window in (before, after)
            if window is not None
        ]
    # Whether a waiting airing has had its time makes no difference here.
    answers = iter(count_all(session, ground, questions, datetime.combine(first, datetime.min.time(), UTC)))
    goals: list[Goal] = []
    for one in due:
        earlier = _stands(next(answers)) if one.lies.first < one.days.first else 0
        later = _stands(next(answers)) if one.days.last < one.lies.last else 0
        quantity = _find_part(one, one.target.quantity, earlier, later)
        maximum = one.target.maximum
        most = None if maximum is None else max(quantity, _find_part(one, maximum, earlier, later))
        if quantity > 0 or most is not None:
            goals += _make_goals(session, ground, one, quantity, most)
    return goals


def _find_part(due: _Due, quantity: int, earlier: int, later: int) -> int:
    """What of a quantity of the period falls to these days, beside what stands before and after them."""
    whole = wanted_in(due.target, due.period, due.lies, quantity)
    left = (due.lies.last - due.days.first).days + 1
    return max(0, min(-(-(whole - earlier) * due.days.days // left), whole - earlier - later))


def _list_due(session: Session, ground: Ground, days: Period) -> Iterator[_Due]:
    for target in list_family_targets(session, ground):
        if target.measure not in _SCHEDULED or (target.quantity < 1 and target.maximum is None):
            continue
        for period in list_periods(target):
            lies = period.within(target.first_date, target.last_date)
            now = lies.within(days.first, days.last) if lies else None
            if lies is not None and now is not None and is_in_force(target, lies.last):
                yield _Due(target, period, lies, now)


def _stands(amounts: Amounts) -> int:
    return amounts.aired + amounts.unconfirmed + amounts.upcoming


def _make_goals(session: Session, ground: Ground, due: _Due, quantity: int, most: int | None) -> list[Goal]:
    target = due.target
    unit = ground.unit_code_of(target) if target.station is None else None
    stations: list[str | None] = [target.station]
    if unit is not None:
        serving = {station for station, _ in ground.scope_of(target).segments(due.days)}
        here = list_stations(session, on=due.days.first)
        stations = [station.code for station in here if station.id in serving]
    unit_ms = MS_PER_MINUTE if target.measure == Measure.MINUTES else 1
    share = -(-quantity // max(len(stations), 1) // unit_ms)
    title, _ = name_target(ground, target)
    return [
        Goal(
            theme=ground.theme_of(target),
            audience=target.audience,
            form=target.form,
            language=target.language,
            station=station,
            first_date=due.days.first,
            last_date=due.days.last,
            measure=target.measure.value,
            quantity=share,
            weight=target.weight,
            title=title,
            place=ground.names.get(("station", station), station) if station else "",
            # Rounded up like the share: what is asked for may be filled.
            most=None if most is None else max(share, most // max(len(stations), 1) // unit_ms),
        )
        for station in stations
    ]
