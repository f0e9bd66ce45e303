"""The clock: timers at local times that only ask for work. The one home of APScheduler.

What fires on time and what was missed while the machine was off go the same way: at start, at every due
moment, and at least every few minutes, all that is due and not known yet is asked for once. So a power cut, a
sleeping laptop, a set clock or a database that was busy delays work, and never loses or doubles it.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from scheduler.calendar import find_moment

LONGEST_WAIT = timedelta(minutes=10)
"""A machine that slept, or whose clock was set, is noticed after this at the latest."""
RETRY_AFTER = timedelta(seconds=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timer:
    """A kind of work that is asked for once each local day at `at`."""

    name: str
    at: time
    timezone: str = "Asia/Ho_Chi_Minh"


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


def _read_clock() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Asks for the work of its timers from `start` to `stop`.

    `enqueue` takes a firing and commits what it writes; `is_known` says of a firing whether it was asked for
    already, by this or by another process. Both are called from the clock's own thread.
    """

    def __init__(
        self,
        timers: Iterable[Timer],
        enqueue: Callable[[Firing], None],
        *,
        is_known: Callable[[Firing], bool],
        catch_up: timedelta = timedelta(hours=36),
        read_clock: Callable[[], datetime] = _read_clock,
    ) -> None:
        self._timers = tuple(timers)
        self._enqueue, self._is_known = enqueue, is_known
        self._catch_up, self._read_clock = catch_up, read_clock
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def start(self) -> None:
        """Catch up in the background at once, then keep time."""
        self._scheduler.start()
        self._wake_at(self._read_clock())

    def stop(self) -> None:
        """Ends the thread; a turn that is being asked for is finished first."""
        self._scheduler.shutdown(wait=True)

    def check(self, now: datetime) -> datetime:
        """Ask for all that is due and not known; returns when to check next.

        What cannot be asked for now (the database is busy) is tried again soon, the rest goes on.
        """
        failed = False
        for firing in find_firings(self._timers, now - self._catch_up, now):
            try:
                if not self._is_known(firing):
                    self._enqueue(firing)
            except Exception:
                failed = True
                log.exception("timer %s could not be enqueued, it is tried again", firing.key)
        if failed:
            return now + RETRY_AFTER
        coming = find_firings(self._timers, now, now + LONGEST_WAIT)
        return coming[0].due_at if coming else now + LONGEST_WAIT

    def _tick(self) -> None:
        self._wake_at(self.check(self._read_clock()))

    def _wake_at(self, moment: datetime) -> None:
        # Without a grace time a wake-up that comes late would be dropped (the default is one second).
        self._scheduler.add_job(
            self._tick, DateTrigger(moment), id="clock", replace_existing=True, misfire_grace_time=None
        )
