"""The pieces that bring goals most in the room of one session: the best sum that fits. Pure.

A knapsack, solved exactly in whole seconds: what the last minutes of a session are good for decides what its
first minutes hold. That a goal wants no more than is missing of it is kept among pieces that the same goals
want; between others it is a matter of the next choice.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from scheduler.shelf import Mask, Real, Shelf, Whole

MOST_CELLS = 2_000
"""The room of a session is parted into so many cells at most, each some whole seconds long."""
VARIETY = 2.0
"""Of the pieces that the same goals want, the densest that would fill the room so many times are weighed."""
_HAIR = 1e-12


def choose_rows(shelf: Shelf, day: date, able: Mask, room_ms: int, wanted: Whole) -> list[int]:
    """The rows among those `able` that together bring most of what is `wanted` and fit into the room."""
    rows, values = _weigh(shelf, day, able & (shelf.duration_ms <= room_ms), room_ms, wanted)
    if not rows.size:
        return []
    keep = _can_matter(values, shelf.duration_ms[rows], room_ms)
    rows, values = rows[keep], values[keep]
    return [int(rows[at]) for at in find_best_sum(values, shelf.duration_ms[rows], room_ms)]


def _weigh(shelf: Shelf, day: date, able: Mask, room_ms: int, wanted: Whole) -> tuple[NDArray[np.intp], Real]:
    """The pieces worth weighing and what each adds after those before it that the same goals want."""
    goals = np.flatnonzero((wanted > 0) & shelf.active[:, shelf.column(day)])
    left = wanted[goals][:, None]
    gain: Real = np.minimum(shelf.value[goals], shelf.share[goals][:, None] * left).sum(axis=0)
    rows = np.flatnonzero(able & (gain > 0))
    if not rows.size:
        return rows, gain[rows]
    kinds, lengths = shelf.kinds(day)[rows], shelf.duration_ms[rows]
    order = np.lexsort((shelf.lot[rows], -gain[rows] / lengths, kinds))
    rows, kinds, lengths = rows[order], kinds[order], lengths[order]
    first = np.flatnonzero(np.r_[True, kinds[1:] != kinds[:-1]])
    start = np.repeat(first, np.diff(np.r_[first, rows.size]))
    run = np.cumsum(lengths) - lengths
    before_ms, rank = run - run[start], np.arange(rows.size) - start
    minutes = shelf.in_minutes[goals][:, None]
    # Minutes are worth the same in whatever order; of airings the first ones get what is missing.
    rest = np.where(minutes, np.where(before_ms < left, left, 0), np.maximum(left - rank, 0))
    counted = np.minimum(shelf.worth[goals][:, rows], rest) * shelf.wants[goals][:, rows]
    values: Real = (shelf.share[goals] * shelf.early[goals]) @ counted
    keep = (values > 0) & (before_ms < VARIETY * room_ms)
    return rows[keep], values[keep]


def _can_matter(values: Real, lengths: Whole, room_ms: int) -> Mask:
    """Which pieces may be part of a best sum at all.

    A piece that is less dense than the one at which the room is full costs more than it adds; where that is
    more than a cut piece could bring over whole ones, it is in no best sum.
    """
    order = np.argsort(-values / lengths, kind="stable")
    filled = np.cumsum(lengths[order])
    full = int(np.searchsorted(filled, room_ms, side="right"))
    if full >= values.size:
        return np.ones(values.size, dtype=bool)
    critical = order[full]
    density = values[critical] / lengths[critical]
    within = room_ms - (int(filled[full - 1]) if full else 0)
    cut = within * density
    useful: Mask = density * lengths - values <= cut + _HAIR
    return useful


def find_best_sum(values: Real, lengths_ms: Whole, room_ms: int) -> Sequence[int]:
    """Places of the values with the greatest sum whose lengths fit into the room."""
    cell_ms = 1000 * max(1, -(-room_ms // (1000 * MOST_CELLS)))
    room = room_ms // cell_ms
    lengths = -(-lengths_ms // cell_ms)
    best = np.zeros(room + 1)
    taken = np.zeros((len(values), room + 1), dtype=bool)
    for at, (value, length) in enumerate(zip(values.tolist(), lengths.tolist(), strict=True)):
        if length > room:
            continue
        with_it = best[: room + 1 - length] + value
        np.greater(with_it, best[length:] + _HAIR, out=taken[at, length:])
        np.maximum(best[length:], with_it, out=best[length:])
    chosen, left = [], room
    for at in range(len(values) - 1, -1, -1):
        if taken[at, left]:
            chosen.append(at)
            left -= int(lengths[at])
    return chosen[::-1]
