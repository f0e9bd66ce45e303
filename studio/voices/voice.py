"""The door every speech engine enters by.

Invalid
├── NothingSayable   a text without a word in it
├── SentenceTooLong  more text at once than any sentence
├── PaceUnusable     slower or faster than anybody can follow
└── PitchUnusable    lower or higher than the voice stays itself
Unavailable
└── VoiceFailed      the engine is out of reach or gave no sound
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from assets.errors import Invalid, Unavailable

SLOWEST, FASTEST = 0.65, 2.0
"""Bounds of `rate`: below them eSpeak NG keeps its own slowest pace."""
LOWEST, HIGHEST = 0.8, 1.25
"""Bounds of `pitch`."""
MAX_SENTENCE_CHARACTERS = 20_000
RECORDED = "recorded"
"""The voice of a role that a person reads."""
_WORD = re.compile(r"\w(?:\S*\w)?")


class NothingSayable(Invalid):
    pass


class SentenceTooLong(Invalid):
    pass


class PaceUnusable(Invalid):
    pass


class PitchUnusable(Invalid):
    pass


class VoiceFailed(Unavailable):
    pass


class WordTiming(NamedTuple):
    """A word of the spoken text: its characters (0-based, half open) and when it sounds."""

    start: int
    end: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """One voiced sentence, kept as mono 16-bit PCM WAV."""

    path: Path
    duration_ms: int
    rate_hz: int
    words: tuple[WordTiming, ...]
    reused: bool
    """Whether it came from the cache."""


class Voice(Protocol):
    """A speech engine with one voice of it chosen."""

    name: str
    """As in a script's header: `vi-north-f`."""

    @property
    def version(self) -> str:
        """Everything about engine and voice that changes the sound; part of the cache key."""
        ...

    def speak(self, text: str, *, rate: float, path: Path, pitch: float = 1.0) -> tuple[WordTiming, ...]:
        """Write `text` (spoken words, NFC) as mono 16-bit PCM WAV to `path`.

        `rate` 1.0 is the house pace, `pitch` 1.0 the voice's own. The same text, rate, pitch and version give
        the same bytes.

        Raises:
            VoiceFailed: the engine is out of reach or gave no sound.
            NothingSayable, SentenceTooLong, PaceUnusable: see `check_sayable`.
        """
        ...


def check_sayable(text: str, rate: float, pitch: float = 1.0) -> None:
    """Refuse what no voice can say.

    Raises:
        NothingSayable: no letter or digit in it.
        SentenceTooLong: more than `MAX_SENTENCE_CHARACTERS`.
        PaceUnusable: `rate` outside `SLOWEST` to `FASTEST`, or not a number.
        PitchUnusable: `pitch` outside `LOWEST` to `HIGHEST`, or not a number.
    """
    if not any(letter.isalnum() for letter in text):
        raise NothingSayable(text=text[:40])
    if len(text) > MAX_SENTENCE_CHARACTERS:
        raise SentenceTooLong(text=text[:40], most=MAX_SENTENCE_CHARACTERS)
    if not SLOWEST <= rate <= FASTEST:
        raise PaceUnusable(rate=rate, least=SLOWEST, most=FASTEST)
    if not LOWEST <= pitch <= HIGHEST:
        raise PitchUnusable(pitch=pitch, least=LOWEST, most=HIGHEST)


def find_words(text: str) -> list[tuple[int, int]]:
    """The words of `text` as every voice times them: what stands between spaces, from letter to letter."""
    return [match.span() for match in _WORD.finditer(text)]
