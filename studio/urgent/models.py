"""The rows of urgent bulletins."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

MAX_TEXT = 5_000
"""About six minutes of speech: what is longer is no bulletin."""


class UrgentState(StrEnum):
    DRAFT = "draft"  # being written, voiced, heard
    ISSUED = "issued"  # approved with a reason; it airs
    CALLED_OFF = "called-off"  # was issued; what had not aired yet was taken back
    DISMISSED = "dismissed"  # never issued, and never to be


ALLOWED: Mapping[UrgentState, frozenset[UrgentState]] = {
    UrgentState.DRAFT: frozenset({UrgentState.ISSUED, UrgentState.DISMISSED}),
    UrgentState.ISSUED: frozenset({UrgentState.CALLED_OFF}),
    UrgentState.CALLED_OFF: frozenset(),
    UrgentState.DISMISSED: frozenset(),
}


class UrgentBulletin(SQLModel, table=True):
    """A bulletin over everything (khẩn cấp).

    Its sound is the asset `urgent/<id>@<revision>`, which nothing else may place: it never passes through the
    ordinary way of scripts.
    """

    id: int | None = Field(default=None, primary_key=True)
    title: str
    text: str
    revision: int = 1
    """Counts the changes of title and text."""
    state: UrgentState = Field(default=UrgentState.DRAFT, index=True)
    stations: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    times: int = 1
    every_minutes: int = 15
    expires_at: datetime
    """Nothing of it begins at this moment or later."""
    made_by: str
    made_at: datetime
    issued_by: str | None = None
    issued_at: datetime | None = None
    reason: str = ""
    """Why it was issued, in the words of who did."""
    in_quiet_hours: bool = False
    """Whether who issued it let it sound in quiet hours."""
    ended_by: str | None = None
    ended_at: datetime | None = None
    end_reason: str = ""
    preemptions: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """What it changed in the schedule, one row a station (`scheduler.preempting.Preemption`)."""
    cap_key: str | None = Field(default=None, unique=True)
    """Sender, identifier and sent of the CAP alert it was made from."""
    cap_sender: str = ""
    cap_status: str = ""
    cap_message: str = ""
    cap_scope: str = ""
    cap_language: str = ""
    cap_references: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Keys of the alerts that it updates."""
    cap_areas: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Names of places for which no station was found."""
    cap_sha256: str = ""
    """The file as it came, in the store."""
    end_asked: bool = False
    """Its source has cancelled or replaced it while it airs; a person has to call it off."""

    @property
    def asset_key(self) -> str:
        return f"urgent/{self.id}@{self.revision}"

    @property
    def is_vietnamese(self) -> bool:
        return not self.cap_language or self.cap_language.lower().split("-")[0] == "vi"

    @property
    def is_speakable(self) -> bool:
        """Whether it may be voiced as it is."""
        return self.is_vietnamese and 0 < len(self.text) <= MAX_TEXT

    @property
    def is_real(self) -> bool:
        """Whether it may be issued: tests, exercises and what is not for the public never are."""
        return not self.cap_key or (self.cap_status == "Actual" and self.cap_scope == "Public")

    def is_over(self, now: datetime) -> bool:
        return now >= self.expires_at
