"""Every treatment does what its options say, whatever blocks the sound comes in."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.filtering import UNIT
from studio.mixing.chain import KNOBS, STEP, Chain, Step
from studio.mixing.envelope import RATE_HZ

WHOLE = 3 * UNIT  # whole milliseconds too
SOFT, LOUD = -50.0, -10.0


def make(name, **options):
    knobs = KNOBS[name]
    return Step(name, {key: options.get(key, knob.default) for key, knob in knobs.items()})


def response_db(step, *hertz):
    impulse = np.zeros((RATE_HZ, 1), np.float32)
    impulse[0] = 1
    spectrum = np.abs(np.fft.rfft(Chain([step], 1).take(impulse)[:, 0]))
    return [20 * np.log10(spectrum[one] + 1e-12) for one in hertz]


def tone(level_dbfs, *, seconds=1.0, hertz=1000):
    """A sine of this mean power."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (np.sqrt(2) * 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hertz * time)).astype(np.float32)[
        :, None
    ]


def level_dbfs(samples):
    return 10 * np.log10(np.mean(np.square(samples[len(samples) // 2 :], dtype=np.float64)))


@pytest.mark.parametrize(
    ("step", "hertz", "wanted_db"),
    [
        (make("highpass", frequency_hz=200), (200, 50, 5000), (-3, -24, 0)),
        (make("highpass", frequency_hz=200, q=2.0), (200, 5000), (6, 0)),
        (make("lowpass", frequency_hz=4000), (4000, 100), (-3, 0)),
        (make("notch", frequency_hz=50, q=5.0), (50, 500), (-200, 0)),
        (make("peak", frequency_hz=3000, gain_db=6, octaves=1.0), (3000, 100), (6, 0)),
        (make("peak", frequency_hz=3000, gain_db=-6, octaves=1.0), (3000, 20_000), (-6, 0)),
        (make("lowshelf", frequency_hz=300, gain_db=-5), (300, 20, 8000), (-2.5, -5, 0)),
        (make("highshelf", frequency_hz=3000, gain_db=5), (3000, 20, 20_000), (2.5, 0, 5)),
    ],
)
def test_pitch(step, hertz, wanted_db):
    for found, wanted in zip(response_db(step, *hertz), wanted_db, strict=True):
        assert found == pytest.approx(wanted, abs=0.3) if wanted > -100 else found < -60


def test_the_width_of_a_peak_is_in_octaves():
    """Half of its decibels lie at the two edges (Audio EQ Cookbook)."""
    low, high = (round(3000 * 2**away) for away in (-0.5, 0.5))
    assert response_db(make("peak", frequency_hz=3000, gain_db=6, octaves=1.0), low, high) == pytest.approx(
        [3, 3], abs=0.1
    )


def compress(samples, **options):
    wanted = {"threshold_dbfs": -30, "ratio": 4, "knee_db": 0} | options
    return Chain([make("compressor", **wanted)], samples.shape[1]).take(samples)


@pytest.mark.parametrize("ratio", [1, 2, 4, 20])
def test_above_the_threshold_a_level_rises_more_slowly(ratio):
    assert level_dbfs(compress(tone(LOUD), ratio=ratio)) == pytest.approx(-30 + 20 / ratio, abs=0.1)
    assert level_dbfs(compress(tone(SOFT), ratio=ratio)) == pytest.approx(SOFT, abs=0.01)
    assert level_dbfs(compress(tone(SOFT), ratio=ratio, makeup_db=6)) == pytest.approx(SOFT + 6, abs=0.01)


def test_a_soft_knee_begins_half_its_width_below_the_threshold():
    hard, soft = (level_dbfs(compress(tone(-30), knee_db=knee)) for knee in (0, 12))
    assert hard == pytest.approx(-30, abs=0.1)
    assert soft == pytest.approx(-30 - 0.75 * 36 / 24, abs=0.1)  # slope x (width / 2) ** 2 / (2 x width)
    assert level_dbfs(compress(tone(-37), knee_db=12)) == pytest.approx(-37, abs=0.05)


def test_it_acts_and_lets_go_in_its_own_time():
    samples = np.concatenate([tone(SOFT), tone(LOUD), tone(SOFT)])
    made = compress(samples, attack_ms=20, release_ms=200)
    gains = np.abs(made[:, 0]).reshape(-1, STEP).max(axis=1) / np.abs(samples[:, 0]).reshape(-1, STEP).max(
        axis=1
    )
    gains_db = 20 * np.log10(gains)
    assert gains_db[[900, 1001, 1200, 2001]] == pytest.approx([0, -5, -15, -15], abs=1.5)
    assert gains_db[2400] > gains_db[2200] > gains_db[2001] + 2
    assert np.abs(np.diff(gains_db)).max() < 10  # no step within a millisecond


def test_both_sides_go_together():
    samples = np.concatenate([tone(LOUD), tone(SOFT)], axis=1)
    made = compress(samples)
    ratio = made[RATE_HZ // 2 :, 0] / np.where(samples[RATE_HZ // 2 :, 0] == 0, 1, samples[RATE_HZ // 2 :, 0])
    other = made[RATE_HZ // 2 :, 1] / np.where(samples[RATE_HZ // 2 :, 1] == 0, 1, samples[RATE_HZ // 2 :, 1])
    heard = (np.abs(samples[RATE_HZ // 2 :]) > 1e-4).all(axis=1)
    assert ratio[heard] == pytest.approx(other[heard], rel=1e-3)


CHAIN = [
    make("highpass", frequency_hz=220),
    make("compressor", threshold_dbfs=-25, ratio=3),
    make("peak", frequency_hz=2800, gain_db=4),
    make("lowshelf", frequency_hz=300, gain_db=-3),
]


@settings(max_examples=30, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 9), max_size=5, unique=True),
    rest=st.integers(1, WHOLE),
    channels=st.integers(1, 2),
    seed=st.integers(0, 99),
)
def test_blocks_make_no_difference(cuts, rest, channels, seed):
    samples = np.random.default_rng(seed).normal(0, 0.2, (10 * WHOLE + rest, channels)).astype(np.float32)
    bounds = [0, *(cut * WHOLE for cut in sorted(cuts)), len(samples)]
    chain = Chain(CHAIN, channels)
    parts = [chain.take(samples[start:stop]) for start, stop in pairwise(bounds)]
    made = np.concatenate(parts)
    assert made.shape == samples.shape
    assert made == pytest.approx(Chain(CHAIN, channels).take(samples), abs=2e-5)
