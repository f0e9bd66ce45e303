"""Speech brought to the mixing rate: a windowed sinc, as products of small matrices.

Whatever the two rates, the filter repeats after as many samples as both have in common. In such a unit every
stretch of 32 samples is one product of the samples around it with a table of weights: a seventh of what a
program of its own costs that starts, is fed and writes a file.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from studio.mixing.envelope import RATE_HZ

Mono = NDArray[np.float32]

REACH = 32
"""Samples of the lower rate on either side that count."""
BETA, EDGE = 9.0, 0.95
"""What lies beyond half the lower rate is 90 dB down; up to 0.86 of that half nothing is lost."""
STRETCH = 32
PRODUCT = 250_000
"""Products this small stay on one thread; larger ones wake BLAS threads that cost more than they help."""


@dataclass(frozen=True, slots=True)
class _Filter:
    """Unit by unit: from `places[i]` on, `weights[i]` makes one stretch; places count from `lead` before."""

    unit_in: int
    unit_out: int
    lead: int
    places: tuple[int, ...]
    weights: tuple[NDArray[np.float32], ...]

    @property
    def reads(self) -> int:
        """The samples that one unit takes, those around it too."""
        return self.places[-1] + len(self.weights[-1])

    def run(self, samples: Mono, units: int) -> Mono:
        made = np.empty((units, len(self.places), STRETCH), np.float32)
        steps = (samples.itemsize * self.unit_in, samples.itemsize)
        read = np.lib.stride_tricks.as_strided(samples, (units, self.reads), steps)
        for number, (place, weights) in enumerate(zip(self.places, self.weights, strict=True)):
            np.matmul(read[:, place : place + len(weights)], weights, out=made[:, number])
        return made.reshape(-1)


def resample(read: Callable[[int, int], Mono], rate_hz: int, first: int, count: int) -> Mono:
    """`count` samples at the mixing rate, from number `first` on.

    `read(first, count)` gives those of the sound at its own rate, silence before its beginning and behind
    its end.
    """
    if rate_hz == RATE_HZ:
        return read(first, count)
    kernel = _make_filter(rate_hz)
    unit, last = first // kernel.unit_out, -(-(first + count) // kernel.unit_out)
    reads = (last - unit - 1) * kernel.unit_in + kernel.reads
    samples = read(unit * kernel.unit_in - kernel.lead, reads)
    most = max(1, PRODUCT // (STRETCH * max(map(len, kernel.weights))))
    made = [
        kernel.run(samples[(at - unit) * kernel.unit_in :], min(most, last - at))
        for at in range(unit, last, most)
    ]
    return np.concatenate(made)[first - unit * kernel.unit_out :][:count]


def count_resampled(frames: int, rate_hz: int) -> int:
    """How many samples so many become: whole ones within their length."""
    return frames * RATE_HZ // rate_hz


@cache
def _make_filter(rate_hz: int) -> _Filter:
    common = math.gcd(rate_hz, RATE_HZ)
    narrow = min(1.0, RATE_HZ / rate_hz)
    reach = math.ceil(REACH / narrow)
    # Units take no fewer samples than a product reads: only then can it read them where they lie.
    once = math.lcm(RATE_HZ // common, STRETCH)
    stretch_in = STRETCH * rate_hz // RATE_HZ + 1
    times = -(-(stretch_in + 2 * reach) * RATE_HZ // (once * rate_hz))
    unit_out = once * times
    places, tables = [], []
    for first in range(0, unit_out, STRETCH):
        at = np.arange(first, first + STRETCH) * rate_hz / RATE_HZ
        place = first * rate_hz // RATE_HZ - reach + 1
        distance = np.arange(place, place + stretch_in + 2 * reach)[:, None] - at
        window = np.i0(BETA * np.sqrt(np.maximum(1 - (distance / reach) ** 2, 0))) / np.i0(BETA)
        weights = np.sinc(distance * narrow * EDGE) * window * (np.abs(distance) < reach)
        places.append(place + reach - 1)
        tables.append((weights / weights.sum(axis=0)).astype(np.float32))
    return _Filter(unit_out * rate_hz // RATE_HZ, unit_out, reach - 1, tuple(places), tuple(tables))
