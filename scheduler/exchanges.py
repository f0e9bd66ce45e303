"""Sessions packed anew, two at a time, as long as the goals gain by it. Pure.

What was chosen session by session is best for each, not for all: a short piece that both need, a goal that
the earlier one has served already. Two sessions are emptied and packed again, first the one, then the other.
"""

from collections.abc import Sequence

import numpy as np

from assets.models import Priority
from scheduler.board import Board, Choice, OpenSession
from scheduler.choosing import PACKED, find_lack, find_room
from scheduler.packing import choose_rows
from scheduler.shelf import RANKS, Mask, Real, Shelf, Whole

DISTANCES = (1, 2)
"""How far apart, counted in sessions, two sessions are that are packed anew together."""
LEAST_GAIN = 1e-9


def exchange(board: Board, sessions: Sequence[OpenSession], shelf: Shelf) -> None:
    """Pack pairs of sessions anew where that brings the goals further and none past its maximum."""
    lack, spare = find_lack(board, shelf), find_room(board, shelf) - find_lack(board, shelf)
    for distance in DISTANCES:
        for one, other in zip(sessions, sessions[distance:], strict=False):
            pair = (one, other)
            short = lack > 0
            if not any(short[shelf.active[:, shelf.column(each.day)]].any() for each in pair):
                continue
            for order in (pair, pair[::-1]):
                found = _repack(shelf, order, lack, spare)
                if found is not None:
                    _replace(board, shelf, order, found)
                    lack = find_lack(board, shelf)


def _repack(
    shelf: Shelf, sessions: Sequence[OpenSession], lack: Whole, spare: Real
) -> list[list[int]] | None:
    """New pieces for each of the sessions, if they bring more than those that are there.

    `spare` is how far a goal's maximum lies above what is asked for.
    """
    old = [[shelf.row[choice.item.key] for choice in session.ordinary] for session in sessions]
    without = lack + sum(shelf.bring(rows, session.day) for rows, session in zip(old, sessions, strict=True))
    rest, new = without, list(old)
    for at, session in enumerate(sessions):
        new[at] = []
        able = _find_able(shelf, sessions, old, new, at) & ~shelf.find_full(session.day, rest + spare)
        room_ms = session.left_ms + int(shelf.duration_ms[old[at]].sum())
        while rows := choose_rows(shelf, session.day, able, room_ms, rest):
            new[at] += rows
            able[rows] = False
            room_ms -= int(shelf.duration_ms[rows].sum())
            rest = rest - shelf.bring(rows, session.day)
    weight = shelf.share * shelf.early
    gained = weight @ (np.maximum(lack, 0) - np.maximum(rest, 0))
    passed = (rest + spare < np.minimum(0, lack + spare)).any()
    return new if gained > LEAST_GAIN and not passed else None


def _find_able(
    shelf: Shelf,
    sessions: Sequence[OpenSession],
    old: Sequence[Sequence[int]],
    new: Sequence[Sequence[int]],
    at: int,
) -> Mask:
    """The ordinary pieces that the rules let air in a session once all of these are emptied."""
    session = sessions[at]
    column = shelf.column(session.day)
    times = shelf.times.copy()
    near = shelf.near[:, column].copy()
    for number, other in enumerate(sessions):
        apart = abs((other.day - session.day).days)
        for rows, change in ((old[number], -1), (new[number], 1 if number < at else 0)):
            places = np.array(rows, dtype=np.intp)
            near[places[shelf.separation[places] > apart]] += change
            times[places] += change
    able: Mask = shelf.valid[:, column] & (near == 0) & (times < shelf.most)
    able &= shelf.rank == RANKS[Priority.NORMAL]
    able[[shelf.row[key] for key in session.barred if key in shelf.row]] = False
    return able


def _replace(
    board: Board, shelf: Shelf, sessions: Sequence[OpenSession], rows: Sequence[Sequence[int]]
) -> None:
    for session in sessions:
        board.clear(session)
    for session, ours in zip(sessions, rows, strict=True):
        for row in ours:
            board.add(session, Choice(shelf.items[row], PACKED))
