"""Numbers that a plan sets, found in sentences and tables: `ít nhất 24 tin, bài/xã/năm`."""

import re
from collections.abc import Iterator, Sequence

from studio.planning.document import Quantity
from studio.planning.source import fold

_UNITS = (
    "tin[, ]+bài|tin bài|bản tin|tin|bài viết|bài|chương trình|chuyên mục|chuyên đề|phóng sự|tiết mục|"
    "lượt phát|lượt người|lượt|buổi|lần|cuộc thi|cuộc|hội nghị|hội thi|lớp|tờ rơi|tờ gấp|tờ|cuốn sổ tay|cuốn|"
    "sổ tay|video clip|clip|video|sản phẩm|tác phẩm|phút|giờ|hộ nghèo|hộ|người|thôn|làng|xã|cụm loa|pano|"
    "áp phích|băng rôn|khẩu hiệu|bộ tài liệu|tài liệu|mô hình"
)
_PERIODS = "năm|tháng|tuần|quý|ngày|kỳ|đợt"
_PER_WORDS = rf"{_PERIODS}|xã|thôn|làng|đài|điểm|hộ|người|đơn vị|buổi|lần|cụm loa"
_SPACE = r"[ \t]"
_PER = (
    rf"(?:{_SPACE}*/{_SPACE}*(?:\d+{_SPACE})?(?:{_PER_WORDS}))+"
    rf"|{_SPACE}+(?:mỗi|một|trên|hàng|hằng)(?:{_SPACE}+một)?{_SPACE}+(?:{_PERIODS}|xã|thôn)"
)
_NUMBER = r"\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?"
_COUNT = re.compile(
    # "Dự án 6 Chương trình" and "năm 2023 xã" are names and dates: a unit is small, its number bare.
    r"(?<![\w/.,\-])(?<!án )(?<!năm )(?<!iều )(?<!hoản )(?<!ngày )(?<!háng )(?<!số )(?<!ục )"
    rf"({_NUMBER}){_SPACE}*"
    rf"(?:({_UNITS})(?!\w)((?:{_PER})?)|%{_SPACE}*((?:số{_SPACE}+)?(?:\w+(?:{_SPACE}+\w+){{0,2}})?))"
)
_HEADER = re.compile(r"\b(?:so luong|chi tieu|don vi|noi dung|stt|ghi chu|tt|muc tieu)\b")
_COLUMNS = {"quantity": r"so luong|chi tieu giao|ke hoach|muc tieu|chi tieu$", "unit": r"don vi|dvt"}
_SKIPPED = re.compile(r"^(?:stt|tt|ghi chu)$")
_MAX_QUANTITY = 10**12


def find_quantities(text: str) -> Iterator[tuple[Quantity, int]]:
    """Each number with a unit that `text` sets, and its offset."""
    for match in _COUNT.finditer(text):
        number, unit, per, share_of = match.groups()
        value = read_number(number)
        if value is None:
            continue
        each = " ".join((per or "").split())
        each = re.sub(r"\s*/\s*", "/", each).lstrip("/")
        each = re.sub(r"^(?:mỗi|một|trên|hàng|hằng)(?:\s+một)?\s+", "", each)
        named = f"% {share_of}".strip() if unit is None else " ".join(unit.split())
        yield Quantity(_clause(text, match), value, named, each or None), match.start()


def read_number(text: str) -> int | float | None:
    """A Vietnamese number (`1.200`, `2,5`, `02`), or None where it is out of any plan's range."""
    value = float(text.replace(".", "").replace(",", ".")) if len(text) <= 20 else _MAX_QUANTITY
    if value >= _MAX_QUANTITY:
        return None
    return int(value) if value == int(value) else value


def is_table_header(cells: Sequence[str]) -> bool:
    """Whether the cells name columns rather than hold figures."""
    plain = [fold(cell) for cell in cells]
    named = sum(bool(_HEADER.search(cell)) for cell in plain)
    return named >= 2 and not any(re.fullmatch(_NUMBER, cell) for cell in cells)


def read_row(header: Sequence[str], cells: Sequence[str]) -> Quantity | None:
    """The target in one row of a table under `header`; None where the row sets no number."""
    column = {
        name: index
        for index, title in enumerate(header)
        for name, pattern in _COLUMNS.items()
        if re.search(pattern, fold(title))
    }
    at = column.get("quantity")
    if at is None or at >= len(cells) or not re.fullmatch(rf"(?:{_NUMBER})\s*%?", cells[at]):
        return None
    value = read_number(cells[at].rstrip(" %"))
    unit_at = column.get("unit", -1)
    unit = cells[unit_at] if 0 <= unit_at < len(cells) else ("%" if cells[at].endswith("%") else "")
    words = [
        cell
        for index, cell in enumerate(cells)
        if cell and index not in (at, unit_at) and not _SKIPPED.match(fold(_title(header, index)))
    ]
    if value is None or not words:
        return None
    unit, _, per = unit.partition("/")
    return Quantity(" - ".join(words), value, unit.strip(), per.strip() or None)


def _title(header: Sequence[str], index: int) -> str:
    return header[index] if index < len(header) else ""


def _clause(text: str, match: re.Match[str]) -> str:
    """The clause around a number: from the last `;` or sentence before it to the next."""
    start = max(text.rfind(mark, 0, match.start()) + len(mark) for mark in ("; ", ". ", ": "))
    start = 0 if start < 2 else start
    ends = [at for mark in (";", ". ") if (at := text.find(mark, match.end())) >= 0]
    return text[start : min(ends, default=len(text))].strip(" .;")
