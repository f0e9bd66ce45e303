"""What goals lack, and may still get, while pieces that are placed are exchanged. Pure."""

import numpy as np
from numpy.typing import NDArray

from scheduler.board import Board
from scheduler.choosing import find_lack, find_room
from scheduler.shelf import Mask, Shelf, Whole


class Balance:
    """An exchange is borne if by it no goal comes to lack more and none to pass its maximum."""

    def __init__(self, board: Board, shelf: Shelf) -> None:
        self._lack = find_lack(board, shelf)
        self._room = find_room(board, shelf)
        none = np.zeros((len(self._lack), 1), dtype=np.int64)
        self._adds: Whole = np.concatenate([shelf.worth * shelf.wants, none], axis=1)
        self._active = shelf.active

    def find_first(self, outs: NDArray[np.intp], ins: NDArray[np.intp], column: int) -> int | None:
        """The first exchange on one day that is borne; it is made.

        Rows of the shelf by exchange (column); one more than there are is no piece.
        """
        active = self._active[:, column]
        adds = self._adds[active]
        return self._take(active, adds[:, ins].sum(axis=1) - adds[:, outs].sum(axis=1))

    def find_first_swap(
        self, row: int, column: int, rows: NDArray[np.intp], columns: NDArray[np.intp]
    ) -> int | None:
        """The first swap of a piece on a day for another piece on its day that is borne; it is made."""
        days = self._active[:, [column]].astype(np.int64) - self._active[:, columns]
        return self._take(slice(None), (self._adds[:, rows] - self._adds[:, [row]]) * days)

    def _take(self, goals: Mask | slice, change: Whole) -> int | None:
        lack, room = self._lack[goals][:, None], self._room[goals][:, None]
        less = (change < 0) & (lack - change > np.maximum(lack, 0))
        harm = (less | (change > np.maximum(room, 0))).any(axis=0)
        if harm.all():
            return None
        first = int(harm.argmin())
        self._lack[goals] -= change[:, first]
        self._room[goals] -= change[:, first]
        return first
