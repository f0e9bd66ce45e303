"""The rows of long work."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(SQLModel, table=True):
    """One long task, written in the same transaction as what causes it."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    payload: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    dedupe_key: str | None = Field(default=None, unique=True)
    """Freed (set to None) when the job ends, so that the same work can be asked for again."""
    asked_by: str | None = Field(default=None, index=True)
    """The timer's turn that asked for it, kept for good: nothing is asked for twice."""
    state: JobState = Field(default=JobState.WAITING, index=True)
    progress: float = 0.0
    message: str = ""
    attempts: int = 0
    max_attempts: int = 3
    run_after: datetime
    leased_until: datetime | None = None
    worker: str | None = None
    error: str | None = None
    result: dict[str, object] | None = Field(default=None, sa_column=Column(JSON))
    created_at: datetime
    finished_at: datetime | None = None


class ClockLease(SQLModel, table=True):
    """The one row by which, of several processes, one is the clock's leader."""

    id: int = Field(default=1, primary_key=True)
    holder: str
    leased_until: datetime
    asked_until: datetime
    """Everything that was due until then has been asked for."""


class ClockFiring(SQLModel, table=True):
    """The journal of the clock: a timer's turn, asked for once."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    timer: str
    local_date: date
    due_at: datetime = Field(index=True)
    fired_at: datetime
    """Later than `due_at` by how long nobody was there to ask."""
    by: str
    """The process that asked."""
    job_id: int = Field(foreign_key="job.id")
