"""What counts as aired, row by row, for coverage and reports alike.

Whether a row counts was decided when its log was taken in (`scheduler.asrun`) and stands in its state: a
station's time cannot be sounded twice, and no airing is credited twice. So the counted time of any choice of
rows adds up.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from assets.models import Asset
from scheduler.models import Airing, AiringState, AsRun, Station
from scheduler.sums import CONTENT, COUNTED, OPEN


@dataclass(frozen=True, slots=True)
class Labels:
    """By what a piece is counted."""

    asset_key: str | None
    title: str
    theme: str | None
    audience: str | None
    form: str | None
    language: str
    origin: str
    is_content: bool


@dataclass(frozen=True, slots=True)
class AiredRow:
    """One row of an as-run log, with what of it counts."""

    asrun_id: int
    airing_id: int | None
    station: str
    station_id: int
    labels: Labels
    local_date: date
    started_at: datetime
    stopped_at: datetime
    state: AiringState
    reason: str
    counted_ms: int
    """Measured time, of a row that counts."""
    counts_airing: bool
    """Whether it is a whole airing of content."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One planned airing, and what is known of it."""

    airing_id: int
    station: str
    station_id: int
    labels: Labels
    local_date: date
    starts_at: datetime
    ends_at: datetime
    state: AiringState
    reason: str

    @property
    def duration_ms(self) -> int:
        return (self.ends_at - self.starts_at) // timedelta(milliseconds=1)

    def is_unconfirmed(self, now: datetime) -> bool:
        """Its time is over and no log has said what happened."""
        return self.state in OPEN and self.ends_at <= now

    def is_upcoming(self, now: datetime) -> bool:
        return self.state in OPEN and self.ends_at > now


def count_aired(
    session: Session, first: date, last: date, *, stations: Collection[int] | None = None
) -> list[AiredRow]:
    """The as-run rows of the broadcast days from `first` to `last`, by station and start."""
    query = (
        select(AsRun, Station.code, Asset)
        .join(Station, col(AsRun.station_id) == col(Station.id))
        .join(Asset, col(AsRun.asset_id) == col(Asset.id), isouter=True)
        .where(col(AsRun.local_date).between(first, last))
        .order_by(col(AsRun.station_id), col(AsRun.started_at), col(AsRun.id))
    )
    if stations is not None:
        query = query.where(col(AsRun.station_id).in_(sorted(stations)))
    return [_read_aired(row, station, asset) for row, station, asset in session.exec(query)]


def _read_aired(row: AsRun, station: str, asset: Asset | None) -> AiredRow:
    labels = _label(asset, row.title)
    assert row.id is not None
    return AiredRow(
        asrun_id=row.id,
        airing_id=row.airing_id,
        station=station,
        station_id=row.station_id,
        labels=labels,
        local_date=row.local_date,
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        state=row.state,
        reason=row.reason,
        counted_ms=row.aired_ms if row.state in COUNTED else 0,
        counts_airing=row.state == AiringState.AIRED and labels.is_content,
    )


def count_planned(
    session: Session, first: date, last: date, *, stations: Collection[int] | None = None
) -> list[PlannedRow]:
    """The planned airings of content on the broadcast days from `first` to `last`."""
    query = (
        select(Airing, Station.code, Asset)
        .join(Station, col(Airing.station_id) == col(Station.id))
        .join(Asset, col(Airing.asset_id) == col(Asset.id))
        .where(col(Airing.local_date).between(first, last), col(Asset.kind).in_(CONTENT))
        .order_by(col(Airing.starts_at), col(Airing.id))
    )
    if stations is not None:
        query = query.where(col(Airing.station_id).in_(sorted(stations)))
    found: Sequence[tuple[Airing, str, Asset]] = list(session.exec(query))
    return [
        PlannedRow(
            airing_id=airing.id or 0,
            station=station,
            station_id=airing.station_id,
            labels=_label(asset, asset.title),
            local_date=airing.local_date,
            starts_at=airing.starts_at,
            ends_at=airing.ends_at,
            state=airing.state,
            reason=airing.state_reason,
        )
        for airing, station, asset in found
    ]


def _label(asset: Asset | None, title: str) -> Labels:
    if asset is None:
        return Labels(None, title, None, None, None, "", "", is_content=False)
    return Labels(
        asset.key,
        asset.title,
        asset.theme,
        asset.audience,
        asset.form,
        asset.language,
        asset.origin.value,
        is_content=asset.kind in CONTENT,
    )
