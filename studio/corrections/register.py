"""Corrections made, withdrawn and taken back; every state is kept, and so is who made it.

Missing
├── CorrectionMissing
├── WordsNotInScript
└── OccurrenceMissing
Invalid
└── ScopeWithoutTarget        a scope that must be told of what
Conflict
├── CorrectionOutdated   somebody else changed it in between
└── CorrectionWithdrawn  it is not in force already
Forbidden
└── OthersCorrection     only an approver takes back what somebody else did
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from assets.catalogue import fold
from assets.errors import Conflict, Forbidden, Invalid, Missing
from studio.corrections.checking import (
    CorrectionChangesNothing,
    check_change,
    check_final,
    check_reading,
    check_words,
)
from studio.corrections.models import Correction, CorrectionVersion
from studio.corrections.places import Place, find_occurrences
from studio.corrections.scope import Scope
from studio.corrections.standing import Corrections, Standing
from studio.people.audit import SYSTEM, record
from studio.people.models import User
from studio.people.permissions import Action, may


class CorrectionMissing(Missing):
    pass


class WordsNotInScript(Missing):
    pass


class OccurrenceMissing(Missing):
    pass


class ScopeWithoutTarget(Invalid):
    pass


class CorrectionOutdated(Conflict):
    pass


class CorrectionWithdrawn(Conflict):
    pass


class OthersCorrection(Forbidden):
    pass


def correct(
    session: Session,
    *,
    words: str,
    reading: str,
    scope: Scope,
    target: str = "",
    place: Place | None = None,
    by: User | None,
    now: datetime,
    version: int | None = None,
) -> Correction:
    """Let `words` be read as `reading` in this scope from now on; the same words again are a new version.

    `version` is the state that the person saw (0: none), if that is known. `by` None is the house itself.

    Raises:
        ReadingEmpty, CorrectionTooLong, CorrectionUnreadable, CorrectionChangesNothing, ReadingNotFinal
        ScopeWithoutTarget
        CorrectionOutdated: somebody else has corrected the same words since `version`.
    """
    if scope is not Scope.ALWAYS and not target:
        raise ScopeWithoutTarget(scope=scope)
    new = Standing(scope, target, check_words(words), check_reading(reading), place)
    row = _find_row(session, new)
    if row is not None:
        _lock(session, row, seen=version)
    if row is not None and row.reading == new.reading:
        raise CorrectionChangesNothing(words=new.words, reading=new.reading)
    others = _load_others(session, new)
    if row is None or row.reading is None:
        check_change(new, others)
    check_final(new, others)
    if row is None:
        row = _add_row(session, new, now)
        _lock(session, row, seen=version)
    return _change(session, row, new.reading, by=by, now=now, action="correction.make")


def withdraw(
    session: Session, correction_id: int, *, by: User | None, now: datetime, version: int | None = None
) -> Correction:
    """Let the words be read as without the correction.

    Raises:
        CorrectionMissing, CorrectionOutdated, CorrectionWithdrawn, OthersCorrection
    """
    row = _lock(session, find_correction(session, correction_id), seen=version)
    if row.reading is None:
        raise CorrectionWithdrawn(id=correction_id, words=row.words)
    _demand_own(row, by)
    return _change(session, row, None, by=by, now=now, action="correction.withdraw")


def undo(
    session: Session, correction_id: int, *, by: User | None, now: datetime, version: int | None = None
) -> Correction:
    """Take back the latest change, whatever it was; taking that back again does it anew.

    Raises:
        CorrectionMissing, CorrectionOutdated, OthersCorrection
        ReadingNotFinal: what was corrected since contradicts the former state.
    """
    row = _lock(session, find_correction(session, correction_id), seen=version)
    _demand_own(row, by)
    latest = list_versions(session, correction_id)[0]
    if latest.before is not None:
        former = Standing(row.scope, row.target, row.words, latest.before, Place.unpack(row.place))
        check_final(former, _load_others(session, former))
    return _change(
        session, row, latest.before, by=by, now=now, action="correction.undo", undoes=latest.number
    )


def find_place(words: str, texts: Sequence[str], number: int | None, *, code: str) -> Place | None:
    """The place of the `number`-th occurrence of `words` in the passages of a script; None for all.

    Raises:
        WordsNotInScript, OccurrenceMissing
    """
    found = find_occurrences(check_words(words), texts)
    if not found:
        raise WordsNotInScript(words=words, code=code)
    if number is None:
        return None
    if not 1 <= number <= len(found):
        raise OccurrenceMissing(words=words, number=number, count=len(found), code=code)
    return found[number - 1].place


def find_correction(session: Session, correction_id: int) -> Correction:
    """Raises: CorrectionMissing."""
    row = session.get(Correction, correction_id)
    if row is None:
        raise CorrectionMissing(id=correction_id)
    return row


def list_corrections(
    session: Session,
    *,
    scope: Scope | None = None,
    target: str | None = None,
    search: str = "",
    withdrawn: bool = True,
) -> list[Correction]:
    """The latest changed first; `search` looks for its words in words, reading and target, without marks."""
    query = select(Correction).order_by(col(Correction.changed_at).desc(), col(Correction.id).desc())
    if scope is not None:
        query = query.where(Correction.scope == scope)
    if target is not None:
        query = query.where(Correction.target == target)
    if not withdrawn:
        query = query.where(col(Correction.reading).is_not(None))
    wanted = fold(search).split()
    return [
        row
        for row in session.exec(query)
        if all(word in fold(f"{row.words} {row.reading or ''} {row.target}") for word in wanted)
    ]


def list_versions(session: Session, correction_id: int) -> list[CorrectionVersion]:
    """The states of a correction, the latest first."""
    return list(
        session.exec(
            select(CorrectionVersion)
            .where(CorrectionVersion.correction_id == correction_id)
            .order_by(col(CorrectionVersion.number).desc())
        )
    )


def load_corrections(session: Session) -> Corrections:
    """All that are in force."""
    rows = session.exec(
        select(Correction).where(col(Correction.reading).is_not(None)).order_by(col(Correction.id))
    )
    return Corrections(
        tuple(
            Standing(row.scope, row.target, row.words, row.reading or "", Place.unpack(row.place))
            for row in rows
        )
    )


def _load_others(session: Session, new: Standing) -> Corrections:
    """What may hold in the same sentence as `new`, without what `new` takes the place of."""
    return Corrections(
        tuple(
            one
            for one in load_corrections(session).standing
            if not one.is_same_matter(new) and (one.scope is not new.scope or one.target == new.target)
        )
    )


def _find_row(session: Session, new: Standing) -> Correction | None:
    packed = new.place.pack() if new.place else ""
    return session.exec(
        select(Correction).where(
            Correction.scope == new.scope,
            Correction.target == new.target,
            Correction.words == new.words,
            Correction.place == packed,
        )
    ).first()


def _add_row(session: Session, new: Standing, now: datetime) -> Correction:
    row = Correction(
        scope=new.scope,
        target=new.target,
        words=new.words,
        place=new.place.pack() if new.place else "",
        version=0,
        changed_by="",
        changed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # on PostgreSQL somebody else may have made it between the look and the insert
        found = _find_row(session, new)
        if found is None:
            raise
        return found
    return row


def _lock(session: Session, row: Correction, *, seen: int | None) -> Correction:
    """The row as it is now, for this transaction alone to change."""
    session.refresh(row, with_for_update=True)
    if seen is not None and seen != row.version:
        raise CorrectionOutdated(words=row.words, who=row.changed_by, reading=row.reading or "–")
    return row


def _change(
    session: Session,
    row: Correction,
    reading: str | None,
    *,
    by: User | None,
    now: datetime,
    action: str,
    undoes: int | None = None,
) -> Correction:
    assert row.id is not None
    before, name = row.reading, by.username if by else SYSTEM
    row.reading, row.version = reading, row.version + 1
    row.changed_by, row.changed_at = name, now
    session.add(row)
    session.add(
        CorrectionVersion(
            correction_id=row.id,
            number=row.version,
            before=before,
            after=reading,
            by=name,
            at=now,
            undoes=undoes,
        )
    )
    session.flush()
    record(
        session,
        at=now,
        by=name,
        action=action,
        subject=f"correction/{row.id}",
        before={"words": row.words, "scope": row.scope, "target": row.target, "reading": before},
        after={"words": row.words, "scope": row.scope, "target": row.target, "reading": reading},
    )
    return row


def _demand_own(row: Correction, by: User | None) -> None:
    if by is not None and row.changed_by != by.username and not may(by, Action.UNDO_CORRECTIONS):
        raise OthersCorrection(words=row.words, who=row.changed_by)
