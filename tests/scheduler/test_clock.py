import time as seconds
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.clock import LONGEST_WAIT, RETRY_AFTER, Clock, Timer, find_firings

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TIMERS = (Timer("publish", time(18)), Timer("fill", time(1, 30)))


class Desk:
    """Takes what the clock asks for, as the table of jobs does."""

    def __init__(self):
        self.keys = []
        self.is_busy = False

    def enqueue(self, firing):
        if self.is_busy:
            raise OSError("database is locked")
        self.keys.append(firing.key)

    def is_known(self, firing):
        return firing.key in self.keys


def make_clock(desk, timers=TIMERS, **more):
    return Clock(timers, desk.enqueue, is_known=desk.is_known, **more)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=HANOI)


def test_asks_once_when_due_and_says_when_to_look_again():
    desk = Desk()
    clock = make_clock(desk, catch_up=timedelta(hours=1))
    assert clock.check(at(2, 17, 55)) == at(2, 18)
    assert desk.keys == []
    assert clock.check(at(2, 18)) == at(2, 18) + LONGEST_WAIT
    clock.check(at(2, 18, 10))
    assert desk.keys == ["publish@2026-03-02"]


def test_catches_up_what_a_stopped_machine_missed_and_nothing_older():
    desk = Desk()
    desk.keys.append("publish@2026-03-02")
    make_clock(desk, catch_up=timedelta(hours=36)).check(at(4, 5))
    assert desk.keys[1:] == ["fill@2026-03-03", "publish@2026-03-03", "fill@2026-03-04"]


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
    desk.is_busy = False
    clock.check(now + RETRY_AFTER)
    assert len(desk.keys) == 4


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
    timers = [Timer(f"t{n}", moment) for n, moment in enumerate(times)]
    desk = Desk()
    begin = at(1, 0)
    for minute in sorted(minutes):
        make_clock(desk, timers, catch_up=timedelta(days=3)).check(begin + timedelta(minutes=minute))
    end = begin + timedelta(minutes=max(minutes))
    expected = [
        firing.key
        for firing in find_firings(timers, begin + timedelta(minutes=min(minutes)) - timedelta(days=3), end)
    ]
    assert sorted(desk.keys) == sorted(expected)


def test_a_real_clock_catches_up_keeps_time_and_stops():
    desk = Desk()
    now = datetime.now(UTC)
    soon = now + timedelta(seconds=1)
    timers = [
        Timer("missed", (now - timedelta(minutes=5)).time(), timezone="UTC"),
        Timer("coming", soon.time(), timezone="UTC"),
    ]
    clock = make_clock(desk, timers, catch_up=timedelta(minutes=10))
    clock.start()
    try:
        waited = seconds.monotonic()
        while len(desk.keys) < 2 and seconds.monotonic() - waited < 20:
            seconds.sleep(0.05)
    finally:
        clock.stop()
    assert datetime.now(UTC) >= soon
    assert [key.partition("@")[0] for key in desk.keys] == ["missed", "coming"]
    assert desk.keys[1] == f"coming@{date(soon.year, soon.month, soon.day)}"
