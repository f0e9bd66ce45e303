"""Organisations in their time: who exists when, who took over from whom, whose a station is.

Missing
└── UnitUnknown
Conflict
├── UnitTaken
└── UnitGone
Invalid
└── UnitUnusable

Units merge and are renamed, and their history stays: what happened in a merged commune is a fact about that
commune, and counts for the successor from then on. So a unit counts itself, those below it, and those that
it took over, each at its own time; nothing is moved or written anew.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cache

from sqlmodel import Session, col, select

from assets.errors import Conflict, Invalid, Missing
from scheduler.models import Station
from scheduler.stations import CODE, find_station
from studio.people.audit import record
from studio.planning.models import StationUnit, Unit, UnitKind
from studio.planning.periods import Period


class UnitUnknown(Missing):
    """No unit has this code; names the nearest."""


class UnitTaken(Conflict):
    """Another unit has this code."""


class UnitGone(Conflict):
    """A unit that has ended, or already has a successor, is merged or renamed again."""


class UnitUnusable(Invalid):
    """A field of the unit has a value that cannot be used."""


def add_unit(session: Session, unit: Unit, *, by: str, now: datetime) -> Unit:
    """The unit, kept; adding the very same again gives the one that is there.

    Raises:
        UnitUnusable: names the field. UnitTaken
    """
    for name, good in (
        ("code", CODE.fullmatch(unit.code)),
        ("name", unit.name.strip()),
        ("valid_until", (unit.valid_from or date.min) <= (unit.valid_until or date.max)),
        ("households", unit.households is None or unit.households > 0),
        ("parent", unit.parent_id is None or unit.parent_id != unit.id),
    ):
        if not good:
            raise UnitUnusable(unit=unit.code[:60], field=name, value=getattr(unit, name, unit.parent_id))
    known = session.exec(select(Unit).where(Unit.code == unit.code)).one_or_none()
    if known is None:
        session.add(unit)
        session.flush()
        record(session, at=now, by=by, action="unit.add", subject=f"unit/{unit.code}", after=describe(unit))
        return unit
    if describe(known) != describe(unit):
        raise UnitTaken(code=unit.code, name=known.name)
    return known


def find_unit(session: Session, code: str) -> Unit:
    """Raises: UnitUnknown."""
    unit = session.exec(select(Unit).where(Unit.code == code)).one_or_none()
    if unit is not None:
        return unit
    valid = sorted(session.exec(select(Unit.code)))
    nearest = get_close_matches(code[:60], valid, n=5, cutoff=0.4)
    names = [*nearest, *(name for name in valid if name not in nearest)]
    raise UnitUnknown(code=code[:60], valid=", ".join(names[:20]) or "-")


def list_units(session: Session, *, on: date | None = None, kind: UnitKind | None = None) -> list[Unit]:
    """Units by name; with `on`, those that exist on that day."""
    units = session.exec(select(Unit).order_by(col(Unit.name), col(Unit.code)))
    return [unit for unit in units if (on is None or exists(unit, on)) and kind in (None, unit.kind)]


def exists(unit: Unit, day: date) -> bool:
    return (unit.valid_from or date.min) <= day <= (unit.valid_until or date.max)


def change_unit(
    session: Session,
    code: str,
    *,
    name: str | None = None,
    parent: str | None = None,
    households: int | None = None,
    by: str,
    now: datetime,
) -> Unit:
    """Correct what was recorded of a unit; a new name by decision is `succeed`, which keeps the old one.

    Raises:
        UnitUnknown, UnitUnusable
    """
    unit = find_unit(session, code)
    before = describe(unit)
    if name is not None:
        unit.name = name.strip()
    if parent is not None:
        above = find_unit(session, parent)
        if above.id == unit.id or unit.id in {one.id for one in list_above(session, above)}:
            raise UnitUnusable(unit=code, field="parent", value=parent)
        unit.parent_id = above.id
    if households is not None:
        unit.households = households
    if not unit.name or (unit.households is not None and unit.households < 1):
        raise UnitUnusable(unit=code, field="households" if unit.name else "name", value=households or name)
    session.add(unit)
    session.flush()
    record(
        session, at=now, by=by, action="unit.change", subject=f"unit/{code}", before=before,
        after=describe(unit),
    )  # fmt: skip
    return unit


def succeed(
    session: Session, codes: Sequence[str], successor: Unit, *, on: date, by: str, now: datetime
) -> Unit:
    """From the day `on` the successor stands in the place of the units: a merger, or of one a new name.

    They end the day before. Their stations belong to the successor, and what is below them counts for it
    through them.

    Raises:
        UnitUnknown, UnitTaken, UnitUnusable
        UnitGone: one of them has ended already.
    """
    old = [find_unit(session, code) for code in dict.fromkeys(codes)]
    for unit in old:
        if (
            unit.successor_id is not None
            or not exists(unit, on - timedelta(days=1))
            or unit.code == successor.code
        ):
            raise UnitGone(unit=unit.name, day=f"{on:%d/%m/%Y}")
    successor.valid_from = successor.valid_from or on
    if successor.parent_id is None:
        successor.parent_id = old[0].parent_id
    if successor.households is None and all(unit.households for unit in old):
        successor.households = sum(unit.households or 0 for unit in old)
    successor = add_unit(session, successor, by=by, now=now)
    owners = read_owners(session)
    for unit in old:
        before = describe(unit)
        unit.valid_until, unit.successor_id = on - timedelta(days=1), successor.id
        session.add(unit)
        for owner in owners:
            if owner.unit_id == unit.id and owner.period.first <= on <= owner.period.last:
                assign_station(session, owner.station_id, successor, on=on)
        record(
            session, at=now, by=by, action="unit.succeed", subject=f"unit/{unit.code}", before=before,
            after={**describe(unit), "successor": successor.code},
        )  # fmt: skip
    session.flush()
    return successor


def assign_station(session: Session, station: str | int, unit: Unit, *, on: date) -> None:
    """The station belongs to the unit from the day `on`, until a later assignment.

    Raises:
        StationUnknown
    """
    station_id = find_station(session, station).id if isinstance(station, str) else station
    assert station_id is not None
    assert unit.id is not None
    row = session.exec(
        select(StationUnit).where(StationUnit.station_id == station_id, StationUnit.valid_from == on)
    ).one_or_none()
    row = row or StationUnit(station_id=station_id, unit_id=unit.id, valid_from=on)
    row.unit_id = unit.id
    session.add(row)
    session.flush()


@dataclass(frozen=True, slots=True)
class Owner:
    """In which days a station belonged to which unit."""

    station_id: int
    unit_id: int
    period: Period


def read_owners(session: Session) -> list[Owner]:
    """Who owned each station when; the days of a station never overlap."""
    rows: dict[int, list[tuple[int, date]]] = defaultdict(list)
    query = select(StationUnit.station_id, StationUnit.unit_id, col(StationUnit.valid_from))
    for station_id, unit_id, begin in session.exec(query.order_by(col(StationUnit.valid_from))):
        rows[station_id].append((unit_id, begin))
    owners = []
    for station_id, mine in rows.items():
        ends = [begin - timedelta(days=1) for _, begin in mine[1:]] + [date.max]
        owners += [
            Owner(station_id, unit_id, Period(begin, end))
            for (unit_id, begin), end in zip(mine, ends, strict=True)
        ]
    return owners


def list_counted(units: Iterable[Unit], code: str) -> frozenset[int]:
    """The ids of all units that count for this one: itself, those below it, those that it took over."""
    return count_units(units)(code)


def count_units(units: Iterable[Unit]) -> Callable[[str], frozenset[int]]:
    """`list_counted` of many codes."""
    under: dict[int | None, list[int]] = defaultdict(list)
    named: dict[str, list[int]] = defaultdict(list)
    for unit in units:
        number = unit.id or 0
        under[unit.parent_id].append(number)
        under[unit.successor_id].append(number)
        named[unit.code].append(number)

    @cache
    def count(code: str) -> frozenset[int]:
        waiting, found = list(named.get(code, ())), set()
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting += under.get(number, ())
        return frozenset(found)

    return count


def list_above(session: Session, unit: Unit) -> list[Unit]:
    """The unit, the one above it, and so on."""
    found = [unit]
    while (above := found[-1].parent_id) is not None and above not in {one.id for one in found}:
        found.append(session.get_one(Unit, above))
    return found


def name_at(units: Mapping[int, Unit], unit_id: int, day: date) -> Unit:
    """The unit that stands in the place of this one on a day: itself in its time, then who took over."""
    unit = units[unit_id]
    while unit.successor_id is not None and (unit.valid_until or date.max) < day:
        unit = units[unit.successor_id]
    return unit


def station_unit(session: Session, station_id: int, day: date) -> Unit | None:
    """Whose the station is on a day."""
    for owner in read_owners(session):
        if owner.station_id == station_id and owner.period.first <= day <= owner.period.last:
            return session.get_one(Unit, owner.unit_id)
    return None


def name_stations(session: Session) -> dict[int, str]:
    """The code of each station by its id."""
    return {station.id or 0: station.code for station in session.exec(select(Station))}


def make_unit_code(name: str) -> str:
    """A code for a name: `Xã Ia Đal` is `xa-ia-dal`."""
    from studio.planning.source import fold

    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:40].strip("-")


def describe(unit: Unit) -> dict[str, object]:
    """A unit as the audit keeps it."""
    return unit.model_dump(mode="json", exclude={"id"})
