"""Roman numerals, and only where they are numerals: quý III, khóa XV, thế kỷ XXI, the head of a section."""

import re

from studio.speech.numbers import say_cardinal, say_ordinal
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said
from studio.speech.syllables import LOWER, UPPER

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ROMAN = r"(?=[IVXLC])(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![\w'&])"
_COUNTED = re.compile(
    r"(?<!\w)(?:quý|lần|khóa|mục|chương|phần|thế kỷ|thế kỉ|đại hội|đại hội đảng|lần thứ|thứ|kỳ|kì"
    r"|nhiệm kỳ|loại|hạng|cấp|bậc|nhóm|khu vực|kv|vùng"
    r"|quyển|tập|bài|điều|khoản|phụ lục|biểu|mẫu|độ|giai đoạn|đợt|vòng|khu|quân khu"
    r"|liên khu|khối|đội|phân khu|hợp phần|mức|diện|dạng|gói|chu kỳ"
    r"|quân đoàn|binh đoàn|học kỳ|học kì|hk|hồi|màn|chuyên khoa|ck"
    r"|ngạch|trình độ|dự án|bảng|lô|nhà|tiểu mục|tổ|ca|vụ|đảng|trung ương|toàn quốc|tỉnh"
    r"|huyện|xã|quý i|lớp|tuyến|trạm|chặng|nấc|cụm|thang|số|hạn mức|type|cđ)\W{0,2}$"
)
_CHAINED = re.compile(r"[ivxlc]\W*(?:,|và|-|đến|hoặc|;|với)\W*(?:quý|mục|khóa|chương|phần)?\W*$")


_NAME = re.compile(rf"\s*[{UPPER}][{LOWER}]+ [{UPPER}][{LOWER}]")


def count_roman(numeral: str) -> int:
    total = 0
    for letter, following in zip(numeral, [*numeral[1:], "I"], strict=True):
        value = _VALUES[letter]
        total += -value if value < _VALUES[following] else value
    return total


def _say_roman(numeral: str, left: str) -> str:
    number = str(count_roman(numeral.upper()))
    return say_ordinal(number) if re.search(r"thứ\W*$", left) else say_cardinal(number)


def _read_heading(match: re.Match[str], place: Place) -> Said | None:
    if not place.opens_line or set(match["roman"]) & {"C", "L"}:
        return None
    if match["roman"] == "X" and _NAME.match(place.right(match.end())):
        return None  # X. Ia Tơi: the commune, not the tenth
    return Said(f"{say_cardinal(str(count_roman(match['roman'])))},", Kind.MARKER)


def _read_roman(match: re.Match[str], place: Place) -> Said | None:
    numeral, left = match[0], place.left(40)
    if numeral in ("C", "L", "CC", "LL", "CL"):
        return None
    counted = _COUNTED.search(left) is not None
    chained = _CHAINED.search(left) is not None and any(
        piece.kind is Kind.ROMAN for piece in place.pieces[-4:]
    )
    certain = len(numeral) > 1 and not set(numeral) & {"C", "L"}
    if counted or chained or certain:
        return Said(_say_roman(numeral, left), Kind.ROMAN)
    return None


def _read_section(match: re.Match[str], _: Place) -> Said:
    """II.1."""
    numbers = [str(count_roman(match["roman"])), *re.findall("[0-9]+", match["rest"])]
    return Said(" chấm ".join(say_cardinal(number) for number in numbers), Kind.ROMAN)


def _read_small(match: re.Match[str], _: Place) -> Said:
    return Said(f"{say_cardinal(str(count_roman(match['roman'].upper())))},", Kind.MARKER)


RULES = (
    Rule(
        "roman heading",
        "A",
        re.compile(rf"(?P<roman>{_ROMAN})\s?(?:[.)/-]|[.]-)(?=\s|[{UPPER}])"),
        _read_heading,
    ),
    Rule(
        "roman section",
        "A",
        re.compile(rf"(?P<roman>{_ROMAN})(?P<rest>(?:\.[0-9]{{1,2}}){{1,4}})(?![0-9])"),
        _read_section,
    ),
    Rule("roman numeral", "A", re.compile(_ROMAN), _read_roman),
    Rule("roman in brackets", ".", re.compile(r"\((?P<roman>i{1,3}|iv|vi{0,3}|ix|xi{0,3})\)"), _read_small),
)
