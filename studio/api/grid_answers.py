"""What the API takes and says of the grid: slots, their single days, campaigns, holidays."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, Field

from scheduler.grid import CampaignMode
from scheduler.models import DayUse
from scheduler.slots import YEARS
from studio.api.answers import ErrorAnswer

OVERLAP = (
    "`SlotsOverlap`: `data` names both slots, the `day` of the occurrence that is not free and the moment "
    "`shared_from` from which they share time; say it again with `override` to let it go over the other. "
    "`DayPublished`, `DayOver`, `SlotTaken` and the like: it contradicts what is there in another way"
)
CLASHES: dict[int | str, dict[str, Any]] = {409: {"model": ErrorAnswer, "description": OVERLAP}}

MOST = 2**31 - 1
Number = Annotated[int, Path(ge=1, le=MOST)]
Id = Annotated[int, Field(ge=1, le=MOST)]
Day = Annotated[date, Field(ge=date(YEARS[0], 1, 1), le=date(YEARS[1], 12, 31))]
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Parts = Annotated[
    str,
    Field(
        max_length=600,
        pattern=r"^[^\x00-\x1f]*$",
        description="The parts of its programme in order: `greeting:sound/chao, priority, form:2.news, "
        "language:jra=10, rest`; a number is the least minutes; empty: no frame",
    ),
]
Clock = Annotated[str, Field(pattern=r"^\d\d:\d\d(:\d\d)?$", description="Local to the station: `05:30`")]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
Reason = Annotated[
    Words, Field(description="Lets it go over other slots, by the name of who asks; never into quiet hours")
]


class NewSlot(BaseModel):
    name: Words
    starts: Clock
    minutes: Minutes
    rrule: Annotated[Words, Field(description="RFC 5545, in whole days of local time")] = "FREQ=DAILY"
    first: Day
    last: Day | None = None
    use: Annotated[DayUse, Field(description="Whether public holidays matter to it")] = DayUse.ANY
    relay: Annotated[Words, Field(description="Whose programme is relayed; empty: our own")] = ""
    signature: Words | None = None
    closing: Words | None = None
    frame: Parts = ""
    campaign: Annotated[Id | None, Field(description="The campaign on whose days it happens")] = None
    replaces: Annotated[Id | None, Field(description="The standing slot in whose place it stands")] = None
    override: Reason = ""


class SlotChange(BaseModel):
    """Of a day and all following; what is left out stays as it is."""

    day: Annotated[Day, Field(description="From this day on, or the first after it that is not published")]
    name: Words | None = None
    starts: Clock | None = None
    minutes: Minutes | None = None
    rrule: Words | None = None
    last: Day | None = None
    use: DayUse | None = None
    relay: Words | None = None
    signature: Words | None = None
    closing: Words | None = None
    frame: Parts | None = None
    override: Reason = ""


class DayChange(BaseModel):
    """Of one day only: at another hour, of another length, or neither: cancelled."""

    starts: Clock | None = None
    minutes: Minutes | None = None
    reason: Words = ""
    override: Reason = ""


class SlotEnd(BaseModel):
    day: Annotated[
        Day, Field(description="Its first day without, or the first after it that is not published")
    ]


class NewCampaign(BaseModel):
    """Days on which slots of its own lie over the grid."""

    name: Words
    first: Day
    last: Day
    stations: Annotated[list[Words], Field(max_length=2000)]
    mode: CampaignMode = CampaignMode.ADDS
    use: DayUse = DayUse.ANY


class HolidayName(BaseModel):
    name: Annotated[Words, Field(description="Under which it is off; empty: it is worked")] = ""


class SlotAnswer(BaseModel):
    number: int
    name: str
    starts: str
    minutes: int
    rrule: str
    first: date
    last: date | None
    use: DayUse
    relay: str
    signature: str | None
    closing: str | None
    frame: str
    campaign: int | None
    replaces: int | None
    continues: int | None = Field(description="The slot that it was until a change for all following days")


class DayAnswer(BaseModel):
    day: date
    cancelled: bool
    starts: str | None
    minutes: int | None
    reason: str


class OverrideAnswer(BaseModel):
    over: int
    reason: str
    by: str
    at: datetime


class WholeSlotAnswer(SlotAnswer):
    days: list[DayAnswer]
    overrides: list[OverrideAnswer]


class ChangedAnswer(BaseModel):
    slot: SlotAnswer
    since: date


class EndedAnswer(BaseModel):
    since: date


class CampaignAnswer(BaseModel):
    number: int
    name: str
    first: date
    last: date
    mode: CampaignMode
    use: DayUse
    stations: list[str]


class HolidayAnswer(BaseModel):
    day: date
    name: str


class DeedAnswer(BaseModel):
    number: int
    at: datetime
    by: str
    sentence: str
    undoable: bool
