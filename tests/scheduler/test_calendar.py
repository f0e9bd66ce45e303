from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduler.calendar import (
    DayChange,
    Interval,
    StationRules,
    expand_slots,
    find_moment,
    find_overlaps,
    joint_horizon,
    quiet_windows,
)
from scheduler.recurrence import RuleUnusable, TooManyOccurrences, check_rule, expand_days, read_rule
from tests.scheduler.fixtures import make_rule

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
BERLIN = ZoneInfo("Europe/Berlin")


def days(rule, origin=YEAR[0], first=None, last=YEAR[1]):
    return list(expand_days(rule, origin, first or origin, last))


def test_monthly_on_the_30th_skips_february():
    found = days("FREQ=MONTHLY;BYMONTHDAY=30")
    assert [day.month for day in found] == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert {day.day for day in found} == {30}


def test_monthly_from_the_31st_does_not_clamp():
    assert {day.day for day in days("FREQ=MONTHLY", origin=date(2026, 1, 31))} == {31}


def test_fifth_saturday():
    assert days("FREQ=MONTHLY;BYDAY=5SA") == [
        date(2026, 1, 31),
        date(2026, 5, 30),
        date(2026, 8, 29),
        date(2026, 10, 31),
    ]


def test_every_two_days_except_monday_and_tuesday():
    found = days("FREQ=DAILY;INTERVAL=2;BYDAY=WE,TH,FR,SA,SU", last=date(2026, 1, 15))
    assert [day.day for day in found] == [1, 3, 7, 9, 11, 15]


def test_leap_day_comes_every_four_years():
    found = days("FREQ=YEARLY", origin=date(2024, 2, 29), last=date(2036, 12, 31))
    assert [day.year for day in found] == [2024, 2028, 2032, 2036]


def test_the_until_date_is_inclusive():
    assert days("FREQ=DAILY;UNTIL=20260103")[-1] == date(2026, 1, 3)
    late = make_rule("FREQ=DAILY;UNTIL=20260103", starts=time(23, 30))
    assert expand_slots([late], *YEAR)[-1].local_date == date(2026, 1, 3)
    assert expand_slots([make_rule(valid_until=date(2026, 1, 3))], *YEAR)[-1].local_date == date(2026, 1, 3)


def test_count_counts_from_the_origin():
    assert days("FREQ=DAILY;COUNT=5", first=date(2026, 1, 4)) == [date(2026, 1, 4), date(2026, 1, 5)]


def test_intervals_keep_step_with_their_origin():
    found = days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", origin=date(2025, 1, 6), first=YEAR[0])
    assert all((day - date(2025, 1, 6)).days % 14 == 0 for day in found)
    assert found[0] == date(2026, 1, 5)


def test_a_window_through_midnight_belongs_to_the_day_it_starts():
    night = make_rule("FREQ=WEEKLY;BYDAY=MO,TU,WE", starts=time(22), duration_minutes=360)
    found = expand_slots([night], date(2026, 3, 2), date(2026, 3, 8))
    assert [one.local_date for one in found] == [date(2026, 3, day) for day in (2, 3, 4)]
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert found[-1].ends_at.astimezone(zone) == datetime(2026, 3, 5, 4, tzinfo=zone)
    assert expand_slots([night], date(2026, 3, 5), date(2026, 3, 5)) == []


def test_ten_stays_ten_through_both_clock_changes():
    slot = make_rule(station=StationRules("x", timezone="Europe/Berlin"), starts=time(10))
    found = expand_slots([slot], *YEAR)
    assert {one.starts_at.astimezone(BERLIN).time() for one in found} == {time(10)}
    assert {one.starts_at.hour for one in found} == {8, 9}
    assert len(found) == 365


def test_ten_stays_ten_in_a_zone_that_changes_its_rule():
    # Brazil gave up daylight saving in 2019; Pyongyang moved by half an hour in 2015 and back in 2018.
    for zone, offsets in (("America/Sao_Paulo", {12, 13}), ("Asia/Pyongyang", {1})):
        slot = make_rule(
            station=StationRules("x", timezone=zone), starts=time(10), valid_from=date(2015, 1, 1)
        )
        found = expand_slots([slot], date(2015, 1, 1), date(2020, 12, 31))
        assert {one.starts_at.astimezone(ZoneInfo(zone)).time() for one in found} == {time(10)}
        assert {one.starts_at.hour for one in found} == offsets
        assert len(found) == 6 * 365 + 2


def test_odd_hours_have_a_stated_rule():
    # 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00.
    assert find_moment(date(2026, 3, 29), time(2, 30), BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert find_moment(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert find_moment(date(2026, 10, 25), time(2, 30, fold=1), BERLIN).hour == 0


def test_exceptions_cancel_and_move():
    slot = make_rule(
        exceptions=(DayChange(date(2026, 3, 2), is_cancelled=True), DayChange(date(2026, 3, 3), time(6, 15)))
    )
    found = expand_slots([slot], date(2026, 3, 1), date(2026, 3, 4))
    local = [one.starts_at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")) for one in found]
    assert [(moment.day, moment.time()) for moment in local] == [(1, time(5)), (3, time(6, 15)), (4, time(5))]


def test_validity_of_slot_and_station_bound_the_days():
    station = StationRules("x", valid_from=date(2026, 3, 3), valid_until=date(2026, 3, 9))
    slot = make_rule(station=station, valid_until=date(2026, 3, 5))
    found = expand_slots([slot], *YEAR)
    assert [one.local_date.day for one in found] == [3, 4, 5]


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("", ""),
        ("BYDAY=MO", "FREQ"),
        ("FREQ=SECONDLY", "FREQ=SECONDLY"),
        ("FREQ=HOURLY;BYHOUR=5", "FREQ=HOURLY"),
        ("FREQ=DAILY;BYHOUR=3", "BYHOUR=3"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=DAILY;UNTIL=20260132", "UNTIL=20260132"),
        ("FREQ=DAILY;UNTIL=20260131T000000Z", "UNTIL=20260131T000000Z"),
        ("FREQ=WEEKLY;BYDAY=2MO", "BYDAY=2MO"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY"),
        ("FREQ=DAILY\nDTSTART:20260101", "FREQ=DAILY\nDTSTART:20260101"),
        ("FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2", "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2"),
        ("FREQ=DAILY;BYMONTHDAY=31;BYMONTH=6", "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=6"),
        ("FREQ=DAILY;BYSETPOS=9;BYDAY=MO", "FREQ=DAILY;BYSETPOS=9;BYDAY=MO"),
        ("FREQ=MONTHLY;BYDAY=9MO", "FREQ=MONTHLY;BYDAY=9MO"),
        ("FREQ=YEARLY;BYMONTH=99", "FREQ=YEARLY;BYMONTH=99"),
    ],
)
def test_a_rule_from_hell_is_an_error_that_names_its_part(rule, part):
    with pytest.raises(RuleUnusable) as caught:
        check_rule(rule, YEAR[0])
    assert caught.value.data["part"] == part


def test_expansion_is_capped():
    with pytest.raises(TooManyOccurrences):
        days("FREQ=DAILY", last=date(2300, 1, 1))


def test_quiet_hours_pass_midnight():
    rules = StationRules("x", quiet=(time(21), time(4, 30)))
    windows = quiet_windows(rules, date(2026, 3, 2), date(2026, 3, 2))
    night = Interval(
        datetime(2026, 3, 1, 20, 15, tzinfo=UTC), datetime(2026, 3, 1, 20, 16, tzinfo=UTC)
    )  # 03:15
    assert any(window.overlaps(night) for window in windows)
    touching = Interval(datetime(2026, 3, 1, 21, 30, tzinfo=UTC), datetime(2026, 3, 2, 14, tzinfo=UTC))
    assert not any(window.overlaps(touching) for window in windows)
    assert quiet_windows(StationRules("x"), *YEAR) == []


def test_the_horizon_covers_the_joint_period_and_ends_with_a_validity():
    three, four = make_rule("FREQ=WEEKLY;INTERVAL=30"), make_rule("FREQ=WEEKLY;INTERVAL=7")
    first, last = joint_horizon([three, four])
    assert (last - first).days >= 30 * 7 * 7
    bounded = make_rule(valid_until=date(2026, 2, 1))
    assert joint_horizon([three, bounded])[1] == date(2026, 2, 1)


zones = st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
rules = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;BYDAY=MO,TH",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU",
        "FREQ=MONTHLY;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    ]
)
day = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@settings(max_examples=30, deadline=None)
@given(rules, zones, st.times().map(lambda t: t.replace(microsecond=0)), st.integers(1, 1440), day, day)
@example("FREQ=DAILY", "Europe/Berlin", time(2, 30), 60, date(2026, 3, 1), date(2026, 3, 31))
def test_occurrences_keep_their_promises(rule, zone, starts, minutes, origin, first):
    last = first + timedelta(days=120)
    slot = make_rule(
        rule,
        station=StationRules("x", timezone=zone),
        starts=starts,
        duration_minutes=minutes,
        valid_from=origin,
    )
    found = expand_slots([slot], first, last)
    local_days = [one.local_date for one in found]
    assert local_days == sorted(set(local_days))
    assert all(max(origin, first) <= one <= last for one in local_days)
    for one in found:
        assert one.duration_ms == minutes * 60_000
        local = one.starts_at.astimezone(ZoneInfo(zone))
        shift = local.replace(tzinfo=None) - datetime.combine(one.local_date, starts)
        assert timedelta(0) <= shift <= timedelta(hours=1)  # only a time that does not exist is moved
    # Any part of the period gives the same days: nothing depends on where one starts to look.
    middle = first + timedelta(days=60)
    halves = expand_slots([slot], first, middle) + expand_slots([slot], middle + timedelta(days=1), last)
    assert sorted(halves, key=lambda one: one.starts_at) == found


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="FREQ=DAILYWKMONTH;,-0123456789BYSU", max_size=40), day)
def test_any_text_is_a_rule_or_an_error(text, origin):
    try:
        check_rule(text, origin)
    except RuleUnusable:
        return
    assert read_rule(text)
    assert days(text, origin, last=origin + timedelta(days=400)) is not None


spans = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 30)), max_size=12)


@settings(max_examples=40, deadline=None)
@given(spans, spans)
def test_overlaps_are_those_that_comparing_all_with_all_finds(ours, theirs):
    zero = datetime(2026, 1, 1, tzinfo=UTC)

    def intervals(pairs):
        return [
            Interval(zero + timedelta(minutes=start), zero + timedelta(minutes=start + length))
            for start, length in sorted(pairs)
        ]

    free = []
    for one in intervals(theirs):
        if not free or not free[-1].overlaps(one):
            free.append(one)
    mine = intervals(ours)
    assert all(not one.overlaps(other) for one, other in pairwise(free))
    assert list(find_overlaps(mine, free)) == [(a, b) for a in mine for b in free if a.overlaps(b)]
