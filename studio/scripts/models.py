"""The rows of scripts: every save is a revision, every decision is kept."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from assets.models import AiringRules, Priority


class ScriptState(StrEnum):
    DRAFT = "draft"  # đang soạn
    SUBMITTED = "submitted"  # chờ duyệt
    APPROVED = "approved"  # đã duyệt
    REJECTED = "rejected"  # trả lại


class Script(AiringRules, table=True):
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    title: str
    state: ScriptState = ScriptState.DRAFT
    theme: str | None = None
    audience: str | None = None
    form: str | None = None
    organisation: str | None = None
    """Whose own readings count in it."""
    language: str = "vi"
    priority: Priority = Priority.NORMAL
    author_id: int = Field(foreign_key="person.id")
    latest_revision: int
    approved_revision: int | None = None
    due_on: date | None = None
    """The local day by which it is to be approved."""
    is_sample: bool = False
    created_at: datetime
    updated_at: datetime


class Revision(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("script_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    script_id: int = Field(foreign_key="script.id", index=True)
    number: int
    text: str
    made_by: int = Field(foreign_key="person.id")
    made_at: datetime
    corrections: list[dict[str, object]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True))
    )
    """Those it was approved with: it is read with them for good. None: with the present ones."""


class Decision(SQLModel, table=True):
    """Submitted, approved or returned: who, when, on which revision, with what comment."""

    id: int | None = Field(default=None, primary_key=True)
    script_id: int = Field(foreign_key="script.id", index=True)
    revision: int
    state: ScriptState
    by: int = Field(foreign_key="person.id")
    at: datetime
    comment: str = ""
