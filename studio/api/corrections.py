"""Corrections of readings over the API, and how a script is read with them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from studio.api.answers import Answer, Page
from studio.api.paging import Limit, Offset, cut
from studio.corrections import register
from studio.corrections.models import Correction
from studio.corrections.places import Place
from studio.corrections.register import load_corrections
from studio.corrections.scope import Scope
from studio.people.models import User
from studio.people.permissions import Action
from studio.production.changes import corrections_of, find_effects, find_reading
from studio.production.correcting import (
    Outcome,
    Spot,
    make_correction,
    try_correction,
    undo_correction,
    withdraw_correction,
)
from studio.production.hearing import hear_sentence
from studio.production.preview import preview_script
from studio.production.releases import renew_reading, segment_key
from studio.recordings.shelf import list_lengths
from studio.scripts.models import ScriptState
from studio.scripts.parser import MAX_CHARACTERS
from studio.scripts.workflow import find_script, text_of
from studio.web.access import Allowed, House, In, Now, Reading, Writing, check_request

router = APIRouter(tags=["corrections"])

Reader = Annotated[User, Depends(Allowed(Action.READ_CORRECTIONS))]
Corrector = Annotated[User, Depends(Allowed(Action.CORRECT))]
ScriptReader = Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_SCRIPTS))]
SENT = [Depends(check_request)]
Seen = Annotated[int | None, Field(description="The version that was seen; a later one is a conflict")]


class SpotGiven(BaseModel):
    line: Annotated[int, Field(ge=1)]
    column: Annotated[int, Field(ge=1)]


class NewCorrection(BaseModel):
    words: Annotated[str, Field(max_length=1000, description="As they stand in the script")]
    reading: Annotated[str, Field(max_length=2000, description="In words; a comma is a pause")]
    scope: Scope = Scope.ALWAYS
    target: Annotated[str, Field(description="Code of the script or unit, name of the voice or engine")] = ""
    place: Annotated[int | None, Field(description="Only this occurrence in the script, from 1")] = None
    at: Annotated[SpotGiven | None, Field(description="Only what stands here in the script")] = None
    text: Annotated[str | None, Field(max_length=MAX_CHARACTERS, description="The script being typed")] = None
    version: Seen = None


class Change(BaseModel):
    version: Seen = None


class Text(BaseModel):
    text: Annotated[
        str | None, Field(max_length=MAX_CHARACTERS, description="The script being typed; else its latest")
    ] = None


class Hearing(Text, SpotGiven):
    correction: Annotated[NewCorrection | None, Field(description="Tried out, not kept")] = None


class CorrectionAnswer(Answer):
    id: int
    scope: Scope
    target: str
    words: str
    place: dict[str, object] | None = Field(description="The words beside the one place where it holds")
    reading: str | None = Field(description="None: withdrawn")
    version: int
    changed_by: str
    changed_at: datetime


class VersionAnswer(Answer):
    number: int
    before: str | None
    after: str | None
    by: str
    at: datetime
    undoes: int | None


class HistoryAnswer(CorrectionAnswer):
    versions: list[VersionAnswer]


class ChangedAnswer(Answer):
    role: str
    line: int
    column: int
    source: str
    before: str
    after: str


class EffectAnswer(Answer):
    code: str
    title: str
    state: ScriptState
    revision: int
    is_kept: bool = Field(description="Approved: it airs as it was approved until it is renewed")
    sentences: list[ChangedAnswer]


class OutcomeAnswer(CorrectionAnswer):
    effects: list[EffectAnswer]


class NoticeAnswer(Answer):
    code: str
    message: str
    source: str
    start: int
    end: int


class WordAnswer(Answer):
    source: str
    spoken: str
    kind: str
    line: int
    column: int
    differs: bool


class SentenceAnswer(Answer):
    role: str
    voice: str
    line: int
    column: int
    source: str
    spoken: str
    words: list[WordAnswer]
    warnings: list[NoticeAnswer]


class ReadingAnswer(BaseModel):
    sentences: list[SentenceAnswer]
    duration_ms: int | None = Field(description="The programme; None while something in it is not clear")
    roles: dict[str, int] = Field(description="Milliseconds that each role speaks")


class HeardAnswer(BaseModel):
    address: str
    duration_ms: int


@router.get("/corrections")
def list_corrections(
    session: Reading,
    _user: Reader,
    *,
    search: str = "",
    scope: Scope | None = None,
    target: str | None = None,
    withdrawn: bool = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[CorrectionAnswer]:
    """The latest changed first; `search` in words, reading and target, with or without diacritics."""
    found = register.list_corrections(session, scope=scope, target=target, search=search, withdrawn=withdrawn)
    return cut(found, limit, offset, lambda row: CorrectionAnswer(**_describe(row)))


@router.post("/corrections", status_code=201, dependencies=SENT)
def create_correction(house: In, user: Corrector, now: Now, given: NewCorrection) -> OutcomeAnswer:
    """Read `words` as `reading` from now on; answers with every sentence that is said otherwise."""
    with house.database.writing() as session:
        outcome = make_correction(
            session,
            words=given.words,
            reading=given.reading,
            scope=given.scope,
            target=given.target,
            place=_place(given),
            text=given.text,
            by=user,
            now=now,
            version=given.version,
        )
    return _answer(house, outcome)


@router.get("/corrections/{number}")
def show_correction(session: Reading, _user: Reader, number: int) -> HistoryAnswer:
    """A correction with all its versions, the latest first."""
    row = register.find_correction(session, number)
    versions = [VersionAnswer.model_validate(one) for one in register.list_versions(session, number)]
    return HistoryAnswer(**_describe(row), versions=versions)


@router.post("/corrections/{number}/undo", dependencies=SENT)
def undo(house: In, user: Corrector, now: Now, number: int, given: Change) -> OutcomeAnswer:
    """Take back the latest change; taking that back does it anew."""
    with house.database.writing() as session:
        outcome = undo_correction(session, number, by=user, now=now, version=given.version)
    return _answer(house, outcome)


@router.delete("/corrections/{number}", dependencies=SENT)
def withdraw(house: In, user: Corrector, now: Now, number: int, version: int | None = None) -> OutcomeAnswer:
    """Let the words be read as without it; that can be undone too."""
    with house.database.writing() as session:
        outcome = withdraw_correction(session, number, by=user, now=now, version=version)
    return _answer(house, outcome)


@router.post("/scripts/{code}/reading", dependencies=SENT)
def read_script(house: In, session: Reading, _user: ScriptReader, code: str, given: Text) -> ReadingAnswer:
    """Sentence by sentence what will be said, what to look at, and how long it will take."""
    script = find_script(session, code)
    if given.text is None:
        corrections = corrections_of(session, script, script.latest_revision)
        text = text_of(session, script)
    else:
        corrections, text = load_corrections(session), given.text
    lengths = list_lengths(session, text, house.settings.recordings)
    preview = preview_script(text, corrections, script=code, recordings=lengths)
    return ReadingAnswer(
        sentences=[SentenceAnswer.model_validate(one) for one in preview.sentences],
        duration_ms=preview.estimate.duration_ms,
        roles=dict(preview.estimate.roles),
    )


@router.post("/scripts/{code}/hearing", dependencies=SENT)
def hear(house: In, user: Corrector, now: Now, code: str, given: Hearing) -> HeardAnswer:
    """Say the sentence at a place of the script at once, with a correction tried out if one is given."""
    house.hearings.take(user.username, now)
    with house.database.reading() as session:
        text = text_of(session, find_script(session, code)) if given.text is None else given.text
        corrections = load_corrections(session)
    if given.correction:
        tried = given.correction
        corrections = try_correction(
            text,
            corrections,
            words=tried.words,
            reading=tried.reading,
            scope=tried.scope,
            target=tried.target,
            place=_place(tried),
            code=code,
        )
    spoken = hear_sentence(
        text, corrections, script=code, line=given.line, column=given.column, settings=house.settings
    )
    return HeardAnswer(address=f"/heard/{spoken.path.stem}", duration_ms=spoken.duration_ms)


@router.get("/scripts/{code}/sentences")
def list_sentences(
    session: Reading, _user: ScriptReader, code: str, revision: int | None = None
) -> list[dict[str, Any]]:
    """When each sentence of the made segment is heard; empty while it is not made.

    `words` holds for each written word its characters in `source` (half open), begin and end in milliseconds.
    """
    script = find_script(session, code)
    made = find_reading(session, segment_key(code, revision or script.latest_revision))
    return made.sentences if made else []


@router.post("/scripts/{code}/renew", status_code=201, dependencies=SENT)
def renew(session: Writing, user: Writer, now: Now, code: str) -> dict[str, int]:
    """A new draft of an approved script's text, to be read with what was corrected since."""
    return {"revision": renew_reading(session, code, by=user, now=now).latest_revision}


def _place(given: NewCorrection) -> int | Spot | None:
    return Spot(given.at.line, given.at.column) if given.at else given.place


def _answer(house: House, outcome: Outcome) -> OutcomeAnswer:
    with house.database.reading() as session:
        effects = find_effects(session, outcome.before, outcome.after)
    return OutcomeAnswer(
        **_describe(outcome.correction), effects=[EffectAnswer.model_validate(one) for one in effects]
    )


def _describe(row: Correction) -> dict[str, Any]:
    place = Place.unpack(row.place)
    beside = {"before": place.before, "after": place.after, "number": place.number} if place else None
    return {**row.model_dump(exclude={"place"}), "place": beside}
