"""Stations over the API: the day to play, its bundle, the receipt, and the log back."""

# ruff: noqa: FAST003 - `code` of the address is read by AllowedAtStation

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from playlists.builder import read_version
from playlists.formats.registry import find_format
from playlists.receipts import record_receipt
from playlists.week import describe_week, monday_of, read_week
from scheduler.models import Station
from scheduler.stations import list_stations as list_all
from studio.api.answers import AiringAnswer, LogAnswer, Page, PlaylistAnswer, ReceiptAnswer, StationAnswer
from studio.api.paging import Limit, Offset, cut
from studio.people.permissions import Action, may
from studio.web.access import AllowedAtStation, In, Now, Reading, Someone, Writing, check_request, read_day
from studio.web.days import show_day
from studio.web.handovers import answer_bundle, find_published, keep_log, publish_for, tell_log
from studio.web.media import matches_etag

router = APIRouter(prefix="/stations", tags=["stations"])

Visited = Annotated[Station, Depends(AllowedAtStation(Action.READ_STATION))]
SENT = [Depends(check_request)]


class NewReceipt(BaseModel):
    number: int
    device: Annotated[str, Field(min_length=1, max_length=80)]


@router.get("")
def list_stations(
    session: Reading, user: Someone, limit: Limit = 50, offset: Offset = 0
) -> Page[StationAnswer]:
    """The stations that one may see: an operator the own one."""
    found = [station for station in list_all(session) if may(user, Action.READ_STATION, station)]
    return cut(found, limit, offset, StationAnswer.model_validate)


@router.get("/{code}")
def show_station(station: Visited) -> StationAnswer:
    return StationAnswer.model_validate(station)


@router.get("/{code}/weeks/{day}")
def show_week(station: Visited, session: Reading, now: Now, day: str) -> dict[str, Any]:
    """The week of a local day, from Monday to Sunday: every session, also the empty ones."""
    return describe_week(read_week(session, station, monday_of(read_day(day, station.timezone, now))))


@router.get("/{code}/days/{day}/airings")
def list_airings(station: Visited, session: Reading, now: Now, day: str) -> list[AiringAnswer]:
    """What is planned on a local day, in order, and how each piece fared."""
    view = show_day(session, station, read_day(day, station.timezone, now))
    return [
        AiringAnswer(
            slot=slot.name,
            role=piece.role,
            asset=piece.asset_key,
            title=piece.title,
            starts_at=piece.starts_at,
            duration_ms=piece.duration_ms,
            state=piece.state,
            reason=piece.reason,
            state_reason=piece.state_reason,
            sha256=piece.sha256,
        )
        for slot in view.slots
        for piece in slot.pieces
    ]


@router.get("/{code}/days/{day}/playlist.{suffix}", response_class=Response)
def send_playlist(
    request: Request, station: Visited, session: Reading, now: Now, *, day: str, suffix: str
) -> Response:
    """The last published version as `json`, `m3u8`, `xspf`, `csv`, `ical` or a printable `sheet`."""
    form = find_format(suffix)
    version = find_published(session, station, read_day(day, station.timezone, now))
    etag = f'"{version.content_sha256[:32]}-{version.number}-{form.name}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    if matches_etag(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(form.write(read_version(version)), media_type=form.media_type, headers=headers)


@router.get("/{code}/days/{day}/bundle.zip", response_class=FileResponse)
def send_bundle(
    request: Request, station: Visited, house: In, session: Reading, now: Now, *, day: str
) -> Response:
    """The last published version as one zip; answers Range and If-None-Match."""
    version = find_published(session, station, read_day(day, station.timezone, now))
    return answer_bundle(request, house, version)


@router.post("/{code}/days/{day}/publish", status_code=201, dependencies=SENT)
def publish(
    station: Annotated[Station, Depends(AllowedAtStation(Action.PUBLISH_DAY))],
    session: Writing,
    user: Someone,
    now: Now,
    *,
    day: str,
) -> PlaylistAnswer:
    """Publish the day as it is planned now; the last version is returned if nothing has changed."""
    version = publish_for(session, station, read_day(day, station.timezone, now), by=user, now=now)
    return PlaylistAnswer(
        station=station.code,
        day=version.local_date,
        number=version.number,
        content_sha256=version.content_sha256,
        published_at=version.published_at,
    )


@router.post("/{code}/days/{day}/receipts", status_code=201, dependencies=SENT)
def take_receipt(
    station: Visited, session: Writing, now: Now, *, day: str, given: NewReceipt
) -> ReceiptAnswer:
    """A device says that it holds a version, whole and verified."""
    shown = read_day(day, station.timezone, now)
    receipt = record_receipt(session, station.code, shown, number=given.number, device=given.device, now=now)
    return ReceiptAnswer(
        station=station.code,
        day=shown,
        number=given.number,
        device=receipt.device,
        received_at=receipt.received_at,
    )


@router.post("/{code}/logs", status_code=201, dependencies=SENT)
def take_log(
    station: Annotated[Station, Depends(AllowedAtStation(Action.IMPORT_LOG))],
    house: In,
    session: Writing,
    user: Someone,
    now: Now,
    *,
    log: UploadFile,
) -> LogAnswer:
    """Take an as-run log in (CSV or JSON Lines); sending it again changes nothing."""
    name = log.filename or "log.csv"
    result = keep_log(house, session, station, name, log.file.read(), by=user, now=now)
    return LogAnswer(name=name, sentence=tell_log(result))
