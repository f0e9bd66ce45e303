"""The limit holds for every sample of any sound, and what stays below it is left alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.mixing.chain import STEP
from studio.mixing.envelope import RATE_HZ
from studio.mixing.limiter import ATTACK, HOLD, RELEASE_MS, find_peaks, foresee, limit

LIMIT = 0.5


@st.composite
def sound(draw):
    """Noise with bursts and single high samples, cut into blocks of whole milliseconds and a rest."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    lengths = [STEP * draw(st.integers(ATTACK + 1, 40)) for _ in range(draw(st.integers(0, 4)))]
    lengths.append(draw(st.integers(1, 40 * STEP)))
    channels = draw(st.integers(1, 2))
    samples = rng.normal(0, 0.1, (sum(lengths), channels))
    for _ in range(draw(st.integers(0, 5))):
        at = rng.integers(len(samples))
        samples[at : at + rng.integers(1, 2000)] *= rng.uniform(1, 40)
    samples = samples.astype(np.float32)
    return [samples[stop - length : stop] for length, stop in zip(lengths, np.cumsum(lengths), strict=True)]


@settings(max_examples=200, deadline=None)
@given(blocks=sound(), gain=st.floats(0.05, 20))
def test_nothing_rises_above_the_limit_however_it_is_cut(blocks, gain):
    made = list(limit(blocks, gain, LIMIT))
    assert [len(block) for block in made] == [len(block) for block in blocks]
    whole = np.concatenate(made)
    assert np.abs(whole).max() <= LIMIT * (1 + 1e-6)
    (at_once,) = limit([np.concatenate(blocks)], gain, LIMIT)
    assert whole == pytest.approx(at_once, abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(blocks=sound(), gain=st.floats(0.05, 20))
def test_it_is_foreseen_from_the_peaks(blocks, gain):
    samples = np.concatenate(blocks)
    steps = len(samples) // STEP
    if not steps:
        return
    (ones,) = limit([np.ones_like(samples[:, :1])], 1.0, 2.0)
    assert ones == pytest.approx(1)
    (made,) = limit([samples], gain, LIMIT)
    heard = np.abs(samples) > 1e-3
    gains = np.where(heard, made / np.where(heard, samples, 1), np.nan)[: steps * STEP, 0].reshape(
        steps, STEP
    )
    foreseen = np.sqrt(np.concatenate(list(foresee(find_peaks(samples), gain, LIMIT))))[:steps]
    lowest, highest = np.nanmin(gains, axis=1), np.nanmax(gains, axis=1)
    seen = ~np.isnan(lowest)
    spread = highest - lowest + 1e-3 * gain
    assert (foreseen[seen] >= lowest[seen] - spread[seen]).all()
    assert (foreseen[seen] <= highest[seen] + spread[seen]).all()


def test_what_stays_below_is_only_made_louder():
    samples = np.random.default_rng(3).uniform(-0.2, 0.2, (9999, 2)).astype(np.float32)
    (made,) = limit([samples], 2.0, LIMIT)
    assert np.array_equal(made, samples * np.float32(2))


def test_the_gain_is_down_before_a_peak_and_comes_back_slowly():
    quiet = np.full((RATE_HZ, 1), 0.25, np.float32)
    quiet[RATE_HZ // 2] = 1.0
    (made,) = limit([quiet], 1.0, LIMIT)
    gains = (made / quiet)[:, 0]
    at = RATE_HZ // 2
    assert gains[at] == pytest.approx(0.5, abs=1e-6)
    assert np.all(gains[: at - (ATTACK + 1) * STEP] == 1)
    assert np.abs(np.diff(gains)).max() <= 0.5 / ((ATTACK - 1) * STEP) + 1e-6
    assert gains[at : at + HOLD * STEP] == pytest.approx(0.5, abs=1e-6)
    behind = at + (HOLD + RELEASE_MS + 1) * STEP
    assert 1 - gains[behind] == pytest.approx(0.5 / np.e, abs=0.01)
    assert gains[-1] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("hertz", [60, 150, 1000])
def test_a_steady_tone_stays_a_tone(hertz):
    """The gain does not follow its waves: what is added lies 80 dB below."""
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = np.sin(2 * np.pi * hertz * time).astype(np.float32)[:, None]
    (made,) = limit([tone], 2.0, LIMIT)
    spectrum = np.abs(np.fft.rfft(made[RATE_HZ:, 0] * np.hanning(RATE_HZ))) ** 2
    near = slice(hertz - 3, hertz + 4)
    assert (spectrum.sum() - spectrum[near].sum()) / spectrum[near].sum() < 1e-8
