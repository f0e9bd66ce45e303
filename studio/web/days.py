"""A station's day as the pages show it: slots, and in each its pieces with how they fared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlmodel import Session

from assets.models import Asset
from playlists.builder import list_days
from scheduler.calendar import SlotOccurrence, expand_slots
from scheduler.layers import read_slots
from scheduler.models import Airing, AiringState, ItemRole, Relay, Slot, Station
from scheduler.relays import list_relays
from scheduler.sums import OPEN
from studio.people.confirmations import is_untold

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Piece:
    title: str
    asset_key: str
    role: ItemRole
    starts_at: datetime
    duration_ms: int
    state: AiringState
    reason: str
    """Why it is there."""
    state_reason: str
    """Why it is in its state; empty while it is only planned."""
    is_untold: bool
    """Whether no log has told how it fared."""
    sha256: str | None
    """None when it was never mastered for the station's preset."""

    @property
    def is_tune(self) -> bool:
        return self.role is not ItemRole.SEGMENT

    @property
    def script_code(self) -> str | None:
        kind, _, rest = self.asset_key.partition("/")
        return rest.partition("@")[0] if kind == "script" else None


@dataclass(frozen=True, slots=True)
class SlotDay:
    slot_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    pieces: tuple[Piece, ...]

    @property
    def duration_ms(self) -> int:
        return sum(piece.duration_ms for piece in self.pieces)

    @property
    def settled(self) -> bool:
        """Whether logs have told how every piece fared."""
        return not any(piece.is_untold for piece in self.pieces)

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends_at


@dataclass(frozen=True, slots=True)
class RelayDay:
    """A block of another's programme: nothing of ours plays in it."""

    slot_id: int
    name: str
    source: str
    starts_at: datetime
    ends_at: datetime
    state: AiringState = AiringState.PLANNED
    state_reason: str = ""
    heard: tuple[datetime, datetime] | None = None
    """When it really began and ended."""
    is_logged: bool = False

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends_at


@dataclass(frozen=True, slots=True)
class Day:
    station: Station
    day: date
    slots: tuple[SlotDay, ...]
    relays: tuple[RelayDay, ...] = ()
    vacant: tuple[SlotDay, ...] = ()
    """Slots of the grid in which nothing stands."""

    @property
    def is_planned(self) -> bool:
        return bool(self.slots or self.relays)

    @property
    def parts(self) -> list[SlotDay | RelayDay]:
        """Slots and relays in the order of time."""
        return sorted([*self.slots, *self.relays, *self.vacant], key=lambda one: one.starts_at)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.station.timezone)

    @property
    def segments(self) -> int:
        return sum(not piece.is_tune for slot in self.slots for piece in slot.pieces)

    @property
    def duration_ms(self) -> int:
        return sum(slot.duration_ms for slot in self.slots)

    @property
    def relayed_ms(self) -> int:
        return sum((relay.ends_at - relay.starts_at) // MILLISECOND for relay in self.relays)


def show_day(session: Session, station: Station, day: date) -> Day:
    """The station's `day` in order of time."""
    return show_days(session, [station], day)[0]


def show_days(session: Session, stations: Sequence[Station], day: date) -> list[Day]:
    """The `day` of each station; as many questions to the database for one as for a hundred."""
    rows = list_days(session, stations, day)
    relays = list_relays(session, stations, day)
    grid: dict[str, list[SlotOccurrence]] = {station.code: [] for station in stations}
    for occurrence in expand_slots(read_slots(session, stations), day, day):
        grid[occurrence.station].append(occurrence)
    return [
        _show(
            session,
            station,
            day,
            rows=rows[station.id or 0],
            relays={one.slot_id: one for one in relays if one.station_id == station.id},
            grid=grid[station.code],
        )
        for station in stations
    ]


def _show(
    session: Session,
    station: Station,
    day: date,
    *,
    rows: Iterable[tuple[Airing, Asset, Slot]],
    relays: Mapping[int, Relay],
    grid: Sequence[SlotOccurrence],
) -> Day:
    slots = tuple(
        _show_slot(station, slot, [(airing, asset) for airing, asset, _ in group])
        for slot, group in _by_slot(rows)
    )
    taken = {slot.slot_id for slot in slots}
    own = [one for one in grid if not one.relay_source and one.slot_id not in taken]
    return Day(
        station=station,
        day=day,
        slots=slots,
        relays=tuple(_show_relays(session, relays, [one for one in grid if one.relay_source])),
        vacant=tuple(SlotDay(one.slot_id, one.slot, one.starts_at, one.ends_at, ()) for one in own),
    )


def _show_relays(
    session: Session, kept: Mapping[int, Relay], blocks: Sequence[SlotOccurrence]
) -> Iterable[RelayDay]:
    """The blocks of the grid, with what is known of those that were published."""
    names = {block.slot_id: block.slot for block in blocks}
    for relay in kept.values():
        if relay.slot_id in names or relay.state not in OPEN:
            name = names.get(relay.slot_id) or session.get_one(Slot, relay.slot_id).name
            heard = (relay.started_at, relay.stopped_at)
            yield RelayDay(
                slot_id=relay.slot_id,
                name=name,
                source=relay.source,
                starts_at=relay.starts_at,
                ends_at=relay.ends_at,
                state=relay.state,
                state_reason=relay.state_reason,
                heard=(heard[0], heard[1]) if heard[0] and heard[1] else None,
                is_logged=relay.log_id is not None,
            )
    for block in blocks:
        if block.slot_id not in kept:
            yield RelayDay(block.slot_id, block.slot, block.relay_source, block.starts_at, block.ends_at)


def _by_slot(
    rows: Iterable[tuple[Airing, Asset, Slot]],
) -> Iterable[tuple[Slot, list[tuple[Airing, Asset, Slot]]]]:
    for _, group in groupby(rows, key=lambda row: row[2].id):
        members = list(group)
        yield members[0][2], members


def _show_slot(station: Station, slot: Slot, rows: list[tuple[Airing, Asset]]) -> SlotDay:
    assert slot.id is not None
    return SlotDay(
        slot_id=slot.id,
        name=slot.name,
        starts_at=rows[0][0].starts_at,
        ends_at=max(airing.ends_at for airing, _ in rows),
        pieces=tuple(_show_piece(station, airing, asset) for airing, asset in rows),
    )


def _show_piece(station: Station, airing: Airing, asset: Asset) -> Piece:
    return Piece(
        title=asset.title,
        asset_key=asset.key,
        role=airing.role,
        starts_at=airing.starts_at,
        duration_ms=asset.duration_ms,
        state=airing.state,
        reason=airing.reason,
        state_reason=airing.state_reason,
        is_untold=is_untold(airing),
        sha256=next((r.sha256 for r in asset.renditions if r.preset == station.preset), None),
    )
