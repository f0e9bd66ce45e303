"""Which themes were heard where: minutes by theme and unit, for a map that is read by its figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col

from scheduler.goals import covers
from scheduler.models import StationCalendar
from scheduler.rollup import settle_rollup
from scheduler.sums import select_columns, sum_days
from studio.planning.models import Plan, UnitKind
from studio.planning.periods import Period
from studio.planning.plans import list_themes
from studio.planning.scope import Scope, read_ground, split_months
from studio.planning.units import exists

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


def map_minutes(session: Session, plan: Plan, days: Period) -> Heat:
    """The plan's themes by the communes that exist on the last of the days; by station without communes."""
    ground = read_ground(session, plan)
    units = list(ground.units.values())
    places: list[tuple[str, tuple[tuple[int, Period], ...]]] = []
    for unit in sorted(units, key=lambda one: one.name):
        if unit.kind == UnitKind.COMMUNE and exists(unit, days.last):
            counted = ground.count_units(unit.code)
            owned = [(one.station_id, one.period) for one in ground.owners if one.unit_id in counted]
            places.append((unit.name, tuple(owned)))
    if not places:
        whole = Period(days.first, days.last)
        places = [(one.name, ((one.id or 0, whole),)) for one in ground.stations.values()]
    themes = [theme for theme in list_themes(session, plan) if theme.parent_code is None]
    sounded = _sum_places(session, [Scope(places=owned) for _, owned in places], days)
    codes = [ground.theme_of_code(plan, theme.code) for theme in themes]
    heard = [
        [sum(length for own, length in place.items() if covers(code, own)) for place in sounded]
        for code in codes
    ]
    most = max((cell for row in heard for cell in row), default=0)
    rows = [
        HeatRow(
            theme.code, theme.title, tuple((cell, -(-cell * LEVELS // most) if most else 0) for cell in row)
        )
        for theme, row in zip(themes, heard, strict=True)
    ]
    return Heat(tuple(name for name, _ in places), tuple(rows))


def _sum_places(session: Session, scopes: Iterable[Scope], days: Period) -> list[dict[str, int]]:
    """Of each scope the milliseconds aired, by theme."""
    settle_rollup(session)
    months: dict[tuple[int | None, date], Mapping[str, int]] = {}
    whole, _ = split_months(days)
    if whole:
        kept = select_columns(StationCalendar.station_id, StationCalendar.month, StationCalendar.themes)
        query = kept.where(col(StationCalendar.month).between(whole[0], whole[-1]))
        for station, month, themes in session.connection().execute(query):
            months[station, month] = themes
    edges: dict[Period, dict[int | None, list[tuple[str, int]]]] = {}
    found = []
    for scope in scopes:
        total: dict[str, int] = defaultdict(int)
        for station, part in scope.segments(days):
            within, cut = split_months(part)
            cells = [item for month in within for item in months.get((station, month), {}).items()]
            for edge in cut:
                if edge not in edges:
                    edges[edge] = defaultdict(list)
                    for (place, labels), sums in sum_days(session, edge.first, edge.last).items():
                        edges[edge][place].append((labels[0], sums.aired_ms))
                cells += edges[edge].get(station, [])
            for theme, length in cells:
                total[theme] += length
        found.append(total)
    return found
