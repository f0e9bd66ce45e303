"""The rows of what the clock has to say to people."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class ReminderKind(StrEnum):
    # What is so as long as its cause is there; it goes by itself.
    SCRIPT_DUE = "script-due"
    SLOT_EMPTY = "slot-empty"
    LOG_MISSING = "log-missing"
    REPORT_DUE = "report-due"
    PUBLISH_FAILED = "publish-failed"
    # What planning would bring; it goes when it is made, or when a person has taken note of it.
    REPLAN_WAITS = "replan-waits"
    # What has happened; it stays until a person has taken note of it.
    PUBLISHED_LATE = "published-late"
    NEVER_PUBLISHED = "never-published"
    TIMER_FAILED = "timer-failed"


class Reminder(SQLModel, table=True):
    """One thing that somebody should know or do; opened once per `key`, however often it is noticed."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: ReminderKind
    data: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What its sentence says."""
    address: str = ""
    """The page where it is mended."""
    station_id: int | None = Field(default=None, foreign_key="station.id", index=True)
    made_at: datetime
    closed_at: datetime | None = Field(default=None, index=True)
    closed_by: str | None = None
