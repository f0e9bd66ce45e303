"""The clips of a script: asked for, followed, watched, taken away."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import FileResponse
from sqlmodel import Session

from studio.clips.cards import SHAPES
from studio.clips.keeping import PARTS, find_clip, list_clips
from studio.jobs.models import Job
from studio.jobs.queue import find_job
from studio.jobs.requests import find_clip_job, request_clip
from studio.people.models import User
from studio.people.permissions import Action
from studio.scripts.models import Script
from studio.scripts.workflow import find_script
from studio.settings import Settings
from studio.web.access import Allowed, House, In, Now, Reading, Writing, check_form
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))]


@router.post("/scripts/{code}/clips", dependencies=[Depends(check_form)])
def ask_for_clip(
    request: Request,
    *,
    code: str,
    house: In,
    session: Writing,
    user: Annotated[User, Depends(Allowed(Action.PRODUCE))],
    now: Now,
    shape: Annotated[str, Form()],
) -> Response:
    script = find_script(session, code)
    job = request_clip(session, script, script.latest_revision, shape=shape, by=user, now=now)
    if request.headers.get("hx-request"):
        return _show(request, house, script, job)
    return redirect(f"/scripts/{code}", request)


@router.get("/scripts/{code}/clips")
def follow_clip(
    request: Request, *, code: str, house: In, session: Reading, _user: Reader, job: int
) -> Response:
    script = find_script(session, code)
    found = find_job(session, job)
    belongs = found.kind == "clip" and found.payload.get("code") == code
    return _show(request, house, script, found if belongs else None)


@router.api_route("/scripts/{code}/clip/{name}", methods=["GET", "HEAD"])
def send_clip(code: str, name: str, *, house: In, session: Reading, _user: Reader) -> Response:
    """`16x9.mp4`, and beside it `.vtt`, `.srt` and the poster `.jpg`; ranges as a player asks for them."""
    shape, _, suffix = name.partition(".")
    path = find_clip(house.settings, find_script(session, code), shape.replace("x", ":")).part(suffix)
    shown = quote(f"{code}-{name}", safe="")
    headers = {
        "content-disposition": f"inline; filename*=UTF-8''{shown}",
        "cache-control": "private, no-cache",
    }
    return FileResponse(path, media_type=PARTS[suffix], headers=headers)


def describe_clips(session: Session, settings: Settings, script: Script) -> dict[str, object]:
    """What `clips.html` shows of a script."""
    return {
        "clips": list_clips(settings, script),
        "shapes": list(SHAPES),
        "clip_job": find_clip_job(session, script, script.latest_revision),
    }


def _show(request: Request, house: House, script: Script, job: Job | None) -> Response:
    values = {
        "script": script,
        "clips": list_clips(house.settings, script),
        "shapes": list(SHAPES),
        "clip_job": job,
    }
    return render(request, "clips.html", values)
