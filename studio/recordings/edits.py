"""Edits of a recording as values: each is laid on what the ones before have made, none touches the file.

Invalid
├── EditOutside     beyond the sound as it is now
├── EditEmpties     nothing worth hearing would be left
└── GainTooHigh     the wave would be cut off

The result is a list of pieces of untouched originals; the same list is the same sound (its recipe).
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from assets.errors import Invalid
from studio.mixing.editing import EDIT_VERSION, Piece

LEAST_MS = 400
"""What is shorter has no loudness (ITU-R BS.1770-5)."""
MAX_GAIN_DB = 40.0
CEILING_DBTP = -0.5
MAX_GAP_MS = 10_000
Pieces = tuple[Piece, ...]


class EditOutside(Invalid):
    pass


class EditEmpties(Invalid):
    pass


class GainTooHigh(Invalid):
    pass


@dataclass(frozen=True, slots=True)
class Keep:
    """Only this stretch stays."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The stretch goes, and what follows moves up."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Fade:
    """From silence at the beginning, to silence at the end; 0 leaves that side."""

    in_ms: int = 0
    out_ms: int = 0


@dataclass(frozen=True, slots=True)
class Gain:
    """Louder or softer, the whole or a stretch (`end_ms` None: to the end)."""

    db: float
    start_ms: int = 0
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Another recording behind this one, as it was edited then."""

    name: str
    pieces: Pieces
    gap_ms: int = 0
    true_peak_dbtp: float = 0.0


Edit = Keep | Cut | Fade | Gain | Join
KINDS: Mapping[str, type[Edit]] = {"keep": Keep, "cut": Cut, "fade": Fade, "gain": Gain, "join": Join}


def whole(sha256: str, duration_ms: int) -> Pieces:
    """A recording before any edit."""
    return (Piece(sha256, 0, duration_ms),)


def length_of(pieces: Pieces) -> int:
    return sum(piece.duration_ms for piece in pieces)


def apply_all(pieces: Pieces, edits: Iterable[Edit]) -> Pieces:
    for edit in edits:
        pieces = apply_edit(pieces, edit)
    return pieces


def apply_edit(pieces: Pieces, edit: Edit) -> Pieces:
    """What the edit makes of the present pieces.

    Raises:
        EditOutside, EditEmpties
    """
    length_ms = length_of(pieces)
    match edit:
        case Keep(start_ms, end_ms):
            _check(start_ms, end_ms, length_ms)
            made = take(pieces, start_ms, end_ms)
        case Cut(start_ms, end_ms):
            _check(start_ms, end_ms, length_ms)
            made = take(pieces, 0, start_ms) + take(pieces, end_ms, length_ms)
        case Fade(in_ms, out_ms):
            if in_ms < 0 or out_ms < 0 or in_ms + out_ms == 0 or max(in_ms, out_ms) > length_ms:
                raise EditOutside(start=in_ms / 1000, end=out_ms / 1000, length=length_ms / 1000)
            made = _ramp(pieces, 0, in_ms, rising=True) if in_ms else pieces
            made = _ramp(made, length_ms - out_ms, length_ms, rising=False) if out_ms else made
        case Gain(db, start_ms, end_ms):
            end_ms = length_ms if end_ms is None else end_ms
            _check(start_ms, end_ms, length_ms)
            louder = tuple(
                replace(piece, gain_db=round(piece.gain_db + db, 2))
                for piece in take(pieces, start_ms, end_ms)
            )
            made = take(pieces, 0, start_ms) + louder + take(pieces, end_ms, length_ms)
        case Join(_, more, gap_ms):
            if not 0 <= gap_ms <= MAX_GAP_MS:
                raise EditOutside(start=0, end=gap_ms / 1000, length=MAX_GAP_MS / 1000)
            made = pieces + ((Piece("", 0, gap_ms),) if gap_ms else ()) + more
    if length_of(made) < LEAST_MS:
        raise EditEmpties(least=LEAST_MS / 1000)
    return _merge(made)


def check_gain(pieces: Pieces, peaks_dbtp: Mapping[str, float]) -> None:
    """Refuse what would cut the wave off; `peaks_dbtp` are the true peaks of the originals.

    Raises:
        GainTooHigh: says how much there is room for.
    """
    for piece in pieces:
        room_db = max(0.0, CEILING_DBTP - peaks_dbtp.get(piece.sha256, 0.0))
        if not (
            piece.gain_db <= room_db + 0.005 and abs(piece.gain_db) <= MAX_GAIN_DB
        ):  # nor what is no number
            raise GainTooHigh(
                gain=f"{piece.gain_db:g}", most=f"{math.floor(min(room_db, MAX_GAIN_DB) * 10) / 10:g}"
            )


def take(pieces: Pieces, start_ms: int, end_ms: int) -> Pieces:
    """The stretch as pieces; a ramp that is cut goes on as it was."""
    found, at = [], 0
    for piece in pieces:
        begin, end = max(start_ms - at, 0), min(end_ms - at, piece.duration_ms)
        if begin < end:
            found.append(_part(piece, begin, end))
        at += piece.duration_ms
    return tuple(found)


def hash_pieces(pieces: Pieces) -> str:
    """The recipe: sha256 of all that determines the sound."""
    return hashlib.sha256(
        json.dumps([EDIT_VERSION, [asdict(piece) for piece in pieces]], sort_keys=True).encode()
    ).hexdigest()


def pack(edit: Edit) -> tuple[str, dict[str, Any]]:
    """As it is kept: its name and its values."""
    name = next(name for name, kind in KINDS.items() if isinstance(edit, kind))
    return name, asdict(edit)


def unpack(name: str, data: Mapping[str, Any]) -> Edit:
    values = dict(data)
    if "pieces" in values:
        values["pieces"] = tuple(
            Piece(**{**piece, "ramps": tuple(map(tuple, piece["ramps"]))}) for piece in values["pieces"]
        )
    return KINDS[name](**values)


def _check(start_ms: int, end_ms: int, length_ms: int) -> None:
    if not 0 <= start_ms < end_ms <= length_ms:
        raise EditOutside(start=start_ms / 1000, end=end_ms / 1000, length=length_ms / 1000)


def _ramp(pieces: Pieces, start_ms: int, end_ms: int, *, rising: bool) -> Pieces:
    """A straight line from silence to full over the stretch, or back, shared out among its pieces."""
    ramped, at, span = [], 0, end_ms - start_ms
    for piece in take(pieces, start_ms, end_ms):
        first, last = at / span, (at + piece.duration_ms) / span
        line = (first, last) if rising else (1 - first, 1 - last)
        ramped.append(replace(piece, ramps=(*piece.ramps, (round(line[0], 9), round(line[1], 9)))))
        at += piece.duration_ms
    return take(pieces, 0, start_ms) + tuple(ramped) + take(pieces, end_ms, length_of(pieces))


def _part(piece: Piece, begin: int, end: int) -> Piece:
    if (begin, end) == (0, piece.duration_ms):
        return piece
    ramps = tuple(
        (
            round(first + (last - first) * begin / piece.duration_ms, 9),
            round(first + (last - first) * end / piece.duration_ms, 9),
        )
        for first, last in piece.ramps
    )
    return replace(piece, start_ms=piece.start_ms + begin, end_ms=piece.start_ms + end, ramps=ramps)


def _merge(pieces: Sequence[Piece]) -> Pieces:
    """Pieces that go on where the one before ended are one, so that a join is heard nowhere."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if (
            last is not None
            and (last.sha256, last.end_ms, last.gain_db) == (piece.sha256, piece.start_ms, piece.gain_db)
            and not last.ramps
            and not piece.ramps
            and piece.sha256
        ):
            merged[-1] = replace(last, end_ms=piece.end_ms)
        else:
            merged.append(piece)
    return tuple(merged)
