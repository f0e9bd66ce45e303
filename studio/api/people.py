"""Who one is to the API: a token for a device or program, and what it may do."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from scheduler.models import Station
from studio.api.answers import PersonAnswer, TokenAnswer
from studio.people.accounts import close_access
from studio.people.permissions import ALLOWED, Action
from studio.web.access import SESSION_LIFETIME, In, Now, Reading, Someone, Writing, check_request, get_token
from studio.web.sign_in import sign_in_person

router = APIRouter(tags=["people"])


class Credentials(BaseModel):
    username: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=1000)]


@router.post("/tokens", status_code=201)
def open_token(request: Request, house: In, now: Now, credentials: Credentials) -> TokenAnswer:
    """A bearer token for who proves to be this person; wrong attempts are counted and slowed down."""
    token = sign_in_person(
        request, house, username=credentials.username, password=credentials.password, device=True
    )
    return TokenAnswer(token=token, expires_at=now + timedelta(seconds=SESSION_LIFETIME.total_seconds()))


@router.delete("/tokens/current", status_code=204, dependencies=[Depends(check_request)])
def close_token(request: Request, session: Writing, _user: Someone) -> None:
    """End the sign-in that this request was made with."""
    close_access(session, get_token(request) or "")


@router.get("/me")
def show_me(session: Reading, user: Someone) -> PersonAnswer:
    station = session.get(Station, user.station_id) if user.station_id is not None else None
    return PersonAnswer(
        username=user.username,
        full_name=user.full_name,
        role=user.role,
        station=station.code if station else None,
        actions=[action for action in Action if user.role in ALLOWED[action]],
    )
