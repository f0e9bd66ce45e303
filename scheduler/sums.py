"""What some broadcast days hold, summed by the database, by kind of piece.

The one definition of these figures: the rollup is made of them, and days beside whole months are read so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, String, literal, type_coerce
from sqlalchemy import select as any_select
from sqlmodel import Session, and_, case, col, false, func, literal_column

from assets.models import Asset, AssetKind, Origin
from scheduler.expressions import day_of_date, milliseconds_between, month_of_date, not_aired
from scheduler.models import Airing, AiringState, AsRun, Station

CONTENT = (AssetKind.SEGMENT, AssetKind.RECORDING)
"""Kinds that carry content; tunes and stings fill time but are not counted."""
COUNTED = (AiringState.AIRED, AiringState.PARTIAL)
OPEN = (AiringState.PLANNED, AiringState.DOWNLOADED, AiringState.UNCONFIRMED)
_COUNTED_NAMES = frozenset(state.name for state in COUNTED)
_ORIGINS = {origin.name: origin.value for origin in Origin}
_OPEN_NAMES = frozenset(state.name for state in OPEN)
FIGURES = (
    "planned", "planned_ms", "confirmed", "confirmed_ms", "waiting", "waiting_ms",
    "aired", "partial", "aired_ms",
)  # fmt: skip
_CHUNK = 500
_read_figures = attrgetter(*FIGURES)
_read_amounts = attrgetter(*FIGURES, "over", "over_ms")
select_columns: Any = any_select
"""SQLModel types at most four columns."""

Labels = tuple[str, str, str, str, str]
"""Theme, audience, form, language, origin; empty where a piece has none."""


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

    def add_planned(self, state: str, count: int, length: int, over: int = 0, over_ms: int = 0) -> None:
        """Airings of a state, by its name."""
        self.planned += count
        self.planned_ms += length
        if state in _COUNTED_NAMES:
            self.confirmed += count
            self.confirmed_ms += length
        elif state in _OPEN_NAMES:
            self.waiting += count
            self.waiting_ms += length
            self.over += over
            self.over_ms += over_ms

    def add_aired(self, state: str, count: int, aired_ms: int) -> None:
        """As-run rows of a state that counts."""
        if state == AiringState.AIRED.name:
            self.aired += count
        else:
            self.partial += count
        self.aired_ms += aired_ms

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
    def figures(self) -> tuple[int, ...]:
        """What the rollup keeps, in the order of `FIGURES`."""
        return _read_figures(self)


def add_up(many: Iterable[Sums]) -> Sums:
    """The sums of many."""
    return Sums(*map(sum, zip(*map(_read_amounts, many), strict=True)))


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
    found = _walk(session, (first, last), stations, now, literal_column("0"), literal_column("0"))
    return {(station, labels): sums for (_, station, labels), sums in found.items()}


def sum_months(session: Session, station_id: int, first: date, last: date) -> dict[date, dict[Labels, Sums]]:
    """`sum_days` of one station for each month of some whole months at once, summed by the database."""
    found: dict[date, dict[Labels, Sums]] = defaultdict(lambda: defaultdict(Sums))
    for query, table in ((_select_planned(), Airing), (_select_aired(), AsRun)):
        month = month_of_date(col(table.local_date))
        keyed = within(query, table, first, last, [station_id]).add_columns(month).group_by(month)
        for *cells, text in session.connection().execute(keyed):
            sums = found[date.fromisoformat(f"{text}-01")][name_labels(cells[:5])]
            state, amounts = cells[5], map(int, cells[6:])
            if table is Airing:
                sums.add_planned(state, *amounts)
            else:
                sums.add_aired(state, *amounts)
    return found


def sum_each_day(
    session: Session, first: date, last: date, now: datetime
) -> dict[tuple[date, int, Labels], Sums]:
    """`sum_days` for each of some days, by day, station and labels: for a few weeks, not for years."""
    return _walk(session, (first, last), None, now, Airing.local_date, AsRun.local_date)


def _walk(
    session: Session,
    days: tuple[date, date],
    stations: Collection[int] | None,
    now: datetime | None,
    *parts: Any,
) -> dict[tuple[Any, int, Labels], Sums]:
    """The sums by a part of airings and as-run rows, station and labels.

    In a few days a piece airs once or twice on a station, so a database takes longer to group the rows.
    """
    found: dict[tuple[Any, int, Labels], Sums] = defaultdict(Sums)
    labels_of = read_labels(session)
    query = select_columns(
        parts[0], Airing.station_id, Airing.asset_id, type_coerce(Airing.state, String),
        milliseconds_between(col(Airing.starts_at), col(Airing.ends_at)),
        literal_column("0") if now is None else col(Airing.ends_at) <= now,
    )  # fmt: skip
    rows = session.connection().execute(within(query, Airing, *days, stations)).all()
    for part, station, asset, state, length, over in rows:
        if (labels := labels_of.get(asset)) is not None:
            found[part, station, labels].add_planned(state, 1, length, over, over and length)
    query = select_columns(
        parts[1], AsRun.station_id, AsRun.asset_id, type_coerce(AsRun.state, String), AsRun.aired_ms
    ).where(col(AsRun.state).in_(COUNTED))
    rows = session.connection().execute(within(query, AsRun, *days, stations)).all()
    for part, station, asset, state, aired_ms in rows:
        if (labels := labels_of.get(asset)) is not None:
            found[part, station, labels].add_aired(state, 1, aired_ms)
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
    for station, day, count in session.connection().execute(within(planned, Airing, first, last, stations)):
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
    for station, day, *cells in session.connection().execute(within(aired, AsRun, first, last, stations)):
        one = found[station, day]
        one.aired, one.aired_ms, total = map(int, cells)
        one.other_ms = total - one.aired_ms
    return dict(found)


def sum_over(session: Session, first: date, last: date, now: datetime) -> dict[tuple[int, Labels], Sums]:
    """Only what waits for a log although its time is over; quick where few airings wait."""
    found: dict[tuple[int, Labels], Sums] = defaultdict(Sums)
    length = milliseconds_between(col(Airing.starts_at), col(Airing.ends_at))
    key: Any = (Airing.station_id, Airing.asset_id)
    # Not joined with its pieces: SQLite would begin with these and look at all of their airings.
    query = select_columns(*key, func.count(), func.sum(length)).where(
        not_aired(col(Airing.state)), col(Airing.state).in_(OPEN), col(Airing.ends_at) <= now
    )
    rows: Any = session.connection().execute(within(query, Airing, first, last, None).group_by(*key)).all()
    labels_of = read_labels(session)
    for station, asset, over, over_ms in rows:
        if asset in labels_of:
            found[station, labels_of[asset]].add(Sums(over=over, over_ms=int(over_ms)))
    return dict(found)


def sum_sessions(
    session: Session, station_id: int, first: date, last: date
) -> Iterator[tuple[date, Labels, int, int, int]]:
    """(month, labels, slot, days planned, days on which a whole piece aired) of whole months.

    Days are bits, the first of the month the lowest.
    """
    month, day = month_of_date(col(Airing.local_date)), day_of_date(col(Airing.local_date))
    whole = func.max(case((col(Airing.state) == AiringState.AIRED, 1), else_=0))
    labels = [column.label(f"label{at}") for at, column in enumerate(label_columns())]
    each = within(
        select_columns(
            month.label("month"), Airing.slot_id, *labels, literal(1).bitwise_lshift(day - 1).label("bit"),
            whole.label("whole"),
        )
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .where(col(Asset.kind).in_(CONTENT)),
        Airing, first, last, [station_id],
    ).group_by(month, col(Airing.slot_id), *labels, day).subquery()  # fmt: skip
    key = [column for column in each.columns if column.name not in ("bit", "whole")]
    query = select_columns(*key, func.sum(each.c.bit), func.sum(each.c.bit * each.c.whole)).group_by(*key)
    for text, slot, *cells, planned, aired in session.connection().execute(query):
        yield date.fromisoformat(f"{text}-01"), name_labels(cells), slot, int(planned), int(aired)


def read_programmes(
    session: Session, first: date, last: date, *, station_id: int | None = None
) -> Iterator[tuple[int, Labels, date, int, bool]]:
    """(station, labels, day, slot, whether a whole piece aired) of each kind of piece in each session."""
    key = (Airing.station_id, *label_columns(), Airing.local_date, Airing.slot_id)
    query = (
        select_columns(*key, func.max(case((col(Airing.state) == AiringState.AIRED, 1), else_=0)))
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .where(col(Airing.local_date).between(first, last), col(Asset.kind).in_(CONTENT))
        .group_by(*key)
    )
    if station_id is not None:
        query = query.where(Airing.station_id == station_id)
    for station, *labels, day, slot, whole in session.connection().execute(query):
        yield station, name_labels(labels), day, slot, bool(whole)


def label_columns() -> tuple[Any, ...]:
    """What `name_labels` reads."""
    return (
        *(
            func.coalesce(column, literal_column("''"))
            for column in (Asset.theme, Asset.audience, Asset.form)
        ),
        Asset.language,
        type_coerce(Asset.origin, String),
    )


def name_labels(cells: Sequence[Any]) -> Labels:
    theme, audience, form, language, origin = cells
    return theme, audience, form, language, _ORIGINS[origin]


def read_labels(session: Session, only: Collection[int | None] | None = None) -> dict[int | None, Labels]:
    """The labels of all pieces that are content, or of those `only`."""
    query = select_columns(Asset.id, *label_columns()).where(col(Asset.kind).in_(CONTENT))
    chosen = [query]
    if only is not None:
        wanted = sorted(asset for asset in only if asset is not None)
        chosen = [
            query.where(col(Asset.id).in_(wanted[start : start + _CHUNK]))
            for start in range(0, len(wanted), _CHUNK)
        ]
    return {
        asset: name_labels(cells) for part in chosen for asset, *cells in session.connection().execute(part)
    }


def _select_planned() -> Any:
    """By labels and state: number and milliseconds."""
    length = milliseconds_between(col(Airing.starts_at), col(Airing.ends_at))
    key = (*label_columns(), type_coerce(Airing.state, String))
    return (
        select_columns(*key, func.count(), func.sum(length))
        .join(Asset, col(Asset.id) == col(Airing.asset_id))
        .where(col(Asset.kind).in_(CONTENT))
        .group_by(*key)
    )


def _select_aired() -> Any:
    """By labels and state: number and milliseconds."""
    key = (*label_columns(), type_coerce(AsRun.state, String))
    return (
        select_columns(*key, func.count(), func.sum(AsRun.aired_ms))
        .join(Asset, col(Asset.id) == col(AsRun.asset_id))
        .where(col(AsRun.state).in_(COUNTED), col(Asset.kind).in_(CONTENT))
        .group_by(*key)
    )


def _sum_if(condition: Any, amount: Any) -> Any:
    return func.sum(case((condition, amount), else_=0))


def within(
    query: Any, table: type[Airing | AsRun], first: date, last: date, stations: Collection[int] | None
) -> Select[Any]:
    """`query` for some broadcast days, of some stations or of all."""
    # An as-run row is found by its station and day, so all stations are named.
    chosen: Any = sorted(stations) if stations is not None else select_columns(Station.id)
    found: Select[Any] = query.where(col(table.local_date).between(first, last))
    if stations is not None or table is AsRun:
        found = found.where(col(table.station_id).in_(chosen))
    return found
