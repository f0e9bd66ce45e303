"""The rows of money: decisions, their lines, what is spent, the entries that add up to it, and royalties.

All amounts are whole đồng.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel


class Stage(StrEnum):
    ESTIMATE = "estimate"  # dự toán
    COMMITMENT = "commitment"  # cam kết chi
    SETTLEMENT = "settlement"  # quyết toán


class FundingDecision(SQLModel, table=True):
    """A decision that gives money to a plan, such as 440/QĐ-UBND."""

    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    number: str
    signed_on: date
    title: str = ""
    is_sample: bool = False


class FundingLine(SQLModel, table=True):
    """A line of a decision: so much for this, and no more without a reason."""

    __table_args__ = (UniqueConstraint("decision_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="fundingdecision.id", index=True)
    code: str
    title: str
    amount: int = Field(sa_type=BigInteger)


class Expense(SQLModel, table=True):
    """What money of a line is for: an activity, a product, or something else."""

    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="fundingline.id", index=True)
    title: str
    activity_id: int | None = Field(default=None, foreign_key="activity.id", index=True)
    asset_key: str | None = None
    """The product, by the key of its piece."""
    added_by: str
    added_at: datetime


class MoneyEntry(SQLModel, table=True):
    """One entry of an expense; entries are never changed, a mistake is taken back by another entry."""

    id: int | None = Field(default=None, primary_key=True)
    expense_id: int = Field(foreign_key="expense.id", index=True)
    stage: Stage
    day: date = Field(index=True)
    amount: int = Field(sa_type=BigInteger)
    """Below nought takes back."""
    note: str = ""
    over_reason: str = ""
    """Why the line was exceeded by it; empty where it was not."""
    entered_by: str
    entered_at: datetime


class RoyaltyUnit(StrEnum):
    PAGE = "page"  # trang 350 từ
    PIECE = "piece"  # tin, bài
    SESSION = "session"  # buổi đọc của phát thanh viên


class RoyaltyRule(SQLModel, table=True):
    """What a centre pays for a kind of work; the province sets it, the centre writes it down."""

    id: int | None = Field(default=None, primary_key=True)
    genre: str
    """Tin, phóng sự, đọc, dịch ..."""
    language: str = ""
    """A code such as `jra`; empty holds for all that no other rule names."""
    unit: RoyaltyUnit
    amount: int = Field(sa_type=BigInteger)
    """For one unit."""
    cap_per_day: int | None = Field(default=None, sa_type=BigInteger)
    """The most that a person gets by it on a day."""
    valid_from: date
    valid_until: date | None = None


class Royalty(SQLModel, table=True):
    """What a person gets for a piece of work, as the rule of its day says."""

    id: int | None = Field(default=None, primary_key=True)
    rule_id: int = Field(foreign_key="royaltyrule.id", index=True)
    person: str = Field(index=True)
    day: date = Field(index=True)
    title: str
    asset_key: str | None = None
    words: int = 0
    count: int = 1
    """Pieces or sessions."""
    full_amount: int = Field(sa_type=BigInteger)
    amount: int = Field(sa_type=BigInteger)
    """After the cap of the day."""
    added_by: str
    added_at: datetime
    deleted_at: datetime | None = None
