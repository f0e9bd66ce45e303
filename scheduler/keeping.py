"""What of a schedule stays as it is when it is planned anew.

Nothing but an urgent bulletin changes

- what is past, has begun, or was told of by a station or a log;
- what was handed over: a day of which a playlist is published, whole, also its empty sessions;
- a session in which an urgent bulletin sounds.

What begins within `NEAR` from now is held: a piece that may not air any more is replaced, a person's pin or
ban is followed, silence is filled, but nothing gives way to what a plan would rather have.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from scheduler.changes import PublishedDay
from scheduler.models import Airing, AiringState, Station
from scheduler.reasons import URGENT, Reason

NEAR = timedelta(hours=24)

SessionKey = tuple[int, date]
"""A slot and the local day on which it starts."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """Which sessions of some stations stay, at one moment."""

    now: datetime
    published: frozenset[tuple[str, date]]

    def find_why(
        self, station: str, day: date, starts_at: datetime, airings: Sequence[Airing]
    ) -> Reason | None:
        """Why the session stays, or None if it may be planned anew."""
        why = None
        if starts_at < self.now or any(one.starts_at < self.now for one in airings):
            why = Reason("kept-past")
        elif any(one.reason_code == URGENT for one in airings):
            why = Reason("kept-urgent")
        elif any(one.state is not AiringState.PLANNED for one in airings):
            why = Reason("kept-told")
        elif (station, day) in self.published:
            why = Reason("kept-published")
        return why

    def is_near(self, starts_at: datetime) -> bool:
        return starts_at < self.now + NEAR


def read_freeze(session: Session, stations: Iterable[Station], first: date, *, now: datetime) -> Freeze:
    """For days from `first` on."""
    codes = {station.id: station.code for station in stations}
    days = session.exec(
        select(PublishedDay).where(
            col(PublishedDay.station_id).in_(codes), col(PublishedDay.local_date) >= first
        )
    ).all()
    return Freeze(now, frozenset((codes[one.station_id], one.local_date) for one in days))


def mark_published(session: Session, station: Station, day: date, *, now: datetime) -> None:
    """Whoever hands a day over says so here; from then on it stays as it is."""
    assert station.id is not None
    if session.get(PublishedDay, (station.id, day)) is None:
        session.add(PublishedDay(station_id=station.id, local_date=day, published_at=now))
        session.flush()
