"""What one session airs: urgent and priority pieces first, then what the goals need most, then variety."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from assets.models import Priority
from scheduler.board import Board, Choice, OpenSession, PassedOver, Recency
from scheduler.calendar import SlotOccurrence
from scheduler.goals import Goal
from scheduler.items import Item
from scheduler.reasons import Reason

MAX_PASSED_OVER = 3
"""How many of those passed over are kept with an airing."""
PATIENCE = 0.25
"""How much a goal is worth that could still be met by its last days alone, against one that is pressed."""
_RANKS = {Priority.URGENT: 0, Priority.PRIORITY: 1, Priority.NORMAL: 2}

Standing = tuple[int, float, Recency]
"""Sorts the candidates of a session: rank, need (negative, so that more comes first), recency."""


class Pressure:
    """How hard each goal is pressed: what it misses against the sessions it can still count on."""

    def __init__(self, goals: Sequence[Goal], occurrences: Sequence[SlotOccurrence]) -> None:
        self._goals = goals
        self._counting = {
            station: [number for number, goal in enumerate(goals) if goal.station in (None, station)]
            for station in {one.station for one in occurrences}
        }
        self._left = [0] * len(goals)
        for occurrence in occurrences:
            self._count(occurrence, 1)

    def pass_by(self, occurrence: SlotOccurrence) -> None:
        """The occurrence is filled: nobody can count on it any more."""
        self._count(occurrence, -1)

    def of(self, board: Board, number: int, item: Item) -> float:
        """Between `PATIENCE` (all the time in the world) and 1 + `PATIENCE` (needs every session)."""
        wanted = board.tally.missing(number) / self._goals[number].worth(item.duration_ms)
        return PATIENCE + min(1.0, wanted / max(1, self._left[number]))

    def _count(self, occurrence: SlotOccurrence, times: int) -> None:
        for number in self._counting[occurrence.station]:
            if self._goals[number].counts(occurrence.station, occurrence.local_date):
                self._left[number] += times


def fill_session(board: Board, session: OpenSession, items: Sequence[Item], pressure: Pressure) -> None:
    """Add pieces of `items` (those that the station may air) until nothing more fits.

    A piece serves a goal less the more of it is placed, never more: so an old standing is an upper bound, and
    only the foremost is weighed anew (lazy greedy, Minoux 1978).
    """
    waiting, blocked = _line_up(board, session, items, pressure)
    too_long: list[tuple[Standing, Item]] = []
    while waiting:
        standing, key, item = heappop(waiting)
        if item.duration_ms > session.left_ms:
            too_long.append((standing, item))
            continue
        present = _stand(board, session, item, pressure)
        if present > standing:
            heappush(waiting, (present, key, item))
            continue
        passed = [
            *(
                PassedOver(other.key, Reason("no-room", {"missing_seconds": _excess_s(other, session)}))
                for _, other in too_long
            ),
            *(PassedOver(other.key, why) for ahead, other, why in blocked if ahead < standing),
            *(PassedOver(other.key, Reason("ranked-lower")) for _, _, other in waiting[:1]),
        ]
        reason = _explain(board, session, item)
        board.add(session, Choice(item, reason, tuple(passed[:MAX_PASSED_OVER])))


Waiting = list[tuple[Standing, str, Item]]
Blocked = list[tuple[Standing, Item, Reason]]


def _line_up(
    board: Board, session: OpenSession, items: Sequence[Item], pressure: Pressure
) -> tuple[Waiting, Blocked]:
    waiting: Waiting = []
    blocked: Blocked = []
    for item in items:
        if not item.is_valid(session.day):
            continue
        standing = _stand(board, session, item, pressure)
        why = board.find_block(item, session.station, session.day)
        if why is None:
            waiting.append((standing, item.key, item))
        elif standing[:2] < (_RANKS[Priority.NORMAL], 0.0):
            blocked.append((standing, item, why))
    heapify(waiting)
    return waiting, sorted(blocked, key=lambda one: (one[0], one[1].key))


def _stand(board: Board, session: OpenSession, item: Item, pressure: Pressure) -> Standing:
    need = 0.0
    for number in board.tally.serving(item, session.station, session.day):
        gain = board.tally.gain(number, item)
        if gain:
            need += gain * pressure.of(board, number, item)
    recency = board.recency(item, session.station, session.day)
    return _RANKS[item.priority], -need / item.duration_ms, recency


def _explain(board: Board, session: OpenSession, item: Item) -> Reason:
    if item.priority is not Priority.NORMAL:
        return Reason(item.priority.value)
    served = [
        (-board.tally.gain(number, item), number)
        for number in board.tally.serving(item, session.station, session.day)
        if board.tally.missing(number)
    ]
    if not served:
        return Reason("variety")
    return Reason("goal", {"goal": board.tally.goals[min(served)[1]].label})


def _excess_s(item: Item, session: OpenSession) -> int:
    return -(-(item.duration_ms - session.left_ms) // 1000)
