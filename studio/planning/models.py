"""The rows of the communication plan: what others refer to by code, and what must be covered."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel


class UnitKind(StrEnum):
    DISTRICT = "district"  # huyện, hoặc cấp quản lý kế hoạch
    COMMUNE = "commune"  # xã, phường, thị trấn
    OFFICE = "office"  # phòng, ban, trung tâm
    ORGANISATION = "organisation"  # Mặt trận, đoàn thể
    OTHER = "other"


class Unit(SQLModel, table=True):
    """An organisation in its time: a new name or level is a new unit that this one names as successor."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: UnitKind
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    """The unit above: a target for it counts those below too."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which it exists."""
    successor_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    """Who takes over the day after `valid_until`; several units may name the same one (a merger)."""
    households: int | None = None
    """How many poor and near-poor households live there: of them a share is reached."""
    is_sample: bool = False


class StationUnit(SQLModel, table=True):
    """To which unit a station belongs from a day on, until another row of the station begins."""

    __table_args__ = (UniqueConstraint("station_id", "valid_from"),)

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    valid_from: date


class Plan(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    parent_id: int | None = Field(default=None, foreign_key="plan.id", index=True)
    """The plan that this one carries out: its results count there too."""
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    """Whose plan it is; its targets without a place count what happens there."""
    title: str
    number: str | None = None
    issuer: str | None = None
    year: int
    signed_on: date | None = None
    programme: str | None = None
    """The national target programme (chương trình), its project (dự án) and sub-project (tiểu dự án)."""
    project: str | None = None
    sub_project: str | None = None
    funding_line: str | None = None
    """The line of the budget that pays for it."""
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
    counts_as: str | None = None
    """The theme of the parent plan that it is; None is the one of the same code."""
    position: int
    closed_on: date | None = None
    """The day on which the plan dropped it; it stays because something refers to it."""


class Audience(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    code: str
    title: str
    position: int
    closed_on: date | None = None
    """The day on which the plan dropped it; it stays because something refers to it."""


class Form(SQLModel, table=True):
    """A form of communication (hình thức), or with a parent one of its products (`2.radio`)."""

    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    code: str
    title: str
    parent_code: str | None = None
    position: int
    closed_on: date | None = None
    """The day on which the plan dropped it; it stays because something refers to it."""


class Measure(StrEnum):
    """What is counted. `airings` and `minutes` are also goals of the scheduler."""

    PROGRAMMES = "programmes"  # sessions on air in which a whole piece of it sounded
    ITEMS = "items"  # different pieces that aired whole, and posts
    AIRINGS = "airings"
    MINUTES = "minutes"
    SESSIONS = "sessions"  # activities held
    COPIES = "copies"
    PEOPLE = "people"
    HOUSEHOLDS = "households"  # per cent of the households of the units


class Every(StrEnum):
    """How often a target asks for its quantity anew."""

    ONCE = "once"  # over its whole period
    MONTH = "month"  # in each calendar month of its period
    QUARTER = "quarter"
    YEAR = "year"


class Target(SQLModel, table=True):
    """What must be reached: so many of what is counted, of a theme, somewhere, in a period or in each."""

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    theme: str | None = None
    """A theme code counts its topics too; None counts everything."""
    audience: str | None = None
    form: str | None = None
    language: str | None = None
    station: str | None = None
    """Station code; None counts all stations together."""
    unit: str | None = None
    """Unit code: counts it, those below it and those that it succeeded."""
    first_date: date
    last_date: date
    measure: Measure
    quantity: int
    """The least that is wanted, in the measure's own unit."""
    maximum: int | None = None
    """The most that is wanted; None is no limit."""
    weight: int = 1
    every: Every = Every.ONCE
    applies_from: date | None = None
    applies_until: date | None = None
    """The days on which the amendments let it stand; None is no bound."""
    amendment_id: int | None = Field(default=None, foreign_key="amendment.id", index=True)
    """The amendment that set it; None is the plan itself."""
    source: str = ""
    """The words of the plan that it comes from."""


class Amendment(SQLModel, table=True):
    """A later decision that changes the plan from a day on."""

    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    number: str
    signed_on: date
    valid_from: date
    changes: str
    """What it changes, in words."""
    changed: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """`{before, after}` of every target that it touched; None where there was none."""
    recorded_at: datetime
    recorded_by: str


class TaskState(StrEnum):
    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    CANCELLED = "cancelled"


class Task(SQLModel, table=True):
    """What a unit has to do under the plan, until when."""

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    unit: str
    """Unit code."""
    title: str
    due_on: date | None = None
    state: TaskState = TaskState.OPEN
    done_on: date | None = None
    note: str = ""

    def is_overdue(self, today: date) -> bool:
        """Whether it should be done and is not."""
        return self.state in (TaskState.OPEN, TaskState.DOING) and (self.due_on or date.max) < today
