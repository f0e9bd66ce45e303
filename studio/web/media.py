"""Sound by content hash: addresses that never change their bytes, for those who may hear them.

Missing
└── MediaMissing
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from sqlmodel import Session, col, select

from assets.errors import Missing
from assets.models import Rendition
from assets.units import Sha256
from scheduler.models import Airing
from studio.people.models import User
from studio.people.permissions import Action, require
from studio.web.access import In, Reading, Someone

router = APIRouter()


class MediaMissing(Missing):
    """No catalogued file has this hash."""


@router.api_route("/f/{sha256}", methods=["GET", "HEAD"], include_in_schema=False)
def send_media(sha256: str, request: Request, house: In, session: Reading, user: Someone) -> Response:
    """The file, or the part of it that is asked for (RFC 9110 range and conditional requests)."""
    rendition = session.exec(select(Rendition).where(Rendition.sha256 == sha256)).first()
    if rendition is None:
        raise MediaMissing(sha256=sha256[:64])
    _require_hearing(session, user, sha256)
    headers = {"etag": f'"{sha256}"', "cache-control": "private, max-age=31536000, immutable"}
    if matches_etag(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return FileResponse(house.store.path(Sha256(sha256)), headers=headers, media_type=rendition.media_type)


def matches_etag(request: Request, etag: str) -> bool:
    """RFC 9110 section 13.1.2: If-None-Match is a list of tags or `*`; weak tags compare equal."""
    given = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return etag in tags or "*" in tags


def _require_hearing(session: Session, user: User, sha256: str) -> None:
    """The office hears everything, an operator what is planned on the own station."""
    if user.station_id is None:
        require(user, Action.READ_ASSETS)
        return
    planned = session.exec(
        select(Airing.id)
        .join(Rendition, col(Rendition.asset_id) == col(Airing.asset_id))
        .where(Rendition.sha256 == sha256, Airing.station_id == user.station_id)
        .limit(1)
    ).first()
    if planned is None:
        require(user, Action.READ_ASSETS)
