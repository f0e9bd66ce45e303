"""What a target counts, as values: labels in the codes of the whole plan, and places in their days."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from sqlmodel import Session, select

from scheduler.goals import covers
from scheduler.models import Station
from scheduler.sums import end_of, month_of
from studio.activities.models import Activity
from studio.planning.models import Measure, Plan, Target, Theme, Unit
from studio.planning.periods import Period
from studio.planning.plans import list_ancestors, list_audiences, list_family, list_forms, list_themes
from studio.planning.units import Owner, count_units, read_owners


@dataclass(frozen=True, slots=True)
class Scope:
    """Labels and places. `places` None is every station, `units` None every unit."""

    theme: str | None = None
    audience: str | None = None
    form: str | None = None
    language: str | None = None
    places: tuple[tuple[int, Period], ...] | None = None
    """(station, the days on which it counts)."""
    units: frozenset[int] | None = None

    @property
    def labels(self) -> tuple[str | None, ...]:
        return self.theme, self.audience, self.form, self.language

    def matches(self, theme: str | None, audience: str | None, form: str | None, language: str) -> bool:
        """Whether something with these labels is of the kind that counts."""
        return (
            covers(self.theme, theme or None)
            and covers(self.audience, audience or None)
            and covers(self.form, form or None)
            and self.language in (None, language)
        )

    def segments(self, window: Period) -> Iterator[tuple[int | None, Period]]:
        """The stations (None: all of them) that count in the window, each with its days."""
        if self.places is None:
            yield None, window
            return
        for station_id, days in self.places:
            part = window.within(days.first, days.last)
            if part is not None:
                yield station_id, part

    def holds(self, station_id: int, day: date) -> bool:
        """Whether what airs on a station on a day is in one of the places."""
        return self.places is None or any(
            station == station_id and days.first <= day <= days.last for station, days in self.places
        )


@dataclass(frozen=True, slots=True)
class Question:
    """Asks how much of `measure` there is in the scope on the days of the window."""

    scope: Scope
    measure: Measure
    window: Period


@dataclass(frozen=True, slots=True)
class Ground:
    """What targets refer to, read once: the family of plans, units, whose the stations are."""

    plan: Plan
    family: tuple[Plan, ...]
    """The plan and its sub-plans."""
    tree: frozenset[int]
    """The ids of all plans that the whole plan consists of: what is done for one counts for all."""
    units: Mapping[int, Unit]
    owners: Sequence[Owner]
    stations: Mapping[str, Station]
    to_root: Mapping[int, Callable[[str | None], str | None]]
    """Of each plan of the tree: a theme code of its own -> the code of the whole plan."""
    names: Mapping[tuple[str, str], str]
    count_units: Callable[[str], frozenset[int]]
    """The ids of the units that count for a code."""
    _scopes: dict[int, Scope] = field(default_factory=dict)

    def scope_of(self, target: Target) -> Scope:
        assert target.id is not None
        if target.id not in self._scopes:
            self._scopes[target.id] = self._read_scope(target)
        return self._scopes[target.id]

    def unit_code_of(self, target: Target) -> str | None:
        """The unit of the target; one without a place in the plan of a unit counts there."""
        plan = next((one for one in self.family if one.id == target.plan_id), self.plan)
        if target.unit is None and target.station is None and plan.unit_id is not None and plan.parent_id:
            return self.units[plan.unit_id].code
        return target.unit

    def theme_of(self, row: Target | Activity) -> str | None:
        """The theme of a target or an activity, in the codes of the whole plan."""
        to_root = self.to_root.get(row.plan_id)
        return to_root(row.theme) if to_root is not None else row.theme

    def theme_of_code(self, plan: Plan, code: str) -> str | None:
        """The same of a code of one of the plans."""
        return self.to_root[plan.id or 0](code)

    def _read_scope(self, target: Target) -> Scope:
        places: tuple[tuple[int, Period], ...] | None = None
        units: frozenset[int] | None = None
        code = self.unit_code_of(target)
        if target.station is not None:
            station = self.stations.get(target.station)
            places = ((station.id, Period(date.min, date.max)),) if station and station.id else ()
        elif code is not None:
            units = self.count_units(code)
            ends = next(unit.valid_until for unit in self.units.values() if unit.code == code) or date.max
            places = tuple(
                (owner.station_id, days)
                for owner in self.owners
                if owner.unit_id in units and (days := owner.period.within(None, ends)) is not None
            )
        return Scope(self.theme_of(target), target.audience, target.form, target.language, places, units)


def read_ground(session: Session, plan: Plan) -> Ground:
    """All that the targets of a plan and of its sub-plans refer to."""
    family = list_family(session, plan)
    tree = list_family(session, list_ancestors(session, plan)[-1])
    stations, units = session.exec(select(Station)).all(), session.exec(select(Unit)).all()
    names = {("station", row.code): row.name for row in stations}
    names |= {("unit", row.code): row.name for row in units}
    for one in (*reversed(family), *list_ancestors(session, plan)[1:]):
        for kind, rows in (
            ("theme", list_themes(session, one)),
            ("audience", list_audiences(session, one)),
            ("form", list_forms(session, one)),
        ):
            for row in rows:
                if one in family or (kind, row.code) not in names:
                    names[kind, row.code] = row.title
    return Ground(
        plan=plan,
        family=tuple(family),
        tree=frozenset(one.id for one in tree if one.id is not None),
        units={unit.id: unit for unit in units if unit.id is not None},
        owners=read_owners(session),
        stations={station.code: station for station in stations},
        to_root={one.id or 0: _map_themes(session, one) for one in tree},
        names=names,
        count_units=count_units(units),
    )


@lru_cache(maxsize=1000)
def split_months(days: Period) -> tuple[tuple[date, ...], tuple[Period, ...]]:
    """The whole months in some days, by their first day, and the days before and after them."""
    months: list[date] = []
    edges: list[Period] = []
    start = days.first
    while start <= days.last:
        month_end = end_of(start)
        if start == month_of(start) and month_end <= days.last:
            months.append(start)
        else:
            edges.append(Period(start, min(month_end, days.last)))
        start = month_end + timedelta(days=1)
    return tuple(months), tuple(edges)


def _map_themes(session: Session, plan: Plan) -> Callable[[str | None], str | None]:
    """A theme of the plan -> the theme that it is in the plan above, and so on up to the whole plan."""
    steps: list[dict[str, str]] = []
    for one in list_ancestors(session, plan)[:-1]:
        rows = session.exec(select(Theme).where(Theme.plan_id == one.id))
        steps.append({row.code: row.counts_as for row in rows if row.counts_as is not None})

    def to_root(code: str | None) -> str | None:
        for step in steps:
            if code is None:
                return None
            known = [own for own in step if covers(own, code)]
            if known:
                own = max(known, key=len)
                code = step[own] + code[len(own) :] if code != own else step[own]
        return code

    return to_root
