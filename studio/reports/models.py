"""The rows of reports: periods by their cut-off dates, the words of their letters, their frozen figures."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class ReportKind(StrEnum):
    AIRTIME = "airtime"  # thời lượng phát sóng
    COVERAGE = "coverage"  # mức bao phủ kế hoạch
    PLAN = "plan"  # kế hoạch
    ACTIVITIES = "activities"  # hoạt động
    MONEY = "money"  # kinh phí


class ReportPeriod(SQLModel, table=True):
    """One report of one period: any two days, for a type of report; once closed, its figures stay."""

    __table_args__ = (UniqueConstraint("kind", "plan_id", "first_date", "last_date"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: ReportKind
    plan_id: int = Field(foreign_key="plan.id", index=True)
    name: str
    first_date: date
    last_date: date
    letter: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What a person wrote for the letter; what is not in it is drafted anew."""
    made_by: str
    made_at: datetime
    closed_by: str | None = None
    closed_at: datetime | None = None
    figures: str | None = Field(default=None, sa_column=Column(Text))
    """The figures of a closed period, as they were written down."""
    sha256: str = ""
    """Of `figures`: whoever changes them is found out."""
    is_sample: bool = False
