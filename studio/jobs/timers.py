"""What must be asked for every day, and by whom: the clock asks, the worker does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from sqlmodel import Session

from scheduler.clock import Clock, Timer
from studio.database import Database
from studio.jobs.desk import DatabaseDesk
from studio.reminders.alarms import watch_timers
from studio.settings import Settings


@dataclass(frozen=True, slots=True)
class Daily:
    """When a kind of job is asked for, local to the centre, and how many days from then it is about."""

    at: time
    day: int = 0
    makes_up: bool = False
    """Whether each day that was missed is asked for, or only the latest."""


DAILY = {
    "expire": Daily(time(0, 15)),
    "plan-horizon": Daily(time(1, 0), 1),
    "prune-speech": Daily(time(2, 0)),
    "prune-versions": Daily(time(2, 15)),
    "mark-unconfirmed": Daily(time(7, 0), -1, makes_up=True),
    "remind": Daily(time(7, 30)),
    "remind-tomorrow": Daily(time(14, 0)),
    "publish-day": Daily(time(16, 0), 1, makes_up=True),
    "publish-missing": Daily(time(19, 0), 1),
}
"""Operators take tomorrow's bundle home in the evening: it is published at four, and what lacked then is
tried once more at seven. What is empty tomorrow is said while there is time to fill it. A log that has not
come by seven in the morning is missed by then."""


def list_timers(settings: Settings) -> list[Timer]:
    zone = settings.timezone.key
    return [Timer(kind, daily.at, zone, daily.makes_up) for kind, daily in DAILY.items()]


def make_clock(
    database: Database, settings: Settings, now: Callable[[], datetime], *, holder: str | None = None
) -> Clock:
    """The clock of a centre; any number of processes may run one, each job is asked for once."""
    days = {kind: daily.day for kind, daily in DAILY.items()}

    def tend(session: Session, moment: datetime) -> None:
        watch_timers(session, now=moment)

    desk = DatabaseDesk(database, days, now=now, tend=tend, holder=holder)
    return Clock(list_timers(settings), desk, read_clock=now)
