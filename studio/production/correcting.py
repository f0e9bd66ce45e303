"""One correction made, withdrawn or taken back, with what it needs to be told from what it does.

Invalid
├── ScopeUnreadable
└── PlaceWithoutScript   only in one script is there one place
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from assets.errors import Invalid
from studio.corrections import register
from studio.corrections.models import Correction, Scope
from studio.corrections.standing import NO_CORRECTIONS, Corrections
from studio.people.models import User
from studio.people.permissions import Action, require
from studio.planning.units import find_unit
from studio.production.passages import understand_passages
from studio.scripts.workflow import find_script, text_of
from studio.voices.registry import find_voice, is_engine


class ScopeUnreadable(Invalid):
    pass


class PlaceWithoutScript(Invalid):
    pass


@dataclass(frozen=True, slots=True)
class Outcome:
    """The correction as it is now, and all that were in force before and after."""

    correction: Correction
    before: Corrections
    after: Corrections


def read_scope(written: str) -> tuple[Scope, str]:
    """`always`, `script:CODE`, `organisation:CODE` or `voice:NAME`.

    Raises:
        ScopeUnreadable: lists the forms.
    """
    name, _, target = written.strip().partition(":")
    try:
        scope = Scope(name)
    except ValueError:
        raise ScopeUnreadable(scope=written[:60]) from None
    if bool(target) == (scope is Scope.ALWAYS):
        raise ScopeUnreadable(scope=written[:60])
    return scope, target


def make_correction(
    session: Session,
    *,
    words: str,
    reading: str,
    scope: Scope,
    target: str = "",
    place: int | None = None,
    by: User | None,
    now: datetime,
    version: int | None = None,
) -> Outcome:
    """Let `words` be read as `reading`; `place` is the number of their one occurrence in the script.

    Raises:
        ScriptMissing, UnitUnknown, VoiceMissing: what the scope names is not there.
        PlaceWithoutScript, WordsNotInScript, OccurrenceMissing
        what `studio.corrections.register.correct` raises.
    """
    if by:
        require(by, Action.CORRECT)
    found = None
    if scope is Scope.SCRIPT:
        text = text_of(session, find_script(session, target))
        passages = understand_passages(text, NO_CORRECTIONS, script=target)[1]
        texts = [read.passage.text for read in passages]
        found = register.find_place(words, texts, place, code=target)
    elif place is not None:
        raise PlaceWithoutScript(words=words[:40])
    elif scope is Scope.ORGANISATION:
        find_unit(session, target)
    elif scope is Scope.VOICE and not is_engine(target):
        find_voice(target)
    return _watch(
        session,
        lambda: register.correct(
            session,
            words=words,
            reading=reading,
            scope=scope,
            target=target,
            place=found,
            by=by,
            now=now,
            version=version,
        ),
    )


def undo_correction(
    session: Session, number: int, *, by: User | None, now: datetime, version: int | None = None
) -> Outcome:
    """Raises: what `studio.corrections.register.undo` raises."""
    if by:
        require(by, Action.CORRECT)
    return _watch(session, lambda: register.undo(session, number, by=by, now=now, version=version))


def withdraw_correction(
    session: Session, number: int, *, by: User | None, now: datetime, version: int | None = None
) -> Outcome:
    """Raises: what `studio.corrections.register.withdraw` raises."""
    if by:
        require(by, Action.CORRECT)
    return _watch(session, lambda: register.withdraw(session, number, by=by, now=now, version=version))


def _watch(session: Session, change: Callable[[], Correction]) -> Outcome:
    before = register.load_corrections(session)
    correction = change()
    return Outcome(correction, before, register.load_corrections(session))
