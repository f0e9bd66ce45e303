"""A programme as a pure timeline: what sounds when, in whole milliseconds; nothing here runs ffmpeg.

Levels are relative to speech: every source is measured when it is mixed and brought to the house loudness
of speech, and `gain_db` says how far from there it stands (0 is as loud as speech).
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class VoiceClip:
    """Speech or a recording of speech."""

    path: Path
    start_ms: int
    duration_ms: int
    level_group: str
    """Clips of one group keep their levels among each other: one engine voice, or one recording."""
    gain_db: float = 0.0

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.duration_ms


@dataclass(frozen=True, slots=True)
class MusicClip:
    """A signature tune or sting, heard on its own."""

    path: Path
    start_ms: int
    duration_ms: int
    gain_db: float = 0.0

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.duration_ms


@dataclass(frozen=True, slots=True)
class BedSpan:
    """A bed looped from `start_ms` to `end_ms`, ducked under every voice clip inside."""

    path: Path
    start_ms: int
    end_ms: int
    fade_in_ms: int
    fade_out_ms: int
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A stretch of a sentence's source (half open) and when the words for it sound, on the timeline."""

    source_start: int
    source_end: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Caption:
    """A sentence in the picture of time: who says what from when to when, and where it is written."""

    role: str
    text: str
    """As it is said."""
    start_ms: int
    end_ms: int
    source: str
    """As it stands in the script."""
    line: int
    column: int
    """1-based, of the first character of `source`."""
    words: tuple[TimedWord, ...]
    """In the order they are said; none where the voice tells no times."""


@dataclass(frozen=True, slots=True)
class Timeline:
    duration_ms: int
    voices: tuple[VoiceClip, ...]
    music: tuple[MusicClip, ...]
    beds: tuple[BedSpan, ...]
    chapters: tuple[Chapter, ...]
    captions: tuple[Caption, ...]
