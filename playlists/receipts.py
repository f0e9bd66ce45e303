"""Who holds which version: a receipt, once the station has it whole and verified."""

from datetime import date, datetime

from sqlmodel import Session, select

from assets.errors import Missing
from playlists.models import Playlist, Receipt
from scheduler.models import Airing, AiringState
from scheduler.stations import find_station


class VersionMissing(Missing):
    """A receipt names a version that was never published."""


def record_receipt(
    session: Session, station_code: str, day: date, *, number: int, device: str, now: datetime
) -> Receipt:
    """Keep that `device` of the station holds version `number` of `day`; its airings count as downloaded.

    Saying it again changes nothing.

    Raises:
        VersionMissing: there is no such version.
    """
    station = find_station(session, station_code)
    version = session.exec(
        select(Playlist).where(
            Playlist.station_id == station.id, Playlist.local_date == day, Playlist.number == number
        )
    ).one_or_none()
    if version is None or version.id is None:
        raise VersionMissing(station=station.name, day=f"{day:%d/%m/%Y}", number=number)
    held = session.exec(
        select(Receipt).where(Receipt.playlist_id == version.id, Receipt.device == device)
    ).one_or_none()
    if held is not None:
        return held
    receipt = Receipt(playlist_id=version.id, device=device, received_at=now)
    session.add(receipt)
    for airing in session.exec(
        select(Airing).where(
            Airing.station_id == station.id,
            Airing.local_date == day,
            Airing.state == AiringState.PLANNED,
        )
    ):
        airing.state = AiringState.DOWNLOADED
    session.flush()
    return receipt
