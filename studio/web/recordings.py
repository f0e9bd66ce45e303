"""Recordings: the list, adding, and the words about each; hearing and drawing them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import FileResponse, JSONResponse
from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import say
from studio.people.models import User
from studio.people.permissions import Action
from studio.recordings.drawing import draw
from studio.recordings.ingest import MAX_BYTES, check_new, hear_file
from studio.recordings.models import Recording, RecordingKind
from studio.recordings.register import (
    add_recording,
    describe,
    find_recording,
    list_recordings,
    remove,
)
from studio.recordings.shelf import bring, find_material
from studio.web.access import Allowed, In, Now, Reading, check_form, parse_day
from studio.web.recordings_desk import change_one, needs_flac, show_desk
from studio.web.templating import redirect, render
from studio.web.uploads import FORM_BYTES, MEDIA_TYPES, UploadRoute, receive

router = APIRouter(include_in_schema=False, route_class=UploadRoute)

Reader = Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_SCRIPTS))]
SHOWN = 200


@router.get("/recordings")
def show_recordings(
    request: Request,
    *,
    session: Reading,
    _user: Reader,
    search: str = "",
    kind: str = "",
    removed: bool = False,
) -> Response:
    return _show_list(request, session, search=search, kind=kind, removed=removed)


@router.post("/recordings", dependencies=[Depends(check_form)], max_body_size=MAX_BYTES + FORM_BYTES)
def add(
    request: Request,
    *,
    house: In,
    user: Writer,
    now: Now,
    file: UploadFile,
    title: Annotated[str, Form(max_length=300)] = "",
    kind: Annotated[str, Form(max_length=20)] = "interview",
    language: Annotated[str, Form(max_length=20)] = "vi",
    speaker: Annotated[str, Form(max_length=200)] = "",
    anyway: Annotated[bool, Form()] = False,
) -> Response:
    typed = {"title": title, "kind": kind, "language": language, "speaker": speaker}
    try:
        with receive(house, file) as path:
            heard = hear_file(house.store, path, name=file.filename or say("takes.unnamed"))
        with house.database.reading() as session:
            known = list_recordings(session)
        check_new(heard, known, house.store, anyway=anyway)
        with house.database.writing() as session:
            recording = add_recording(session, heard, typed, by=user.username, now=now)
            number = recording.id
    except LoaError as error:
        with house.database.reading() as session:
            return _show_list(request, session, error=error, typed=typed)
    return redirect(f"/recordings/{number}", request)


@router.get("/recordings/{number}")
def show_recording(request: Request, *, house: In, session: Reading, _user: Reader, number: int) -> Response:
    return show_desk(request, session, find_recording(session, number), cache=house.settings.cache)


@router.post("/recordings/{number}", dependencies=[Depends(check_form)])
def correct(
    request: Request,
    *,
    house: In,
    user: Writer,
    now: Now,
    number: int,
    version: Annotated[int, Form()],
    name: Annotated[str, Form(max_length=200)] = "",
    title: Annotated[str, Form(max_length=300)] = "",
    kind: Annotated[str, Form(max_length=20)] = "interview",
    language: Annotated[str, Form(max_length=20)] = "vi",
    speaker: Annotated[str, Form(max_length=200)] = "",
    place: Annotated[str, Form(max_length=200)] = "",
    recorded_on: Annotated[str, Form(max_length=20)] = "",
    note: Annotated[str, Form(max_length=3000)] = "",
) -> Response:
    def change(session: Session, recording: Recording) -> None:
        day = parse_day(recorded_on) if recorded_on.strip() else None
        fields = {"name": name, "title": title, "kind": kind, "language": language}
        more = {"speaker": speaker, "place": place, "note": note.replace("\r\n", "\n"), "recorded_on": day}
        describe(session, recording, {**fields, **more}, by=user.username, now=now, version=version)

    return change_one(request, house, number, change)


@router.post("/recordings/{number}/remove", dependencies=[Depends(check_form)])
def remove_one(
    request: Request, *, house: In, user: Writer, now: Now, number: int, version: Annotated[int, Form()]
) -> Response:
    def change(session: Session, recording: Recording) -> None:
        remove(session, recording, by=user.username, now=now, version=version)

    return change_one(request, house, number, change)


@router.get("/recordings/{number}/peaks")
def send_peaks(*, house: In, session: Reading, _user: Reader, number: int) -> Response:
    """The wave as it is edited now, for the page to draw."""
    material = find_material(session, find_recording(session, number))
    points = draw(material.pieces, material.outlines, house.store)
    return JSONResponse({"duration_ms": material.duration_ms, "points": points})


@router.get("/recordings/{number}/sound")
def send_sound(*, house: In, _user: Reader, number: int, original: bool = False) -> Response:
    """The recording as it is edited now, made if need be; or the file as it came, to be kept."""
    with house.database.reading() as session:
        recording = find_recording(session, number)
        material = find_material(session, recording)
    if original:
        path, name = house.store.path(recording.sha256), recording.file_name
        return FileResponse(path, media_type="application/octet-stream", filename=name)
    path = bring(material, house.store, house.settings.cache, in_flac=needs_flac(recording))
    kind = "audio/flac" if path.suffix == ".flac" else MEDIA_TYPES[recording.container]
    return FileResponse(path, media_type=kind, headers={"cache-control": "private, max-age=86400"})


def _show_list(
    request: Request,
    session: Session,
    *,
    search: str = "",
    kind: str = "",
    removed: bool = False,
    error: LoaError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    chosen = RecordingKind(kind) if kind in set(RecordingKind) else None
    found = list_recordings(session, search=search, removed=removed)
    rows = [one for one in found if chosen is None or one.kind is chosen]
    values = {
        "title": say("web.recordings.title"),
        "rows": rows[:SHOWN],
        "more": max(0, len(rows) - SHOWN),
        "counts": {one.value: sum(row.kind is one for row in found) for one in RecordingKind},
        "search": search,
        "kind": kind,
        "removed": removed,
        "kinds": list(RecordingKind),
        "error": error,
        "alike": error.code == "RecordingAlike" if error else False,
        "typed": typed or {"title": "", "kind": "interview", "language": "vi", "speaker": ""},
    }
    return render(request, "recordings.html", values, error.http_status if error else 200)
