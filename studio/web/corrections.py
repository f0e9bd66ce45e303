"""Corrections of readings: the page that lists, searches, makes and takes them back; the sound tried out."""

import re
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import FileResponse
from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import catalogue, current_language, say
from studio.corrections.models import Correction
from studio.corrections.places import Place
from studio.corrections.register import list_corrections, list_versions
from studio.corrections.scope import Scope
from studio.people.models import User
from studio.people.permissions import Action, may
from studio.planning.units import list_units
from studio.production.changes import find_effects
from studio.production.correcting import (
    Outcome,
    make_correction,
    read_scope,
    undo_correction,
    withdraw_correction,
)
from studio.production.releases import renew_reading
from studio.scripts.workflow import list_scripts
from studio.voices.cache import SpeechCache
from studio.voices.registry import ESPEAK, PIPER, voice_names, voices_of
from studio.web.access import Allowed, House, In, Now, Writing, check_form
from studio.web.media import MediaMissing
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(Allowed(Action.READ_CORRECTIONS))]
Corrector = Annotated[User, Depends(Allowed(Action.CORRECT))]
SHOWN = 200
_KEY = re.compile(r"[0-9a-f]{64}")


@router.get("/corrections")
def show_corrections(
    request: Request, house: In, user: Reader, search: str = "", scope: str = ""
) -> Response:
    return _show(request, house, user, search=search, scope=scope)


@router.post("/corrections", dependencies=[Depends(check_form)])
def create(
    request: Request,
    *,
    house: In,
    user: Corrector,
    now: Now,
    words: Annotated[str, Form(max_length=1000)] = "",
    reading: Annotated[str, Form(max_length=2000)] = "",
    where: Annotated[str, Form(max_length=200)] = "always",
) -> Response:
    def change(session: Session) -> Outcome:
        scope, target = read_scope(where)
        return make_correction(
            session, words=words, reading=reading, scope=scope, target=target, by=user, now=now
        )

    return _change(request, house, user, change, {"words": words, "reading": reading, "where": where})


@router.post("/corrections/{number}/undo", dependencies=[Depends(check_form)])
def undo(
    request: Request, *, house: In, user: Corrector, now: Now, number: int, version: Annotated[int, Form()]
) -> Response:
    return _change(
        request,
        house,
        user,
        lambda session: undo_correction(session, number, by=user, now=now, version=version),
    )


@router.post("/corrections/{number}/withdraw", dependencies=[Depends(check_form)])
def withdraw(
    request: Request, *, house: In, user: Corrector, now: Now, number: int, version: Annotated[int, Form()]
) -> Response:
    return _change(
        request,
        house,
        user,
        lambda session: withdraw_correction(session, number, by=user, now=now, version=version),
    )


@router.post("/scripts/{code}/renew", dependencies=[Depends(check_form)])
def renew(
    request: Request,
    session: Writing,
    user: Annotated[User, Depends(Allowed(Action.WRITE_SCRIPTS))],
    now: Now,
    code: str,
) -> Response:
    """A new draft of an approved script, to be read with what was corrected since."""
    renew_reading(session, code, by=user, now=now)
    return redirect(f"/scripts/{code}", request)


@router.get("/heard/{key}")
def send_heard(key: str, house: In, _user: Corrector) -> Response:
    """A sentence that was tried out, from the cache of sentences.

    Raises:
        MediaMissing
    """
    path = SpeechCache(house.settings.cache / "speech").path(key) if _KEY.fullmatch(key) else None
    if path is None or not path.is_file():
        raise MediaMissing(sha256=key[:64])
    return FileResponse(path, media_type="audio/wav", headers={"cache-control": "private, max-age=3600"})


def _change(
    request: Request,
    house: House,
    user: User,
    change: Callable[[Session], Outcome],
    typed: dict[str, str] | None = None,
) -> Response:
    """Change, and show what is said otherwise now; what stands in the way is shown with what was typed."""
    try:
        with house.database.writing() as session:
            outcome = change(session)
    except LoaError as error:
        return _show(request, house, user, error=error, typed=typed)
    return _show(request, house, user, outcome=outcome)


def _show(
    request: Request,
    house: House,
    user: User,
    *,
    search: str = "",
    scope: str = "",
    error: LoaError | None = None,
    outcome: Outcome | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    chosen = read_scope_name(scope)
    with house.database.reading() as session:
        found = list_corrections(session, search=search)
        titles = {script.code: script.title for script in list_scripts(session)}
        units = {unit.code: unit.name for unit in list_units(session)}
        names = {Scope.SCRIPT: titles, Scope.ORGANISATION: units}
        rows = [
            {
                "correction": row,
                "target": names.get(row.scope, {}).get(row.target, row.target),
                "place": Place.unpack(row.place),
                "versions": list_versions(session, row.id or 0),
                "mine": may_undo(user, row),
            }
            for row in found
            if chosen is None or row.scope is chosen
        ][:SHOWN]
        effects = find_effects(session, outcome.before, outcome.after) if outcome else []
    engines = [engine for engine in (ESPEAK, PIPER) if voices_of(engine)]
    voices = [(name, _name_voice(name)) for name in (*engines, *voice_names())]
    values = {
        "title": say("web.corrections.title"),
        "search": search,
        "scope": scope,
        "counts": {one.value: sum(row.scope is one for row in found) for one in Scope},
        "rows": rows,
        "places": [
            (Scope.ORGANISATION.value, list(units.items())),
            (Scope.SCRIPT.value, list(titles.items())),
            (Scope.VOICE.value, voices),
        ],
        "typed": typed or {"words": "", "reading": "", "where": "always"},
        "error": error,
        "told": _tell(outcome, sum(len(effect.sentences) for effect in effects)),
        "effects": effects,
    }
    return render(request, "corrections.html", values, error.http_status if error else 200)


def may_undo(user: User, row: Correction) -> bool:
    return may(user, Action.UNDO_CORRECTIONS) or (
        may(user, Action.CORRECT) and row.changed_by == user.username
    )


def read_scope_name(name: str) -> Scope | None:
    """The scope to filter by; what is no scope filters nothing."""
    return Scope(name) if name in set(Scope) else None


def _tell(outcome: Outcome | None, count: int) -> str:
    if outcome is None:
        return ""
    row = outcome.correction
    reading = say("corrections.reads", reading=row.reading) if row.reading else say("corrections.as_before")
    return say("web.corrections.told", words=row.words, reading=reading, count=count)


def _name_voice(name: str) -> str:
    """As people call it, with the name by which scripts call it."""
    words = catalogue(current_language()).get(f"voices.name.{name}")
    return f"{words} ({name})" if words else name
