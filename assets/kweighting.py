"""Power as the ear weighs it: the K-weighting of ITU-R BS.1770-5, in steps of ten milliseconds."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assets.filtering import UNIT, BlockFilter, System, make_section

STEPS_PER_S = 100
SURROUND_WEIGHT = 1.41
LOW_FREQUENCY, BACK_PAIR, SIDE_PAIR = 0x8, 0x30, 0x600
"""Bits of a WAV file's channel mask."""


def weigh_channels(channels: int, mask: int = 0) -> tuple[float, ...]:
    """The weight of each channel's power, BS.1770-5 table 4; without a mask all count alike.

    Mono is dual mono, as two loudspeakers would play it. Of two pairs behind the listener's ears the one at
    the sides counts as the surrounds.
    """
    if channels == 1:
        return (2.0,)
    surrounds = SIDE_PAIR if mask & SIDE_PAIR else BACK_PAIR
    places = [1 << bit for bit in range(32) if mask & 1 << bit][:channels]
    weights = [
        0.0 if place == LOW_FREQUENCY else SURROUND_WEIGHT if place & surrounds else 1.0 for place in places
    ]
    return tuple(weights + [1.0] * (channels - len(weights)))


class PowerReader:
    """Takes a stream of blocks (frames, channels); keeps four bytes for each step."""

    def __init__(self, rate_hz: int, weights: tuple[float, ...]) -> None:
        self._rate_hz = rate_hz
        self._weights = np.array(weights)
        self._filter = _make_filter(rate_hz)
        self._state = self._filter.rest(len(weights))
        self._rest: NDArray[np.float32] = np.zeros((0, len(weights)), np.float32)
        self._steps = bytearray()
        self._begun = 0.0
        """The weighted sum of squares in the step that is not full yet."""
        self._frames = 0
        """What went through the filter, and with it how many steps are full."""

    def take(self, samples: NDArray[np.float32]) -> None:
        if len(self._rest):
            missing = UNIT - len(self._rest)
            self._rest = np.concatenate([self._rest, samples[:missing]])
            samples = samples[missing:]
            if len(self._rest) < UNIT:
                return
            self._measure(self._rest)
        whole = len(samples) // UNIT * UNIT
        for start in range(0, whole, self._filter.chunk):
            self._measure(samples[start : min(start + self._filter.chunk, whole)])
        self._rest = samples[whole:].copy()

    def finish(self) -> NDArray[np.float32]:
        """The weighted sum of the channels' mean squares in each whole step; what is left over is no step."""
        frames = self._frames + len(self._rest)
        self.take(np.zeros((-len(self._rest) % UNIT, len(self._weights)), np.float32))
        return np.frombuffer(self._steps, np.float32)[: self._step_at(frames)]

    def _measure(self, samples: NDArray[np.float32]) -> None:
        first, self._frames = self._frames, self._frames + len(samples)
        done, reached = self._step_at(first), self._step_at(self._frames)
        edges = self._frame_of(np.arange(done, reached + 1)) - first
        # Samples that are no numbers are found by the meter of peaks; here they must only do no harm.
        with np.errstate(invalid="ignore", over="ignore"):
            heard, self._state = self._filter.run(np.ascontiguousarray(samples.T), self._state)
            np.square(heard, out=heard)
            # An edge at the very end begins a step that has nothing yet.
            open_end = reached > done and edges[-1] == len(samples)
            starts = np.concatenate([[0], edges[1 : len(edges) - open_end]])
            sums = self._weights @ np.add.reduceat(heard, starts, axis=1)
            sums[0] += self._begun
            full, self._begun = (sums, 0.0) if open_end else (sums[:-1], float(sums[-1]))
            self._steps += (full / np.diff(edges)).astype(np.float32).tobytes()

    def _step_at(self, frame: int) -> int:
        return frame * STEPS_PER_S // self._rate_hz

    def _frame_of(self, step: NDArray[np.int64]) -> NDArray[np.int64]:
        """A step begins at the first sample in it: 22,050 Hz has 220.5 samples in ten milliseconds."""
        return -(-step * self._rate_hz // STEPS_PER_S)


@lru_cache(32)
def _make_filter(rate_hz: int) -> BlockFilter:
    return BlockFilter(_weigh(rate_hz))


def _weigh(rate_hz: int) -> System:
    """The two filters of BS.1770-5 annex 1, one behind the other.

    The standard gives coefficients for 48 kHz only; these come from the analogue filters that have them, so
    that every rate is weighed alike.
    """
    k, gain = math.tan(math.pi * 1681.974450955533 / rate_hz), 10 ** (3.999843853973347 / 20)
    middle, q = gain**0.4996667741545416, 0.7071752369554196
    shelf = gain + middle * k / q + k * k, 2 * (k * k - gain), gain - middle * k / q + k * k
    k_low, q_low = math.tan(math.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    scale = 1 + k_low / q_low + k_low * k_low  # the standard's high-pass has numerator 1, -2, 1
    return make_section(shelf, _poles(k, q)).then(
        make_section((scale, -2 * scale, scale), _poles(k_low, q_low))
    )


def _poles(k: float, q: float) -> tuple[float, float, float]:
    return 1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k
