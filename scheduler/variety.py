"""What was heard lately gives way to what was not, where no goal loses by it. Pure.

Goals that compete for room are met by their shortest pieces, again and again. Once they are met, one piece or
two of a session are exchanged for one or two that the station has not heard for longer, and pieces of two
days change places (`swapping`). No goal comes to lack more, none passes its maximum, there are no more
repeats, and together the sessions are left no emptier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from assets.models import Priority
from scheduler.balance import Balance
from scheduler.board import Board, Choice, OpenSession, PassedOver
from scheduler.choosing import VARIED
from scheduler.shelf import RANKS, Real, Shelf, Whole
from scheduler.staleness import LEAST_GAIN, REPEAT, find_soon, look_around, share_repeats, tell_heard
from scheduler.swapping import fits_in, swap

MANY_REPEATS = 1 / 3
"""Where so many of the airings still are repeats, pieces of two days change places as well."""
LEADS = 3
"""So many of a session's pieces, the stalest, are given up, each alone or with another."""
CHOICE = 16
"""So many pieces are tried in their place."""
ALIKE = 10
"""So many of them at most are wanted by the same goals."""
TRIALS = 128
"""So many exchanges, the best, are held against the goals."""

Rows = NDArray[np.intp]
Amount = TypeVar("Amount", Real, Whole)


@dataclass(frozen=True, slots=True)
class _Place:
    """One session and what may come in; arrays by row of the shelf, with one more for no piece at all."""

    session: OpenSession
    column: int
    cost: Real
    repeats: Whole
    nearest: Real
    lengths: Whole
    candidates: Rows


def vary(board: Board, sessions: Sequence[OpenSession], shelf: Shelf) -> None:
    """Exchange ordinary pieces of these sessions of one station for such as were not heard for longer."""
    balance, soon = Balance(board, shelf), find_soon(shelf, sessions)
    spare_ms = 0
    for session in sessions:
        place = _open_place(shelf, session)
        longer: int | None = 0
        while longer is not None:
            longer = _exchange(board, shelf, place, balance, soon=soon, spare_ms=spare_ms)
            spare_ms += longer or 0
    if share_repeats(shelf) > MANY_REPEATS:
        swap(board, sessions, shelf, balance, soon=soon)


def _open_place(shelf: Shelf, session: OpenSession) -> _Place:
    column = shelf.column(session.day)
    around = look_around(shelf, column)
    cost = np.append(around.cost, 0.0)
    return _Place(
        session,
        column,
        cost,
        np.append(around.repeats, 0),
        np.append(around.nearest, np.inf),
        np.append(shelf.duration_ms, 0),
        _list_candidates(shelf, session, cost[:-1]),
    )


def _list_candidates(shelf: Shelf, session: OpenSession, cost: Real) -> Rows:
    """The pieces not heard for longest, before others those that the goals of what stands here want."""
    old = _list_ordinary(shelf, session)
    able = shelf.free(session.day, session.barred) & (shelf.rank == RANKS[Priority.NORMAL])
    rows = np.flatnonzero(able & (cost < cost[old].max(initial=0.0)))
    kinds = shelf.kinds(session.day)
    known = np.zeros(kinds.max(initial=0) + 1, dtype=bool)
    known[kinds[old]] = True
    rows = rows[np.lexsort((shelf.lot[rows], cost[rows], ~known[kinds[rows]]))]
    kinds = kinds[rows]
    order = np.argsort(kinds, kind="stable")
    before = np.empty(len(rows), dtype=np.intp)
    before[order] = np.arange(len(rows)) - np.searchsorted(kinds[order], kinds[order])
    return rows[before < ALIKE][:CHOICE]


def _list_ordinary(shelf: Shelf, session: OpenSession) -> Rows:
    return np.array([shelf.row[choice.item.key] for choice in session.ordinary], dtype=np.intp)


def _exchange(
    board: Board, shelf: Shelf, place: _Place, balance: Balance, *, soon: float, spare_ms: int
) -> int | None:
    """Make the best exchange of the session; by how much it is longer then, None if there is none.

    `spare_ms` is how much longer other sessions have become.
    """
    session = place.session
    old = _list_ordinary(shelf, session)
    outs, ins = _list_outs(place, old, soon), _list_ins(place, old)
    if not outs.size or not ins.size:
        return None
    gain, fewer = _compare(place.cost, outs, ins), _compare(place.repeats, outs, ins)
    longer = -_compare(place.lengths, outs, ins)
    better = (gain > LEAST_GAIN) & (fewer >= 0)
    fits = better & (longer >= -spare_ms) & fits_in(longer, session.left_ms)
    places = np.flatnonzero(fits)
    worth = (gain + REPEAT * fewer).ravel()[places]
    places = places[np.argsort(-worth, kind="stable")[:TRIALS]]
    if not places.size:
        return None
    first, second = np.unravel_index(places, fits.shape)
    at = balance.find_first(outs[:, first], ins[:, second], place.column)
    if at is None:
        return None
    _replace(board, shelf, place, outs[:, first[at]], ins[:, second[at]])
    return int(longer[first[at], second[at]])


def _compare(amount: Amount, outs: Rows, ins: Rows) -> Amount:
    """How much less of it there is if one of `outs` (row) goes for one of `ins` (column)."""
    gone, come = amount[outs], amount[ins]
    less: Amount = (gone[0] + gone[1])[:, None] - (come[0] + come[1])
    return less


def _list_outs(place: _Place, old: Rows, soon: float) -> Rows:
    """What may be given up, as pairs (columns): the stalest pieces, each alone and with every other."""
    leads = old[np.argsort(-place.cost[old], kind="stable")[:LEADS]]
    leads = leads[place.nearest[leads] <= soon]
    others = [*old.tolist(), len(place.cost) - 1]
    pairs = {(min(lead, one), max(lead, one)) for lead in leads.tolist() for one in others if lead != one}
    return np.array(sorted(pairs), dtype=np.intp).reshape(-1, 2).T


def _list_ins(place: _Place, old: Rows) -> Rows:
    """What may come in, as pairs: each of the candidates alone and with every other."""
    rows = place.candidates[~np.isin(place.candidates, old)]
    return np.append(rows, len(place.cost) - 1)[_list_pairs(len(rows) + 1)]


@cache
def _list_pairs(size: int) -> Rows:
    return np.stack(np.triu_indices(size, 1))


def _replace(board: Board, shelf: Shelf, place: _Place, out: Rows, into: Rows) -> None:
    """Put the pieces `into` where the first of those that go `out` stood."""
    session, none = place.session, len(shelf.items)
    passed: list[PassedOver] = []
    first = len(session.chosen)
    for row in out[out < none].tolist():
        key = shelf.items[row].key
        at = session.find(key)
        board.remove(session, at)
        first = min(first, at)
        passed += tell_heard(key, place.nearest[row])
    for row in into[into < none].tolist():
        board.add(session, Choice(shelf.items[row], VARIED, tuple(passed)), at=first)
