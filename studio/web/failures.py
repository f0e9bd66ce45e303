"""Errors as answers: a page for people, a fragment for htmx, JSON for the API; the status from the error."""

from contextlib import suppress
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from assets.errors import Forbidden, Invalid, LoaError, Missing
from assets.messages import say
from studio.people.accounts import AccessExpired
from studio.web.access import get_house, get_user
from studio.web.limits import TooManyAttempts, TooManyHearings
from studio.web.templating import render

_log = structlog.get_logger()


class RequestUnreadable(Invalid):
    """A field of a form or request is missing or of the wrong kind."""


class PageMissing(Missing):
    pass


class MethodRefused(Forbidden):
    """The address is there, but not for this kind of request."""

    http_status = 405


class BodyTooLarge(Invalid):
    http_status = 413


def add_failures(app: FastAPI) -> None:
    """Answer every error of the tree, of the framework and of our own making in one form."""

    @app.exception_handler(LoaError)
    def answer_own(request: Request, error: Exception) -> Response:
        assert isinstance(error, LoaError)
        return answer_error(request, error)

    @app.exception_handler(RequestValidationError)
    def answer_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        fields = [".".join(str(part) for part in problem["loc"][1:]) for problem in error.errors()]
        return answer_error(request, RequestUnreadable(fields=", ".join(fields)[:200] or "-"))

    @app.exception_handler(HTTPException)
    def answer_framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kinds: dict[int, LoaError] = {
            404: PageMissing(path=request.url.path[:120]),
            405: MethodRefused(method=request.method),
            413: BodyTooLarge(),
        }
        fallback: LoaError = RequestUnreadable(fields="-") if error.status_code < 500 else LoaError()
        return answer_error(request, kinds.get(error.status_code, fallback))


def answer_crash(request: Request) -> Response:
    """The answer to a defect of ours, already logged."""
    return answer_error(request, LoaError())


def answer_error(request: Request, error: LoaError) -> Response:
    if error.http_status >= 500:
        _log.error("refused", code=error.code, sentence=str(error))
    if request.url.path.startswith("/api/"):
        response: Response = JSONResponse(describe_error(error), error.http_status)
    elif request.headers.get("hx-request"):
        response = _answer_fragment(request, error)
    elif isinstance(error, AccessExpired) and request.method in ("GET", "HEAD"):
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        response = RedirectResponse(f"/sign-in?next={quote(target)}", 303)
    else:
        if error.http_status < 500 and not hasattr(request.state, "user"):
            _know_visitor(request)
        response = render(
            request, "error.html", {"error": error, "title": say("web.error.title")}, error.http_status
        )
    if isinstance(error, TooManyAttempts | TooManyHearings):
        response.headers["retry-after"] = str(error.data["seconds"])
    if isinstance(error, AccessExpired):
        response.headers["www-authenticate"] = "Bearer"
    return response


def _know_visitor(request: Request) -> None:
    """Where no page is nobody was asked for a name: who has one finds the way back by the menu."""
    house = get_house(request)
    with suppress(AccessExpired):
        get_user(request, house, house.clock())


def describe_error(error: LoaError) -> dict[str, object]:
    """The error as the API tells it: the name of the fact, its sentence, its data."""
    data = {name: _plain(value) for name, value in error.data.items()}
    return {"error": {"code": error.code, "message": str(error), "data": data}}


def _answer_fragment(request: Request, error: LoaError) -> Response:
    if isinstance(error, AccessExpired):
        page = urlsplit(request.headers.get("hx-current-url", "")).path or "/"
        return Response(status_code=204, headers={"HX-Redirect": f"/sign-in?next={quote(page)}"})
    response = render(request, "notice.html", {"error": error}, error.http_status)
    response.headers["HX-Retarget"] = "#notice"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
