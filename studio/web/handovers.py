"""Handing a day over and taking its log back: what pages and API share.

Missing
└── DayNotPublished
"""

from dataclasses import replace
from datetime import date, datetime

from fastapi import Request, Response
from fastapi.responses import FileResponse
from sqlmodel import Session, select

from assets.errors import Missing
from assets.messages import say
from playlists.builder import build_day, latest_version, publish_day, read_version
from playlists.bundle_shelf import BundleShelf
from playlists.models import Playlist, Receipt
from scheduler.asrun import LogResult, import_log
from scheduler.models import Station
from studio.people.audit import record
from studio.people.models import User
from studio.web.access import House
from studio.web.media import matches_etag


class DayNotPublished(Missing):
    """The centre has not handed over this day yet."""


def find_published(session: Session, station: Station, day: date) -> Playlist:
    """The last published version of the station's day.

    Raises:
        DayNotPublished
    """
    version = latest_version(session, station, day)
    if version is None:
        raise DayNotPublished(station=station.name, day=f"{day:%d/%m/%Y}")
    return version


def answer_bundle(request: Request, house: House, version: Playlist) -> Response:
    """The zip of a published version; answers Range and If-None-Match, so that a weak link can resume."""
    headers = {"etag": f'"{version.content_sha256}-{version.number}"', "cache-control": "private, no-cache"}
    if matches_etag(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    name = f"loa-{read_version(version).name}.zip"
    path = BundleShelf(house.settings.cache / "bundles").bring(version, house.store)
    return FileResponse(path, media_type="application/zip", filename=name, headers=headers)


def publish_for(session: Session, station: Station, day: date, *, by: User, now: datetime) -> Playlist:
    """Publish the station's day and record who did it."""
    before = latest_version(session, station, day)
    version = publish_day(session, station.code, day, now=now)
    if before is None or before.number != version.number:
        record(
            session,
            at=now,
            by=by.username,
            action="day.publish",
            subject=f"station/{station.code}/{day.isoformat()}",
            after={"number": version.number, "content_sha256": version.content_sha256},
        )
    return version


def has_changed(session: Session, station: Station, version: Playlist) -> bool:
    """Whether the day is planned otherwise now than in its published version."""
    planned = build_day(session, station.code, version.local_date, number=0)
    return planned != replace(read_version(version), number=0)


def measure_bundle(version: Playlist) -> int:
    """About how many bytes the bundle of a version has: its media, each once."""
    sizes = {entry.sha256: entry.size_bytes for entry in read_version(version).entries}
    return sum(sizes.values())


def list_receipts(session: Session, version: Playlist) -> list[Receipt]:
    return list(session.exec(select(Receipt).where(Receipt.playlist_id == version.id)))


def keep_log(
    house: House, session: Session, station: Station, name: str, content: bytes, *, by: User, now: datetime
) -> LogResult:
    """Take a station's as-run log in and record who brought it."""
    result = import_log(session, house.store, station.code, name, content, now=now)
    record(
        session,
        at=now,
        by=by.username,
        action="log.import",
        subject=f"station/{station.code}",
        after={"name": name[:120], "bytes": len(content)},
    )
    return result


def tell_log(result: LogResult) -> str:
    """What came of a log, in one sentence."""
    key = "log_repeated" if result.is_repeated else "log_told"
    return say(f"web.station.{key}", rows=result.rows, matched=result.matched, problems=len(result.problems))
