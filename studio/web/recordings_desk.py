"""The editing desk of a recording: its wave, stretches chosen by ear, edits that can all be taken back.

Invalid
└── StretchUnreadable
"""

import math
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from assets.errors import Invalid, LoaError
from studio.jobs.models import JobState
from studio.jobs.queue import JobMissing, find_job
from studio.jobs.requests import request_sound
from studio.people.models import User
from studio.people.permissions import Action
from studio.recordings.edits import Cut, Edit, Fade, Gain, Keep, length_of
from studio.recordings.models import Recording, RecordingKind
from studio.recordings.register import (
    edit,
    find_recording,
    find_redo,
    list_changes,
    list_recordings,
    make_join,
    pieces_of,
    redo,
    undo,
)
from studio.recordings.shelf import find_material, is_at_hand
from studio.web.access import Allowed, House, In, Now, Reading, Writing, check_form
from studio.web.headers import CONTENT_SECURITY_POLICY
from studio.web.templating import redirect, render
from studio.web.uploads import MEDIA_TYPES

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_SCRIPTS))]
_TIME = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6})(?:[.,](\d{1,3}))?")
MAX_FADE_MS = 30_000
JOIN_GAP_MS = 500
LONG_MS = 5 * 60_000
"""A shorter one is made while its player waits."""


class StretchUnreadable(Invalid):
    """A time that is neither seconds nor minutes and seconds."""


@router.post("/recordings/{number}/edits", dependencies=[Depends(check_form)])
def lay_edit(
    request: Request,
    *,
    house: In,
    user: Writer,
    now: Now,
    number: int,
    version: Annotated[int, Form()],
    deed: Annotated[str, Form(max_length=20)],
    start: Annotated[str, Form(max_length=20)] = "",
    end: Annotated[str, Form(max_length=20)] = "",
    seconds: Annotated[str, Form(max_length=20)] = "",
    db: Annotated[str, Form(max_length=20)] = "",
    other: Annotated[int | None, Form()] = None,
) -> Response:
    def change(session: Session, recording: Recording) -> None:
        made = _read_edit(session, recording, deed, start=start, end=end, seconds=seconds, db=db, other=other)
        edit(session, recording, made, by=user.username, now=now, version=version)

    return change_one(request, house, number, change)


@router.post("/recordings/{number}/undo", dependencies=[Depends(check_form)])
def take_back(
    request: Request, *, house: In, user: Writer, now: Now, number: int, version: Annotated[int, Form()]
) -> Response:
    def change(session: Session, recording: Recording) -> None:
        undo(session, recording, by=user.username, now=now, version=version)

    return change_one(request, house, number, change)


@router.post("/recordings/{number}/redo", dependencies=[Depends(check_form)])
def do_again(
    request: Request, *, house: In, user: Writer, now: Now, number: int, version: Annotated[int, Form()]
) -> Response:
    def change(session: Session, recording: Recording) -> None:
        redo(session, recording, by=user.username, now=now, version=version)

    return change_one(request, house, number, change)


@router.post("/recordings/{number}/sound", dependencies=[Depends(check_form)])
def prepare_sound(request: Request, *, session: Writing, _user: Reader, now: Now, number: int) -> Response:
    """Ask for the sound of a long recording as it is edited now; its page follows how far it is."""
    recording = find_recording(session, number)
    job = request_sound(session, recording, in_flac=needs_flac(recording), now=now)
    if request.headers.get("hx-request"):
        return render(request, "recording_sound.html", {"recording": recording, "sound_job": job})
    return redirect(f"/recordings/{number}", request)


@router.get("/recordings/{number}/sound/{job}")
def follow_sound(request: Request, *, session: Reading, _user: Reader, number: int, job: int) -> Response:
    found = find_job(session, job)
    if found.kind != "edit-recording" or found.payload.get("recording") != number:
        raise JobMissing(id=job)
    values = {"recording": find_recording(session, number), "sound_job": found}
    answer = render(request, "recording_sound.html", values)
    if found.state is JobState.DONE:
        answer.headers["hx-refresh"] = "true"
    return answer


def needs_flac(recording: Recording) -> bool:
    """Whether browsers cannot play it as it came."""
    return recording.container not in MEDIA_TYPES


def show_desk(
    request: Request,
    session: Session,
    recording: Recording,
    *,
    cache: Path,
    error: LoaError | None = None,
) -> Response:
    """The page of one recording; only the wave's own style is let in, by a word that is new each time."""
    changes = list_changes(session, recording)
    pieces = pieces_of(session, recording)
    whole = len(pieces) == 1 and (pieces[0].start_ms, pieces[0].end_ms) == (0, recording.duration_ms)
    cues = (recording.cue_in_ms, recording.cue_out_ms)
    nonce = secrets.token_urlsafe(16)
    values = {
        "title": recording.title,
        "recording": recording,
        "duration_ms": length_of(pieces),
        "changes": changes,
        "standing": [one for one in changes if one.undone_at is None],
        "next": find_redo(changes),
        "cues": cues if whole and cues != (0, recording.duration_ms) else None,
        "others": [one for one in list_recordings(session) if one.id != recording.id],
        "kinds": list(RecordingKind),
        "error": error,
        "nonce": nonce,
        "is_ready": length_of(pieces) < LONG_MS
        or is_at_hand(find_material(session, recording), cache, in_flac=needs_flac(recording)),
        "sound_job": None,
    }
    answer = render(request, "recording.html", values, error.http_status if error else 200)
    policy = CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    answer.headers["content-security-policy"] = policy
    return answer


def read_time(text: str) -> int:
    """Milliseconds of `83`, `83,5`, `1:23.5` or `1:02:03`.

    Raises:
        StretchUnreadable
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise StretchUnreadable(text=text[:20])
    hours, minutes, seconds, part = match.groups()
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)
    return whole * 1000 + int((part or "0").ljust(3, "0"))


def _read_edit(
    session: Session,
    recording: Recording,
    deed: str,
    *,
    start: str,
    end: str,
    seconds: str,
    db: str,
    other: int | None,
) -> Edit:
    match deed:
        case "keep" | "cut":
            kind = Keep if deed == "keep" else Cut
            return kind(read_time(start), read_time(end))
        case "cues":
            return Keep(recording.cue_in_ms, recording.cue_out_ms)
        case "fade-in" | "fade-out":
            length_ms = min(read_time(seconds), MAX_FADE_MS)
            return Fade(in_ms=length_ms) if deed == "fade-in" else Fade(out_ms=length_ms)
        case "join":
            return make_join(session, find_recording(session, other or 0), gap_ms=JOIN_GAP_MS)
    return Gain(_read_level(db if deed == "gain" else deed))


def _read_level(text: str) -> float:
    try:
        level = float(text.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        level = math.nan
    if not math.isfinite(level):
        raise StretchUnreadable(text=text[:20])
    return level


def change_one(
    request: Request, house: House, number: int, change: Callable[[Session, Recording], None]
) -> Response:
    """One deed; what stands in its way is shown on the recording's own page."""
    try:
        with house.database.writing() as session:
            change(session, find_recording(session, number))
    except LoaError as error:
        with house.database.reading() as session:
            recording = find_recording(session, number)
            return show_desk(request, session, recording, cache=house.settings.cache, error=error)
    return redirect(f"/recordings/{number}", request)
