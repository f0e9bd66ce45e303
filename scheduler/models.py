"""The rows of the schedule: stations, slots, what is planned and what really aired."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from scheduler.reasons import Reason


class StationKind(StrEnum):
    COMMUNE = "commune"  # cụm loa xã
    DISTRICT = "district"  # đài huyện
    WEB = "web"  # trang thông tin điện tử


class AiringState(StrEnum):
    PLANNED = "planned"
    DOWNLOADED = "downloaded"
    AIRED = "aired"
    PARTIAL = "partial"
    MISSED = "missed"
    PREEMPTED = "pre-empted"
    UNCONFIRMED = "unconfirmed"


class ItemRole(StrEnum):
    """What an airing is inside its programme."""

    SIGNATURE = "signature"
    SEGMENT = "segment"
    STING = "sting"
    CLOSING = "closing"


class Station(SQLModel, table=True):
    """A place that airs. Broadcast days and slots are in its local time."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: StationKind
    preset: str
    """The mastering preset whose renditions it plays: `loudspeaker`, `radio`, `web`."""
    timezone: str = "Asia/Ho_Chi_Minh"
    languages: list[str] = Field(default_factory=lambda: ["vi"], sa_column=Column(JSON, nullable=False))
    quiet_from: time | None = None
    quiet_until: time | None = None
    """Half open, local; may pass midnight. Nothing airs in it that is not urgent."""
    max_session_minutes: int | None = None
    max_sessions_per_day: int | None = None
    max_days_per_week: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which the station airs."""
    is_sample: bool = False


class Slot(SQLModel, table=True):
    """A recurring time on a station (khung giờ)."""

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    name: str
    starts: time
    """Local time of the station."""
    duration_minutes: int
    rrule: str = "FREQ=DAILY"
    """RFC 5545 recurrence in local time, without DTSTART: that is `valid_from` at `starts`."""
    valid_from: date
    valid_until: date | None = None
    signature_key: str | None = None
    closing_key: str | None = None
    """Asset keys of the tunes that open and close the programme."""


class SlotException(SQLModel, table=True):
    """One occurrence that is cancelled or moved."""

    __table_args__ = (UniqueConstraint("slot_id", "date"),)

    id: int | None = Field(default=None, primary_key=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    date: date
    """Local date of the occurrence that the rule gives."""
    moved_to: time | None = None
    """None cancels the occurrence."""
    reason: str = ""


class Airing(SQLModel, table=True):
    """One planned playing of an asset on a station at a moment (lượt phát)."""

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    local_date: date = Field(index=True)
    """The broadcast day: the local day on which the slot starts."""
    position: int
    role: ItemRole
    asset_id: int = Field(foreign_key="asset.id", index=True)
    starts_at: datetime
    ends_at: datetime
    state: AiringState = AiringState.PLANNED
    reason_code: str = ""
    reason_data: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Why it is there."""
    state_code: str = ""
    state_data: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Why it is in its state."""
    passed_over: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """`{key, code, data}` of the pieces that would have stood here before it, and what spoke against them."""

    @property
    def reason(self) -> str:
        """Why it is there, in the reader's language."""
        return Reason(self.reason_code, self.reason_data).wording

    @property
    def state_reason(self) -> str:
        """Why it is in its state, in the reader's language; empty while it is only planned."""
        return Reason(self.state_code, self.state_data).wording


class PlacementRun(SQLModel, table=True):
    """One filling of the schedule, with what it refused and why."""

    id: int | None = Field(default=None, primary_key=True)
    made_at: datetime
    first_date: date
    last_date: date
    stations: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    seed: int = 0
    refusals: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    goals: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class AsRunLog(SQLModel, table=True):
    """A log as a station sent it; its bytes are kept in the store for good."""

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id", index=True)
    sha256: str = Field(unique=True)
    name: str
    received_at: datetime
    rows: int
    matched: int
    """Rows that told what became of an airing."""
    problems: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """`{line, code, data}` of every line that could not be counted, and why."""


class AsRun(SQLModel, table=True):
    """What really aired: measured start and stop, never the plan."""

    __table_args__ = (UniqueConstraint("station_id", "started_at", "sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    log_id: int = Field(foreign_key="asrunlog.id", index=True)
    line: int
    station_id: int = Field(foreign_key="station.id", index=True)
    airing_id: int | None = Field(default=None, foreign_key="airing.id", index=True)
    asset_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    sha256: str
    """Content hash of the file that played, as the station's player read it."""
    title: str
    started_at: datetime
    stopped_at: datetime
    aired_ms: int
    """Measured, from start to stop."""
    local_date: date = Field(index=True)
    """The broadcast day that the log names."""
    state: AiringState
    """`aired` and `partial` count as airtime; `unconfirmed` is kept, but not counted."""
    reason_code: str = ""
    reason_data: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))

    @property
    def reason(self) -> str:
        """Why it is in its state, in the reader's language."""
        return Reason(self.reason_code, self.reason_data).wording
