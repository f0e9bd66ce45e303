"""The rollup: what each station and local month holds, in sums that a page can read at once.

It is kept in the transaction that changes the rows. A session notes which months its airings and as-run rows
lie in, and sums those months anew before it commits; so nobody has to remember to. Statements that pass the
session by (`insert`, `update` in bulk) say it with `touch`. The rows of a station's months are walked once
for all sums (a database sorts them for each); `check_rollup` holds the result to what the database itself
sums, by the queries that also read single days.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session, col, delete, func, select

from assets.models import Asset
from scheduler.bulk import many_objects, upsert_rows
from scheduler.models import Airing, AsRun, DistrictMonth, Station, StationCalendar, StationMonth
from scheduler.sums import (
    FIGURES,
    DaySums,
    Labels,
    Sums,
    end_of,
    month_of,
    select_columns,
    sum_calendar,
    sum_months,
    sum_sessions,
)
from scheduler.walking import Days, Month, join_sessions, walk_rows

_LABELS = ("theme", "audience", "form", "language", "origin")
_MOST_MONTHS = 36
_Calendar = tuple[Days, dict[str, int], int, int]
"""Cells of the days, milliseconds by theme, sessions in which a whole piece aired, and with one planned."""
_CALENDAR_COLUMNS = ("days", "themes", "programmes", "programmes_planned")
_Changes = defaultdict[tuple[date, Labels], Sums]
"""By month and labels: what the sums of all stations gain."""
_TOUCHED = "loa_touched_months"
_STATION_MONTHS: Any = StationMonth.__table__  # type: ignore[attr-defined]
_STATION_KEY = _STATION_MONTHS.primary_key.columns
_STATION_COLUMNS = ("station_id", "month", *_LABELS, *FIGURES, "programmes", "programmes_planned")


@dataclass(frozen=True, slots=True)
class Difference:
    """A month of a station, or of all together, in which the rollup does not say what the rows say."""

    station_id: int | None
    month: date


def touch(session: AnySession, station_id: int, days: Iterable[date]) -> None:
    """Rows of these days were changed by a statement that the session does not see."""
    session.info.setdefault(_TOUCHED, set()).update((station_id, month_of(day)) for day in days)


def settle_rollup(session: Session) -> None:
    """Sum anew the months that this session has changed so far; a commit does it by itself."""
    session.flush()
    touched: set[tuple[int, date]] = session.info.pop(_TOUCHED, set())
    if not touched:
        return
    lock_stations(session, {station_id for station_id, _ in touched})
    changes: _Changes = defaultdict(Sums)
    for station_id, months in _group(touched):
        _renew_months(session, station_id, months, changes)
    _add_to_district(session, changes)


def lock_stations(session: Session, station_ids: Collection[int]) -> None:
    """Let nobody else count for these stations until the transaction ends.

    On SQLite there is only one writer anyway.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    ids = select(Station.id).where(col(Station.id).in_(sorted(station_ids))).order_by(col(Station.id))
    session.exec(ids.with_for_update()).all()


def rebuild_rollup(session: Session, report: Callable[[float], None] = lambda _share: None) -> int:
    """Forget the rollup and sum all rows anew; returns how many months of stations there are."""
    session.flush()
    session.info.pop(_TOUCHED, None)
    session.exec(delete(StationMonth))
    session.exec(delete(DistrictMonth))
    session.exec(delete(StationCalendar))
    months = find_months(session)
    done = 0
    changes: _Changes = defaultdict(Sums)
    for station_id, own in _group(months):
        _renew_months(session, station_id, own, changes)
        done += len(own)
        report(done / len(months))
    _add_to_district(session, changes)
    return len(months)


def check_rollup(session: Session) -> list[Difference]:
    """The months in which the rollup is not what a scan of the rows gives; none, if all is well."""
    settle_rollup(session)
    wrong = []
    totals: dict[tuple[date, Labels], Sums] = defaultdict(Sums)
    for station_id, months in _group(find_months(session)):
        kept_months = _read_months(session, station_id, months)
        kept_days = _read_calendar(session, station_id, months)
        seen = _scan_months(session, station_id, months)
        seen_days = _join_calendar(_scan_calendar(session, station_id, months), seen)
        for month, scanned in seen.items():
            if scanned != kept_months[month] or seen_days.get(month) != kept_days.get(month):
                wrong.append(Difference(station_id, month))
            for labels, (sums, _, _) in scanned.items():
                totals[month, labels].add(sums)
    kept = {
        (row.month, (row.theme, row.audience, row.form, row.language, row.origin)): _read_sums(row)
        for row in session.execute(select_columns(DistrictMonth.__table__))  # type: ignore[attr-defined]
    }
    none = Sums()
    strayed = {
        key[0] for key in {*totals, *kept} if totals.get(key, none).figures != kept.get(key, none).figures
    }
    return wrong + [Difference(None, month) for month in sorted(strayed)]


def find_months(session: Session) -> list[tuple[int, date]]:
    """(station, month) from the first to the last row of each station, and of what the rollup holds."""
    spans: dict[int, list[date]] = defaultdict(list)
    for station, day in (
        (Airing.station_id, Airing.local_date),
        (AsRun.station_id, AsRun.local_date),
        (StationMonth.station_id, StationMonth.month),
    ):
        query = select(station, func.min(day), func.max(day)).group_by(col(station))
        for station_id, first, last in session.exec(query):
            spans[station_id] += [first, last]
    found = []
    for station_id, days in sorted(spans.items()):
        month, last = month_of(min(days)), max(days)
        while month <= last:
            found.append((station_id, month))
            month = end_of(month) + timedelta(days=1)
    return found


def _group(touched: Iterable[tuple[int, date]]) -> Iterator[tuple[int, list[date]]]:
    """The months of each station, in runs of at most three years; what lies far apart stays apart."""
    runs: dict[int, list[list[date]]] = defaultdict(list)
    for station_id, month in sorted(touched):
        own = runs[station_id]
        if not own or len(own[-1]) >= _MOST_MONTHS or (month - own[-1][-1]).days > 62:
            own.append([])
        own[-1].append(month)
    for station_id, own in runs.items():
        for months in own:
            yield station_id, months


def _scan_months(session: Session, station_id: int, months: Collection[date]) -> dict[date, Month]:
    """As `walk_rows`, summed by the database."""
    first, last = min(months), end_of(max(months))
    sums = sum_months(session, station_id, first, last)
    sessions: dict[date, dict[tuple[Labels, int], tuple[int, int]]] = defaultdict(dict)
    for month, labels, slot, *marks in sum_sessions(session, station_id, first, last):
        sessions[month][labels, slot] = marks[0], marks[1]
    return {month: join_sessions(sums.get(month, {}), sessions[month]) for month in months}


def _read_months(session: Session, station_id: int, months: Collection[date]) -> dict[date, Month]:
    """What the rollup says of some months."""
    found: dict[date, Month] = {month: {} for month in months}
    rows = session.execute(
        select_columns(_STATION_MONTHS).where(
            col(StationMonth.station_id) == station_id, col(StationMonth.month).in_(months)
        )
    )
    for row in rows:
        labels = (row.theme, row.audience, row.form, row.language, row.origin)
        bits = int(row.programmes or "0", 16), int(row.programmes_planned or "0", 16)
        found[row.month][labels] = (_read_sums(row), *bits)
    return found


def _scan_calendar(session: Session, station_id: int, months: Collection[date]) -> dict[date, Days]:
    """The days of those of the months in which there is anything, summed by the database."""
    found: dict[date, Days] = {}
    first, last = min(months), end_of(max(months))
    for (_, day), sums in sum_calendar(session, first, last, stations=[station_id]).items():
        month = month_of(day)
        if month not in found:
            found[month] = [DaySums().cells for _ in range(end_of(month).day)]
        found[month][day.day - 1] = sums.cells
    return {month: found[month] for month in months if month in found}


def _read_calendar(session: Session, station_id: int, months: Collection[date]) -> dict[date, _Calendar]:
    rows = session.execute(
        select_columns(
            StationCalendar.month, *(getattr(StationCalendar, name) for name in _CALENDAR_COLUMNS)
        ).where(col(StationCalendar.station_id) == station_id, col(StationCalendar.month).in_(months))
    )
    return {month: tuple(cells) for month, *cells in rows}


def _join_calendar(days: Mapping[date, Days], sums: Mapping[date, Month]) -> dict[date, _Calendar]:
    """The days of some months with the airtime of their themes and the number of their sessions."""
    found = {}
    for month, cells in days.items():
        themes: dict[str, int] = defaultdict(int)
        sounded = planned = 0
        for labels, (one, *sessions) in sums[month].items():
            themes[labels[0]] += one.aired_ms
            sounded |= sessions[0]
            planned |= sessions[1]
        heard = {theme: length for theme, length in themes.items() if length}
        found[month] = (cells, heard, sounded.bit_count(), planned.bit_count())
    return found


def _renew_calendar(
    session: Session, station_id: int, months: Collection[date], after: Mapping[date, _Calendar]
) -> None:
    table: Any = StationCalendar.__table__  # type: ignore[attr-defined]
    before = _read_calendar(session, station_id, months)
    if gone := [month for month in before if month not in after]:
        old = (table.c.station_id == station_id, table.c.month.in_(gone))
        session.connection().execute(table.delete().where(*old))
    fresh = [(station_id, month, *cells) for month, cells in after.items() if before.get(month) != cells]
    upsert_rows(session, StationCalendar, ("station_id", "month", *_CALENDAR_COLUMNS), fresh)


def _read_sums(row: Any) -> Sums:
    return Sums(**{name: getattr(row, name) for name in FIGURES})


@many_objects()
def _renew_months(session: Session, station_id: int, months: Collection[date], changes: _Changes) -> None:
    """Write what differs from the rows, and add to the changes of the district."""
    after, days = walk_rows(session, station_id, months)
    _renew_calendar(session, station_id, months, _join_calendar(days, after))
    before = _read_months(session, station_id, months)
    fresh: list[tuple[Any, ...]] = []
    gone: list[tuple[Any, ...]] = []
    for month in months:
        old, new = before[month], after[month]
        for labels in sorted({*old, *new}):
            was, now = old.get(labels), new.get(labels)
            if was == now:
                continue
            if was is not None:
                changes[month, labels].add(was[0], -1)
            if now is None:
                gone.append((station_id, month, *labels))
                continue
            sums, aired, planned = now
            changes[month, labels].add(sums)
            fresh.append((station_id, month, *labels, *sums.figures, f"{aired:x}", f"{planned:x}"))
    for key in gone:
        same = (column == value for column, value in zip(_STATION_KEY, key, strict=True))
        session.connection().execute(_STATION_MONTHS.delete().where(*same))
    upsert_rows(session, StationMonth, _STATION_COLUMNS, fresh)


def _add_to_district(session: Session, changes: _Changes) -> None:
    rows = [
        (month, *labels, *sums.figures)
        for (month, labels), sums in sorted(changes.items(), key=itemgetter(0))
        if any(sums.figures)
    ]
    upsert_rows(session, DistrictMonth, ("month", *_LABELS, *FIGURES), rows, adding=FIGURES)


@event.listens_for(AnySession, "before_flush")
def _note_changes(session: AnySession, _context: Any, _instances: Any) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Airing | AsRun):
            touch(session, row.station_id, [row.local_date])
            for name in ("station_id", "local_date"):  # what was moved leaves a month too
                for old in inspect(row).attrs[name].history.deleted or ():
                    place = (old, row.local_date) if name == "station_id" else (row.station_id, old)
                    touch(session, place[0], [place[1]])
        elif isinstance(row, Asset) and row.id is not None and row in session.dirty:
            _touch_relabelled(session, row)


def _touch_relabelled(session: AnySession, asset: Asset) -> None:
    """Where the labels of a piece were corrected, the sums change wherever it stands."""
    if not any(inspect(asset).attrs[name].history.has_changes() for name in (*_LABELS, "kind")):
        return
    with session.no_autoflush:  # a row of a log that counts names an airing of the piece on the same day
        query = select_columns(Airing.station_id, Airing.local_date).where(Airing.asset_id == asset.id)
        for station_id, local_date in session.execute(query.distinct()):
            touch(session, station_id, [local_date])


@event.listens_for(AnySession, "before_commit")
def _settle_before_commit(session: AnySession) -> None:
    session.flush()
    if isinstance(session, Session) and session.info.get(_TOUCHED):
        settle_rollup(session)
