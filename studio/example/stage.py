"""What every step of the demo works with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assets.store import Store
from studio.database import Database
from studio.example.district import District
from studio.settings import Settings

Progress = Callable[[float, str], None]

SAMPLE_PASSWORD = "loa-minh-hoa"  # noqa: S105  opens nothing but sample accounts, and is printed


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the closing table."""

    what: str
    figures: str
    where: str


@dataclass(frozen=True, slots=True)
class Stage:
    district: District
    settings: Settings
    database: Database
    store: Store

    @property
    def folder(self) -> Path:
        """Where the demo lays out for a person what the store keeps by hash."""
        return self.settings.home / "demo"


Step = Callable[[Stage, Progress], list[Row]]
