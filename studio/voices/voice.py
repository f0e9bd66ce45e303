"""The door every speech engine enters by."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WordTiming:
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

    def speak(self, text: str, *, rate: float, path: Path) -> tuple[WordTiming, ...]:
        """Write `text` (spoken words, NFC) as mono 16-bit PCM WAV to `path`; `rate` 1.0 is the house pace.

        The same text, rate and version give the same bytes.

        Raises:
            VoiceFailed: the engine is out of reach or gave no sound.
        """
        ...
