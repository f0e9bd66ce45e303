from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from scheduler.calendar import expand_slots
from scheduler.layers import read_slots
from scheduler.models import SlotException
from scheduler.recurrence import RuleUnusable
from scheduler.slot_changes import except_occurrence
from scheduler.slots import (
    OccurrenceUnknown,
    SlotInQuietHours,
    SlotsOverlap,
    SlotTaken,
    SlotUnknown,
    SlotUnusable,
    add_slot,
    find_conflicts,
    find_slot,
    list_slots,
)
from scheduler.stations import add_station, find_station, read_rules
from tests.scheduler.fixtures import make_rule, make_station

FIRST = date(2026, 1, 5)  # a Monday


@pytest.fixture
def session(database):
    with database.writing() as opened:
        add_station(opened, make_station("ia-dom", quiet_from=time(21), quiet_until=time(4, 30)))
        add_station(opened, make_station("ia-dal"))
        yield opened


def add(session, name, starts, minutes=30, station="ia-dom", valid_from=FIRST, **fields):
    return add_slot(
        session,
        station,
        name=name,
        starts=starts,
        duration_minutes=minutes,
        valid_from=valid_from,
        **fields,
    )


def test_added_once_and_listed_in_the_order_of_the_day(session):
    evening = add(session, "chiều", time(17))
    morning = add(session, "sáng", time(5))
    assert add(session, "sáng", time(5)).id == morning.id
    assert [slot.id for slot in list_slots(session, "ia-dom")] == [morning.id, evening.id]
    assert find_slot(session, "ia-dom", "chiều").id == evening.id
    with pytest.raises(SlotTaken):
        add(session, "sáng", time(6))
    with pytest.raises(SlotUnknown) as caught:
        find_slot(session, "ia-dom", "trưa")
    assert "sáng, chiều" in str(caught.value)


def test_touching_is_free_and_five_seconds_are_a_conflict(session):
    add(session, "sáng", time(5))
    add(session, "liền sau", time(5, 30))
    add(session, "liền trước", time(4, 30))
    with pytest.raises(SlotsOverlap) as caught:
        add(session, "chồng", time(5, 59, 55))
    assert caught.value.data["other"] == "liền sau"
    assert "05:59 05/01/2026" in str(caught.value)


def test_other_stations_are_free(session):
    add(session, "sáng", time(5))
    assert add(session, "sáng", time(5), station="ia-dal").id


def test_a_conflict_on_the_ninth_week_is_found(session):
    add(session, "chín tuần", time(6), rrule="FREQ=WEEKLY;INTERVAL=9;BYDAY=MO", valid_from=FIRST)
    # Every four weeks from the week after: week 9 is the first that both have.
    with pytest.raises(SlotsOverlap) as caught:
        add(
            session,
            "bốn tuần",
            time(6, 29, 59),
            rrule="FREQ=WEEKLY;INTERVAL=4;BYDAY=MO",
            valid_from=FIRST + timedelta(weeks=1),
        )
    moment = FIRST + timedelta(weeks=9)
    assert f"{moment:%d/%m/%Y}" in caught.value.data["moment"]


def test_a_conflict_across_midnight_is_found_with_what_came_first_and_last(session):
    add(session, "đêm", time(22), 360, station="ia-dal", rrule="FREQ=WEEKLY;BYDAY=WE")
    with pytest.raises(SlotsOverlap):
        add(session, "khuya", time(3, 59), station="ia-dal", rrule="FREQ=WEEKLY;BYDAY=TH")
    assert add(session, "sớm", time(4), station="ia-dal", rrule="FREQ=WEEKLY;BYDAY=TH")
    with pytest.raises(SlotsOverlap):  # starts the day before the other slot's first day
        add(session, "qua đêm", time(23, 45), station="ia-dal", valid_from=date(2025, 12, 1))


@pytest.mark.parametrize(
    ("known", "fresh", "moment"),
    [
        (
            {"starts": time(6), "rrule": "FREQ=WEEKLY;INTERVAL=9;BYDAY=MO"},
            {"rrule": "FREQ=WEEKLY;INTERVAL=4;BYDAY=MO", "valid_from": FIRST + timedelta(weeks=1)},
            datetime.combine(FIRST + timedelta(weeks=9), time(6, 30)),
        ),
        (
            {"starts": time(22), "minutes": 360, "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE"},
            {"rrule": "FREQ=WEEKLY;BYDAY=TH"},
            datetime.combine(FIRST + timedelta(days=3), time(4)),
        ),
    ],
    ids=["on the ninth week", "across midnight"],
)
def test_touching_is_free_and_five_seconds_are_a_conflict_wherever_they_meet(session, known, fresh, moment):
    add(session, "có sẵn", station="ia-dal", **known)
    early = moment - timedelta(seconds=5)
    with pytest.raises(SlotsOverlap) as caught:
        add(session, "sớm năm giây", early.time(), station="ia-dal", **fresh)
    assert caught.value.data["moment"] == f"{early:%H:%M %d/%m/%Y}"
    assert add(session, "liền sau", moment.time(), station="ia-dal", **fresh).id


def test_a_slot_may_not_run_into_itself(session):
    assert add(session, "cả ngày", time(0), 1440, station="ia-dal")
    slot = find_slot(session, "ia-dal", "cả ngày")
    with pytest.raises(SlotsOverlap):
        except_occurrence(session, slot, FIRST, moved_to=time(0, 1), reason="")


def test_bounded_rules_meet_only_within_their_validity(session):
    add(session, "cũ", time(6), valid_until=date(2026, 3, 31))
    assert add(session, "mới", time(6), valid_from=date(2026, 4, 1))
    with pytest.raises(SlotsOverlap):
        add(session, "một ngày", time(6), rrule="FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=31")


def test_yearly_and_weekly_meet_years_ahead(session):
    # 1 June is a Sunday in 2031 for the first time after 2025.
    add(session, "quốc tế thiếu nhi", time(8), rrule="FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1")
    with pytest.raises(SlotsOverlap) as caught:
        add(session, "chủ nhật", time(8, 15), rrule="FREQ=WEEKLY;BYDAY=SU")
    assert caught.value.data["moment"] == "08:15 01/06/2031"


@pytest.mark.parametrize(
    ("starts", "minutes"),
    [
        (time(4, 29, 59), 1),
        (time(4), 31),
        (time(20, 30), 31),
        (time(3, 15), 5),
        (time(23), 1),
        (time(20), 600),
    ],
)
def test_quiet_hours_are_a_promise(session, starts, minutes):
    with pytest.raises(SlotInQuietHours) as caught:
        add(session, "đánh thức", starts, minutes)
    assert "21:00-04:30" in str(caught.value)


def test_the_edges_of_quiet_hours_are_free(session):
    assert add(session, "sớm", time(4, 30))
    assert add(session, "tối", time(20, 30))


def test_an_occurrence_is_cancelled_and_moved(session):
    slot = add(session, "sáng", time(5))
    add(session, "chiều", time(17))
    except_occurrence(session, slot, FIRST, moved_to=None, reason="mất điện")
    moved = except_occurrence(session, slot, FIRST, moved_to=time(6), reason="lễ")
    assert session.exec(select(SlotException)).all() == [moved]
    rules = read_slots(session, [find_station(session, "ia-dom")])
    found = expand_slots(rules, FIRST, FIRST)
    assert [one.starts_at.hour for one in found] == [23, 10]  # 06:00 and 17:00 local
    with pytest.raises(SlotsOverlap):
        except_occurrence(session, slot, FIRST, moved_to=time(17, 10), reason="")
    with pytest.raises(SlotInQuietHours):
        except_occurrence(session, slot, FIRST, moved_to=time(3, 15), reason="")
    with pytest.raises(OccurrenceUnknown):
        except_occurrence(session, slot, FIRST - timedelta(days=1), moved_to=time(6), reason="")


def test_a_cancelled_day_leaves_room_that_day_only(session):
    slot = add(session, "sáng", time(5))
    except_occurrence(session, slot, FIRST, moved_to=None, reason="")
    assert add(session, "một lần", time(5), valid_until=FIRST)
    with pytest.raises(SlotsOverlap):
        except_occurrence(session, slot, FIRST, moved_to=time(5), reason="")


def test_a_moved_day_is_seen_by_new_slots(session):
    slot = add(session, "sáng", time(5))
    except_occurrence(session, slot, FIRST + timedelta(days=600), moved_to=time(9), reason="")
    with pytest.raises(SlotsOverlap):
        add(session, "giữa buổi", time(9, 15))


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": " "}),
        ("duration_minutes", {"duration_minutes": 0}),
        ("duration_minutes", {"duration_minutes": 1441}),
        ("valid_until", {"valid_until": FIRST - timedelta(days=1)}),
        ("valid_from", {"valid_from": date(1, 1, 1)}),
        ("valid_from", {"valid_from": date(2100, 1, 1)}),
    ],
)
def test_a_field_that_cannot_be_used_is_named(session, field, fields):
    values = {"name": "x", "starts": time(5), "duration_minutes": 30, "valid_from": FIRST, **fields}
    with pytest.raises(SlotUnusable) as caught:
        add_slot(session, "ia-dom", **values)
    assert caught.value.data["field"] == field


def test_a_rule_from_hell_is_refused(session):
    for rule in (
        "FREQ=SECONDLY;COUNT=99999999",
        "FREQ=DAILY;BYSETPOS=366;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=1000",
        "FREQ=DAILY;" * 1000,
    ):
        with pytest.raises(RuleUnusable):
            add(session, "x", time(5), rrule=rule)


def test_a_leap_day_is_kept_and_meets_only_in_leap_years(session):
    leap = date(2028, 2, 29)
    add(session, "29/2", time(5), rrule="FREQ=YEARLY", valid_from=leap)
    with pytest.raises(SlotsOverlap) as caught:
        add(session, "thứ bảy", time(5, 15), rrule="FREQ=WEEKLY;BYDAY=SA", valid_from=date(2028, 3, 1))
    assert caught.value.data["moment"] == "05:15 29/02/2048"  # the next that is a Saturday


def test_ten_stays_free_of_half_past_nine_where_clocks_change(session):
    add_station(session, make_station("bien-gioi", timezone="Europe/Berlin"))
    add(session, "mười giờ", time(10), station="bien-gioi")
    assert add(session, "trước mười", time(9, 30), station="bien-gioi")
    # In the night of the change 01:45 and 03:15 lie half an hour apart.
    add(session, "khuya", time(1, 45), 60, station="bien-gioi")
    with pytest.raises(SlotsOverlap) as caught:
        add(session, "sớm", time(3, 15), station="bien-gioi")
    assert caught.value.data["moment"] == "03:15 29/03/2026"


patterns = st.sampled_from(
    ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH"]
)


@pytest.fixture(scope="module")
def known(tmp_path_factory, migrated_file):
    """A station with one slot, for many candidates that are never kept."""
    import shutil

    from studio.database import Database, make_engine

    path = tmp_path_factory.mktemp("slots") / "loa.db"
    shutil.copy(migrated_file, path)
    opened = Database(make_engine(f"sqlite:///{path}"))
    with opened.writing() as session:
        add_station(session, make_station())
        add(session, "có sẵn", time(6), 45, rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE")
        yield session
    opened.close()


@settings(max_examples=40, deadline=None)
@given(patterns, st.integers(0, 86_399), st.integers(1, 1440), st.integers(-20, 20))
def test_conflicts_are_those_of_a_year_looked_through_pair_by_pair(known, rule, second, minutes, shift):
    station = find_station(known, "ia-dom")
    starts = time(second // 3600, second // 60 % 60, second % 60)
    candidate = make_rule(
        rule,
        station=read_rules(station),
        slot_id=0,
        starts=starts,
        duration_minutes=minutes,
        valid_from=FIRST + timedelta(days=shift),
    )
    first, last = FIRST - timedelta(days=21), FIRST + timedelta(days=400)
    ours = expand_slots([candidate], first, last)
    theirs = expand_slots(read_slots(known, [station]), first, last)
    clash = any(one.starts_at < two.ends_at and two.starts_at < one.ends_at for one in ours for two in theirs)
    assert bool(find_conflicts(known, station, candidate)) == clash
