"""The limiter, last in every chain: nothing rises above its limit, and nothing behind it can raise a peak.

It looks at the highest sample of every millisecond and ahead: the gain is down in a straight line before a
peak arrives, stays there for a moment, and comes back slowly. Between two milliseconds it moves in a straight
line whose ends both are low enough for all samples between them, so the limit holds for every sample.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from studio.mixing.chain import STEP, apply_gains
from studio.mixing.envelope import Samples

ATTACK = 5
"""Milliseconds ahead: a fall this quick is a soft edge and no click."""
HOLD = 10
"""Milliseconds that the gain stays down behind a peak: it must not follow the waves of a low voice."""
RELEASE_MS = 30
"""In which the gain then comes back by 1 - 1/e."""
FORESEEN = 10_000
"""Milliseconds at a time, whole steps of loudness: memory is not to grow with the programme."""
IDLE = 1e-6
"""A reduction this small is none."""

Gains = NDArray[np.float64]
Peaks = NDArray[np.float32]
"""The highest sample of each millisecond, of all channels."""


def find_peaks(block: Samples) -> Peaks:
    heights = np.abs(block.T)
    return np.asarray(np.maximum.reduceat(heights, np.arange(0, len(block), STEP), axis=1).max(axis=0))


def limit(blocks: Iterable[Samples], gain: float, limit: float) -> Iterator[Samples]:
    """The blocks times `gain`, held to `limit`.

    Every block but the last holds whole milliseconds, no fewer than are looked ahead.
    """
    limiter = _Limiter(gain, limit)
    waiting: tuple[Samples, Gains] | None = None
    for block in blocks:
        needs = limiter.need(block)
        if waiting is not None:
            yield limiter.hold(*waiting, needs[: ATTACK + 1])
        waiting = block, needs
    if waiting is not None:
        yield limiter.hold(*waiting, np.ones(0))


def foresee(peaks: Peaks, gain: float, limit: float) -> Iterator[Gains]:
    """Mean square of the gain in each millisecond, as a limiter gives it to sound with these peaks."""
    limiter = _Limiter(gain, limit)
    for start in range(0, len(peaks), FORESEEN):
        stop = start + FORESEEN
        coming = _need(peaks[stop : stop + ATTACK + 1], gain, limit)
        edges = limiter.plan(_need(peaks[start:stop], gain, limit), coming) * gain
        before, behind = edges[:-1], edges[1:]
        yield (before * before + before * behind + behind * behind) / 3


def _find_highest(values: Gains, width: int) -> Gains:
    """The highest of every `width` values in a row: of twice as many each time, then of two that overlap."""
    reach = 1
    while 2 * reach <= width:
        values = np.maximum(values[:-reach], values[reach:])
        reach *= 2
    rest = width - reach
    return np.maximum(values[: len(values) - rest], values[rest:])


def _need(peaks: Peaks, gain: float, limit: float) -> Gains:
    return np.asarray(np.minimum(1.0, limit / np.maximum(peaks.astype(np.float64) * gain, 1e-12)))


class _Limiter:
    """What is remembered from block to block: the last millisecond's need, and how far the gain went down."""

    def __init__(self, gain: float, limit: float) -> None:
        self._gain, self._limit = gain, limit
        self._last = 1.0
        self._down = 0.0
        self._past = np.zeros(HOLD)
        """How far down the gain had to be before each of the last milliseconds."""

    def need(self, block: Samples) -> Gains:
        if self._gain * max(block.max(), -block.min()) <= self._limit:
            return np.ones(-(-len(block) // STEP))
        return _need(find_peaks(block), self._gain, self._limit)

    def hold(self, block: Samples, needs: Gains, coming: Gains) -> Samples:
        is_idle = self._down < IDLE and min(self._last, needs.min(), coming.min(initial=1.0)) >= 1
        if is_idle:
            self._down, self._past = 0.0, np.zeros(HOLD)
            return block * np.float32(self._gain)
        return apply_gains(block, self.plan(needs, coming) * self._gain)

    def plan(self, needs: Gains, coming: Gains) -> Gains:
        """The gain before the first millisecond and behind each: how far each peak near and past takes it."""
        ahead = np.concatenate([[self._last], needs, coming, np.ones(ATTACK + 1 - len(coming))])
        edges = 1 - np.minimum(ahead[:-1], ahead[1:])
        count = len(needs) + 1
        wanted = edges[:count]
        for early in range(1, ATTACK):
            wanted = np.maximum(wanted, edges[early : early + count] * (1 - early / ATTACK))
        known = np.concatenate([self._past, wanted])
        self._past = known[count - 1 : -1]
        held = _find_highest(known, HOLD + 1)
        # The highest of the tails exp(-t / RELEASE_MS) behind all peaks: in logarithms one running maximum.
        held[0] = max(held[0], self._down)
        places = np.arange(count) / RELEASE_MS
        with np.errstate(divide="ignore"):
            tails = np.maximum.accumulate(np.log(held) + places) - places
        down = np.exp(tails)
        self._last, self._down = float(needs[-1]), float(down[-1])
        return np.asarray(1 - down)
