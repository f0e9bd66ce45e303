"""Which themes were heard where: minutes by theme and unit, for a map that is read by its figures."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from studio.planning.models import Measure, Plan, UnitKind
from studio.planning.periods import Period
from studio.planning.plans import list_themes
from studio.planning.scope import Question, Scope, read_ground
from studio.planning.tallies import count_all
from studio.planning.units import exists, list_counted

LEVELS = 4


@dataclass(frozen=True, slots=True)
class HeatRow:
    code: str
    title: str
    cells: tuple[tuple[int, int], ...]
    """(milliseconds, level from 0 for nothing to 4 for the most), one for each column."""


@dataclass(frozen=True, slots=True)
class Heat:
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]


def map_minutes(session: Session, plan: Plan, days: Period, now: datetime) -> Heat:
    """The plan's themes by the communes that exist on the last of the days; by station without communes."""
    ground = read_ground(session, plan)
    units = list(ground.units.values())
    places: list[tuple[str, tuple[tuple[int, Period], ...]]] = []
    for unit in sorted(units, key=lambda one: one.name):
        if unit.kind == UnitKind.COMMUNE and exists(unit, days.last):
            counted = list_counted(units, unit.code)
            owned = [(one.station_id, one.period) for one in ground.owners if one.unit_id in counted]
            places.append((unit.name, tuple(owned)))
    if not places:
        whole = Period(days.first, days.last)
        places = [(one.name, ((one.id or 0, whole),)) for one in ground.stations.values()]
    themes = [theme for theme in list_themes(session, plan) if theme.parent_code is None]
    questions = [
        Question(Scope(theme=ground.theme_of_code(plan, theme.code), places=place), Measure.MINUTES, days)
        for theme in themes
        for _, place in places
    ]
    amounts = iter(count_all(session, ground, questions, now))
    heard = [[next(amounts).aired for _ in places] for _ in themes]
    most = max((cell for row in heard for cell in row), default=0)
    rows = [
        HeatRow(
            theme.code, theme.title, tuple((cell, -(-cell * LEVELS // most) if most else 0) for cell in row)
        )
        for theme, row in zip(themes, heard, strict=True)
    ]
    return Heat(tuple(name for name, _ in places), tuple(rows))
