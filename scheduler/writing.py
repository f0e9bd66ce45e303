"""Sessions as plain rows, compared with what stands, and written: only what differs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from scheduler.keeping import SessionKey
from scheduler.models import Airing, ItemRole
from scheduler.sessions import PlannedAiring

Rows = list[dict[str, Any]]

PLACE = ("role", "asset_id", "starts_at", "ends_at")
"""What makes an airing; the rest explains it."""


@dataclass(frozen=True, slots=True)
class SessionChange:
    """A session before and after: its airings in order, as rows of plain JSON values."""

    station: str
    slot_id: int
    day: date
    before: Rows
    after: Rows

    @property
    def key(self) -> SessionKey:
        return self.slot_id, self.day

    def describe(self, airings: Rows) -> dict[str, Any]:
        """One side of it as it is kept."""
        where = {"station": self.station, "slot_id": self.slot_id, "day": self.day.isoformat()}
        return {**where, "airings": airings}


def read_changes(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[SessionChange]:
    """What `SessionChange.describe` kept of both sides, in the same order."""
    return [
        SessionChange(
            old["station"], old["slot_id"], date.fromisoformat(old["day"]), old["airings"], new["airings"]
        )
        for old, new in zip(before, after, strict=True)
    ]


def compare_sessions(
    planned: Iterable[PlannedAiring], present: Mapping[SessionKey, Sequence[Airing]], codes: Mapping[int, str]
) -> list[SessionChange]:
    """Every session that is to air something else, or at another moment, in the order of time."""
    wanted: dict[SessionKey, Rows] = {key: [] for key in present}
    stations = {key: codes[rows[0].station_id] for key, rows in present.items() if rows}
    for one in planned:
        key = (one.occurrence.slot_id, one.occurrence.local_date)
        wanted.setdefault(key, []).append(_describe_planned(one))
        stations[key] = one.occurrence.station
    changes = [
        SessionChange(stations[key], *key, before=describe_airings(present.get(key, ())), after=rows)
        for key, rows in wanted.items()
        if key in stations
    ]
    return sorted(
        (one for one in changes if _place(one.before) != _place(one.after)),
        key=lambda one: (one.day, (one.after or one.before)[0]["starts_at"], one.station, one.slot_id),
    )


def describe_airings(airings: Iterable[Airing]) -> Rows:
    """Airings of a session in order, as `SessionChange` holds them."""
    return [
        {
            "role": one.role.value,
            "asset_id": one.asset_id,
            "position": one.position,
            "starts_at": one.starts_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
            "reason_code": one.reason_code,
            "reason_data": one.reason_data,
            "passed_over": one.passed_over,
        }
        for one in sorted(airings, key=lambda one: (one.starts_at, one.position))
    ]


def same_place(one: Rows, other: Rows) -> bool:
    """Whether both say that the same airs at the same moments."""
    return _place(one) == _place(other)


def write_sessions(
    session: Session,
    sessions: Iterable[tuple[SessionKey, int, Rows]],
    present: Mapping[SessionKey, Sequence[Airing]],
) -> tuple[int, int]:
    """Make the airings of these sessions (key, id of the station, rows) say so; how many came and went.

    An airing of the same piece in the same session keeps its id.
    """
    added = removed = 0
    for key, station_id, rows in sessions:
        known = {(one.role, one.asset_id): one for one in present.get(key, ())}
        spare = [one for one in present.get(key, ()) if known[one.role, one.asset_id] is not one]
        for row in rows:
            role = ItemRole(row["role"])
            airing = known.pop((role, row["asset_id"]), None)
            if airing is None:
                added += 1
                airing = Airing(
                    station_id=station_id,
                    slot_id=key[0],
                    local_date=key[1],
                    role=role,
                    asset_id=row["asset_id"],
                    position=row["position"],
                    starts_at=datetime.fromisoformat(row["starts_at"]),
                    ends_at=datetime.fromisoformat(row["ends_at"]),
                )
            for name, value in _values(row):
                if getattr(airing, name) != value:
                    setattr(airing, name, value)
            session.add(airing)
        for airing in [*known.values(), *spare]:
            removed += 1
            session.delete(airing)
    session.flush()
    return added, removed


def _values(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "position", row["position"]
    yield "starts_at", datetime.fromisoformat(row["starts_at"])
    yield "ends_at", datetime.fromisoformat(row["ends_at"])
    for name in ("reason_code", "reason_data", "passed_over"):
        yield name, row[name]


def _place(rows: Rows) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in PLACE) for row in rows]


def _describe_planned(one: PlannedAiring) -> dict[str, Any]:
    return {
        "role": one.role.value,
        "asset_id": one.item.asset_id,
        "position": one.position,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "reason_code": one.reason.code,
        "reason_data": dict(one.reason.data),
        "passed_over": [{"key": passed.key, **passed.reason.as_row()} for passed in one.passed_over],
    }
