"""A station's page for a day: what to play, the bundle to take along, and what really aired."""

# ruff: noqa: FAST003 - `code` of the address is read by AllowedAtStation

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from sqlmodel import col, select

from assets.messages import say
from playlists.builder import latest_version, latest_versions
from scheduler.models import AsRunLog, Station
from studio.arranging.showing import read_hands
from studio.grid.words import read_clock
from studio.people.confirmations import confirm_relay, confirm_slot
from studio.people.models import User
from studio.people.permissions import Action, may
from studio.reminders.board import list_reminders
from studio.urgent.showing import list_orders
from studio.web.access import (
    Allowed,
    AllowedAtStation,
    In,
    Now,
    Reading,
    Someone,
    Writing,
    check_form,
    read_day,
)
from studio.web.days import show_day, show_days
from studio.web.handovers import (
    answer_bundle,
    find_published,
    has_changed,
    keep_log,
    list_receipts,
    measure_bundle,
    publish_for,
)
from studio.web.templating import redirect, render
from studio.web.today import list_serving

router = APIRouter(include_in_schema=False)

Visited = Annotated[Station, Depends(AllowedAtStation(Action.READ_STATION))]


@router.get("/stations")
def list_stations(
    request: Request,
    *,
    house: In,
    now: Now,
    session: Reading,
    _user: Annotated[User, Depends(Allowed(Action.READ_TODAY))],
) -> Response:
    day = read_day(None, house.settings.timezone, now)
    tomorrow = day + timedelta(days=1)
    stations = list_serving(session, day)
    values = {
        "title": say("web.stations.title"),
        "days": show_days(session, stations, day),
        "versions": latest_versions(session, stations, tomorrow),
        "day": day,
        "tomorrow": tomorrow,
    }
    return render(request, "stations.html", values)


@router.get("/stations/{code}")
def show_station(
    request: Request, *, station: Visited, session: Reading, user: Someone, now: Now, day: str = ""
) -> Response:
    shown = read_day(day, station.timezone, now)
    version = latest_version(session, station, shown)
    logs = session.exec(
        select(AsRunLog)
        .where(AsRunLog.station_id == station.id)
        .order_by(col(AsRunLog.received_at).desc())
        .limit(5)
    ).all()
    values = {
        "title": station.name,
        "station": station,
        "today": read_day(None, station.timezone, now),
        "now": now,
        "earlier": shown - timedelta(days=1),
        "later": shown + timedelta(days=1),
        "view": show_day(session, station, shown),
        "orders": list_orders(session, station, now),
        "reminders": [
            one
            for one in list_reminders(session, user, now=now, zone=ZoneInfo(station.timezone))
            if one.station_id == station.id
        ],
        "version": version,
        "changed": version is not None and has_changed(session, station, version),
        "receipts": list_receipts(session, version) if version else [],
        "logs": logs,
        "hands": read_hands(session, station, shown, now=now) if may(user, Action.FILL_SCHEDULE) else {},
        "size_bytes": measure_bundle(version) if version else 0,
    }
    return render(request, "station.html", values)


@router.get("/stations/{code}/days/{day}/bundle.zip")
def send_bundle(
    request: Request, *, station: Visited, house: In, session: Reading, day: str, now: Now
) -> Response:
    version = find_published(session, station, read_day(day, station.timezone, now))
    return answer_bundle(request, house, version)


@router.post("/stations/{code}/days/{day}/publish", dependencies=[Depends(check_form)])
def publish(
    request: Request,
    *,
    station: Annotated[Station, Depends(AllowedAtStation(Action.PUBLISH_DAY))],
    session: Writing,
    user: Someone,
    day: str,
    now: Now,
) -> Response:
    shown = read_day(day, station.timezone, now)
    publish_for(session, station, shown, by=user, now=now)
    return redirect(f"/stations/{station.code}?day={shown.isoformat()}", request)


@router.post("/stations/{code}/days/{day}/confirm", dependencies=[Depends(check_form)])
def confirm(
    request: Request,
    *,
    station: Annotated[Station, Depends(AllowedAtStation(Action.CONFIRM_DAY))],
    session: Writing,
    user: Someone,
    day: str,
    now: Now,
    slot: Annotated[int, Form()],
    aired: Annotated[bool, Form()],
) -> Response:
    shown = read_day(day, station.timezone, now)
    confirm_slot(session, station, slot, shown, aired=aired, by=user, now=now)
    return redirect(f"/stations/{station.code}?day={shown.isoformat()}", request)


@router.post("/stations/{code}/days/{day}/relay", dependencies=[Depends(check_form)])
def note_relay(
    request: Request,
    *,
    station: Annotated[Station, Depends(AllowedAtStation(Action.CONFIRM_DAY))],
    session: Writing,
    user: Someone,
    day: str,
    now: Now,
    slot: Annotated[int, Form()],
    began: Annotated[str, Form(max_length=20)] = "",
    ended: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    shown = read_day(day, station.timezone, now)
    times = (read_clock(began), read_clock(ended)) if began or ended else None
    confirm_relay(session, station, slot, shown, times=times, by=user, now=now)
    return redirect(f"/stations/{station.code}?day={shown.isoformat()}#slot-{slot}", request)


@router.post("/stations/{code}/logs", dependencies=[Depends(check_form)])
def take_log(
    request: Request,
    *,
    station: Annotated[Station, Depends(AllowedAtStation(Action.IMPORT_LOG))],
    house: In,
    session: Writing,
    user: Someone,
    now: Now,
    log: UploadFile,
    day: Annotated[str, Form()] = "",
) -> Response:
    content = log.file.read()
    result = keep_log(house, session, station, log.filename or "log.csv", content, by=user, now=now)
    shown = read_day(day, station.timezone, now)
    del result
    return redirect(f"/stations/{station.code}?day={shown.isoformat()}", request)
