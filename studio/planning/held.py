"""Activities beside broadcasting as they count: sessions, copies, people, posts, households."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from sqlmodel import Session, col, select

from studio.activities.models import Activity, ActivityKind, ActivityState
from studio.planning.models import Measure, UnitKind
from studio.planning.periods import Period
from studio.planning.scope import Ground, Question, Scope
from studio.planning.units import exists, name_at

_Counts = tuple[int, int, int, int, int]
"""Planned, confirmed, unconfirmed, upcoming, held."""

_NO_SESSION = frozenset({ActivityKind.POST, ActivityKind.LEAFLETS})
WORTH: dict[Measure, Callable[[Activity], int]] = {
    Measure.SESSIONS: lambda one: 0 if one.kind in _NO_SESSION else one.sessions,
    Measure.COPIES: lambda one: one.copies or 0,
    Measure.PEOPLE: lambda one: one.people or 0,
    Measure.ITEMS: lambda one: one.sessions if one.kind == ActivityKind.POST else 0,
    Measure.HOUSEHOLDS: lambda one: one.households or 0,
}
"""What an activity adds to a measure: handing out and posting is no session, and a post is an item."""


def read_held(session: Session, ground: Ground, days: Period) -> list[Activity]:
    """The activities of the whole plan on some days that were not deleted or cancelled."""
    return list(
        session.exec(
            select(Activity)
            .where(
                col(Activity.plan_id).in_(ground.tree),
                col(Activity.held_on).between(days.first, days.last),
                col(Activity.deleted_at).is_(None),
                Activity.state != ActivityState.CANCELLED,
            )
            .order_by(col(Activity.held_on), col(Activity.id))
        )
    )


def counts_in(ground: Ground, scope: Scope, window: Period, activity: Activity) -> bool:
    """Whether an activity is of the kind, in the place and on the days that count."""
    return (
        window.first <= activity.held_on <= window.last
        and (scope.units is None or activity.unit_id in scope.units)
        # A station is no place for an activity.
        and (scope.units is not None or scope.places is None)
        and scope.matches(ground.theme_of(activity), activity.audience, activity.form, activity.language)
    )


def count_held(ground: Ground, question: Question, held: Sequence[Activity], today: date) -> _Counts:
    """The sum over the activities that count; what nobody has said was held is never counted as held."""
    done = over = upcoming = 0
    for activity in held:
        if not counts_in(ground, question.scope, question.window, activity):
            continue
        worth = WORTH[question.measure](activity)
        if activity.state == ActivityState.HELD:
            done += worth
        elif activity.held_on < today:
            over += worth
        else:
            upcoming += worth
    return done + over + upcoming, done, over, upcoming, done


def count_households(ground: Ground, question: Question, held: Sequence[Activity], today: date) -> _Counts:
    """The share of the households of the communes that was reached, in whole per cent, rounded down.

    Of each unit the single activity that reached most counts: who came twice is not two households.
    """
    scope, window = question.scope, question.window
    matching = [one for one in held if one.households and counts_in(ground, scope, window, one)]

    def share(chosen: Callable[[Activity], bool]) -> int:
        best: dict[int, int] = defaultdict(int)
        for activity in matching:
            if chosen(activity):
                best[activity.unit_id] = max(best[activity.unit_id], activity.households or 0)
        reached: dict[int, int] = defaultdict(int)
        for unit_id, households in best.items():
            reached[name_at(ground.units, unit_id, window.last).id or 0] += households
        communes = [
            unit for unit in ground.units.values()
            if unit.kind == UnitKind.COMMUNE and unit.households and exists(unit, window.last)
            and (scope.units is None or unit.id in scope.units)
        ]  # fmt: skip
        whole = sum(unit.households or 0 for unit in communes)
        part = sum(min(reached[unit.id or 0], unit.households or 0) for unit in communes)
        return 100 * part // whole if whole else 0

    done = share(lambda one: one.state == ActivityState.HELD)
    past = share(lambda one: one.state == ActivityState.HELD or one.held_on < today)
    planned = share(lambda _: True)
    return planned, done, past - done, planned - past, done
