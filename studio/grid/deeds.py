"""Every change of a grid as one entry of the audit log that can be taken back.

Missing
└── DeedUnknown
Conflict
├── DeedUndone
├── GridChangedSince
└── DeedHasAired

An entry holds the rows that a deed changed, as they were and as they became. To take it back is to make them
what they were, if nothing has changed them since and nothing that was published or aired hangs on them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Text, cast
from sqlmodel import Session, SQLModel, col, select

from assets.errors import Conflict, Missing
from assets.messages import say
from scheduler.grid import Campaign, CampaignStation, Cluster, HolidayChange, SlotOverride
from scheduler.models import Airing, AiringState, Slot, SlotException, Station
from scheduler.slots import refuse_clashes
from studio.grid.clearing import clear_displaced, list_published
from studio.people.audit import record
from studio.people.models import AuditEntry, User
from studio.people.permissions import Action, require

Row = dict[str, Any]
Picture = dict[str, dict[str, Row]]
"""Rows by table and key, as plain values."""
# In the order in which they may be written: what others refer to comes first.
TABLES: tuple[type[SQLModel], ...] = (
    Station, HolidayChange, Campaign, CampaignStation, Slot, SlotException, SlotOverride, Cluster,
)  # fmt: skip


class DeedUnknown(Missing):
    """No change of a grid has this number."""


class DeedUndone(Conflict):
    """It has been taken back already."""


class GridChangedSince(Conflict):
    """What the deed changed is not as it left it."""


class DeedHasAired(Conflict):
    """Something that was published or aired belongs to a slot that would vanish."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A change as it is shown; `is_open` says whether it can still be taken back by its state."""

    number: int
    at: datetime
    by: str
    words: str
    is_open: bool
    needs: Action
    """What takes it back may only be done by who might have done it."""


@contextmanager
def doing(
    session: Session, stations: Sequence[Station], deed: str, *, by: str, now: datetime, **told: object
) -> Iterator[None]:
    """Record what the block changes in the grids of `stations`; `told` fills the deed's sentence.

    Planned pieces that have lost their place are taken out: they are placed anew with the next filling.
    """
    before = take_picture(session, stations)
    yield
    _close(session, stations, deed, before, by=by, now=now, told=told)


def _close(
    session: Session, stations: Sequence[Station], deed: str, before: Picture,
    *, by: str, now: datetime, told: dict[str, object], undoes: int | None = None,
) -> None:  # fmt: skip
    session.flush()
    after = take_picture(session, stations)
    old, new = compare(before, after)
    if not old and not new:
        return
    clear_displaced(session, stations, now=now)
    codes = [station.code for station in stations]
    record(
        session, at=now, by=by, action=f"grid.{deed}", subject=f"grid/{codes[0] if codes else 'all'}",
        before={"rows": old},
        after={"rows": new, "stations": codes, "told": told} | ({"undoes": undoes} if undoes else {}),
    )  # fmt: skip


def take_picture(session: Session, stations: Sequence[Station]) -> Picture:
    ids = [station.id for station in stations]
    slots = select(Slot.id).where(col(Slot.station_id).in_(ids))
    found: Picture = {}
    for table in TABLES:
        query = select(table)
        if table in (Slot, Cluster, CampaignStation):
            query = query.where(col(table.station_id).in_(ids))
        elif table in (SlotException, SlotOverride):
            query = query.where(col(table.slot_id).in_(slots))
        elif table is Station:
            query = query.where(col(Station.id).in_(ids))
        found[name_table(table)] = {_key(row): row.model_dump(mode="json") for row in session.exec(query)}
    return found


def compare(before: Picture, after: Picture) -> tuple[Picture, Picture]:
    """What of each is not in the other."""
    old: Picture = {}
    new: Picture = {}
    for name in before:
        for here, there, kept in ((before, after, old), (after, before, new)):
            rows = {key: row for key, row in here[name].items() if there[name].get(key) != row}
            if rows:
                kept[name] = rows
    return old, new


def list_deeds(session: Session, station: Station, *, limit: int = 12) -> list[Deed]:
    """The latest changes of the station's grid, newest first."""
    # The text of the column narrows it down in the database; whose deed it is says the list in it.
    named = cast(col(AuditEntry.after), Text).contains(f'"{station.code}"', autoescape=True)
    rows = session.exec(
        select(AuditEntry)
        .where(col(AuditEntry.action).startswith("grid."), named)
        .order_by(col(AuditEntry.id).desc())
        .execution_options(yield_per=limit)
    )
    ours = list(islice((one for one in rows if station.code in _read(one.after, "stations", [])), limit))
    rows.close()
    # What undid a deed is of the same stations, and newer.
    undone = {_read(one.after, "undoes", None) for one in ours}
    now = take_picture(session, [station])
    return [
        Deed(
            number=one.id or 0,
            at=one.at,
            by=one.by,
            words=say(f"grid.deed.{one.action.removeprefix('grid.')}", **_read(one.after, "told", {})),
            is_open=one.id not in undone
            and bool(_read(one.before, "rows", {}) or _read(one.after, "rows", {}))
            and _still_stands(_read(one.after, "rows", {}), now),
            needs=_find_need(one),
        )
        for one in ours
    ]


def undo_at(session: Session, station: Station, number: int, *, user: User, now: datetime) -> None:
    """Take back a deed of this station's grid, for a person who might have done it.

    Raises:
        DeedUnknown: it is of no grid, or of another station's.
        NotAllowed; as `undo`
    """
    entry = _find(session, number)
    if station.code not in _read(entry.after, "stations", []):
        raise DeedUnknown(number=number)
    require(user, _find_need(entry), station)
    undo(session, number, by=user.username, now=now)


def undo(session: Session, number: int, *, by: str, now: datetime) -> None:
    """Make the rows what they were before the deed; that is a deed too, and can be undone.

    Raises:
        DeedUnknown, DeedUndone, GridChangedSince, DeedHasAired
        SlotsOverlap, SlotInQuietHours: what was there before is not free any more.
    """
    entry = _find(session, number)
    later = select(AuditEntry).where(AuditEntry.action == "grid.undo", col(AuditEntry.id) > number)
    if any(one.after and one.after.get("undoes") == number for one in session.exec(later)):
        raise DeedUndone(number=number)
    codes = _read(entry.after, "stations", [])
    stations = list(session.exec(select(Station).where(col(Station.code).in_(codes))))
    present = take_picture(session, stations)
    new, old = _read(entry.after, "rows", {}), _read(entry.before, "rows", {})
    if not (new or old) or not _stands(new, old, present):
        raise GridChangedSince(number=number)
    with session.begin_nested():
        _restore(session, stations, old, new, now=now)
        for station in stations:
            slots = session.exec(select(Slot.id).where(Slot.station_id == station.id)).all()
            refuse_clashes(session, station, [one for one in slots if one is not None])
    what = say(f"grid.deed.{entry.action.removeprefix('grid.')}", **_read(entry.after, "told", {}))
    _close(session, stations, "undo", present, by=by, now=now, told={"what": what}, undoes=number)


def _find(session: Session, number: int) -> AuditEntry:
    entry = session.get(AuditEntry, number)
    if entry is None or not entry.action.startswith("grid."):
        raise DeedUnknown(number=number)
    return entry


def _find_need(entry: AuditEntry) -> Action:
    tables = _read(entry.before, "rows", {}).keys() | _read(entry.after, "rows", {}).keys()
    of_stations = {name_table(Station), name_table(Cluster)}
    return Action.EDIT_STATIONS if tables & of_stations else Action.EDIT_GRID


def _restore(
    session: Session, stations: Sequence[Station], old: Picture, new: Picture, *, now: datetime
) -> None:
    published = {station.id: list_published(session, station) for station in stations}
    for table in reversed(TABLES):
        name = name_table(table)
        for key in new.get(name, {}).keys() - old.get(name, {}).keys():
            row = session.get_one(table, _read_key(table, new[name][key]))
            if isinstance(row, Slot):
                _free(session, row, published[row.station_id], now=now)
            session.delete(row)
        session.flush()
    for table in TABLES:
        name = name_table(table)
        for kept in old.get(name, {}).values():
            fresh = table.model_validate(kept)
            present = session.get(table, _read_key(table, kept))
            if present is None:
                session.add(fresh)
            else:
                for field in table.model_fields:
                    setattr(present, field, getattr(fresh, field))
                session.add(present)
            session.flush()  # one by one: slots refer to slots


def _free(session: Session, slot: Slot, published: frozenset[Any], *, now: datetime) -> None:
    """Take the pieces out that are only planned in a slot that is to vanish."""
    for airing in session.exec(select(Airing).where(Airing.slot_id == slot.id)):
        if (
            airing.state is not AiringState.PLANNED
            or airing.starts_at <= now
            or airing.local_date in published
        ):
            raise DeedHasAired(slot=slot.name, day=f"{airing.local_date:%d/%m/%Y}")
        session.delete(airing)
    session.flush()


def _still_stands(new: Picture, present: Picture) -> bool:
    """Whether the rows that a deed left and that are in the picture are as it left them."""
    return all(present[name].get(key, row) == row for name, rows in new.items() for key, row in rows.items())


def _stands(new: Picture, old: Picture, present: Picture) -> bool:
    kept = all(present[name].get(key) == row for name, rows in new.items() for key, row in rows.items())
    gone = all(
        key not in present[name] for name, rows in old.items() for key in rows if key not in new.get(name, {})
    )
    return kept and gone


def name_table(table: type[SQLModel]) -> str:
    return str(table.__tablename__)


def _key(row: SQLModel) -> str:
    return "-".join(str(getattr(row, name)) for name in _list_keys(type(row)))


def _list_keys(table: type[SQLModel]) -> list[str]:
    return [column.name for column in table.__table__.primary_key]  # type: ignore[attr-defined]


def _read_key(table: type[SQLModel], row: Row) -> Any:
    fresh = table.model_validate(row)
    keys = tuple(getattr(fresh, name) for name in _list_keys(table))
    return keys if len(keys) > 1 else keys[0]


def _read(kept: dict[str, object] | None, name: str, empty: Any) -> Any:
    return (kept or {}).get(name, empty)
