"""Which sentences sound otherwise: after a correction, and since a segment was made.

What is approved does not change by itself: its revision keeps the corrections it was approved with, and what
was corrected since takes a new revision, made, heard and approved like any other.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from studio.corrections.register import load_corrections
from studio.corrections.scope import Scope
from studio.corrections.standing import Corrections
from studio.mixing.timeline import Caption
from studio.production.engines import Voicing
from studio.production.models import SegmentReading
from studio.production.passages import ReadPassage, understand_passages
from studio.scripts.models import Revision, Script, ScriptState
from studio.speech.cleaning import place_tones


@dataclass(frozen=True, slots=True)
class ChangedSentence:
    """A sentence of a script, and how it is said before and after; an empty `before` is a new one."""

    role: str
    line: int
    column: int
    source: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ScriptEffect:
    """The sentences of a script's latest revision that are said otherwise."""

    code: str
    title: str
    state: ScriptState
    revision: int
    sentences: tuple[ChangedSentence, ...]

    @property
    def is_kept(self) -> bool:
        """Whether it stays as it is until somebody renews it: it is approved as it sounds."""
        return self.state is ScriptState.APPROVED


def find_effects(session: Session, before: Corrections, after: Corrections) -> list[ScriptEffect]:
    """The scripts in which something is said otherwise with `after` than with `before`, by code."""
    concerned = Corrections(tuple({*before.standing} ^ {*after.standing}))
    if not concerned.standing:
        return []
    rows = session.exec(
        select(Script, Revision.text)
        .join(Revision, col(Revision.script_id) == col(Script.id))
        .where(Revision.number == Script.latest_revision)
        .order_by(col(Script.code))
    )
    effects = []
    for script, text in rows:
        own = concerned.for_script(script.code, script.organisation)
        if not _may_concern(own, text):
            continue
        changed = compare_readings(
            *(understand_passages(text, one, script=script.code)[1] for one in (before, after))
        )
        if changed:
            effects.append(
                ScriptEffect(script.code, script.title, script.state, script.latest_revision, tuple(changed))
            )
    return effects


def compare_readings(before: Sequence[ReadPassage], after: Sequence[ReadPassage]) -> list[ChangedSentence]:
    """The sentences that are said otherwise in two readings of one document."""
    changed = []
    for old, new in zip(before, after, strict=True):
        said = {
            (sentence.start, sentence.end): request.fed.text
            for sentence, request in zip(old.sentences, old.requests, strict=True)
        }
        for sentence, request in zip(new.sentences, new.requests, strict=True):
            former = said.get((sentence.start, sentence.end), "")
            if former != request.fed.text:
                line, column = new.passage.locate(sentence.start)
                source = new.passage.text[sentence.start : sentence.end]
                changed.append(
                    ChangedSentence(new.passage.role, line, column, source, former, request.fed.text)
                )
    return changed


def find_unmade(passages: Sequence[ReadPassage], made: SegmentReading | None) -> list[ChangedSentence]:
    """The sentences of a script as it is read now that the made segment does not say so."""
    if made is None:
        return []
    spoken: dict[str, str] = {}
    heard: Counter[tuple[object, ...]] = Counter()
    for row in made.sentences:
        spoken.setdefault(str(row["source"]), str(row["said"]))
        heard[row["voice"], row["rate"], row.get("pitch", 1.0), row["said"]] += 1
    changed = []
    for read in passages:
        for sentence, request in zip(read.sentences, read.requests, strict=True):
            alike = (request.voice, round(request.rate, 4), round(request.pitch, 4), request.fed.text)
            if heard[alike]:
                heard[alike] -= 1
                continue
            line, column = read.passage.locate(sentence.start)
            source = read.passage.text[sentence.start : sentence.end]
            changed.append(
                ChangedSentence(
                    read.passage.role, line, column, source, spoken.get(source, ""), request.fed.text
                )
            )
    return changed


def describe_sentences(
    captions: Sequence[Caption], passages: Iterable[ReadPassage]
) -> list[dict[str, object]]:
    """The rows of `SegmentReading.sentences`: what each says, by which voice, and when it is heard."""
    requests = [request for read in passages for request in read.requests]
    return [
        {
            "role": caption.role,
            "voice": request.voice,
            "rate": round(request.rate, 4),
            "pitch": round(request.pitch, 4),
            "source": caption.source,
            "spoken": caption.text,
            "said": request.fed.text,
            "line": caption.line,
            "column": caption.column,
            "start_ms": caption.start_ms,
            "end_ms": caption.end_ms,
            "words": [
                [word.source_start, word.source_end, word.start_ms, word.end_ms] for word in caption.words
            ],
        }
        for caption, request in zip(captions, requests, strict=True)
    ]


def find_reading(session: Session, key: str) -> SegmentReading | None:
    """How the asset `key` was read, if it is a segment that was made here."""
    return session.exec(select(SegmentReading).where(SegmentReading.key == key)).first()


def keep_reading(
    session: Session,
    key: str,
    corrections: Corrections,
    sentences: list[dict[str, Any]],
    voicing: Voicing,
) -> None:
    row = find_reading(session, key) or SegmentReading(key=key, corrections=[], sentences=[])
    row.corrections, row.sentences = corrections.to_rows(), sentences
    row.voicing = voicing.to_row()
    session.add(row)
    session.flush()


def corrections_of(session: Session, script: Script, revision: int) -> Corrections:
    """What a revision is read with: what it was approved with, else the present ones."""
    query = select(Revision.corrections).where(Revision.script_id == script.id, Revision.number == revision)
    kept = session.exec(query).first()
    return load_corrections(session) if kept is None else Corrections.from_rows(kept)


def _may_concern(own: Corrections, text: str) -> bool:
    """Whether it is worth reading the script: the words are in it, or a voice says what is not written."""
    if any(one.scope is Scope.VOICE for one in own.standing):
        return True
    return bool(own.standing) and own.occur_in([place_tones(text)])
