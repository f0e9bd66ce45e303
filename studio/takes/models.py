"""The rows of takes: what a person read for a script, and every adding and removing."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class Take(SQLModel, table=True):
    """One passage read by a person, bound to the words that were read."""

    id: int | None = Field(default=None, primary_key=True)
    script_id: int = Field(foreign_key="script.id", index=True)
    role: str
    words: str
    """The passage as it was written when it was read."""
    words_sha256: str
    number: int
    """Of the passage at that time; it may stand elsewhere now."""
    sha256: str
    """The file as it came, in the store."""
    name: str
    size_bytes: int
    container: str
    duration_ms: int
    integrated_lufs: float
    flaws: list[str] = Field(sa_column=Column(JSON, nullable=False))
    added_by: str
    added_at: datetime
    is_live: bool = True
    """One take is live for the same words of a role; earlier and removed ones are kept for taking back."""


class TakeChange(SQLModel, table=True):
    """One deed: a take came, another went, or both; append-only but for its being taken back."""

    id: int | None = Field(default=None, primary_key=True)
    script_id: int = Field(foreign_key="script.id", index=True)
    came: int | None = Field(default=None, foreign_key="take.id")
    went: int | None = Field(default=None, foreign_key="take.id")
    by: str
    at: datetime
    undone_at: datetime | None = None
