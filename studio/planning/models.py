"""The rows of the communication plan: what others refer to by code, and what must be covered."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel


class Plan(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    title: str
    number: str | None = None
    issuer: str | None = None
    year: int
    signed_on: date | None = None
    source_sha256: str
    document: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    """The whole structure as imported, with what could not be placed."""
    is_sample: bool = False
    imported_at: datetime


class Theme(SQLModel, table=True):
    """A theme (`3`) or, with a parent, one of its topics (`3.employment`)."""

    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    code: str
    title: str
    parent_code: str | None = None
    position: int


class Audience(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    code: str
    title: str
    position: int


class Form(SQLModel, table=True):
    """A form of communication (hình thức), or with a parent one of its products (`2.radio`)."""

    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    code: str
    title: str
    parent_code: str | None = None
    position: int


class Measure(StrEnum):
    AIRINGS = "airings"
    MINUTES = "minutes"


class Target(SQLModel, table=True):
    """What must be reached: so many airings or minutes of a theme on a station in a month."""

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    theme: str | None = None
    """A theme code counts its topics too; None counts everything."""
    audience: str | None = None
    form: str | None = None
    station: str | None = None
    """Station code; None counts all stations together."""
    first_date: date
    last_date: date
    measure: Measure
    quantity: int
    weight: int = 1
