from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from scheduler.calendar import expand_slots
from scheduler.layers import read_slots
from scheduler.models import Slot
from scheduler.recurrence import RuleUnusable, cut_count, expand_days
from scheduler.slot_changes import change_following, end_slot, except_occurrence, restore_occurrence
from scheduler.slots import (
    OccurrenceUnknown,
    Override,
    SlotInQuietHours,
    SlotsOverlap,
    SlotUnusable,
    add_slot,
    find_slot,
    is_standing,
)
from scheduler.stations import add_station, find_station
from tests.scheduler.fixtures import NOW, make_station
from tests.scheduler.test_layers import FIRST, add, campaign, grid, session  # noqa: F401

JULY = date(2026, 7, 1)


@pytest.fixture
def slot(session):  # noqa: F811
    return add(session, "sáng", time(5))


def test_one_day_is_longer_shorter_moved_and_as_before(session, slot):  # noqa: F811
    except_occurrence(session, slot, JULY, minutes=45, reason="kỳ họp")
    assert grid(session, JULY) == ["05:00-05:45 sáng"]
    except_occurrence(session, slot, JULY, moved_to=time(6), minutes=10, reason="mưa")
    assert grid(session, JULY) == ["06:00-06:10 sáng"]
    restore_occurrence(session, slot, JULY)
    assert grid(session, JULY) == ["05:00-05:30 sáng"]
    with pytest.raises(OccurrenceUnknown):
        restore_occurrence(session, slot, JULY)
    for minutes in (0, 1441):
        with pytest.raises(SlotUnusable):
            except_occurrence(session, slot, JULY, minutes=minutes, reason="")


def test_a_day_that_does_not_fit_changes_nothing(session, slot):  # noqa: F811
    add(session, "sau", time(5, 30))
    with pytest.raises(SlotsOverlap):
        except_occurrence(session, slot, JULY, minutes=31, reason="")
    assert grid(session, JULY) == ["05:00-05:30 sáng", "05:30-06:00 sau"]
    word = Override(by="lan", reason="kỳ họp", at=NOW)
    except_occurrence(session, slot, JULY, minutes=45, reason="", override=word)
    assert grid(session, JULY) == ["05:00-05:45 sáng"]
    assert grid(session, JULY + timedelta(days=1)) == ["05:00-05:30 sáng", "05:30-06:00 sau"]


def test_a_cancelled_day_is_given_back_only_if_it_is_free(session, slot):  # noqa: F811
    except_occurrence(session, slot, JULY, reason="mất điện")
    add(session, "một lần", time(5, 15), valid_from=JULY, valid_until=JULY)
    with pytest.raises(SlotsOverlap):
        restore_occurrence(session, slot, JULY)
    assert grid(session, JULY) == ["05:15-05:45 một lần"]


def test_this_and_all_following(session, slot):  # noqa: F811
    except_occurrence(session, slot, JULY + timedelta(days=3), reason="")
    later = change_following(session, slot, JULY, starts=time(5, 30), duration_minutes=20)
    assert later.id != slot.id
    assert later.continues_id == slot.id
    assert slot.valid_until == JULY - timedelta(days=1)
    assert grid(session, JULY - timedelta(days=1)) == ["05:00-05:30 sáng"]
    assert grid(session, JULY) == ["05:30-05:50 sáng"]
    assert grid(session, JULY + timedelta(days=3)) == []  # what was cancelled stays cancelled
    assert find_slot(session, "ia-dom", "sáng").id == later.id
    assert find_slot(session, "ia-dom", "sáng", on=FIRST).id == slot.id


def test_from_the_first_day_on_the_slot_itself_changes(session, slot):  # noqa: F811
    same = change_following(session, slot, FIRST, starts=time(6), name="sáng sớm")
    assert same.id == slot.id
    assert grid(session, FIRST) == ["06:00-06:30 sáng sớm"]


def test_a_change_that_does_not_fit_changes_nothing(session, slot):  # noqa: F811
    add(session, "chiều", time(17))
    for fields, error in (
        ({"starts": time(16, 45)}, SlotsOverlap),
        ({"starts": time(4)}, SlotInQuietHours),
        ({"duration_minutes": 0}, SlotUnusable),
        ({"rrule": "FREQ=HOURLY"}, RuleUnusable),
        ({"valid_until": FIRST - timedelta(days=5)}, SlotUnusable),
    ):
        for day in (JULY, FIRST):
            with pytest.raises(error):
                change_following(session, slot, day, **fields)
            session.refresh(slot)
            assert (slot.starts, slot.duration_minutes, slot.valid_until) == (time(5), 30, None)
            assert len(session.exec(select(Slot)).all()) == 2


def test_after_its_end_there_is_nothing_to_change(session):  # noqa: F811
    slot = add(session, "cũ", time(5), valid_until=date(2026, 3, 31))
    with pytest.raises(OccurrenceUnknown):
        change_following(session, slot, JULY, starts=time(6))


def test_campaigns_and_overrides_keep_naming_the_slot_that_was_parted(session, slot):  # noqa: F811
    poor = campaign(session)
    add(session, "sáng", time(5), 60, campaign_id=poor.id, replaces_id=slot.id)
    change_following(session, slot, JULY, starts=time(5, 15))
    assert grid(session, JULY) == ["05:15-05:45 sáng"]
    assert grid(session, date(2026, 10, 20)) == ["05:00-06:00 sáng"]


def test_a_slot_ends_and_one_that_never_was_goes(session, slot):  # noqa: F811
    end_slot(session, slot, JULY)
    assert grid(session, JULY - timedelta(days=1))
    assert not grid(session, JULY)
    fresh = add(session, "trưa", time(11))
    except_occurrence(session, fresh, JULY, reason="")
    number = fresh.id
    end_slot(session, fresh, FIRST)
    assert session.get(Slot, number) is None
    kept = add(session, "tối", time(19))
    poor = campaign(session)
    add(session, "tối", time(19), 60, campaign_id=poor.id, replaces_id=kept.id)
    end_slot(session, kept, FIRST)
    assert not is_standing(kept)


rules = st.sampled_from(
    [
        "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR", "FREQ=MONTHLY;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=5SA", "FREQ=DAILY;COUNT=40", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=9",
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;COUNT=4", "FREQ=DAILY;UNTIL=20260520", "FREQ=YEARLY",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(rules, st.integers(0, 200))
def test_parting_a_rule_anywhere_gives_the_same_days(rule, after):
    last = date(2027, 12, 31)
    whole = list(expand_days(rule, FIRST, FIRST, last))
    day = FIRST + timedelta(days=after)
    following = next((one for one in whole if one >= day), None)
    if following is None:
        return
    before = list(expand_days(rule, FIRST, FIRST, day - timedelta(days=1)))
    assert before + list(expand_days(cut_count(rule, FIRST, following), following, following, last)) == whole


def test_parted_without_a_change_a_slot_happens_as_before(session):  # noqa: F811
    slot = add(session, "cách tuần", time(5), rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH")
    add_station(session, make_station("ia-toi"))
    add_slot(
        session, "ia-toi", name="cách tuần", starts=time(5), duration_minutes=30, valid_from=FIRST,
        rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
    )  # fmt: skip
    change_following(session, slot, JULY, duration_minutes=30)

    def times(code):
        rules = read_slots(session, [find_station(session, code)])
        return [one.starts_at for one in expand_slots(rules, FIRST, date(2026, 12, 31))]

    assert times("ia-dom") == times("ia-toi")
