from collections import Counter, defaultdict
from datetime import date, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.models import Priority
from benchmarks.placement import make_instance as contest
from scheduler.board import room_ms
from scheduler.calendar import StationRules, expand_slots, quiet_windows
from scheduler.goals import Goal
from scheduler.items import Item, PastAiring
from scheduler.models import ItemRole
from scheduler.placement import bound_goals, place
from tests.scheduler.fixtures import MARCH, make_goal, make_item, make_occurrences, make_rule


def content(session):
    return [airing for airing in session.airings if airing.role is ItemRole.SEGMENT]


def tune(key="sound/mo-dau", seconds=15):
    return Item(9_000, key, "Nhạc hiệu", seconds * 1000, role=ItemRole.SIGNATURE)


def codes(placement, subject):
    return {refusal.name: refusal.reason.code for refusal in placement.refusals if refusal.subject == subject}


def test_a_session_is_framed_gapless_and_exact():
    occurrences = make_occurrences(1, signature_key="sound/mo-dau", closing_key="sound/ket-thuc")
    placed = place(
        [make_item(n, 4.5) for n in range(20)] + [tune(), tune("sound/ket-thuc", 20)], occurrences, []
    )
    first, second = placed.sessions
    assert [first.airings[0].role, first.airings[-1].role] == [ItemRole.SIGNATURE, ItemRole.CLOSING]
    assert [one.position for one in first.airings] == list(range(1, len(first.airings) + 1))
    assert first.airings[0].starts_at == first.occurrence.starts_at
    assert all(one.ends_at == other.starts_at for one, other in pairwise(first.airings))
    aired = first.airings[-1].ends_at - first.occurrence.starts_at
    assert first.left_ms == first.occurrence.duration_ms - aired // timedelta(milliseconds=1)
    assert len(content(first)) == len(content(second)) == 6
    assert all(airing.reason.wording for airing in placed.airings)


def test_a_missing_tune_is_told_and_the_programme_goes_on():
    occurrences = make_occurrences(1, signature_key="sound/mat", closing_key="sound/dai")
    placed = place([make_item(1), make_item(2), tune("sound/dai", 2000)], occurrences, [])
    assert len(placed.airings) == 2
    tunes = [one.reason.code for one in placed.refusals if one.reason.code.startswith("tune")]
    assert sorted(tunes) == ["tune-missing", "tune-missing", "tune-too-long", "tune-too-long"]


def test_urgent_and_priority_pieces_come_first():
    items = [make_item(n) for n in range(4)]
    items += [make_item(10, priority=Priority.PRIORITY), make_item(11, priority=Priority.URGENT)]
    first = place(items, make_occurrences(1), [make_goal("1", 50, weight=9)]).sessions[0]
    assert [one.item.asset_id for one in first.airings[:2]] == [11, 10]
    assert [one.reason.code for one in first.airings[:3]] == ["urgent", "priority", "goal"]


def test_goals_choose_and_the_heavier_comes_first():
    items = [make_item(n, 10, theme=theme) for n, theme in enumerate(["1", "2", "2", "3.health", "4"])]
    occurrences = make_occurrences(1)[:1]  # room for three
    goals = [make_goal("3", 1, weight=5), make_goal("2", 2, weight=3), make_goal("4", 1, weight=1)]
    placed = place(items, occurrences, goals)
    assert sorted(one.item.theme for one in placed.airings) == ["2", "2", "3.health"]
    results = {one.goal.theme: one for one in placed.goals}
    assert (results["3"].placed, results["2"].placed, results["4"].placed) == (1, 2, 0)
    assert results["4"].missing == 1


def test_the_goal_that_ends_sooner_comes_first():
    items = [make_item(1, 30, theme="1"), make_item(2, 30, theme="2")]
    goals = [make_goal("1", 2), make_goal("2", 2, last_date=date(2026, 3, 2))]
    placed = place(items, [one for one in make_occurrences(4) if one.slot == "sáng"], goals)
    assert [one.item.theme for one in placed.airings] == ["2", "2", "1", "1"]
    assert not any(one.missing for one in placed.goals)


@pytest.mark.parametrize("minutes", [10, 15, 30])
def test_of_equal_goals_that_cannot_both_be_met_the_sooner_gets_all_it_can(minutes):
    items = [make_item(n, minutes, theme=str(1 + n % 2)) for n in range(12)]
    room = 6 * 2 * (30 // minutes)
    sooner, later = (
        make_goal("1", room, last_date=date(2026, 3, 4)),
        make_goal("2", room, last_date=date(2026, 3, 6)),
    )
    placed = {one.goal: one.placed for one in place(items, make_occurrences(6), [later, sooner]).goals}
    assert placed == {sooner: room * 4 // 6, later: room * 2 // 6}


def test_a_heavier_goal_goes_before_one_that_ends_sooner():
    items = [make_item(n, 15, theme=str(1 + n % 2)) for n in range(12)]
    sooner = make_goal("1", 8, last_date=date(2026, 3, 2))
    heavier = make_goal("2", 8, last_date=date(2026, 3, 3), weight=2, first_date=date(2026, 3, 1))
    placed = {one.goal: one.placed for one in place(items, make_occurrences(2), [sooner, heavier]).goals}
    assert placed == {sooner: 0, heavier: 8}


def test_a_topic_counts_for_its_theme_but_a_longer_number_does_not():
    goal = make_goal("3", 2)
    assert goal.wants(make_item(1, theme="3.health"))
    assert goal.wants(make_item(1, theme="3"))
    assert not goal.wants(make_item(1, theme="30"))
    assert not goal.wants(make_item(1, theme=None))
    assert not make_goal("3.health").wants(make_item(1, theme="3"))
    assert make_goal(None, form="2").wants(make_item(1, form="2.radio"))


def test_minutes_count_by_length_and_are_rounded_against_us():
    placed = place([make_item(1, 7.5)], make_occurrences(2), [make_goal("1", 20, measure="minutes")])
    assert (placed.goals[0].placed, placed.goals[0].missing) == (15, 5)


def test_what_stands_counts_and_keeps_its_day():
    item = make_item(1)
    past = [PastAiring("ia-dom", item, date(2026, 3, 1), slot_id=99)]
    placed = place([item], make_occurrences(2), [make_goal("1", 3, last_date=date(2026, 3, 2))], past=past)
    assert [one.occurrence.local_date.day for one in placed.airings] == [2]
    assert placed.goals[0].placed == 2
    assert placed.goals[0].why.code == "too-few-items"
    assert placed.goals[0].why.data["reachable"] == 2
    missed = [PastAiring("ia-dom", item, date(2026, 3, 1), slot_id=99, counted=False)]
    assert len(place([item], make_occurrences(2), [], past=missed).airings) == 2


def test_separation_holds_before_and_after_what_stands():
    item = make_item(1, separation_days=3)
    past = [PastAiring("ia-dom", item, date(2026, 3, 8), slot_id=99)]
    fillers = [make_item(2, 25), make_item(3, 25)]
    placed = place([item, *fillers], make_occurrences(12), [], past=past)
    assert [one.occurrence.local_date.day for one in placed.airings if one.item == item] == [1, 4, 11]


def test_separation_gives_way_only_where_a_session_would_be_empty_and_that_is_told():
    items = [make_item(1, separation_days=3), make_item(2, separation_days=9)]
    placed = place(items, [one for one in make_occurrences(4) if one.slot == "sáng"], [])
    aired = [(a.occurrence.local_date.day, a.item.asset_id, a.reason.code) for a in placed.airings]
    assert {day: code for day, _, code in aired} == {1: "variety", 2: "relaxed", 3: "relaxed", 4: "variety"}
    told = {name for name, code in codes(placed, "occurrence").items()}
    assert len(told) == 4
    assert [r.reason.code for r in placed.refusals].count("separation-relaxed") == 2
    one_day = place([make_item(1)], make_occurrences(1), [])
    assert len(one_day.airings) == 1, "never twice in a day, even if the evening stays empty"


def test_a_piece_airs_no_more_often_on_a_station_than_it_may():
    stations = ("ia-dal", "ia-dom")
    often, seldom = make_item(1, 10, max_airings=9), make_item(2, 10, max_airings=2)
    past = [PastAiring("ia-dom", seldom, date(2026, 1, 20), slot_id=99)]
    goal = make_goal("1", 40, last_date=date(2026, 3, 10))
    placed = place(
        [often, seldom, make_item(3, 10, theme="2")], make_occurrences(10, stations), [goal], past=past
    )
    aired = Counter((one.occurrence.station, one.item.asset_id) for one in placed.airings)
    assert aired["ia-dal", 1] == aired["ia-dom", 1] == 9
    assert (aired["ia-dal", 2], aired["ia-dom", 2]) == (2, 1)
    assert placed.goals[0].why.data["reachable"] == 21
    assert codes(place([seldom], make_occurrences(1), [], past=past * 2), "item") == {
        seldom.key: "max-airings"
    }
    relaxed = place([make_item(1, max_airings=1)], make_occurrences(3), [])
    assert len(relaxed.airings) == 1, "no empty session makes a piece air more often"


@pytest.mark.parametrize("measure", ["airings", "minutes"])
def test_filling_passes_no_maximum_of_a_goal(measure):
    items = [make_item(n, 10, theme=str(1 + n % 2)) for n in range(6)]
    quantity = 40 if measure == "minutes" else 4
    capped = make_goal("1", quantity, measure=measure, most=quantity + 2, last_date=date(2026, 3, 3))
    placed = place(items, make_occurrences(3), [capped])
    assert placed.goals[0].placed in (quantity, quantity + 2)
    assert sum(one.item.theme == "2" for one in placed.airings) == 9
    loose = place(items, make_occurrences(3), [make_goal("1", quantity, measure=measure)])
    assert sum(one.item.theme == "1" for one in loose.airings) > 7
    stood = [PastAiring("ia-dom", items[0], date(2026, 3, 1), slot_id=99)] * 6
    full = place(
        items, make_occurrences(3), [make_goal("1", 0, most=3, last_date=date(2026, 3, 3))], past=stood
    )
    assert {one.item.theme for one in full.airings} == {"2"}


def test_stations_share_a_maximum():
    items = [make_item(n, 10, theme=str(1 + n % 2)) for n in range(6)]
    goal = make_goal("1", 5, most=8, last_date=date(2026, 3, 3))
    placed = place(items, make_occurrences(3, ("ia-dal", "ia-dom", "ia-toi")), [goal])
    assert 5 <= placed.goals[0].placed <= 8


def test_what_was_not_heard_for_longest_comes_first():
    placed = place([make_item(n, 10) for n in range(6)], make_occurrences(4), [])
    by_day = defaultdict(list)
    for airing in placed.airings:
        by_day[airing.occurrence.local_date].append(airing.item.key)
    assert all(sorted(keys) == sorted(f"script/{n:03}@1" for n in range(6)) for keys in by_day.values())
    one_slot = [one for one in make_occurrences(4) if one.slot == "sáng"]
    placed = place([make_item(n, 10) for n in range(6)], one_slot, [])
    heard = [{one.item.key for one in session.airings} for session in placed.sessions]
    assert heard[0] & heard[1] == set()
    assert heard[0] == heard[2]


def test_a_shared_goal_is_spread_over_the_stations():
    stations = ("ia-dal", "ia-dom", "ia-toi")
    goal = make_goal("1", 9, last_date=date(2026, 3, 3))
    items = [make_item(1, 30, theme="1"), make_item(2, 30, theme="2")]
    occurrences = [one for one in make_occurrences(3, stations) if one.slot == "sáng"]
    placed = place(items, occurrences, [goal])
    by_station = defaultdict(int)
    for airing in placed.airings:
        by_station[airing.occurrence.station] += airing.item.theme == "1"
    assert set(by_station.values()) == {3}


def test_caps_of_the_station_are_kept_and_told():
    rules = {"max_session_minutes": 15, "max_sessions_per_day": 1, "max_days_per_week": 5}
    items = [make_item(n, 4) for n in range(30)]
    placed = place(items, make_occurrences(8, rules=rules), [])
    assert {session.occurrence.slot for session in placed.sessions} == {"sáng"}
    # 1 March 2026 is a Sunday: that week has one day, the next its first five.
    assert [session.occurrence.local_date.day for session in placed.sessions] == [1, 2, 3, 4, 5, 6]
    assert all(len(session.airings) == 3 for session in placed.sessions)
    assert sorted(set(codes(placed, "occurrence").values())) == ["days-cap", "sessions-cap", "time-left"]


@pytest.mark.parametrize(
    ("cap", "minutes"), [(None, [30, 30, 30]), (45, [15, 30, 15]), (30, [30]), (60, [30, 30, 30])]
)
def test_the_cap_of_a_session_counts_the_relays_that_touch_it(cap, minutes):
    rules = StationRules("ia-dom", max_session_minutes=cap)
    slots = [
        make_rule(station=rules, slot_id=1, name="trước", starts=time(5, 30)),
        make_rule(station=rules, slot_id=2, name="thời sự", starts=time(6), relay_source="VOV1"),
        make_rule(station=rules, slot_id=3, name="sau", starts=time(6, 30)),
        make_rule(station=rules, slot_id=4, name="chiều", starts=time(17)),
        make_rule(station=StationRules("ia-dal"), slot_id=5, starts=time(6), relay_source="VOV1"),
    ]
    placed = place([make_item(n, 5) for n in range(30)], expand_slots(slots, MARCH[0], MARCH[0]), [])
    aired = {
        session.occurrence.slot: sum(one.item.duration_ms for one in session.airings) // 60_000
        for session in placed.sessions
    }
    assert sorted(aired.values()) == sorted(minutes)
    assert aired["chiều"] == 30
    if cap == 30:
        refused = {name.split()[-1]: code for name, code in codes(placed, "occurrence").items()}
        assert refused == {"trước": "relay-cap", "sau": "relay-cap"}


def test_a_relay_that_ends_at_midnight_counts_for_the_session_that_begins_there():
    rules = StationRules("ia-dom", max_session_minutes=45)
    slots = [
        make_rule(station=rules, slot_id=1, starts=time(23, 30), relay_source="VOV1"),
        make_rule(station=rules, slot_id=2, starts=time(0)),
    ]
    found = expand_slots(slots, date(2026, 3, 2), date(2026, 3, 2))
    assert [(one.slot_id, room_ms(one) // 60_000) for one in found] == [(2, 15), (1, 30)]


def test_sessions_that_stand_use_up_the_caps():
    rules = {"max_sessions_per_day": 1}
    past = [PastAiring("ia-dom", make_item(7), date(2026, 3, 1), slot_id=99)]
    placed = place([make_item(1)], make_occurrences(2, rules=rules), [], past=past)
    assert [one.occurrence.local_date.day for one in placed.airings] == [2]


def test_quiet_hours_and_overlaps_are_refused_even_if_they_came_this_far():
    rules = StationRules("ia-dom", quiet=(time(21), time(4, 30)))
    slots = [
        make_rule(station=rules, slot_id=1, name="đêm", starts=time(3, 15)),
        make_rule(station=rules, slot_id=2, name="sáng", starts=time(5)),
        make_rule(station=rules, slot_id=3, name="chồng", starts=time(5, 29)),
        make_rule(station=rules, slot_id=4, name="liền", starts=time(5, 30)),
    ]
    placed = place([make_item(n) for n in range(30)], expand_slots(slots, MARCH[0], MARCH[0]), [])
    assert [session.occurrence.slot for session in placed.sessions] == ["sáng", "liền"]
    refused = {name.split()[-1]: code for name, code in codes(placed, "occurrence").items()}
    assert refused["đêm"] == "quiet-hours"
    assert refused["chồng"] == "overlap"


def test_every_piece_that_is_left_out_says_why():
    items = [
        make_item(1, language="jra"),
        make_item(2, valid_until=date(2026, 2, 28)),
        make_item(3, valid_from=date(2026, 4, 1)),
        make_item(4, 31),
        make_item(5, stations=frozenset({"district-radio"})),
        make_item(6, 30, priority=Priority.PRIORITY),
        make_item(7, 30),
    ]
    placed = place(items, make_occurrences(1)[:1], [])
    assert {name[7:10]: code for name, code in codes(placed, "item").items()} == {
        "001": "no-language",
        "002": "not-valid",
        "003": "not-valid",
        "004": "too-long",
        "005": "no-station",
        "007": "not-chosen",
    }
    assert all(refusal.wording for refusal in placed.refusals)
    files = [make_item(1, 31, stations=frozenset({one})) for one in ("ia-dom", "district-radio")]
    assert codes(place(files, make_occurrences(1), []), "item") == {"script/001@1": "too-long"}


@pytest.mark.parametrize(
    ("goal", "code"),
    [
        (make_goal("4", 3), "no-item"),
        (make_goal("1", 3, station="ia-mo"), "no-occurrence"),
        (make_goal("1", 3, first_date=date(2026, 2, 1), last_date=date(2026, 2, 5)), "no-occurrence"),
        (make_goal("2", 3, last_date=date(2026, 3, 3)), "no-usable-item"),
        (make_goal("1", 9, last_date=date(2026, 3, 2)), "too-few-items"),
        (make_goal("1", 99), "goal-later"),
        (make_goal("3", 8, last_date=date(2026, 3, 3)), "goal-no-room"),
    ],
)
def test_a_goal_that_stays_short_names_what_is_in_the_way(goal, code):
    items = [make_item(1), make_item(2, theme="2", language="jra")]
    items += [make_item(n, 29, theme="3.water", separation_days=2) for n in range(10, 16)]
    placed = place(items, make_occurrences(3), [goal, make_goal("1", 3, weight=50)])
    result = next(one for one in placed.goals if one.goal == goal)
    assert result.why.code == code
    assert result.why.wording
    assert codes(placed, "goal")[goal.label] == code


def test_who_was_passed_over_is_told():
    items = [make_item(1, 20), make_item(2, 25), make_item(3, 8)]
    morning, evening = place(items, make_occurrences(1), [make_goal("1", 3)]).sessions
    assert [one.item.asset_id for one in morning.airings] == [1, 3]
    assert [(one.key[7:10], one.reason.code) for one in morning.airings[0].passed_over] == [
        ("003", "ranked-lower")
    ]
    assert [one.item.asset_id for one in evening.airings] == [2]
    assert {one.reason.code for one in evening.airings[0].passed_over} <= {"same-day"}
    urgent = [make_item(4, 20, priority=Priority.PRIORITY), make_item(5, 15, priority=Priority.PRIORITY)]
    first = place([*urgent, make_item(6, 9)], make_occurrences(1)[:1], [], seed=1).sessions[0]
    told = {(one.key[7:10], one.reason.code) for airing in first.airings for one in airing.passed_over}
    assert told & {("004", "no-room"), ("005", "no-room"), ("004", "ranked-lower"), ("005", "ranked-lower")}


def test_packed_pieces_say_whose_place_they_took():
    """Room for less than the goal wants: why these, and why not the others of the same goal."""
    items = [make_item(n, minutes) for n, minutes in enumerate((10, 12, 14, 15, 16, 25), start=1)]
    occurrences = [*make_occurrences(1), make_occurrences(9)[-1]]
    barred = {(occurrences[2].slot_id, occurrences[2].local_date): frozenset({items[0].key})}
    placed = place(items, occurrences, [make_goal("1", 40)], barred=barred)
    morning, evening, banned = placed.sessions
    assert [[one.item.asset_id for one in session.airings] for session in placed.sessions] == [
        [1, 2],
        [3, 4],
        [2, 3],
    ]
    assert {(one.reason.code, one.reason.data["goal"]) for one in placed.airings} == {("goal", "1")}
    told = [
        {int(over.key[7:10]): over.reason.code for one in session.airings for over in one.passed_over}
        for session in (morning, evening, banned)
    ]
    assert told[1] == {1: "same-day", 2: "same-day", 5: "ranked-lower"}
    assert told[2][1] == "banned"
    alone = place([items[0], items[1], items[5]], occurrences[:1], [make_goal("1", 40)]).sessions[0]
    told = [(one.item.asset_id, *one.passed_over) for one in alone.airings]
    assert [(piece, over.key[7:10], over.reason.code) for piece, over in told] == [
        (1, "006", "no-room"),
        (2, "006", "no-room"),
    ]
    missing = [over.reason.data["missing_seconds"] for _, over in told]
    assert missing == [7 * 60, 5 * 60], "in the place of that piece, with the eight minutes left over"
    assert all(over.reason.wording for one in placed.airings for over in one.passed_over)


def test_an_exchange_brings_a_short_goal_further():
    # By worth per minute the short piece goes first and leaves no room for the other goal's only chance.
    items = [make_item(1, 10, theme="1"), make_item(2, 30, theme="2", valid_until=date(2026, 3, 1))]
    occurrences = [one for one in make_occurrences(2) if one.slot == "sáng"]
    goals = [make_goal("1", 1), make_goal("2", 1, last_date=date(2026, 3, 2))]
    placed = place(items, occurrences, goals)
    assert [(one.goal.theme, one.missing) for one in placed.goals] == [("1", 0), ("2", 0)]


def test_nothing_in_nothing_out():
    empty = place([], [], [])
    assert (empty.sessions, empty.goals, empty.refusals) == ((), (), ())
    assert place([make_item(1)], [], [make_goal()]).goals[0].why.code == "no-occurrence"
    bare = place([], make_occurrences(1), [make_goal()])
    assert set(codes(bare, "occurrence").values()) == {"nothing-fits"}
    assert not place([make_item(1)], make_occurrences(1), [make_goal("1", 0)]).goals[0].missing


def test_a_goal_without_sense_is_refused():
    with pytest.raises(ValueError, match="hours"):
        make_goal(measure="hours")
    with pytest.raises(ValueError, match="quantity=-1"):
        make_goal(quantity=-1)
    with pytest.raises(ValueError, match="duration_ms=0"):
        make_item(1, 0)


# Invariants over random instances -----------------------------------------------------------------------

THEMES = ("1", "2", "3", "3.health", "3.water", "4")


def make_instance(rng):
    stations = [
        StationRules(
            code,
            languages=("vi", "jra") if rng.random() < 0.3 else ("vi",),
            quiet=(time(rng.randint(19, 23)), time(rng.randint(3, 6))) if rng.random() < 0.7 else None,
            max_session_minutes=rng.choice([None, 10, 15, 45]),
            max_sessions_per_day=rng.choice([None, 1, 2]),
            max_days_per_week=rng.choice([None, 1, 5]),
        )
        for code in ("ia-dal", "ia-dom", "ia-toi")[: rng.randint(1, 3)]
    ]
    slots = [
        make_rule(
            rng.choice(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=DAILY;INTERVAL=2"]),
            station=rng.choice(stations),
            slot_id=number,
            name=f"khung {number}",
            starts=time(rng.randint(0, 23), rng.choice([0, 15, 30])),
            duration_minutes=rng.choice([10, 15, 30, 60]),
            signature_key=rng.choice([None, "sound/mo-dau"]),
            closing_key=rng.choice([None, "sound/mo-dau", "sound/mat"]),
        )
        for number in range(1, rng.randint(2, 7))
    ]
    items = [
        Item(
            number,
            f"script/{number}",
            "t",
            rng.randint(30_000, 900_000),
            theme=rng.choice([None, *THEMES]),
            audience=rng.choice([None, "1", "2"]),
            language=rng.choice(["vi", "vi", "jra"]),
            priority=rng.choice([Priority.NORMAL] * 6 + [Priority.PRIORITY, Priority.URGENT]),
            valid_from=rng.choice([None, date(2026, 3, rng.randint(1, 20))]),
            valid_until=rng.choice([None, date(2026, 3, rng.randint(1, 20))]),
            stations=rng.choice([None, None, frozenset({"ia-dom"})]),
            separation_days=rng.choice([1, 1, 2, 4]),
            max_airings=rng.choice([None, None, 1, 3]),
        )
        for number in range(rng.randint(0, 15))
    ]
    goals = [
        Goal(
            rng.choice([None, *THEMES]),
            rng.choice([None, "1"]),
            None,
            rng.choice([None, "ia-dom", "ia-dal"]),
            date(2026, 3, rng.randint(1, 8)),
            date(2026, 3, rng.randint(8, 31)),
            rng.choice(["airings", "minutes"]),
            quantity := rng.randint(0, 40),
            rng.randint(0, 5),
            most=rng.choice([None, None, quantity, quantity + 5]),
        )
        for _ in range(rng.randint(0, 8))
    ]
    past = [
        PastAiring(
            rng.choice(stations).code, rng.choice(items), date(2026, 3, rng.randint(1, 12)), slot_id=77
        )
        for _ in range(rng.randint(0, 4) if items else 0)
    ]
    occurrences = expand_slots(slots, date(2026, 3, 1), date(2026, 3, 14))
    return [*items, tune()], occurrences, goals, past


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 3), st.randoms(use_true_random=False))
def test_the_promises_hold_on_any_instance(number, seed, rng):
    instance = make_instance(Random(number))
    placed = check_promises(instance, seed)
    *shuffled, past = [rng.sample(list(part), len(part)) for part in instance]
    assert place(*shuffled, seed=seed, past=past) == placed


@pytest.mark.parametrize("block", range(8))
def test_the_promises_hold_on_a_thousand_instances(block):
    """The same thousand every time (125 a block): what chance might not meet for years is met each day."""
    for number in range(block * 125, (block + 1) * 125):
        instance = make_instance(Random(number))
        placed = check_promises(instance, seed=number % 4)
        if number % 25 == 0:
            *rest, past = instance
            assert place(*rest, seed=number % 4, past=past, workers=2) == placed, number


def check_promises(instance, seed):
    items, occurrences, goals, past = instance
    placed = place(items, occurrences, goals, seed=seed, past=past)
    days = defaultdict(list)
    for airing in past:
        days[airing.station, airing.item.key].append(airing.local_date)
    kept = {pair: len(found) for pair, found in days.items()}
    sessions_a_day, days_a_week, spans = defaultdict(set), defaultdict(set), defaultdict(list)
    used_before, relaxed = defaultdict(set), set()
    for airing in past:
        used_before[airing.station, airing.local_date].add(airing.slot_id)
    for session in placed.sessions:
        rules, day = session.occurrence.rules, session.occurrence.local_date
        assert content(session), "tunes alone are no programme"
        assert session.airings[0].starts_at == session.occurrence.starts_at
        assert all(one.ends_at == other.starts_at for one, other in pairwise(session.airings))
        assert session.airings[-1].ends_at <= session.occurrence.ends_at
        aired = sum(one.item.duration_ms for one in session.airings)
        assert aired + session.left_ms == room_ms(session.occurrence)
        assert session.left_ms >= 0
        windows = quiet_windows(rules, day, day + timedelta(days=1))
        assert not any(session.occurrence.interval.overlaps(window) for window in windows)
        ranks = [list(Priority).index(one.item.priority) for one in content(session)]
        assert ranks == sorted(ranks, reverse=True)
        sessions_a_day[rules, day].add(session.occurrence.slot_id)
        days_a_week[rules, day.isocalendar()[:2]].add(day)
        spans[rules.code].append((session.occurrence.starts_at, session.occurrence.ends_at))
        for airing in content(session):
            item = airing.item
            assert item.is_valid(day)
            assert item.language in rules.languages
            assert item.may_air_on(rules.code)
            assert airing.reason.wording
            assert all(one.reason.wording for one in airing.passed_over)
            days[rules.code, item.key].append(day)
            if airing.reason.code == "relaxed":
                assert {one.reason.code for one in content(session)} == {"relaxed"}, (
                    "only where all else fails"
                )
                relaxed.add((rules.code, item.key, day))
    for (station, key), found in days.items():
        apart = next((item.separation_days for item in items if item.key == key), 1)
        new = found[kept.get((station, key), 0) :]
        strict = [day for day in new if (station, key, day) not in relaxed]
        old = found[: kept.get((station, key), 0)]
        assert len(set(new)) == len(new), "never twice in a day"
        assert not set(new) & set(old)
        limit = next((item.max_airings for item in items if item.key == key), None)
        assert limit is None or not new or len(found) <= limit
        assert all(abs((a - b).days) >= apart for n, a in enumerate(strict) for b in strict[:n])
        assert all(abs((a - b).days) >= apart for a in strict for b in old)
    for (rules, day), slots in sessions_a_day.items():
        both = slots | used_before[rules.code, day]
        assert rules.max_sessions_per_day is None or len(both) <= rules.max_sessions_per_day
    for (rules, week), found in days_a_week.items():
        older = {day for (code, day) in used_before if code == rules.code and day.isocalendar()[:2] == week}
        most = rules.max_days_per_week
        assert most is None or found <= older or len(found | older) <= most
    for found in spans.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(found)))
    check_goals(placed, goals, past)
    return placed


def check_goals(placed, goals, past):
    """What is told of a goal is what one counts by hand."""
    assert {one.goal for one in placed.goals} == set(goals)
    for result in placed.goals:
        goal, total = result.goal, 0
        aired = [(one.occurrence.station, one.item, one.occurrence.local_date) for one in placed.airings]
        aired += [(one.station, one.item, one.local_date) for one in past]
        for station, item, day in aired:
            if item.role is ItemRole.SEGMENT and goal.wants(item) and goal.counts(station, day):
                total += item.duration_ms if goal.measure == "minutes" else 1
        unit = 60_000 if goal.measure == "minutes" else 1
        assert result.placed == total // unit
        assert result.missing == max(0, -(-(goal.quantity * unit - total) // unit))
        assert (result.why is None) == (result.missing == 0)
        check_maximum(placed, goal, past)


def check_maximum(placed, goal, past):
    """What was not placed for a goal leaves its maximum, beside all that stood."""
    counted = [(one.station, one.item, one.local_date) for one in past]
    spare = [
        (one.occurrence.station, one.item, one.occurrence.local_date)
        for one in placed.airings
        if one.reason.code in ("variety", "varied", "relaxed")
    ]
    stood, filled = (
        sum(
            goal.worth(item.duration_ms)
            for place, item, day in ours
            if goal.wants(item) and goal.counts(place, day)
        )
        for ours in (counted, spare)
    )
    assert goal.ceiling is None or not filled or stood + filled <= goal.ceiling


def test_contested_goals_come_within_a_hundredth_of_the_proven_bound():
    """The first of the benchmark's fifty instances."""
    shares = []
    for seed in range(6):
        items, occurrences, goals = contest(seed, stations=1, days=28, items=40, goals=10, minutes=20)
        placed = place(items, occurrences, goals, seed=seed)
        met = sum(one.goal.weight * min(1, one.placed / one.wanted) for one in placed.goals)
        bound = bound_goals(items, occurrences, goals)
        shares.append(met / sum(goal.weight for goal in goals) / bound)
    assert sum(shares) / len(shares) > 0.99
    assert 0.96 < min(shares) <= max(shares) <= 1


def test_the_seed_decides_between_equals():
    items = [make_item(n, 10) for n in range(12)]
    orders = {
        tuple(one.item.key for one in place(items, make_occurrences(1), [], seed=n).airings) for n in range(6)
    }
    assert len(orders) > 1
