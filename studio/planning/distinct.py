"""What is counted once however often it airs: programmes and items.

Their numbers do not add up over months and kinds, so the rollup keeps for each kind of piece the set of
sessions it sounded in; which pieces aired is asked of the index of airings, piece by piece.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, exists, func, or_, select

from assets.catalogue import name_piece
from assets.models import Asset
from scheduler.expressions import not_aired
from scheduler.models import Airing, AiringState, AsRun, StationCalendar, StationMonth
from scheduler.sums import CONTENT, OPEN, read_programmes, select_columns
from studio.planning.periods import Period
from studio.planning.scope import Scope, split_months

# Not joined with its pieces: SQLite would begin with these and look at all of their airings.
_WAITING = (not_aired(col(Airing.state)), col(Airing.state).in_(OPEN))
_Counts = tuple[int, int, int, int, int]
"""Planned, confirmed, unconfirmed, upcoming, aired."""


def count_programmes(session: Session, scope: Scope, window: Period, now: datetime) -> _Counts:
    """The sessions in which a whole piece of the scope aired; one with several counts once."""
    planned = aired = 0
    for station, days in scope.segments(window):
        months, edges = split_months(days)
        if months:
            count = _unite_months if any(scope.labels) else _add_months
            both = count(session, scope, station, Period(months[0], months[-1]))
            planned += both[0]
            aired += both[1]
        for one in edges:
            rows = [
                (place, day, slot, whole)
                for place, labels, day, slot, whole in read_programmes(
                    session, one.first, one.last, station_id=station
                )
                if scope.matches(*labels[:4])
            ]
            planned += len({row[:3] for row in rows})
            aired += len({row[:3] for row in rows if row[3]})
    over, upcoming = _count_waiting(session, scope, window, now)
    return planned, aired, over, upcoming, aired


def count_items(session: Session, scope: Scope, window: Period, now: datetime) -> _Counts:
    """The different pieces that aired whole at least once; the revisions of a script are one piece."""
    places = [
        and_(col(Airing.local_date).between(days.first, days.last), *_at(Airing, station))
        for station, days in scope.segments(window)
    ]
    if not places:
        return 0, 0, 0, 0, 0
    known = _read_pieces(session, scope)

    def find(*conditions: Any) -> set[str]:
        there = exists().where(col(Airing.asset_id) == col(Asset.id), or_(*places), *conditions)
        chosen = select(Asset.id).where(col(Asset.kind).in_(CONTENT), there, *like(scope))
        return {known[asset] for asset in session.exec(chosen) if asset is not None}

    aired = find(col(Airing.state) == AiringState.AIRED)
    query = select_columns(Airing.asset_id, col(Airing.ends_at) <= now).where(*_WAITING, or_(*places))
    waiting: dict[bool, set[str]] = {True: set(), False: set()}
    for asset, is_over in session.connection().execute(query.distinct()):
        if asset in known:
            waiting[bool(is_over)].add(known[asset])
    over = waiting[True] - aired
    upcoming = waiting[False] - aired - over
    planned = find()
    return len(planned), len(planned & aired), len(over), len(upcoming), len(aired)


def _read_pieces(session: Session, scope: Scope) -> dict[int, str]:
    """The pieces of the scope by asset; the revisions of a script are one."""
    query = select_columns(Asset.id, Asset.key).where(col(Asset.kind).in_(CONTENT), *like(scope))
    return {asset: name_piece(key) for asset, key in session.connection().execute(query)}


def _add_months(session: Session, _: Scope, station: int | None, days: Period) -> tuple[int, int]:
    """Sessions planned and aired of all kinds of pieces, which stand counted by station and month."""
    query = select_columns(
        func.sum(StationCalendar.programmes_planned), func.sum(StationCalendar.programmes)
    ).where(col(StationCalendar.month).between(days.first, days.last))
    if station is not None:
        query = query.where(StationCalendar.station_id == station)
    planned, aired = session.connection().execute(query).one()
    return int(planned or 0), int(aired or 0)


def _unite_months(session: Session, scope: Scope, station: int | None, days: Period) -> tuple[int, int]:
    """Sessions planned and aired, by the sets of each station and month."""
    query = select_columns(
        StationMonth.station_id, StationMonth.month, StationMonth.programmes_planned, StationMonth.programmes
    ).where(col(StationMonth.month).between(days.first, days.last), *like(scope, StationMonth))
    if station is not None:
        query = query.where(StationMonth.station_id == station)
    sets: dict[tuple[int, object], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for place, month, planned, aired in session.connection().execute(query).all():
        known = sets[place, month]
        sets[place, month] = known[0] | int(planned or "0", 16), known[1] | int(aired or "0", 16)
    return (
        sum(planned.bit_count() for planned, _ in sets.values()),
        sum(aired.bit_count() for _, aired in sets.values()),
    )


def _count_waiting(session: Session, scope: Scope, window: Period, now: datetime) -> tuple[int, int]:
    """Sessions in which nothing of the scope has aired whole and something waits: over, and still to come."""
    over: set[tuple[int, object, int]] = set()
    upcoming: set[tuple[int, object, int]] = set()
    known = _read_pieces(session, scope)
    for station, days in scope.segments(window):
        query = select_columns(
            Airing.station_id, Airing.local_date, Airing.slot_id, Airing.ends_at, Airing.asset_id
        ).where(
            *_WAITING, col(Airing.local_date).between(days.first, days.last), *_at(Airing, station)
        )  # fmt: skip
        for place, day, slot, ends_at, asset in session.execute(query):
            if asset in known:
                (over if ends_at <= now else upcoming).add((place, day, slot))
    aired = set(_aired_sessions(session, scope, window, {day for _, day, _ in over | upcoming}))
    return len(over - aired), len(upcoming - over - aired)


def _aired_sessions(
    session: Session, scope: Scope, window: Period, days: set[object]
) -> Iterator[tuple[int, object, int]]:
    if not days:
        return
    for station, part in scope.segments(window):
        query = (
            select_columns(AsRun.station_id, AsRun.local_date, Airing.slot_id)
            .join(Airing, col(Airing.id) == col(AsRun.airing_id))
            .join(Asset, col(Asset.id) == col(AsRun.asset_id))
            .where(
                col(AsRun.state) == AiringState.AIRED,
                col(AsRun.local_date).in_(days),
                col(AsRun.local_date).between(part.first, part.last),
                col(Asset.kind).in_(CONTENT),
                *_at(AsRun, station),
                *like(scope),
            )
        )
        yield from (tuple(row) for row in session.execute(query))


def _at(table: type[Airing | AsRun], station: int | None) -> list[Any]:
    return [] if station is None else [col(table.station_id) == station]


def like(scope: Scope, table: type[Asset | StationMonth] = Asset) -> list[Any]:
    """The labels of a scope as conditions: a code covers what is under it."""
    found: list[Any] = []
    for name, code in (("theme", scope.theme), ("audience", scope.audience), ("form", scope.form)):
        if code is not None:
            column = getattr(table, name)
            found.append(or_(column == code, column.startswith(f"{code}.", autoescape=True)))
    if scope.language is not None:
        found.append(col(table.language) == scope.language)
    return found
