"""Tables in a plan: rows that set numbers, rows that say who does what."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studio.planning.document import Quantity
from studio.planning.findings import Findings
from studio.planning.outline import Block
from studio.planning.quantities import NUMBER, find_quantities, read_number
from studio.planning.source import fold, squeeze

_HEADER = re.compile(
    r"\b(?:so luong|chi tieu|don vi|noi dung|stt|ghi chu|tt|muc tieu|thoi gian|nhiem vu|cong viec|san pham|"
    r"ket qua|chu tri|phoi hop|hinh thuc|kinh phi)\b"
)
_AMOUNT = (r"\bso luong\b", r"\bchi tieu giao\b|\bke hoach\b|\bmuc tieu\b|\bchi tieu$", r"\bket qua\b")
"""Columns that may hold the number, the surest first."""
_MEASURE = r"^don vi(?: tinh)?$|\bdvt\b|\bdon vi tinh\b"
_DOER = (
    r"\bchu tri\b|\b(?:don vi|co quan|bo phan|nguoi) (?:thuc hien|phu trach|chiu trach nhiem)\b|^phan cong$"
)
_YEAR = re.compile(r"^(?:nam )?(20\d{2})$")
_SKIPPED = re.compile(r"^(?:stt|tt|so tt)$")
_WHOLE = re.compile(rf"(?:{NUMBER})\s*%?")


def read_table(rows: Sequence[Block], findings: Findings) -> None:
    """Targets and duties from the rows of tables; a row that says neither is left as unread."""
    header: tuple[str, ...] = ()
    for row in rows:
        if is_table_header(row.cells):
            header = row.cells
            findings.place_block("heading", row)
        elif not any(cell.strip("-: ") for cell in row.cells):
            findings.place_block("rule", row)
        else:
            found = (
                [replace(each, line=row.lines[0]) for each in read_row(header, row.cells)] if header else []
            )
            findings.targets += found
            if found:
                findings.place_block("targets", row)
            if not _read_duty(header, row, findings) and not found:
                findings.leave_block(row)


def is_table_header(cells: Sequence[str]) -> bool:
    """Whether the cells name columns rather than hold figures."""
    plain = [fold(cell) for cell in cells]
    named = sum(bool(_HEADER.search(cell)) and len(cell.split()) <= 8 for cell in plain)
    return named >= 2 and not any(_WHOLE.fullmatch(cell) and not _YEAR.match(cell) for cell in plain)


def read_row(header: Sequence[str], cells: Sequence[str]) -> Iterator[Quantity]:
    """The targets in one row of a table under `header`: one a number, or one a year."""
    measure_at = _find_column(header, _MEASURE)
    measure = cells[measure_at] if measure_at is not None and measure_at < len(cells) else ""
    unit, _, per = measure.partition("/")
    years = [(at, match[1]) for at, name in enumerate(header) if (match := _YEAR.match(fold(name)))]
    amounts = [at for pattern in _AMOUNT if (at := _find_column(header, pattern)) is not None]
    apart = {measure_at, _find_column(header, _DOER), *(at for at, _ in years)}
    if years:
        words = _words(header, cells, apart)
        for at, year in years:
            value = _read_cell(cells, at)
            if value is not None and words:
                yield Quantity(words, value, unit.strip(), f"năm {year}")
        return
    for at in amounts:
        value = _read_cell(cells, at)
        words = _words(header, cells, {*apart, at})
        if value is not None and words:
            named = unit.strip() or ("%" if cells[at].rstrip().endswith("%") else "")
            yield Quantity(words, value, named, per.strip() or None)
            return
    for cell in cells:
        for quantity, _ in find_quantities(cell):
            yield replace(quantity, text=_words(header, cells, set()) or quantity.text)


def _read_duty(header: Sequence[str], row: Block, findings: Findings) -> bool:
    """Give the unit of a row what the row says it does; False where the table names no doers."""
    doer_at = _find_column(header, _DOER)
    if doer_at is None or doer_at >= len(row.cells) or not row.cells[doer_at].strip(" -"):
        return False
    duty = _words(header, row.cells, {doer_at})
    if not duty:
        return False
    name = row.cells[doer_at]
    at = findings.find_unit(name)
    findings.more_duties.setdefault(at, []).append(duty)
    findings.place_block(f"units.{at + 1}", row)
    return True


def _find_column(header: Sequence[str], pattern: str) -> int | None:
    return next((at for at, name in enumerate(header) if re.search(pattern, fold(squeeze(name)))), None)


def _read_cell(cells: Sequence[str], at: int) -> int | float | None:
    cell = cells[at].strip() if at < len(cells) else ""
    return read_number(cell.rstrip(" %")) if _WHOLE.fullmatch(cell) else None


def _words(header: Sequence[str], cells: Sequence[str], apart: set[int | None]) -> str:
    """The cells that say what the row is about."""
    return " - ".join(
        cell
        for at, cell in enumerate(cells)
        if cell and at not in apart and not (at < len(header) and _SKIPPED.match(fold(squeeze(header[at]))))
    )
