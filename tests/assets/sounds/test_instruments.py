"""Each instrument speaks from rest, dies away, and is in tune with A = 440 Hz."""

import numpy as np
import pytest

from assets.sounds.instruments import (
    RATE_HZ,
    beat_drum,
    blow_flute,
    filter_band,
    pitch_hz,
    pluck_zither,
    ring_bell,
    strike_bamboo,
    strike_gong,
    strike_stone,
    swell_pad,
)
from tests.assets.sounds.listening import band_share_db, cents, find_pitch

PITCHED = [strike_bamboo, strike_stone, pluck_zither, ring_bell, strike_gong]
NOTES = ["D3", "G3", "B3", "D4", "E4", "G4", "A4", "D5", "G5"]


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_pitches_follow_equal_temperament():
    assert pitch_hz("A4") == 440
    assert pitch_hz("A3") == 220
    assert pitch_hz("C4") == pytest.approx(261.626, abs=0.001)
    assert pitch_hz("G5") == pytest.approx(783.991, abs=0.001)


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("strike", PITCHED)
def test_what_is_struck_is_in_tune(strike, note, rng):
    assert abs(cents(find_pitch(strike(note, 0.8, rng), pitch_hz(note)), pitch_hz(note))) < 5


@pytest.mark.parametrize("note", ["D4", "A4", "D5"])
def test_the_flute_settles_on_its_note(note, rng):
    tone = blow_flute([(note, 3.0)], rng)[RATE_HZ // 2 : -RATE_HZ // 2]
    assert abs(cents(find_pitch(tone, pitch_hz(note)), pitch_hz(note))) < 5


def test_the_flute_moves_through_its_phrase(rng):
    tone = blow_flute([("G4", 1.0), ("B4", 1.0), ("A4", 1.0)], rng)
    heard = [tone[int((i + 0.3) * RATE_HZ) : int((i + 0.95) * RATE_HZ)] for i in range(3)]
    for part, note in zip(heard, ("G4", "B4", "A4"), strict=True):
        assert abs(cents(find_pitch(part, pitch_hz(note)), pitch_hz(note))) < 12


@pytest.mark.parametrize("note", ["E3", "D4"])
def test_the_pad_is_in_tune(note, rng):
    assert abs(cents(find_pitch(swell_pad(note, 6.0, rng), pitch_hz(note)), pitch_hz(note))) < 5


@pytest.mark.parametrize("strike", [*PITCHED, beat_drum])
def test_a_stroke_starts_and_ends_at_rest(strike, rng):
    tone = strike("G3", 1.0, rng)
    assert abs(tone[0]) < 1e-9
    assert abs(tone[-1]) < 1e-6
    assert 0.5 < np.abs(tone).max() < 3
    quarter = len(tone) // 4
    assert np.sqrt(np.mean(tone[-quarter:] ** 2)) < 0.05 * np.sqrt(np.mean(tone[:quarter] ** 2))


def test_a_harder_stroke_is_brighter(rng):
    shares = [band_share_db(strike_stone("G4", strength, rng)[:, None], 900, 8000) for strength in (0.3, 1.0)]
    assert shares[1] > shares[0] + 6


def test_the_drum_falls_in_pitch(rng):
    tone = beat_drum("G2", 1.0, rng)
    early = find_pitch(tone[: RATE_HZ // 20], 110)
    late = find_pitch(tone[RATE_HZ // 5 : RATE_HZ // 2], 98)
    assert early > late
    assert abs(cents(late, pitch_hz("G2"))) < 15


def test_a_band_filter_keeps_its_band_and_drops_the_rest():
    clock = np.arange(RATE_HZ) / RATE_HZ
    inside, outside = np.sin(2 * np.pi * 1000 * clock), np.sin(2 * np.pi * 100 * clock)
    assert np.abs(filter_band(inside, 500, 2000)).max() == pytest.approx(0.89, abs=0.03)
    assert np.abs(filter_band(outside, 500, 2000)).max() < 0.01
