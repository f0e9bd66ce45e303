from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.board import Board
from scheduler.packing import choose_rows, find_best_sum
from tests.scheduler.fixtures import MARCH, make_goal, make_item


def draw_pieces(rng):
    """What each is worth, and its seconds."""
    return [(rng.randint(1, 9), rng.randint(20, 900)) for _ in range(rng.randint(1, 8))]


def find_best_by_hand(values, lengths, room):
    """The greatest sum of values over every choice that fits."""
    places = range(len(values))
    return max(
        sum(values[at] for at in chosen)
        for size in range(len(values) + 1)
        for chosen in combinations(places, size)
        if sum(lengths[at] for at in chosen) <= room
    )


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(60, 1800))
def test_no_choice_that_fits_has_a_greater_sum(rng, room_s):
    pieces = draw_pieces(rng)
    values = np.array([value for value, _ in pieces], dtype=float)
    lengths = np.array([seconds * 1000 for _, seconds in pieces], dtype=np.int64)
    chosen = find_best_sum(values, lengths, room_s * 1000)
    assert sum(lengths[at] for at in chosen) <= room_s * 1000
    assert values[chosen].sum() == find_best_by_hand(values, lengths, room_s * 1000)


def test_a_long_room_is_never_overrun():
    lengths = np.full(40, 333_333, dtype=np.int64)
    chosen = find_best_sum(np.ones(40), lengths, 3 * 3_600_000)
    assert len(chosen) == 32, "cells of six seconds: each piece is rounded up to one"


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(300, 1800))
def test_pieces_of_different_goals_are_chosen_as_no_choice_could_better(rng, room_s):
    pieces = draw_pieces(rng)
    items = [make_item(n, seconds / 60, theme=str(n)) for n, (_, seconds) in enumerate(pieces)]
    goals = [make_goal(str(n), 1, weight=weight) for n, (weight, _) in enumerate(pieces)]
    shelf = Board(goals, []).open_shelf("ia-dom", items, MARCH)
    rows = choose_rows(
        shelf, MARCH[0], np.ones(len(items), dtype=bool), room_s * 1000, np.ones(len(items), dtype=int)
    )
    lengths = [item.duration_ms for item in items]
    assert sum(lengths[row] for row in rows) <= room_s * 1000
    # In whole seconds: a piece of 60.4 s takes 61.
    whole = [-(-length // 1000) for length in lengths]
    assert sum(pieces[row][0] for row in rows) == find_best_by_hand([w for w, _ in pieces], whole, room_s)


def test_of_pieces_that_one_goal_wants_no_more_are_taken_than_it_misses():
    items = [make_item(n, 2) for n in range(9)] + [make_item(10, 6, theme="2")]
    goals = [make_goal("1", 3), make_goal("2", 1)]
    shelf = Board(goals, []).open_shelf("ia-dom", items, MARCH)
    rows = choose_rows(shelf, MARCH[0], np.ones(10, dtype=bool), 12 * 60_000, np.array([3, 1]))
    assert sorted(items[row].theme for row in rows) == ["1", "1", "1", "2"]
