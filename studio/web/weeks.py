"""A station's week: grid at the desk, list on the phone, sheet for the wall, address for a calendar."""

# ruff: noqa: FAST003 - `code` of the address is read by AllowedAtStation

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from assets.messages import say
from playlists.feeds import close_feed, find_feed, find_station_of, open_feed, write_feed
from playlists.week import monday_of, read_week
from playlists.weeksheet import write_week_sheet
from scheduler.models import Station
from studio.people.audit import record
from studio.people.permissions import Action
from studio.web.access import AllowedAtStation, Now, Reading, Someone, Writing, check_form, read_day
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Visited = Annotated[Station, Depends(AllowedAtStation(Action.READ_STATION))]


@router.get("/stations/{code}/week")
def show_week(
    request: Request, *, station: Visited, session: Reading, _user: Someone, now: Now, day: str = ""
) -> Response:
    return _show(request, session, station, now, day=day)


@router.get("/stations/{code}/week.pdf")
def send_sheet(*, station: Visited, session: Reading, now: Now, day: str = "") -> Response:
    week = read_week(session, station, monday_of(read_day(day, station.timezone, now)))
    name = f"loa-{station.code}-{week.first.isoformat()}.pdf"
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(write_week_sheet(week), media_type="application/pdf", headers=headers)


@router.post("/stations/{code}/calendar", dependencies=[Depends(check_form)])
def make_address(
    request: Request, *, station: Visited, session: Writing, user: Someone, now: Now
) -> Response:
    token = open_feed(session, station, by=user.username, now=now)
    _keep(session, station, "open", by=user.username, now=now)
    address = str(request.url_for("send_calendar", token=token))
    return _show(request, session, station, now, address=address)


@router.post("/stations/{code}/calendar/close", dependencies=[Depends(check_form)])
def end_address(request: Request, *, station: Visited, session: Writing, user: Someone, now: Now) -> Response:
    if close_feed(session, station, now=now):
        _keep(session, station, "close", by=user.username, now=now)
    return redirect(f"/stations/{station.code}/week", request)


@router.get("/calendar/{token}.ics")
def send_calendar(*, session: Reading, token: str, now: Now) -> Response:
    """For calendar apps, which cannot sign in: the address itself is the key, and opens nothing else."""
    station = find_station_of(session, token)
    content = write_feed(session, station, read_day(None, station.timezone, now))
    headers = {"cache-control": "private, max-age=600", "x-robots-tag": "noindex"}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _show(
    request: Request, session: Session, station: Station, now: datetime, *, day: str = "", address: str = ""
) -> Response:
    today = read_day(None, station.timezone, now)
    monday = monday_of(read_day(day, station.timezone, now))
    week = read_week(session, station, monday)
    values = {
        "title": say("web.week.title", station=station.name),
        "station": station,
        "week": week,
        "today": today,
        "earlier": monday - timedelta(days=7),
        "later": monday + timedelta(days=7),
        "feed": find_feed(session, station),
        "address": address,
    }
    return render(request, "week.html", values)


def _keep(session: Session, station: Station, deed: str, *, by: str, now: datetime) -> None:
    record(session, at=now, by=by, action=f"calendar.{deed}", subject=f"station/{station.code}")
