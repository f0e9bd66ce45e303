"""Goals ask for what a target still misses, spread over the days that are left."""

from datetime import date, timedelta

import pytest

from scheduler.models import AiringState
from studio.planning.goals import goals_for
from studio.planning.models import Measure
from studio.planning.targets import set_targets
from tests.studio.planning.district import FIRST, LAST, District, target

WEEK = (date(2026, 11, 8), date(2026, 11, 14))


@pytest.fixture
def district(database):
    with database.writing() as session:
        district = District(session)
        district.add_plan()
        district.add_station("ia-dom")
        district.add_asset("1", "1")
        yield district


def ask(district, *targets, first=WEEK[0], last=WEEK[1]):
    set_targets(district.session, district.plan, list(targets))
    return [
        (goal.theme, goal.measure, goal.quantity)
        for goal in goals_for(district.session, district.plan, first, last)
    ]


def test_a_week_of_a_month_asks_for_its_part_rounded_up(district):
    # 23 days are left on the 8th: 30 * 7 / 23 = 9.1.
    assert ask(district, target("1", 30)) == [("1", "airings", 10)]
    assert ask(district, target("1", 30, Measure.MINUTES)) == [("1", "minutes", 10)]


def test_the_whole_period_asks_for_the_whole_target(district):
    assert ask(district, target("1", 30), first=FIRST, last=LAST) == [("1", "airings", 30)]


def test_what_aired_before_is_taken_off_and_what_failed_is_caught_up(district):
    district.hear(district.plan_airing("ia-dom", "1", FIRST))
    district.plan_airing("ia-dom", "1", FIRST + timedelta(days=1), state=AiringState.MISSED)
    district.hear(
        district.plan_airing("ia-dom", "1", FIRST + timedelta(days=2)), state=AiringState.PARTIAL, seconds=30
    )
    assert ask(district, target("1", 3), first=FIRST + timedelta(days=7), last=LAST) == [("1", "airings", 2)]


def test_what_stands_outside_the_days_is_not_asked_for_again(district):
    for day in (FIRST, LAST):
        district.plan_airing("ia-dom", "1", day)
    assert ask(district, target("1", 2)) == []


def test_what_stands_inside_the_days_is_counted_by_the_scheduler(district):
    district.plan_airing("ia-dom", "1", WEEK[0])
    assert ask(district, target("1", 2), first=WEEK[0], last=LAST) == [("1", "airings", 2)]


def test_targets_of_other_periods_ask_for_nothing(district):
    assert ask(district, target("1", 5, first_date=date(2026, 12, 1), last_date=date(2026, 12, 31))) == []


def test_week_after_week_the_target_is_reached_and_not_passed(district):
    set_targets(district.session, district.plan, [target("1", 17, station="ia-dom")])
    placed = 0
    for start in range(0, 30, 7):
        first = FIRST + timedelta(days=start)
        last = min(first + timedelta(days=6), LAST)
        for goal in goals_for(district.session, district.plan, first, last):
            for minute in range(goal.quantity):
                district.plan_airing("ia-dom", "1", first, minute=minute * 3)
                placed += 1
    assert placed == 17


def test_a_maximum_goes_along_even_where_nothing_is_missing_any_more(district):
    def limits(*targets, first=WEEK[0], last=WEEK[1]):
        set_targets(district.session, district.plan, list(targets))
        return [
            (goal.quantity, goal.most) for goal in goals_for(district.session, district.plan, first, last)
        ]

    assert limits(target("1", 30)) == [(10, None)]
    # 23 days are left on the 8th: 30 and 40 of them make 9.1 and 12.2 in a week.
    assert limits(target("1", 30, maximum=40)) == [(10, 13)]
    assert limits(target("1", 30, Measure.MINUTES, maximum=40)) == [(10, 12)]
    assert limits(target("1", 30, maximum=40), first=FIRST, last=LAST) == [(30, 40)]
    assert limits(target("1", 0, maximum=2), first=FIRST, last=LAST) == [(0, 2)]
    for day in (FIRST, FIRST + timedelta(days=1)):
        district.hear(district.plan_airing("ia-dom", "1", day))
    assert limits(target("1", 2, maximum=3), first=WEEK[0], last=LAST) == [(0, 1)]
    assert limits(target("1", 1, maximum=1), first=WEEK[0], last=LAST) == [(0, 0)]
