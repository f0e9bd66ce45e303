"""Why a goal stays short and why a piece was not placed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from scheduler.board import Board, OpenSession, room_ms
from scheduler.calendar import SlotOccurrence
from scheduler.goals import MINUTE_MS, Goal, GoalResult
from scheduler.items import Item
from scheduler.models import ItemRole
from scheduler.reasons import NOT_CHOSEN, Reason


def explain_goals(
    board: Board,
    sessions: Sequence[OpenSession],
    pieces: Sequence[Item],
    by_station: Mapping[str, Sequence[Item]],
    *,
    last: date | None,
) -> list[GoalResult]:
    """Each goal with what is placed; `last` is the last day that was to be filled."""
    results = []
    for number, goal in enumerate(board.tally.goals):
        unit = MINUTE_MS if goal.measure == "minutes" else 1
        missing = -(-board.tally.missing(number) // unit)
        why = None
        if missing:
            why = _find_shortage(board, number, sessions, pieces=pieces, by_station=by_station, last=last)
        results.append(GoalResult(goal, goal.quantity, board.tally.placed[number] // unit, missing, why))
    return results


def explain_items(
    board: Board, sessions: Sequence[OpenSession], allowed: Sequence[SlotOccurrence], pieces: Sequence[Item]
) -> Iterator[tuple[Item, Reason]]:
    """Every piece that is nowhere in the schedule, with the first rule that kept it out."""
    placed = {choice.item for session in sessions for choice in session.chosen}
    placed |= {session.greeting for session in sessions if session.greeting is not None}
    stations = {one.station for one in allowed}
    # A piece has a file for each kind of station: that one of them has no station here says nothing.
    at_home = {item.key for item in pieces if any(item.may_air_on(code) for code in stations)}
    for item in pieces:
        if item.role is not ItemRole.SEGMENT or item in placed:
            continue
        ours = [one for one in allowed if item.may_air_on(one.station)]
        if not ours and item.key in at_home:
            continue
        spoken = [one for one in ours if item.language in one.rules.languages]
        valid = [one for one in spoken if item.is_valid(one.local_date)]
        most = max((room_ms(one) for one in valid), default=0)
        if not ours:
            yield item, Reason("no-station")
        elif not spoken:
            yield item, Reason("no-language", {"language": item.language})
        elif not valid:
            yield item, Reason("not-valid")
        elif item.duration_ms > most:
            yield item, Reason("too-long", {"seconds": item.duration_ms // 1000, "most": most // 1000})
        elif item.max_airings and all(
            board.count_stood(item, one.station) >= item.max_airings for one in valid
        ):
            yield item, Reason("max-airings", {"most": item.max_airings})
        else:
            yield item, Reason(NOT_CHOSEN)


def _find_shortage(
    board: Board,
    number: int,
    sessions: Sequence[OpenSession],
    *,
    pieces: Sequence[Item],
    by_station: Mapping[str, Sequence[Item]],
    last: date | None,
) -> Reason:
    """The first thing in the way: no such piece, no such time, too few pieces, or no room."""
    goal = board.tally.goals[number]
    labelled = len({item.key for item in pieces if item.role is ItemRole.SEGMENT and goal.wants(item)})
    if not labelled:
        return Reason("no-item", {"label": goal.about}).named(label=goal.title or goal.about)
    ours = [one for one in sessions if goal.counts(one.station, one.day)]
    reached = goal.station is None or goal.station in by_station
    later = last is not None and goal.last_date > last and reached
    if not ours and not later:
        return Reason("no-occurrence")
    usable = {
        station: [item for item in by_station[station] if goal.wants(item)]
        for station in {session.station for session in ours}
    }
    reachable, keys = _reach(board, goal, ours, usable)
    if not later and not keys:
        return Reason("no-usable-item", {"items": labelled})
    if later:
        return Reason("goal-later", {"until": f"{goal.last_date:%d/%m/%Y}"})
    before = board.tally.placed[number] - count_placed(goal, ours)
    if before + reachable < goal.needed:
        unit = MINUTE_MS if goal.measure == "minutes" else 1
        return Reason("too-few-items", {"items": len(keys), "reachable": (before + reachable) // unit})
    mean_ms = sum(item.duration_ms for items in usable.values() for item in items) // max(
        1, sum(len(items) for items in usable.values())
    )
    missing = board.tally.missing(number)
    missing_ms = missing if goal.measure == "minutes" else missing * mean_ms
    return Reason("goal-no-room", {"occurrences": len(ours), "minutes": -(-missing_ms // MINUTE_MS)})


def _reach(
    board: Board, goal: Goal, sessions: Sequence[OpenSession], usable: Mapping[str, Sequence[Item]]
) -> tuple[int, set[str]]:
    """The most that these sessions could add if there were room for all, and by which pieces.

    On each station a piece airs on as many days as its separation and its limit let it: taking the earliest
    day each time gives the most.
    """
    days: dict[str, set[date]] = {}
    for session in sessions:
        days.setdefault(session.station, set()).add(session.day)
    reachable, keys = 0, set()
    for station, items in usable.items():
        for item in items:
            free_from, left = date.min, None
            if item.max_airings is not None:
                left = item.max_airings - board.count_stood(item, station)
            for day in sorted(days[station]):
                free = day >= free_from and board.stood_clear(item, station, day)
                if free and item.is_valid(day) and (left is None or left > 0):
                    left = None if left is None else left - 1
                    reachable += goal.worth(item.duration_ms)
                    keys.add(item.key)
                    free_from = date.fromordinal(day.toordinal() + item.separation_days)
    return reachable, keys


def count_placed(goal: Goal, sessions: Iterable[OpenSession]) -> int:
    """What these sessions bring the goal, in its measure."""
    return sum(
        goal.worth(choice.item.duration_ms)
        for session in sessions
        for choice in session.chosen
        if goal.wants(choice.item)
    )
