"""What counts as aired, row by row, for coverage and reports alike.

Whether a row counts was decided when its log was taken in (`scheduler.asrun`) and stands in its state: a
station's time cannot be sounded twice, and no airing is credited twice. So the counted time of any choice of
rows adds up.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import String, type_coerce
from sqlmodel import Session, col, select

from assets.models import Asset
from scheduler.bulk import read_moment
from scheduler.expressions import not_aired
from scheduler.models import Airing, AiringState, AsRun, Station
from scheduler.reasons import Reason
from scheduler.sums import CONTENT, COUNTED, OPEN, select_columns, within

_CHUNK = 500


class Labels(NamedTuple):
    """By what a piece is counted."""

    asset_key: str | None
    title: str
    theme: str | None
    audience: str | None
    form: str | None
    language: str
    origin: str
    is_content: bool


class AiredRow(NamedTuple):
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
    reason_code: str
    reason_data: Mapping[str, Any]
    aired_ms: int

    @property
    def reason(self) -> str:
        return Reason(self.reason_code, self.reason_data).wording

    @property
    def counted_ms(self) -> int:
        """Measured time, of a row that counts."""
        return self.aired_ms if self.state in COUNTED else 0

    @property
    def counts_airing(self) -> bool:
        """Whether it is a whole airing of content."""
        return self.state == AiringState.AIRED and self.labels.is_content


class WaitingRow(NamedTuple):
    """An airing that is planned, and of which no log has told."""

    airing_id: int
    station: str
    station_id: int
    labels: Labels
    local_date: date
    starts_at: datetime
    ends_at: datetime
    reason_code: str
    reason_data: Mapping[str, Any]

    @property
    def reason(self) -> str:
        return Reason(self.reason_code, self.reason_data).wording


def count_aired(
    session: Session,
    first: date,
    last: date,
    *,
    stations: Collection[int] | None = None,
    only: Sequence[Any] = (),
    most: int | None = None,
) -> list[AiredRow]:
    """The as-run rows of the broadcast days from `first` to `last`, by station, day and start.

    `only` are conditions on the row and its piece; of many rows the first are read.
    """
    query = select_columns(
        AsRun.asset_id, AsRun.title, AsRun.id, AsRun.airing_id, AsRun.station_id, AsRun.local_date,
        type_coerce(AsRun.started_at, String), type_coerce(AsRun.stopped_at, String),
        AsRun.state, AsRun.reason_code, AsRun.reason_data, AsRun.aired_ms,
    ).order_by(AsRun.station_id, AsRun.local_date, AsRun.started_at, AsRun.id)  # fmt: skip
    if only:
        query = query.join(Asset, col(AsRun.asset_id) == col(Asset.id)).where(*only)
    chosen = within(query, AsRun, first, last, stations).limit(most)
    rows = session.connection().execute(chosen).all()
    codes, labels = _read_codes(session), _read_labels(session, {row[0] for row in rows})
    return [
        AiredRow(
            number, airing, codes[station],  station, labels.get(asset) or _strange(title), day,
            read_moment(started), read_moment(stopped), *rest,
        )
        for asset, title, number, airing, station, day, started, stopped, *rest in rows
    ]  # fmt: skip


def list_waiting(
    session: Session, first: date, last: date, *, stations: Collection[int] | None = None
) -> list[WaitingRow]:
    """The airings of content of the broadcast days from `first` to `last` of which no log has told."""
    # Not joined with its pieces: SQLite would begin with these and look at all of their airings.
    query = (
        select_columns(
            Airing.asset_id, Airing.id, Airing.station_id, Airing.local_date, Airing.starts_at,
            Airing.ends_at, Airing.state_code, Airing.state_data,
        )
        .where(not_aired(col(Airing.state)), col(Airing.state).in_(OPEN))
        .order_by(Airing.starts_at, Airing.id)
    )  # fmt: skip
    rows = session.connection().execute(within(query, Airing, first, last, stations)).all()
    codes, labels = _read_codes(session), _read_labels(session, {row[0] for row in rows})
    return [
        WaitingRow(number, codes[station], station, labels[asset], *rest)
        for asset, number, station, *rest in rows
        if labels[asset].is_content
    ]


def _read_codes(session: Session) -> dict[int | None, str]:
    return dict(session.exec(select(Station.id, Station.code)).all())


def _read_labels(session: Session, assets: Collection[int | None]) -> dict[int | None, Labels]:
    found: dict[int | None, Labels] = {}
    wanted = sorted(asset for asset in assets if asset is not None)
    for start in range(0, len(wanted), _CHUNK):
        for asset in session.exec(select(Asset).where(col(Asset.id).in_(wanted[start : start + _CHUNK]))):
            found[asset.id] = Labels(
                asset.key, asset.title, asset.theme, asset.audience, asset.form, asset.language,
                asset.origin.value, asset.kind in CONTENT,
            )  # fmt: skip
    return found


def _strange(title: str) -> Labels:
    """Of a file that nobody knows."""
    return Labels(None, title, None, None, None, "", "", is_content=False)
