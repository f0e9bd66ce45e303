"""Plain numbers: counts, decimals, thousands by point, comma or space, ordinals, fractions, versions."""

import re

from studio.speech.dates import is_counted
from studio.speech.numbers import say_cardinal, say_count, say_decimal, say_digits, say_month, say_ordinal
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said
from studio.speech.syllables import spell_letters

_PART_OF = re.compile(
    r"\s?(?:số|diện tích|dân số|tổng|thời gian|quả|chặng|chiều|mức|giá|kinh phí|khối"
    r"|sản lượng|ngày|cốc|lít|kg|muỗng|thìa|viên|đoạn|quãng|năm|thế kỷ|trong|nhân dân"
    r"|cử tri|lượng|phần|tháng|của|chi phí|nguồn|thành viên)\b"
)
_COUNTABLE = re.compile(
    r"\s?(?:hộ|người|con|đồng|em|đảng viên|hội viên|đoàn viên|học sinh|cây|lượt|khẩu|cán bộ"
    r"|chiếc|suất|lao động|trẻ|bản|cuốn|quyển|tờ|cơ sở|phụ nữ|liều|đại biểu)\b"
)
_VERSION = re.compile(
    r"(?:công nghiệp|cách mạng|chính phủ|thời đại|kỷ nguyên|nông nghiệp|y tế|giáo dục|phiên bản|nền tảng"
    r"|bản|version"
    r"|app|web|cmcn|cách mạng số)\W*$"
)


def _read_ordinal(match: re.Match[str], place: Place) -> Said | None:
    return Said(say_ordinal(match[0]), Kind.NUMBER) if place.before() in ("thứ", "hạng nhất") else None


def _read_version(match: re.Match[str], place: Place) -> Said | None:
    if not _VERSION.search(place.left(30)):
        return None
    return Said(" chấm ".join(say_cardinal(part) for part in match[0].split(".")), Kind.NUMBER)


def _read_section(match: re.Match[str], place: Place) -> Said | None:
    """Mục 2.1, tiểu mục 1.2.3."""
    if (
        not re.search(
            r"(?:mục|điểm|phần|bài|điều|chương|tiểu mục|hình|bảng|khoản|tiêu chí)\W*(?:số\W*)?$",
            place.left(16),
        )
        and match[0].count(".") < 2
    ):
        return None
    return Said(" chấm ".join(say_cardinal(part) for part in match[0].split(".")), Kind.NUMBER)


_ENUMERATED = re.compile(
    r"(?<!\w)(?:thôn|tổ|tổ dân phố|tháng|khoản|điều|quý|đội|làng|tiểu khu|chi bộ|khu phố|buôn|ấp)\s*$"
)
_COMMAS_OF_THREE = 2
_MEASURED = re.compile(
    r"\s?(?:(?:[%°đk]|km|ha|m|m[23²³]|km[2²]|kg|cm|tr)(?!\w)|tỷ|tỉ|triệu|nghìn|ngàn|lít|tấn|tạ|yến|điểm"
    r"|héc|ki lô|mét|phần|độ|đồng|lần|giờ|sào|mẫu)"
)


def _read_listed(match: re.Match[str], place: Place) -> Said | None:
    """Thôn 1,2,3: one after the other; a decimal has one comma and follows no such word."""
    may_be_decimal = match["all"].count(",") < _COMMAS_OF_THREE and (
        not _ENUMERATED.search(place.left(16)) or _MEASURED.match(place.right(match.end()))
    )
    if may_be_decimal and not match["year"]:
        return None
    number = say_month if place.left(12).rstrip().endswith("tháng") else say_cardinal
    year = f" năm {say_cardinal(match['year'])}" if match["year"] else ""
    return Said(", ".join(number(part) for part in match["all"].split(",")) + year, Kind.NUMBER)


_COMMON_PARTS = ("1/2", "1/3", "2/3", "1/4", "3/4", "1/5", "1/10")
_SHARED = re.compile(r"vòng\W*$")
_NUMBERED = re.compile(r"(?:số|số nhà|ngõ|hẻm|kiệt|ngách|đường|tỷ lệ|tỉ lệ|huyết áp|trình độ|lớp)\W*$")
_CLAUSE_END = re.compile(r"\s*(?:[.,;)]|$)")


def _read_fraction(match: re.Match[str], place: Place) -> Said:
    """2/3 of something is `hai phần ba`; 3/3 xã, 12/5 of a house are said `trên`."""
    word = "phần" if _is_part(match, place) else "trên"
    return Said(f"{_say_plain(match['above'])} {word} {_say_plain(match['below'])}", Kind.NUMBER)


def _is_part(match: re.Match[str], place: Place) -> bool:
    above, below, left, right = match["above"], match["below"], place.left(20), place.right(match.end())
    if len(below) > 2 or not int(re.sub(r"[^0-9]", "", above)) < int(below) <= 10:
        return False
    if _NUMBERED.search(left):
        return False
    if _SHARED.search(left) or _PART_OF.match(right) or _CLAUSE_END.match(right):
        return True
    return f"{above}/{below}" in _COMMON_PARTS and not _COUNTABLE.match(right) and not is_counted(right)


def _say_plain(text: str) -> str:
    return say_cardinal(re.sub(r"[^0-9]", "", text))


def _read_ratio(match: re.Match[str], _: Place) -> Said | None:
    return Said(f"{_say_plain(match['a'])} trên {_say_plain(match['b'])}", Kind.NUMBER)


def _read_number(match: re.Match[str], _: Place) -> Said:
    whole = re.sub(r"[^0-9]", "", match["whole"])
    fraction = match["fraction"]
    if fraction:
        return Said(say_decimal(whole, fraction), Kind.NUMBER)
    if len(whole) >= 10 and match["whole"].isdigit() and not whole.endswith("000"):
        return Said(say_digits(whole), Kind.NUMBER)
    return Said(say_count(whole), Kind.NUMBER)


def _read_three_decimals(match: re.Match[str], place: Place) -> Said:
    """1,250: by the rule 1 and a quarter, yet counted people show a thousand written the English way."""
    whole, fraction = match["whole"], match["fraction"]
    if whole != "0" and _COUNTABLE.match(place.right(match.end())):
        return Said(say_cardinal(whole + fraction), Kind.NUMBER, warning="ambiguous_number")
    return Said(say_decimal(whole, fraction), Kind.NUMBER)


def _read_lettered(match: re.Match[str], place: Place) -> Said | None:
    """12A, 14C, 5G, 6A1; 220V and 20K are left to the units."""
    letters = match["letters"]
    is_unit = letters in place.lexicon.units or letters in place.lexicon.money
    if is_unit and not match["rest"] and (letters != "K" or int(match["number"]) >= 10):
        return None
    called = "gờ" if letters == "G" else spell_letters(letters)
    parts = [say_count(match["number"]), called, say_count(match["rest"]) if match["rest"] else ""]
    return Said(" ".join(part for part in parts if part), Kind.NUMBER)


def _read_and_more(match: re.Match[str], _: Place) -> Said:
    """1m65, 2tr5."""
    unit = {"m": "mét", "tr": "triệu"}.get(match["unit"], "ki lô")
    return Said(f"{say_cardinal(match['whole'])} {unit} {say_cardinal(match['rest'])}", Kind.NUMBER)


_LAST = r"(?![0-9])"

RULES = (
    Rule("ordinal", "0", re.compile(rf"[0-9]{{1,3}}{_LAST}(?![.,][0-9])"), _read_ordinal),
    Rule("version", "0", re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,3}(?![0-9,])"), _read_version),
    Rule("section", "0", re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,4}(?![0-9]|,[0-9])"), _read_section),
    Rule(
        "listed numbers",
        "0",
        re.compile(
            r"(?P<all>[0-9]{1,2}(?:,[0-9]{1,2}){1,9})(?:/(?P<year>(?:19|20)[0-9]{2}))?(?![0-9]|[.,/-][0-9]|%)"
        ),
        _read_listed,
    ),
    Rule(
        "fraction",
        "0",
        re.compile(
            r"(?P<above>[0-9]{1,3}(?:\.[0-9]{3}){0,3}|[0-9]{1,6})\s?/\s?(?P<below>[0-9]{1,3}(?:\.[0-9]{3}){1,3}|[0-9]{1,6})(?![0-9/]|,[0-9])"
        ),
        _read_fraction,
    ),
    Rule(
        "ratio",
        "0",
        re.compile(
            r"(?P<a>[0-9]{1,4})(?::|\s:\s)(?P<b>[0-9]{1,3}(?:\.[0-9]{3}){1,3}|[0-9]{1,6})(?![0-9:]|\s?=)"
        ),
        _read_ratio,
    ),
    Rule(
        "thousands",
        "0",
        re.compile(rf"(?P<whole>[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+)(?:,(?P<fraction>[0-9]{{1,6}}))?{_LAST}"),
        _read_number,
    ),
    Rule(
        "english thousands",
        "0",
        re.compile(
            rf"(?P<whole>[1-9][0-9]{{0,2}}(?:,[0-9]{{3}}){{2,6}})(?:\.(?P<fraction>[0-9]{{1,6}}))?{_LAST}"
        ),
        _read_number,
    ),
    Rule(
        "english thousands",
        "0",
        re.compile(rf"(?P<whole>[1-9][0-9]{{0,2}}(?:,[0-9]{{3}}){{1,6}})\.(?P<fraction>[0-9]{{1,6}}){_LAST}"),
        _read_number,
    ),
    Rule(
        "spaced thousands",
        "0",
        re.compile(
            r"(?P<whole>[1-9][0-9]{0,2}(?: [0-9]{3}){2,6})(?:,(?P<fraction>[0-9]{1,6}))?(?![0-9]| [0-9])"
        ),
        _read_number,
    ),
    Rule(
        "spaced thousands",
        "0",
        re.compile(
            r"(?P<whole>[1-9][0-9]{0,2} [0-9]{3})(?P<fraction>)(?=\s?(?:đồng|đ|hộ|người|ha|kg|tấn"
            r"|con|cây|m2|km|triệu)(?!\w))"
        ),
        _read_number,
    ),
    Rule(
        "three decimals",
        "0",
        re.compile(rf"(?P<whole>[0-9]{{1,3}}),(?P<fraction>[0-9]{{3}}){_LAST}"),
        _read_three_decimals,
    ),
    Rule(
        "decimal",
        "0",
        re.compile(rf"(?P<whole>[0-9]{{1,15}}),(?P<fraction>[0-9]{{1,6}}){_LAST}"),
        _read_number,
    ),
    Rule(
        "decimal point",
        "0",
        re.compile(rf"(?P<whole>[0-9]{{1,15}})\.(?P<fraction>[0-9]{{1,2}}|[0-9]{{4,6}}){_LAST}(?!\.[0-9])"),
        _read_number,
    ),
    Rule(
        "decimal point",
        "0",
        re.compile(rf"(?P<whole>0)\.(?P<fraction>[0-9]{{3}}){_LAST}(?!\.[0-9])"),
        _read_number,
    ),
    Rule(
        "metres and more",
        "0",
        re.compile(r"(?P<whole>[0-9]{1,3})(?P<unit>m(?![23](?!\w))|tr|kg|kí|ký)(?P<rest>[0-9]{1,2})(?!\w)"),
        _read_and_more,
    ),
    Rule(
        "lettered number",
        "0",
        re.compile(r"(?P<number>[0-9]{1,4})(?P<letters>[A-ZĐ]{1,2})(?P<rest>[0-9]{0,3})(?!\w)"),
        _read_lettered,
    ),
    Rule("number", "0", re.compile(r"(?P<whole>[0-9]+)(?P<fraction>)"), _read_number),
)
