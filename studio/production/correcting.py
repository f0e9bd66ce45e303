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
from studio.corrections.checking import check_reading, check_words
from studio.corrections.models import Correction
from studio.corrections.places import Place, find_occurrences
from studio.corrections.scope import Scope
from studio.corrections.standing import NO_CORRECTIONS, Corrections, Standing
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
class Spot:
    """A place in a script's text: the words that cover it are meant."""

    line: int
    column: int


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
    place: int | Spot | None = None,
    text: str | None = None,
    by: User | None,
    now: datetime,
    version: int | None = None,
) -> Outcome:
    """Let `words` be read as `reading`.

    `place` is the number of their one occurrence in the script, or where it stands; it is looked for in
    `text`, as it is being typed, instead of the latest revision.

    Raises:
        ScriptMissing, UnitUnknown, VoiceMissing: what the scope names is not there.
        PlaceWithoutScript, WordsNotInScript, OccurrenceMissing
        what `studio.corrections.register.correct` raises.
    """
    if by:
        require(by, Action.CORRECT)
    found = None
    if scope is Scope.SCRIPT:
        latest = text_of(session, find_script(session, target))
        found = find_place(latest if text is None else text, words, place, code=target)
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


def try_correction(
    text: str,
    corrections: Corrections,
    *,
    words: str,
    reading: str,
    scope: Scope,
    target: str,
    place: int | Spot | None,
    code: str,
) -> Corrections:
    """What a script would be read with if this were corrected; nothing is kept.

    Raises:
        ReadingEmpty, CorrectionTooLong, CorrectionUnreadable, WordsNotInScript, OccurrenceMissing
    """
    found = find_place(text, words, place, code=code) if scope is Scope.SCRIPT else None
    tried = Standing(scope, target, check_words(words), check_reading(reading), found)
    others = (one for one in corrections.standing if not one.is_same_matter(tried))
    return Corrections((tried, *others))


def find_place(text: str, words: str, place: int | Spot | None, *, code: str) -> Place | None:
    """The place of the script's text that is meant; None for all.

    Raises:
        WordsNotInScript, OccurrenceMissing
    """
    passages = [read.passage for read in understand_passages(text, NO_CORRECTIONS, script=code)[1]]
    texts = [passage.text for passage in passages]
    if isinstance(place, Spot):
        for number, found in enumerate(find_occurrences(check_words(words), texts), start=1):
            passage = passages[found.passage]
            first, last = passage.locate(found.source_start), passage.locate(found.source_end - 1)
            if first <= (place.line, place.column) <= last:
                return register.find_place(words, texts, number, code=code)
        raise register.WordsNotInScript(words=words, code=code)
    return register.find_place(words, texts, place, code=code)


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
