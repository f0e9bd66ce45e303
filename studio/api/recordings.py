"""The catalogue of recordings over the API: found, added, described, taken away."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response, UploadFile
from pydantic import BaseModel, Field
from sqlmodel import Session

from assets.messages import say
from studio.api.answers import Answer, Page
from studio.api.paging import Limit, Offset, cut
from studio.people.models import User
from studio.people.permissions import Action
from studio.recordings import register
from studio.recordings.ingest import MAX_BYTES, check_new, hear_file
from studio.recordings.models import Recording, RecordingKind
from studio.recordings.shelf import find_material
from studio.web.access import Allowed, In, Now, Reading, Writing, check_request
from studio.web.uploads import FORM_BYTES, UploadRoute, receive

router = APIRouter(prefix="/recordings", tags=["recordings"], route_class=UploadRoute)

Reader = Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_SCRIPTS))]
SENT = [Depends(check_request)]


class RecordingAnswer(Answer):
    id: int
    name: str = Field(description="As scripts call for it: `[ghi âm: NAME]`")
    kind: RecordingKind
    title: str
    language: str
    speaker: str
    place: str
    recorded_on: date | None
    note: str
    tags: dict[str, str]
    file_name: str
    sha256: str = Field(description="Of the file as it came")
    size_bytes: int
    container: str
    codec: str
    rate_hz: int
    channels: int
    duration_ms: int = Field(description="Of the file as it came")
    integrated_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    cue_in_ms: int
    cue_out_ms: int
    flaws: list[str]
    version: int
    added_by: str
    added_at: datetime
    removed_at: datetime | None
    is_sample: bool


class EditedRecordingAnswer(RecordingAnswer):
    edited_ms: int = Field(description="Its length as it is edited now")


class Description(BaseModel):
    """What is left out stays as it is."""

    version: Annotated[
        int | None, Field(description="The version that was read; a later one is a conflict")
    ] = None
    name: str | None = None
    kind: str | None = None
    title: str | None = None
    language: str | None = None
    speaker: str | None = None
    place: str | None = None
    recorded_on: str | None = Field(default=None, description="As 2026-12-31; empty: not known")
    note: str | None = None


@router.get("")
def list_recordings(
    session: Reading,
    _user: Reader,
    *,
    search: str = "",
    kind: RecordingKind | None = None,
    removed: bool = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[RecordingAnswer]:
    """The latest first; `search` in all that is known of each, with or without diacritics."""
    found = register.list_recordings(session, search=search, removed=removed)
    chosen = [one for one in found if kind is None or one.kind is kind]
    return cut(chosen, limit, offset, RecordingAnswer.model_validate)


@router.post("", status_code=201, dependencies=SENT, max_body_size=MAX_BYTES + FORM_BYTES)
def add_recording(
    house: In,
    user: Writer,
    now: Now,
    *,
    file: UploadFile,
    title: Annotated[str, Form(max_length=300)] = "",
    kind: Annotated[str, Form(max_length=20)] = "interview",
    language: Annotated[str, Form(max_length=20)] = "vi",
    speaker: Annotated[str, Form(max_length=200)] = "",
    anyway: Annotated[bool, Form(description="Keep it though it sounds like another")] = False,
) -> EditedRecordingAnswer:
    """Heard from end to end, compared with what is there, and kept as it came."""
    with receive(house, file) as path:
        heard = hear_file(house.store, path, name=file.filename or say("takes.unnamed"))
    with house.database.reading() as session:
        known = register.list_recordings(session)
    check_new(heard, known, house.store, anyway=anyway)
    said = {"title": title, "kind": kind, "language": language, "speaker": speaker}
    with house.database.writing() as session:
        return _answer(session, register.add_recording(session, heard, said, by=user.username, now=now))


@router.get("/{number}")
def show_recording(session: Reading, _user: Reader, number: int) -> EditedRecordingAnswer:
    return _answer(session, register.find_recording(session, number))


@router.patch("/{number}", dependencies=SENT)
def describe_recording(
    session: Writing, user: Writer, now: Now, number: int, given: Description
) -> EditedRecordingAnswer:
    """Say what it is; the deed is on record and can be taken back."""
    recording = register.find_recording(session, number)
    fields = given.model_dump(exclude_none=True, exclude={"version"})
    register.describe(session, recording, fields, by=user.username, now=now, version=given.version)
    return _answer(session, recording)


@router.delete("/{number}", status_code=204, dependencies=SENT)
def remove_recording(
    session: Writing, user: Writer, now: Now, number: int, version: int | None = None
) -> Response:
    """Take it from the list; its file stays, and it can be taken back."""
    recording = register.find_recording(session, number)
    register.remove(session, recording, by=user.username, now=now, version=version)
    return Response(status_code=204)


@router.post("/{number}/undo", dependencies=SENT)
def undo_change(
    session: Writing, user: Writer, now: Now, number: int, version: int | None = None
) -> EditedRecordingAnswer:
    """Take back the latest deed that still stands, a removal too."""
    recording = register.find_recording(session, number)
    register.undo(session, recording, by=user.username, now=now, version=version)
    return _answer(session, recording)


def _answer(session: Session, recording: Recording) -> EditedRecordingAnswer:
    heard = RecordingAnswer.model_validate(recording)
    return EditedRecordingAnswer(
        **heard.model_dump(), edited_ms=find_material(session, recording).duration_ms
    )
