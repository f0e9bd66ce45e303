"""The rows of re-planning: drafts and versions, what people decided by hand, what was handed over."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel


class ChangeState(StrEnum):
    DRAFT = "draft"
    APPLIED = "applied"
    DISCARDED = "discarded"
    UNDONE = "undone"


ALLOWED: dict[ChangeState, frozenset[ChangeState]] = {
    ChangeState.DRAFT: frozenset({ChangeState.APPLIED, ChangeState.DISCARDED}),
    ChangeState.APPLIED: frozenset({ChangeState.UNDONE}),
    ChangeState.DISCARDED: frozenset(),
    ChangeState.UNDONE: frozenset(),
}


class ScheduleChange(SQLModel, table=True):
    """A change of the schedule: proposed as a draft, then applied as a version, perhaps undone.

    A draft is data beside the schedule: no airing, so nothing of it can reach a playlist.
    """

    id: int | None = Field(default=None, primary_key=True)
    state: ChangeState = Field(index=True)
    made_at: datetime
    made_by: str
    cause: str = ""
    """Why, in the words of who made it."""
    first_date: date
    last_date: date
    stations: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    afresh: bool = False
    seed: int = 0
    base_sha256: str = ""
    """What it rests on (see `groundwork.Ground.seal`); when that is another, it does not fit any more."""
    before: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    after: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Only sessions that change: `{station, slot_id, day, airings}`; see `writing.describe_session`."""
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    goals: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """`{label, measure, wanted, before, after, missing, why}` of each goal of these days."""
    refusals: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    closed_at: datetime | None = None
    closed_by: str = ""
    """When and by whom it was applied or discarded."""
    undone_at: datetime | None = None
    undone_by: str = ""

    @property
    def has_details(self) -> bool:
        """Whether it is still kept what exactly it changed (see `retention`)."""
        return bool(self.before or self.after or not self.counts.get("sessions"))


class HandKind(StrEnum):
    PIN = "pin"  # ghim: tiết mục này ở đây, giữ
    BAN = "ban"  # cấm: tiết mục này không bao giờ ở đây


class HandRule(SQLModel, table=True):
    """What a person decided for a piece: keep it in one session, or never air it somewhere."""

    __table_args__ = (Index("ix_handrule_asset", "asset_id"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: HandKind
    asset_id: int = Field(foreign_key="asset.id")
    station_id: int | None = Field(default=None, foreign_key="station.id", index=True)
    """None: at every station (bans only)."""
    slot_id: int | None = Field(default=None, foreign_key="slot.id")
    """None: in every slot (bans only)."""
    first_date: date | None = None
    last_date: date | None = None
    """Local days, both included; None is open. A pin is for one day."""
    reason: str = ""
    made_by: str
    made_at: datetime
    removed_at: datetime | None = Field(default=None, index=True)
    removed_by: str = ""


class PublishedDay(SQLModel, table=True):
    """A station's day of which a playlist was handed over: nothing but an urgent bulletin changes it."""

    station_id: int = Field(primary_key=True, foreign_key="station.id")
    local_date: date = Field(primary_key=True)
    published_at: datetime
