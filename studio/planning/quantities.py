"""Numbers that a plan sets, found in sentences: `ít nhất 24 tin, bài/xã/năm`, `mỗi tháng 4 chương trình`."""

import re
from collections.abc import Iterator

from studio.planning.document import Quantity

_UNITS = (
    "tin[, ]+bài|tin bài|bản tin|tin|bài viết|bài|chương trình|chuyên mục|chuyên đề|phóng sự|tiết mục|"
    "lượt phát|lượt (?:người|cán bộ|học viên|đại biểu|học sinh|hội viên|đoàn viên|hộ|khách)|lượt|"
    "buổi|lần|cuộc thi|cuộc|hội nghị|hội thi|lớp|tờ rơi|tờ gấp|tờ|cuốn sổ tay|cuốn|sổ tay|video clip|clip|"
    "video|sản phẩm|tác phẩm|phút|giờ|hộ nghèo|hộ|người|thôn|làng|xã|cụm loa|pano|áp phích|băng rôn|"
    "khẩu hiệu|bộ tài liệu|tài liệu|mô hình|lễ phát động|ngoại khóa|"
    r"số(?=[ \t]*(?:[/,;.)\d]|$))"
)
_PERIODS = "năm|tháng|tuần|quý|ngày|học kỳ|kỳ|đợt"
_PLACES = "xã|thôn|làng|đài|điểm|hộ|người|đơn vị|cụm loa|trường|câu lạc bộ"
_PER_WORDS = rf"(?:{_PERIODS}|{_PLACES}|hội nghị|chương trình|số|lớp|cuộc|buổi|lần)(?!\w)"
_SHARED = (
    "hộ cận nghèo|hộ nghèo|hộ dân|hộ gia đình|hộ|thôn|làng|bản|xã|người dân|người nghèo|người|"
    "cán bộ|đảng viên|trường học|trường|lớp|học sinh|trẻ em|phụ nữ|hội viên|cơ quan|đơn vị|cụm loa|địa phương"
)
_SPACE = r"[ \t]"
_PER = (
    rf"(?:{_SPACE}*/{_SPACE}*(?:\d+{_SPACE})?{_PER_WORDS})+"
    rf"|{_SPACE}+(?:mỗi|một|trên|hàng|hằng)(?:{_SPACE}+một)?{_SPACE}+(?:{_PERIODS}|xã|thôn)(?!\w)"
)
NUMBER = r"\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?"
_COUNT = re.compile(
    # "Dự án 6 Chương trình" and "năm 2023 xã" are names and dates: a unit is small, its number bare.
    r"(?<![\w/.,\-])(?<!án )(?<!iều )(?<!hoản )(?<!số )(?<!ục )"
    rf"({NUMBER}){_SPACE}*"
    rf"(?:({_UNITS})(?!\w)((?:{_PER})?)|%{_SPACE}*((?:(?:số|tổng số|các){_SPACE}+)?(?:{_SHARED})(?!\w)|"
    rf"(?:\w+(?:{_SPACE}+\w+){{0,2}})?))"
)
_EVERY = re.compile(
    rf"\b(?:mỗi|hàng|hằng|một){_SPACE}+(?:một{_SPACE}+)?({_PERIODS}|{_PLACES}|buổi)(?!\w)[,:]?{_SPACE}*"
    rf"[^\d.;:()]{{0,60}}$|\bmỗi{_SPACE}+({_UNITS})(?!\w){_SPACE}*[^\d.,;:()]{{0,40}}$",
    re.IGNORECASE,
)
_LENGTH_OF = re.compile(
    rf"(?<!\w)({_UNITS})(?!\w)(?:/\w+)*{_SPACE}*(?:,{_SPACE}*mỗi{_SPACE}+\w+{_SPACE}+|"
    rf",{_SPACE}*thời lượng{_SPACE}+)?\(?$"
)
_DATED = re.compile(r"(?<!mỗi )(?<!hàng )(?<!hằng )(?<!một )(?<!Mỗi )(?:năm|ngày|tháng) $")
_CLOCK_BEFORE = re.compile(
    rf"(?:\b(?:từ|đến|lúc|trước|sau|sáng|trưa|chiều|tối|hồi|vào|trong|vòng|khung)|-|"
    rf"\d{_SPACE}*giờ(?:{_SPACE}+và)?)"
    rf"{_SPACE}*$",
    re.IGNORECASE,
)
_CLOCK_AFTER = re.compile(rf"{_SPACE}*(?:\d|-|(?:đến|sáng|trưa|chiều|tối|thứ|ngày)\b)", re.IGNORECASE)
_ASKED_FOR = re.compile(
    r"\b(?:ít nhất|tối thiểu|phấn đấu|đạt|thêm|trên)(?:\s+(?:có|là|mỗi|đạt|được))?\s+$", re.IGNORECASE
)
"""What makes a number of communes or villages more than the place where something is done."""
_MEASURE = re.compile(rf"({_UNITS})(?!\w)((?:{_SPACE}*/{_SPACE}*{_PER_WORDS})*)", re.IGNORECASE)
_CLAUSE_MOST = 300
_LOOK_BACK = 90
_MAX_QUANTITY = 10**12


def find_quantities(text: str) -> Iterator[tuple[Quantity, int]]:
    """Each number with a unit that `text` sets, and its offset."""
    for match in _COUNT.finditer(text):
        number, unit, per, share_of = match.groups()
        value = read_number(number)
        before = text[max(0, match.start() - 16) : match.start()]
        if (
            value is None
            or _DATED.search(before)
            or (unit and _is_circumstance(unit, before, text[match.end() :]))
        ):
            continue
        each = _squeeze_per(per or "")
        named = f"% {share_of}".strip() if unit is None else " ".join(unit.split())
        if not each:
            each = _find_period(text, match, named)
        yield Quantity(_clause(text, match), value, named, each or None), match.start()


def read_measure(text: str) -> tuple[str, str | None] | None:
    """What is counted, and per what, where that is all the words say: `tin, bài/tháng`."""
    match = _MEASURE.fullmatch(text.strip())
    return (" ".join(match[1].split()).lower(), _squeeze_per(match[2]) or None) if match else None


def _squeeze_per(per: str) -> str:
    each = re.sub(r"\s*/\s*", "/", " ".join(per.split())).lstrip("/")
    return re.sub(r"^(?:mỗi|một|trên|hàng|hằng)(?:\s+một)?\s+", "", each)


def _is_circumstance(unit: str, before: str, after: str) -> bool:
    """A time of day, a time limit, a place of it: "5 giờ 30 phút", "trong 24 giờ", "tại 06 xã"."""
    if unit in ("giờ", "phút"):
        return bool(_CLOCK_BEFORE.search(before) or (unit == "giờ" and _CLOCK_AFTER.match(after)))
    return unit in ("xã", "thôn", "làng") and not _ASKED_FOR.search(before)


def _find_period(text: str, match: re.Match[str], unit: str) -> str:
    """`mỗi tháng 4 chương trình 15 phút`: the month of the four, the programme of the fifteen minutes."""
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    every = _EVERY.search(before)
    if unit in ("phút", "giờ"):
        of = _LENGTH_OF.search(before)
        return of[1] if of else (every[2] or "").lower() if every else ""
    return (every[1] or every[2]).lower() if every else ""


def read_number(text: str) -> int | float | None:
    """A Vietnamese number (`1.200`, `2,5`, `02`), or None where it is out of any plan's range."""
    value = float(text.replace(".", "").replace(",", ".")) if len(text) <= 20 else _MAX_QUANTITY
    if value >= _MAX_QUANTITY:
        return None
    return int(value) if value == int(value) else value


def _clause(text: str, match: re.Match[str]) -> str:
    """The clause around a number: from the last `;` or sentence before it to the next, never very long."""
    first, last = max(0, match.start() - _CLAUSE_MOST), match.end() + _CLAUSE_MOST
    start = max(text.rfind(mark, first, match.start()) + len(mark) for mark in ("; ", ". "))
    start = first if start < 2 else start
    ends = [at for mark in (";", ". ") if (at := text.find(mark, match.end(), last)) >= 0]
    return text[start : min(ends, default=last)].strip(" .;")
