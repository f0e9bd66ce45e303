"""Room for a bulletin among the pieces of a session (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.calendar import Interval


@dataclass(frozen=True, slots=True)
class Piece:
    """A planned piece of a session, as room is made among them."""

    id: int
    starts_at: datetime
    ends_at: datetime
    is_closing: bool = False

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class Room:
    """What becomes of a session's pieces when a bulletin breaks in."""

    interrupted: Piece | None
    """The one that sounds when the bulletin begins."""
    resumed_at: datetime | None
    """When it is played again, from its start; None if the session has no room for it."""
    shifted: tuple[tuple[Piece, datetime], ...]
    left_out: tuple[Piece, ...]


def make_room(pieces: Sequence[Piece], play: Interval, ends_at: datetime) -> Room:
    """Let `play` have its time among `pieces` (in order) of a session that ends at `ends_at`.

    Pieces begin later by no more than they must, keep their order, and never pass the end of the session; the
    closing tune keeps its place at the end before any other piece gets one.
    """
    interrupted = next((one for one in pieces if one.starts_at < play.starts_at < one.ends_at), None)
    coming = [one for one in pieces if one.starts_at >= play.starts_at]
    closing = next((one for one in coming if one.is_closing), None)
    limit = ends_at - closing.length if closing else ends_at
    clock = play.ends_at
    resumed_at = None
    if interrupted is not None and clock + interrupted.length <= limit:
        resumed_at, clock = clock, clock + interrupted.length
    shifted, left_out = [], []
    for piece in coming:
        begins = max(piece.starts_at, clock)
        if begins + piece.length > (ends_at if piece is closing else limit):
            left_out.append(piece)
            continue
        clock = begins + piece.length
        if begins != piece.starts_at:
            shifted.append((piece, begins))
    return Room(interrupted, resumed_at, tuple(shifted), tuple(left_out))
