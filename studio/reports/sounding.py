"""What was on air in a period, as sums by day or month: from the rollup, so that years are read at once.

Single rows are read only to trace figures in data files, and only as long as they are few enough to list.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlmodel import Session, col, func, select

from assets.units import VIETNAM
from scheduler.models import DistrictMonth, Station, StationCalendar, StationMonth
from scheduler.relays import RELAY_LABELS, list_carried, sum_relays
from scheduler.rollup import settle_rollup
from scheduler.sums import (
    FIGURES,
    Labels,
    Sums,
    end_of,
    month_of,
    select_columns,
    sum_calendar,
    sum_days,
    sum_each_day,
    sum_over,
)
from studio.planning.counting import AiredRow, count_aired
from studio.planning.periods import Period
from studio.planning.scope import split_months

MAX_DAY_BARS = 35
"""Up to so many days are shown day by day, more of them month by month."""
MOST_TRACED = 60_000
"""So many rows are listed behind the figures at most."""
_Key = TypeVar("_Key", bound=Hashable)
_Cell = TypeVar("_Cell", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of piece, in a day or month; labels that a piece lacks are empty."""

    bar: date
    theme: str
    audience: str
    form: str
    language: str
    origin: str


@dataclass(frozen=True, slots=True)
class Place:
    """A station in a day or month, by the origin of what it aired."""

    bar: date
    station: str
    origin: str


@dataclass(frozen=True, slots=True)
class DayOnAir:
    """One day of all stations together."""

    planned: int
    aired: int
    aired_ms: int


@dataclass(frozen=True, slots=True)
class Airtime:
    """The sums of a period; a bar is a day of a short one, and the first day of a month of a long one."""

    first: date
    last: date
    now: datetime
    kinds: Mapping[Kind, Sums]
    places: Mapping[Place, Sums]
    days: Mapping[date, DayOnAir]
    days_on_air: Mapping[str, int]
    other_ms: Mapping[str, int]
    """Of each station, tunes and files that nobody knows."""
    details: Mapping[tuple[date, str, str], Sums] | None
    """By day, station and theme, where there are few enough of them."""
    rows: tuple[AiredRow, ...] | None
    """Every as-run row of the period, where they were asked for and are few enough to list."""
    relays: Mapping[tuple[str, str], Sums]
    """By station and source: what was carried of others' programmes; counted in all the other sums too."""
    stations: Mapping[str, str]
    """Code to name, in the order of the stations."""
    is_sample: bool

    @property
    def is_daily(self) -> bool:
        return (self.last - self.first).days < MAX_DAY_BARS

    @property
    def heard(self) -> tuple[AiredRow, ...]:
        """The listed rows that are content."""
        return tuple(row for row in self.rows or () if row.labels.is_content)

    @property
    def total(self) -> Sums:
        return self.sum_kinds(lambda _: "").get("", Sums())

    @property
    def bars(self) -> list[date]:
        days = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return list(dict.fromkeys(day if self.is_daily else month_of(day) for day in days))

    def sum_kinds(self, key: Callable[[Kind], _Key]) -> dict[_Key, Sums]:
        return _add_up(self.kinds, key)

    def sum_places(self, key: Callable[[Place], _Key]) -> dict[_Key, Sums]:
        return _add_up(self.places, key)


def _add_up(cells: Mapping[_Cell, Sums], key: Callable[[_Cell], _Key]) -> dict[_Key, Sums]:
    found: dict[_Key, Sums] = defaultdict(Sums)
    for cell, sums in cells.items():
        found[key(cell)].add(sums)
    return dict(found)


def gather_airtime(
    session: Session, first: date, last: date, *, now: datetime, traced: bool = False
) -> Airtime:
    """What was planned and aired on the days from `first` to `last`; with `traced`, its rows too."""
    settle_rollup(session)
    stations = session.exec(select(Station).order_by(Station.kind, Station.code)).all()
    gatherer = _Gatherer(session, {one.id or 0: one.code for one in stations}, now)
    if (last - first).days < MAX_DAY_BARS:
        gatherer.read_days(Period(first, last))
    else:
        months, edges = split_months(Period(first, last))
        gatherer.read_months(months)
        for edge in edges:
            gatherer.read_edge(edge)
    relays = gatherer.read_relays(Period(first, last))
    days, days_on_air, other_ms = gatherer.read_calendar(Period(first, last))
    is_short = traced and sum(one.planned + one.aired for one in days.values()) <= 2 * MOST_TRACED
    if is_short and gatherer.details is None:
        gatherer.read_details(Period(first, last))
    return Airtime(
        first=first,
        last=last,
        now=now,
        kinds=gatherer.kinds,
        places=gatherer.places,
        days=days,
        days_on_air=days_on_air,
        other_ms=other_ms,
        details=gatherer.details,
        rows=tuple(count_aired(session, first, last)) if is_short else None,
        relays=relays,
        stations={station.code: station.name for station in stations},
        is_sample=any(station.is_sample for station in stations),
    )


class _Gatherer:
    """Sums while they are read."""

    def __init__(self, session: Session, codes: Mapping[int, str], now: datetime) -> None:
        self._session, self._codes, self._now = session, codes, now
        self.kinds: dict[Kind, Sums] = defaultdict(Sums)
        self.places: dict[Place, Sums] = defaultdict(Sums)
        self.details: dict[tuple[date, str, str], Sums] | None = None

    def _take(self, bar: date, station_id: int, labels: Labels, sums: Sums) -> None:
        self.kinds[Kind(bar, *labels)].add(sums)
        self.places[Place(bar, self._codes[station_id], labels[4])].add(sums)

    def read_relays(self, days: Period) -> dict[tuple[str, str], Sums]:
        """Relays by day of a short period or month of a long one; the rollup knows none of them."""
        found: dict[tuple[str, str], Sums] = defaultdict(Sums)
        if days.days <= MAX_DAY_BARS:
            each = [days.first + timedelta(days=number) for number in range(days.days)]
            bars = {day: Period(day, day) for day in each}
        else:
            months, edges = split_months(days)
            parts = [*(Period(month, end_of(month)) for month in months), *edges]
            bars = {month_of(part.first): part for part in parts}
        for bar, part in bars.items():
            for (station_id, source), sums in sum_relays(
                self._session, part.first, part.last, self._now
            ).items():
                self._take(bar, station_id, RELAY_LABELS, sums)
                found[self._codes[station_id], source].add(sums)
        return dict(found)

    def read_days(self, days: Period) -> None:
        for (day, station_id, labels), sums in self.read_details(days).items():
            self._take(day, station_id, labels, sums)

    def read_details(self, days: Period) -> dict[tuple[date, int, Labels], Sums]:
        found = sum_each_day(self._session, days.first, days.last, self._now)
        details: dict[tuple[date, str, str], Sums] = defaultdict(Sums)
        for (day, station_id, labels), sums in found.items():
            details[day, self._codes[station_id], labels[0]].add(sums)
        self.details = dict(details)
        return found

    def read_edge(self, days: Period) -> None:
        found = sum_days(self._session, days.first, days.last, now=self._now)
        for (station_id, labels), sums in found.items():
            self._take(month_of(days.first), station_id, labels, sums)

    def read_months(self, months: Sequence[date]) -> None:
        if not months:
            return
        today = self._now.astimezone(VIETNAM).date()
        near = month_of(today - timedelta(days=1))
        connection = self._session.connection()
        between = (months[0], months[-1])
        names = ("month", "theme", "audience", "form", "language", "origin", *FIGURES)
        query = select_columns(*(getattr(DistrictMonth, name) for name in names))
        for bar, *cells in connection.execute(query.where(col(DistrictMonth.month).between(*between))):
            sums = _read(cells[5:], over=bar < near)
            self.kinds[Kind(bar, *cells[:5])].add(sums)
        key = (StationMonth.month, StationMonth.station_id, StationMonth.origin)
        figures = [func.sum(getattr(StationMonth, name)) for name in FIGURES]
        query = select_columns(*key, *figures).where(col(StationMonth.month).between(*between))
        for bar, station_id, origin, *cells in connection.execute(query.group_by(*key)):
            sums = _read(cells, over=bar < near)
            self.places[Place(bar, self._codes[station_id], origin)].add(sums)
        # A broadcast day may run past midnight: near today, the clock decides what is over.
        for month in {near, month_of(today + timedelta(days=1))} & set(months):
            until = min(end_of(month), today + timedelta(days=1))
            for (station_id, labels), sums in sum_over(self._session, month, until, self._now).items():
                self._take(month, station_id, labels, sums)

    def read_calendar(self, days: Period) -> tuple[dict[date, DayOnAir], dict[str, int], dict[str, int]]:
        """Of all stations each day, of each station its days on air and what was no content."""
        sums: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
        on_air: dict[str, int] = defaultdict(int)
        other: dict[str, int] = defaultdict(int)

        carried = list_carried(self._session, days.first, days.last)

        def take(station_id: int, day: date, cells: list[int]) -> None:
            code = self._codes[station_id]
            on_air[code] += cells[2] + cells[3] > 0 and (station_id, day) not in carried
            other[code] += cells[3]
            total = sums[day]
            for at in range(3):
                total[at] += cells[at]

        months, edges = split_months(days)
        if months:
            kept = select_columns(StationCalendar.station_id, StationCalendar.month, StationCalendar.days)
            query = kept.where(col(StationCalendar.month).between(months[0], months[-1]))
            for station_id, month, cells in self._session.connection().execute(query):
                for number, one in enumerate(cells, start=1):
                    if any(one):
                        take(station_id, month.replace(day=number), one)
        for edge in edges:
            for (station_id, day), one in sum_calendar(self._session, edge.first, edge.last).items():
                take(station_id, day, one.cells)
        for station_id, _ in carried:
            on_air[self._codes[station_id]] += 1
        found = {day: DayOnAir(*cells) for day, cells in sorted(sums.items())}
        return found, on_air, other


def _read(figures: list[int], *, over: bool) -> Sums:
    sums = Sums(*map(int, figures))
    if over:
        sums.over, sums.over_ms = sums.waiting, sums.waiting_ms
    return sums
