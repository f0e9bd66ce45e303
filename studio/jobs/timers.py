"""What must be asked for every day, and by whom: the clock asks, the worker does."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from sqlmodel import select

from scheduler.clock import Clock, Firing, Timer
from studio.database import Database
from studio.jobs.models import Job
from studio.jobs.queue import enqueue
from studio.settings import Settings

DAILY = {
    "prune-speech": (time(2, 0), 0),
    "mark-unconfirmed": (time(7, 0), -1),
    "publish-day": (time(16, 0), 1),
}
"""Kind of job to when it is asked for (local to the centre) and the day it is about, counted from that day.

Operators take tomorrow's bundle home in the evening; a log that has not come by 7 is missed by then.
"""


def make_clock(database: Database, settings: Settings, now: Callable[[], datetime]) -> Clock:
    """The clock of a centre; any number of processes may run one, each job is asked for once."""

    def is_known(firing: Firing) -> bool:
        with database.reading() as session:
            return session.exec(select(Job.id).where(Job.asked_by == firing.key)).first() is not None

    def ask(firing: Firing) -> None:
        day = firing.local_date + timedelta(days=DAILY[firing.name][1])
        with database.writing() as session:
            enqueue(
                session,
                kind=firing.name,
                payload={"day": day.isoformat()},
                dedupe_key=firing.key,
                asked_by=firing.key,
                now=now(),
            )

    timers = [Timer(kind, at, settings.timezone.key) for kind, (at, _) in DAILY.items()]
    return Clock(timers, ask, is_known=is_known, read_clock=now)
