"""Parts are read and played in time; a loop loses nothing at its end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.sounds.instruments import RATE_HZ, strike_bamboo
from assets.sounds.score import Event, Place, Room, mix_down, play, read_part, sing

DRY = Room(0.2, -200)


def rng():
    return np.random.default_rng(11)


def test_a_part_is_notes_and_beats_without_its_bars():
    assert read_part("D4 .5 G3+D4 1 | - 2") == [("D4", 0.5), ("G3+D4", 1.0), ("-", 2.0)]


@pytest.mark.parametrize("part", ["D4", "D4 1 E4", "D4 x"])
def test_a_part_that_does_not_add_up_is_refused(part):
    with pytest.raises(ValueError, match=r"zip|float"):
        read_part(part)


def test_notes_start_on_their_beats_within_a_human_measure():
    events = list(play(strike_bamboo, "D4 1 - 1 G4 .5 A4 1", Place(0.5, 2.0, 0.0, 1.0), rng()))
    assert len(events) == 3
    assert all(abs(e.start_s - t) < 0.016 for e, t in zip(events, (2.0, 3.0, 3.25), strict=True))


def test_accents_repeat_over_the_notes():
    events = list(play(strike_bamboo, "D4 1 " * 40, Place(0.1), rng(), accents=(1.0, 0.4)))
    gains = [event.gain for event in events]
    assert np.mean(gains[::2]) > 2 * np.mean(gains[1::2])


def test_a_rest_is_where_the_flute_breathes():
    events = list(sing("- 1 D4 1 G4 2 - 2 A4 1", Place(0.5, 1.0), rng()))
    assert [event.start_s for event in events] == [1.5, 4.0]


@settings(max_examples=25, deadline=None)
@given(start=st.integers(0, 20_000), length=st.integers(1, 30_000), pan=st.floats(-1, 1))
def test_a_loop_keeps_every_sample_wherever_a_tone_begins(start, length, pan):
    """Turning a loop's only event turns the loop and changes nothing else."""
    tone = np.sin(np.arange(length) / 9.0)
    count = 9600

    def turned(at: int):
        return mix_down([Event(at / RATE_HZ, tone, pan)], count / RATE_HZ, DRY, rng(), loop=True)

    np.testing.assert_allclose(turned(start), np.roll(turned(0), start % count, axis=0), atol=1e-9)


def test_the_stage_is_as_wide_as_the_pan_says():
    tone = np.sin(np.arange(4800) / 9.0)
    for pan, quiet in ((-1.0, 1), (1.0, 0)):
        mixed = mix_down([Event(0.1, tone, pan)], 0.5, DRY, rng(), loop=False)
        assert np.abs(mixed[:, quiet]).max() < 1e-6 < np.abs(mixed[:, 1 - quiet]).max()


def test_the_room_answers_on_both_sides_and_differently():
    click = np.hanning(96)
    mixed = mix_down([Event(0.1, click)], 1.0, Room(0.8, 0.0), rng(), loop=False)
    tail = mixed[round(0.15 * RATE_HZ) : round(0.4 * RATE_HZ)]
    assert np.sqrt((tail**2).mean()) > 1e-4
    assert abs(np.corrcoef(tail.T)[0, 1]) < 0.2


def test_a_tune_fades_at_its_end():
    hum = np.sin(np.arange(2 * RATE_HZ) / 40.0)
    mixed = mix_down([Event(0.0, hum)], 1.0, DRY, rng(), loop=False)
    assert len(mixed) == RATE_HZ
    assert np.abs(mixed[-100:]).max() < 0.001
    assert abs(mixed[0]).max() < 1e-9
