"""Planned anew around what stands: only what must change changes."""

from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.models import Priority
from scheduler.board import Choice
from scheduler.models import ItemRole
from scheduler.placement import place
from scheduler.replanning import Standing, replan
from tests.scheduler.fixtures import MARCH, make_goal, make_item, make_occurrences


def stand(placement, **more):
    """What a placement would leave in the schedule."""
    choices = {
        (one.occurrence.slot_id, one.occurrence.local_date): [
            Choice(airing.item, airing.reason, airing.passed_over)
            for airing in one.airings
            if airing.role is ItemRole.SEGMENT
        ]
        for one in placement.sessions
    }
    return Standing(choices, **more)


def keys(placement):
    return {
        (one.occurrence.slot_id, one.occurrence.local_date): [
            airing.item.key for airing in one.airings if airing.role is ItemRole.SEGMENT
        ]
        for one in placement.sessions
    }


def changed(before, after):
    old, new = keys(before), keys(after)
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


@pytest.fixture(scope="module")
def week():
    items = [make_item(n, 4 + n % 5 / 3, theme=f"{n % 4 + 1}") for n in range(40)]
    goals = [make_goal(f"{n}", 20, last_date=date(2026, 3, 7)) for n in (1, 2, 3)]
    occurrences = make_occurrences(7, stations=("ia-dom", "ia-dal"))
    return items, occurrences, goals, place(items, occurrences, goals)


def test_nothing_new_changes_nothing(week):
    items, occurrences, goals, before = week
    after = replan(items, occurrences, goals, stand(before))
    assert after.sessions == before.sessions
    assert [one.placed for one in after.goals] == [one.placed for one in before.goals]


def test_a_withdrawn_piece_changes_only_the_sessions_where_it_stood(week):
    items, occurrences, goals, before = week
    for gone in items[::7]:
        stood = {key for key, ours in keys(before).items() if gone.key in ours}
        after = replan([one for one in items if one != gone], occurrences, goals, stand(before))
        extra = changed(before, after) - stood
        assert stood <= changed(before, after)
        # A goal may want what the piece brought from elsewhere: no more sessions than it stood in.
        assert len(extra) <= len(stood), gone.key
        assert all(gone.key not in ours for ours in keys(after).values())
        for key in stood:
            rest = [one for one in keys(before)[key] if one != gone.key]
            assert [one for one in keys(after)[key] if one in rest] == rest, "the others stay, in their order"


def test_a_cancelled_slot_changes_no_other_session(week):
    items, occurrences, _, before = week
    after = replan(items, occurrences[1:], [], stand(before))
    gone = (occurrences[0].slot_id, occurrences[0].local_date)
    assert changed(before, after) == {gone}


def test_a_new_priority_piece_gets_its_place_once_a_day_and_takes_as_few_as_it_can(week):
    items, occurrences, goals, before = week
    new = make_item(900, 5, priority=Priority.PRIORITY, theme="4")
    after = replan([*items, new], occurrences, goals, stand(before))
    aired = [one for one in after.airings if one.item == new]
    assert len(aired) == 14, "each day at each station"
    assert all(one.reason.code == "priority" and one.position == 1 for one in aired)
    assert {(one.occurrence.slot_id, one.occurrence.local_date) for one in aired} >= changed(before, after)
    for key in changed(before, after):
        lost = set(keys(before)[key]) - set(keys(after)[key])
        assert len(lost) <= 2


def test_a_goal_that_nothing_serves_yet_is_served_by_few_exchanges(week):
    items, occurrences, _, before = week
    new = [make_item(800 + n, 4, theme="9") for n in range(3)]
    goal = make_goal("9", 5, station="ia-dom")
    after = replan([*items, *new], occurrences, [goal], stand(before))
    assert after.goals[0].placed >= 5
    assert len(changed(before, after)) <= 5


def test_a_pin_is_kept_and_brought_and_a_ban_keeps_out(week):
    items, occurrences, goals, before = week
    first, second = occurrences[0], occurrences[9]
    here, there = (first.slot_id, first.local_date), (second.slot_id, second.local_date)
    wanted = next(one for one in items if one.key not in keys(before)[there])
    unwanted = keys(before)[here][0]
    standing = stand(
        before,
        pins={there: frozenset({wanted.key})},
        barred={key: frozenset({unwanted}) for key in keys(before)},
    )
    after = replan(items, occurrences, goals, standing)
    assert wanted.key in keys(after)[there]
    assert all(unwanted not in ours for ours in keys(after).values())
    urgent = [make_item(700 + n, 14, priority=Priority.URGENT) for n in range(2)]
    full = replan([*items, *urgent], occurrences, goals, standing)
    assert wanted.key in keys(full)[there], "not even an urgent piece pushes a pin aside"


def test_a_pin_against_the_rules_is_refused_with_the_reason(week):
    items, occurrences, goals, before = week
    key = (occurrences[0].slot_id, occurrences[0].local_date)
    old = make_item(500, 3, valid_until=date(2026, 2, 1))
    after = replan([*items, old], occurrences, goals, stand(before, pins={key: frozenset({old.key})}))
    assert [(one.name, one.reason.code) for one in after.refusals if one.subject == "pin"] == [
        (old.key, "not-valid")
    ]
    assert changed(before, after) == set()


def test_what_is_held_is_mended_and_nothing_else(week):
    items, occurrences, _, before = week
    gone = next(one for one in items if one.key == keys(before)[occurrences[0].slot_id, MARCH[0]][0])
    held = frozenset(keys(before))
    new = make_item(900, 5, priority=Priority.URGENT, theme="9")
    goal = make_goal("9", 50, weight=100)
    left = [one for one in items if one != gone]
    after = replan([*left, new], occurrences, [goal], stand(before, held=held))
    stood = {key for key, ours in keys(before).items() if gone.key in ours}
    assert changed(before, after) == stood


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_over_random_instances_rules_hold_and_little_changes(seed):
    random = Random(seed)
    stations = ("ia-dom", "ia-dal")[: random.randint(1, 2)]
    items = [
        make_item(n, random.choice((2, 4.5, 5, 7)), theme=f"{random.randint(1, 4)}",
                  separation_days=random.choice((1, 1, 2, 3)), max_airings=random.choice((None, None, 2)))
        for n in range(random.randint(6, 30))
    ]  # fmt: skip
    occurrences = make_occurrences(random.randint(2, 7), stations=stations)
    goals = [make_goal(f"{random.randint(1, 4)}", random.randint(1, 30)) for _ in range(random.randint(0, 3))]
    before = place(items, occurrences, goals, seed=seed)
    gone = random.choice(items)
    left = [one for one in items if one != gone]
    barred_key = random.choice(left).key
    barred = {key: frozenset({barred_key}) for key in keys(before) if random.random() < 0.3}
    after = replan(left, occurrences, goals, stand(before, barred=barred), seed=seed)
    again = replan(left, occurrences, goals, stand(after, barred=barred), seed=seed)

    touched = {key for key, ours in keys(before).items() if gone.key in ours}
    touched |= {key for key, ours in keys(before).items() if barred_key in ours and key in barred}
    assert len(changed(before, after) - touched) <= 2 * sum(
        len({gone.key, barred_key} & set(keys(before)[key])) for key in touched
    )
    assert len(changed(after, again)) <= max(1, len(changed(before, after)))
    for session in after.sessions:
        key = (session.occurrence.slot_id, session.occurrence.local_date)
        assert not set(keys(after)[key]) & barred.get(key, frozenset())
        assert session.airings[-1].ends_at <= session.occurrence.ends_at
        assert session.left_ms >= 0
        clock = session.occurrence.starts_at
        for airing in session.airings:
            assert airing.starts_at == clock
            clock = airing.ends_at
            assert airing.item in left
    heard = {}
    for airing in after.airings:
        relaxed = airing.reason.code == "relaxed"
        day = airing.occurrence.local_date
        for other, gave_way in heard.setdefault((airing.occurrence.station, airing.item.key), []):
            least = 1 if relaxed or gave_way else airing.item.separation_days
            assert abs((day - other).days) >= least
        heard[airing.occurrence.station, airing.item.key].append((day, relaxed))
        assert len(heard[airing.occurrence.station, airing.item.key]) <= (airing.item.max_airings or 99)


def test_an_empty_schedule_is_placed_as_if_from_nothing():
    items = [make_item(n) for n in range(20)]
    occurrences = make_occurrences(5)
    assert replan(items, occurrences, [make_goal()], Standing({})) == place(items, occurrences, [make_goal()])


def test_days_that_hold_nothing_are_filled_around_those_that_do():
    items = [make_item(n) for n in range(30)]
    days = make_occurrences(6)
    before = place(items, days[:6], [])
    after = replan(items, days, [make_goal(quantity=40)], stand(before))
    assert {key: ours for key, ours in keys(after).items() if key in keys(before)} == keys(before)
    assert len(after.sessions) == 12
    assert not any(one.missing for one in after.goals)
