"""The rows beside stations and slots: clusters of horns, campaigns over the grid, who overrode what."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from scheduler.models import DayUse, Technology


class CampaignMode(StrEnum):
    """What a campaign does to the grid below it."""

    ADDS = "adds"  # its slots come beside the standing ones, or in the place of those that they name
    REPLACES = "replaces"  # the standing slots are silent


class Cluster(SQLModel, table=True):
    """Some horns that sound together (cụm loa); a station has many."""

    __table_args__ = (UniqueConstraint("station_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    code: str
    name: str
    place: str = ""
    horns: int = 1
    technology: Technology | None = None
    """None: that of its station."""
    device: str = ""
    """What the maker calls the receiver."""
    valid_from: date | None = None
    valid_until: date | None = None


class Campaign(SQLModel, table=True):
    """Days on which a grid of its own lies over the standing one: a month of action, the days of Tet.

    Of campaigns that meet on a day the shorter lies above the longer, of equally long ones the later made.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    first_date: date
    last_date: date
    mode: CampaignMode = CampaignMode.ADDS
    use: DayUse = DayUse.ANY
    made_by: str
    made_at: datetime


class CampaignStation(SQLModel, table=True):
    """A station that takes part in a campaign."""

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    station_id: int = Field(foreign_key="station.id", primary_key=True)


class HolidayChange(SQLModel, table=True):
    """A day that the Government moved: off with a name, worked without one."""

    day: date = Field(primary_key=True)
    name: str = ""
    changed_by: str
    changed_at: datetime


class SlotOverride(SQLModel, table=True):
    """A person's word that a slot goes over another where the two share time."""

    __table_args__ = (UniqueConstraint("slot_id", "over_id"),)

    id: int | None = Field(default=None, primary_key=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    over_id: int = Field(foreign_key="slot.id")
    reason: str
    by: str
    at: datetime
