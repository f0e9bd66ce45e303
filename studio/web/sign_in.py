"""Signing in and out."""

import secrets
from datetime import timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Form, Request, Response

from assets.errors import LoaError
from assets.messages import say
from studio.people.accounts import (
    AccessExpired,
    SignInFailed,
    authenticate,
    close_access,
    open_access,
)
from studio.people.audit import record
from studio.people.models import Role, User
from studio.web.access import (
    SESSION_COOKIE,
    SESSION_LIFETIME,
    VISIT_COOKIE,
    House,
    In,
    Now,
    Someone,
    Writing,
    check_form,
    get_user,
    keep_signed_in,
    set_cookie,
)
from studio.web.limits import TooManyAttempts
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)
_log = structlog.get_logger()


@router.get("/sign-in")
def show_sign_in(request: Request, *, house: In, now: Now, next: str = "/") -> Response:  # noqa: A002 its name in the address
    try:
        get_user(request, house, now)
    except AccessExpired:
        return _show_form(request, next_page=next)
    return redirect(_keep_inside(next), request)


@router.post("/sign-in")
def sign_in(
    request: Request,
    *,
    house: In,
    username: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    next: Annotated[str, Form()] = "/",  # noqa: A002 its name in the form
    csrf: Annotated[str, Form()] = "",
) -> Response:
    try:
        check_form(request, csrf)
        token = sign_in_person(request, house, username=username, password=password)
    except LoaError as error:
        return _show_form(request, next_page=next, username=username, error=error)
    response = redirect(_keep_inside(next), request)
    keep_signed_in(request, response, token)
    response.delete_cookie(VISIT_COOKIE)
    return response


@router.post("/sign-out", dependencies=[Depends(check_form)])
def sign_out(request: Request, *, session: Writing, now: Now, user: Someone) -> Response:
    close_access(session, request.cookies.get(SESSION_COOKIE, ""))
    record(session, at=now, by=user.username, action="user.sign-out", subject=f"user/{user.username}")
    response = redirect("/sign-in", request)
    response.delete_cookie(SESSION_COOKIE)
    return response


def sign_in_person(
    request: Request,
    house: House,
    *,
    username: str,
    password: str,
    device: bool = False,
) -> str:
    """A token for who proves to be `username`; failures are counted and slowed down.

    Raises:
        SignInFailed, TooManyAttempts
    """
    now, address = house.clock(), request.client.host if request.client else "-"
    house.attempts.check(address, username, now)
    try:
        with house.database.reading() as session:
            user = authenticate(session, username, password)
            session.expunge(user)
    except SignInFailed:
        house.attempts.count_failure(address, username, now)
        _log.warning("sign-in failed", address=address)
        raise
    with house.database.writing() as session:
        record(session, at=now, by=user.username, action="user.sign-in", subject=f"user/{user.username}")
        return open_access(session, user, "device" if device else "web", now, SESSION_LIFETIME)


def home_of(user: User, station_code: str | None) -> str:
    """Where a person's day starts."""
    if user.role is Role.OPERATOR and station_code is not None:
        return f"/stations/{station_code}"
    return "/coverage" if user.role is Role.MANAGER else "/today"


def _show_form(
    request: Request, *, next_page: str, username: str = "", error: LoaError | None = None
) -> Response:
    # The form's token hangs on a cookie of its own until there is a session.
    visit = request.cookies.get(VISIT_COOKIE)
    fresh = None if visit else secrets.token_urlsafe(24)
    if fresh:
        request.cookies[VISIT_COOKIE] = fresh
    request.cookies.pop(SESSION_COOKIE, None)
    values = {"title": say("web.sign_in.title"), "next": next_page, "username": username, "error": error}
    response = render(request, "sign_in.html", values, error.http_status if error else 200)
    if fresh:
        set_cookie(request, response, VISIT_COOKIE, fresh, timedelta(days=1))
    if isinstance(error, TooManyAttempts):
        response.headers["retry-after"] = str(error.data["seconds"])
    return response


def _keep_inside(address: str) -> str:
    """`address` if it is a path of ours; another site's would make the sign-in a trap."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and "\n" not in address
    return address if inside else "/"
