import re
from pathlib import Path

import pytest

import studio
from studio.scripts.directions import (
    DIRECTIONS,
    FASTEST,
    HIGHEST,
    LOUDEST_DB,
    LOWEST,
    SLOWEST,
    SOFTEST_DB,
    Manner,
    combine_directions,
)
from studio.scripts.document import Delivery
from studio.voices import voice


def test_directions_combine_within_bounds():
    assert combine_directions("Chậm, To").rate == 0.88
    assert combine_directions("Chậm, To").gain_db == 2.0
    assert combine_directions("rất nhanh, very fast, nhanh").rate == FASTEST
    assert combine_directions("thì thầm, nhỏ, buồn").gain_db == SOFTEST_DB
    assert combine_directions("to, loud, nhấn mạnh").gain_db == LOUDEST_DB
    assert combine_directions("trầm, chậm") == Delivery("trầm, chậm", 0.88, 0.0, 0.9)
    assert combine_directions("cao, high, vui").pitch == HIGHEST
    assert combine_directions("low, trầm").pitch == LOWEST
    with pytest.raises(KeyError):
        combine_directions("chậm,")


def test_every_direction_can_be_followed_by_a_voice():
    assert voice.SLOWEST <= SLOWEST < FASTEST <= voice.FASTEST
    assert all(SLOWEST <= manner.rate <= FASTEST for manner in DIRECTIONS.values())
    assert voice.LOWEST <= LOWEST < HIGHEST <= voice.HIGHEST
    assert all(LOWEST <= manner.pitch <= HIGHEST for manner in DIRECTIONS.values())


def test_the_documented_directions_are_those_of_the_code():
    page = (Path(studio.__path__[0]).parent / "docs/scripts.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.+`) \| ([\d,]+) \| ([+−\d,]+) \| ([\d,]+) \|$", page, re.MULTILINE)
    told = {
        word: Manner(*(float(one.replace(",", ".").replace("−", "-")) for one in numbers))
        for words, *numbers in rows
        for word in re.findall("`([^`]+)`", words)
    }
    assert told == DIRECTIONS
