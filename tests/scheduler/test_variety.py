from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.models import Priority
from benchmarks.placement import make_instance
from scheduler.board import Board, Choice, OpenSession
from scheduler.choosing import fill_dense, fill_promised, fill_rest, find_missing, tell_packed
from scheduler.covering import open_job
from scheduler.items import PastAiring
from scheduler.placement import open_jobs, place
from scheduler.reasons import Reason
from scheduler.staleness import SOON_DAYS
from scheduler.variety import vary
from tests.scheduler.fixtures import MARCH, make_goal, make_item, make_occurrences

DAYS = 12


def open_mornings(items, goals, *mornings, past=()):
    """One session a day that holds these pieces (by place)."""
    board = Board(goals, past)
    days = [one for one in make_occurrences(len(mornings)) if one.slot == "sáng"]
    sessions = [OpenSession(one, None, None, one.duration_ms) for one in days]
    shelf = board.open_shelf("ia-dom", items, MARCH)
    for session, places in zip(sessions, mornings, strict=True):
        for place_ in places:
            board.add(session, Choice(items[place_], Reason("variety")))
    return board, sessions, shelf


def heard(sessions):
    return [sorted(choice.item.asset_id for choice in session.chosen) for session in sessions]


def test_a_repeat_gives_way_to_a_piece_of_the_same_goal_and_says_to_which():
    items = [make_item(number, 15) for number in range(4)]
    board, sessions, shelf = open_mornings(items, [make_goal("1", 4)], [0, 1], [0, 1])
    vary(board, sessions, shelf)
    assert sorted(chain(*heard(sessions))) == [0, 1, 2, 3]
    for session in sessions:
        tell_packed(board, session, shelf)
    new = next(one for session in sessions for one in session.chosen if one.item.asset_id == 3)
    assert (new.reason.code, new.reason.data["goal"]) == ("goal", "1")
    assert [(one.reason.code, one.reason.data) for one in new.passed_over][:1] == [
        ("heard-lately", {"days": 1})
    ]
    assert "1 ngày" in new.passed_over[0].reason.wording


def test_what_no_goal_needs_says_that_none_has_less():
    items = [make_item(number, 15, theme=str(number)) for number in range(4)]
    board, sessions, shelf = open_mornings(items, [make_goal("0", 1)], [0, 1], [0, 1])
    vary(board, sessions, shelf)
    for session in sessions:
        tell_packed(board, session, shelf)
    assert sorted(chain(*heard(sessions))) == [0, 1, 2, 3]
    reasons = {one.item.asset_id: one.reason for session in sessions for one in session.chosen}
    assert reasons[3] == Reason("varied")
    assert reasons[3].wording


def test_a_goal_keeps_its_only_piece_however_stale():
    items = [make_item(0, 30, theme="1"), make_item(1, 30, theme="2"), make_item(2, 30, theme="3")]
    board, sessions, shelf = open_mornings(items, [make_goal("1", 3)], [0], [0], [0])
    vary(board, sessions, shelf)
    assert heard(sessions) == [[0], [0], [0]]


def test_no_session_is_left_emptier_than_another_was_filled():
    items = [make_item(0, 28), make_item(1, 25)]
    board, sessions, shelf = open_mornings(items, [], [0], [0])
    vary(board, sessions, shelf)
    assert heard(sessions) == [[0], [0]]
    items = [make_item(0, 29.5), make_item(1, 29.9), make_item(2, 29.2)]
    board, sessions, shelf = open_mornings(items, [], [0], [0], [0])
    vary(board, sessions, shelf)
    assert sorted(chain(*heard(sessions))) == [0, 1, 2]


def test_two_for_one_where_one_does_not_fit():
    items = [make_item(0, 30), make_item(1, 14), make_item(2, 16)]
    board, sessions, shelf = open_mornings(items, [], [0], [0])
    vary(board, sessions, shelf)
    assert sorted(map(len, heard(sessions))) == [1, 2]


def test_pieces_change_places_where_both_come_round_more_evenly():
    items = [make_item(number, 30) for number in range(3)]
    board, sessions, shelf = open_mornings(items, [make_goal("1", 6)], [0], [0], [1], [1], [2], [2])
    vary(board, sessions, shelf)
    order = [keys[0] for keys in heard(sessions)]
    assert sorted(order) == [0, 0, 1, 1, 2, 2]
    assert all(order.index(key, order.index(key) + 1) - order.index(key) >= 2 for key in range(3))


def test_no_piece_changes_into_a_day_on_which_its_goal_has_ended():
    items = [make_item(number, 30, theme=str(number)) for number in range(2)]
    goals = [make_goal("0", 2, last_date=date(2026, 3, 2)), make_goal("1", 2, first_date=date(2026, 3, 3))]
    board, sessions, shelf = open_mornings(items, goals, [0], [0], [1], [1])
    vary(board, sessions, shelf)
    assert heard(sessions) == [[0], [0], [1], [1]]


def test_what_a_ban_keeps_out_of_a_session_does_not_change_into_it():
    items = [make_item(number, 30) for number in range(2)]
    board, sessions, shelf = open_mornings(items, [], [0], [0], [1], [1])
    for session in sessions:
        session.barred = frozenset({items[1 if session.day.day < 3 else 0].key})
    vary(board, sessions, shelf)
    assert heard(sessions) == [[0], [0], [1], [1]]


def test_what_stood_before_is_heard_too():
    items = [make_item(number, 30) for number in range(2)]
    past = [PastAiring("ia-dom", items[0], date(2026, 2, 28), slot_id=99)]
    board, sessions, shelf = open_mornings(items, [], [0], past=past)
    vary(board, sessions, shelf)
    assert heard(sessions) == [[1]]


def test_priority_pieces_and_those_of_the_frame_stay():
    items = [
        make_item(0, 15, priority=Priority.PRIORITY),
        make_item(1, 15),
        *(make_item(n, 15) for n in (2, 3)),
    ]
    board, sessions, shelf = open_mornings(items, [], [0], [0])
    for session in sessions:
        board.add(session, Choice(items[1], Reason("frame-form", {"code": "2", "minutes": 15})))
    vary(board, sessions, shelf)
    assert heard(sessions) == [[0, 1], [0, 1]]


# Any instance ---------------------------------------------------------------------------------------------


def make_case(rng):
    """Contested goals, and pieces with rules of their own; some airings stand already."""
    items, occurrences, goals = make_instance(
        rng.randrange(10_000), stations=1, days=DAYS, items=rng.randint(4, 40), goals=8, minutes=20
    )
    first = occurrences[0].local_date
    items = [
        replace(
            item,
            priority=rng.choice([Priority.NORMAL] * 9 + [Priority.PRIORITY]),
            valid_from=rng.choice([None, None, first + timedelta(days=rng.randrange(DAYS))]),
            valid_until=rng.choice([None, None, first + timedelta(days=rng.randrange(DAYS))]),
            separation_days=rng.choice([1, 1, 1, 2, 4]),
            max_airings=rng.choice([None, None, None, 2, 5]),
        )
        for item in items
    ]
    goals = [
        replace(goal, quantity=quantity, most=rng.choice([None, quantity, quantity + 3]))
        for goal in goals
        for quantity in [rng.randint(1, goal.quantity)]
    ]
    past = [
        PastAiring(occurrences[0].station, item, first - timedelta(days=rng.randint(1, 5)), slot_id=99)
        for item in rng.sample(items, min(4, len(items)))
    ]
    barred = {
        (one.slot_id, one.local_date): frozenset({rng.choice(items).key})
        for one in rng.sample(occurrences, 4)
    }
    return items, occurrences, goals, past, barred


def fill_case(case):
    items, occurrences, goals, past, barred = case
    (job,) = open_jobs(items, occurrences, goals, past=past, barred=barred)
    board, shelf = open_job(job)
    for session in job.sessions:
        fill_promised(board, session, shelf)
        fill_dense(board, session, shelf, find_missing(board, shelf))
        fill_rest(board, session, shelf)
    return board, job.sessions, shelf


def list_days(sessions, past):
    days = defaultdict(list)
    for one in past:
        days[one.item.key].append(one.local_date)
    for session in sessions:
        for choice in session.chosen:
            days[choice.item.key].append(session.day)
    return {key: sorted(found) for key, found in days.items()}


def list_gaps(days):
    return [(other - one).days for found in days.values() for one, other in pairwise(found)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_variety_costs_no_goal_no_rule_and_no_time(number):
    case = make_case(Random(number))
    board, sessions, shelf = fill_case(case)
    tally, past = board.tally, case[3]
    missing = [tally.missing(goal) for goal in range(len(tally.goals))]
    placed, left_ms = list(tally.placed), sum(session.left_ms for session in sessions)
    empty_ms = {id(session): session.left_ms for session in sessions}
    held = [[one for one in session.chosen if not one.is_free] for session in sessions]
    gaps = list_gaps(list_days(sessions, past))

    vary(board, sessions, shelf)

    assert all(tally.missing(goal) <= before for goal, before in enumerate(missing))
    for goal, before in enumerate(placed):
        most = tally.ceilings[goal]
        assert most is None or tally.placed[goal] <= max(before, most)
    assert sum(session.left_ms for session in sessions) <= left_ms
    days = list_days(sessions, past)
    after = list_gaps(days)
    assert sum(gap <= SOON_DAYS for gap in after) <= sum(gap <= SOON_DAYS for gap in gaps)
    assert sum(1 / gap for gap in after) <= sum(1 / gap for gap in gaps) + 1e-6
    assert [[one for one in session.chosen if not one.is_free] for session in sessions] == held
    check_rules(sessions, days, empty_ms)

    again = fill_case(case)
    vary(*again)
    assert [session.chosen for session in again[1]] == [session.chosen for session in sessions]


def check_rules(sessions, days, empty_ms):
    for session in sessions:
        assert 0 <= session.left_ms <= max(59_999, empty_ms[id(session)])
        aired = sum(choice.item.duration_ms for choice in session.chosen)
        assert aired + session.left_ms == session.occurrence.duration_ms
        for item in (choice.item for choice in session.chosen):
            assert item.is_valid(session.day)
            assert item.key not in session.barred
            others = [day for day in days[item.key] if day != session.day]
            assert len(others) == len(days[item.key]) - 1, "never twice in a day"
            assert all(abs((day - session.day).days) >= item.separation_days for day in others)
            assert item.max_airings is None or len(days[item.key]) <= item.max_airings


@pytest.mark.parametrize("seed", range(3))
def test_goals_that_compete_for_room_leave_fewer_repeats_at_no_cost(seed, monkeypatch):
    items, occurrences, goals = make_instance(seed, stations=1, days=28, items=40, goals=10, minutes=20)
    after = place(items, occurrences, goals, seed=seed)
    monkeypatch.setattr("scheduler.covering.vary", lambda *_: None)
    before = place(items, occurrences, goals, seed=seed)

    def count(placed):
        gaps = list_gaps(list_days_of(placed))
        return sum(gap <= SOON_DAYS for gap in gaps)

    assert count(after) < 0.95 * count(before)
    assert sum(one.missing * one.goal.weight for one in after.goals) <= sum(
        one.missing * one.goal.weight for one in before.goals
    )


def list_days_of(placed):
    days = defaultdict(list)
    for airing in placed.airings:
        days[airing.item.key].append(airing.occurrence.local_date)
    return days
