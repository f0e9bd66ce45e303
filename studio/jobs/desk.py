"""The clock's desk in the database: a lease that one process holds, and a journal of what was asked for."""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from scheduler.clock import OVERLAP, Firing
from studio.database import Database
from studio.jobs.models import ClockFiring, ClockLease, Job
from studio.jobs.queue import enqueue

LEASE = timedelta(minutes=2)
"""Twice the clock's longest wait: a leader that lives renews it, one that died is followed soon."""
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Turn:
    """A line of the journal with what became of its job."""

    firing: ClockFiring
    job: Job

    @property
    def late(self) -> timedelta:
        return max(self.firing.fired_at - self.firing.due_at, timedelta(0))


class DatabaseDesk:
    """`scheduler.clock.Desk` on the rows `ClockLease`, `ClockFiring` and `Job`.

    `days` tells of each timer which day its work is about, counted from the day of the turn. `tend` is called
    in the leader's transaction at every look.
    """

    def __init__(
        self,
        database: Database,
        days: Mapping[str, int],
        *,
        now: Callable[[], datetime],
        tend: Callable[[Session, datetime], None],
        holder: str | None = None,
    ) -> None:
        self.holder = holder or f"{socket.gethostname()}-{os.getpid()}-clock-{next(_numbers)}"
        self._database, self._days, self._now, self._tend = database, days, now, tend

    def lead(self, now: datetime) -> datetime | None:
        with self._database.writing() as session:
            lease = take_lease(session, self.holder, now)
            if lease is None:
                return None
            self._tend(session, now)
            return lease.asked_until

    def find_unknown(self, firings: list[Firing]) -> list[Firing]:
        with self._database.reading() as session:
            keys = [firing.key for firing in firings]
            known = set(session.exec(select(ClockFiring.key).where(col(ClockFiring.key).in_(keys))))
        return [firing for firing in firings if firing.key not in known]

    def ask(self, firing: Firing) -> None:
        day = firing.local_date + timedelta(days=self._days[firing.name])
        now = self._now()
        try:
            with self._database.writing() as session:
                job = enqueue(
                    session,
                    kind=firing.name,
                    payload={"day": day.isoformat()},
                    dedupe_key=firing.key,
                    asked_by=firing.key,
                    now=now,
                )
                session.flush()
                assert job.id is not None
                session.add(
                    ClockFiring(
                        key=firing.key,
                        timer=firing.name,
                        local_date=firing.local_date,
                        due_at=firing.due_at,
                        fired_at=now,
                        by=self.holder,
                        job_id=job.id,
                    )
                )
        except IntegrityError:
            # A leader that was thought dead may still be asking: the journal lets only one of us through,
            # and the job of the other is rolled back with its line.
            if self.find_unknown([firing]):
                raise

    def settle(self, now: datetime) -> None:
        with self._database.writing() as session:
            lease = session.get(ClockLease, 1, with_for_update=True)
            if lease is not None and lease.holder == self.holder:
                lease.asked_until = now

    def leave(self) -> None:
        with self._database.writing() as session:
            lease = session.get(ClockLease, 1, with_for_update=True)
            if lease is not None and lease.holder == self.holder:
                lease.leased_until = min(lease.leased_until, self._now())


def take_lease(session: Session, holder: str, now: datetime) -> ClockLease | None:
    """The lease, taken or renewed; None while another process holds it.

    One that lies far ahead was written by a clock that has been set back since, and holds nobody off.
    """
    lease = session.get(ClockLease, 1, with_for_update=True)
    if lease is None:
        lease = ClockLease(holder=holder, leased_until=now + LEASE, asked_until=now - OVERLAP)
        try:
            with session.begin_nested():
                session.add(lease)
        except IntegrityError:  # on PostgreSQL another process may have made it in this very moment
            return None
        return lease
    if lease.holder != holder and now < lease.leased_until <= now + 2 * LEASE:
        return None
    lease.holder, lease.leased_until = holder, now + LEASE
    session.add(lease)
    return lease


def find_leader(session: Session, now: datetime) -> ClockLease | None:
    """Who leads at `now`; None when nobody does."""
    lease = session.get(ClockLease, 1)
    return lease if lease is not None and now < lease.leased_until else None


def list_turns(session: Session, *, limit: int = 50) -> list[Turn]:
    """The journal, the latest turn first."""
    rows = session.exec(
        select(ClockFiring, Job)
        .join(Job, col(Job.id) == col(ClockFiring.job_id))
        .order_by(col(ClockFiring.due_at).desc(), col(ClockFiring.id).desc())
        .limit(limit)
    )
    return [Turn(firing, job) for firing, job in rows]
