"""Tables in a plan: rows that set numbers, that say who does what, that name a theme and its form."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from studio.planning.columns import (
    Column,
    is_table_header,
    is_whole_number,
    read_framed,
    read_header,
    read_second_header,
)
from studio.planning.document import Heading, PlanForm, PlanTheme, Quantity
from studio.planning.findings import Findings
from studio.planning.outline import Block
from studio.planning.quantities import find_quantities, read_measure, read_number
from studio.planning.source import fold, squeeze

_AMOUNT = (r"\bso luong\b", r"\bchi tieu giao\b|\bke hoach\b|\bmuc tieu\b|\bchi tieu$", r"\bket qua\b")
"""Columns that may hold the number, the surest first."""
_MEASURE = r"^don vi(?: tinh)?$|\bdvt\b|\bdon vi tinh\b"
_DOER = (
    r"\bchu tri\b|\b(?:don vi|co quan|bo phan|nguoi) (?:thuc hien|trien khai|phu trach|"
    r"chiu trach nhiem|bien soan|san xuat|phat song)\b|"
    r"^(?:phan cong|thuc hien|phu trach)$"
)
_PLAIN_DOER = r"^(?:ten )?(?:don vi|co quan|co quan,? don vi|bo phan|to chuc)$"
_DUTY = r"^(?:nhiem vu|cong viec|viec|trach nhiem|noi dung (?:cong viec|nhiem vu))\b"
_PEOPLE = r"^doi tuong\b"
_CONTENT = (
    r"^noi dung(?: (?:thuc hien|tuyen truyen|truyen thong|cong viec|chu yeu|hoat dong))*$|"
    r"^(?:chu de|chu diem|chuyen de)\b"
)
_FORM = r"^hinh thuc\b"
_WHEN = re.compile(r"^(?:thoi gian|thoi han|tien do|hoan thanh|thoi diem)\b")
_SUM = re.compile(r"^(?:tong(?: cong| so)?|cong|toan (?:huyen|tinh|xa))\b\W*$")
_GROUP_INDEX = re.compile(r"^(?:[IVX]+|[A-ZĐ])?\W*$")
_CAPTION = re.compile(r"^\(?(?:bang|bieu|phu luc|chi tiet|don vi tinh|dvt)\b|:$")
_CAPTION_WORDS = 14
_PLACE_NAME = re.compile(
    r"(?:xã|phường|thị trấn|thôn|làng|bản|huyện|phòng|trung tâm|ubnd|"
    r"ủy ban|sở|hội|đoàn|trường|trạm|đài|các)\s",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Table:
    columns: tuple[Column, ...] = ()
    is_open: bool = False
    """Whether its head was just read and may go on."""
    group: str = ""

    def find(self, pattern: str) -> int | None:
        return next((at for at, one in enumerate(self.columns) if re.search(pattern, one.plain)), None)

    def find_all(self, patterns: Sequence[str]) -> list[int]:
        return [at for pattern in patterns if (at := self.find(pattern)) is not None]

    @property
    def doer(self) -> int | None:
        """The column of those who do what the row says; "Đơn vị" alone, where another says what to do."""
        at = self.find(_DOER)
        return self.find(_PLAIN_DOER) if at is None and self.find(_DUTY) is not None else at

    def words(self, cells: Sequence[str], apart: set[int | None]) -> str:
        """The cells that say what the row is about, after the group that it belongs to."""
        said = [
            cell
            for at, cell in enumerate(cells)
            if cell and at not in apart and not (at < len(self.columns) and self.columns[at].is_index)
        ]
        return " - ".join(([self.group] if self.group and said else []) + said)


def take_rows(members: Sequence[Block], *, below: bool = True) -> tuple[list[Block], list[Block]]:
    """The members without the rows of tables among (and below) them, and those rows with their captions."""
    kept: list[Block] = []
    rows: list[Block] = []
    listed = any(member.rank is not None for member in members)
    for at, member in enumerate(members):
        if member.cells:
            if kept and members[at - 1] is kept[-1] and _is_caption(kept[-1], listed=listed):
                rows.append(kept.pop())
            rows.append(member)
        else:
            kept.append(member)
            if below:
                member.children, inner = take_rows(member.children)
                rows += inner
    return kept, rows


def read_table(rows: Sequence[Block], findings: Findings, kind: str | None = None) -> None:
    """Targets, duties, themes and forms from the rows of tables in a section of some kind.

    A row that says none of these is left as unread; a sum over rows is a note.
    """
    table = _Table()
    at_start = True
    for row in rows:
        if not row.cells:
            findings.note_tree("targets", row)
        elif is_table_header(row.cells, first=at_start) and not (
            table.is_open and read_second_header(table.columns, row.cells)
        ):
            table = _Table(read_header(row.cells), is_open=True)
            findings.place_block("heading", row)
        elif not any(cell.strip("-: ") for cell in row.cells):
            findings.place_block("rule", row)
            continue
        elif table.is_open and (second := read_second_header(table.columns, row.cells)):
            table = _Table(second)
            findings.place_block("heading", row)
        else:
            table.is_open = False
            _read_row(table, row, findings, kind)
        at_start = not row.cells


def _read_row(table: _Table, row: Block, findings: Findings, kind: str | None) -> None:
    if not table.columns or len(row.cells) > len(table.columns):
        findings.leave_block(row)
        return
    if any(_SUM.match(fold(cell)) for cell in row.cells[:2]):
        findings.note_tree("targets", row)
        return
    said = [cell for one, cell in zip(table.columns, row.cells, strict=False) if cell and not one.is_index]
    if len(said) == 1 and _is_group(table, row.cells):
        table.group = said[0]
        findings.place_block("heading", row)
        return
    found = [replace(each, line=row.lines[0]) for each in _read_numbers(table, row.cells)]
    findings.targets += found
    if found:
        findings.place_block("targets", row)
    has_people = _read_people(table, row, findings)
    has_duty = _read_duty(table, row, findings)
    if _read_content(table, row, findings, kind) or has_duty or found or has_people:
        return
    if any(
        one.is_money and is_whole_number(cell) for one, cell in zip(table.columns, row.cells, strict=False)
    ):
        findings.note_tree("funding", row)
    else:
        findings.leave_block(row)


def _read_numbers(table: _Table, cells: Sequence[str]) -> Iterator[Quantity]:
    """The targets in one row: one a column of numbers, the one amount, or what the cells say in words."""
    columns = table.columns
    measure_at = table.find(_MEASURE)
    measure = cells[measure_at] if measure_at is not None and measure_at < len(cells) else ""
    if not read_measure(measure) and _PLACE_NAME.match(measure):
        measure_at, measure = None, ""
    framed = None if measure else next(filter(None, map(read_framed, cells)), None)
    unit, _, per = measure.partition("/") if measure or not framed else (framed[0], "/", framed[1] or "")
    counting = [
        at for at, one in enumerate(columns) if _counts(one, has_unit=bool(unit)) and at != measure_at
    ]
    numbers = {at: value for at in counting if (value := _read_cell(cells, at)) is not None}
    whose = next((cell for one, cell in zip(columns, cells, strict=False) if one.is_place and cell), None)
    whose = None if whose == measure else whose
    counting_of = {at: columns[at].place or whose for at in numbers}
    apart = {measure_at, table.doer, *numbers}
    words = table.words(cells, apart)
    if words and numbers:
        for at, value in numbers.items():
            counted, each = columns[at].measure or (unit.strip(), per.strip() or None)
            period = columns[at].period
            named = f" - {columns[at].name}" if columns[at].measure and not period else ""
            if each and period and period.split()[0] not in each.split("/"):
                period = f"{each}/{period}"
            yield Quantity(words + named, value, counted, period or each, whose=counting_of[at])
        return
    for at in table.find_all(_AMOUNT):
        value = _read_cell(cells, at)
        words = table.words(cells, {*apart, at})
        if value is not None and words:
            named = unit.strip() or ("%" if cells[at].rstrip().endswith("%") else "")
            yield Quantity(words, value, named, per.strip() or None, whose=whose)
            return
    for column, cell in zip(columns, cells, strict=False):
        if not column.is_money and not _WHEN.match(column.plain):
            counts = any(re.search(amount, column.plain) for amount in _AMOUNT)
            for quantity, _ in find_quantities(cell, counts=counts):
                yield replace(quantity, text=table.words(cells, set()) or quantity.text)


def _counts(column: Column, *, has_unit: bool) -> bool:
    """Whether whole numbers under this column are targets by its own name."""
    if column.is_index or column.is_money:
        return False
    return column.measure is not None or (
        has_unit and (column.period is not None or column.is_total or column.place is not None)
    )


def _read_duty(table: _Table, row: Block, findings: Findings) -> bool:
    """Give the unit of a row what the row says it does; False where the table names no doers."""
    doer_at = table.doer
    if doer_at is None or doer_at >= len(row.cells) or not row.cells[doer_at].strip(" -"):
        return False
    duty = table.words(row.cells, {doer_at})
    if not duty:
        return False
    at = findings.find_unit(row.cells[doer_at])
    findings.more_duties.setdefault(at, []).append(duty)
    findings.place_block(f"units.{at + 1}", row)
    return True


def _read_content(table: _Table, row: Block, findings: Findings, kind: str | None) -> bool:
    """A theme and its form where the table is what the plan says of them."""
    content_at, form_at = table.find(_CONTENT), table.find(_FORM)
    content = row.cells[content_at] if content_at is not None and content_at < len(row.cells) else ""
    if kind not in ("themes", "forms", None) or (form_at is None and kind != "themes"):
        return False
    if content:
        _read_theme(content, row, findings)
    elif kind != "forms":
        return False
    form = row.cells[form_at] if form_at is not None and form_at < len(row.cells) else ""
    for each in filter(None, (one.strip(" ;.") for one in form.split(";"))):
        at = _find_title(each, [one.title for one in findings.forms])
        if at == len(findings.forms):
            findings.forms.append(PlanForm(str(at + 1), each))
        findings.place_block(f"forms.{at + 1}", row)
    return table.find(_DOER) is not None or form_at is not None


def _read_people(table: _Table, row: Block, findings: Findings) -> bool:
    """The audiences of a row that says what they hear, and how."""
    at = table.find(_PEOPLE)
    if at is None or at >= len(row.cells) or (table.find(_CONTENT) is None and table.find(_FORM) is None):
        return False
    for one in filter(None, (each.strip(" .") for each in row.cells[at].split(";"))):
        found = _find_title(one, [audience.title for audience in findings.audiences])
        if found == len(findings.audiences):
            findings.audiences.append(Heading(str(found + 1), one))
        findings.place_block(f"audiences.{found + 1}", row)
    return bool(row.cells[at].strip())


def _read_theme(content: str, row: Block, findings: Findings) -> None:
    at = _find_title(content, [theme.title for theme in findings.themes])
    if at == len(findings.themes):
        findings.themes.append(PlanTheme(str(at + 1), content.rstrip(" ;.")))
    findings.place_block(f"themes.{at + 1}", row)


def _find_title(title: str, titles: Sequence[str]) -> int:
    """Where a title stands already, else the next place."""
    plain = fold(title.rstrip(" ;."))
    return next((at for at, one in enumerate(titles) if fold(one) == plain), len(titles))


def _is_group(table: _Table, cells: Sequence[str]) -> bool:
    """Whether a row only names what the rows below it belong to: `I | Chương trình tiếng Việt | | |`."""
    index = next((cell for one, cell in zip(table.columns, cells, strict=False) if one.is_index), "")
    return len(cells) >= 3 and bool(_GROUP_INDEX.match(index))


def _is_caption(block: Block, *, listed: bool) -> bool:
    """Whether a paragraph right above a table is its name; `listed` where the items beside it are marked."""
    if block.rank is not None or block.children:
        return False
    named = listed and len(block.text.split()) <= _CAPTION_WORDS and not block.text.endswith((".", ";"))
    return named or bool(_CAPTION.search(fold(squeeze(block.text))))


def _read_cell(cells: Sequence[str], at: int) -> int | float | None:
    cell = cells[at].strip() if at < len(cells) else ""
    return read_number(cell.rstrip(" %")) if is_whole_number(cell) else None
