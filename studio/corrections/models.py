"""The rows of corrections: what is read as what, where, and every state it was in."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from studio.corrections.scope import Scope


class Correction(SQLModel, table=True):
    """Words of one scope; the latest version says what they are read as."""

    __table_args__ = (UniqueConstraint("scope", "target", "words", "place"),)

    id: int | None = Field(default=None, primary_key=True)
    scope: Scope
    target: str = ""
    """Code of the script or organisation, name of the voice; empty for always."""
    words: str
    place: str = ""
    """The one place in the script where it holds (`Place.pack`); empty for all."""
    reading: str | None = None
    """None: withdrawn, the words are read as without it."""
    version: int
    changed_by: str
    changed_at: datetime


class CorrectionVersion(SQLModel, table=True):
    """One state of a correction; append-only."""

    __table_args__ = (UniqueConstraint("correction_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    correction_id: int = Field(foreign_key="correction.id", index=True)
    number: int
    before: str | None
    after: str | None
    """None: not in force."""
    by: str
    """User name, or "system"."""
    at: datetime
    undoes: int | None = None
    """The number of the version that this one takes back."""
