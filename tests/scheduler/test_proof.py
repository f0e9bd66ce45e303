"""Adding exactly what a proof asks makes the goal reachable; one less does not."""

from datetime import date
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.messages import speaking
from assets.models import Priority
from scheduler.board import room_ms
from scheduler.items import PastAiring
from scheduler.placement import place
from scheduler.proof import Remedy, prove_goals, tell_proof
from scheduler.reach import Case, find_reach
from tests.scheduler.fixtures import make_goal, make_item, make_occurrences

WEEK = {"first_date": date(2026, 3, 1), "last_date": date(2026, 3, 7)}
FILLERS = [make_item(900 + n, 1, theme="9") for n in range(40)]
"""So that no session is empty, and no rule gives way for one."""


def prove(items, occurrences, goals, *, past=()):
    case = Case(tuple(items), tuple(occurrences), tuple(past))
    placed = place(case.items, case.occurrences, goals, past=past)
    return case, prove_goals(case, placed.goals, placed.sessions)


def missing(case, goal, goals):
    placed = place(case.items, case.occurrences, goals, past=case.past)
    return next(one.missing for one in placed.goals if one.goal == goal)


def lessen(remedy):
    """The remedy with one less of its last step."""
    *before, (relief, amount) = remedy.steps
    return Remedy((*before, (relief, amount - 1)), is_exact=True)


def check_exact(case, goal, goals, remedy):
    assert missing(remedy.apply(case), goal, goals) == 0
    if remedy.is_exact:
        assert missing(lessen(remedy).apply(case), goal, goals) > 0


weekly = make_goal("1", 5, **WEEK)
LONG = [make_item(n, 20) for n in range(3)]
SOME = [make_item(n, 12) for n in range(10)]
CASES = {
    "no piece": ([], {}, weekly, "no-item", {"pieces-airings": 1}),
    "no piece, in minutes": (
        [],
        {},
        make_goal("1", 61, measure="minutes", **WEEK),
        "no-item",
        {"pieces-minutes": 2},
    ),
    "separation": (
        [make_item(1, separation_days=3)],
        {},
        weekly,
        "bound-separation",
        {"separation": 2, "pieces-airings": 1},
    ),
    "as often as it may": (
        [make_item(1, max_airings=2)],
        {},
        weekly,
        "bound-max-airings",
        {"max-airings": 3, "pieces-airings": 1},
    ),
    "not twice a day": (
        [make_item(1)],
        {},
        make_goal("1", 60, measure="minutes", **WEEK),
        "too-few-items",
        {"pieces-minutes": 1},
    ),
    "capacity": (LONG, {}, make_goal("1", 20, **WEEK), "bound-room", {"minutes": 170}),
    "validity ends": (
        [make_item(1, valid_until=date(2026, 3, 2))],
        {},
        weekly,
        "bound-validity",
        {"validity": 3, "pieces-airings": 1},
    ),
    "validity begins": (
        [make_item(1, valid_from=date(2026, 3, 5))],
        {},
        weekly,
        "bound-valid-sooner",
        {"valid-sooner": 1, "pieces-airings": 1},
    ),
    "language": (
        [make_item(1, language="jra")],
        {},
        weekly,
        "bound-language",
        {"language": 1, "pieces-airings": 1},
    ),
    "stations": (
        [make_item(1, stations=frozenset({"district"}))],
        {},
        weekly,
        "bound-stations",
        {"stations": 1, "pieces-airings": 1},
    ),
    "minutes of a session": (
        SOME,
        {"max_session_minutes": 20},
        make_goal("1", 20, **WEEK),
        "bound-max-session-minutes",
        {"max-session-minutes": 4, "minutes": 112},
    ),
    "sessions a day": (
        SOME,
        {"max_sessions_per_day": 1},
        make_goal("1", 20, **WEEK),
        "bound-max-sessions-per-day",
        {"max-sessions-per-day": 1},
    ),
    "days a week": (
        SOME,
        {"max_days_per_week": 2},
        make_goal("1", 16, **WEEK),
        "bound-max-days-per-week",
        {"max-days-per-week": 1, "minutes": 54},
    ),
    "pieces and time": ([], {}, make_goal("1", 90, **WEEK), "no-item", None),
}


@pytest.mark.parametrize(("items", "rules", "goal", "code", "amounts"), CASES.values(), ids=CASES)
def test_a_proof_names_what_binds_and_exactly_what_would_do(items, rules, goal, code, amounts):
    items = [*items, *FILLERS]
    case, proofs = prove(items, make_occurrences(7, rules=rules), [goal])
    proof = proofs[goal]
    assert proof.binding.code == code
    assert proof.most + proof.missing == goal.quantity
    found = {relief.kind: amount for remedy in proof.remedies for relief, amount in remedy.steps}
    if amounts is None:
        assert [len(remedy.steps) for remedy in proof.remedies] == [2]
        assert set(found) == {"minutes", "pieces-airings"}
    else:
        assert found == amounts
    for remedy in proof.remedies:
        assert remedy.is_exact
        check_exact(case, goal, [goal], remedy)


def test_a_piece_with_a_file_for_each_kind_of_station_is_one_piece():
    files = [make_item(1, 5, stations=frozenset({one})) for one in ("district", "ia-dom")]
    short = make_goal("1", 3, last_date=date(2026, 3, 2))
    _, proofs = prove([*files, *FILLERS], make_occurrences(2), [short])
    assert (proofs[short].binding.code, proofs[short].binding.data["items"]) == ("too-few-items", 1)
    assert [remedy.steps[0][0].kind for remedy in proofs[short].remedies] == ["pieces-airings"]


def test_of_very_many_pieces_the_bound_is_that_of_the_shortest():
    pieces = [make_item(n, 3 + n % 8) for n in range(800)]
    case = Case(tuple(pieces), tuple(make_occurrences(7)))
    week = 7 * 60
    assert find_reach(case, make_goal("1", 500, **WEEK)).most == week // 3
    assert find_reach(case, make_goal("1", 500, measure="minutes", **WEEK)).most // 60_000 == week
    few = [make_item(n, 3 + n % 8) for n in range(0, 800, 80)]  # of 3 minutes each, once a day
    others = [make_item(n, 9, theme="2") for n in range(1000, 1800)]
    case = Case((*few, *others), tuple(make_occurrences(7)))
    assert find_reach(case, make_goal("1", 500, **WEEK), floors={make_goal("2", 4, **WEEK): 4}).most == 70


def test_what_other_goals_hold_is_named_and_room_for_all_is_asked():
    items = [make_item(n, 10, theme=str(1 + n % 2)) for n in range(20)]
    light, heavy = make_goal("1", 30, weight=1, **WEEK), make_goal("2", 30, weight=3, **WEEK)
    case, proofs = prove([*items, *FILLERS], make_occurrences(7), [light, heavy])
    assert list(proofs) == [light]
    proof = proofs[light]
    assert proof.binding.code == "goal-rivals"
    assert heavy.label in proof.binding.wording
    assert (proof.most, proof.missing) == (12, 18)
    assert [(one.steps[0][0].kind, one.steps[0][1]) for one in proof.remedies] == [("minutes", 180)]
    check_exact(case, light, [light, heavy], proof.remedies[0])
    assert missing(lessen(proof.remedies[0]).apply(case), light, [light, heavy]) == 1


def test_what_stands_and_what_is_urgent_is_reckoned_with():
    past = [PastAiring("ia-dom", make_item(1), date(2026, 3, 2), slot_id=99)]
    goal = make_goal("1", 8, **WEEK)
    _, proofs = prove([make_item(1), *FILLERS], make_occurrences(7), [goal], past=past)
    assert (proofs[goal].most, proofs[goal].missing) == (7, 1)
    urgent = make_item(2, 28, theme="9", priority=Priority.URGENT)
    half = make_goal("1", 14, **WEEK)
    items = [make_item(1, 20), make_item(3, 20), urgent, *FILLERS]
    case, proofs = prove(items, make_occurrences(7), [half])
    # Once a day the urgent piece leaves no room for any other of 20 minutes.
    assert proofs[half].most == 7
    for remedy in proofs[half].remedies:
        check_exact(case, half, [half], remedy)


def test_bans_bind_too():
    goal = make_goal("1", 14, **WEEK)
    occurrences = make_occurrences(7)
    barred = {(one.slot_id, one.local_date): frozenset({make_item(1).key}) for one in occurrences[:6]}
    items = (make_item(1), make_item(2), *FILLERS)
    assert find_reach(Case(items, tuple(occurrences)), goal).most == 14
    assert find_reach(Case(items, tuple(occurrences), barred=barred), goal).most == 11


def test_a_goal_that_later_days_serve_is_not_proven_short():
    goal = make_goal("1", 99)
    assert prove([make_item(1), *FILLERS], make_occurrences(7), [goal])[1] == {}


def test_a_proof_speaks_both_languages_and_can_be_kept():
    _, proofs = prove([make_item(1, separation_days=3), *FILLERS], make_occurrences(7), [weekly])
    row = proofs[weekly].as_row()
    assert tell_proof(row) == [
        "tiết mục đúng nhãn phải cách nhau 3 ngày mới phát lại ở cùng đài",
        "cho phát lại sau 1 ngày thay vì 3 ngày",
        "thêm 1 tiết mục đã duyệt về 1, mỗi tiết mục không quá 5 phút",
    ]
    with speaking("en"):
        assert tell_proof(row)[1] == "repeat after 1 days instead of 3"
    assert (row["missing"], row["most"], row["binding"]["code"]) == (2, 3, "bound-separation")
    assert [one["steps"][0]["data"]["amount"] for one in row["remedies"]] == [2, 1]


# Against counting by hand ------------------------------------------------------------------------------


@st.composite
def small_cases(draw):
    rng = Random(draw(st.integers(0, 2**32)))
    items = [
        make_item(
            number,
            rng.choice([3, 5, 8, 13]),
            separation_days=rng.choice([1, 1, 2, 3]),
            valid_from=rng.choice([None, None, date(2026, 3, 2)]),
            valid_until=rng.choice([None, None, date(2026, 3, 2)]),
            language=rng.choice(["vi", "vi", "vi", "jra"]),
            max_airings=rng.choice([None, None, 1, 2]),
        )
        for number in range(rng.randint(0, 4))
    ]
    rules = {
        "max_session_minutes": rng.choice([None, None, 10]),
        "max_sessions_per_day": rng.choice([None, None, 1]),
    }
    measure, quantity = rng.choice([("airings", rng.randint(1, 8)), ("minutes", rng.randint(3, 60))])
    goal = make_goal("1", quantity, measure=measure, last_date=date(2026, 3, 3))
    return items, make_occurrences(3, rules=rules, duration_minutes=rng.choice([8, 13, 20])), goal


def count_by_hand(case, goal):
    """The most that any schedule of these sessions brings, by trying all of them."""
    wanted = [item for item in case.items if goal.wants(item)]
    sessions, used = [], {}
    for one in sorted(case.occurrences, key=lambda one: one.starts_at):
        most = one.rules.max_sessions_per_day
        if most is None or used.get(one.local_date, 0) < most:
            used[one.local_date] = used.get(one.local_date, 0) + 1
            sessions.append(one)
    known = {}

    def best(at, last):
        if at == len(sessions):
            return 0
        if (at, last) in known:
            return known[at, last]
        session, day = sessions[at], sessions[at].local_date
        able = [
            n
            for n, item in enumerate(wanted)
            if item.is_valid(day)
            and item.language in session.rules.languages
            and (last[n][0] is None or (day - last[n][0]).days >= item.separation_days)
            and last[n][1] < (item.max_airings or 99)
        ]
        top = 0
        for size in range(len(able) + 1):
            for chosen in combinations(able, size):
                if sum(wanted[n].duration_ms for n in chosen) <= room_ms(session):
                    after = tuple((day, one[1] + 1) if n in chosen else one for n, one in enumerate(last))
                    worth = sum(goal.worth(wanted[n].duration_ms) for n in chosen)
                    top = max(top, worth + best(at + 1, after))
        known[at, last] = top
        return top

    return best(0, ((None, 0),) * len(wanted))


@settings(max_examples=60, deadline=None)
@given(small_cases())
def test_no_schedule_does_with_one_less(instance):
    items, occurrences, goal = instance
    case = Case((*items, *FILLERS), tuple(occurrences))
    alone = find_reach(case, goal)
    if alone.meets(goal.needed) is not None:
        assert min(goal.needed, count_by_hand(case, goal)) == min(goal.needed, alone.least)
    assert min(goal.needed, count_by_hand(case, goal)) <= alone.most
    _, proofs = prove(case.items, occurrences, [goal])
    if goal not in proofs:
        return
    for remedy in proofs[goal].remedies:
        if len(remedy.apply(case).items) - len(FILLERS) > 6:
            continue
        assert count_by_hand(remedy.apply(case), goal) >= goal.needed
        if remedy.is_exact:
            assert count_by_hand(lessen(remedy).apply(case), goal) < goal.needed
