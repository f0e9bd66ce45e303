"""The row of a plan's import: what was read, what a person corrected, and what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class ImportState(StrEnum):
    OPEN = "open"  # đang soát
    CONFIRMED = "confirmed"  # đã xác nhận
    DISCARDED = "discarded"  # đã bỏ


class PlanImport(SQLModel, table=True):
    """The reading and the corrections are kept apart: a later import of the plan can replay them."""

    id: int | None = Field(default=None, primary_key=True)
    state: ImportState = ImportState.OPEN
    file_name: str
    kind: str
    """text, docx or pdf, by its content."""
    source_sha256: str = Field(index=True)
    """The file itself, in the store."""
    document: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    """As it was read, before any correction."""
    corrections: list[dict[str, str]] = Field(sa_column=Column(JSON, nullable=False))
    inherited: int = 0
    """How many of them, the first, were made to an earlier import of the plan."""
    undone: list[dict[str, str]] = Field(sa_column=Column(JSON, nullable=False))
    """Corrections taken back, the last first; a new correction forgets them."""
    plan_code: str | None = None
    """The plan that it is a new version of; None makes a new plan."""
    started_at: datetime
    started_by: str
    closed_at: datetime | None = None
    closed_by: str | None = None
