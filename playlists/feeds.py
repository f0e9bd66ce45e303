"""Calendar addresses of stations: whoever has one may read the station's calendar, and nothing else.

Missing
└── FeedMissing

Only the sha256 of an address's token is kept; a new address ends the one before.
"""

import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, col, select

from assets.errors import Missing
from playlists.formats.ical import write_calendar
from playlists.models import CalendarFeed
from playlists.week import read_week
from scheduler.models import Station

BACK, AHEAD = timedelta(days=7), timedelta(days=28)


class FeedMissing(Missing):
    """No open address has this token."""


def open_feed(session: Session, station: Station, *, by: str, now: datetime) -> str:
    """The token of a new address, told only now; the station's former one is closed."""
    close_feed(session, station, now=now)
    token = secrets.token_urlsafe(24)
    assert station.id is not None
    session.add(CalendarFeed(station_id=station.id, token_sha256=_hash(token), made_by=by, made_at=now))
    session.flush()
    return token


def close_feed(session: Session, station: Station, *, now: datetime) -> bool:
    """Whether there was an address to close."""
    feed = find_feed(session, station)
    if feed is None:
        return False
    feed.closed_at = now
    session.add(feed)
    session.flush()
    return True


def find_feed(session: Session, station: Station) -> CalendarFeed | None:
    """The station's open address."""
    query = select(CalendarFeed).where(
        CalendarFeed.station_id == station.id, col(CalendarFeed.closed_at).is_(None)
    )
    return session.exec(query).first()


def find_station_of(session: Session, token: str) -> Station:
    """Raises: FeedMissing."""
    station = session.exec(
        select(Station)
        .join(CalendarFeed, col(CalendarFeed.station_id) == col(Station.id))
        .where(CalendarFeed.token_sha256 == _hash(token), col(CalendarFeed.closed_at).is_(None))
    ).first()
    if station is None:
        raise FeedMissing
    return station


def write_feed(session: Session, station: Station, today: date) -> bytes:
    """The station's calendar from a week ago to four weeks ahead."""
    first = today - BACK
    return write_calendar(read_week(session, station, first, days=(BACK + AHEAD).days + 1))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
