import pytest

from studio.scripts.directions import (
    DIRECTIONS,
    FASTEST,
    LOUDEST_DB,
    SLOWEST,
    SOFTEST_DB,
    combine_directions,
)
from studio.voices import voice


def test_directions_combine_within_bounds():
    assert combine_directions("Chậm, To").rate == 0.88
    assert combine_directions("Chậm, To").gain_db == 2.0
    assert combine_directions("rất nhanh, very fast, nhanh").rate == FASTEST
    assert combine_directions("thì thầm, nhỏ, buồn").gain_db == SOFTEST_DB
    assert combine_directions("to, loud, nhấn mạnh").gain_db == LOUDEST_DB
    with pytest.raises(KeyError):
        combine_directions("chậm,")


def test_every_direction_can_be_followed_by_a_voice():
    assert voice.SLOWEST <= SLOWEST < FASTEST <= voice.FASTEST
    assert all(SLOWEST <= rate <= FASTEST for rate, _ in DIRECTIONS.values())
