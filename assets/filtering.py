"""Recursive filters over long sound, in blocks: run sample by sample they would be slow in Python.

What a block gives depends on the block and on a few numbers that the past left behind, and both are products
with small matrices. That is the filter itself, not an approximation of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
UNIT = 512
"""A filter takes whole units of samples."""
GROUP_NUMBERS = 64
"""Blocks whose states are found in one product have this many numbers of state, or half of it and more."""
GROUPS = 32
"""Groups that are filtered at a time: little enough to stay in the processor's cache, and products small
enough to stay on one thread. Larger ones wake BLAS threads that cost more than they help."""
LEAST_STRENGTH = 1e-9
"""A number of the state that contributes less of the strongest one's share is left out: 180 dB down."""

Matrix = NDArray[np.float64]
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class System:
    """Linear state space: `x' = a x + b u`, `y = c x + d u`, with one input and one output."""

    a: Matrix
    b: Matrix
    c: Matrix
    d: float

    def then(self, other: "System") -> "System":
        """Both, one behind the other."""
        a = np.block(
            [[self.a, np.zeros((len(self.a), len(other.a)))], [other.b @ self.c, other.a]],
        )
        return System(
            a, np.vstack([self.b, other.b * self.d]), np.hstack([other.d * self.c, other.c]), self.d * other.d
        )


def make_section(numerator: Iterable[float], denominator: Iterable[float]) -> System:
    """A filter of second order from its coefficients `b0, b1, b2` and `a0, a1, a2`."""
    a0, a1, a2 = denominator
    b0, b1, b2 = (value / a0 for value in numerator)
    a1, a2 = a1 / a0, a2 / a0
    return System(
        np.array([[-a1, 1.0], [-a2, 0.0]]),
        np.array([[b1 - a1 * b0], [b2 - a2 * b0]]),
        np.array([[1.0, 0.0]]),
        b0,
    )


def cascade(sections: Iterable[System]) -> System:
    return reduce(System.then, sections)


class BlockFilter:
    """A system as tables, for whole units of `UNIT` samples and at most `chunk` at a time."""

    def __init__(self, system: System) -> None:
        system = _balance(system)
        a, b, c = system.a, system.b, system.c
        self._order = len(a)
        self._group = min(UNIT // BLOCK, 1 << max(0, (GROUP_NUMBERS // len(a)).bit_length() - 1))
        self.chunk = GROUPS * self._group * BLOCK
        powers = [np.linalg.matrix_power(a, exponent) for exponent in range(BLOCK + 1)]
        response = [system.d] + [(c @ power @ b).item() for power in powers[: BLOCK - 1]]
        through = np.zeros((BLOCK, BLOCK))
        for place in range(BLOCK):
            through[place, place:] = response[: BLOCK - place]
        left = np.concatenate([(power @ b).T for power in powers[BLOCK - 1 :: -1]])
        self._from_samples = np.concatenate([through, left], axis=1).astype(np.float32)
        """Samples of a block to what it gives, and to what it leaves behind."""
        self._from_state = np.concatenate([(c @ power).T for power in powers[:BLOCK]], axis=1, dtype="f4")
        self._spread, self._decay = _carry(powers[BLOCK], self._group)
        jump = np.linalg.matrix_power(powers[BLOCK], self._group)
        self._spread_groups, self._decay_groups = _carry(jump, GROUPS)

    def rest(self, channels: int) -> Samples:
        """The state before the first sample."""
        return np.zeros((channels, 1, self._order), np.float32)

    def run(self, samples: Samples, state: Samples) -> tuple[Samples, Samples]:
        """Samples (channels, frames), whole units up to a chunk, to as many filtered ones, and the state."""
        channels, order, group = len(samples), self._order, self._group
        given: Samples = samples.reshape(channels, -1, group, BLOCK) @ self._from_samples
        left = given[..., BLOCK:].reshape(channels, -1, group * order)
        states = left @ self._spread
        groups = states.shape[1]
        ends = states[..., -order:].reshape(channels, 1, groups * order)
        reached = slice(0, (groups + 1) * order)
        entered = (
            ends @ self._spread_groups[: groups * order, reached] + state @ self._decay_groups[:, reached]
        )
        entered = entered.reshape(channels, groups + 1, order)
        states += entered[:, :-1] @ self._decay
        before = states[..., :-order].reshape(channels, -1, group, order)
        filtered: Samples = given[..., :BLOCK] + before @ self._from_state
        return filtered.reshape(channels, -1), entered[:, -1:]


def _carry(jump: Matrix, count: int) -> tuple[Samples, Samples]:
    """Two tables for `count` stretches in a row, each of which multiplies a state by `jump`.

    What each leaves behind, and the state before the first, to the state before each and after the last.
    """
    order = len(jump)
    jumps = [np.linalg.matrix_power(jump, exponent) for exponent in range(count + 1)]
    spread = np.zeros((count, order, count + 1, order))
    for source in range(count):
        for place in range(source + 1, count + 1):
            spread[source, :, place] = jumps[place - 1 - source].T
    decay = np.concatenate([power.T for power in jumps], axis=1, dtype="f4")
    return spread.reshape(count * order, -1).astype(np.float32), decay


def _balance(system: System) -> System:
    """The same system with the numbers of its state of one size, and without those that nothing hears.

    Only then are 32-bit floats exact enough. (Laub, Heath, Paige and Ward: Computation of system balancing
    transformations, IEEE Transactions on Automatic Control 32, 1987.)
    """
    reached, seen = _root(_gramian(system.a, system.b)), _root(_gramian(system.a.T, system.c.T))
    left, strengths, right = np.linalg.svd(seen.T @ reached)
    if not strengths[0] > 0:  # what comes out depends on nothing past
        return System(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1)), system.d)
    kept = strengths > LEAST_STRENGTH * strengths[0]
    scale = strengths[kept] ** -0.5
    into, back = (left[:, kept] * scale).T @ seen.T, reached @ right[kept].T * scale
    return System(into @ system.a @ back, into @ system.b, system.c @ back, system.d)


def _root(symmetric: Matrix) -> Matrix:
    values, vectors = np.linalg.eigh(symmetric)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def _gramian(a: Matrix, b: Matrix) -> Matrix:
    """The sum of `a**n @ b @ b.T @ a.T**n` over all n, by doubling."""
    total, power = b @ b.T, a
    for _ in range(40):
        total, power = total + power @ total @ power.T, power @ power
    return total
