"""How lately a station heard its pieces, as a number that adds up over a schedule. Pure.

Each airing costs one part of the days since the station aired the same piece before: a repeat on the next day
as much as three after three days. So the sum is least when all pieces come round evenly, whatever distance
the catalogue allows; and what a piece costs between two of its airings does not depend on other pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.board import OpenSession, PassedOver
from scheduler.reasons import Reason
from scheduler.shelf import MEMORY_DAYS, Mask, Real, Shelf, Whole

SOON_DAYS = 3
"""An airing within so many days of the one before is a repeat."""
REPEAT = 0.5
"""What one repeat less is worth beside the sum, where exchanges are weighed."""
LEAST_GAIN = 1e-9


Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Around:
    """Days from a day back to the airing before it and on to the one after it; infinite where there is none.

    An airing on the day itself is left out.
    """

    ago: Real
    ahead: Real

    @property
    def nearest(self) -> Real:
        return np.minimum(self.ago, self.ahead)

    @property
    def cost(self) -> Real:
        """What an airing on that day adds to the sum."""
        cost: Real = 1 / self.ago + 1 / self.ahead - 1 / (self.ago + self.ahead)
        return cost

    @property
    def repeats(self) -> Whole:
        """How many repeats more there are with an airing on that day."""
        soon = [gap <= SOON_DAYS for gap in (self.ago, self.ahead, self.ago + self.ahead)]
        repeats: Whole = soon[0].astype(np.int64) + soon[1] - soon[2]
        return repeats


def look_around(shelf: Shelf, column: int) -> Around:
    """Of every piece of the shelf, around one day."""
    before = shelf.heard[:, max(0, column - MEMORY_DAYS) : column][:, ::-1] > 0
    after = shelf.heard[:, column + 1 : column + 1 + MEMORY_DAYS] > 0
    return Around(_find_first(before), _find_first(after))


def look_along(heard: Places, columns: Whole) -> Around:
    """Of one piece that is `heard` in these columns (in order), around each of `columns`."""
    days: Real = np.concatenate([[-np.inf], heard, [np.inf]])
    ago: Real = columns - days[np.searchsorted(heard, columns)]
    ahead: Real = days[np.searchsorted(heard, columns, side="right") + 1] - columns
    return Around(forget(ago), forget(ahead))


def share_repeats(shelf: Shelf) -> float:
    """The share of repeats among all that the station has heard, or is to hear."""
    rows, columns = np.nonzero(shelf.heard)
    is_soon = (rows[1:] == rows[:-1]) & (columns[1:] - columns[:-1] <= SOON_DAYS)
    return float(is_soon.sum()) / max(1, len(rows))


def find_soon(shelf: Shelf, sessions: Sequence[OpenSession]) -> float:
    """Within how many days a piece comes again too soon: half of those of even rotation, or a repeat."""
    airings = sum(len(session.chosen) for session in sessions)
    days = len({session.day for session in sessions})
    return max(SOON_DAYS, len(shelf.items) * days / max(1, airings) / 2)


def tell_heard(key: str, nearest: float | Real) -> tuple[PassedOver, ...]:
    """That the piece gave way because it airs so many days away, if it does."""
    if not np.isfinite(nearest):
        return ()
    return (PassedOver(key, Reason("heard-lately", {"days": int(nearest)})),)


def _find_first(marks: Mask) -> Real:
    """In days from the first mark of each row on."""
    if not marks.shape[1]:
        return np.full(len(marks), np.inf)
    return np.where(marks.any(axis=1), marks.argmax(axis=1) + 1.0, np.inf)


def forget(days: Real) -> Real:
    """The days, or infinity where they are so many that a piece is as good as new."""
    return np.where(days > MEMORY_DAYS, np.inf, days)
