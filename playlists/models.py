"""The rows of what was handed over: numbered, immutable playlists and their receipts."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel


class Playlist(SQLModel, table=True):
    """One published version of a station's day; it never changes, a new version gets the next number."""

    __table_args__ = (UniqueConstraint("station_id", "local_date", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    local_date: date = Field(index=True)
    number: int
    content: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    """The playlist document (see `playlists/formats/json.py`)."""
    content_sha256: str
    published_at: datetime


class CalendarFeed(SQLModel, table=True):
    """An address under which a calendar app reads a station's calendar; only its token's sha256 is kept."""

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    token_sha256: str = Field(unique=True)
    made_by: str
    made_at: datetime
    closed_at: datetime | None = None


class Receipt(SQLModel, table=True):
    """A station says which version it holds, whole and verified."""

    __table_args__ = (UniqueConstraint("playlist_id", "device"),)

    id: int | None = Field(default=None, primary_key=True)
    playlist_id: int = Field(foreign_key="playlist.id", index=True)
    device: str
    received_at: datetime
