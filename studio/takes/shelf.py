"""Which takes there are for the passages that people read, and which are wanted; pure.

Missing
└── TakesMissing      names every passage that lacks one, at once
Invalid
└── RoleNotRecorded   a role is to be read by another voice that no person was to read

A take belongs to words, not to a place: to the hash of what the passage said when it was read. A passage may
move; when its words change its take is stale, and is never used for the new ones.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from assets.errors import Invalid, Missing
from assets.messages import say
from studio.scripts.document import Passage, ScriptDocument
from studio.voices.voice import RECORDED

TakeKey = tuple[str, str]
"""Role and hash of the words: two roles may say the same."""


class TakesMissing(Missing):
    pass


class RoleNotRecorded(Invalid):
    pass


@dataclass(frozen=True, slots=True)
class TakeShelf:
    """Files of takes by what was read."""

    files: Mapping[TakeKey, Path] = field(default_factory=dict)
    stale: frozenset[int] = frozenset()
    """Numbers of passages whose words changed after somebody had read them."""


NO_TAKES = TakeShelf()


@dataclass(frozen=True, slots=True)
class NumberedPassage:
    number: int
    """1 is the first passage of the script, whoever reads it."""
    passage: Passage

    @property
    def key(self) -> TakeKey:
        return self.passage.role, hash_words(self.passage.text)


def hash_words(text: str) -> str:
    """sha256 of the words; how they are spaced and composed is not part of them."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(plain.encode()).hexdigest()


def number_passages(document: ScriptDocument) -> list[NumberedPassage]:
    passages = [cue for cue in document.cues if isinstance(cue, Passage)]
    return [NumberedPassage(number, passage) for number, passage in enumerate(passages, start=1)]


def list_recorded(document: ScriptDocument) -> list[NumberedPassage]:
    """The passages that people read."""
    return [one for one in number_passages(document) if one.passage.voice == RECORDED]


def choose_takes(document: ScriptDocument, shelf: TakeShelf) -> list[Path]:
    """The take of each recorded passage, in order.

    Raises:
        TakesMissing: all passages without one, and which of them have a stale one.
    """
    wanted = list_recorded(document)
    lacking = [one for one in wanted if one.key not in shelf.files]
    if lacking:
        raise TakesMissing(count=len(lacking), passages=name_passages(lacking, shelf.stale))
    return [shelf.files[one.key] for one in wanted]


def name_passages(passages: Iterable[NumberedPassage], stale: Iterable[int] = ()) -> str:
    """For a sentence: number, role and line of each."""
    named = []
    for one in passages:
        key = "takes.stale_passage" if one.number in stale else "takes.passage"
        role = one.passage.role or say("takes.nobody")
        named.append(say(key, number=one.number, role=role, line=one.passage.line))
    return "; ".join(named)


def stand_in(document: ScriptDocument, voices: Mapping[str, str]) -> ScriptDocument:
    """The script with whole roles read by other voices instead of a person.

    Never a passage alone: a role does not change its voice in the middle.

    Raises:
        RoleNotRecorded: no person was to read that role.
    """
    recorded = {one.passage.role for one in list_recorded(document)}
    for role in voices:
        if role not in recorded:
            raise RoleNotRecorded(role=role, valid=", ".join(sorted(recorded)) or "–")
    cues = tuple(
        replace(cue, voice=voices[cue.role])
        if isinstance(cue, Passage) and cue.voice == RECORDED and cue.role in voices
        else cue
        for cue in document.cues
    )
    return replace(document, cues=cues)
