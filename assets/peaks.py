"""True peak: the highest point of the wave that the samples describe, ITU-R BS.1770-5 annex 2."""

import math

import numpy as np
from numpy.typing import NDArray

from assets.units import Dbtp

TAPS = 32
"""Length of the interpolation filter at the file's own rate."""
WINDOW = 32
"""No shorter than the filter: what lies between a window's samples depends on it and the next."""
BATCH = 2048
ROWS = 32
"""Products this small stay on one thread; larger ones wake BLAS threads that cost more than they help."""


class TruePeakMeter:
    """Highest true peak of a stream of blocks (frames, channels).

    The wave is interpolated to four times 48 kHz (twice 96 kHz), but only where it could rise above what was
    found already: between samples it cannot exceed the neighbouring samples' highest by more than the sum
    of the filter's weights. That is exact, and leaves little to compute.
    """

    def __init__(self, rate_hz: int) -> None:
        factor = 4 if rate_hz < 80_000 else 2 if rate_hz < 160_000 else 1
        phases = _make_phases(factor)
        self._weights = _spread(phases)
        self._reach = float(np.abs(phases).sum(axis=0).max(initial=0.0))
        self._rest: NDArray[np.float32] | None = None
        self._peak = 0.0

    def take(self, block: NDArray[np.float32]) -> None:
        rest = np.zeros((TAPS, block.shape[1]), np.float32) if self._rest is None else self._rest
        signal = np.concatenate([rest, block])
        usable = (len(signal) - TAPS) // WINDOW * WINDOW
        self._rest = signal[usable:]
        if usable:
            self._search(signal[: usable + TAPS])

    @property
    def dbtp(self) -> Dbtp:
        """Not a number if a sample was none; minus infinity for digital silence."""
        if self._rest is not None:
            tail = np.zeros((2 * TAPS, self._rest.shape[1]), np.float32)
            self._search(
                np.concatenate([self._rest, tail])[: len(self._rest) // WINDOW * WINDOW + WINDOW + TAPS]
            )
        return Dbtp(-math.inf if self._peak == 0 else 20 * math.log10(self._peak))

    def _search(self, signal: NDArray[np.float32]) -> None:
        """Windows of `signal`, the most promising first, until none can beat the peak."""
        heights = np.abs(signal).reshape(-1)
        steps = np.maximum.reduceat(heights, np.arange(0, len(heights), WINDOW * signal.shape[1]))
        highest = float(steps.max())
        if not math.isfinite(highest) or math.isnan(self._peak):
            self._peak = math.nan
            return
        self._peak = max(self._peak, highest)
        promise = np.maximum(steps[:-1], steps[1:]) * self._reach
        windows = np.flatnonzero(promise > self._peak)
        windows = windows[np.argsort(-promise[windows])]
        chunks = signal.reshape(-1, WINDOW, signal.shape[1])
        for first in range(0, len(windows), BATCH):
            batch = windows[first : first + BATCH]
            if promise[batch[0]] <= self._peak:
                break
            around = np.concatenate([chunks[batch], chunks[batch + 1]], axis=1)
            rows = around.transpose(0, 2, 1).reshape(-1, 2 * WINDOW)
            padded = np.zeros((-(-len(rows) // ROWS), ROWS, 2 * WINDOW), np.float32)
            padded.reshape(-1, 2 * WINDOW)[: len(rows)] = rows
            between = padded @ self._weights
            self._peak = max(self._peak, float(between.max()), -float(between.min()))


def _spread(phases: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights (samples of a window and the next, points between the window's samples), for one product."""
    spread = np.zeros((2 * WINDOW, WINDOW, phases.shape[1]), np.float32)
    for place in range(WINDOW):
        spread[place : place + TAPS, place] = phases
    return spread.reshape(2 * WINDOW, -1)


def _make_phases(factor: int) -> NDArray[np.float32]:
    """Weights (TAPS, factor - 1) for the points between two samples: a Kaiser-windowed sinc."""
    steps = np.arange(1, factor) / factor
    distance = np.arange(TAPS)[:, None] - (TAPS // 2 - 1) - steps
    window = np.i0(7.0 * np.sqrt(np.maximum(1 - (distance / (TAPS // 2)) ** 2, 0))) / np.i0(7.0)
    weights = np.sinc(distance) * window
    return np.asarray(weights / weights.sum(axis=0), np.float32)
