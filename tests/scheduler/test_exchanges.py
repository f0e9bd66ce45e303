from datetime import date

from scheduler.board import Board, Choice, OpenSession
from scheduler.choosing import PACKED, find_lack
from scheduler.exchanges import exchange
from tests.scheduler.fixtures import MARCH, make_goal, make_item, make_occurrences


def open_day(pieces, goals, first, second, **rules):
    """A morning and an evening that hold these pieces (by place)."""
    items = [
        make_item(number, minutes, theme=theme, **rules) for number, (minutes, theme) in enumerate(pieces)
    ]
    board = Board(goals, [])
    sessions = [OpenSession(one, None, None, one.duration_ms) for one in make_occurrences(1)]
    shelf = board.open_shelf("ia-dom", items, MARCH)
    for session, places in zip(sessions, (first, second), strict=True):
        for place in places:
            board.add(session, Choice(items[place], PACKED))
    return board, sessions, shelf


def heard(sessions):
    return [sorted(choice.item.asset_id for choice in session.chosen) for session in sessions]


def test_two_sessions_are_packed_again_where_the_goals_gain_by_it():
    goals = [make_goal("1", 9)]
    board, sessions, shelf = open_day([(20, "1"), (10, "1"), (15, "1")], goals, first=[0], second=[2])
    exchange(board, sessions, shelf)
    assert heard(sessions) == [[1, 2], [0]]
    assert find_lack(board, shelf).tolist() == [6]
    assert [session.left_ms for session in sessions] == [5 * 60_000, 10 * 60_000]


def test_what_no_other_choice_betters_stays_as_it_is():
    board, sessions, shelf = open_day([(30, "1"), (30, "2")], [make_goal("2", 9)], first=[0], second=[1])
    before = heard(sessions)
    exchange(board, sessions, shelf)
    assert heard(sessions) == before


def test_a_piece_is_not_brought_twice_into_a_day_nor_past_its_separation():
    board, sessions, shelf = open_day([(10, "1"), (30, "2")], [make_goal("1", 9)], first=[1], second=[])
    exchange(board, sessions, shelf)
    assert sorted(heard(sessions)) == [[], [0]]
    items = [make_item(1, 10, separation_days=3), make_item(2, 30, theme="2")]
    board = Board([make_goal("1", 9)], [])
    days = [one for one in make_occurrences(4) if one.slot == "sáng"]
    sessions = [OpenSession(one, None, None, one.duration_ms) for one in days]
    shelf = board.open_shelf("ia-dom", items, MARCH)
    exchange(board, sessions, shelf)
    aired = [session.day for session in sessions if session.chosen]
    assert aired == [date(2026, 3, 1), date(2026, 3, 4)]
