"""Urgent bulletins: written or taken in, heard, ordered with a reason, called off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from sqlmodel import Session, col, select

from assets.errors import LoaError
from assets.messages import say
from scheduler.models import Station
from scheduler.preempting import find_quiet, list_moments
from scheduler.stations import list_stations
from studio.jobs.models import Job
from studio.people.models import User
from studio.people.permissions import Action
from studio.urgent.alerts import import_alert
from studio.urgent.bulletins import (
    BulletinUnusable,
    Wanted,
    change_bulletin,
    find_bulletin,
    find_sound,
    list_bulletins,
    write_bulletin,
)
from studio.urgent.cap import MAX_BYTES
from studio.urgent.issuing import LEAD, call_off_bulletin, dismiss_bulletin, issue_bulletin
from studio.urgent.models import MAX_TEXT, UrgentBulletin, UrgentState
from studio.urgent.showing import list_plays
from studio.urgent.voicing import ask_for_voice
from studio.web.access import Allowed, House, In, Now, Reading, Writing, check_form
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(Allowed(Action.READ_URGENT))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_URGENT))]
Issuer = Annotated[User, Depends(Allowed(Action.ISSUE_URGENT))]
Words = Annotated[str, Form()]


@router.get("/urgent")
def show_all(request: Request, *, house: In, session: Reading, now: Now, _user: Reader) -> Response:
    return _show_list(request, house, session, now)


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was sent; shown again when something stands in its way."""

    title: str
    text: str
    stations: list[str]
    times: int
    every: int
    expires: str

    def read(self, zone: ZoneInfo) -> Wanted:
        """Raises: BulletinUnusable."""
        return Wanted(
            title=self.title,
            text=self.text,
            stations=self.stations,
            expires_at=read_moment(self.expires, zone),
            times=self.times,
            every_minutes=self.every,
        )


def read_form(
    *,
    title: Words = "",
    text: Words = "",
    stations: Annotated[list[str] | None, Form()] = None,
    times: Annotated[int, Form()] = 2,
    every: Annotated[int, Form()] = 15,
    expires: Words = "",
) -> Typed:
    return Typed(title, text, stations or [], times, every, expires)


Filled = Annotated[Typed, Depends(read_form)]


@router.post("/urgent", dependencies=[Depends(check_form)])
def write(request: Request, *, house: In, now: Now, user: Writer, typed: Filled) -> Response:
    try:
        with house.database.writing() as session:
            bulletin = write_bulletin(session, typed.read(house.settings.timezone), by=user, now=now)
            ask_for_voice(session, bulletin, now=now)
    except LoaError as error:  # what was typed must not be lost
        with house.database.reading() as session:
            return _show_list(request, house, session, now, typed=typed, error=error)
    return redirect(f"/urgent/{bulletin.id}", request)


@router.post("/urgent/import", dependencies=[Depends(check_form)])
def take_in(
    request: Request, *, house: In, session: Writing, now: Now, user: Writer, alert: UploadFile
) -> Response:
    taken = import_alert(session, house.store, alert.file.read(MAX_BYTES + 1), by=user, now=now)
    if taken.bulletin.state is UrgentState.DRAFT:
        ask_for_voice(session, taken.bulletin, now=now)
    return redirect(f"/urgent/{taken.bulletin.id}", request)


@router.get("/urgent/{bulletin_id}")
def show_one(
    request: Request, *, house: In, session: Reading, now: Now, _user: Reader, bulletin_id: int
) -> Response:
    return _show_bulletin(request, house, session, find_bulletin(session, bulletin_id), now)


@router.get("/urgent/{bulletin_id}/sound")
def show_sound(request: Request, *, session: Reading, _user: Reader, bulletin_id: int) -> Response:
    """Whether it can be heard yet; a page that waits asks again."""
    bulletin = find_bulletin(session, bulletin_id)
    if find_sound(session, bulletin) is not None and request.headers.get("hx-request"):
        return redirect(f"/urgent/{bulletin_id}", request)
    return render(request, "urgent_sound.html", _describe_sound(session, bulletin))


@router.post("/urgent/{bulletin_id}", dependencies=[Depends(check_form)])
def change(
    request: Request,
    *,
    house: In,
    now: Now,
    user: Writer,
    bulletin_id: int,
    revision: Annotated[int, Form()],
    typed: Filled,
) -> Response:
    try:
        with house.database.writing() as session:
            wanted = typed.read(house.settings.timezone)
            bulletin = change_bulletin(session, bulletin_id, wanted, revision=revision, by=user, now=now)
            if find_sound(session, bulletin) is None:
                ask_for_voice(session, bulletin, now=now)
    except LoaError as error:
        with house.database.reading() as session:
            found = find_bulletin(session, bulletin_id)
            return _show_bulletin(request, house, session, found, now, typed=typed, error=error)
    return redirect(f"/urgent/{bulletin_id}", request)


@router.post("/urgent/{bulletin_id}/issue", dependencies=[Depends(check_form)])
def issue(
    request: Request, *, session: Writing, now: Now, user: Issuer, bulletin_id: int,
    revision: Annotated[int, Form()], reason: Words = "", heard: Annotated[bool, Form()] = False,
    quiet: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    issue_bulletin(
        session, bulletin_id, reason=reason, heard=heard, in_quiet_hours=quiet, by=user, now=now,
        revision=revision,
    )  # fmt: skip
    return redirect(f"/urgent/{bulletin_id}", request)


@router.post("/urgent/{bulletin_id}/call-off", dependencies=[Depends(check_form)])
def call_off(
    request: Request, *, session: Writing, now: Now, user: Issuer, bulletin_id: int, reason: Words = ""
) -> Response:
    call_off_bulletin(session, bulletin_id, reason=reason, by=user, now=now)
    return redirect(f"/urgent/{bulletin_id}", request)


@router.post("/urgent/{bulletin_id}/dismiss", dependencies=[Depends(check_form)])
def dismiss(
    request: Request, *, session: Writing, now: Now, user: Writer, bulletin_id: int, reason: Words = ""
) -> Response:
    dismiss_bulletin(session, bulletin_id, reason=reason, by=user, now=now)
    return redirect("/urgent", request)


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """`18:00 02/12/2026` in the centre's time.

    Raises:
        BulletinUnusable
    """
    try:
        return datetime.strptime(" ".join(text.split()), "%H:%M %d/%m/%Y").replace(tzinfo=zone)
    except ValueError as error:
        raise BulletinUnusable(field=say("urgent.field.expires_at"), value=text[:40] or "-") from error


def _show_list(
    request: Request,
    house: House,
    session: Session,
    now: datetime,
    *,
    typed: Typed | None = None,
    error: LoaError | None = None,
) -> Response:
    zone = house.settings.timezone
    tomorrow = (now + timedelta(hours=24)).astimezone(zone)
    blank = Typed("", "", [], 2, 15, f"{tomorrow:%H:%M %d/%m/%Y}")
    values = {
        "title": say("web.urgent.title"),
        "bulletins": list_bulletins(session),
        "stations": list_stations(session, on=now.astimezone(zone).date()),
        "typed": typed or blank,
        "error": error,
        "now": now,
    }
    return render(request, "urgent.html", values, status=error.http_status if error else 200)


def _show_bulletin(
    request: Request,
    house: House,
    session: Session,
    bulletin: UrgentBulletin,
    now: datetime,
    *,
    typed: Typed | None = None,
    error: LoaError | None = None,
) -> Response:
    zone = house.settings.timezone
    stations = list_stations(session)
    names = {station.id: station.name for station in stations}
    kept = Typed(
        bulletin.title,
        bulletin.text,
        bulletin.stations,
        bulletin.times,
        bulletin.every_minutes,
        f"{bulletin.expires_at.astimezone(zone):%H:%M %d/%m/%Y}",
    )
    values = {
        "title": bulletin.title,
        "bulletin": bulletin,
        "stations": stations,
        "quiet": _name_quiet(session, bulletin, stations, now),
        "plays": [(one, names.get(one.station_id, "-")) for one in list_plays(session, bulletin)],
        "typed": typed or kept,
        "error": error,
        "now": now,
        **_describe_sound(session, bulletin),
    }
    return render(request, "urgent_one.html", values, status=error.http_status if error else 200)


def _describe_sound(session: Session, bulletin: UrgentBulletin) -> dict[str, object]:
    asset = find_sound(session, bulletin)
    failed = session.exec(
        select(Job.error)
        .where(Job.kind == "voice-urgent", col(Job.error).is_not(None))
        .order_by(col(Job.id).desc())
        .limit(1)
    ).first()
    return {
        "bulletin": bulletin,
        "sound": asset.renditions[0] if asset else None,
        "failure": failed if asset is None else None,
        "most": MAX_TEXT,
    }


def _name_quiet(
    session: Session, bulletin: UrgentBulletin, stations: list[Station], now: datetime
) -> list[str]:
    """The chosen stations at which it would sound in quiet hours."""
    asset = find_sound(session, bulletin)
    length = timedelta(milliseconds=asset.duration_ms if asset else 60_000)
    moments = list_moments(
        now + LEAD,
        times=bulletin.times,
        every=timedelta(minutes=bulletin.every_minutes),
        until=bulletin.expires_at,
    )
    return [
        station.name
        for station in stations
        if station.code in bulletin.stations and find_quiet(station, moments, length) is not None
    ]
