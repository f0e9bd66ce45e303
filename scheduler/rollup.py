"""The rollup: what each station and local month holds, in sums that a page can read at once.

It is kept in the transaction that changes the rows. A session notes which months its airings and as-run rows
lie in, and sums those months anew before it commits; so nobody has to remember to. Statements that pass the
session by (`insert`, `update` in bulk) say it with `touch`. The sums are taken by the very queries with which
`sum_days` reads single days, so the rollup and a scan are one definition; `check_rollup` holds them together.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session, col, delete, func, insert, select

from assets.models import Asset
from scheduler.models import Airing, AsRun, DistrictMonth, Station, StationMonth
from scheduler.sums import FIGURES, Labels, Sums, end_of, month_of, read_programmes, select_columns, sum_days

_LABELS = ("theme", "audience", "form", "language", "origin")
_TOUCHED = "loa_touched_months"
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


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
    for station_id, month in sorted(touched):
        _renew_month(session, station_id, month)


def lock_stations(session: Session, station_ids: Collection[int]) -> None:
    """Let nobody else count for these stations until the transaction ends.

    On SQLite there is only one writer anyway.
    """
    ids = select(Station.id).where(col(Station.id).in_(sorted(station_ids))).order_by(col(Station.id))
    session.exec(ids.with_for_update()).all()


def rebuild_rollup(session: Session, report: Callable[[float], None] = lambda _share: None) -> int:
    """Forget the rollup and sum all rows anew; returns how many months of stations there are."""
    session.flush()
    session.info.pop(_TOUCHED, None)
    session.exec(delete(StationMonth))
    session.exec(delete(DistrictMonth))
    months = find_months(session)
    for done, (station_id, month) in enumerate(months):
        _renew_month(session, station_id, month)
        report((done + 1) / len(months))
    return len(months)


def check_rollup(session: Session) -> list[Difference]:
    """The months in which the rollup is not what a scan of the rows gives; none, if all is well."""
    settle_rollup(session)
    wrong = []
    totals: dict[tuple[date, Labels], Sums] = defaultdict(Sums)
    for station_id, month in find_months(session):
        scanned = _sum_month(session, station_id, month)
        if scanned != _read_month(session, station_id, month):
            wrong.append(Difference(station_id, month))
        for labels, (sums, _, _) in scanned.items():
            totals[month, labels].add(sums)
    kept = {
        (row.month, (row.theme, row.audience, row.form, row.language, row.origin)): _read_sums(row)
        for row in session.exec(select(DistrictMonth))
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


_Month = dict[Labels, tuple[Sums, int, int]]
"""Sums, bits of the sessions in which a whole piece aired, bits of those in which one is planned."""


def _sum_month(session: Session, station_id: int, month: date) -> _Month:
    last = end_of(month)
    sums = sum_days(session, month, last, stations=[station_id])
    sessions = list(read_programmes(session, month, last, station_id=station_id))
    bits = {key: bit for bit, key in enumerate(sorted({(day, slot) for _, _, day, slot, _ in sessions}))}
    aired: dict[Labels, int] = defaultdict(int)
    planned: dict[Labels, int] = defaultdict(int)
    for _, labels, day, slot, whole in sessions:
        (aired if whole else planned)[labels] |= 1 << bits[day, slot]
    return {labels: (one, aired[labels], planned[labels]) for (_, labels), one in sums.items()}


def _read_month(session: Session, station_id: int, month: date) -> _Month:
    rows = session.exec(
        select(StationMonth)
        .where(StationMonth.station_id == station_id, StationMonth.month == month)
        .execution_options(populate_existing=True)
    )
    return {
        (row.theme, row.audience, row.form, row.language, row.origin): (
            _read_sums(row), int(row.programmes or "0", 16), int(row.programmes_planned or "0", 16),
        )
        for row in rows
    }  # fmt: skip


def _read_sums(row: StationMonth | DistrictMonth) -> Sums:
    return Sums(**{name: getattr(row, name) for name in FIGURES})


def _renew_month(session: Session, station_id: int, month: date) -> None:
    before, after = _read_month(session, station_id, month), _sum_month(session, station_id, month)
    if before == after:
        return
    session.exec(delete(StationMonth).where(
        col(StationMonth.station_id) == station_id, col(StationMonth.month) == month
    ))  # fmt: skip
    fresh = [
        {
            "station_id": station_id, "month": month, **dict(zip(_LABELS, labels, strict=True)),
            **sums.figures, "programmes": f"{aired:x}", "programmes_planned": f"{planned:x}",
        }
        for labels, (sums, aired, planned) in after.items()
    ]  # fmt: skip
    if fresh:
        session.execute(insert(StationMonth), fresh)
    changes = []
    for labels in sorted({*before, *after}):
        change = Sums()
        for side, sign in ((after, 1), (before, -1)):
            if labels in side:
                change.add(side[labels][0], sign)
        if any(change.figures.values()):
            changes.append({"month": month, **dict(zip(_LABELS, labels, strict=True)), **change.figures})
    _add_to_district(session, changes)


def _add_to_district(session: Session, changes: list[dict[str, Any]]) -> None:
    """Add to the sums of all stations in one statement: two writers never overwrite each other."""
    if not changes:
        return
    statement = _INSERTS[session.get_bind().dialect.name](DistrictMonth)
    total = {name: getattr(DistrictMonth, name) + statement.excluded[name] for name in FIGURES}
    session.execute(statement.on_conflict_do_update(index_elements=["month", *_LABELS], set_=total), changes)


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
    with session.no_autoflush:
        for query in (
            select_columns(Airing.station_id, Airing.local_date).where(Airing.asset_id == asset.id),
            select_columns(AsRun.station_id, AsRun.local_date).where(AsRun.asset_id == asset.id),
        ):
            for station_id, local_date in session.execute(query.distinct()):
                touch(session, station_id, [local_date])


@event.listens_for(AnySession, "before_commit")
def _settle_before_commit(session: AnySession) -> None:
    session.flush()
    if isinstance(session, Session) and session.info.get(_TOUCHED):
        settle_rollup(session)
