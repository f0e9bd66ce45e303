"""The rows of what is done for the plan beside broadcasting."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel


class ActivityKind(StrEnum):
    DIALOGUE = "dialogue"  # đối thoại chính sách
    TALK = "talk"  # nói chuyện chuyên đề
    MEETING = "meeting"  # sinh hoạt, họp thôn theo chủ đề
    MOBILE = "mobile"  # thông tin, tuyên truyền lưu động
    CONTEST = "contest"  # hội thi
    EMULATION = "emulation"  # thi đua, khen thưởng
    LEAFLETS = "leaflets"  # phát tờ rơi, sổ tay
    POST = "post"  # đăng trang thông tin điện tử
    OTHER = "other"


class ActivityState(StrEnum):
    PLANNED = "planned"  # it has a date; nobody has said yet that it was held
    HELD = "held"
    CANCELLED = "cancelled"


class Activity(SQLModel, table=True):
    """One activity of a unit, as a person recorded it; deleted ones are kept."""

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    kind: ActivityKind
    title: str
    held_on: date = Field(index=True)
    place: str = ""
    unit_id: int = Field(foreign_key="unit.id", index=True)
    theme: str | None = None
    audience: str | None = None
    form: str | None = None
    language: str = "vi"
    state: ActivityState = ActivityState.HELD
    sessions: int = 1
    """How many sessions, contests, commendations or posts this is."""
    people: int | None = None
    """Counted as present; None is not known, which is not nothing."""
    copies: int | None = None
    households: int | None = None
    """Households reached."""
    link: str = ""
    """Where a post can be read."""
    note: str = ""
    search_text: str = ""
    recorded_by: str
    recorded_at: datetime
    changed_at: datetime
    deleted_at: datetime | None = Field(default=None, index=True)
    is_sample: bool = False


class Attachment(SQLModel, table=True):
    """A photo or the minutes of an activity; its bytes are in the store."""

    id: int | None = Field(default=None, primary_key=True)
    activity_id: int = Field(foreign_key="activity.id", index=True)
    sha256: str = Field(index=True)
    name: str
    media_type: str
    size_bytes: int
    added_by: str
    added_at: datetime
    deleted_at: datetime | None = None
