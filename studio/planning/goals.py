"""Targets made into goals for the placement of some days."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from scheduler.goals import Goal
from studio.planning.amounts import MS_PER_MINUTE
from studio.planning.counting import OPEN, AiredRow, PlannedRow, count_aired, count_planned
from studio.planning.coverage import SCHEDULED, is_counted
from studio.planning.models import Measure, Plan, Target
from studio.planning.periods import wanted_between
from studio.planning.plans import list_targets


def goals_for(session: Session, plan: Plan, first: date, last: date) -> list[Goal]:
    """What the schedule of the days from `first` to `last` should hold, one goal per unmet target.

    The rule: what a target still misses at the start of these days is spread evenly over the days that
    are left of its period, and rounded up; so a week of a month asks for its part, and what failed is
    caught up. A target that ends inside these days asks for all it misses. What stands counts as
    reached, outside these days: aired by the log, or planned and not known to have failed. Goals count
    what is placed inside these days already.
    """
    targets = [
        target
        for target in list_targets(session, plan)
        if target.first_date <= last and first <= target.last_date and target.measure in SCHEDULED
    ]
    if not targets:
        return []
    start = min(target.first_date for target in targets)
    end = max(target.last_date for target in targets)
    aired = count_aired(session, start, end)
    planned = count_planned(session, start, end)
    goals = []
    for target in targets:
        days = (max(first, target.first_date), min(last, target.last_date))
        quantity = _quantity_due(target, *days, aired, planned)
        if quantity > 0:
            goals.append(
                Goal(
                    theme=target.theme,
                    audience=target.audience,
                    form=target.form,
                    station=target.station,
                    first_date=days[0],
                    last_date=days[1],
                    measure=target.measure.value,
                    quantity=quantity,
                    weight=target.weight,
                )
            )
    return goals


def _quantity_due(
    target: Target, first: date, last: date, aired: Sequence[AiredRow], planned: Sequence[PlannedRow]
) -> int:
    whole = wanted_between(target, target.first_date, target.last_date)
    before = _standing(target, target.first_date, first, aired, planned)
    after = _standing(target, date.fromordinal(last.toordinal() + 1), date.max, aired, planned)
    days, days_left = (last - first).days + 1, (target.last_date - first).days + 1
    due = min(-(-(whole - before) * days // days_left), whole - before - after)
    return -(-due // MS_PER_MINUTE) if target.measure == Measure.MINUTES else due


def _standing(
    target: Target, start: date, before: date, aired: Sequence[AiredRow], planned: Sequence[PlannedRow]
) -> int:
    """What counts as reached from `start` until the day before `before`, in airings or milliseconds."""
    end = min(before, date.fromordinal(target.last_date.toordinal() + 1))
    minutes = target.measure == Measure.MINUTES
    heard = sum(
        row.counted_ms if minutes else row.counts_airing
        for row in aired
        if start <= row.local_date < end and is_counted(target, row.station, row.labels)
    )
    expected = sum(
        row.duration_ms if minutes else 1
        for row in planned
        if start <= row.local_date < end and row.state in OPEN and is_counted(target, row.station, row.labels)
    )
    return heard + expected
