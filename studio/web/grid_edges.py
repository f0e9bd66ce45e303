"""What surrounds the grid: stations and their clusters, campaigns and public holidays."""

# ruff: noqa: FAST003 - `code` of the address is read by AllowedAtStation

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session, select

from assets.errors import LoaError
from assets.messages import say
from scheduler.campaigns import find_campaign, list_campaigns, list_stations_of
from scheduler.grid import Campaign, CampaignMode
from scheduler.layers import read_holidays
from scheduler.models import DayUse, Slot, Station, StationKind, Technology
from scheduler.slots import is_standing
from scheduler.station_changes import list_clusters
from scheduler.stations import list_stations
from studio.grid.changes import (
    drop_campaign,
    drop_cluster,
    move_holiday,
    set_campaign,
    set_cluster,
    set_station,
)
from studio.people.models import User
from studio.people.permissions import Action
from studio.web.access import (
    Allowed,
    AllowedAtStation,
    In,
    Now,
    Reading,
    Writing,
    check_form,
    parse_day,
    read_day,
)
from studio.web.grid_forms import (
    NEW_STATION,
    CampaignForm,
    ClusterForm,
    StationForm,
    fill_campaign,
    fill_station,
)
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Keeper = Annotated[User, Depends(Allowed(Action.EDIT_STATIONS))]
Editor = Annotated[User, Depends(Allowed(Action.EDIT_GRID))]
Kept = Annotated[Station, Depends(AllowedAtStation(Action.EDIT_STATIONS))]


@router.get("/new-station")
def show_new(request: Request, *, session: Reading, _user: Keeper) -> Response:
    return _show_station(request, session, None, NEW_STATION)


@router.post("/new-station", dependencies=[Depends(check_form)])
def add(
    request: Request, *, session: Writing, user: Keeper, now: Now, given: Annotated[StationForm, Form()]
) -> Response:
    try:
        with session.begin_nested():
            fields = given.read()
            set_station(session, given.code.strip(), is_new=True, by=user.username, now=now, **fields)
    except LoaError as error:
        return _show_station(request, session, None, given, error)
    return redirect(f"/stations/{given.code.strip()}/grid", request)


@router.get("/stations/{code}/edit")
def show_edit(request: Request, *, station: Kept, session: Reading) -> Response:
    return _show_station(request, session, session.get_one(Station, station.id), fill_station(station))


@router.post("/stations/{code}/edit", dependencies=[Depends(check_form)])
def change(
    request: Request,
    *,
    station: Kept,
    session: Writing,
    user: Keeper,
    now: Now,
    given: Annotated[StationForm, Form()],
) -> Response:
    try:
        with session.begin_nested():
            set_station(session, station.code, by=user.username, now=now, **given.read())
    except LoaError as error:
        return _show_station(request, session, session.get_one(Station, station.id), given, error)
    return redirect(f"/stations/{station.code}/edit?said=kept", request)


@router.post("/stations/{code}/clusters", dependencies=[Depends(check_form)])
def keep_cluster(
    request: Request,
    *,
    station: Kept,
    session: Writing,
    user: Keeper,
    now: Now,
    given: Annotated[ClusterForm, Form()],
) -> Response:
    held = session.get_one(Station, station.id)
    try:
        with session.begin_nested():
            set_cluster(session, held, given.read(held), by=user.username, now=now)
    except LoaError as error:
        return _show_station(request, session, held, fill_station(held), error, cluster=given)
    return redirect(f"/stations/{station.code}/edit#clusters", request)


@router.post("/stations/{code}/clusters/remove", dependencies=[Depends(check_form)])
def remove_cluster(
    request: Request,
    *,
    station: Kept,
    session: Writing,
    user: Keeper,
    now: Now,
    cluster: Annotated[str, Form()],
) -> Response:
    drop_cluster(session, session.get_one(Station, station.id), cluster, by=user.username, now=now)
    return redirect(f"/stations/{station.code}/edit#clusters", request)


def _show_station(
    request: Request,
    session: Session,
    station: Station | None,
    given: StationForm,
    problem: LoaError | None = None,
    *,
    cluster: ClusterForm | None = None,
) -> Response:
    values = {
        "title": say("web.grid.edit_station", station=station.name)
        if station
        else say("web.grid.new_station"),
        "station": station,
        "given": given,
        "problem": problem,
        "cluster": cluster or ClusterForm(horns="1"),
        "in_cluster": cluster is not None,
        "clusters": list_clusters(session, station) if station else [],
        "kinds": list(StationKind),
        "technologies": list(Technology),
        "presets": ("loudspeaker", "radio", "web"),
        "said": request.query_params.get("said") == "kept",
    }
    return render(request, "station_edit.html", values, problem.http_status if problem else 200)


@router.get("/campaigns")
def show_campaigns(
    request: Request,
    *,
    session: Reading,
    house: In,
    now: Now,
    _user: Editor,
    campaign: str = "",
    year: str = "",
) -> Response:
    chosen = find_campaign(session, campaign) if campaign else None
    given = fill_campaign(chosen, list_stations_of(session, chosen)) if chosen else None
    today = read_day(None, house.settings.timezone, now)
    shown = int(year) if year.isascii() and year.isdigit() and 1900 < int(year[:9]) <= 2100 else today.year
    return _show_campaigns(request, session, today, given, chosen, year=shown)


@router.post("/campaigns", dependencies=[Depends(check_form)])
def keep_campaign(
    request: Request,
    *,
    session: Writing,
    house: In,
    now: Now,
    user: Editor,
    given: Annotated[CampaignForm, Form()],
) -> Response:
    chosen = find_campaign(session, given.campaign) if given.campaign else None
    try:
        with session.begin_nested():
            set_campaign(session, given.name, campaign=chosen, by=user.username, now=now, **given.read())
    except LoaError as error:
        today = read_day(None, house.settings.timezone, now)
        return _show_campaigns(request, session, today, given, chosen, problem=error)
    return redirect("/campaigns", request)


@router.post("/campaigns/{number}/remove", dependencies=[Depends(check_form)])
def remove_campaign(request: Request, *, session: Writing, user: Editor, now: Now, number: str) -> Response:
    drop_campaign(session, find_campaign(session, number), by=user.username, now=now)
    return redirect("/campaigns", request)


@router.post("/holidays", dependencies=[Depends(check_form)])
def keep_holiday(
    request: Request,
    *,
    session: Writing,
    house: In,
    user: Editor,
    now: Now,
    day: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
) -> Response:
    try:
        moved = parse_day(day)
        move_holiday(session, moved, name, by=user.username, now=now)
    except LoaError as error:
        today = read_day(None, house.settings.timezone, now)
        return _show_campaigns(request, session, today, None, None, problem=error, in_holidays=True)
    return redirect(f"/campaigns?year={moved.year}#holidays", request)


def _show_campaigns(
    request: Request,
    session: Session,
    today: date,
    given: CampaignForm | None,
    chosen: Campaign | None,
    *,
    year: int = 0,
    problem: LoaError | None = None,
    in_holidays: bool = False,
) -> Response:
    year = year or today.year
    slots: dict[int | None, list[Slot]] = {}
    for slot in session.exec(select(Slot).where(Slot.campaign_id != None)):  # noqa: E711 - SQL
        if is_standing(slot):
            slots.setdefault(slot.campaign_id, []).append(slot)
    values = {
        "title": say("web.grid.campaigns"),
        "rows": [
            (one, list_stations_of(session, one), slots.get(one.id, [])) for one in list_campaigns(session)
        ],
        "given": given or CampaignForm(first=f"{today:%d/%m/%Y}"),
        "chosen": chosen,
        "problem": problem,
        "in_holidays": in_holidays,
        "stations": list_stations(session),
        "modes": list(CampaignMode),
        "uses": list(DayUse),
        "today": today,
        "year": year,
        "holidays": read_holidays(session).within(date(year, 1, 1), date(year, 12, 31)),
        "quote": quote,
    }
    return render(request, "campaigns.html", values, problem.http_status if problem else 200)
