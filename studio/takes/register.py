"""Takes of a script in the database: heard, added, removed, taken back, and matched with its passages.

Missing
├── PassageMissing
└── TakeUnknown
Invalid
├── PassageNotRecorded
└── TakeTooLarge
Conflict
├── PassageChanged     its words are others than the person has read
└── NoTakeToUndo
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path

from sqlmodel import Session, col, select

from assets.errors import Conflict, Invalid, LoaError, Missing
from assets.listening import Listening, listen
from assets.sounds.library import bundled_sounds
from assets.store import ContentMissing, Store
from studio.people.audit import record
from studio.scripts.document import ScriptDocument
from studio.scripts.models import Script
from studio.scripts.parser import understand_script
from studio.scripts.workflow import text_of
from studio.takes.models import Take, TakeChange
from studio.takes.shelf import NumberedPassage, TakeShelf, list_recorded, number_passages
from studio.voices.registry import voice_engines
from studio.voices.voice import RECORDED

MAX_BYTES = 60_000_000
"""Ten minutes of 16-bit stereo: far more than a passage."""
ALIKE = 0.5
"""Words this much alike are taken for a later version of each other, to be shown side by side."""


class PassageMissing(Missing):
    pass


class PassageNotRecorded(Invalid):
    pass


class TakeTooLarge(Invalid):
    pass


class PassageChanged(Conflict):
    pass


class TakeUnknown(Missing):
    pass


class NoTakeToUndo(Conflict):
    pass


@dataclass(frozen=True, slots=True)
class HeardTake:
    """A file that was heard from end to end and is in the store."""

    name: str
    sha256: str
    size_bytes: int
    heard: Listening


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage that a person reads: with its take, or with a stale one, or with none."""

    wanted: NumberedPassage
    take: Take | None
    stale: Take | None


def hear_take(store: Store, path: Path, *, name: str) -> HeardTake:
    """Hear `path`, which its owner calls `name`, and keep its bytes; no transaction may be open.

    Raises:
        TakeTooLarge
        MediaUnreadable, MediaEmpty, MediaSoundless, SoundSilent, SoundTooShort, LoudnessUndefined
    """
    size_bytes = path.stat().st_size
    if size_bytes > MAX_BYTES:
        raise TakeTooLarge(name=name[:80], most=MAX_BYTES // 10**6)
    try:
        heard = listen(path)
    except LoaError as error:
        if "path" in error.data:
            raise type(error)(**{**error.data, "path": name}) from error
        raise
    return HeardTake(name[:200], store.put(path), size_bytes, heard)


def understand(session: Session, script: Script, revision: int | None = None) -> ScriptDocument:
    """What a revision of the script says, as far as it is clear; its first problem if nothing is.

    Raises:
        RevisionMissing, LoaError
    """
    text = text_of(session, script, revision)
    sounds = {name: sound.kind for name, sound in bundled_sounds().items()}
    document, problems = understand_script(text, voices=voice_engines(), sounds=sounds, recordings=None)
    if document is None:
        raise problems[0]
    return document


def find_passage(
    document: ScriptDocument, number: int, *, words_sha256: str | None = None
) -> NumberedPassage:
    """The recorded passage of that number; `words_sha256` is what the person saw when reading.

    Raises:
        PassageMissing, PassageNotRecorded, PassageChanged
    """
    passages = number_passages(document)
    if not 1 <= number <= len(passages):
        raise PassageMissing(number=number, count=len(passages))
    found = passages[number - 1]
    if found.passage.voice != RECORDED:
        raise PassageNotRecorded(number=number, role=found.passage.role, voice=found.passage.voice)
    if words_sha256 and words_sha256 != found.key[1]:
        raise PassageChanged(number=number)
    return found


def add_take(
    session: Session, script: Script, wanted: NumberedPassage, heard: HeardTake, *, by: str, now: datetime
) -> Take:
    """Let `heard` be the take of these words; an earlier one of the same words gives way."""
    assert script.id is not None
    role, words_sha256 = wanted.key
    former = _find_live(session, script, role, words_sha256)
    take = Take(
        script_id=script.id,
        role=role,
        words=wanted.passage.text,
        words_sha256=words_sha256,
        number=wanted.number,
        sha256=heard.sha256,
        name=heard.name,
        size_bytes=heard.size_bytes,
        container=heard.heard.probe.container,
        duration_ms=heard.heard.probe.duration_ms,
        integrated_lufs=heard.heard.loudness.integrated_lufs,
        flaws=[str(flaw) for flaw in heard.heard.flaws],
        added_by=by,
        added_at=now,
    )
    session.add(take)
    session.flush()
    _change(session, script, "take.add", came=take, went=former, by=by, now=now)
    return take


def remove_take(session: Session, script: Script, take_id: int, *, by: str, now: datetime) -> Take:
    """Use the take no more; its bytes stay, and it can be taken back.

    Raises:
        TakeUnknown
    """
    take = find_take(session, script, take_id)
    if not take.is_live:
        raise TakeUnknown(number=take_id, code=script.code)
    _change(session, script, "take.remove", came=None, went=take, by=by, now=now)
    return take


def undo(session: Session, script: Script, *, by: str, now: datetime) -> TakeChange:
    """Take back the latest adding or removing that still stands.

    Raises:
        NoTakeToUndo
    """
    last = find_last_change(session, script)
    if last is None:
        raise NoTakeToUndo(code=script.code)
    for take_id, is_live in ((last.came, False), (last.went, True)):
        if take_id is not None:
            take = session.get_one(Take, take_id)
            take.is_live = is_live
            session.add(take)
    last.undone_at = now
    session.add(last)
    session.flush()
    record(
        session,
        at=now,
        by=by,
        action="take.undo",
        subject=f"script/{script.code}",
        after={"change": last.id, "came": last.came, "went": last.went},
    )
    return last


def find_last_change(session: Session, script: Script) -> TakeChange | None:
    query = select(TakeChange).where(TakeChange.script_id == script.id, col(TakeChange.undone_at).is_(None))
    return session.exec(query.order_by(col(TakeChange.id).desc())).first()


def find_take(session: Session, script: Script, take_id: int) -> Take:
    """Raises: TakeUnknown."""
    take = session.get(Take, take_id)
    if take is None or take.script_id != script.id:
        raise TakeUnknown(number=take_id, code=script.code)
    return take


def list_takes(session: Session, script: Script) -> list[Take]:
    """Those that are live, whether their words still stand or not."""
    query = select(Take).where(Take.script_id == script.id, col(Take.is_live))
    return list(session.exec(query.order_by(col(Take.number), col(Take.id))))


@dataclass(frozen=True, slots=True)
class TakeCount:
    count: int
    """Passages that people read."""
    ready: int


def count_takes(session: Session, script: Script) -> TakeCount:
    """How far the recording is; none where the script cannot be understood."""
    try:
        readings = match_takes(understand(session, script), list_takes(session, script))
    except LoaError:
        return TakeCount(0, 0)
    return TakeCount(len(readings), sum(one.take is not None for one in readings))


def match_takes(document: ScriptDocument, takes: Sequence[Take]) -> list[Reading]:
    """Each passage that people read with the take of its words, or with what was read of an earlier text."""
    by_key = {(take.role, take.words_sha256): take for take in takes}
    wanted = list_recorded(document)
    lacking = [one for one in wanted if one.key not in by_key]
    left = [take for take in takes if (take.role, take.words_sha256) not in {one.key for one in wanted}]
    stale = _pair(lacking, left)
    return [Reading(one, by_key.get(one.key), stale.get(one.number)) for one in wanted]


def make_shelf(readings: Sequence[Reading], store: Store) -> TakeShelf:
    """The files behind the takes; one whose bytes are lost counts as missing."""
    files = {}
    for one in readings:
        if one.take is not None:
            try:
                files[one.wanted.key] = store.path(one.take.sha256)
            except ContentMissing:
                continue
    return TakeShelf(files, frozenset(one.wanted.number for one in readings if one.stale is not None))


def _pair(lacking: Sequence[NumberedPassage], left: Sequence[Take]) -> dict[int, Take]:
    """Takes that lost their words, with the passages whose words are likest; each once, the likest first."""
    scored = sorted(
        (
            (_likeness(one, take), -abs(one.number - take.number), one.number, take.id or 0, take)
            for one in lacking
            for take in left
            if take.role == one.passage.role
        ),
        key=lambda row: row[:4],
        reverse=True,
    )
    paired: dict[int, Take] = {}
    used: set[int] = set()
    for likeness, _, number, take_id, take in scored:
        if likeness >= ALIKE and number not in paired and take_id not in used:
            paired[number] = take
            used.add(take_id)
    return paired


def _likeness(one: NumberedPassage, take: Take) -> float:
    """Of the words; the passage that stands where the take was read is likest of all that share little."""
    alike = SequenceMatcher(None, one.passage.text.split(), take.words.split(), autojunk=False).ratio()
    return max(alike, ALIKE if one.number == take.number else 0.0)


def _find_live(session: Session, script: Script, role: str, words_sha256: str) -> Take | None:
    return session.exec(
        select(Take).where(
            Take.script_id == script.id,
            Take.role == role,
            Take.words_sha256 == words_sha256,
            col(Take.is_live),
        )
    ).first()


def _change(
    session: Session,
    script: Script,
    action: str,
    *,
    came: Take | None,
    went: Take | None,
    by: str,
    now: datetime,
) -> None:
    assert script.id is not None
    if went is not None:
        went.is_live = False
        session.add(went)
    session.add(
        TakeChange(
            script_id=script.id,
            came=came.id if came else None,
            went=went.id if went else None,
            by=by,
            at=now,
        )
    )
    session.flush()
    record(
        session,
        at=now,
        by=by,
        action=action,
        subject=f"script/{script.code}",
        before={"take": went.id, "sha256": went.sha256} if went else None,
        after={"take": came.id, "sha256": came.sha256, "passage": came.number} if came else None,
    )
