"""Targets as a table: CSV or a workbook, read row by row, every bad cell named with its place.

Invalid
├── TargetSheetUnreadable
└── TargetCellUnreadable
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from assets.errors import Invalid, LoaError
from assets.messages import LANGUAGES, catalogue, say
from studio.planning.models import Every, Measure, Plan, Target
from studio.planning.source import fold

COLUMNS = (
    "theme", "audience", "form", "language", "station", "unit", "measure", "every", "first_date", "last_date",
    "quantity", "maximum", "weight", "source",
)  # fmt: skip
_NEEDED = ("measure", "quantity")
MAX_ROWS = 5000


class TargetSheetUnreadable(Invalid):
    """The file is no table of targets at all."""


class TargetCellUnreadable(Invalid):
    """A cell does not hold what its column asks for."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the table: a target, or what is wrong with it."""

    line: int
    target: Target | None
    error: LoaError | None = None


def read_sheet(name: str, content: bytes, plan: Plan) -> list[SheetRow]:
    """The targets of a .csv or .xlsx file. A row without days is for the plan's year.

    Raises:
        TargetSheetUnreadable
    """
    rows = _read_workbook(name, content) if content[:2] == b"PK" else _read_csv(name, content)
    cells = [[_plain(cell) for cell in row] for row in rows]
    start = next((place for place, row in enumerate(cells) if any(row)), None)
    if start is None:
        raise TargetSheetUnreadable(name=name, problem=say("planning.sheet.empty"))
    header = [_known_column(cell) for cell in cells[start]]
    missing = [say(f"planning.column.{column}") for column in _NEEDED if column not in header]
    if missing:
        raise TargetSheetUnreadable(
            name=name, problem=say("planning.sheet.columns", columns=", ".join(missing))
        )
    if len(cells) > MAX_ROWS:
        raise TargetSheetUnreadable(name=name, problem=say("planning.sheet.rows", most=MAX_ROWS))
    return [
        _read_row(place, dict(zip(header, row, strict=False)), plan)
        for place, row in enumerate(cells[start + 1 :], start=start + 2)
        if any(row)
    ]


def write_sheet(targets: Iterable[Target]) -> bytes:
    """The targets as a workbook that `read_sheet` reads again; without any, an empty form to fill in."""
    book = Workbook()
    sheet = book.active
    sheet.title = say("planning.sheet.title")
    sheet.append([say(f"planning.column.{column}") for column in COLUMNS])
    for target in targets:
        sheet.append([_write_cell(column, getattr(target, column)) for column in COLUMNS])
    for place, _ in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + place)].width = 16
    sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_fields(given: Mapping[str, str], *, line: int = 0) -> dict[str, object]:
    """Fields of a target from words, as a form or a table gives them; a name that is not given is left out.

    Raises:
        TargetCellUnreadable
    """
    fields: dict[str, object] = {}
    for column in COLUMNS:
        if column not in given:
            continue
        text = given[column].strip()
        try:
            fields[column] = _READERS.get(column, _read_label)(text)
        except ValueError:
            raise TargetCellUnreadable(
                line=line, column=say(f"planning.column.{column}"), value=text[:40] or "-"
            ) from None
    return fields


def _read_row(line: int, given: Mapping[str | None, str], plan: Plan) -> SheetRow:
    try:
        fields = read_fields({name: cell for name, cell in given.items() if name is not None}, line=line)
    except TargetCellUnreadable as error:
        return SheetRow(line, None, error)
    days = {"first_date": date(plan.year, 1, 1), "last_date": date(plan.year, 12, 31)}
    known: dict[str, Any] = {
        "plan_id": plan.id,
        **days,
        **{name: one for name, one in fields.items() if one is not None},
    }
    return SheetRow(line, Target(**known))


def _read_workbook(name: str, content: bytes) -> list[Sequence[object]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return list(sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 2))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError) as error:
        raise TargetSheetUnreadable(name=name, problem=say("planning.sheet.broken")) from error


def _read_csv(name: str, content: bytes) -> Iterator[Sequence[object]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TargetSheetUnreadable(name=name, problem=say("planning.sheet.encoding")) from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise TargetSheetUnreadable(name=name, problem=say("planning.sheet.broken")) from error


def _plain(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _known_column(title: str) -> str | None:
    for column in COLUMNS:
        words = {column, *(catalogue(language)[f"planning.column.{column}"] for language in LANGUAGES)}
        if fold(title) in {fold(word) for word in words}:
            return column
    return None


def _write_cell(column: str, value: object) -> object:
    if isinstance(value, Measure | Every):
        return say(f"planning.{column}.{value}")
    # A formula in a cell would run on somebody else's desk.
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" else value


def _read_word(kind: type[Measure] | type[Every], table: str) -> Callable[[str], Measure | Every]:
    def read(text: str) -> Measure | Every:
        for one in kind:
            words = {one.value, *(catalogue(language)[f"planning.{table}.{one}"] for language in LANGUAGES)}
            if fold(text) in {fold(word) for word in words}:
                return one
        raise ValueError(text)

    return read


def _read_label(text: str) -> str | None:
    return text or None


def _read_number(text: str) -> int:
    return int(text.replace(".", "").replace(" ", ""))


def _read_day(text: str) -> date | None:
    if not text:
        return None
    if "/" in text:
        day, month, year = (int(part) for part in text.split("/"))
        return date(year, month, day)
    return date.fromisoformat(text)


_READERS: Mapping[str, Callable[[str], object]] = {
    "measure": _read_word(Measure, "measure"),
    "every": lambda text: _read_word(Every, "every")(text) if text else Every.ONCE,
    "first_date": _read_day,
    "last_date": _read_day,
    "quantity": _read_number,
    "maximum": lambda text: _read_number(text) if text else None,
    "weight": lambda text: _read_number(text) if text else 1,
    "source": lambda text: text[:500],
}
