"""A centre with two stations that lives through a month on a clock of its own, with processes that die."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from assets.store import Store
from scheduler.clock import Clock
from scheduler.slots import add_slot
from scheduler.stations import add_station
from studio.database import Database
from studio.jobs.handlers import make_handlers
from studio.jobs.timers import make_clock
from studio.jobs.worker import Worker
from studio.settings import Settings
from tests.scheduler.fixtures import add_piece, make_station

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
STATIONS = ("ia-dal", "ia-dom")
STEP = timedelta(hours=1)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


def set_up(database: Database) -> None:
    """Two stations with a slot each morning, and enough pieces to fill them."""
    with database.writing() as session:
        for code in STATIONS:
            add_station(session, make_station(code))
            add_slot(
                session, code, name="Sáng", starts=time(5), duration_minutes=10, valid_from=date(2026, 1, 1)
            )
        for number in range(6):
            add_piece(session, f"script/{number}@1")


class Killed(BaseException):
    """The process is gone, in the middle of whatever it did; nothing of it runs any more."""


class Centre:
    """A process that runs clock and worker at the moments it is given, on the simulated clock."""

    def __init__(self, database: Database, settings: Settings, holder: str) -> None:
        self.now = at(1)
        self.database, self.settings = database, settings
        self.clock: Clock = make_clock(database, settings, lambda: self.now, holder=holder)
        handlers = make_handlers(settings, Store(settings.store), lambda: self.now)
        self.worker = Worker(database, handlers, clock=lambda: self.now)

    def look(self, now: datetime) -> None:
        """What a living process does at `now`: ask for what is due, and do it."""
        self.now = now
        self.clock.check(now)
        while self.worker.run_once():
            pass


def moments(first: datetime, last: datetime) -> Iterator[datetime]:
    while first < last:
        yield first
        first += STEP


@contextmanager
def dying_after(stations: int, monkeypatch) -> Iterator[None]:
    """Whoever publishes is killed after so many stations are published, each in its own transaction."""
    import studio.jobs.daily as daily

    real, done = daily._publish_one, 0

    def publish(*args, **options) -> str:
        nonlocal done
        if done == stations:
            raise Killed
        done += 1
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(daily, "_publish_one", publish)
        yield
