"""What a changed grid does to days that are planned already: published ones stand, others are cleared."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from playlists.models import Playlist
from scheduler.calendar import expand_slots
from scheduler.layers import read_slots
from scheduler.models import Airing, AiringState, Station
from scheduler.reasons import URGENT


def list_published(session: Session, station: Station) -> frozenset[date]:
    """The days of which the station has a list."""
    query = select(col(Playlist.local_date)).where(Playlist.station_id == station.id)
    return frozenset(session.exec(query))


def clear_displaced(session: Session, stations: Sequence[Station], *, now: datetime) -> int:
    """Take out the planned pieces that stand in no session any more; how many.

    What was published, what has begun and urgent bulletins stay.
    """
    cleared = 0
    for station in stations:
        today = now.astimezone(ZoneInfo(station.timezone)).date()
        airings = session.exec(
            select(Airing).where(
                Airing.station_id == station.id,
                Airing.state == AiringState.PLANNED,
                col(Airing.starts_at) > now,
                Airing.reason_code != URGENT,
                col(Airing.local_date) >= today,
            )
        ).all()
        if not airings:
            continue
        days = [one.local_date for one in airings]
        sessions = {
            (one.slot_id, one.local_date): one
            for one in expand_slots(read_slots(session, [station]), min(days), max(days))
        }
        published = list_published(session, station)
        for airing in airings:
            held = sessions.get((airing.slot_id, airing.local_date))
            fits = held is not None and held.starts_at <= airing.starts_at and airing.ends_at <= held.ends_at
            if not fits and airing.local_date not in published:
                session.delete(airing)
                cleared += 1
    session.flush()
    return cleared
