"""A simulated month with outages at bad moments: every playlist once, on time or with an alarm."""

import threading
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from playlists.models import Playlist
from scheduler.models import Station
from studio.jobs.desk import LEASE, find_leader, list_turns
from studio.jobs.models import ClockFiring, Job, JobState
from studio.jobs.timers import DAILY, make_clock
from studio.reminders.models import Reminder, ReminderKind
from studio.settings import read_settings
from tests.studio.jobs.month import HANOI, STATIONS, Centre, Killed, at, dying_after, moments, set_up

ON_TIME_HOUR = 18


@pytest.fixture
def home(either_settings, either_database):
    """(settings, database) of an empty centre on either database."""
    return either_settings, either_database


def test_a_month_with_three_outages_publishes_every_day_once_or_says_so(home, monkeypatch):
    settings, database = home
    set_up(database)
    outages = [
        (at(5, 15), at(5, 17)),  # before and past the moment of publication
        (at(12, 17), at(12, 20)),  # begins while it publishes
        (at(20, 19), at(23, 8)),  # after one publication, over three midnights and two publications
    ]
    one = Centre(database, settings, "one")
    for now in moments(at(1), at(31, 23)):
        if any(begins <= now < ends for begins, ends in outages):
            continue
        if now == at(12, 16):
            # Killed between two stations: the job stays claimed by a worker that is no more.
            with dying_after(1, monkeypatch), suppress(Killed):
                one.look(now)
            one = Centre(database, settings, "reborn")
            continue
        one.look(now)

    with database.reading() as session:
        codes = {station.id: station.code for station in session.exec(select(Station))}
        versions = session.exec(select(Playlist)).all()
        alarms = {row.key for row in session.exec(select(Reminder)) if row.kind in ALARMS}
        keys = Counter(session.exec(select(ClockFiring.key)))
        states = set(session.exec(select(Job.state)))
    published = {(codes[row.station_id], row.local_date): row.published_at for row in versions}
    assert len(published) == len(versions), "no day was published twice"
    assert set(keys.values()) == {1}
    assert states == {JobState.DONE}
    expected = {(code, date(2026, 3, day)) for code in STATIONS for day in range(3, 32)}
    for code, day in sorted(expected):
        late = f"published-late/{code}/{day}" in alarms
        never = f"never-published/{code}/{day}" in alarms
        moment = published.get((code, day))
        if moment is None:
            assert never, f"{code} {day}: neither published nor said so"
        else:
            due = at((day - timedelta(days=1)).day, ON_TIME_HOUR)
            assert late == (moment > due), f"{code} {day}: {moment.astimezone(HANOI)}"
            assert not never
    # 22 and 23 March were over when the machine came back on the 23rd at eight.
    assert {key for key in alarms if key.startswith("never")} == {
        f"never-published/{code}/2026-03-{day}" for code in STATIONS for day in (22, 23)
    }
    # On the 12th one station was published in time, the other only after the outage.
    assert {key for key in alarms if key.startswith("published-late")} == {
        "published-late/ia-dom/2026-03-13",
    }
    assert set(published) >= expected - {(code, date(2026, 3, day)) for code in STATIONS for day in (22, 23)}


ALARMS = (
    ReminderKind.PUBLISH_FAILED,
    ReminderKind.PUBLISHED_LATE,
    ReminderKind.NEVER_PUBLISHED,
    ReminderKind.TIMER_FAILED,
)


def test_of_two_processes_at_once_each_turn_fires_once(home):
    settings, database = home
    set_up(database)
    now = at(3, 16, 30)
    clocks = [make_clock(database, settings, lambda: now, holder=f"p{n}") for n in range(2)]
    barrier = threading.Barrier(2)
    broken = []

    def run(clock):
        try:
            for _ in range(5):
                barrier.wait(20)
                clock.check(now)
        except Exception as error:  # noqa: BLE001 told by the test below
            broken.append(error)

    threads = [threading.Thread(target=run, args=(clock,)) for clock in clocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []
    with database.reading() as session:
        turns = list_turns(session)
        jobs = session.exec(select(Job)).all()
    assert len(turns) == len(jobs)
    assert len({turn.firing.key for turn in turns}) == len(turns) >= len(DAILY)
    assert len({turn.firing.by for turn in turns}) == 1, "one of them led"


def test_without_a_lease_between_them_the_journal_still_lets_only_one_through(home):
    """A leader that was taken for dead wakes up in the middle of asking: both ask for the same turns."""
    settings, database = home
    now = at(3, 16, 30)
    clocks = [make_clock(database, settings, lambda: now, holder=f"p{n}") for n in range(2)]
    desks = [clock._desk for clock in clocks]
    firings = clocks[0]._find_due(at(2, 16, 45), now)
    barrier = threading.Barrier(2)
    broken = []

    def run(desk):
        try:
            for firing in firings:
                barrier.wait(20)
                desk.ask(firing)
        except Exception as error:  # noqa: BLE001 told by the test below
            broken.append(error)

    threads = [threading.Thread(target=run, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []
    with database.reading() as session:
        assert sorted(session.exec(select(ClockFiring.key))) == sorted(f.key for f in firings)
        assert len(session.exec(select(Job)).all()) == len(firings)


def test_another_takes_over_when_the_leader_dies_and_at_once_when_it_leaves(home):
    settings, database = home
    now = at(3, 12)
    first, second = (make_clock(database, settings, lambda: now, holder=name) for name in ("a", "b"))

    def leader(moment):
        with database.reading() as session:
            row = find_leader(session, moment)
            return row.holder if row else None

    first.check(now)
    second.check(now)
    assert leader(now) == "a"
    second.check(now + LEASE - timedelta(seconds=1))
    assert leader(now) == "a"
    second.check(now + LEASE)
    assert leader(now + LEASE) == "b"
    now += LEASE
    second._desk.leave()
    assert leader(now) is None
    first.check(now)
    assert leader(now) == "a"


def test_a_lease_from_a_clock_that_ran_ahead_holds_nobody_off(home):
    settings, database = home
    for moment, holder in ((at(3, 12) + timedelta(days=400), "ahead"), (at(3, 12), "right")):
        make_clock(database, settings, lambda moment=moment: moment, holder=holder).check(moment)
    with database.reading() as session:
        row = find_leader(session, at(3, 12))
        assert row is not None
        assert row.holder == "right"


def test_a_timer_whose_job_fails_is_an_alarm_once(home):
    settings, database = home
    now = at(3, 12)
    clock = make_clock(database, settings, lambda: now, holder="a")
    clock.check(now)
    with database.writing() as session:
        job = session.exec(select(Job).where(Job.kind == "plan-horizon")).one()
        job.state, job.error = JobState.FAILED, "mất điện"
        session.add(job)
    for _ in range(3):
        clock.check(now)
    with database.reading() as session:
        (alarm,) = session.exec(select(Reminder)).all()
    assert alarm.kind is ReminderKind.TIMER_FAILED
    assert alarm.data["error"] == "mất điện"


def test_turns_are_local_to_the_centre():
    assert ZoneInfo(read_settings({}).timezone.key) == HANOI
