"""How the sound of a segment came about: what was read as what, and when each sentence is heard."""

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class SegmentReading(SQLModel, table=True):
    """Beside the asset of the same key; written when its sound is made."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    corrections: list[dict[str, object]] = Field(sa_column=Column(JSON, nullable=False))
    """Those it was made with."""
    sentences: list[dict[str, object]] = Field(sa_column=Column(JSON, nullable=False))
    """Its captions (`SentenceTimes`), in order."""
    voicing: dict[str, object] | None = Field(default=None, sa_column=Column(JSON))
    """The engine that speaks it, and why not another (`Voicing`); older segments have none."""
