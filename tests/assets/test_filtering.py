"""Filters in blocks, against the recursion that defines them, sample by sample in double precision."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.filtering import UNIT, BlockFilter, cascade, make_section

FRAMES = 6 * UNIT


def reference(sections, samples):
    """Direct form I of each section in turn."""
    for (b0, b1, b2), (a0, a1, a2) in sections:
        made = np.zeros(len(samples) + 2)
        given_ = np.concatenate([[0.0, 0.0], samples])
        for n in range(2, len(made)):
            fed = b0 * given_[n] + b1 * given_[n - 1] + b2 * given_[n - 2]
            made[n] = (fed - a1 * made[n - 1] - a2 * made[n - 2]) / a0
        samples = made[2:]
    return samples


def run(sections, sides):
    kernel = BlockFilter(cascade(make_section(*one) for one in sections))
    state, made = kernel.rest(len(sides)), []
    for start in range(0, sides.shape[1], kernel.chunk):
        part, state = kernel.run(np.ascontiguousarray(sides[:, start : start + kernel.chunk]), state)
        made.append(part)
    return np.concatenate(made, axis=1)


@st.composite
def section(draw):
    """Poles and zeros anywhere within the circle, up to ones that ring for a quarter of a second."""
    coefficients = []
    for most in (1.0, 0.9995):
        radius, angle = draw(st.floats(0, most)), draw(st.floats(0, np.pi))
        coefficients.append((1.0, -2 * radius * np.cos(angle), radius * radius))
    return tuple(coefficients)


@settings(max_examples=60, deadline=None)
@given(
    sections=st.lists(section(), min_size=1, max_size=6), seed=st.integers(0, 99), channels=st.integers(1, 2)
)
def test_blocks_give_what_the_recursion_gives(sections, seed, channels):
    sides = np.random.default_rng(seed).uniform(-1, 1, (channels, FRAMES)).astype(np.float32)
    made = run(sections, sides)
    for own, side in zip(made, sides, strict=True):
        wanted = reference(sections, side.astype(np.float64))
        assert np.abs(own - wanted).max() <= 2e-5 * max(1.0, np.abs(wanted).max())


def test_a_filter_that_does_nothing_leaves_every_sample():
    sides = np.random.default_rng(1).uniform(-1, 1, (1, 2 * UNIT)).astype(np.float32)
    same = (1.0, -1.2, 0.5)
    assert run([(same, same)], sides) == pytest.approx(sides, abs=1e-6)
