"""The sound of a script: asked for, followed, heard."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from assets.models import Rendition
from studio.jobs.models import Job
from studio.jobs.queue import find_job
from studio.jobs.requests import request_segment
from studio.people.models import User
from studio.people.permissions import Action
from studio.production.changes import find_reading
from studio.production.engines import Voicing
from studio.production.releases import list_changes, list_segments
from studio.scripts.models import Script
from studio.scripts.workflow import find_script
from studio.web.access import Allowed, Now, Reading, Writing, check_form
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

HEARD_FIRST = ("radio", "web", "loudspeaker")
"""Whose rendition the editor plays: the one without the horn's narrow sound, if it is there."""


@dataclass(frozen=True, slots=True)
class Made:
    """The last sound made of a script."""

    revision: int
    duration_ms: int
    address: str
    renditions: tuple[Rendition, ...]
    voicing: Voicing | None


@router.post("/scripts/{code}/produce", dependencies=[Depends(check_form)])
def produce(
    request: Request,
    *,
    code: str,
    session: Writing,
    user: Annotated[User, Depends(Allowed(Action.PRODUCE))],
    now: Now,
) -> Response:
    script = find_script(session, code)
    job = request_segment(session, script, script.latest_revision, by=user, now=now)
    if request.headers.get("hx-request"):
        return _show(request, session, script, job)
    return redirect(f"/scripts/{code}", request)


@router.get("/scripts/{code}/production")
def follow_production(
    request: Request,
    *,
    code: str,
    session: Reading,
    _user: Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))],
    job: int,
) -> Response:
    script = find_script(session, code)
    found = find_job(session, job)
    belongs = found.kind == "produce" and found.payload.get("code") == code
    return _show(request, session, script, found if belongs else None)


def find_made(session: Session, script: Script) -> Made | None:
    """The sound of the latest revision that has one."""
    numbered = list_segments(session, script)
    if not numbered:
        return None
    revision = max(numbered)
    renditions = {rendition.preset: rendition for rendition in numbered[revision].renditions}
    heard = next((renditions[name] for name in HEARD_FIRST if name in renditions), None)
    heard = heard or numbered[revision].renditions[0]
    reading = find_reading(session, numbered[revision].key)
    return Made(
        revision=revision,
        duration_ms=numbered[revision].duration_ms,
        address=f"/f/{heard.sha256}",
        renditions=tuple(numbered[revision].renditions),
        voicing=Voicing.from_row(reading.voicing) if reading and reading.voicing else None,
    )


def _show(request: Request, session: Session, script: Script, job: Job | None) -> Response:
    unmade, corrected = list_changes(session, script)
    values = {
        "script": script,
        "job": job,
        "made": find_made(session, script),
        "unmade": unmade,
        "corrected": corrected,
    }
    return render(request, "production.html", values)
