"""Power as the ear weighs it: the K-weighting of ITU-R BS.1770-5, in steps of ten milliseconds.

Both filters of the standard are one system of fourth order. Run sample by sample it would be slow in Python,
so it is run in blocks: what a block gives depends on the block and on four numbers that the past left behind,
and both are products with small matrices. That is the filter itself, not an approximation of it.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

STEPS_PER_S = 100
BLOCK = 32
GROUP = 16
"""Blocks whose states are found in one product."""
UNIT = BLOCK * GROUP
GROUPS = 32
"""What is measured at a time: little enough to stay in the processor's cache."""
CHUNK = GROUPS * UNIT

Matrix = NDArray[np.float64]

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
        self._state = np.zeros((len(weights), 1, 4), np.float32)
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
        for start in range(0, whole, CHUNK):
            self._measure(samples[start : min(start + CHUNK, whole)])
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


class _Filter:
    """A system of fourth order as tables, for `UNIT` samples at a time."""

    def __init__(self, a: Matrix, b: Matrix, c: Matrix, d: float) -> None:
        powers = [np.linalg.matrix_power(a, exponent) for exponent in range(BLOCK + 1)]
        response = [d] + [(c @ power @ b).item() for power in powers[: BLOCK - 1]]
        through = np.zeros((BLOCK, BLOCK))
        for place in range(BLOCK):
            through[place, place:] = response[: BLOCK - place]
        left = np.concatenate([(power @ b).T for power in powers[BLOCK - 1 :: -1]])
        self._from_samples = np.concatenate([through, left], axis=1).astype(np.float32)
        """Samples of a block to what it gives, and to what it leaves behind."""
        self._from_state = np.concatenate([(c @ power).T for power in powers[:BLOCK]], axis=1, dtype="f4")
        self._spread, self._decay = _carry(powers[BLOCK], GROUP)
        self._spread_groups, self._decay_groups = _carry(np.linalg.matrix_power(powers[BLOCK], GROUP), GROUPS)

    def run(
        self, samples: NDArray[np.float32], state: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Samples (channels, frames), whole units up to a chunk, to as many that are filtered, and the state.

        A state has four numbers for each channel: shape (channels, 1, 4).
        """
        channels = len(samples)
        given: NDArray[np.float32] = samples.reshape(channels, -1, GROUP, BLOCK) @ self._from_samples
        left = given[..., BLOCK:].reshape(channels, -1, GROUP * 4)
        states = left @ self._spread
        groups = states.shape[1]
        ends = states[..., -4:].reshape(channels, 1, groups * 4)
        reached = slice(0, (groups + 1) * 4)
        entered = ends @ self._spread_groups[: groups * 4, reached] + state @ self._decay_groups[:, reached]
        entered = entered.reshape(channels, groups + 1, 4)
        states += entered[:, :-1] @ self._decay
        before = states[..., :-4].reshape(channels, -1, GROUP, 4)
        filtered: NDArray[np.float32] = given[..., :BLOCK] + before @ self._from_state
        return filtered.reshape(channels, -1), entered[:, -1:]


@lru_cache(32)
def _make_filter(rate_hz: int) -> _Filter:
    return _Filter(*_balance(*_cascade(rate_hz)))


def _carry(jump: Matrix, count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two tables for `count` stretches in a row, each of which multiplies a state by `jump`.

    What each leaves behind, and the state before the first, to the state before each and after the last.
    """
    jumps = [np.linalg.matrix_power(jump, exponent) for exponent in range(count + 1)]
    spread = np.zeros((count, 4, count + 1, 4))
    for source in range(count):
        for place in range(source + 1, count + 1):
            spread[source, :, place] = jumps[place - 1 - source].T
    decay = np.concatenate([power.T for power in jumps], axis=1, dtype="f4")
    return spread.reshape(count * 4, -1).astype(np.float32), decay


def _cascade(rate_hz: int) -> tuple[Matrix, Matrix, Matrix, float]:
    """State space of the two filters, BS.1770-5 annex 1.

    The standard gives coefficients for 48 kHz only; these come from the analogue filters that have them, so
    that every rate is weighed alike.
    """
    k, gain = math.tan(math.pi * 1681.974450955533 / rate_hz), 10 ** (3.999843853973347 / 20)
    middle, q = gain**0.4996667741545416, 0.7071752369554196
    shelf = _section(
        (gain + middle * k / q + k * k, 2 * (k * k - gain), gain - middle * k / q + k * k), k=k, q=q
    )
    k, q = math.tan(math.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    scale = 1 + k / q + k * k
    high_pass = _section((scale, -2 * scale, scale), k=k, q=q)
    (a1, b1, c1, d1), (a2, b2, c2, d2) = shelf, high_pass
    a = np.block([[a1, np.zeros((2, 2))], [b2 @ c1, a2]])
    return a, np.vstack([b1, b2 * d1]), np.hstack([d2 * c1, c2]), d1 * d2


def _section(
    numerator: tuple[float, float, float], *, k: float, q: float
) -> tuple[Matrix, Matrix, Matrix, float]:
    scale = 1 + k / q + k * k
    b0, b1, b2 = (value / scale for value in numerator)
    a1, a2 = 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale
    a = np.array([[-a1, 1.0], [-a2, 0.0]])
    return a, np.array([[b1 - a1 * b0], [b2 - a2 * b0]]), np.array([[1.0, 0.0]]), b0


def _balance(a: Matrix, b: Matrix, c: Matrix, d: float) -> tuple[Matrix, Matrix, Matrix, float]:
    """The same system with its four numbers of one size: only then are 32-bit floats exact enough."""
    reached, seen = _gramian(a, b @ b.T), _gramian(a.T, c.T @ c)
    values, vectors = np.linalg.eigh(reached)
    root = vectors * np.sqrt(np.maximum(values, 0))
    turn, strengths, _ = np.linalg.svd(root.T @ seen @ root)
    change = root @ turn / strengths**0.25
    back = np.linalg.inv(change)
    return back @ a @ change, back @ b, c @ change, d


def _gramian(a: Matrix, start: Matrix) -> Matrix:
    """The sum of `a**n @ start @ a.T**n` over all n, by doubling."""
    total, power = start, a
    for _ in range(40):
        total, power = total + power @ total @ power.T, power @ power
    return total
