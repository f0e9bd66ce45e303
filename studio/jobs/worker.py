"""The worker: claims a job under a lease, does it, says how it goes, and writes down how it ended.

A claim is one short transaction; no transaction is open while the handler works. A pulse thread renews the
lease and carries progress to the row. A worker that dies stops renewing, and after the lease another one
takes the job; what was already made is found again by its recipe, so starting over is cheap.

Unavailable
└── WorkerLost
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy import or_
from sqlmodel import col, select

from assets.errors import LoaError, Unavailable
from assets.store import Store
from studio.database import Database
from studio.jobs.handler import Handler, Progress
from studio.jobs.handlers import make_handlers
from studio.jobs.models import Job, JobState
from studio.jobs.timers import make_clock
from studio.logs import start_logs
from studio.settings import Settings

_log = structlog.get_logger()
_numbers = count(1)


class WorkerLost(Unavailable):
    """The job's worker stopped without a word, as often as is allowed."""


class _Abandoned(BaseException):
    """Stops a handler at its next progress report: the worker shuts down, or the lease went to another."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a worker is."""

    lease: timedelta = timedelta(seconds=60)
    pulse_seconds: float = 0.5
    poll_seconds: float = 1.0
    first_retry: timedelta = timedelta(seconds=10)
    """Doubles with every attempt."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def run_worker(database: Database, settings: Settings) -> None:
    """Work in this process until it is told to end (SIGTERM, Ctrl-C); the job at hand goes back."""
    start_logs(settings.log_level)
    worker = Worker(database, make_handlers(settings, Store(settings.store), utc_now))
    clock = make_clock(database, settings, utc_now)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    clock.start()
    try:
        worker.run()
    finally:
        clock.stop()


class Worker:
    """Does jobs one after the other, in this thread or, with `start`, in one of its own."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        clock: Callable[[], datetime] = utc_now,
        pace: Pace | None = None,
    ) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{next(_numbers)}"
        self._database = database
        self._handlers = handlers
        self._clock = clock
        self._pace = pace or Pace()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name=f"worker {self.name}", daemon=True)
        self._thread.start()

    def stop(self, *, timeout_seconds: float = 30) -> None:
        """Ask to end: the job at hand goes back to the queue at its next progress report."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    def run(self) -> None:
        """Work until `stop`; an unreachable database is waited for."""
        while not self._stop.is_set():
            try:
                worked = self.run_once()
            except Exception:  # noqa: BLE001 the database may be away; the worker outlives it
                _log.exception("worker cannot reach its queue", worker=self.name)
                worked = False
            if not worked:
                self._stop.wait(self._pace.poll_seconds)

    def run_once(self) -> bool:
        """Claim and do one job that is due; False if there is none."""
        job = self._claim()
        if job is None:
            return False
        log = _log.bind(job=job.id, kind=job.kind, attempt=job.attempts)
        log.info("job started")
        with _Pulse(self._database, job, self._clock, self._pace, self._stop) as pulse:
            outcome = self._attempt(job, pulse.report)
        self._conclude(job, outcome)
        log.info("job ended", state=outcome.state, error=outcome.error)
        return True

    def _claim(self) -> Job | None:
        now = self._clock()
        due = (
            select(Job)
            .where(
                or_(
                    (col(Job.state) == JobState.WAITING) & (col(Job.run_after) <= now),
                    (col(Job.state) == JobState.RUNNING) & (col(Job.leased_until) < now),
                )
            )
            .order_by(col(Job.run_after), col(Job.id))
            .limit(1)
            .with_for_update(skip_locked=True)  # two workers on PostgreSQL; SQLite has one writer anyway
        )
        with self._database.writing() as session:
            job = session.exec(due).first()
            if job is None:
                return None
            if job.attempts >= job.max_attempts:
                _end(job, JobState.FAILED, now, error=str(WorkerLost(attempts=job.attempts)))
                return None
            job.state, job.worker = JobState.RUNNING, self.name
            job.leased_until = now + self._pace.lease
            job.attempts += 1
            return job

    def _attempt(self, job: Job, report: Progress) -> "_Outcome":
        try:
            handler = self._handlers[job.kind]
            return _Outcome(JobState.DONE, result=handler(self._database, job.payload, report))
        except Unavailable as error:
            state = JobState.FAILED if job.attempts >= job.max_attempts else JobState.WAITING
            return _Outcome(state, error=str(error))
        except LoaError as error:
            return _Outcome(JobState.FAILED, error=str(error))
        except _Abandoned:
            return _Outcome(JobState.WAITING, abandoned=True)
        except Exception:  # noqa: BLE001 a defect in one job must not stop the others
            _log.exception("job broke", job=job.id, kind=job.kind)
            return _Outcome(JobState.FAILED, error=str(LoaError()))

    def _conclude(self, job: Job, outcome: "_Outcome") -> None:
        now = self._clock()
        with self._database.writing() as session:
            row = session.get(Job, job.id, with_for_update=True)
            if row is None or row.worker != self.name or row.state is not JobState.RUNNING:
                return  # the lease went to another worker, whose word counts
            if outcome.state is not JobState.WAITING:
                _end(row, outcome.state, now, error=outcome.error, result=outcome.result)
                return
            row.state, row.worker, row.leased_until = JobState.WAITING, None, None
            if outcome.abandoned:
                row.attempts -= 1
            else:
                row.error = outcome.error
                row.run_after = now + self._pace.first_retry * 2 ** (row.attempts - 1)


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: JobState
    error: str | None = None
    result: dict[str, object] | None = None
    abandoned: bool = False


def _end(
    job: Job,
    state: JobState,
    now: datetime,
    *,
    error: str | None = None,
    result: dict[str, object] | None = None,
) -> None:
    job.state, job.error, job.result, job.finished_at = state, error, result, now
    job.dedupe_key, job.worker, job.leased_until = None, None, None
    if state is JobState.DONE:
        job.progress = 1.0


class _Pulse:
    """Renews the lease of the job at hand and carries its progress, from a thread of its own."""

    def __init__(
        self,
        database: Database,
        job: Job,
        clock: Callable[[], datetime],
        pace: Pace,
        stop: threading.Event,
    ) -> None:
        self._database, self._job, self._clock, self._pace, self._stop = database, job, clock, pace, stop
        self._said: tuple[float, str] = (0.0, "")
        self._lost = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"pulse {job.id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def report(self, share: float, message: str) -> None:
        if self._lost or self._stop.is_set():
            raise _Abandoned
        self._said = (min(max(share, 0.0), 1.0), message)

    def _beat(self) -> None:
        written: tuple[float, str] | None = None
        renewed = self._clock()
        while not self._over.wait(self._pace.pulse_seconds):
            said, now = self._said, self._clock()
            if said == written and now - renewed < self._pace.lease / 3:
                continue
            try:
                self._lost = not self._write(said, now)
            except Exception:  # noqa: BLE001 the next beat tries again
                _log.exception("heartbeat failed", job=self._job.id)
                continue
            written, renewed = said, now

    def _write(self, said: tuple[float, str], now: datetime) -> bool:
        """False when the job is no longer this worker's."""
        with self._database.writing() as session:
            row = session.get(Job, self._job.id, with_for_update=True)
            if row is None or row.worker != self._job.worker or row.state is not JobState.RUNNING:
                return False
            row.progress, row.message = said
            row.leased_until = now + self._pace.lease
            return True
