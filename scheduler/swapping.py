"""Pieces of two days that change places, so that both come round more evenly. Pure."""

from collections.abc import Sequence

import numpy as np

from scheduler.balance import Balance
from scheduler.board import Board, Choice, OpenSession
from scheduler.choosing import VARIED
from scheduler.sessions import WORTH_TELLING_MS
from scheduler.shelf import Mask, Real, Shelf, Whole
from scheduler.staleness import (
    LEAST_GAIN,
    REPEAT,
    Around,
    Places,
    forget,
    look_along,
    look_around,
    tell_heard,
)

LEADS = 3
"""So many of a session's pieces, the stalest, look for a better day."""
REACH_DAYS = 30
"""So far away at most."""
TRIALS = 64
"""So many swaps, the best, are held against the goals."""


class _Airings:
    """The ordinary airings of a station's sessions, as arrays in the order of time."""

    def __init__(self, sessions: Sequence[OpenSession], shelf: Shelf) -> None:
        self.shelf, self.sessions = shelf, sessions
        found = [
            (shelf.row[choice.item.key], shelf.column(session.day), at)
            for at, session in enumerate(sessions)
            for choice in session.ordinary
        ]
        self.row, self.column, self.session = np.array(found, dtype=np.int64).reshape(-1, 3).T.copy()
        self.left_ms = np.array([session.left_ms for session in sessions], dtype=np.int64)
        self.has_bans = any(session.barred for session in sessions)
        self._look()

    def _look(self) -> None:
        """Find how far apart the airings of each piece are."""
        rows, columns = np.nonzero(self.shelf.heard)
        width = self.shelf.heard.shape[1]
        gaps = np.where(rows[1:] == rows[:-1], columns[1:] - columns[:-1], np.inf)
        gaps = forget(np.concatenate([[np.inf], gaps, [np.inf]]))
        at = np.searchsorted(rows * width + columns, self.row * width + self.column)
        self._ago, self._ahead = gaps[at], gaps[at + 1]

    def around(self, places: Places | int) -> Around:
        return Around(self._ago[places], self._ahead[places])

    def list_partners(self, one: int) -> Places:
        """The airings of other pieces on other days that the rules and the room let change places with it."""
        shelf, row, column = self.shelf, self.row[one], self.column[one]
        first, last = np.searchsorted(self.column, [column - REACH_DAYS, column + REACH_DAYS + 1])
        rows, columns, sessions = (each[first:last] for each in (self.row, self.column, self.session))
        longer = shelf.duration_ms[rows] - shelf.duration_ms[row]
        fits = fits_in(longer, self.left_ms[self.session[one]]) & fits_in(-longer, self.left_ms[sessions])
        places = np.flatnonzero(fits & (columns != column) & (rows != row))
        rows, columns = rows[places], columns[places]
        apart = np.abs(columns - column)
        # The airing that goes away is itself one of those that stand too near.
        able = shelf.valid[row, columns] & (shelf.near[row, columns] == (apart < shelf.separation[row]))
        able &= shelf.valid[rows, column] & (shelf.near[rows, column] == (apart < shelf.separation[rows]))
        found: Places = first + places[able]
        if self.has_bans:
            found = found[[not self._is_barred(one, other) for other in found.tolist()]]
        return found

    def _is_barred(self, one: int, other: int) -> bool:
        keys = [self.shelf.items[self.row[place]].key for place in (one, other)]
        here, there = (self.sessions[self.session[place]].barred for place in (one, other))
        return keys[0] in there or keys[1] in here

    def weigh(self, one: int, others: Places, day: Around) -> tuple[Real, Whole]:
        """How much less stale each swap makes both pieces, and how many repeats fewer there are.

        `day` are all pieces around the day of `one`.
        """
        row, column = self.row[one], self.column[one]
        rows, columns = self.row[others], self.column[others]
        heard = np.flatnonzero(self.shelf.heard[row])
        gone, theirs = look_along(heard[heard != column], columns), self.around(others)
        ago, ahead = day.ago[rows], day.ahead[rows]
        # Without the airing that comes here, the one before or after it is next.
        come = Around(
            forget(np.where(column - ago == columns, ago + theirs.ago, ago)),
            forget(np.where(column + ahead == columns, ahead + theirs.ahead, ahead)),
        )
        mine = self.around(one)
        gain = mine.cost - gone.cost + theirs.cost - come.cost
        return gain, mine.repeats - gone.repeats + theirs.repeats - come.repeats

    def change(self, board: Board, one: int, other: int) -> None:
        pair = (one, other)
        keys = [self.shelf.items[self.row[place]].key for place in pair]
        gone = [
            tell_heard(key, float(self.around(place).nearest)) for key, place in zip(keys, pair, strict=True)
        ]
        held = [self.sessions[self.session[place]] for place in pair]
        ats = [one.find(key) for one, key in zip(held, keys, strict=True)]
        came, went = (board.remove(session, at) for session, at in zip(held, ats, strict=True))
        board.add(held[0], Choice(went.item, VARIED, gone[0]), at=ats[0])
        board.add(held[1], Choice(came.item, VARIED, gone[1]), at=ats[1])
        self.left_ms[self.session[[one, other]]] = [session.left_ms for session in held]
        self.row[[one, other]] = self.row[[other, one]]
        self._look()


def fits_in(longer_ms: Whole, left_ms: Whole | int) -> Mask:
    """Whether a session may become so much longer (less: shorter), and none so empty that it is told of."""
    fits: Mask = (longer_ms <= left_ms) & (longer_ms >= -np.maximum(0, WORTH_TELLING_MS - 1 - left_ms))
    return fits


def swap(
    board: Board, sessions: Sequence[OpenSession], shelf: Shelf, balance: Balance, *, soon: float
) -> None:
    """Let stale pieces change places with others of the station."""
    airings = _Airings(sessions, shelf)
    bounds = np.searchsorted(airings.session, np.arange(len(sessions) + 1))
    for at, session in enumerate(sessions):
        here = np.arange(bounds[at], bounds[at + 1])
        around = airings.around(here)
        leads = here[np.argsort(-around.cost, kind="stable")][:LEADS]
        leads = leads[airings.around(leads).nearest <= soon]
        day = look_around(shelf, shelf.column(session.day)) if leads.size else None
        for one in leads.tolist():
            assert day is not None
            other = _find_partner(airings, one, day, balance)
            if other is not None:
                airings.change(board, one, other)
                day = look_around(shelf, shelf.column(session.day))


def _find_partner(airings: _Airings, one: int, day: Around, balance: Balance) -> int | None:
    others = airings.list_partners(one)
    gain, fewer = airings.weigh(one, others, day)
    keep = np.flatnonzero((gain > LEAST_GAIN) & (fewer >= 0))
    others = others[keep[np.argsort(-(gain + REPEAT * fewer)[keep], kind="stable")[:TRIALS]]]
    if not others.size:
        return None
    row, column = int(airings.row[one]), int(airings.column[one])
    best = balance.find_first_swap(row, column, airings.row[others], airings.column[others])
    return None if best is None else int(others[best])
