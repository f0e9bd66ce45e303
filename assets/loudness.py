"""How loud a file is, after decoding: ITU-R BS.1770-5, EBU R 128, EBU Tech 3341 and 3342.

Invalid
├── LoudnessUndefined
├── SoundSilent
└── SoundTooShort
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.decoding import Samples, SoundFormat, decode_own, decode_sound
from assets.errors import Invalid
from assets.kweighting import PowerReader, weigh_channels
from assets.peaks import TruePeakMeter
from assets.units import Dbtp, LoudnessUnits, Lufs, Milliseconds, samples_to_ms

Powers = NDArray[np.float32]
"""Weighted power in steps of 10 ms, as `PowerReader` gives it."""

GATE_LUFS = -70.0
"""The absolute gate of BS.1770-5: what never passes it is silence."""
SHORTEST_MS = 400
"""One gating block; less cannot be measured."""
RELATIVE_GATE_LU, RANGE_GATE_LU = 10.0, 20.0
MOMENTARY, SHORT_TERM, HOP = 40, 300, 10
"""400 ms, 3 s and 100 ms, in steps."""
AT_ONCE = 20_000
"""Steps at a time where every one counts: memory is not to grow with a programme."""
SILENCE = 1e-20


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
    decode_sound(path, meter.take_samples)
    return meter.judge(path)


def measure_own(path: Path) -> Loudness:
    """The same for a file that we made ourselves, at a third of the cost."""
    meter = LoudnessMeter()
    if not decode_own(path, meter.take_samples):
        decode_sound(path, meter.take_samples)
    return meter.judge(path)


class LoudnessMeter:
    """Every figure of a stream of samples: a few bytes are kept for each ten milliseconds."""

    def __init__(self) -> None:
        self._frames = 0
        self._format: SoundFormat | None = None

    def take_samples(self, sound: SoundFormat, samples: Samples) -> None:
        if self._format is None:
            self._format = sound
            self._peaks = TruePeakMeter(sound.rate_hz)
            self._powers = PowerReader(sound.rate_hz, weigh_channels(sound.channels, sound.mask))
        self._frames += len(samples)
        self._peaks.take(samples)
        self._powers.take(samples)

    def judge(self, path: Path) -> Loudness:
        if self._format is None:
            raise SoundTooShort(path=str(path), duration_ms=0, least_ms=SHORTEST_MS)
        duration_ms = samples_to_ms(self._frames, self._format.rate_hz)
        if self._frames * 1000 < SHORTEST_MS * self._format.rate_hz:
            raise SoundTooShort(path=str(path), duration_ms=duration_ms, least_ms=SHORTEST_MS)
        peak_dbtp, powers = self._peaks.dbtp, self._powers.finish()
        if math.isnan(peak_dbtp) or not np.isfinite(powers).all():
            raise LoudnessUndefined(path=str(path))
        integrated = integrate(powers)
        if integrated is None:
            raise SoundSilent(path=str(path))
        short_term = find_max_short_term(powers)
        return Loudness(
            integrated_lufs=Lufs(round(integrated, 3)),
            loudness_range_lu=LoudnessUnits(round(find_range(powers), 3)),
            true_peak_dbtp=Dbtp(round(peak_dbtp, 2)),
            max_momentary_lufs=Lufs(round(find_max_momentary(powers), 3)),
            max_short_term_lufs=None if short_term is None else Lufs(round(short_term, 3)),
            duration_ms=duration_ms,
            channels=self._format.channels,
        )


def integrate(powers: Powers) -> float | None:
    """Integrated loudness, BS.1770-5 eq. 4 to 7: blocks of 400 ms every 100 ms, past both gates.

    None for silence.
    """
    blocks = _average_by_hops(powers, MOMENTARY)
    blocks = blocks[_to_lufs(blocks) > GATE_LUFS]
    if not len(blocks):
        return None
    return float(_to_lufs(blocks[_to_lufs(blocks) > _to_lufs(blocks.mean()) - RELATIVE_GATE_LU].mean()))


def find_range(powers: Powers) -> float:
    """Loudness range, EBU Tech 3342: 10th to 95th percentile of windows of 3 s past both gates.

    A percentile is the value nearest to it in rank, as in the standard's own program.
    """
    windows = _average_by_hops(powers, SHORT_TERM)
    windows = windows[_to_lufs(windows) > GATE_LUFS]
    if not len(windows):
        return 0.0
    heard = np.sort(_to_lufs(windows))
    heard = heard[heard > _to_lufs(windows.mean()) - RANGE_GATE_LU]
    low, high = (heard[round((len(heard) - 1) * share)] for share in (0.10, 0.95))
    return float(high - low)


def find_max_momentary(powers: Powers) -> float:
    """The loudest 400 ms, wherever they begin: a meter that looks every 100 ms may miss half a decibel."""
    return float(_to_lufs(_find_max_average(powers, MOMENTARY)))


def find_max_short_term(powers: Powers) -> float | None:
    """The loudest 3 s; None where there are fewer."""
    return float(_to_lufs(_find_max_average(powers, SHORT_TERM))) if len(powers) >= SHORT_TERM else None


def _average_by_hops(powers: Powers, width: int) -> NDArray[np.float64]:
    """The mean of `width` steps in a row, from every tenth step on; a tenth of the memory."""
    hops = powers[: len(powers) // HOP * HOP].reshape(-1, HOP)
    return _average(hops.mean(axis=1, dtype=np.float64), width // HOP)


def _find_max_average(powers: Powers, width: int) -> float:
    """The highest mean of `width` steps in a row, wherever they begin."""
    starts = range(0, len(powers) - width + 1, AT_ONCE)
    return max(float(_average(powers[start : start + AT_ONCE + width - 1], width).max()) for start in starts)


def _average(powers: NDArray[Any], width: int) -> NDArray[np.float64]:
    """The mean of every `width` steps in a row."""
    sums = np.concatenate([[0.0], np.cumsum(powers, dtype=np.float64)])
    return np.asarray(np.maximum(sums[width:] - sums[:-width], 0) / width)


def _to_lufs(power: Any) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, SILENCE)))
