"""What of urgent bulletins a station has to know now."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from scheduler.models import Airing, AiringState, Station
from studio.urgent.bulletins import find_sound
from studio.urgent.models import UrgentBulletin, UrgentState


@dataclass(frozen=True, slots=True)
class Order:
    """A bulletin on air, as one station sees it."""

    bulletin: UrgentBulletin
    coming: tuple[datetime, ...]
    """When it begins there; what is over is left out."""
    sha256: str | None

    def tell(self, zone: ZoneInfo) -> str:
        """The hours at which it begins."""
        return ", ".join(f"{moment.astimezone(zone):%H:%M}" for moment in self.coming)


def list_orders(session: Session, station: Station, now: datetime) -> list[Order]:
    """The bulletins that the station is to air, or has aired today, the latest first."""
    issued = session.exec(
        select(UrgentBulletin)
        .where(UrgentBulletin.state == UrgentState.ISSUED)
        .order_by(col(UrgentBulletin.issued_at).desc())
    )
    today = now.astimezone(ZoneInfo(station.timezone)).date()
    orders = []
    for bulletin in issued:
        airings = [one for one in list_plays(session, bulletin) if one.station_id == station.id]
        if not any(one.local_date >= today for one in airings):
            continue
        asset = find_sound(session, bulletin)
        made = asset.renditions if asset else []
        orders.append(
            Order(
                bulletin,
                tuple(one.starts_at for one in airings if one.ends_at > now),
                next((one.sha256 for one in made if one.preset == station.preset), None),
            )
        )
    return orders


def list_plays(session: Session, bulletin: UrgentBulletin) -> list[Airing]:
    """Its airings at all stations, in order of time; those that were taken back are gone."""
    ids = [number for row in bulletin.preemptions for number in _numbers(row["plays"])]
    found = session.exec(
        select(Airing)
        .where(col(Airing.id).in_(ids), Airing.state != AiringState.PREEMPTED)
        .order_by(col(Airing.starts_at), col(Airing.station_id))
    )
    return list(found)


def _numbers(value: object) -> list[int]:
    assert isinstance(value, list)
    return value
