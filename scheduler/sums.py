"""What some broadcast days hold, summed by the database, by kind of piece.

The one definition of these figures: the rollup is made of them, and days beside whole months are read so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select
from sqlalchemy import select as any_select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, and_, case, col, extract, false, func, literal_column

from assets.models import Asset, AssetKind
from scheduler.models import Airing, AiringState, AsRun

CONTENT = (AssetKind.SEGMENT, AssetKind.RECORDING)
"""Kinds that carry content; tunes and stings fill time but are not counted."""
COUNTED = (AiringState.AIRED, AiringState.PARTIAL)
OPEN = (AiringState.PLANNED, AiringState.DOWNLOADED, AiringState.UNCONFIRMED)
FIGURES = (
    "planned", "planned_ms", "confirmed", "confirmed_ms", "waiting", "waiting_ms",
    "aired", "partial", "aired_ms",
)  # fmt: skip
select_columns: Any = any_select
"""SQLModel types at most four columns."""

Labels = tuple[str, str, str, str, str]
"""Theme, audience, form, language, origin; empty where a piece has none."""


class milliseconds_between(FunctionElement[int]):  # noqa: N801  named as it reads in a query
    """Whole milliseconds from one moment to another, on either database."""

    type = BigInteger()
    inherit_cache = True


@compiles(milliseconds_between, "sqlite")
def _between_sqlite(element: FunctionElement[int], compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(ROUND((julianday({later}) - julianday({earlier})) * 86400000) AS INTEGER)"


@compiles(milliseconds_between, "postgresql")
def _between_postgresql(element: FunctionElement[int], compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(ROUND(EXTRACT(EPOCH FROM ({later} - {earlier})) * 1000) AS BIGINT)"


@dataclass(slots=True)
class Sums:
    """Figures of one kind of piece; `over` is what of `waiting` has had its time."""

    planned: int = 0
    planned_ms: int = 0
    confirmed: int = 0
    confirmed_ms: int = 0
    waiting: int = 0
    waiting_ms: int = 0
    aired: int = 0
    partial: int = 0
    aired_ms: int = 0
    over: int = 0
    over_ms: int = 0

    def add(self, other: "Sums", sign: int = 1) -> None:
        self.planned += sign * other.planned
        self.planned_ms += sign * other.planned_ms
        self.confirmed += sign * other.confirmed
        self.confirmed_ms += sign * other.confirmed_ms
        self.waiting += sign * other.waiting
        self.waiting_ms += sign * other.waiting_ms
        self.aired += sign * other.aired
        self.partial += sign * other.partial
        self.aired_ms += sign * other.aired_ms
        self.over += sign * other.over
        self.over_ms += sign * other.over_ms

    @property
    def figures(self) -> dict[str, int]:
        """What the rollup keeps."""
        return {name: getattr(self, name) for name in FIGURES}


@dataclass(slots=True)
class DaySums:
    """One broadcast day of a station; `other_ms` is what sounded without being content, such as tunes."""

    planned: int = 0
    aired: int = 0
    aired_ms: int = 0
    other_ms: int = 0

    @property
    def cells(self) -> list[int]:
        """What the calendar keeps of it."""
        return [self.planned, self.aired, self.aired_ms, self.other_ms]


def month_of(day: date) -> date:
    return day.replace(day=1)


def end_of(month: date) -> date:
    """The last day of the month."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def sum_days(
    session: Session,
    first: date,
    last: date,
    *,
    stations: Collection[int] | None = None,
    now: datetime | None = None,
) -> dict[tuple[int, Labels], Sums]:
    """The sums of the rows of the broadcast days from `first` to `last`, by station and labels.

    With `now`, `over` says what of the waiting airings has had its time.
    """
    found: dict[tuple[int, Labels], Sums] = defaultdict(Sums)
    planned = _within(_select_planned(now), Airing, first, last, stations)
    for station, *rest in session.execute(planned):
        sums = found[station, _read_labels(rest[:5])]
        sums.planned, sums.planned_ms, sums.confirmed, sums.confirmed_ms = map(int, rest[5:9])
        sums.waiting, sums.waiting_ms, sums.over, sums.over_ms = map(int, rest[9:])
    aired = _within(_select_aired(), AsRun, first, last, stations)
    for station, *rest in session.execute(aired):
        sums = found[station, _read_labels(rest[:5])]
        sums.aired, sums.partial, sums.aired_ms = map(int, rest[5:])
    return dict(found)


def sum_months(session: Session, station_id: int, first: date, last: date) -> dict[date, dict[Labels, Sums]]:
    """`sum_days` of one station for each month of some whole months at once."""
    found: dict[date, dict[Labels, Sums]] = defaultdict(lambda: defaultdict(Sums))
    for query, table in ((_select_planned(None), Airing), (_select_aired(), AsRun)):
        year, month = extract("year", table.local_date), extract("month", table.local_date)
        monthly = _within(query, table, first, last, [station_id]).add_columns(year, month)
        for _, *rest in session.execute(monthly.group_by(year, month)):
            sums = found[date(int(rest[-2]), int(rest[-1]), 1)][_read_labels(rest[:5])]
            if table is Airing:
                sums.planned, sums.planned_ms, sums.confirmed, sums.confirmed_ms = map(int, rest[5:9])
                sums.waiting, sums.waiting_ms = map(int, rest[9:11])
            else:
                sums.aired, sums.partial, sums.aired_ms = map(int, rest[5:8])
    return found


def sum_each_day(
    session: Session, first: date, last: date, now: datetime
) -> dict[tuple[date, int, Labels], Sums]:
    """`sum_days` for each of some days, by day, station and labels: for a few weeks, not for years."""
    found: dict[tuple[date, int, Labels], Sums] = defaultdict(Sums)
    for query, table in ((_select_planned(now), Airing), (_select_aired(), AsRun)):
        daily = _within(query, table, first, last, None).add_columns(col(table.local_date))
        for station, *rest in session.execute(daily.group_by(col(table.local_date))):
            sums = found[rest[-1], station, _read_labels(rest[:5])]
            if table is Airing:
                sums.planned, sums.planned_ms, sums.confirmed, sums.confirmed_ms = map(int, rest[5:9])
                sums.waiting, sums.waiting_ms, sums.over, sums.over_ms = map(int, rest[9:13])
            else:
                sums.aired, sums.partial, sums.aired_ms = map(int, rest[5:8])
    return dict(found)


def sum_calendar(
    session: Session, first: date, last: date, *, stations: Collection[int] | None = None
) -> dict[tuple[int, date], DaySums]:
    """What each station planned and sounded on each of some days."""
    found: dict[tuple[int, date], DaySums] = defaultdict(DaySums)
    planned = (
        select_columns(Airing.station_id, Airing.local_date, func.count())
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .where(col(Asset.kind).in_(CONTENT))
        .group_by(Airing.station_id, Airing.local_date)
    )
    for station, day, count in session.execute(_within(planned, Airing, first, last, stations)):
        found[station, day].planned = count
    content = func.coalesce(col(Asset.kind).in_(CONTENT), false())
    whole = and_(content, col(AsRun.state) == AiringState.AIRED)
    aired = (
        select_columns(
            AsRun.station_id, AsRun.local_date, _sum_if(whole, 1), _sum_if(content, AsRun.aired_ms),
            func.sum(AsRun.aired_ms),
        )
        .join(Asset, col(Asset.id) == col(AsRun.asset_id), isouter=True)
        .where(col(AsRun.state).in_(COUNTED))
        .group_by(AsRun.station_id, AsRun.local_date)
    )  # fmt: skip
    for station, day, *cells in session.execute(_within(aired, AsRun, first, last, stations)):
        one = found[station, day]
        one.aired, one.aired_ms, total = map(int, cells)
        one.other_ms = total - one.aired_ms
    return dict(found)


def sum_over(session: Session, first: date, last: date, now: datetime) -> dict[tuple[int, Labels], Sums]:
    """Only what waits for a log although its time is over; quick where few airings wait."""
    found: dict[tuple[int, Labels], Sums] = {}
    query = _within(_select_planned(now), Airing, first, last, None).where(
        col(Airing.state).in_(OPEN), col(Airing.ends_at) <= now
    )
    for station, *rest in session.execute(query):
        found[station, _read_labels(rest[:5])] = Sums(over=int(rest[11]), over_ms=int(rest[12]))
    return found


def read_programmes(
    session: Session, first: date, last: date, *, station_id: int | None = None
) -> Iterator[tuple[int, Labels, date, int, bool]]:
    """(station, labels, day, slot, whether a whole piece aired) of each kind of piece in each session."""
    key = (Airing.station_id, *_label_columns(), Airing.local_date, Airing.slot_id)
    query = (
        select_columns(*key, func.max(case((col(Airing.state) == AiringState.AIRED, 1), else_=0)))
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .where(col(Airing.local_date).between(first, last), col(Asset.kind).in_(CONTENT))
        .group_by(*key)
    )
    if station_id is not None:
        query = query.where(Airing.station_id == station_id)
    for station, *labels, day, slot, whole in session.connection().execute(query):
        yield station, _read_labels(labels), day, slot, bool(whole)


def _label_columns() -> tuple[Any, ...]:
    return (
        *(
            func.coalesce(column, literal_column("''"))
            for column in (Asset.theme, Asset.audience, Asset.form)
        ),
        Asset.language,
        Asset.origin,
    )


def _read_labels(cells: Collection[Any]) -> Labels:
    theme, audience, form, language, origin = cells
    return theme, audience, form, language, origin.value


def _select_planned(now: datetime | None) -> Any:
    length = milliseconds_between(col(Airing.starts_at), col(Airing.ends_at))
    waiting = col(Airing.state).in_(OPEN)
    over: ColumnElement[bool] = and_(waiting, col(Airing.ends_at) <= now) if now is not None else false()
    kinds = (col(Airing.state).in_(COUNTED), waiting, over)
    amounts = [part for kind in kinds for part in (_sum_if(kind, 1), _sum_if(kind, length))]
    return (
        select_columns(Airing.station_id, *_label_columns(), func.count(), func.sum(length), *amounts)
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .where(col(Asset.kind).in_(CONTENT))
        .group_by(Airing.station_id, *_label_columns())
    )


def _select_aired() -> Any:
    return (
        select_columns(
            AsRun.station_id,
            *_label_columns(),
            _sum_if(col(AsRun.state) == AiringState.AIRED, 1),
            _sum_if(col(AsRun.state) == AiringState.PARTIAL, 1),
            func.sum(AsRun.aired_ms),
        )
        .join(Asset, col(Asset.id) == col(AsRun.asset_id))
        .where(col(AsRun.state).in_(COUNTED), col(Asset.kind).in_(CONTENT))
        .group_by(AsRun.station_id, *_label_columns())
    )


def _sum_if(condition: Any, amount: Any) -> Any:
    return func.sum(case((condition, amount), else_=0))


def _within(
    query: Any, table: type[Airing | AsRun], first: date, last: date, stations: Collection[int] | None
) -> Select[Any]:
    query = query.where(col(table.local_date).between(first, last))
    if stations is not None:
        query = query.where(col(table.station_id).in_(sorted(stations)))
    found: Select[Any] = query
    return found
