"""The rows behind a figure: every sum of coverage opened again into what it is the sum of."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from sqlmodel import Session, and_, col, false, or_

from assets.models import Asset
from scheduler.bulk import many_objects
from scheduler.models import AiringState, AsRun
from scheduler.sums import CONTENT, COUNTED
from studio.activities.models import Activity, ActivityState
from studio.planning.counting import AiredRow, WaitingRow, count_aired, list_waiting
from studio.planning.distinct import like
from studio.planning.held import WORTH, counts_in, read_held
from studio.planning.models import Measure
from studio.planning.periods import Period
from studio.planning.scope import Ground, Question, Scope
from studio.planning.tallies import count_rows
from studio.planning.targets import ON_AIR

_Row = TypeVar("_Row", AiredRow, WaitingRow)
_Kind = tuple[str | None, str | None, str | None, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What counts as aired or held, and what is planned but waits to be confirmed or to come."""

    aired: tuple[AiredRow, ...]
    unconfirmed: tuple[WaitingRow, ...]
    upcoming: tuple[WaitingRow, ...]
    activities: tuple[Activity, ...]
    """Held ones."""
    activities_waiting: tuple[Activity, ...]


@many_objects()
def find_evidence(
    session: Session,
    ground: Ground,
    questions: Sequence[Question],
    now: datetime,
    *,
    aired: Sequence[AiredRow] | None = None,
) -> list[Evidence]:
    """The rows behind the answer to each question; the rows of all are read once, if `aired` does not say."""
    if not questions:
        return []
    days = Period(
        min(question.window.first for question in questions),
        max(question.window.last for question in questions),
    )
    waiting: list[WaitingRow] = []
    if any(question.measure in ON_AIR for question in questions):
        stations = _list_stations(questions)
        waiting = list_waiting(session, days.first, days.last, stations=stations)
        if aired is None:
            aired = count_aired(session, days.first, days.last, stations=stations)
    counted = [row for row in aired or () if row.state in COUNTED]
    evidence = _Rows(ground, _Sorted(counted), _Sorted(waiting), read_held(session, ground, days), now)
    return [evidence.choose(question) for question in questions]


def show_evidence(
    session: Session, ground: Ground, question: Question, now: datetime, *, most: int
) -> tuple[Evidence, int]:
    """What a page shows of the rows behind one answer: at most so many that aired, and how many there are."""
    scope, window = question.scope, question.window
    if question.measure not in ON_AIR:
        return find_evidence(session, ground, [question], now)[0], 0
    places = [
        and_(col(AsRun.station_id) == station, col(AsRun.local_date).between(days.first, days.last))
        for station, days in scope.segments(window)
        if station is not None
    ]
    there = [or_(false(), *places)] if scope.places is not None else []
    states = COUNTED if question.measure == Measure.MINUTES else [AiringState.AIRED]
    aired = count_aired(
        session, window.first, window.last, stations=_list_stations([question]), most=most,
        only=[col(AsRun.state).in_(states), col(Asset.kind).in_(CONTENT), *like(scope), *there],
    )  # fmt: skip
    (evidence,) = find_evidence(session, ground, [question], now, aired=aired)
    return evidence, count_rows(session, question, now)


def _list_stations(questions: Sequence[Question]) -> set[int] | None:
    """The stations that any question is about; None if one is about all."""
    found: set[int] = set()
    for question in questions:
        if question.measure in ON_AIR:
            if question.scope.places is None:
                return None
            found.update(station for station, _ in question.scope.places)
    return found


class _Sorted(Generic[_Row]):
    """Rows of content by station, labels and day: a question looks only at what may be its own."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._rows: Sequence[_Row] = rows
        self._cells: dict[int, dict[_Kind, list[tuple[date, int]]]] = defaultdict(lambda: defaultdict(list))
        for at, row in enumerate(rows):
            labels = row.labels
            if labels.is_content:
                kind = labels.theme, labels.audience, labels.form, labels.language
                self._cells[row.station_id][kind].append((row.local_date, at))
        for cells in self._cells.values():
            for cell in cells.values():
                cell.sort()

    def choose(self, scope: Scope, window: Period) -> list[_Row]:
        """Those of the scope on the days of the window, in the order they came in."""
        found: set[int] = set()
        for station, days in scope.segments(window):
            for cells in self._cells.values() if station is None else [self._cells.get(station, {})]:
                for kind, cell in cells.items():
                    if scope.matches(*kind):
                        begin = bisect_left(cell, (days.first, 0))
                        end = bisect_right(cell, (days.last, len(self._rows)))
                        found.update(at for _, at in cell[begin:end])
        return [self._rows[at] for at in sorted(found)]


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows of some days."""

    ground: Ground
    aired: _Sorted[AiredRow]
    waiting: _Sorted[WaitingRow]
    held: Sequence[Activity]
    now: datetime

    def choose(self, question: Question) -> Evidence:
        """Those that the question is about."""
        scope, window, measure = question.scope, question.window, question.measure
        on_air = measure in ON_AIR
        aired = self.aired.choose(scope, window) if on_air else []
        waiting = self.waiting.choose(scope, window) if on_air else []
        counted = [
            one
            for one in self.held
            if measure in WORTH and counts_in(self.ground, scope, window, one) and WORTH[measure](one)
        ]
        return Evidence(
            aired=tuple(row for row in aired if measure == Measure.MINUTES or row.counts_airing),
            unconfirmed=tuple(row for row in waiting if row.ends_at <= self.now),
            upcoming=tuple(row for row in waiting if row.ends_at > self.now),
            activities=tuple(one for one in counted if one.state == ActivityState.HELD),
            activities_waiting=tuple(one for one in counted if one.state == ActivityState.PLANNED),
        )
