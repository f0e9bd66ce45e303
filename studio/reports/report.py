"""A report as plain values: what every writer gets, whatever it writes."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from assets.messages import say
from studio.planning.coverage import CoverageRow

Cell = str | int | float | date | datetime | tuple[int, ...] | None
CellKind = Literal["text", "count", "amount", "duration", "share", "day", "moment", "ids"]
"""`count` is whole, `amount` airings or minutes, `duration` milliseconds, `share` a part of 1, `moment`
aware UTC, `ids` the ids of the rows behind the figures."""


class ReportKind(StrEnum):
    AIRTIME = "airtime"  # thời lượng phát sóng
    COVERAGE = "coverage"  # mức bao phủ kế hoạch
    PLAN = "plan"  # kế hoạch


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
    """Stacked bars, one per day or month; `planned` is the mark they are held against."""

    bars: tuple[str, ...]
    series: tuple[Series, ...]
    planned: tuple[int, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(series.amounts[at] for series in self.series) for at in range(len(self.bars)))

    @property
    def widest(self) -> int:
        return max((*self.totals, *self.planned, 1))


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
    tables: tuple[Table, ...]
    """Those that are read, in the order of reading."""
    main: Table
    """The one that a CSV file holds: every figure once, with its rows."""
    records: tuple[Table, ...]
    """Those that figures are traced with: long, for data formats only."""
    method: tuple[str, ...]

    @property
    def title(self) -> str:
        return say(f"reports.title.{self.kind}")
