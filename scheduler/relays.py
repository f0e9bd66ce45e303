"""Relays (tiếp âm): blocks in which a station carries another's programme, and what became of each.

A block stands in the grid; publication keeps it with its exact times (`keep_relays`). A log tells of it in a
row whose `sha256` is the word `relay`; where no receiver writes logs, a person notes when it began and ended.
Only what was measured inside the block counts.

Conflict
├── RelayNotOver
└── RelayTold
Invalid
└── RelayTimesWrong
Missing
└── RelayUnknown
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, case, col, func, select

from assets.errors import Conflict, Invalid, Missing
from assets.models import Origin
from scheduler.calendar import SlotOccurrence, expand_slots
from scheduler.expressions import milliseconds_between
from scheduler.layers import read_slots
from scheduler.logs import LogRow
from scheduler.matching import MAX_DRIFT, WHOLE, Matching, say_missed
from scheduler.models import AiringState, AsRunLog, Relay, Station
from scheduler.reasons import Reason
from scheduler.sums import COUNTED, OPEN, Labels, Sums, select_columns

RELAY_LABELS: Labels = ("", "", "", "", Origin.RELAYED.value)
"""A relay has no theme, audience, form or language that we know of."""
_MILLISECOND = timedelta(milliseconds=1)


class RelayNotOver(Conflict):
    pass


class RelayTold(Conflict):
    """A log has told of the block already."""


class RelayTimesWrong(Invalid):
    """The block did not begin before it ended, or not near its planned time."""


class RelayUnknown(Missing):
    pass


def find_blocks(
    session: Session, stations: Iterable[Station], first: date, last: date
) -> list[SlotOccurrence]:
    """The relay blocks of the stations' grids on the days from `first` to `last`, in order of time."""
    return [one for one in expand_slots(read_slots(session, stations), first, last) if one.relay_source]


def list_relays(session: Session, stations: Iterable[Station], day: date) -> list[Relay]:
    """What is kept of the stations' relays of `day`, in order of time."""
    ids = [station.id for station in stations]
    query = select(Relay).where(col(Relay.station_id).in_(ids), Relay.local_date == day)
    return list(session.exec(query.order_by(col(Relay.starts_at))))


def keep_relays(
    session: Session, station: Station, day: date, blocks: Sequence[SlotOccurrence] | None = None
) -> None:
    """Bring what is kept of `day` in step with the grid; what a log or a person has told stays.

    `blocks` are the relay blocks of that day, where they have been read already.
    """
    assert station.id is not None
    kept = {one.slot_id: one for one in list_relays(session, [station], day)}
    for block in find_blocks(session, [station], day, day) if blocks is None else blocks:
        relay = kept.pop(block.slot_id, None)
        if relay is None:
            session.add(_make_relay(station.id, block))
        elif relay.state in OPEN:
            relay.source, relay.starts_at, relay.ends_at = block.relay_source, block.starts_at, block.ends_at
    for relay in kept.values():
        if relay.state in OPEN:
            session.delete(relay)
    session.flush()


class RelayMatching:
    """Rows of a log that tell of relays; what they measure may not overlap what else counts."""

    def __init__(
        self, session: Session, station: Station, log: AsRunLog, rows: Iterable[LogRow], other: Matching
    ) -> None:
        self._log_id, self._other = log.id, other
        days = {row.playlist_date for row in rows}
        self._relays: dict[date, list[Relay]] = defaultdict(list)
        for day in days:
            # A log may be older than the first publication that kept relays.
            keep_relays(session, station, day)
            self._relays[day] = list_relays(session, [station], day)

    def take(self, row: LogRow) -> Reason | None:
        """Count the row, or say why it does not count."""
        relay = _find_nearest(self._relays.get(row.playlist_date, ()), row)
        if relay is None:
            return Reason("relay-unknown", {"day": f"{row.playlist_date:%d/%m/%Y}"})
        if relay.state in COUNTED:
            return Reason("repeated-row" if relay.started_at == row.started_at else "counted-already")
        if row.started_at is None or row.stopped_at is None:
            _settle(relay, AiringState.MISSED, say_missed(row.note), log_id=self._log_id)
            return None
        why = self._doubt(relay, row.started_at, row.stopped_at)
        if why is None:
            count_relay(relay, row.started_at, row.stopped_at, log_id=self._log_id)
            self._other.count(row.started_at, row.stopped_at)
        return why

    def _doubt(self, relay: Relay, started_at: datetime, stopped_at: datetime) -> Reason | None:
        """What speaks against counting the row."""
        drift = abs(started_at - relay.starts_at)
        if drift > max(MAX_DRIFT, relay.ends_at - relay.starts_at):
            return Reason("clock-off", {"minutes": drift // timedelta(minutes=1)})
        if _measure(relay, started_at, stopped_at) == 0:
            return Reason("nothing-aired")
        return Reason("overlapping-row") if self._other.overlaps(started_at, stopped_at) else None


def count_relay(
    relay: Relay, started_at: datetime, stopped_at: datetime, *, log_id: int | None, who: str = ""
) -> None:
    """Keep that the block sounded from `started_at` to `stopped_at` (aware), as a log or `who` has it."""
    aired_ms = _measure(relay, started_at, stopped_at)
    percent = min(100, aired_ms * 100 // ((relay.ends_at - relay.starts_at) // _MILLISECOND))
    state = AiringState.AIRED if percent >= WHOLE * 100 else AiringState.PARTIAL
    code = "relay-noted" if who else "aired" if state is AiringState.AIRED else "partial"
    _settle(relay, state, Reason(code, {"percent": percent} | ({"who": who} if who else {})), log_id=log_id)
    relay.started_at, relay.stopped_at, relay.aired_ms = started_at, stopped_at, aired_ms


def note_relay(
    session: Session,
    station: Station,
    slot_id: int,
    day: date,
    *,
    times: tuple[time, time] | None,
    who: str,
    now: datetime,
) -> Relay:
    """Keep what `who` says of a block that is over: when it began and ended, or None that it was not aired.

    `times` are local clock times; the day is that on which they lie nearest to the block's own.

    Raises:
        RelayUnknown, RelayNotOver, RelayTold, RelayTimesWrong
    """
    keep_relays(session, station, day)
    relay = next((one for one in list_relays(session, [station], day) if one.slot_id == slot_id), None)
    if relay is None:
        raise RelayUnknown(station=station.name, day=f"{day:%d/%m/%Y}")
    if now < relay.ends_at:
        ends_at = relay.ends_at.astimezone(ZoneInfo(station.timezone))
        raise RelayNotOver(source=relay.source, ends_at=f"{ends_at:%H:%M}")
    if relay.log_id is not None:
        raise RelayTold(source=relay.source)
    if times is None:
        _settle(relay, AiringState.MISSED, Reason("said-missed", {"who": who}), log_id=None)
        relay.started_at = relay.stopped_at = None
        relay.aired_ms = 0
    else:
        zone = ZoneInfo(station.timezone)
        began, ended = _find_day(times[0], relay.starts_at, zone), _find_day(times[1], relay.ends_at, zone)
        if began >= ended or _measure(relay, began, ended) == 0:
            raise RelayTimesWrong(source=relay.source)
        count_relay(relay, began, ended, log_id=None, who=who)
    session.add(relay)
    session.flush()
    return relay


def mark_relays(session: Session, station: Station, day: date, *, now: datetime) -> int:
    """Say of every relay of `day` that is over and of which nobody has told: unconfirmed. How many."""
    waiting = [
        one
        for one in list_relays(session, [station], day)
        if one.state is AiringState.PLANNED and one.ends_at <= now
    ]
    for relay in waiting:
        _settle(relay, AiringState.UNCONFIRMED, Reason("no-log"), log_id=None)
    session.flush()
    return len(waiting)


def sum_relays(session: Session, first: date, last: date, now: datetime) -> dict[tuple[int, str], Sums]:
    """By station id and source: relays planned and measured on the days from `first` to `last`."""
    found: dict[tuple[int, str], Sums] = defaultdict(Sums)
    length = milliseconds_between(col(Relay.starts_at), col(Relay.ends_at))
    is_over = col(Relay.ends_at) <= now
    key = (Relay.station_id, Relay.source, Relay.state)
    figures = (
        func.count(),
        func.sum(length),
        func.sum(case((is_over, 1), else_=0)),
        func.sum(case((is_over, length), else_=0)),
        func.sum(Relay.aired_ms),
    )
    query = select_columns(*key, *figures).where(col(Relay.local_date).between(first, last)).group_by(*key)
    for station_id, source, state, count, *sums in session.connection().execute(query):
        planned_ms, over, over_ms, aired_ms = map(int, sums)
        one = found[station_id, source]
        one.add_planned(state.name, count, planned_ms, over, over_ms)
        if state in COUNTED:
            one.add_aired(state.name, count, aired_ms)
    return dict(found)


def list_carried(session: Session, first: date, last: date) -> frozenset[tuple[int, date]]:
    """Station id and day of each day from `first` to `last` on which something of a relay was measured."""
    query = select_columns(Relay.station_id, Relay.local_date).where(
        col(Relay.local_date).between(first, last), col(Relay.aired_ms) > 0
    )
    return frozenset((station_id, day) for station_id, day in session.connection().execute(query))


def _make_relay(station_id: int, block: SlotOccurrence) -> Relay:
    return Relay(
        station_id=station_id,
        slot_id=block.slot_id,
        local_date=block.local_date,
        source=block.relay_source,
        starts_at=block.starts_at,
        ends_at=block.ends_at,
    )


def _find_nearest(relays: Sequence[Relay], row: LogRow) -> Relay | None:
    """The block that the row tells of: the nearest in time, or the only one that its title names."""
    if row.started_at is not None:
        started_at = row.started_at
        return min(relays, key=lambda one: abs(one.starts_at - started_at), default=None)
    named = [one for one in relays if one.source == row.title] or relays
    return named[0] if len(named) == 1 else None


def _measure(relay: Relay, started_at: datetime, stopped_at: datetime) -> int:
    inside = min(stopped_at, relay.ends_at) - max(started_at, relay.starts_at)
    return max(0, inside // _MILLISECOND)


def _find_day(clock: time, near: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which a clock of the station shows that time, nearest to another moment."""
    middle = near.astimezone(zone)
    days = (middle.date() + timedelta(days=number) for number in (-1, 0, 1))
    moments = (datetime.combine(day, clock, zone).astimezone(UTC) for day in days)
    return min(moments, key=lambda moment: abs(moment - near))


def _settle(relay: Relay, state: AiringState, reason: Reason, *, log_id: int | None) -> None:
    relay.state, relay.state_code, relay.state_data = state, reason.code, dict(reason.data)
    relay.log_id = log_id
