"""The rows of recordings: what a centre has on tape, and each change to it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel


class RecordingKind(StrEnum):
    INTERVIEW = "interview"  # phỏng vấn
    SPEECH = "speech"  # lời đọc, tiếng dân tộc
    MUSIC = "music"  # nhạc, dân ca
    OTHER = "other"  # tiếng động, khác


class Recording(SQLModel, table=True):
    """One file as it came, and what was heard in it. Its edits stand beside it, the file is never changed."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    """As scripts call for it: `[ghi âm: NAME]`."""
    kind: RecordingKind = Field(index=True)
    title: str
    language: str = "vi"
    speaker: str = ""
    place: str = ""
    recorded_on: date | None = None
    note: str = ""
    tags: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    """Those in the file: title, artist, album, date …"""
    file_name: str
    sha256: str = Field(index=True)
    size_bytes: int
    container: str
    codec: str
    rate_hz: int
    channels: int
    duration_ms: int
    integrated_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    cue_in_ms: int
    cue_out_ms: int
    flaws: list[str] = Field(sa_column=Column(JSON, nullable=False))
    outline_sha256: str
    """In the store: lowest and highest sample of every 10 ms (`Listening.outline`)."""
    fingerprint_sha256: str
    """In the store: four bytes a step (`assets.fingerprint`)."""
    search_text: str
    version: int = 1
    added_by: str
    added_at: datetime
    removed_at: datetime | None = None
    is_sample: bool = False


class RecordingChange(SQLModel, table=True):
    """One deed on a recording; taken back, it is marked, and goes when another takes its place."""

    __table_args__ = (UniqueConstraint("recording_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    recording_id: int = Field(foreign_key="recording.id", index=True)
    number: int
    deed: str
    """`keep`, `cut`, `fade`, `gain`, `join`; `describe`, `remove`."""
    data: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    by: str
    at: datetime
    undone_at: datetime | None = None
