"""Cells and tables as a reader on paper or screen wants them."""

from datetime import date, datetime
from decimal import Decimal

from assets.units import VIETNAM
from studio.planning.amounts import (
    write_day,
    write_minutes,
    write_moment,
    write_number,
    write_share,
)
from studio.reports.report import Cell, Column

_HIDDEN_CODES = {
    # What would close a gap stands in the list above the table.
    "targets": frozenset({"theme", "audience", "form", "station", "from", "to", "advice"}),
    "stations": frozenset({"station"}),
    "incidents": frozenset({"station"}),
    "relays": frozenset({"station"}),
    "days": frozenset({"planned_ms"}),
    "money_entries": frozenset({"entry_id"}),
    "money_royalties": frozenset({"royalty_id"}),
    "activities": frozenset({"activity_id", "theme"}),
    "themes": frozenset({"theme"}),
    "plan_themes": frozenset({"code"}),
    "plan_audiences": frozenset({"code"}),
    "plan_forms": frozenset({"code"}),
    "plan_targets": frozenset({"theme", "audience", "form", "language", "station", "unit_code"}),
}


def show_cell(cell: Cell, column: Column) -> str:
    """A cell in words: Vietnamese numbers, days, minutes; a dash where there is nothing."""
    if cell is None or cell in {"", ()}:
        return "–"
    if isinstance(cell, datetime):
        return write_moment(cell, VIETNAM)
    if isinstance(cell, date):
        return write_day(cell)
    if isinstance(cell, int | float):
        return _show_number(cell, column)
    return str(cell)


def _show_number(number: float, column: Column) -> str:
    if column.kind == "duration":
        return write_minutes(int(number))
    return write_share(number) if column.kind == "share" else write_number(Decimal(str(number)))


def choose_columns(key: str, columns: tuple[Column, ...]) -> list[int]:
    """The columns that are read: codes that have a name beside them, and ids, are for data files."""
    codes = _HIDDEN_CODES.get(key, frozenset())
    return [at for at, column in enumerate(columns) if column.kind != "ids" and column.key not in codes]
