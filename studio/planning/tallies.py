"""How much of what targets count was planned, aired, held: from the rollup, and by scan where days are cut.

A window is cut into whole local months, which stand summed in the rollup, and the days beside them, whose
rows are summed on the spot by the very same queries. What was done beside broadcasting is few rows, and is
counted from them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlmodel import Session, case, col, func, literal_column, select

from assets.units import VIETNAM
from scheduler.goals import covers
from scheduler.models import DistrictMonth, StationMonth
from scheduler.rollup import settle_rollup
from scheduler.sums import (
    FIGURES,
    Labels,
    Sums,
    add_up,
    end_of,
    month_of,
    select_columns,
    sum_days,
    sum_over,
)
from studio.planning.distinct import count_items, count_programmes
from studio.planning.held import count_held, count_households, read_held
from studio.planning.models import Measure
from studio.planning.periods import Period
from studio.planning.scope import Ground, Question, Scope, split_months

_Cells = dict[Labels, Sums]
_SUMMED = frozenset({Measure.AIRINGS, Measure.MINUTES})


@dataclass(frozen=True, slots=True)
class Amounts:
    """In the measure's unit, minutes as milliseconds.

    `planned` is all that was planned: of it `confirmed` is what a log or a person has confirmed,
    `unconfirmed` what has had its time, `upcoming` what has not; the rest is known to have failed. `aired` is
    what counts.
    """

    planned: int = 0
    confirmed: int = 0
    unconfirmed: int = 0
    upcoming: int = 0
    aired: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.planned + other.planned,
            self.confirmed + other.confirmed,
            self.unconfirmed + other.unconfirmed,
            self.upcoming + other.upcoming,
            self.aired + other.aired,
        )


def count_all(
    session: Session, ground: Ground, questions: Sequence[Question], now: datetime
) -> list[Amounts]:
    """The answer to each question, in order; what several need is read once."""
    settle_rollup(session)
    sums = _MonthSums(session, [one for one in questions if one.measure in _SUMMED], now)
    span = _span(one.window for one in questions)
    held = read_held(session, ground, span) if span else []
    today = now.astimezone(VIETNAM).date()

    def answer(question: Question) -> Amounts:
        if question.measure in _SUMMED:
            return _read(sums.add_up(question.scope, question.window), question.measure)
        if question.measure == Measure.PROGRAMMES:
            return Amounts(*count_programmes(session, question.scope, question.window, now))
        if question.measure == Measure.HOUSEHOLDS:
            return Amounts(*count_households(ground, question, held, today))
        amounts = Amounts(*count_held(ground, question, held, today))
        if question.measure == Measure.ITEMS:
            amounts += Amounts(*count_items(session, question.scope, question.window, now))
        return amounts

    return [answer(question) for question in questions]


def count_rows(session: Session, question: Question, now: datetime) -> int:
    """How many rows of logs are behind what aired."""
    settle_rollup(session)
    sums = _MonthSums(session, [question], now).add_up(question.scope, question.window)
    return sums.aired + (sums.partial if question.measure == Measure.MINUTES else 0)


def _read(sums: Sums, measure: Measure) -> Amounts:
    if measure == Measure.MINUTES:
        return Amounts(
            sums.planned_ms, sums.confirmed_ms, sums.over_ms, sums.waiting_ms - sums.over_ms, sums.aired_ms
        )
    return Amounts(sums.planned, sums.confirmed, sums.over, sums.waiting - sums.over, sums.aired)


class _MonthSums:
    """The sums that the questions need: of all stations, of single ones, of the days beside whole months."""

    def __init__(self, session: Session, questions: Sequence[Question], now: datetime) -> None:
        self._session, self._now = session, now
        self._today = now.astimezone(VIETNAM).date()
        self._near = month_of(self._today - timedelta(days=1))
        self._months: dict[tuple[int | None, date], _Cells] = defaultdict(dict)
        self._edges: dict[Period, dict[int | None, _Cells]] = {}
        self._fitting: dict[tuple[tuple[str | None, ...], int | None], list[Labels]] = {}
        self._kinds: dict[int | None, set[Labels]] = defaultdict(set)
        wanted: dict[int | None, set[date]] = defaultdict(set)
        runs: set[tuple[date, ...]] = set()
        themes: set[str | None] = set()
        edges: dict[Period, set[int | None]] = defaultdict(set)
        for question in questions:
            for station, days in question.scope.segments(question.window):
                months, cut = split_months(days)
                wanted[station].update(months)
                if station is not None:
                    themes.add(question.scope.theme)
                    runs.add(months)
                for one in cut:
                    edges[one].add(station)
        every = set().union(*wanted.values())
        self._read_district(wanted.pop(None, set()))
        self._read_stations(wanted, runs - {()}, themes)
        self._read_over(every)
        for days, stations in edges.items():
            self._read_edge(days, stations)

    def add_up(self, scope: Scope, window: Period) -> Sums:
        found: list[Sums] = []
        for station, days in scope.segments(window):
            fitting = self._fit(scope, station)
            months, cut = split_months(days)
            cells = [self._months.get((station, month), {}) for month in months]
            cells += [self._edges[one].get(station, {}) for one in cut]
            found += [cell[labels] for cell in cells for labels in fitting if labels in cell]
        return add_up(found)

    def _fit(self, scope: Scope, station: int | None) -> list[Labels]:
        key = (scope.labels, station)
        if key not in self._fitting:
            self._fitting[key] = [labels for labels in self._kinds[station] if scope.matches(*labels[:4])]
        return self._fitting[key]

    def _read_district(self, months: set[date]) -> None:
        if not months:
            return
        rows = self._session.connection().execute(
            select_columns(
                DistrictMonth.month,
                *_labels_of(DistrictMonth),
                *(getattr(DistrictMonth, name) for name in FIGURES),
            ).where(col(DistrictMonth.month).between(min(months), max(months)))
        )
        for month, *cells in rows.all():
            self._keep(None, month, cells)

    def _read_stations(
        self, wanted: dict[int | None, set[date]], runs: set[tuple[date, ...]], themes: set[str | None]
    ) -> None:
        """Single stations; where all questions name a theme, only those themes are read.

        Months that no question tells apart are summed by the database and kept under their first.
        """
        if not runs:
            return
        near = (self._near, _after(self._near), _after(_after(self._near)))
        begins = sorted({*near, *(one for months in runs for one in (months[0], _after(months[-1])))})
        labels = _labels_of(StationMonth)
        first = case(
            *((col(StationMonth.month) < later, begin) for begin, later in pairwise(begins)),
            else_=begins[-1],
        ).label("stretch")
        query = (
            select_columns(
                StationMonth.station_id, first, *labels,
                *(func.sum(getattr(StationMonth, name)) for name in FIGURES),
            )
            .where(
                col(StationMonth.station_id).in_(sorted(station for station in wanted if station)),
                col(StationMonth.month).in_(sorted({month for months in runs for month in months})),
            )
            .group_by(StationMonth.station_id, literal_column("stretch"), *labels)
        )  # fmt: skip
        if None not in themes:
            # Named one by one, they are looked up in the key of the table.
            known = self._session.exec(select(DistrictMonth.theme).distinct())
            fitting = sorted(one for one in known if any(covers(theme, one) for theme in themes))
            query = query.where(col(StationMonth.theme).in_(fitting))
        for station, month, *cells in self._session.connection().execute(query).all():
            self._keep(station, month, cells)

    def _keep(self, station: int | None, month: date, cells: list[Any]) -> None:
        """`cells` are labels and figures."""
        theme, audience, form, language, origin, *figures = cells
        labels, sums = (theme, audience, form, language, origin), Sums(*map(int, figures))
        # A broadcast day may run past midnight: near today, `_read_over` looks at the clock.
        if month < self._near:
            sums.over, sums.over_ms = sums.waiting, sums.waiting_ms
        self._months[station, month][labels] = sums
        self._kinds[station].add(labels)

    def _read_over(self, months: set[date]) -> None:
        """Of the months around today: what waits for a log although its time is over."""
        near = {self._near, month_of(self._today + timedelta(days=1))}
        for month in near & months:
            found = sum_over(
                self._session, month, min(end_of(month), self._today + timedelta(days=1)), self._now
            )
            for (station, labels), sums in found.items():
                for place in (None, station):
                    cell = self._months.get((place, month), {})
                    if labels in cell:  # not so: a theme or a station that no question is about
                        cell[labels].add(sums)

    def _read_edge(self, days: Period, stations: set[int | None]) -> None:
        chosen = None if None in stations else {station for station in stations if station is not None}
        cells: dict[int | None, _Cells] = defaultdict(lambda: defaultdict(Sums))
        found = sum_days(self._session, days.first, days.last, stations=chosen, now=self._now)
        for (station, labels), sums in found.items():
            for place in (station, None):
                cells[place][labels].add(sums)
                self._kinds[place].add(labels)
        self._edges[days] = cells


def _labels_of(table: type[StationMonth | DistrictMonth]) -> list[Any]:
    return [getattr(table, name) for name in ("theme", "audience", "form", "language", "origin")]


def _after(month: date) -> date:
    return end_of(month) + timedelta(days=1)


def _span(windows: Iterable[Period]) -> Period | None:
    days = [day for window in windows for day in (window.first, window.last)]
    return Period(min(days), max(days)) if days else None
