"""Home by role, and today: what airs where, how it fares, and what is missing for tomorrow."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session, col, func, select

from assets.messages import say
from playlists.builder import latest_versions
from playlists.models import Receipt
from scheduler.calendar import expand_slots
from scheduler.layers import read_slots
from scheduler.models import Airing, Station
from scheduler.stations import list_stations
from studio.people.models import User
from studio.people.permissions import Action, may
from studio.reminders.board import list_reminders
from studio.scripts.models import Script, ScriptState
from studio.urgent.bulletins import list_bulletins
from studio.urgent.models import UrgentState
from studio.web.access import Allowed, In, Now, Reading, Someone, read_day
from studio.web.days import show_days
from studio.web.sign_in import home_of
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something that is missing, where to mend it, and how pressing it is."""

    sentence: str
    address: str
    urgent: bool = False
    reminder_id: int | None = None
    """Of what a person takes note of."""


@router.get("/")
def go_home(request: Request, *, session: Reading, user: Someone) -> Response:
    station = session.get(Station, user.station_id) if user.station_id is not None else None
    return redirect(home_of(user, station.code if station else None), request)


@router.get("/today")
def show_today(
    request: Request,
    *,
    house: In,
    now: Now,
    session: Reading,
    user: Annotated[User, Depends(Allowed(Action.READ_TODAY))],
    day: str = "",
) -> Response:
    today = read_day(None, house.settings.timezone, now)
    shown = read_day(day, house.settings.timezone, now)
    values = {
        "title": say("web.today.title"),
        "day": shown,
        "today": today,
        "yesterday": shown - timedelta(days=1),
        "tomorrow": shown + timedelta(days=1),
        "days": show_days(session, list_serving(session, shown), shown),
        "now": now,
        "todo": list_missing(session, user, shown + timedelta(days=1), now=now, zone=house.settings.timezone),
    }
    return render(request, "today.html", values)


def list_serving(session: Session, day: date) -> list[Station]:
    """The stations in service on `day`, communes first."""
    return sorted(list_stations(session, on=day), key=lambda station: station.kind)


def list_missing(session: Session, user: User, day: date, *, now: datetime, zone: ZoneInfo) -> list[ToDo]:
    """What keeps `day` from airing, and what waits for this person; the pressing things first."""
    reminders = [
        ToDo(one.sentence, one.address, one.is_pressing, one.id if one.is_closable else None)
        for one in list_reminders(session, user, now=now, zone=zone)
    ]
    told = {todo.address for todo in reminders}
    missing = [todo for todo in _missing_airings(session, day) if todo.address not in told]
    return sorted(
        [*_urgent(session, now), *reminders, *missing, *_waiting_scripts(session, user)],
        key=lambda todo: not todo.urgent,
    )


def _urgent(session: Session, now: datetime) -> list[ToDo]:
    issued = [one for one in list_bulletins(session) if one.state is UrgentState.ISSUED]
    names = {station.code: station.name for station in list_stations(session)}
    return [
        ToDo(
            say(
                "web.urgent.on_air",
                title=one.title,
                stations=", ".join(names.get(code, code) for code in one.stations),
            ),
            f"/urgent/{one.id}",
            urgent=True,
        )
        for one in issued
        if not one.is_over(now)
    ]


def _missing_airings(session: Session, day: date) -> list[ToDo]:
    stations = list_serving(session, day)
    planned = set(session.exec(select(Airing.station_id).where(Airing.local_date == day).distinct()))
    slots = expand_slots(read_slots(session, stations), day, day)
    only_relaying = {one.station for one in slots} - {one.station for one in slots if not one.relay_source}
    versions = latest_versions(session, stations, day)
    asked = select(Receipt.playlist_id).where(
        col(Receipt.playlist_id).in_([one.id for one in versions.values()])
    )
    received = set(session.exec(asked))
    found = []
    for station in stations:
        address = f"/stations/{station.code}?day={day.isoformat()}"
        names = {"station": station.name, "day": f"{day:%d/%m}"}
        version = versions.get(station.id or 0)
        if station.id not in planned and station.code not in only_relaying:
            found.append(ToDo(say("web.today.unplanned", **names), address, urgent=True))
        elif version is None:
            found.append(ToDo(say("web.today.unpublished", **names), address, urgent=True))
        elif version.id not in received:
            found.append(ToDo(say("web.today.unreceived", **names), address))
    return found


def _waiting_scripts(session: Session, user: User) -> list[ToDo]:
    found = []
    for state, action, key in (
        (ScriptState.SUBMITTED, Action.DECIDE_SCRIPTS, "web.today.to_decide"),
        (ScriptState.REJECTED, Action.WRITE_SCRIPTS, "web.today.to_mend"),
    ):
        count = session.exec(select(func.count()).where(Script.state == state)).one()
        if count and may(user, action):
            found.append(ToDo(say(key, count=count), f"/scripts?state={state}", urgent=True))
    return found
