"""The figures of a closed period: written down once, read back as they were, compared with today's.

Damaged
└── FiguresAltered

A report is plain values, so it is frozen whole, as canonical JSON with a hash. The words of the letter are
not part of it: number, date and signature come after the figures.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from hashlib import sha256

from pydantic import TypeAdapter

from assets.errors import Damaged
from assets.messages import say
from studio.reports.letter import Letter
from studio.reports.report import Cell, CellKind, Column, Report, Table

COMPARED: dict[str, tuple[int, tuple[str, ...]]] = {
    "targets": (2, ("wanted", "aired_amount")),
    "themes": (2, ("aired", "partial", "aired_ms")),
    "stations": (2, ("aired", "partial", "aired_ms")),
    "origins": (1, ("aired", "aired_ms")),
    "months": (2, ("aired", "aired_ms")),
    "activity_kinds": (1, ("count", "sessions", "people", "copies")),
    "money_lines": (2, ("given", "estimate", "committed", "settled")),
    "money_people": (1, ("amount",)),
}
"""Of the tables that change with later logs: how many cells name a row, and the figures that are compared.

What changes by the mere passing of time, such as what is still unconfirmed, is no correction."""
_NAMED = {"targets": ("target", "station_name", "measure", "from", "to")}


class FiguresAltered(Damaged):
    """The frozen figures of a period are not those that were closed."""


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def freeze(report: Report) -> tuple[str, str]:
    """The report's figures as text, and the text's sha256."""
    bare = replace(report, letter=Letter(), records=(), closing=None)
    text = _adapter().dump_json(bare).decode()
    return text, hash_figures(text)


def hash_figures(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def thaw(text: str, digest: str, *, period: str) -> Report:
    """The report as it was frozen.

    Raises:
        FiguresAltered
    """
    if hash_figures(text) != digest:
        raise FiguresAltered(period=period, sha256=digest[:16])
    report = _adapter().validate_json(text)
    return replace(report, tables=tuple(_type_cells(table) for table in report.tables))


def _type_cells(table: Table) -> Table:
    """Days and moments are words in JSON: the kind of the column says what they are."""
    kinds = [column.kind for column in table.columns]
    if not {"day", "moment"} & set(kinds):
        return table
    rows = tuple(
        tuple(_type_cell(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in table.rows
    )
    return replace(table, rows=rows)


def _type_cell(cell: Cell, kind: CellKind) -> Cell:
    if not isinstance(cell, str) or kind not in ("day", "moment"):
        return cell
    return date.fromisoformat(cell) if kind == "day" else datetime.fromisoformat(cell)


def compare(frozen: Report, now: Report) -> Table:
    """Every figure that is not what was closed: what came later, beside what was signed."""
    columns = (
        Column("table"), Column("what"), Column("figure"), Column("frozen", "amount"),
        Column("now", "amount"), Column("difference", "amount"),
    )  # fmt: skip
    before, after = dict(_read_figures(frozen)), dict(_read_figures(now))
    rows = tuple(
        (
            say(f"reports.table.{key[0]}"),
            key[1],
            say(f"reports.column.{key[2]}"),
            old,
            new,
            round(new - old, 3),
        )
        for key in [*before, *(key for key in after if key not in before)]
        if (old := before.get(key, 0)) != (new := after.get(key, 0))
    )
    return Table("corrections", columns, rows)


def _read_figures(report: Report) -> Iterator[tuple[tuple[str, str, str], float]]:
    """(table, row in words, figure) -> amount, durations in minutes."""
    for table in report.tables:
        if table.key not in COMPARED:
            continue
        named, figures = COMPARED[table.key]
        keys = [column.key for column in table.columns]
        naming = [keys.index(name) for name in _NAMED.get(table.key, tuple(keys[:named]))]
        chosen = [(keys.index(name), name) for name in figures if name in keys]
        for row in table.rows:
            words = " · ".join(_name(row[at]) for at in naming if row[at] not in (None, ""))
            for at, name in chosen:
                amount = row[at]
                assert isinstance(amount, int | float)
                is_duration = table.columns[at].kind == "duration"
                yield (table.key, words, name), amount / 60_000 if is_duration else amount


def _name(cell: Cell) -> str:
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell)
