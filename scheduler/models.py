"""The rows of the schedule: stations, slots, what is planned and what really aired."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Column, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from assets.units import VIETNAM
from scheduler.reasons import Reason


class StationKind(StrEnum):
    COMMUNE = "commune"  # cụm loa xã
    DISTRICT = "district"  # đài huyện
    WEB = "web"  # trang thông tin điện tử


class Technology(StrEnum):
    """How the sound reaches the horns (hệ thống truyền thanh)."""

    FM = "fm"  # vô tuyến FM
    CABLE = "cable"  # hữu tuyến
    IP = "ip"  # ứng dụng công nghệ thông tin - viễn thông


class DayUse(StrEnum):
    """Which days a slot or a campaign takes of those that its rule gives."""

    ANY = "any"
    WORKDAYS = "workdays"  # not on public holidays
    HOLIDAYS = "holidays"  # on public holidays only


class AiringState(StrEnum):
    PLANNED = "planned"
    DOWNLOADED = "downloaded"
    AIRED = "aired"
    PARTIAL = "partial"
    MISSED = "missed"
    PREEMPTED = "pre-empted"
    UNCONFIRMED = "unconfirmed"


LOST = frozenset({AiringState.MISSED, AiringState.PREEMPTED, AiringState.PARTIAL})
"""States in which an airing does not count for its goals: they are short of it still."""


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
    timezone: str = VIETNAM.key
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
    area: str = ""
    """What it reaches, in words: `thôn 1–7, xã Ia Dom`."""
    technology: Technology | None = None


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
    relay_source: str = ""
    """Whose programme is relayed (tiếp âm); nothing of ours is placed there. Empty for a slot of our own."""
    frame: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """The parts of its programme in order (`scheduler.frames`); empty lets the placement order them."""
    use: DayUse = DayUse.ANY
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    replaces_id: int | None = Field(default=None, foreign_key="slot.id")
    """A slot of a campaign may stand in the place of a standing slot on the days on which it happens."""
    continues_id: int | None = Field(default=None, foreign_key="slot.id")
    """The slot that it was until a change for "this and all following"."""


class SlotException(SQLModel, table=True):
    """One occurrence that is cancelled, moved, or of another length."""

    __table_args__ = (UniqueConstraint("slot_id", "date"),)

    id: int | None = Field(default=None, primary_key=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    date: date
    """Local date of the occurrence that the rule gives."""
    moved_to: time | None = None
    minutes: int | None = None
    """Its length; without this and `moved_to` the occurrence is cancelled."""
    reason: str = ""


class Airing(SQLModel, table=True):
    """One planned playing of an asset on a station at a moment (lượt phát)."""

    __table_args__ = (
        Index("ix_airing_station_day", "station_id", "local_date"),
        Index("ix_airing_asset_day", "asset_id", "local_date"),
        # What waits or went wrong is few airings among millions; taking logs in leaves it.
        Index(
            "ix_airing_not_aired_day",
            "local_date",
            sqlite_where=text("state <> 'AIRED'"),
            postgresql_where=text("state <> 'AIRED'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id")
    slot_id: int = Field(foreign_key="slot.id", index=True)
    local_date: date = Field(index=True)
    """The broadcast day: the local day on which the slot starts."""
    position: int
    role: ItemRole
    asset_id: int = Field(foreign_key="asset.id")
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


class Relay(SQLModel, table=True):
    """One block of another's programme (tiếp âm) as it was published, and what became of it.

    What sounds in it is not ours and has no file: only its time is planned, and measured.
    """

    __table_args__ = (
        UniqueConstraint("station_id", "slot_id", "local_date"),
        Index("ix_relay_day", "local_date", "station_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    station_id: int = Field(foreign_key="station.id")
    slot_id: int = Field(foreign_key="slot.id", index=True)
    local_date: date
    """The broadcast day: the local day on which the slot starts."""
    source: str
    """Whose programme it is."""
    starts_at: datetime
    ends_at: datetime
    state: AiringState = AiringState.PLANNED
    state_code: str = ""
    state_data: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    aired_ms: int = 0
    """Measured inside the block; beyond its end nothing counts."""
    log_id: int | None = Field(default=None, foreign_key="asrunlog.id", index=True)
    """The log that told of it; None where a person did."""

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
    station_id: int | None = Field(default=None, foreign_key="station.id", index=True)
    """None while nobody has said whose log it is: it is kept, and nothing of it counts."""
    sha256: str = Field(unique=True)
    name: str
    received_at: datetime
    rows: int
    matched: int
    """Rows that told what became of an airing."""
    problems: list[dict[str, object]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """`{line, code, data}` of every line that could not be counted, and why; `closed` once it is settled."""
    held: int = Field(default=0, index=True)
    """Problems that still wait for a person."""


class AsRun(SQLModel, table=True):
    """What really aired: measured start and stop, never the plan."""

    __table_args__ = (
        UniqueConstraint("station_id", "started_at", "sha256"),
        # Nothing aired is counted twice, whoever writes: only rows that count name their airing.
        Index("uq_asrun_airing", "airing_id", unique=True),
        Index("ix_asrun_station_day", "station_id", "local_date"),
        # What went wrong is few rows among millions.
        Index(
            "ix_asrun_faulty_day",
            "local_date",
            sqlite_where=text("state <> 'AIRED'"),
            postgresql_where=text("state <> 'AIRED'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    log_id: int = Field(foreign_key="asrunlog.id", index=True)
    line: int
    station_id: int = Field(foreign_key="station.id")
    airing_id: int | None = Field(default=None, foreign_key="airing.id")
    """What a row that counts tells of."""
    asset_id: int | None = Field(default=None, foreign_key="asset.id")
    sha256: str
    """Content hash of the file that played, as the station's player read it."""
    title: str
    started_at: datetime
    stopped_at: datetime
    aired_ms: int
    """Measured, from start to stop."""
    local_date: date
    """The broadcast day that the log names."""
    state: AiringState
    """`aired` and `partial` count as airtime; `unconfirmed` is kept, but not counted."""
    reason_code: str = ""
    reason_data: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))

    @property
    def reason(self) -> str:
        """Why it is in its state, in the reader's language."""
        return Reason(self.reason_code, self.reason_data).wording


class _Amounts(SQLModel):
    """What a month holds of one kind of piece; labels that a piece lacks are empty.

    `planned` are all airings in the schedule, of which `confirmed` are measured by a log and `waiting` told
    of by none yet. `aired` counts whole ones, `partial` broken ones; `aired_ms` is the measure of both.
    """

    month: date = Field(primary_key=True)
    """Its first local day."""
    theme: str = Field(primary_key=True)
    audience: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    origin: str = Field(primary_key=True)
    planned: int = 0
    planned_ms: int = Field(default=0, sa_type=BigInteger)
    confirmed: int = 0
    confirmed_ms: int = Field(default=0, sa_type=BigInteger)
    waiting: int = 0
    waiting_ms: int = Field(default=0, sa_type=BigInteger)
    aired: int = 0
    partial: int = 0
    aired_ms: int = Field(default=0, sa_type=BigInteger)


class StationMonth(_Amounts, table=True):
    """The rollup of one station and local month: the sums of its airings and of its as-run rows."""

    # What a page asks of one station lies together, in the order of its months.
    __table_args__ = (
        PrimaryKeyConstraint("station_id", "month", "theme", "audience", "form", "language", "origin"),
        {"sqlite_with_rowid": False},
    )

    station_id: int = Field(primary_key=True, foreign_key="station.id")
    programmes: str = ""
    """The sessions in which a whole piece of it sounded, as hexadecimal bits: the same bit, the same session
    in all rows of the station and month."""
    programmes_planned: str = ""
    """Those in which one was planned."""


class DistrictMonth(_Amounts, table=True):
    """The rollup of all stations together."""


class StationCalendar(SQLModel, table=True):
    """The days of a month of one station, kept with the rollup."""

    station_id: int = Field(primary_key=True, foreign_key="station.id")
    month: date = Field(primary_key=True)
    days: list[list[int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Of each day from the first: airings planned, whole ones aired, milliseconds of content, of the rest."""
    themes: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Milliseconds of content by theme, for a map of all stations."""
    programmes: int = 0
    """Sessions in which a whole piece of content sounded, whatever its labels."""
    programmes_planned: int = 0
    """Those in which one was planned."""
