"""How loud a file is, after decoding: ITU-R BS.1770-5, EBU R 128, EBU Tech 3341 and 3342.

Invalid
├── LoudnessUndefined
├── SoundSilent
└── SoundTooShort
"""

import math
from dataclasses import dataclass
from pathlib import Path

from assets.decoding import Samples, SoundFormat, decode_sound
from assets.errors import Invalid
from assets.ffmpeg import Stream
from assets.peaks import TruePeakMeter
from assets.units import Dbtp, LoudnessUnits, Lufs, Milliseconds, samples_to_ms

GATE_LUFS = -70.0
"""The absolute gate of BS.1770-5: what never passes it is silence."""
SHORTEST_MS = 400
"""One gating block; less cannot be measured."""
_TAIL_BYTES = 256
"""More than the longest reading."""


class SoundSilent(Invalid):
    """Nothing in it passes the absolute gate."""


class SoundTooShort(Invalid):
    """Less than one gating block of 400 ms."""


class LoudnessUndefined(Invalid):
    """Samples that are no numbers (NaN, infinite)."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """The verdict on one file; mono is measured as dual mono, as two loudspeakers would play it."""

    integrated_lufs: Lufs
    loudness_range_lu: LoudnessUnits
    true_peak_dbtp: Dbtp
    max_momentary_lufs: Lufs
    max_short_term_lufs: Lufs | None
    """None where the file is shorter than the window of 3 s."""
    duration_ms: Milliseconds
    """Counted from the samples decoded."""
    channels: int


def measure_loudness(path: Path) -> Loudness:
    """Decode `path` once and measure it, in flat memory.

    Raises:
        MediaUnreadable, MediaEmpty, MediaSoundless: there is no sound to measure.
        SoundTooShort, SoundSilent, LoudnessUndefined: there is, but it has no loudness.
    """
    meter = LoudnessMeter()
    decode_sound(path, meter.take_samples, tap=meter.tap, on_reading=meter.take_reading)
    return meter.judge(path)


class LevelTap:
    """Reads integrated loudness in passing: a filter in somebody's graph, its readings in a file of its own.

    ffmpeg's log is no place for them: its threads talk into each other's lines, and two meters in one graph
    cannot be told apart.
    """

    def __init__(self, readings: Path) -> None:
        self._readings = readings

    def tap(self, stream: Stream) -> Stream:
        return stream.filter("ebur128", metadata=1, dualmono=1, framelog="quiet").filter(
            "ametadata", mode="print", key="lavfi.r128.I", file=f"file:{self._readings}"
        )

    @property
    def integrated_lufs(self) -> Lufs | None:
        """The last reading, of the whole, once the run has ended; None for silence."""
        with self._readings.open("rb") as readings:
            readings.seek(max(0, self._readings.stat().st_size - _TAIL_BYTES))
            _, _, last = readings.read().decode("ascii", "replace").rpartition("lavfi.r128.I=")
        integrated = float(last) if last.strip() else -math.inf
        return Lufs(integrated) if integrated > GATE_LUFS else None


class LoudnessMeter:
    """Loudness as `ebur128` reads it every 100 ms; peak, length and sanity from the samples themselves."""

    def __init__(self) -> None:
        self.integrated = -math.inf
        self.range = 0.0
        self.max_momentary = -math.inf
        self.max_short_term = -math.inf
        self.frames = 0
        self.format: SoundFormat | None = None
        self.peaks: TruePeakMeter | None = None

    def tap(self, stream: Stream) -> Stream:
        # Unbuffered (direct): a reading is one line written in one piece.
        return stream.filter("ebur128", metadata=1, dualmono=1, framelog="quiet").filter(
            "ametadata", mode="print", file="pipe:2", direct=1
        )

    def take_samples(self, sound: SoundFormat, samples: Samples) -> None:
        if self.peaks is None:
            self.format, self.peaks = sound, TruePeakMeter(sound.rate_hz)
        self.frames += len(samples)
        self.peaks.take(samples)

    def take_reading(self, name: str, value: str) -> None:
        match name:
            case "lavfi.r128.I":
                self.integrated = float(value)
            case "lavfi.r128.LRA":
                self.range = float(value)
            case "lavfi.r128.M":
                self.max_momentary = max(self.max_momentary, float(value))
            case "lavfi.r128.S":
                self.max_short_term = max(self.max_short_term, float(value))

    def judge(self, path: Path) -> Loudness:
        if self.format is None or self.peaks is None:
            raise SoundTooShort(path=str(path), duration_ms=0, least_ms=SHORTEST_MS)
        duration_ms = samples_to_ms(self.frames, self.format.rate_hz)
        if self.frames * 1000 < SHORTEST_MS * self.format.rate_hz:
            raise SoundTooShort(path=str(path), duration_ms=duration_ms, least_ms=SHORTEST_MS)
        peak_dbtp = self.peaks.dbtp
        if math.isnan(peak_dbtp):
            raise LoudnessUndefined(path=str(path))
        if not self.integrated > GATE_LUFS:
            raise SoundSilent(path=str(path))
        return Loudness(
            integrated_lufs=Lufs(self.integrated),
            loudness_range_lu=LoudnessUnits(self.range),
            true_peak_dbtp=Dbtp(round(peak_dbtp, 2)),
            max_momentary_lufs=Lufs(self.max_momentary),
            max_short_term_lufs=Lufs(self.max_short_term) if duration_ms >= 3000 else None,
            duration_ms=duration_ms,
            channels=self.format.channels,
        )
