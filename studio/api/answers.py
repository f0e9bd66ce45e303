"""What the API says: the shapes of its answers, apart from the rows they are read from."""

from datetime import date, datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from assets.models import AssetKind, Origin, Priority
from scheduler.models import AiringState, ItemRole, StationKind
from studio.jobs.models import JobState
from studio.people.models import Role
from studio.planning.coverage import CoverageStatus
from studio.planning.models import Measure
from studio.scripts.models import ScriptState

Item = TypeVar("Item")


class Answer(BaseModel):
    """Read from a row or value by attribute."""

    model_config = ConfigDict(from_attributes=True)


class ErrorBody(BaseModel):
    code: str = Field(description="The name of the fact, such as `ScriptMissing`; stable")
    message: str = Field(description="One sentence for a person, with the mend")
    data: dict[str, object]


class ErrorAnswer(BaseModel):
    error: ErrorBody


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    total: int
    limit: int
    offset: int


class TokenAnswer(BaseModel):
    token: str = Field(description="To be sent as `Authorization: Bearer …`; told only once")
    expires_at: datetime


class PersonAnswer(BaseModel):
    username: str
    full_name: str
    role: Role
    station: str | None = Field(description="The one station that an operator serves")
    actions: list[str] = Field(description="What the role may do, an operator on the own station only")


class _RulesAnswer(Answer):
    valid_from: date | None
    valid_until: date | None
    stations: list[str]
    separation_days: int
    max_airings: int | None


class ScriptAnswer(_RulesAnswer):
    code: str
    title: str
    state: ScriptState
    theme: str | None
    audience: str | None
    form: str | None
    language: str
    priority: Priority
    latest_revision: int
    approved_revision: int | None
    is_sample: bool
    created_at: datetime
    updated_at: datetime


class ScriptTextAnswer(ScriptAnswer):
    revision: int
    text: str


class ProblemAnswer(BaseModel):
    code: str
    message: str
    line: int
    column: int


class JobAnswer(Answer):
    id: int
    kind: str
    payload: dict[str, object]
    state: JobState
    progress: float = Field(description="0 to 1")
    message: str
    attempts: int
    error: str | None
    result: dict[str, object] | None
    created_at: datetime
    finished_at: datetime | None


class RenditionAnswer(Answer):
    preset: str
    sha256: str = Field(description="The file lies under `/f/<sha256>` and never changes")
    size_bytes: int
    media_type: str
    duration_ms: int
    integrated_lufs: float
    true_peak_dbtp: float
    loudness_range_lu: float
    channels: int


class AssetAnswer(_RulesAnswer):
    key: str
    kind: AssetKind
    title: str
    duration_ms: int
    theme: str | None
    audience: str | None
    form: str | None
    language: str
    priority: Priority
    origin: Origin
    approved_at: datetime | None
    retired_at: datetime | None
    is_sample: bool
    renditions: list[RenditionAnswer]


class StationAnswer(Answer):
    code: str
    name: str
    kind: StationKind
    preset: str
    timezone: str
    languages: list[str]
    valid_from: date | None
    valid_until: date | None
    is_sample: bool


class AiringAnswer(BaseModel):
    slot: str
    role: ItemRole
    asset: str
    title: str
    starts_at: datetime
    duration_ms: int
    state: AiringState
    reason: str
    state_reason: str
    sha256: str | None


class PlaylistAnswer(BaseModel):
    station: str
    day: date
    number: int
    content_sha256: str
    published_at: datetime


class ReceiptAnswer(BaseModel):
    station: str
    day: date
    number: int
    device: str
    received_at: datetime


class LogAnswer(BaseModel):
    name: str
    sentence: str = Field(description="What came of it, in one sentence")


class CoverageRowAnswer(Answer):
    theme: str | None
    audience: str | None
    form: str | None
    station: str | None
    title: str
    station_name: str
    first_date: date
    last_date: date
    measure: Measure
    wanted: int = Field(description="Airings, or milliseconds where minutes are measured; so all amounts")
    planned: int
    aired: int
    unconfirmed: int
    upcoming: int
    missing: int
    share: float
    status: CoverageStatus
    advice: str


class CoverageAnswer(BaseModel):
    plan: str
    first: date
    last: date
    met: int
    rows: list[CoverageRowAnswer]
