"""Templates and what they may say: the message catalogue, days as dd/mm/yyyy, lengths as minutes."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import select

from assets.languages import list_languages, name_language
from assets.messages import current_language, say
from scheduler.reasons import Reason
from studio.people.audit import SYSTEM
from studio.people.models import User
from studio.people.permissions import Action, may, may_own
from studio.planning.amounts import write_amount, write_number, write_span
from studio.planning.models import Measure
from studio.web.access import House, get_house, make_csrf_token

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


def render(
    request: Request, name: str, values: Mapping[str, object] | None = None, status: int = 200
) -> HTMLResponse:
    """The page or fragment `name` for this visitor."""
    house = get_house(request)
    user: User | None = getattr(request.state, "user", None)
    context = {
        "request": request,
        "user": user,
        "may": lambda action, station=None: user is not None and may(user, Action(action), station),
        "may_own": lambda action: user is not None and may_own(user, Action(action)),
        "csrf": make_csrf_token(request),
        "language": current_language(),
        "zone": house.settings.timezone,
        "called": _Names(house),
        **(values or {}),
    }
    return HTMLResponse(_environment().get_template(name).render(context), status)


class _Names:
    """What people are called, by their user names; read when the first name is asked for."""

    def __init__(self, house: House) -> None:
        self._house, self._names = house, dict[str, str]()

    def __call__(self, username: str) -> str:
        if not self._names:
            with self._house.database.reading() as session:
                self._names = {
                    SYSTEM: say("people.system"),
                    **dict(session.exec(select(User.username, User.full_name)).all()),
                }
        return self._names.get(username, username)


def redirect(address: str, request: Request) -> Response:
    """Go to `address` after a post; htmx is told in its own way."""
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return Response(status_code=303, headers={"location": address})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(say=say, static=_address, list_languages=list_languages)
    environment.filters.update(
        day=_day,
        weekday=_weekday,
        moment=_moment,
        clock=_clock,
        minutes=_minutes,
        precise=_precise,
        span=write_span,
        preset=_preset,
        language=name_language,
        whole_minutes=lambda duration_ms: round(duration_ms / 60_000),
        megabytes=_megabytes,
        amount=_amount,
        number=write_number,
        reason=_reason,
    )
    return environment


@cache
def _address(name: str) -> str:
    """The address of a file under static/, changing with its content so that it may be cached for good."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def _preset(name: str) -> str:
    """A preset as people call it; a centre's own by its name."""
    return say(f"web.preset.{name}") if name in ("loudspeaker", "radio", "web") else name


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def _weekday(value: date) -> str:
    return say(f"web.weekday.{value.isoweekday()}")


def _moment(value: datetime, zone: ZoneInfo) -> str:
    return f"{value.astimezone(zone):%H:%M %d/%m/%Y}"


def _clock(value: datetime, zone: ZoneInfo | None = None) -> str:
    return f"{value.astimezone(zone) if zone else value:%H:%M:%S}"


def _megabytes(size_bytes: int) -> str:
    return say("web.decimal", whole=size_bytes // 1_000_000, tenth=size_bytes // 100_000 % 10)


def _amount(value: int, measure: Measure) -> str:
    return write_amount(measure, value)


def _reason(row: Mapping[str, Any]) -> str:
    """A reason as it is kept in a JSON column, in words."""
    return Reason(row["code"], row["data"]).wording


def _minutes(duration_ms: float) -> str:
    """Minutes and seconds: 3:07."""
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    return f"{minutes}:{seconds:02d}"


def _precise(duration_ms: int) -> str:
    """Minutes, seconds and milliseconds, as a stretch of a recording is written: 1:02,500."""
    return f"{duration_ms // 60_000}:{duration_ms // 1000 % 60:02d},{duration_ms % 1000:03d}"
