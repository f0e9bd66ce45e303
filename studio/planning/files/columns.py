"""Two blocks side by side (issuer and motto, recipients and signature), read one after the other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.planning.source import fold

_SIDE_BY_SIDE = re.compile(
    r"cong hoa xa hoi|^dang cong san viet nam|^doan tncs ho chi minh|"
    r"doc lap\s*[-–]\s*tu do|noi nhan|^(?:tm|kt|tl|tuq)\s*\.|"
    r"^(?:pho )?(?:chu tich|giam doc|truong)\b"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words without a column's gap between them, and where they stand."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a page, or one row of a table."""

    pieces: tuple[Piece, ...]
    top: float
    bottom: float
    size: float
    cells: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The pieces with a gap that tells columns."""
        return "    ".join(piece.text for piece in self.pieces)

    @property
    def left(self) -> float:
        return self.pieces[0].left

    @property
    def right(self) -> float:
        return self.pieces[-1].right


def split_columns(rows: Sequence[Row]) -> list[Row]:
    """The rows in reading order: where two blocks stand side by side, the left one first."""
    ordered: list[Row] = []
    at = 0
    while at < len(rows):
        end, gutter = _find_blocks(rows, at)
        if end is None:
            ordered.append(rows[at])
            at += 1
            continue
        for side in (False, True):
            for row in rows[at:end]:
                pieces = tuple(piece for piece in row.pieces if (piece.left >= gutter) is side)
                if pieces:
                    ordered.append(Row(pieces, row.top, row.bottom, row.size))
        at = end
    return ordered


def _find_blocks(rows: Sequence[Row], start: int) -> tuple[int | None, float]:
    """The end of the two blocks that begin in row `start`, and the line between them; None where none do."""
    first = rows[start]
    at = next(
        (
            n
            for n in range(start, min(start + 4, len(rows)))
            if len(rows[n].pieces) == 2 and not rows[n].cells
        ),
        None,
    )
    if (
        at is None
        or first.cells
        or not any(
            _SIDE_BY_SIDE.search(fold(piece.text)) for row in rows[start : at + 1] for piece in row.pieces
        )
    ):
        return None, 0.0
    low, high = rows[at].pieces[0].right, rows[at].pieces[1].left
    end, last = start, start
    while end < len(rows) and not rows[end].cells:
        row = rows[end]
        left = max((piece.right for piece in row.pieces if piece.left < (low + high) / 2), default=low)
        right = min((piece.left for piece in row.pieces if piece.left >= (low + high) / 2), default=high)
        if max(low, left) >= min(high, right):
            break
        low, high = max(low, left), min(high, right)
        end += 1
        if any(piece.left >= high for piece in row.pieces):
            last = end
    return (last, (low + high) / 2) if last > start else (None, 0.0)
