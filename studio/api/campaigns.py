"""Campaigns and public holidays over the API."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlmodel import Session

from scheduler.campaigns import CampaignUnknown, list_campaigns, list_stations_of
from scheduler.grid import Campaign
from scheduler.layers import read_holidays
from studio.api.grid_answers import (
    CLASHES,
    CampaignAnswer,
    Day,
    HolidayAnswer,
    HolidayName,
    NewCampaign,
    Number,
)
from studio.grid.changes import drop_campaign, move_holiday, set_campaign
from studio.people.models import User
from studio.people.permissions import Action
from studio.web.access import Allowed, Now, Reading, Writing, check_request

router = APIRouter(tags=["grid"])

Reader = Annotated[User, Depends(Allowed(Action.READ_TODAY))]
Editor = Annotated[User, Depends(Allowed(Action.EDIT_GRID))]
SENT = [Depends(check_request)]


@router.get("/campaigns")
def list_every(
    session: Reading, _user: Reader, *, since: Annotated[date | None, Query()] = None
) -> list[CampaignAnswer]:
    """By their first day; with `since` without those that had ended by then."""
    return [_answer_campaign(session, one) for one in list_campaigns(session, since=since)]


@router.post("/campaigns", status_code=201, dependencies=SENT, responses=CLASHES)
def add_campaign(session: Writing, user: Editor, now: Now, given: NewCampaign) -> CampaignAnswer:
    return _keep(session, given, None, user, now)


@router.put("/campaigns/{number}", dependencies=SENT, responses=CLASHES)
def change_campaign(
    session: Writing, user: Editor, now: Now, *, number: Number, given: NewCampaign
) -> CampaignAnswer:
    return _keep(session, given, _demand(session, number), user, now)


@router.delete("/campaigns/{number}", status_code=204, dependencies=SENT, responses=CLASHES)
def remove_campaign(session: Writing, user: Editor, now: Now, *, number: Number) -> None:
    """End its slots first; the standing grid holds again."""
    drop_campaign(session, _demand(session, number), by=user.username, now=now)


@router.get("/holidays")
def list_holidays(
    session: Reading, _user: Reader, *, year: Annotated[int, Query(ge=1900, le=2100)]
) -> list[HolidayAnswer]:
    """Public holidays, days in lieu and days that the Government moved."""
    found = read_holidays(session).within(date(year, 1, 1), date(year, 12, 31))
    return [HolidayAnswer(day=day, name=name) for day, name in found.items()]


@router.put("/holidays/{day}", dependencies=SENT, responses=CLASHES)
def keep_holiday(session: Writing, user: Editor, now: Now, *, day: Day, given: HolidayName) -> HolidayAnswer:
    """A day that the Government moved: off under a name, or worked without one."""
    move_holiday(session, day, given.name, by=user.username, now=now)
    return HolidayAnswer(day=day, name=read_holidays(session).name(day))


def _keep(
    session: Session, given: NewCampaign, campaign: Campaign | None, user: User, now: datetime
) -> CampaignAnswer:
    fields = given.model_dump()
    name = fields.pop("name")
    made = set_campaign(session, name, campaign=campaign, by=user.username, now=now, **fields)
    return _answer_campaign(session, made)


def _demand(session: Session, number: int) -> Campaign:
    """Raises: CampaignUnknown."""
    found = session.get(Campaign, number)
    if found is None:
        valid = ", ".join(str(one.id) for one in list_campaigns(session))
        raise CampaignUnknown(campaign=number, valid=valid or "-")
    return found


def _answer_campaign(session: Session, one: Campaign) -> CampaignAnswer:
    return CampaignAnswer(
        number=one.id or 0,
        name=one.name,
        first=one.first_date,
        last=one.last_date,
        mode=one.mode,
        use=one.use,
        stations=[station.code for station in list_stations_of(session, one)],
    )
