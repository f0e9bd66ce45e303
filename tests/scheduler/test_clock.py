import time as seconds
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.clock import LONGEST_WAIT, MOST_CATCH_UP, RETRY_AFTER, Clock, Timer, find_firings

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TIMERS = (Timer("publish", time(18), HANOI.key), Timer("fill", time(1, 30), HANOI.key))


class Desk:
    """Takes what the clock asks for, as the table of jobs does."""

    def __init__(self, asked_until=datetime(2026, 3, 2, 17, tzinfo=HANOI)):
        self.keys, self.asked_until = [], asked_until
        self.is_busy, self.leads, self.left = False, True, False

    def lead(self, now):
        return self.asked_until if self.leads else None

    def find_unknown(self, firings):
        return [firing for firing in firings if firing.key not in self.keys]

    def ask(self, firing):
        if self.is_busy:
            raise OSError("database is locked")
        self.keys.append(firing.key)

    def settle(self, now):
        self.asked_until = now

    def leave(self):
        self.left = True


def make_clock(desk, timers=TIMERS, **more):
    return Clock(timers, desk, **more)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=HANOI)


def test_asks_once_when_due_and_says_when_to_look_again():
    desk = Desk()
    clock = make_clock(desk)
    assert clock.check(at(2, 17, 55)) == at(2, 17, 55) + LONGEST_WAIT
    before = list(desk.keys)
    assert clock.check(at(2, 17, 59) + timedelta(seconds=30)) == at(2, 18)
    assert desk.keys == before
    clock.check(at(2, 18))
    clock.check(at(2, 18, 10))
    assert desk.keys == [*before, "publish@2026-03-02"]


def test_a_process_that_does_not_lead_asks_for_nothing():
    desk = Desk()
    desk.leads = False
    assert make_clock(desk).check(at(4, 5)) == at(4, 5) + LONGEST_WAIT
    assert desk.keys == []


def test_catches_up_on_an_outage_of_days_from_where_it_was_left():
    desk = Desk(asked_until=at(2, 17))
    make_clock(desk).check(at(9, 5))
    assert desk.keys[0] == "publish@2026-03-02"
    assert len(desk.keys) == len(set(desk.keys)) == 7 + 7


def test_what_was_missed_longer_ago_than_a_month_is_let_go():
    desk = Desk(asked_until=datetime(2025, 1, 1, tzinfo=UTC))
    make_clock(desk).check(at(9, 5))
    assert len(desk.keys) == 2 * MOST_CATCH_UP.days


def test_a_clock_that_was_set_ahead_and_back_again_forgets_nothing_recent():
    desk = Desk(asked_until=datetime(2031, 1, 1, tzinfo=UTC))
    make_clock(desk).check(at(4, 5))
    assert desk.keys == ["publish@2026-03-02", "fill@2026-03-03", "publish@2026-03-03", "fill@2026-03-04"]


def test_a_restart_asks_for_nothing_twice():
    desk = Desk()
    for minute in (0, 0, 5):
        make_clock(desk).check(at(4, 5, minute))
    assert len(desk.keys) == len(set(desk.keys)) == 4


def test_a_busy_database_is_tried_again_and_stops_nothing_else(caplog):
    desk = Desk()
    desk.is_busy = True
    clock = make_clock(desk)
    now = at(4, 5)
    assert clock.check(now) == now + RETRY_AFTER
    assert "fill@2026-03-04" in caplog.text
    assert desk.asked_until == at(2, 17), "what failed is still to be asked for"
    desk.is_busy = False
    clock.check(now + RETRY_AFTER)
    assert len(desk.keys) == 4


def test_an_unreachable_database_is_waited_for(caplog):
    desk = Desk()
    desk.lead = None  # not callable: whatever goes wrong there
    assert make_clock(desk).check(at(4, 5)) == at(4, 5) + RETRY_AFTER
    assert "tries again" in caplog.text


def test_a_clock_change_neither_doubles_nor_drops_a_day():
    night = (Timer("night", time(2, 30), timezone="Europe/Berlin"),)
    found = find_firings(night, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert len(found) == len({firing.key for firing in found}) == 365


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 60 * 24 * 3), min_size=1, max_size=12, unique=True),
    st.lists(st.times(), min_size=1, max_size=3),
)
def test_however_often_and_late_it_is_woken_each_day_is_asked_for_once(minutes, times):
    timers = [Timer(f"t{n}", moment, HANOI.key) for n, moment in enumerate(times)]
    begin = at(1, 0)
    desk = Desk(asked_until=begin - timedelta(days=3))
    for minute in sorted(minutes):
        make_clock(desk, timers).check(begin + timedelta(minutes=minute))
    end = begin + timedelta(minutes=max(minutes))
    expected = [firing.key for firing in find_firings(timers, begin - timedelta(days=3), end)]
    assert sorted(desk.keys) == sorted(expected)


def test_a_real_clock_catches_up_keeps_time_and_stops():
    now = datetime.now(UTC)
    desk = Desk(asked_until=now)
    soon = now + timedelta(seconds=1)
    timers = [
        Timer("missed", (now - timedelta(minutes=5)).time(), timezone="UTC"),
        Timer("coming", soon.time(), timezone="UTC"),
    ]
    clock = make_clock(desk, timers)
    clock.start()
    try:
        waited = seconds.monotonic()
        while f"coming@{soon.date()}" not in desk.keys and seconds.monotonic() - waited < 20:
            seconds.sleep(0.05)
    finally:
        clock.stop()
    assert datetime.now(UTC) >= soon
    assert desk.keys.count(f"coming@{soon.date()}") == 1
    assert any(key.startswith("missed@") for key in desk.keys)
    assert desk.keys[-1] == f"coming@{soon.date()}"
    assert desk.left
