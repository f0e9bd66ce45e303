"""Days, months, years and stretches of them, in figures: 26/7/2022, 5-7/6, 6/2023, 2021 - 2025."""

import re

from studio.speech.numbers import say_cardinal, say_month
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said
from studio.speech.syllables import UPPER

_NUMBERED = re.compile(
    r"(?<!\w)(?:số|số nhà|nhà số|nhà|lớp|chi đội|phòng|căn hộ|thửa|ngõ|hẻm|kiệt|ngách|lô|căn"
    r"|tỷ lệ|tỉ lệ|huyết áp|đạt|được|với|trình độ|mô hình)\W*$"
)
_D, _M, _Y = r"(?:0?[1-9]|[12][0-9]|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:1[5-9]|20|21)[0-9]{2}"
_END = r"(?![0-9A-Za-zĐđ]|[/.,][0-9])"
_DASH = r"\s?-\s?"

_SAYS_DAY = re.compile(
    r"(?:ngày|mùng|mồng|rằm|hôm|lễ|dịp|quốc khánh|tết|thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|cn)\W*$"
)
_WANTS_DAY = re.compile(
    r"(?:^|\W)(?:từ|đến|tới|trước|sau|hạn|qua|hết|vào|sáng|trưa|chiều|tối|đêm|khuya|kể từ"
    r"|lúc|hôm nay|hôm qua|ngày mai|hạn chót|thời hạn|:)\W*$"
)
_IN_DATES = re.compile(
    r"(?:ngày|lễ|dịp|kỷ niệm|chào mừng|quốc khánh|giải phóng|thống nhất|quốc tế|phụ nữ"
    r"|thành lập|truyền thống|chiến thắng|sáng|trưa|chiều|tối|đêm|hôm|mùng|mồng|thứ (?:hai"
    r"|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|dương lịch|tết"
    r"|liệt sĩ|lao động|đoàn|nhà giáo|thầy thuốc|từ|trước|sau|đến hết|kể từ|vào|hết|phiên"
    r"|lúc|khai mạc|bế mạc|giờ)\W{0,3}(?:việt nam |hai bà trưng |đảng |toàn quốc |toàn dân "
    r"|miền nam )?\W{0,3}$"
)
_LISTED = re.compile(rf"ngày (?:{_D}(?:/{_M})?(?:, | và | đến | - |-|,|; | hoặc )(?:ngày )?){{1,5}}$")
_RANGED = re.compile(rf"{_D}/{_M}(?: đến | tới | - |-| và |, |; )(?:ngày )?$")
_COUNTED = re.compile(
    r"\s?(?:xã|thôn|hộ|làng|tiêu chí|đại biểu|chỉ tiêu|trường|huyện|phường|đơn vị|chi bộ"
    r"|đảng viên|phiếu|đồng chí|em|người|cơ sở|điểm|số|diện tích|dân số|thành viên|quả|lít"
    r"|kg|ha|tổng|nhiệm vụ|nội dung|học sinh|lớp|tỉnh|chi hội|tổ(?! chức)|cụm|đài|trạm"
    r"|công trình|dự án|mục tiêu|nhóm|phòng|ban(?! hành)|ngành|lần|giờ|ngày|tháng|suất|căn"
    r"|ngôi|con|ý kiến|hồ sơ|bộ|cán bộ|khu|hội viên|thôn|buôn|bản|%)\b"
)


_EXPLAINED = re.compile(r"\W{1,4}(?i:là )?(?i:ngày)\s")
"""27/7 - Ngày Thương binh, Liệt sĩ."""


def is_counted(right: str) -> bool:
    """Whether what follows is counted one by one, as communes and villages are."""
    return _COUNTED.match(right) is not None


def _say_day(day: str) -> str:
    return say_cardinal(day)


def _say_date(day: str, month: str, year: str | None = None) -> str:
    spoken = f"{_say_day(day)} tháng {say_month(month)}"
    return f"{spoken} năm {say_cardinal(year)}" if year else spoken


def _with_day(spoken: str, place: Place) -> str:
    """`ngày` put before where the writer left it out and a listener needs it."""
    left = place.left(40)
    if _SAYS_DAY.search(left) or _LISTED.search(left):
        return spoken
    if not left.strip(" ("):
        return f"ngày {spoken}"
    return f"ngày {spoken}" if _WANTS_DAY.search(left) else spoken


def _read_full(match: re.Match[str], place: Place) -> Said:
    day, month, year = match["day"], match["month"], match["year"]
    return Said(_with_day(_say_date(day, month, year), place), Kind.DATE)


def _read_iso(match: re.Match[str], place: Place) -> Said:
    return _read_full(match, place)


def _read_days(match: re.Match[str], place: Place) -> Said | None:
    """5-7/6, 5-7/6/2024: days of one month."""
    day, month = match["day"], match["month"]
    if int(match["from"]) >= int(day):
        return None
    first = _with_day(_say_day(match["from"]), place)
    return Said(f"{first} đến {_say_date(day, month, match['year'])}", Kind.DATE)


def _read_span(match: re.Match[str], place: Place) -> Said | None:
    """30/4-1/5, 5/6 - 7/6/2024, 1/1/2024 - 31/12/2024."""
    if (
        match["year"] is None
        and not _IN_DATES.search(place.left(40))
        and int(match["day0"]) <= int(match["month0"])
    ):
        return None
    first = _with_day(_say_date(match["day0"], match["month0"], match["year0"]), place)
    return Said(f"{first} đến {_say_date(match['day'], match['month'], match['year'])}", Kind.DATE)


def _read_day_month(match: re.Match[str], place: Place) -> Said | None:
    """2/9 is a day where days are spoken of, or where it can hardly be a fraction."""
    left, day, month = place.left(40), match["day"], match["month"]
    told = bool(
        _IN_DATES.search(left) or _LISTED.search(left) or _RANGED.search(left) or _WANTS_DAY.search(left)
    )
    told = (
        told
        or _is_feast(match, place)
        or day[0] == "0"
        or month[0] == "0"
        or bool(_EXPLAINED.match(place.right(match.end())))
    )
    named = bool(
        re.search(
            r"(?:ngày|mùng|mồng|lễ|dịp|hôm|sáng|trưa|chiều|tối|đêm|kỷ niệm|chào mừng|mừng|hội"
            r"|quốc khánh)[^\w,;]*$",
            left,
        )
    )
    named = named or bool(_LISTED.search(left)) or _is_holiday(int(day), int(month), place)
    if _NUMBERED.search(left) or _STREET.match(place.right(match.end())):
        return None
    if re.match(r"\s*(?:âm|dương) lịch", place.right(match.end())):
        return Said(_with_day(_say_date(day, month), place), Kind.DATE)
    counted = bool(_COUNTED.match(place.right(match.end())))
    if named or (told and not counted):
        return Said(_with_day(_say_date(day, month), place), Kind.DATE)
    if counted or int(day) <= int(month) or (day, month) == ("24", "7"):
        return None
    return Said(_say_date(day, month), Kind.DATE, warning="ambiguous_date")


def _is_holiday(day: int, month: int, place: Place) -> bool:
    return (day, month) in _HOLIDAYS and _COMMEMORATED.search(place.left(90)) is not None


def _is_feast(match: re.Match[str], place: Place) -> bool:
    """Ngày Pháp luật Việt Nam 9/11: a day with a name."""
    begin = max(place.line, place.start - 60)
    return _FEAST.search(place.text, begin, match.start()) is not None


_STREET = re.compile(r"\s?(?:đường|phố)\s")
"""Hẻm 15/3 đường Phan Bội Châu."""
_HOLIDAYS = frozenset({
    (1, 1), (6, 1), (9, 1), (3, 2), (27, 2), (8, 3), (10, 3), (26, 3), (30, 4), (1, 5), (15, 5), (19, 5),
    (1, 6), (21, 6), (28, 6), (27, 7), (19, 8), (2, 9), (1, 10), (10, 10), (13, 10), (15, 10), (17, 10),
    (20, 10), (9, 11), (18, 11), (20, 11), (1, 12), (22, 12), (26, 12),
})  # fmt: skip
_COMMEMORATED = re.compile(
    r"(?:kỷ niệm|chào mừng|mừng|ngày lễ|quốc khánh|dịp|hưởng ứng|truyền thống|thành lập)[^.;!?]{0,80}$"
)
"""Kỷ niệm 80 năm ... và Quốc khánh nước CHXHCN Việt Nam 2/9."""
_FEAST = re.compile(rf"(?i:(?<!\w)ngày) [{UPPER}][^.;,:0-9\n]{{2,45}}\Z")


def _read_day_month_hyphen(match: re.Match[str], place: Place) -> Said | None:
    """30-4, 2-9 after `ngày`, `lễ`; a stretch never runs backwards."""
    left = place.left(40)
    backwards = int(match["day"]) > int(match["month"]) and not _COUNTED.match(place.right(match.end()))
    right = place.right(match.end())
    told = re.search(
        r"(?:ngày|lễ|dịp|quốc khánh|kỷ niệm|quốc tế (?:lao động|phụ nữ)|sáng|trưa|chiều|tối|đêm|hôm)\W*$"
        r"|từ (?:ngày )?[0-9]{1,2} (?:đến|tới) (?:ngày )?$",
        left,
    )
    if (not backwards and not told) or re.search(r"(?:từ|các|trong|[0-9]) ngày\W*$", left):
        return None
    if re.match(r"\s*(?:tháng|âm|/|giờ|h\b|=)", right):
        return None
    if not told and int(match["day"]) <= 12 and match["day"][0] != "0":
        pair = f"{say_cardinal(match['day'])} {say_cardinal(match['month'])}"
        return Said(pair, Kind.NUMBER, warning="ambiguous_score")
    return Said(
        _with_day(_say_date(match["day"], match["month"]), place),
        Kind.DATE,
        warning="" if told else "ambiguous_date",
    )


def _read_day_month_point(match: re.Match[str], place: Place) -> Said | None:
    """Ngày 1.1."""
    return Said(_say_date(match["day"], match["month"]), Kind.DATE) if place.before() == "ngày" else None


def _read_months_of_year(match: re.Match[str], _: Place) -> Said:
    """6T/2025, 9 tháng/2025."""
    return Said(f"{say_cardinal(match['count'])} tháng năm {say_cardinal(match['year'])}", Kind.DATE)


def _read_quarter(match: re.Match[str], _: Place) -> Said:
    return Said(f"quý {say_cardinal(match['quarter'])} năm {say_cardinal(match['year'])}", Kind.DATE)


_COUNTED_YEARLY = r"(?:đợt|lần|kỳ|kỳ họp|quý|số|vụ|khóa|tuần|phiên|học kỳ|vòng|phiên họp|thứ)"
_COUNTS_YEARLY = re.compile(rf"{_COUNTED_YEARLY}\W*$")
_JOIN = r"\s?(?:,|và|-|đến)\s?"
_COUNTS_ON = re.compile(rf"(?<!\w){_COUNTED_YEARLY} [0-9]{{1,2}}(?:{_JOIN}[0-9]{{1,2}}){{0,4}}{_JOIN}$")
"""Quý 3-4/2024, đợt 1, 2/2025: the second figure counts what the first does."""


_SCALED = re.compile(r"(?<!\w)(?:tỷ lệ|tỉ lệ|bản đồ|bản vẽ|pha|trộn|nồng độ|pha loãng)\W*$")


def _read_month(match: re.Match[str], place: Place) -> Said | None:
    """6/2023: the sixth month, unless something else is counted by the year (đợt 1/2024)."""
    left = place.left(20)
    if _SCALED.search(left):
        return None
    year = say_cardinal(match["year"])
    if _COUNTS_YEARLY.search(left) or _COUNTS_ON.search(place.left(40)):
        return Said(f"{say_cardinal(match['month'])} năm {year}", Kind.DATE)
    spoken = f"{say_month(match['month'])} năm {year}"
    if re.search(r"tháng\W*(?:[0-9]{1,2}\W*(?:và|đến|-|,)?\W*)?$", left):
        return Said(spoken, Kind.DATE)
    return Said(f"tháng {spoken}", Kind.DATE)


def _read_numbered_year(match: re.Match[str], place: Place) -> Said | None:
    if not _COUNTS_YEARLY.search(place.left(20)):
        return None
    return Said(f"{say_cardinal(match['number'])} năm {say_cardinal(match['year'])}", Kind.DATE)


def _read_months(match: re.Match[str], place: Place) -> Said | None:
    """tháng 1-6/2024."""
    if not re.search(r"tháng\W*$", place.left(12)):
        return None
    year = f" năm {say_cardinal(match['year'])}" if match["year"] else ""
    return Said(f"{say_month(match['from'])} đến tháng {say_month(match['month'])}{year}", Kind.DATE)


def _read_month_number(match: re.Match[str], place: Place) -> Said | None:
    if place.before() != "tháng" or (
        re.search(r"[0-9]\s+tháng\s*$", place.left(12))
        and not re.search(r"(?:ngày|mùng|mồng|rằm|đến|-)\s*[0-9]{1,2}\s+tháng\s*$", place.left(24))
    ):
        return None
    return Said(say_month(match[0]), Kind.DATE)


def _read_years(match: re.Match[str], _: Place) -> Said:
    return Said(f"{say_cardinal(match['from'])} đến {say_cardinal(match['to'])}", Kind.DATE)


def _read_month_span(match: re.Match[str], place: Place) -> Said:
    lead = "" if re.search(r"tháng\W*$", place.left(12)) else "tháng "
    first = f"{say_month(match['m0'])} năm {say_cardinal(match['y0'])}"
    last = f"{say_month(match['m1'])} năm {say_cardinal(match['y1'])}"
    return Said(f"{lead}{first} đến tháng {last}", Kind.DATE)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text + _END)


RULES = (
    Rule(
        "days of a month",
        "0",
        _pattern(rf"(?P<from>{_D}){_DASH}(?P<day>{_D})/(?P<month>{_M})(?:/(?P<year>{_Y}))?"),
        _read_days,
    ),
    Rule(
        "span of days",
        "0",
        _pattern(
            rf"(?P<day0>{_D})/(?P<month0>{_M})(?:/(?P<year0>{_Y}))?{_DASH}(?P<day>{_D})/(?P<month>{_M})(?:/(?P<year>{_Y}))?"
        ),
        _read_span,
    ),
    Rule(
        "span of months",
        "0",
        _pattern(rf"(?P<m0>{_M})/(?P<y0>{_Y}){_DASH}(?P<m1>{_M})/(?P<y1>{_Y})"),
        _read_month_span,
    ),
    Rule("date", "0", _pattern(rf"(?P<day>{_D})(?P<s>[/.-])(?P<month>{_M})(?P=s)(?P<year>{_Y})"), _read_full),
    Rule("date", "0", _pattern(rf"(?P<day>{_D}) ?/ ?(?P<month>{_M}) ?/ ?(?P<year>{_Y})"), _read_full),
    Rule(
        "iso date",
        "0",
        _pattern(r"(?P<year>(?:19|20)[0-9]{2})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12][0-9]|3[01])"),
        _read_iso,
    ),
    Rule("day and month", "0", _pattern(rf"(?P<day>{_D})\.(?P<month>{_M})"), _read_day_month_point),
    Rule(
        "months of a year",
        "0",
        re.compile(rf"(?P<count>{_M})(?:T|\s?tháng)/(?P<year>{_Y})(?![0-9/])"),
        _read_months_of_year,
    ),
    Rule("quarter", "A", re.compile(rf"Q(?P<quarter>[1-4])[/-](?P<year>{_Y})(?![0-9])"), _read_quarter),
    Rule("years", "0", _pattern(rf"(?P<from>{_Y})\s{{0,2}}-\s{{0,2}}(?P<to>{_Y})"), _read_years),
    Rule(
        "months of a year",
        "0",
        _pattern(rf"(?P<from>{_M}){_DASH}(?P<month>{_M})(?:/(?P<year>{_Y}))?"),
        _read_months,
    ),
    Rule("month", "0", _pattern(rf"(?P<month>{_M})(?:\s?/\s?|-)(?P<year>{_Y})"), _read_month),
    Rule(
        "number of a year", "0", _pattern(rf"(?P<number>[0-9]{{1,3}})[/-](?P<year>{_Y})"), _read_numbered_year
    ),
    Rule("day and month", "0", _pattern(rf"(?P<day>{_D})/(?P<month>{_M})(?!\s?[-/][0-9])"), _read_day_month),
    Rule("day and month", "0", _pattern(rf"(?P<day>{_D})-(?P<month>{_M})"), _read_day_month_hyphen),
    Rule("month number", "0", _pattern(rf"{_M}"), _read_month_number),
)
