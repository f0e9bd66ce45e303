"""Speech at the mixing rate, held against the wave that its samples describe."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.mixing.envelope import RATE_HZ
from studio.mixing.resampling import REACH, count_resampled, resample

RATES = [8000, 11_025, 16_000, 22_050, 22_051, 24_000, 44_100, 96_000]
ERROR_DB = -85.0
"""A sixteen-bit source is no cleaner."""


def convert(samples, rate_hz, *, block=65_536):
    def read(first, count):
        held = np.zeros(count, np.float32)
        start, stop = max(first, 0), min(first + count, len(samples))
        held[start - first : max(stop, start) - first] = samples[start:stop]
        return held

    length = count_resampled(len(samples), rate_hz)
    parts = [resample(read, rate_hz, start, min(block, length - start)) for start in range(0, length, block)]
    return np.concatenate([*parts, np.zeros(0, np.float32)])


def wave(hertz, seconds, rate_hz):
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate_hz)) / rate_hz + 0.3).astype(np.float32)


def level_db(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.86])
def test_a_tone_keeps_its_level_and_its_place(rate_hz, share):
    hertz = share * min(rate_hz, RATE_HZ) / 2
    found, wanted = convert(wave(hertz, 2, rate_hz), rate_hz), wave(hertz, 2, RATE_HZ)
    edge = REACH * RATE_HZ // min(rate_hz, RATE_HZ) + 1
    assert found.shape == wanted.shape
    assert level_db((found - wanted)[edge:-edge]) - level_db(wanted) < ERROR_DB


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 44_100])
def test_nothing_is_added_above_what_the_source_can_hold(rate_hz):
    noise = np.random.default_rng(1).standard_normal(rate_hz * 2).astype(np.float32)
    spectrum = np.square(np.abs(np.fft.rfft(convert(noise, rate_hz) * np.hanning(2 * RATE_HZ))))
    above = np.fft.rfftfreq(2 * RATE_HZ, 1 / RATE_HZ) > 0.525 * rate_hz
    assert 10 * np.log10(spectrum[above].mean() / spectrum[~above].mean()) < ERROR_DB


def test_what_is_faster_than_the_mix_is_not_folded_into_it():
    assert level_db(convert(wave(30_000, 1, 96_000), 96_000)[100:-100]) < ERROR_DB


@settings(max_examples=60, deadline=None)
@given(
    rate_hz=st.sampled_from(RATES),
    length=st.integers(0, 5000),
    block=st.integers(1, 3000),
    seed=st.integers(0, 99),
)
def test_any_length_in_any_blocks(rate_hz, length, block, seed):
    noise = np.random.default_rng(seed).standard_normal(length).astype(np.float32)
    whole = convert(noise, rate_hz)
    assert len(whole) == length * RATE_HZ // rate_hz
    assert np.allclose(convert(noise, rate_hz, block=block), whole, atol=1e-6)


def test_the_rate_of_the_mix_passes_untouched():
    noise = np.random.default_rng(1).standard_normal(1000).astype(np.float32)
    assert np.array_equal(convert(noise, RATE_HZ), noise)
