"""Bounded improvement of a filled schedule: what no goal needs gives way to what a goal still misses."""

from collections.abc import Container, Mapping, Sequence
from datetime import date

from assets.models import Priority
from scheduler.board import Board, Choice, OpenSession, PassedOver
from scheduler.goals import Goal
from scheduler.items import Item
from scheduler.reasons import Reason

MAX_TRIALS = 20_000
"""Exchanges weighed at most, so that a schedule of any size is mended in bounded time."""
LEAST_GAIN = 1e-9


def repair_goals(
    board: Board,
    sessions: Sequence[OpenSession],
    items: Mapping[str, Sequence[Item]],
    *,
    held: Container[tuple[int, date, str]] = (),
    margin: float = 0.0,
) -> list[OpenSession]:
    """Exchange pieces where it brings the goals further; returns the sessions that changed.

    An exchange takes out one ordinary piece and puts in one that a short goal wants, if it fits and the gain
    over all goals is positive, or at least `margin` of what the piece brings by itself. What is `held` (slot,
    local day, key) stays. The heaviest goals come first, then those that end soonest.
    """
    changed: dict[int, OpenSession] = {}
    trials = MAX_TRIALS
    short = [number for number in range(len(board.tally.goals)) if board.tally.missing(number)]
    for number in sorted(short, key=lambda n: (-board.tally.goals[n].weight, board.tally.goals[n].last_date)):
        goal = board.tally.goals[number]
        for position, session in enumerate(sessions):
            if not board.tally.missing(number) or trials <= 0:
                break
            if not session.chosen or not goal.counts(session.station, session.day):
                continue
            for item in _find_wanted(board, goal, session, items[session.station]):
                trials -= len(session.chosen)
                if _exchange(board, goal, session, item, held=held, margin=margin):
                    changed[position] = session
    return list(changed.values())


def _find_wanted(board: Board, goal: Goal, session: OpenSession, items: Sequence[Item]) -> list[Item]:
    return [
        item
        for item in items
        if goal.wants(item)
        and item.priority is Priority.NORMAL
        and item.is_valid(session.day)
        and item.key not in session.barred
        and board.find_block(item, session.station, session.day) is None
    ]


def _exchange(
    board: Board,
    goal: Goal,
    session: OpenSession,
    item: Item,
    *,
    held: Container[tuple[int, date, str]],
    margin: float,
) -> bool:
    """Put `item` in the place of the piece that is missed least, if that is better for the goals."""
    station, day = session.station, session.day
    gain = sum(board.tally.gain(number, item) for number in board.tally.serving(item, station, day))
    best: tuple[float, int] | None = None
    for at, choice in enumerate(session.chosen):
        if not choice.is_free:
            continue
        if (session.occurrence.slot_id, day, choice.item.key) in held:
            continue
        if session.left_ms + choice.item.duration_ms < item.duration_ms:
            continue
        loss = _loss(board, choice.item, station, day)
        if best is None or loss < best[0]:
            best = (loss, at)
    if best is None or gain <= best[0] + max(LEAST_GAIN, margin * gain):
        return False
    at = best[1]
    out = board.remove(session, at)
    # Where both count for one goal, the loss was weighed without the gain: weigh again, put back if worse.
    gain = sum(board.tally.gain(number, item) for number in board.tally.serving(item, station, day))
    back = sum(board.tally.gain(number, out.item) for number in board.tally.serving(out.item, station, day))
    if gain <= back + max(LEAST_GAIN, margin * gain):
        board.add(session, out, at=at)
        return False
    passed = PassedOver(out.item.key, Reason("ranked-lower"))
    board.add(
        session, Choice(item, Reason("repair", {"goal": goal.label}).named(goal=goal.name), (passed,)), at=at
    )
    return True


def _loss(board: Board, item: Item, station: str, day: date) -> float:
    return sum(board.tally.loss(number, item) for number in board.tally.serving(item, station, day))
