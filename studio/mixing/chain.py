"""What a preset does to sound before gain and limiter: filters of second order, and a compressor.

The filters are those of the Audio EQ Cookbook (R. Bristow-Johnson; W3C Note, 2021). The compressor follows
Giannoulis, Massberg and Reiss, "Digital Dynamic Range Compressor Design", JAES 60 (2012): a soft knee, and a
level that rises and falls at its own pace each. It looks at the power of every millisecond: its logarithms
are then a forty-eighth of what one for each sample would cost.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.filtering import UNIT, BlockFilter, System, cascade, make_section
from studio.mixing.envelope import RATE_HZ, Samples, db_to_gain

STEP = RATE_HZ // 1000
"""Dynamics decide once in a millisecond; between two decisions the gain moves in a straight line."""
FLOOR = 1e-12
"""The least power that has a logarithm: -120 dBFS."""
RAMPS = np.stack([np.arange(STEP - 1, -1, -1), np.arange(1, STEP + 1)], dtype=np.float32) / np.float32(STEP)
"""From the gain before a step and the one behind it to those of its samples."""
PRODUCT = 2048
"""Steps at a time: larger products wake BLAS threads that cost more than they help."""
BUTTERWORTH = 1 / math.sqrt(2)

Coefficients = tuple[tuple[float, float, float], tuple[float, float, float]]
"""Numerator and denominator of a filter of second order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One treatment in a chain, and what it is set to."""

    name: str
    options: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Knob:
    least: float
    most: float
    default: float | None = None
    """None where it must be said."""


_FREQUENCY, _Q, _GAIN = Knob(10, 20_000), Knob(0.1, 10, BUTTERWORTH), Knob(-24, 24)
KNOBS: Mapping[str, Mapping[str, Knob]] = MappingProxyType(
    {
        "highpass": {"frequency_hz": _FREQUENCY, "q": _Q},
        "lowpass": {"frequency_hz": _FREQUENCY, "q": _Q},
        "notch": {"frequency_hz": _FREQUENCY, "q": _Q},
        "peak": {"frequency_hz": _FREQUENCY, "gain_db": _GAIN, "octaves": Knob(0.1, 4, 1.0)},
        "lowshelf": {"frequency_hz": _FREQUENCY, "gain_db": _GAIN, "q": _Q},
        "highshelf": {"frequency_hz": _FREQUENCY, "gain_db": _GAIN, "q": _Q},
        "compressor": {
            "threshold_dbfs": Knob(-60, 0),
            "ratio": Knob(1, 20),
            "attack_ms": Knob(1, 200, 10.0),
            "release_ms": Knob(10, 2000, 150.0),
            "knee_db": Knob(0, 24, 6.0),
            "makeup_db": Knob(0, 24, 0.0),
        },
    }
)
"""What a chain may consist of. None of it changes the length."""


class Chain:
    """The steps of a preset over a stream of blocks (frames, channels).

    Every block but the last holds whole units of `UNIT` samples and of `STEP`.
    """

    def __init__(self, steps: Iterable[Step], channels: int) -> None:
        self._treatments: list[Callable[[Samples], Samples]] = []
        for is_dynamic, same in groupby(steps, key=lambda step: step.name == "compressor"):
            if is_dynamic:
                self._treatments += [Compressor(**step.options).take for step in same]
            else:
                self._treatments.append(_Filters(list(same), channels).take)

    def take(self, block: Samples) -> Samples:
        for treat in self._treatments:
            block = treat(block)
        return block


class Compressor:
    """Soft words come nearer to loud ones: above the threshold a level rises `ratio` times more slowly.

    All channels go together by their mean power, so that nothing wanders from side to side.
    """

    def __init__(
        self,
        *,
        threshold_dbfs: float,
        ratio: float,
        attack_ms: float,
        release_ms: float,
        knee_db: float,
        makeup_db: float,
    ) -> None:
        self._threshold_dbfs, self._knee_db, self._makeup_db = threshold_dbfs, knee_db, makeup_db
        self._slope = 1 - 1 / ratio
        self._attack, self._release = (1 - math.exp(-1 / time_ms) for time_ms in (attack_ms, release_ms))
        self._level = 0.0
        self._gain = self._decide(np.zeros(1))[0]

    def take(self, block: Samples) -> Samples:
        steps = to_steps(block)
        powers = (np.square(steps) @ np.full(STEP, 1 / STEP, np.float32)).mean(axis=0, dtype=np.float64)
        gains = self._decide(self._follow(powers))
        edges = np.concatenate([[self._gain], gains])
        self._gain = gains[-1]
        return apply_gains(block, edges)

    def _follow(self, powers: NDArray[np.float64]) -> NDArray[np.float64]:
        level, attack, release = self._level, self._attack, self._release
        levels = []
        for power in powers.tolist():
            level += (power - level) * (attack if power > level else release)
            levels.append(level)
        self._level = level
        return np.array(levels)

    def _decide(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        over_db = 10 * np.log10(levels + FLOOR) - self._threshold_dbfs
        half = max(self._knee_db / 2, 1e-9)
        in_knee = np.square(np.clip(over_db + half, 0, 2 * half)) / (4 * half)
        taken_db = self._slope * (in_knee + np.maximum(over_db - half, 0))
        return np.asarray(10 ** ((self._makeup_db - taken_db) / 20))


class _Filters:
    """Steps in a row that treat pitch, as one filter."""

    def __init__(self, steps: Sequence[Step], channels: int) -> None:
        self._filter = _make_filter(tuple((step.name, *step.options.items()) for step in steps))
        self._state = self._filter.rest(channels)

    def take(self, block: Samples) -> Samples:
        sides = block.T if not len(block) % UNIT else np.pad(block.T, ((0, 0), (0, -len(block) % UNIT)))
        made = np.empty(sides.shape, np.float32)
        chunk = self._filter.chunk
        for start in range(0, sides.shape[1], chunk):
            part = np.ascontiguousarray(sides[:, start : start + chunk])
            made[:, start : start + chunk], self._state = self._filter.run(part, self._state)
        return made[:, : len(block)].T


@lru_cache(32)
def _make_filter(steps: tuple[tuple[Any, ...], ...]) -> BlockFilter:
    """The tables are the same for every piece of a programme."""
    return BlockFilter(cascade(describe_filter(Step(name, dict(options))) for name, *options in steps))


def to_steps(block: Samples) -> Samples:
    """Each channel's samples by the millisecond, shape (channels, steps, STEP); silence fills the last."""
    sides = block.T if not len(block) % STEP else np.pad(block.T, ((0, 0), (0, -len(block) % STEP)))
    return np.ascontiguousarray(sides).reshape(block.shape[1], -1, STEP)


def apply_gains(block: Samples, edges: NDArray[np.float64]) -> Samples:
    """`block` times a gain that goes in straight lines: `edges` before the first step and behind each."""
    ends = np.stack([edges[:-1], edges[1:]], axis=1, dtype=np.float32)
    gains = np.concatenate([part @ RAMPS for part in np.split(ends, range(PRODUCT, len(ends), PRODUCT))])
    treated: Samples = block.T * gains.reshape(-1)[: len(block)]
    return treated.T


def describe_filter(step: Step) -> System:
    options = step.options
    turn = 2 * math.pi * options["frequency_hz"] / RATE_HZ
    cosine, sine = math.cos(turn), math.sin(turn)
    if step.name == "peak":
        alpha = sine * math.sinh(math.log(2) / 2 * options["octaves"] * turn / sine)
    else:
        alpha = sine / (2 * options["q"])
    return make_section(*_design(step.name, options.get("gain_db", 0.0), cosine, alpha))


def _design(name: str, gain_db: float, cosine: float, alpha: float) -> Coefficients:
    amplitude = db_to_gain(gain_db / 2)
    plain = 1 + alpha, -2 * cosine, 1 - alpha
    match name:
        case "highpass":
            return ((1 + cosine) / 2, -1 - cosine, (1 + cosine) / 2), plain
        case "lowpass":
            return ((1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2), plain
        case "notch":
            return (1.0, -2 * cosine, 1.0), plain
        case "peak":
            high, low = alpha * amplitude, alpha / amplitude
            return (1 + high, -2 * cosine, 1 - high), (1 + low, -2 * cosine, 1 - low)
        case _:
            return _shelve(amplitude, cosine if name == "lowshelf" else -cosine, alpha, name == "lowshelf")


def _shelve(amplitude: float, cosine: float, alpha: float, is_low: bool) -> Coefficients:  # noqa: FBT001
    """The high shelf is the low one with its spectrum turned round: odd coefficients change their sign."""
    up, down, root = amplitude + 1, amplitude - 1, 2 * math.sqrt(amplitude) * alpha
    sign = 1 if is_low else -1
    numerator = (
        amplitude * (up - down * cosine + root),
        sign * 2 * amplitude * (down - up * cosine),
        amplitude * (up - down * cosine - root),
    )
    denominator = up + down * cosine + root, sign * -2 * (down + up * cosine), up + down * cosine - root
    return numerator, denominator
