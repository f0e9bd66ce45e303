"""What a day must keep, looked at once more when it is published: rules may have changed since.

Conflict
└── DayClashes
Invalid
└── DayInQuietHours
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from assets.errors import Conflict, Invalid
from assets.models import Asset
from scheduler.calendar import SlotOccurrence, find_overlaps, quiet_windows
from scheduler.models import Airing, Station
from scheduler.reasons import URGENT
from scheduler.slots import refuse_long_relay
from scheduler.stations import read_rules


class DayClashes(Conflict):
    """Two pieces of a day share time, or one sounds over a relay; names the first."""


class DayInQuietHours(Invalid):
    """A piece of a day, or a relay, would sound in quiet hours without being urgent; names the first."""


def check_day(
    station: Station,
    day: date,
    planned: Iterable[tuple[Airing, Asset]],
    relays: Sequence[SlotOccurrence],
) -> None:
    """That what is planned overlaps neither itself, nor a relay, nor the quiet hours; urgent bulletins may.

    `relays` are the blocks of the day and of the days beside it, from which they may reach into it. They keep
    out of quiet hours too, and within the cap of the station.

    Raises:
        DayClashes, DayInQuietHours, RelayTooLong
    """
    rows = sorted((row for row in planned if row[0].reason_code != URGENT), key=lambda row: row[0].starts_at)
    titles = {airing.id: asset.title for airing, asset in rows}
    airings = [airing for airing, _ in rows]
    windows = quiet_windows(read_rules(station), day, day + timedelta(days=1))
    for airing, window in find_overlaps(airings, windows):
        moment = _tell(station, max(airing.starts_at, window.starts_at))
        raise DayInQuietHours(station=station.name, title=titles[airing.id], moment=moment)
    for one, other in pairwise(airings):
        if other.starts_at < one.ends_at:
            moment = _tell(station, other.starts_at)
            what = titles[one.id]
            raise DayClashes(station=station.name, title=titles[other.id], other=what, moment=moment)
    ours = [one for one in relays if one.local_date == day]
    refuse_long_relay(station, ours)
    for relay, window in find_overlaps(ours, windows):
        moment = _tell(station, max(relay.starts_at, window.starts_at))
        raise DayInQuietHours(station=station.name, title=relay.slot, moment=moment)
    for airing, relay in find_overlaps(airings, relays):
        moment = _tell(station, max(airing.starts_at, relay.starts_at))
        raise DayClashes(station=station.name, title=titles[airing.id], other=relay.slot, moment=moment)


def _tell(station: Station, moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(station.timezone)):%H:%M:%S %d/%m/%Y}"
