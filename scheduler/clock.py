"""The clock: timers at local times that only ask for work. The one home of APScheduler.

What fires on time and what was missed while the machine was off go the same way: at start, at every due
moment, and at least every minute, all that is due and not known yet is asked for once. So a power cut, a
sleeping laptop, a set clock or a database that was busy delays work, and never loses or doubles it. Of
several processes one leads and asks, the others look on and take over when it falls silent.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from scheduler.calendar import find_moment

LONGEST_WAIT = timedelta(minutes=1)
"""A machine that slept, whose clock was set, or whose leader died, is noticed after this at the latest."""
OVERLAP = timedelta(hours=36)
"""So far back every look goes, also when nothing is known of earlier ones: a clock may have been set."""
MOST_CATCH_UP = timedelta(days=31)
"""What a machine that was off for longer missed before that is of no use to anybody."""
RETRY_AFTER = timedelta(seconds=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timer:
    """A kind of work that is asked for once each local day at `at`."""

    name: str
    at: time
    timezone: str
    makes_up: bool = True
    """Whether every missed day is made up for; else only the latest is, for it does the others' work too."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A timer's turn on one local day. `key` is the same however often and late it is asked for."""

    name: str
    local_date: date
    due_at: datetime

    @property
    def key(self) -> str:
        return f"{self.name}@{self.local_date.isoformat()}"


def find_firings(timers: Iterable[Timer], after: datetime, until: datetime) -> list[Firing]:
    """Every turn with `after` < due <= `until`, in order; each timer once a local day, whatever clocks do."""
    found = []
    for timer in timers:
        zone = ZoneInfo(timer.timezone)
        first, last = after.astimezone(zone).date(), until.astimezone(zone).date()
        # A day more on either side: a time that does not exist is read later, perhaps on the next day.
        for n in range(-1, (last - first).days + 2):
            day = first + timedelta(days=n)
            due_at = find_moment(day, timer.at, zone)
            if after < due_at <= until:
                found.append(Firing(timer.name, day, due_at))
    return sorted(found, key=lambda one: (one.due_at, one.name))


class Desk(Protocol):
    """Where the clock asks: who leads, what is known, and the book of what was asked for."""

    def lead(self, now: datetime) -> datetime | None:
        """The moment up to which everything was asked for, if this process leads; None if another does."""

    def find_unknown(self, firings: list[Firing]) -> list[Firing]:
        """Those that nobody has asked for yet."""

    def ask(self, firing: Firing) -> None:
        """Ask for the work and commit; what somebody asked for meanwhile is left as it is."""

    def settle(self, now: datetime) -> None:
        """Everything up to `now` has been asked for."""

    def leave(self) -> None:
        """Lead no longer: another process may at once."""


def _read_clock() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Asks for the work of its timers from `start` to `stop`; the desk is called from the clock's thread."""

    def __init__(
        self, timers: Iterable[Timer], desk: Desk, *, read_clock: Callable[[], datetime] = _read_clock
    ) -> None:
        self._timers, self._desk, self._read_clock = tuple(timers), desk, read_clock
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def start(self) -> None:
        """Catch up in the background at once, then keep time."""
        self._scheduler.start()
        self._wake_at(self._read_clock())

    def stop(self) -> None:
        """Ends the thread; a turn that is being asked for is finished first."""
        self._scheduler.shutdown(wait=True)
        try:
            self._desk.leave()
        except Exception:
            log.exception("the clock's lease could not be given back, it ends by itself")

    def check(self, now: datetime) -> datetime:
        """Ask for all that is due and not known; returns when to check next.

        What cannot be asked for now (the database is busy) is tried again soon, the rest goes on.
        """
        try:
            asked_until = self._desk.lead(now)
            if asked_until is None:
                return now + LONGEST_WAIT
            since = max(min(asked_until, now - OVERLAP), now - MOST_CATCH_UP)
            due = self._desk.find_unknown(self._find_due(since, now))
        except Exception:
            log.exception("the clock cannot reach its database, it tries again")
            return now + RETRY_AFTER
        failed = False
        for firing in due:
            try:
                self._desk.ask(firing)
            except Exception:
                failed = True
                log.exception("timer %s could not be enqueued, it is tried again", firing.key)
        if failed:
            return now + RETRY_AFTER
        self._desk.settle(now)
        coming = find_firings(self._timers, now, now + LONGEST_WAIT)
        return coming[0].due_at if coming else now + LONGEST_WAIT

    def _find_due(self, since: datetime, now: datetime) -> list[Firing]:
        found = find_firings(self._timers, since, now)
        latest = {firing.name: firing for firing in found}
        each = {timer.name for timer in self._timers if timer.makes_up}
        return [firing for firing in found if firing.name in each or firing is latest[firing.name]]

    def _tick(self) -> None:
        try:
            following = self.check(self._read_clock())
        except Exception:
            log.exception("the clock stumbled, it tries again")
            following = self._read_clock() + RETRY_AFTER
        self._wake_at(following)

    def _wake_at(self, moment: datetime) -> None:
        # Without a grace time a wake-up that comes late would be dropped (the default is one second).
        self._scheduler.add_job(
            self._tick, DateTrigger(moment), id="clock", replace_existing=True, misfire_grace_time=None
        )
