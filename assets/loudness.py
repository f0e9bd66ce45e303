"""How loud a file is, after decoding: ITU-R BS.1770-5, EBU R 128, EBU Tech 3341 and 3342.

Invalid
├── LoudnessUndefined
├── SoundSilent
└── SoundTooShort
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

from assets.errors import Invalid
from assets.ffmpeg import Stream, discard, open_media, run_graph
from assets.units import Dbtp, LoudnessUnits, Lufs, Milliseconds

GATE_LUFS = -70.0
"""The absolute gate of BS.1770-5: what never passes it is silence."""
SHORTEST_MS = 400
"""One gating block; less cannot be measured."""
MEASURE_TIMEOUT_S = 3600.0


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
    meter = _Readings()
    stream = (
        open_media(path)["a:0"]
        .filter("asetpts", "N/SR/TB")  # time counts samples, whatever the file claims
        .filter("ebur128", peak="true", metadata=1, dualmono=1, framelog="quiet")
        .filter("ametadata", mode="print", file="-")
    )
    run_graph(
        [discard(stream)],
        timeout_s=MEASURE_TIMEOUT_S,
        source=path,
        on_line=meter.take_frame,
        on_log=meter.take_log,
    )
    return meter.judge(path)


class LevelTap:
    """Reads integrated loudness in passing: a filter in somebody's graph, and an ear on its log."""

    def __init__(self, name: str = "level") -> None:
        self._name = name
        self._talking = False
        self.integrated_lufs: Lufs | None = None
        """None until the run has ended, and for silence."""

    def tap(self, stream: Stream) -> Stream:
        return stream.filter(f"ebur128@{self._name}", dualmono=1, framelog="quiet")

    def take_log(self, line: str) -> None:
        if line.startswith("["):
            self._talking = line.startswith(f"[ebur128@{self._name} @") and line.endswith("Summary:")
        elif self._talking and (found := re.fullmatch(r"\s+I:\s+(\S+) LUFS", line)):
            integrated = float(found[1])
            self.integrated_lufs = Lufs(integrated) if integrated > GATE_LUFS else None


class _Readings:
    """What `ebur128` reports, kept down to a handful of numbers."""

    def __init__(self) -> None:
        self.last: dict[str, float] = {}
        self.max_momentary = -math.inf
        self.max_short_term = -math.inf
        self.peak_dbtp = -math.inf
        self.duration_us = 0
        self.channels = 0

    def take_frame(self, line: str) -> None:
        name, _, value = line.partition("=")
        if not name.startswith("lavfi.r128."):
            return
        reading = self.last[name[11:]] = float(value)
        if name == "lavfi.r128.M":
            self.max_momentary = max(self.max_momentary, reading)
        elif name == "lavfi.r128.S":
            self.max_short_term = max(self.max_short_term, reading)

    def take_log(self, line: str) -> None:
        if found := re.fullmatch(r"out_time_us=(\d+)", line):
            self.duration_us = int(found[1])
        elif found := re.fullmatch(r"\s+Peak:\s+(\S+) dBFS", line):
            self.peak_dbtp = float(found[1])

    def judge(self, path: Path) -> Loudness:
        duration_ms = Milliseconds((self.duration_us + 500) // 1000)
        if duration_ms < SHORTEST_MS:
            raise SoundTooShort(path=str(path), duration_ms=duration_ms, least_ms=SHORTEST_MS)
        integrated = self.last.get("I", math.nan)
        if not math.isfinite(integrated) or math.isnan(self.peak_dbtp) or self.peak_dbtp == math.inf:
            raise LoudnessUndefined(path=str(path))
        if integrated <= GATE_LUFS:
            raise SoundSilent(path=str(path))
        return Loudness(
            integrated_lufs=Lufs(integrated),
            loudness_range_lu=LoudnessUnits(self.last["LRA"]),
            true_peak_dbtp=Dbtp(self._refine_peak()),
            max_momentary_lufs=Lufs(self.max_momentary),
            max_short_term_lufs=Lufs(self.max_short_term) if duration_ms >= 3000 else None,
            duration_ms=duration_ms,
            channels=sum(name.startswith("true_peaks_ch") for name in self.last),
        )

    def _refine_peak(self) -> float:
        """The log has the peak of all samples to 0.1 dB, the metadata that of whole blocks, finer."""
        linear = self.last["true_peak"]
        finer = 20 * math.log10(linear) if linear > 0.1 else -math.inf
        return round(finer, 2) if abs(finer - self.peak_dbtp) <= 0.1 else self.peak_dbtp
