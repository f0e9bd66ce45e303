"""The grid of a station: its week, and the slot that somebody is about to change."""

# ruff: noqa: FAST003 - `code` of the address is read by AllowedAtStation

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import say
from playlists.week import monday_of
from scheduler.layers import read_campaigns
from scheduler.models import DayUse, Slot, Station
from scheduler.slots import SlotsOverlap
from studio.grid.changes import change_day, change_slot, restore_day, set_slot, stop_slot
from studio.grid.deeds import list_deeds, undo_at
from studio.grid.showing import list_lines, read_grid
from studio.grid.words import read_clock, read_number
from studio.people.models import User
from studio.people.permissions import Action
from studio.web.access import (
    AllowedAtStation,
    Now,
    Reading,
    Someone,
    Writing,
    check_form,
    parse_day,
    read_day,
)
from studio.web.grid_forms import SlotForm, demand_at, fill_form, name_weekdays
from studio.web.grid_parts import list_parts, list_tunes
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Visited = Annotated[Station, Depends(AllowedAtStation(Action.READ_STATION))]
Edited = Annotated[Station, Depends(AllowedAtStation(Action.EDIT_GRID))]
Typed = Annotated[SlotForm, Form()]


@router.get("/stations/{code}/grid")
def show_grid(
    request: Request,
    *,
    station: Visited,
    session: Reading,
    now: Now,
    _user: Someone,
    day: str = "",
    slot: str = "",
    on: str = "",
    said: str = "",
) -> Response:
    return _show(request, session, station, now, day=day, slot=slot, on=on, said=said)


@router.post("/stations/{code}/grid/slots", dependencies=[Depends(check_form)])
def add(
    request: Request, *, station: Edited, session: Writing, user: Someone, now: Now, given: Typed
) -> Response:
    def deed() -> str:
        fields = given.read_new()
        if not given.campaign:
            fields.pop("replaces_id", None)
        slot = set_slot(
            session,
            station,
            override=given.read_override(user.username, now),
            by=user.username,
            now=now,
            **fields,
        )
        return _address(station, slot.valid_from, "added")

    return _try(request, session, station, given, deed, form="new", now=now)


@router.post("/stations/{code}/grid/{form}", dependencies=[Depends(check_form)])
def change(
    request: Request, *, station: Edited, session: Writing, user: Someone, now: Now, form: str, given: Typed
) -> Response:
    """`day`: this day only; `following`: this and all following; `end`: not from this day on."""
    deeds: dict[str, Callable[[Session, Station, SlotForm, User, datetime], str]] = {
        "day": _change_day,
        "cancel": _cancel_day,
        "restore": _restore_day,
        "following": _change_following,
        "end": _end,
    }
    known = deeds.get(form, _change_day)

    def deed() -> str:
        return known(session, station, given, user, now)

    return _try(request, session, station, given, deed, form=form, now=now)


@router.post("/stations/{code}/grid/undo/{number}", dependencies=[Depends(check_form)])
def take_back(
    request: Request,
    *,
    station: Edited,
    session: Writing,
    user: Someone,
    now: Now,
    number: int,
    given: Typed,
) -> Response:
    def deed() -> str:
        undo_at(session, station, number, user=user, now=now)
        return _address(station, _day(station, given.day, now), "undone")

    return _try(request, session, station, given, deed, form="undo", now=now)


def _change_day(session: Session, station: Station, given: SlotForm, user: User, now: datetime) -> str:
    slot, day = demand_at(session, station, given.slot), parse_day(given.day)
    starts, minutes = read_clock(given.starts), read_number("duration_minutes", given.minutes)
    change_day(
        session,
        slot,
        day,
        moved_to=starts,
        minutes=minutes,
        reason=given.reason,
        override=given.read_override(user.username, now),
        by=user.username,
        now=now,
    )
    return _address(station, day, "day")


def _cancel_day(session: Session, station: Station, given: SlotForm, user: User, now: datetime) -> str:
    slot, day = demand_at(session, station, given.slot), parse_day(given.day)
    change_day(session, slot, day, reason=given.reason, by=user.username, now=now)
    return _address(station, day, "cancelled")


def _restore_day(session: Session, station: Station, given: SlotForm, user: User, now: datetime) -> str:
    slot, day = demand_at(session, station, given.slot), parse_day(given.day)
    restore_day(session, slot, day, by=user.username, now=now)
    return _address(station, day, "restored")


def _change_following(session: Session, station: Station, given: SlotForm, user: User, now: datetime) -> str:
    slot = demand_at(session, station, given.slot)
    fields = {name: value for name, value in given.read().items() if value != getattr(slot, name)}
    _, since = change_slot(
        session,
        slot,
        parse_day(given.day),
        override=given.read_override(user.username, now),
        by=user.username,
        now=now,
        **fields,
    )
    return _address(station, since, "following")


def _end(session: Session, station: Station, given: SlotForm, user: User, now: datetime) -> str:
    slot = demand_at(session, station, given.slot)
    return _address(
        station, stop_slot(session, slot, parse_day(given.day), by=user.username, now=now), "ended"
    )


def _address(station: Station, day: date, said: str) -> str:
    """Where the change is seen, with what was done from which day on."""
    return f"/stations/{station.code}/grid?{urlencode({'day': day.isoformat(), 'said': said})}"


def _try(
    request: Request,
    session: Session,
    station: Station,
    given: SlotForm,
    deed: Callable[[], str],
    *,
    form: str,
    now: datetime,
) -> Response:
    """Do it, or show the page again with what was typed and what stands in its way."""
    try:
        with session.begin_nested():
            address = deed()
    except LoaError as error:
        return _show(
            request,
            session,
            station,
            now,
            day=given.day if form != "new" else "",
            slot=given.slot,
            on=given.day,
            wrong=(form, given, error),
        )
    return redirect(address, request)


def _day(station: Station, text: str, now: datetime) -> date:
    """A day of the address; one that cannot be read is today, for the error stands on the page already."""
    try:
        return read_day(text, station.timezone, now)
    except LoaError:
        return read_day(None, station.timezone, now)


def _show(
    request: Request,
    session: Session,
    station: Station,
    now: datetime,
    *,
    day: str = "",
    slot: str = "",
    on: str = "",
    said: str = "",
    wrong: tuple[str, SlotForm, LoaError] | None = None,
) -> Response:
    station = session.get_one(Station, station.id)
    today = read_day(None, station.timezone, now)
    shown = _day(station, day, now)
    monday = monday_of(shown)
    chosen = _find_chosen(session, station, slot)
    at = _day(station, on or day, now)
    days = read_grid(session, station, monday)
    held = next(
        (
            one
            for row in days
            for one in row.sessions
            if chosen and one.slot.id == chosen.id and one.day == at
        ),
        None,
    )
    form, given, problem = wrong or ("", None, None)
    values: dict[str, Any] = {
        "title": say("web.grid.title", station=station.name),
        "station": station,
        "days": days,
        "monday": monday,
        "today": today,
        "earlier": monday - timedelta(days=7),
        "later": monday + timedelta(days=7),
        "lines": list_lines(session, station, today),
        "deeds": list_deeds(session, station),
        "chosen": chosen,
        "held": held,
        "at": at,
        "shown": shown,
        "said": say(f"web.grid.said.{said}", day=f"{shown:%d/%m/%Y}") if said in SAID else "",
        "form": form,
        "problem": problem,
        "overlaps": isinstance(problem, SlotsOverlap),
        "fresh": given if form == "new" and given else SlotForm(first=f"{max(today, shown):%d/%m/%Y}"),
        "given": given
        if form not in ("", "new") and given
        else (fill_form(chosen) if chosen else SlotForm()),
        "weekdays": name_weekdays(),
        "uses": list(DayUse),
        "campaigns": read_campaigns(session, [station.id or 0])[station.id or 0],
        "tunes": list_tunes(session),
        "parts": list_parts(session),
    }
    return render(request, "grid.html", values, problem.http_status if problem else 200)


SAID = frozenset({"added", "day", "cancelled", "restored", "following", "ended", "undone"})


def _find_chosen(session: Session, station: Station, number: str) -> Slot | None:
    found = (
        session.get(Slot, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    )
    return found if found is not None and found.station_id == station.id else None
