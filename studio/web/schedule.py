"""The schedule changed by a person: drafts and what they change, versions and undo, pins and bans."""

# ruff: noqa: FAST003 - `code` of the address is read by AllowedAtStation

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from assets.catalogue import list_assets
from assets.errors import LoaError
from assets.messages import say
from assets.models import AssetKind
from scheduler.changes import ChangeState
from scheduler.drafts import DraftStale, find_change, list_changes
from scheduler.models import Station
from scheduler.slots import list_slots
from scheduler.stations import list_stations
from studio.arranging.drafts import Wanted, apply_draft, discard_draft, find_last_applied, undo_change
from studio.arranging.hands import ban_piece, lift_rule, pin_piece
from studio.arranging.showing import show_change, show_rules
from studio.jobs.queue import list_open
from studio.people.models import User
from studio.people.permissions import Action
from studio.web.access import (
    Allowed,
    AllowedAtStation,
    House,
    In,
    Now,
    Reading,
    Writing,
    check_form,
    parse_day,
    read_day,
)
from studio.web.replanning import open_draft, plan_again, plan_anew
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(Allowed(Action.READ_TODAY))]
Planner = Annotated[User, Depends(Allowed(Action.FILL_SCHEDULE))]
Words = Annotated[str, Form()]
SENT = [Depends(check_form)]
NOTES = ("applied", "discarded", "undone", "banned", "lifted", "nothing")
OPENED_UP_TO = 12
"""So many changed pieces are shown at once; more are folded by day."""
DAYS_LISTED = 14
"""So many changed days of stations stand in one list; more are folded by station."""
GOALS_LISTED = 5
"""So many goals that are met now are shown at once; more are folded, for what is short comes first."""


@router.get("/schedule")
def show_all(
    request: Request,
    *,
    house: In,
    session: Reading,
    now: Now,
    _user: Reader,
    done: str = "",
    station: str = "",
    day: str = "",
    last: str = "",
) -> Response:
    given = None
    if day:
        first = read_day(day, house.settings.timezone, now)
        given = Wanted(
            first, parse_day(last) if last else first + timedelta(days=6), [station] if station else []
        )
    return _show_list(request, house, session, now, done=done, given=given)


@router.post("/schedule/drafts", dependencies=SENT)
def make(
    request: Request,
    *,
    house: In,
    now: Now,
    user: Planner,
    first: Words = "",
    last: Words = "",
    stations: Annotated[list[str] | None, Form()] = None,
    cause: Words = "",
    afresh: Annotated[bool, Form()] = False,
) -> Response:
    zone = house.settings.timezone
    wanted = Wanted(
        read_day(first, zone, now), read_day(last, zone, now), stations or [], cause[:200], afresh
    )
    try:
        made = plan_anew(house, wanted, by=user, now=now)
    except LoaError as error:  # what was typed must not be lost
        with house.database.reading() as session:
            return _show_list(request, house, session, now, given=wanted, error=error)
    return open_draft(request, made)


@router.get("/schedule/drafts/{number}")
def show_one(
    request: Request, *, session: Reading, now: Now, _user: Reader, number: int, instead: str = ""
) -> Response:
    return _show_change(request, session, number, now, instead=instead)


@router.post("/schedule/drafts/{number}/apply", dependencies=SENT)
def apply(request: Request, *, house: In, now: Now, user: Planner, number: int) -> Response:
    try:
        with house.database.writing() as session:
            apply_draft(session, number, by=user, now=now)
    except DraftStale:
        return open_draft(request, plan_again(house, number, by=user, now=now), instead=number)
    return redirect("/schedule?done=applied", request)


@router.post("/schedule/drafts/{number}/discard", dependencies=SENT)
def discard(request: Request, *, session: Writing, now: Now, user: Planner, number: int) -> Response:
    discard_draft(session, number, by=user, now=now)
    return redirect("/schedule?done=discarded", request)


@router.post("/schedule/drafts/{number}/undo", dependencies=SENT)
def undo(request: Request, *, house: In, now: Now, user: Planner, number: int) -> Response:
    try:
        with house.database.writing() as session:
            undo_change(session, number, by=user, now=now)
    except LoaError as error:
        with house.database.reading() as session:
            return _show_change(request, session, number, now, error=error)
    return redirect("/schedule?done=undone", request)


@router.post("/schedule/bans", dependencies=SENT)
def ban(
    request: Request,
    *,
    house: In,
    now: Now,
    user: Planner,
    piece: Words = "",
    station: Words = "",
    first: Words = "",
    last: Words = "",
    reason: Words = "",
) -> Response:
    zone = house.settings.timezone
    try:
        with house.database.writing() as session:
            ban_piece(
                session,
                piece.strip(),
                by=user,
                now=now,
                zone=zone,
                station=station or None,
                first=read_day(first, zone, now) if first else None,
                last=read_day(last, zone, now) if last else None,
                reason=reason[:200],
            )
    except LoaError as error:
        with house.database.reading() as session:
            return _show_list(request, house, session, now, error=error)
    return redirect("/schedule?done=banned", request)


@router.post("/schedule/hand/{number}/lift", dependencies=SENT)
def lift(
    request: Request, *, session: Writing, now: Now, user: Planner, number: int, back: Words = ""
) -> Response:
    lift_rule(session, number, by=user, now=now)
    # Only to a page of a station: an address from a form leads nowhere else.
    return redirect(back if back.startswith("/stations/") else "/schedule?done=lifted", request)


Visited = Annotated[Station, Depends(AllowedAtStation(Action.FILL_SCHEDULE))]


@router.post("/stations/{code}/days/{day}/pin", dependencies=SENT)
def pin_here(
    request: Request,
    *,
    station: Visited,
    session: Writing,
    now: Now,
    user: Planner,
    day: str,
    slot: Annotated[int, Form()],
    piece: Annotated[str, Form()],
) -> Response:
    shown = read_day(day, station.timezone, now)
    pin_piece(
        session,
        piece,
        station=station.code,
        slot=_name_slot(session, station, slot),
        day=shown,
        by=user,
        now=now,
    )
    return redirect(f"/stations/{station.code}?day={shown.isoformat()}#slot-{slot}", request)


@router.post("/stations/{code}/days/{day}/ban", dependencies=SENT)
def ban_here(
    request: Request,
    *,
    house: In,
    station: Visited,
    session: Writing,
    now: Now,
    user: Planner,
    day: str,
    slot: Annotated[int, Form()],
    piece: Annotated[str, Form()],
    scope: Annotated[str, Form()] = "slot",
) -> Response:
    """Never again in this slot, at this station, or anywhere; the draft that follows shows what changes."""
    shown = read_day(day, station.timezone, now)
    ban_piece(
        session,
        piece,
        by=user,
        now=now,
        zone=house.settings.timezone,
        station=None if scope == "everywhere" else station.code,
        slot=_name_slot(session, station, slot) if scope == "slot" else None,
    )
    where = "" if scope == "everywhere" else f"&station={station.code}"
    return redirect(f"/schedule?done=banned{where}&day={shown.isoformat()}", request)


def _name_slot(session: Session, station: Station, slot_id: int) -> str:
    return next((one.name for one in list_slots(session, station.code) if one.id == slot_id), str(slot_id))


def _show_list(
    request: Request,
    house: House,
    session: Session,
    now: datetime,
    *,
    done: str = "",
    given: Wanted | None = None,
    error: LoaError | None = None,
) -> Response:
    today = read_day(None, house.settings.timezone, now)
    changes = [show_change(session, one) for one in list_changes(session, limit=20)]
    last = find_last_applied(session)
    if given is None:
        given = Wanted(today + timedelta(days=1), today + timedelta(days=7))
    pieces = [
        one for kind in (AssetKind.SEGMENT, AssetKind.RECORDING) for one in list_assets(session, kind=kind)
    ]
    values = {
        "title": say("web.schedule.title"),
        "making": list_open(session, "draft"),
        "drafts": [one for one in changes if one.change.state is ChangeState.DRAFT],
        "versions": [one for one in changes if one.change.state is not ChangeState.DRAFT],
        "last_applied": last.id if last else None,
        "rules": show_rules(session, since=today, now=now),
        "stations": list_stations(session, on=today),
        "pieces": [one for one in pieces if one.retired_at is None],
        "given": given,
        "done": done if done in NOTES else "",
        "error": str(error) if error else "",
    }
    return render(request, "schedule.html", values, error.http_status if error else 200)


def _show_change(
    request: Request,
    session: Session,
    number: int,
    now: datetime,
    *,
    instead: str = "",
    error: LoaError | None = None,
) -> Response:
    shown = show_change(session, find_change(session, number))
    last = find_last_applied(session)
    pieces = sum(shown.counts[name] for name in ("added", "removed", "moved"))
    shifted = [day for day in shown.days if day not in shown.changed_days]
    values = {
        "title": say(
            "web.schedule.draft_title"
            if shown.change.state is ChangeState.DRAFT
            else "web.schedule.change_title",
            number=number,
        ),
        "grouped_from": DAYS_LISTED,
        "opened_up_to": GOALS_LISTED,
        "shown": shown,
        "change": shown.change,
        "now": now,
        "is_last": last is not None and last.id == number,
        "unfolded": pieces <= OPENED_UP_TO,
        "shifted_only": len(shifted),
        "quiet_goals": len(shown.goals) - len(shown.telling_goals),
        "instead": int(instead) if instead.isdigit() else None,
        "error": str(error) if error else "",
    }
    return render(request, "schedule_draft.html", values, error.http_status if error else 200)
