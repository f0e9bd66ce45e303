"""Targets made into goals for the placement of some days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from scheduler.goals import Goal
from scheduler.stations import list_stations
from studio.planning.amounts import MS_PER_MINUTE
from studio.planning.coverage import list_family_targets
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
    """What the schedule of the days from `first` to `last` should hold, one goal per unmet target.

    The rule: what a target still misses at the start of these days is spread evenly over the days that
    are left of its period, and rounded up; so a week of a month asks for its part, and what failed is
    caught up. A target that ends inside these days asks for all it misses. What stands counts as
    reached, outside these days: aired by the log, or planned and not known to have failed. Goals count
    what is placed inside these days already. The stations of a unit share its target evenly.
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
        whole = wanted_in(one.target, one.period, one.lies)
        left = (one.lies.last - one.days.first).days + 1
        quantity = min(-(-(whole - earlier) * one.days.days // left), whole - earlier - later)
        if quantity > 0:
            goals += _make_goals(session, ground, one, quantity)
    return goals


def _list_due(session: Session, ground: Ground, days: Period) -> Iterator[_Due]:
    for target in list_family_targets(session, ground):
        if target.measure not in _SCHEDULED or target.quantity < 1:
            continue
        for period in list_periods(target):
            lies = period.within(target.first_date, target.last_date)
            now = lies.within(days.first, days.last) if lies else None
            if lies is not None and now is not None and is_in_force(target, lies.last):
                yield _Due(target, period, lies, now)


def _stands(amounts: Amounts) -> int:
    return amounts.aired + amounts.unconfirmed + amounts.upcoming


def _make_goals(session: Session, ground: Ground, due: _Due, quantity: int) -> list[Goal]:
    target = due.target
    unit = ground.unit_code_of(target) if target.station is None else None
    stations: list[str | None] = [target.station]
    if unit is not None:
        serving = {station for station, _ in ground.scope_of(target).segments(due.days)}
        here = list_stations(session, on=due.days.first)
        stations = [station.code for station in here if station.id in serving]
    share = -(-quantity // max(len(stations), 1))
    if target.measure == Measure.MINUTES:
        share = -(-share // MS_PER_MINUTE)
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
        )
        for station in stations
    ]
