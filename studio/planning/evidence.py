"""The rows behind a figure: every sum of coverage opened again into what it is the sum of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from studio.activities.models import Activity, ActivityState
from studio.planning.counting import AiredRow, PlannedRow, count_aired, count_planned
from studio.planning.held import WORTH, counts_in, read_held
from studio.planning.models import Measure
from studio.planning.periods import Period
from studio.planning.scope import Ground, Question
from studio.planning.targets import ON_AIR


@dataclass(frozen=True, slots=True)
class Evidence:
    """What counts as aired or held, and what is planned but waits to be confirmed or to come."""

    aired: tuple[AiredRow, ...]
    unconfirmed: tuple[PlannedRow, ...]
    upcoming: tuple[PlannedRow, ...]
    activities: tuple[Activity, ...]
    """Held ones."""
    activities_waiting: tuple[Activity, ...]


def find_evidence(
    session: Session, ground: Ground, questions: Sequence[Question], now: datetime
) -> list[Evidence]:
    """The rows behind the answer to each question; the rows of all are read once."""
    if not questions:
        return []
    days = Period(
        min(question.window.first for question in questions),
        max(question.window.last for question in questions),
    )
    on_air = any(question.measure in ON_AIR for question in questions)
    stations = _list_stations(questions)
    aired = count_aired(session, days.first, days.last, stations=stations) if on_air else []
    planned = count_planned(session, days.first, days.last, stations=stations) if on_air else []
    held = read_held(session, ground, days)
    rows = _Rows(ground, aired, planned, held, now)
    return [rows.choose(question) for question in questions]


def _list_stations(questions: Sequence[Question]) -> set[int] | None:
    """The stations that any question is about; None if one is about all."""
    found: set[int] = set()
    for question in questions:
        if question.measure in ON_AIR:
            if question.scope.places is None:
                return None
            found.update(station for station, _ in question.scope.places)
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows of some days."""

    ground: Ground
    aired: Sequence[AiredRow]
    planned: Sequence[PlannedRow]
    held: Sequence[Activity]
    now: datetime

    def choose(self, question: Question) -> Evidence:
        """Those that the question is about."""
        scope, window, measure = question.scope, question.window, question.measure

        def belongs(row: AiredRow | PlannedRow) -> bool:
            labels = row.labels
            return (
                measure in ON_AIR
                and window.first <= row.local_date <= window.last
                and labels.is_content
                and scope.matches(labels.theme, labels.audience, labels.form, labels.language)
                and scope.holds(row.station_id, row.local_date)
            )

        minutes = measure == Measure.MINUTES
        waiting = [row for row in self.planned if belongs(row)]
        counted = [
            one
            for one in self.held
            if measure in WORTH and counts_in(self.ground, scope, window, one) and WORTH[measure](one)
        ]
        return Evidence(
            aired=tuple(
                row
                for row in self.aired
                if (row.counted_ms if minutes else row.counts_airing) and belongs(row)
            ),
            unconfirmed=tuple(row for row in waiting if row.is_unconfirmed(self.now)),
            upcoming=tuple(row for row in waiting if row.is_upcoming(self.now)),
            activities=tuple(one for one in counted if one.state == ActivityState.HELD),
            activities_waiting=tuple(one for one in counted if one.state == ActivityState.PLANNED),
        )
