"""The rows of people and of what they did."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class Role(StrEnum):
    PRODUCER = "producer"  # biên tập viên
    APPROVER = "approver"  # lãnh đạo trung tâm
    OPERATOR = "operator"  # trực đài xã
    MANAGER = "manager"  # Phòng LĐ-TB&XH, UBND
    ADMINISTRATOR = "administrator"  # quản trị


class User(SQLModel, table=True):
    __tablename__ = "person"  # "user" is a reserved word in PostgreSQL

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(unique=True)
    full_name: str
    role: Role
    station_id: int | None = Field(default=None, foreign_key="station.id")
    """The one station an operator serves; None for the others."""
    password_hash: str
    active: bool = True
    is_sample: bool = False
    created_at: datetime


class Access(SQLModel, table=True):
    """A sign-in in a browser or a station's device token; only the token's sha256 is kept."""

    id: int | None = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True)
    user_id: int = Field(foreign_key="person.id", index=True)
    purpose: str  # "web" or "device"
    created_at: datetime
    expires_at: datetime


class AuditEntry(SQLModel, table=True):
    """Who did what, when; append-only."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    by: str
    """User name, or "system"."""
    action: str
    subject: str
    before: dict[str, object] | None = Field(default=None, sa_column=Column(JSON))
    after: dict[str, object] | None = Field(default=None, sa_column=Column(JSON))
