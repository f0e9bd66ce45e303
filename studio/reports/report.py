"""A report as plain values: what every writer gets, whatever it writes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from assets.messages import say
from studio.planning.coverage import CoverageRow
from studio.reports.letter import Letter
from studio.reports.models import ReportKind

Cell = str | int | float | date | datetime | tuple[int, ...] | None
CellKind = Literal["text", "count", "amount", "duration", "share", "money", "day", "moment", "ids"]
"""`count` is whole, `amount` airings or minutes, `duration` milliseconds, `share` a part of 1, `money`
whole đồng, `moment` aware UTC, `ids` the ids of the rows behind the figures."""


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    kind: CellKind = "text"

    @property
    def title(self) -> str:
        return say(f"reports.column.{self.key}")


@dataclass(frozen=True, slots=True)
class Table:
    """Typed rows under titled columns. `depths` indents what is part of a row above it."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] | None = None
    depths: tuple[int, ...] = ()
    left_out: int = 0
    """How many more rows there are than are listed."""

    @property
    def title(self) -> str:
        return say(f"reports.table.{self.key}")

    def depth(self, number: int) -> int:
        return self.depths[number] if self.depths else 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: a label, the figure in words, what it is measured against, and whether it is well."""

    label: str
    text: str
    note: str
    tone: Literal["plain", "good", "poor"] = "plain"
    share: float | None = None


@dataclass(frozen=True, slots=True)
class HeatCell:
    text: str
    note: str
    level: int | None
    """0 (nothing) to 4 (met); None where the plan asks for nothing."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[HeatCell, ...]], ...]
    """(code, short title, a cell per column)."""


@dataclass(frozen=True, slots=True)
class Series:
    """Milliseconds per bar of one station."""

    name: str
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars, one per day or month, held against what was planned and what targets ask."""

    bars: tuple[str, ...]
    series: tuple[Series, ...]
    planned: tuple[int, ...]
    wanted: tuple[int, ...] = ()
    """What the targets for minutes ask of each bar; empty where none does."""

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(series.amounts[at] for series in self.series) for at in range(len(self.bars)))

    @property
    def widest(self) -> int:
        return max((*self.totals, *self.planned, *self.wanted, 1))


@dataclass(frozen=True, slots=True)
class CalendarDay:
    day: date
    planned: int
    aired: int
    aired_ms: int
    level: int | None
    """0 (nothing aired) to 4 (all that was planned); None where nothing was planned."""


@dataclass(frozen=True, slots=True)
class Calendar:
    months: tuple[tuple[str, tuple[CalendarDay, ...]], ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed period: its figures do not change any more."""

    at: datetime
    by: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    kind: ReportKind
    plan_title: str
    issuer: str | None
    first: date
    last: date
    made_at: datetime
    is_sample: bool
    verdict: str
    figures: tuple[Figure, ...]
    short: tuple[CoverageRow, ...]
    heat: HeatMap | None
    chart: Chart | None
    calendar: Calendar | None
    tables: tuple[Table, ...]
    """Those that are read, in the order of reading."""
    main_key: str
    """The one that a CSV file holds: every figure once, with its rows."""
    records: tuple[Table, ...]
    """Those that figures are traced with: long, for data formats only."""
    method: tuple[str, ...]
    results: tuple[str, ...]
    """Paragraphs of the letter that state what was reached, from the figures."""
    difficulties: tuple[str, ...]
    proposals: tuple[str, ...]
    """Drafts of these parts, from where the figures are short and what would close it."""
    letter: Letter
    closing: Closing | None = None

    @property
    def title(self) -> str:
        return say(f"reports.title.{self.kind}")

    @property
    def main(self) -> Table:
        return next(table for table in self.tables if table.key == self.main_key)
