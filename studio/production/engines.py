"""Which engine speaks a programme: one all of it, or another all of it when the first cannot.

The order is the centre's (`LOA_VOICE_FALLBACK`). After the script's own engine come those behind it in that
order, or all of it when the script's own is not there. What people have read stays as it is.

Invalid
├── EngineNotKnown        the order names an engine that there is not
└── StandInOfOtherEngine  a voice given to a role is not of the engine that speaks the rest
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from assets.errors import Invalid
from studio.production.passages import ReadPassage
from studio.scripts.document import Passage, ScriptDocument
from studio.voices.registry import engine_names, engine_of, voices_of
from studio.voices.voice import RECORDED

_MEN = frozenset({"nam", "ông", "anh", "chú", "cậu", "bố"})
"""Words of a role that a man's voice takes when engines change."""


class EngineNotKnown(Invalid):
    pass


class StandInOfOtherEngine(Invalid):
    pass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an engine did not speak, in a sentence."""

    engine: str
    reason: str


@dataclass(frozen=True, slots=True)
class Voicing:
    """The engine that speaks a programme, and those it speaks instead of, in the order they were tried."""

    engine: str
    """Empty where people read everything, or nothing is said."""
    instead_of: tuple[Refusal, ...] = ()

    def to_row(self) -> dict[str, Any]:
        refused = [{"engine": one.engine, "reason": one.reason} for one in self.instead_of]
        return {"engine": self.engine, "instead_of": refused}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        return cls(row["engine"], tuple(Refusal(**one) for one in row["instead_of"]))


def find_engine(passages: Iterable[ReadPassage]) -> str:
    """The one engine of all passages that no person reads; empty if there is none.

    Raises:
        StandInOfOtherEngine: a script's header names voices of one engine, so the other one came later.
    """
    engine = ""
    for read in passages:
        if not read.is_recorded:
            own = engine_of(read.passage.voice)
            engine = engine or own
            if own != engine:
                raise StandInOfOtherEngine(voice=read.passage.voice, engine=own, first=engine)
    return engine


def list_further(engine: str, order: Sequence[str]) -> list[str]:
    """The engines that may take over from `engine`, in order.

    Raises:
        EngineNotKnown: lists the valid ones.
    """
    for name in order:
        if name not in engine_names():
            raise EngineNotKnown(engine=name, valid=", ".join(engine_names()))
    behind = order.index(engine) + 1 if engine in order else 0
    return [name for name in order[behind:] if name != engine]


def give_voices(
    document: ScriptDocument, passages: Sequence[ReadPassage], engine: str
) -> tuple[ScriptDocument, tuple[ReadPassage, ...]]:
    """The script with each role spoken by a voice of `engine`; the reading stays.

    An engine without a voice here, whose model was taken away, changes nothing.
    """
    if not voices_of(engine):
        return document, tuple(passages)
    spoken = [read.passage.role for read in passages if not read.is_recorded]
    voices = cast_roles(dict.fromkeys(spoken), voices_of(engine))
    cues = tuple(
        replace(cue, voice=voices[cue.role]) if isinstance(cue, Passage) and cue.voice != RECORDED else cue
        for cue in document.cues
    )
    spoken_by = [cue for cue in cues if isinstance(cue, Passage)]
    given = tuple(replace(read, passage=passage) for read, passage in zip(passages, spoken_by, strict=True))
    return replace(document, cues=cues), given


def cast_roles(roles: Iterable[str], names: Sequence[str]) -> dict[str, str]:
    """A voice of `names` for each role: its own as far as they last, a man's (`-m`) for a man."""
    men = [name for name in names if name.endswith("-m")]
    others = [name for name in names if name not in men]
    cast: dict[str, str] = {}
    for role in roles:
        is_man = bool(_MEN.intersection(role.lower().split()))
        group = (men or others) if is_man else (others or men)
        taken = sum(voice in group for voice in cast.values())
        cast[role] = group[taken % len(group)]
    return cast
