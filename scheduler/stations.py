"""Stations: added once, found by code.

Missing
└── StationUnknown
Conflict
└── StationTaken
Invalid
└── StationUnusable
"""

import re
from datetime import date, time
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from assets.errors import Conflict, Invalid, Missing
from assets.messages import say
from scheduler.calendar import StationRules
from scheduler.models import Station

CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class StationUnknown(Missing):
    """No station has this code; names the valid ones, the nearest first."""


class StationTaken(Conflict):
    """Another station has this code."""


class StationUnusable(Invalid):
    """A field of the station has a value that cannot be used; says what is expected."""

    def __str__(self) -> str:
        field, value = str(self.data["field"]), self.data["value"]
        told = value or "–"
        if isinstance(value, date | time):
            told = f"{value:%d/%m/%Y}" if isinstance(value, date) else f"{value:%H:%M}"
        words = {"field": say(f"scheduler.field.{field}"), "value": told}
        wrong = say("error.StationUnusable", **{**self.data, **words})
        return f"{wrong} {say('scheduler.expected.line', what=say(f'scheduler.expected.{field}'))}"


def add_station(session: Session, station: Station) -> Station:
    """The station, kept; adding the very same again gives the one that is there.

    Raises:
        StationUnusable: names the field and its value.
        StationTaken: the code belongs to a station with other fields.
    """
    check_station(station)
    known = session.exec(select(Station).where(Station.code == station.code)).one_or_none()
    if known is None:
        session.add(station)
        session.flush()
        return station
    if known.model_dump(exclude={"id"}) != station.model_dump(exclude={"id"}):
        raise StationTaken(code=station.code, name=known.name)
    return known


def find_station(session: Session, code: str) -> Station:
    """Raises: StationUnknown."""
    station = session.exec(select(Station).where(Station.code == code)).one_or_none()
    if station is not None:
        return station
    valid = sorted(session.exec(select(Station.code)))
    nearest = get_close_matches(code[:60], valid, n=5, cutoff=0.4)
    names = [*nearest, *(name for name in valid if name not in nearest)]
    raise StationUnknown(code=code[:60], valid=", ".join(names[:20]) or "-")


def list_stations(session: Session, *, on: date | None = None) -> list[Station]:
    """Stations by code; with `on`, those that are in service on that day."""
    query = select(Station).order_by(col(Station.code))
    if on is not None:
        query = query.where(
            or_(col(Station.valid_from).is_(None), col(Station.valid_from) <= on),
            or_(col(Station.valid_until).is_(None), col(Station.valid_until) >= on),
        )
    return list(session.exec(query))


def read_rules(station: Station) -> StationRules:
    """What the station allows, as values for the calendar and the placement."""
    quiet = None
    if station.quiet_from is not None and station.quiet_until is not None:
        quiet = (station.quiet_from, station.quiet_until)
    return StationRules(
        code=station.code,
        timezone=station.timezone,
        languages=tuple(station.languages),
        quiet=quiet,
        max_session_minutes=station.max_session_minutes,
        max_sessions_per_day=station.max_sessions_per_day,
        max_days_per_week=station.max_days_per_week,
        valid_from=station.valid_from,
        valid_until=station.valid_until,
        name=station.name,
    )


def check_station(station: Station) -> None:
    """Raises: StationUnusable."""
    quiet = (station.quiet_from, station.quiet_until)
    for field, good in (
        ("code", CODE.fullmatch(station.code)),
        ("name", station.name.strip()),
        ("preset", station.preset),
        ("languages", station.languages),
        ("timezone", _is_zone(station.timezone)),
        # Half a window, or one from an hour to the same hour, says neither "never" nor "always".
        ("quiet_until", quiet == (None, None) or (None not in quiet and quiet[0] != quiet[1])),
        ("max_session_minutes", _within(station.max_session_minutes, 24 * 60)),
        ("max_sessions_per_day", _within(station.max_sessions_per_day, 96)),
        ("max_days_per_week", _within(station.max_days_per_week, 7)),
        ("valid_until", (station.valid_until or date.max) >= (station.valid_from or date.min)),
    ):
        if not good:
            title = " ".join(station.name.split()) or station.code
            raise StationUnusable(station=title[:60], field=field, value=getattr(station, field))


def _within(value: int | None, most: int) -> bool:
    return value is None or 1 <= value <= most


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
