"""What counts as aired, decided once for coverage and reports alike.

A station's time cannot be sounded twice: of rows that overlap, each instant belongs to the one that
started first. So the counted time of any choice of rows adds up. Rows that touch within the rounding of
players (`scheduler.asrun.ROUNDING`) do not overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from assets.models import Asset, AssetKind
from scheduler.asrun import COUNTED, ROUNDING
from scheduler.models import Airing, AiringState, AsRun, Station

CONTENT = frozenset({AssetKind.SEGMENT, AssetKind.RECORDING})
"""Kinds that carry content; tunes and stings fill time but meet no target."""
OPEN = frozenset({AiringState.PLANNED, AiringState.DOWNLOADED, AiringState.UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class Labels:
    """By what a piece is counted."""

    asset_key: str | None
    title: str
    theme: str | None
    audience: str | None
    form: str | None
    is_content: bool


@dataclass(frozen=True, slots=True)
class AiredRow:
    """One row of an as-run log, with what of it counts."""

    asrun_id: int
    airing_id: int | None
    station: str
    labels: Labels
    local_date: date
    started_at: datetime
    stopped_at: datetime
    state: AiringState
    reason: str
    counted_ms: int
    """Measured time that no earlier row of the station has claimed."""
    counts_airing: bool
    """Whether it is a whole airing of content, counted for the first time."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One planned airing, and whether a log speaks of it."""

    airing_id: int
    station: str
    labels: Labels
    local_date: date
    starts_at: datetime
    ends_at: datetime
    state: AiringState
    reason: str
    is_logged: bool

    @property
    def duration_ms(self) -> int:
        return (self.ends_at - self.starts_at) // timedelta(milliseconds=1)

    def is_unconfirmed(self, now: datetime) -> bool:
        """Its time is over and no log has said what happened."""
        return not self.is_logged and self.state in OPEN and self.ends_at <= now

    def is_upcoming(self, now: datetime) -> bool:
        return not self.is_logged and self.state in OPEN and self.ends_at > now


def count_aired(session: Session, first: date, last: date) -> list[AiredRow]:
    """The as-run rows of the broadcast days from `first` to `last`, by station and start."""
    query = (
        select(AsRun, Station.code, Asset)
        .join(Station, col(AsRun.station_id) == col(Station.id))
        .join(Asset, col(AsRun.asset_id) == col(Asset.id), isouter=True)
        # A window past midnight ends on the next day: what it covers there must be known.
        .where(col(AsRun.local_date).between(first - timedelta(days=1), last))
        .order_by(col(AsRun.station_id), col(AsRun.started_at), col(AsRun.id))
    )
    rows: list[AiredRow] = []
    covered: dict[str, datetime] = {}
    credited: set[int] = set()
    for row, station, asset in session.exec(query):
        counted = _claim(covered, station, row) if row.state in COUNTED else timedelta(0)
        labels = _label(asset, row.title)
        whole = row.state == AiringState.AIRED and labels.is_content and counted > timedelta(0)
        if row.airing_id is not None and whole:
            whole = row.airing_id not in credited
            credited.add(row.airing_id)
        assert row.id is not None
        rows.append(
            AiredRow(
                asrun_id=row.id,
                airing_id=row.airing_id,
                station=station,
                labels=labels,
                local_date=row.local_date,
                started_at=row.started_at,
                stopped_at=row.stopped_at,
                state=row.state,
                reason=row.reason,
                counted_ms=counted // timedelta(milliseconds=1),
                counts_airing=whole,
            )
        )
    return [row for row in rows if row.local_date >= first]


def count_planned(session: Session, first: date, last: date) -> list[PlannedRow]:
    """The planned airings of content on the broadcast days from `first` to `last`."""
    query = (
        select(Airing, Station.code, Asset)
        .join(Station, col(Airing.station_id) == col(Station.id))
        .join(Asset, col(Airing.asset_id) == col(Asset.id))
        .where(col(Airing.local_date).between(first, last), col(Asset.kind).in_(CONTENT))
        .order_by(col(Airing.starts_at), col(Airing.id))
    )
    found: Sequence[tuple[Airing, str, Asset]] = list(session.exec(query))
    logged = set(
        session.exec(
            select(AsRun.airing_id)
            .join(Airing, col(AsRun.airing_id) == col(Airing.id))
            .where(col(Airing.local_date).between(first, last))
        )
    )
    return [
        PlannedRow(
            airing_id=airing.id or 0,
            station=station,
            labels=_label(asset, asset.title),
            local_date=airing.local_date,
            starts_at=airing.starts_at,
            ends_at=airing.ends_at,
            state=airing.state,
            reason=airing.state_reason,
            is_logged=airing.id in logged,
        )
        for airing, station, asset in found
    ]


def _claim(covered: dict[str, datetime], station: str, row: AsRun) -> timedelta:
    """The part of the row that starts after all that was claimed on this station before."""
    claimed = covered.get(station, row.started_at)
    free_from = claimed if claimed - row.started_at > ROUNDING else row.started_at
    covered[station] = max(row.stopped_at, claimed)
    return max(row.stopped_at - free_from, timedelta(0))


def _label(asset: Asset | None, title: str) -> Labels:
    if asset is None:
        return Labels(None, title, None, None, None, is_content=False)
    return Labels(
        asset.key, asset.title, asset.theme, asset.audience, asset.form, is_content=asset.kind in CONTENT
    )
