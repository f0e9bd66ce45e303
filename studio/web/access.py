"""What every page and API answer needs of a request: the database, the time, who asks, and whether they may.

LoaError
├── Forbidden: FormExpired
└── Invalid: DayUnreadable
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Header, Request, Response
from sqlmodel import Session

from assets.errors import Forbidden, Invalid
from assets.store import Store
from scheduler.models import Station
from scheduler.stations import find_station
from studio.database import Database
from studio.people.accounts import AccessExpired, find_by_token
from studio.people.models import User
from studio.people.permissions import Action, may_own, require
from studio.settings import Settings
from studio.web.limits import AttemptLimiter, HearingLimiter

SESSION_COOKIE = "loa_session"
VISIT_COOKIE = "loa_visit"
SESSION_LIFETIME = timedelta(days=14)
YEARS = range(1900, 2200)


class FormExpired(Forbidden):
    """A form or request came without the token of its page: the sign-in changed, or another site sent it."""


class DayUnreadable(Invalid):
    pass


@dataclass(frozen=True, slots=True)
class House:
    """What the composition root hands to the edges."""

    settings: Settings
    database: Database
    store: Store
    clock: Callable[[], datetime]
    attempts: AttemptLimiter
    hearings: HearingLimiter


def get_house(request: Request) -> House:
    house = request.app.state.house
    assert isinstance(house, House)
    return house


In = Annotated[House, Depends(get_house)]


def get_now(house: In) -> datetime:
    return house.clock()


def open_reading(house: In) -> Iterator[Session]:
    with house.database.reading() as session:
        yield session


def open_writing(house: In) -> Iterator[Session]:
    with house.database.writing() as session:
        yield session


Now = Annotated[datetime, Depends(get_now)]
# "function": the answer may take minutes on a weak link, the transaction must not.
Reading = Annotated[Session, Depends(open_reading, scope="function")]
# Also, the commit must have succeeded before the answer leaves, else a failed one says 200.
Writing = Annotated[Session, Depends(open_writing, scope="function")]


def get_token(request: Request) -> str | None:
    """The bearer token or the session cookie of a request."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    return request.cookies.get(SESSION_COOKIE)


def get_user(request: Request, house: In, now: Now) -> User:
    """Who asks.

    Raises:
        AccessExpired
    """
    token = get_token(request)
    if not token:
        raise AccessExpired
    with house.database.reading() as session:
        user = find_by_token(session, token, now)
        session.expunge(user)
    request.state.user = user
    return user


class Allowed:
    """A dependency that gives the user if the permission table allows `action`."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def __call__(self, user: Annotated[User, Depends(get_user)]) -> User:
        require(user, self.action)
        return user


class AllowedAtStation:
    """A dependency that gives the station `code` of the address if the user may do `action` there."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def __call__(self, code: str, house: In, user: Annotated[User, Depends(get_user)]) -> Station:
        with house.database.reading() as session:
            station = find_station(session, code)
            session.expunge(station)
        require(user, self.action, station)
        return station


class AllowedOwn(Allowed):
    """Like `Allowed`, for what belongs to a unit: an operator is let in too, and sees the own commune's."""

    def __call__(self, user: Annotated[User, Depends(get_user)]) -> User:
        if not may_own(user, self.action):
            require(user, self.action)
        return user


Someone = Annotated[User, Depends(get_user)]


def make_csrf_token(request: Request) -> str:
    """The token that a form of this visitor must carry: derived from a cookie no other site can read."""
    secret = request.cookies.get(SESSION_COOKIE) or request.cookies.get(VISIT_COOKIE) or ""
    return sha256(f"form {secret}".encode()).hexdigest() if secret else ""


def check_form(
    request: Request,
    csrf: Annotated[str, Form()] = "",
    x_csrf_token: Annotated[str, Header()] = "",
) -> None:
    """Refuse a form post that does not carry its visitor's token.

    Raises:
        FormExpired
    """
    _compare_token(request, csrf or x_csrf_token)


def check_request(
    request: Request, x_csrf_token: Annotated[str, Header(include_in_schema=False)] = ""
) -> None:
    """Like `check_form` for the API: a bearer token is proof enough, a cookie is not."""
    if not request.headers.get("authorization"):
        _compare_token(request, x_csrf_token)


def _compare_token(request: Request, given: str) -> None:
    expected = make_csrf_token(request)
    if not expected or not secrets.compare_digest(expected.encode(), given.encode()):
        raise FormExpired


def keep_signed_in(request: Request, response: Response, token: str) -> None:
    set_cookie(request, response, SESSION_COOKIE, token, SESSION_LIFETIME)


def set_cookie(request: Request, response: Response, name: str, value: str, lifetime: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def read_day(day: str | None, zone: str | ZoneInfo, now: datetime) -> date:
    """The day of an address (`2026-12-01` or `01/12/2026`), today in `zone` without one.

    Raises:
        DayUnreadable
    """
    if not day:
        return now.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()
    return parse_day(day)


def parse_day(day: str) -> date:
    """Raises: DayUnreadable."""
    try:
        if "/" in day:
            numbers = [int(part) for part in day.split("/")]
            found = date(numbers[2], numbers[1], numbers[0])
        else:
            found = date.fromisoformat(day)
    except (ValueError, IndexError, OverflowError) as error:
        raise DayUnreadable(day=day[:40]) from error
    if found.year not in YEARS:  # a slip of the hand; and weeks around the ends of time cannot be counted
        raise DayUnreadable(day=day[:40])
    return found
