"""A recording as a script names it: listened to before it is laid into a programme."""

from dataclasses import dataclass
from pathlib import Path

from assets.loudness import measure_loudness
from assets.units import Milliseconds


@dataclass(frozen=True, slots=True)
class HeardRecording:
    path: Path
    duration_ms: Milliseconds


def hear_recording(path: Path) -> HeardRecording:
    """Decode a recording to its end: its length, counted and not claimed.

    Raises:
        MediaUnreadable, MediaEmpty, MediaSoundless, SoundSilent, SoundTooShort, LoudnessUndefined
    """
    return HeardRecording(path, measure_loudness(path).duration_ms)
