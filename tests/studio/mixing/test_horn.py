"""The horn chain does what its page says, and the plot there shows it."""

import re
from pathlib import Path

import numpy as np
import pytest

from docs.plot_horn import HERTZ, LEVELS_DB, TARGET, draw, measure_levels, measure_response
from studio.mixing.presets import find_preset

CHAIN = find_preset("loudspeaker").chain


def at(hertz):
    return float(np.interp(np.log(hertz), np.log(HERTZ), measure_response(CHAIN)))


def test_the_plot_is_what_the_chain_does_now():
    drawn, kept = draw(), Path(TARGET).read_text("utf-8")
    number = r"-?\d+\.\d"
    assert re.sub(number, "0", drawn) == re.sub(number, "0", kept)
    ours, theirs = (np.array([float(found) for found in re.findall(number, text)]) for text in (drawn, kept))
    assert np.abs(ours - theirs).max() <= 0.3  # of a pixel


def test_below_its_cut_off_nothing_reaches_the_horn():
    assert at(220) == pytest.approx(-6, abs=0.5)
    assert at(110) - at(55) == pytest.approx(24, abs=1.5)
    assert at(500) == pytest.approx(0, abs=1)


def test_consonants_stand_out_and_hiss_does_not():
    assert at(2800) == pytest.approx(4, abs=0.5)
    assert at(1000) < 1
    assert at(15_000) < -12


def test_three_to_one_above_the_knee():
    levels = measure_levels(CHAIN)
    slope = np.diff(levels) / np.diff(LEVELS_DB)
    assert slope[LEVELS_DB[:-1] < -40] == pytest.approx(1, abs=0.02)
    assert slope[LEVELS_DB[:-1] >= -15] == pytest.approx(1 / 3, abs=0.05)
