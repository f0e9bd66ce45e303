"""The rows of the catalogue: what is kept, and the files it is kept as."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Column
from sqlmodel import Field, Relationship, SQLModel


class AssetKind(StrEnum):
    SEGMENT = "segment"  # made from a script
    RECORDING = "recording"  # a human voice, an interview, a minority-language take
    SIGNATURE = "signature"  # nhạc hiệu: opens and closes
    STING = "sting"  # nhạc cắt
    BED = "bed"  # nhạc nền


class Priority(StrEnum):
    """Circular 39/2020/TT-BTTTT: the three priorities of grassroots information."""

    NORMAL = "normal"  # thông thường
    PRIORITY = "priority"  # ưu tiên
    URGENT = "urgent"  # khẩn cấp


class Origin(StrEnum):
    OWN = "own"  # tự sản xuất
    SUPPLIED = "supplied"  # cấp trên cung cấp
    RELAYED = "relayed"  # tiếp âm


class AiringRules(SQLModel):
    """When, where and how often a piece may air."""

    valid_from: date | None = None
    valid_until: date | None = None
    """The last local day."""
    stations: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    """Codes of those that may air it; none named is every station."""
    separation_days: int = 1
    """The least number of days between two airings on one station; 1 is "not twice in a day"."""
    max_airings: int | None = None
    """How often one station airs it in all."""


class Asset(AiringRules, table=True):
    """One finished piece, with the labels by which it is scheduled and counted.

    `key` names it for good: `script/<code>@<revision>` for a segment, `sound/<name>` for a bundled sound.
    Only an asset with `approved_at` and without `retired_at` may be placed.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: AssetKind = Field(index=True)
    title: str
    duration_ms: int
    theme: str | None = Field(default=None, index=True)
    audience: str | None = None
    form: str | None = None
    language: str = "vi"
    priority: Priority = Priority.NORMAL
    origin: Origin = Origin.OWN
    approved_at: datetime | None = None
    retired_at: datetime | None = None
    made_from: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Keys and hashes of what it was made from."""
    summary: str = ""
    is_sample: bool = False
    search_text: str = ""
    """Key, title and summary folded for searching; the catalogue keeps it."""
    created_at: datetime
    renditions: list["Rendition"] = Relationship(
        back_populates="asset",
        sa_relationship_kwargs={
            "lazy": "selectin",
            "order_by": "Rendition.preset",
            "cascade": "all, delete-orphan",
        },
    )


class Rendition(SQLModel, table=True):
    """An asset as one delivered file, mastered for one preset and measured after decoding."""

    id: int | None = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id", index=True)
    preset: str
    recipe: str = Field(index=True)
    """sha256 of all that determines the bytes: making it twice costs nothing."""
    sha256: str = Field(index=True)
    size_bytes: int
    media_type: str = "audio/mpeg"
    duration_ms: int
    integrated_lufs: float
    true_peak_dbtp: float
    loudness_range_lu: float
    channels: int
    asset: Asset = Relationship(back_populates="renditions")
