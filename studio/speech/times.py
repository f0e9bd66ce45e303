"""Times of day and durations in figures: 5h30, 17:00, 7g30, 19:45:30, 00:05:30, 90'."""

import re

from studio.speech.numbers import say_cardinal, say_month, say_ordinal
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said

_H, _MIN = r"(?:[01]?[0-9]|2[0-4])", r"[0-5][0-9]"
_LENGTH = re.compile(r"(?:thời lượng|độ dài|kéo dài|dài|trong|mất|sau|thành tích|thời gian)[^.;]{0,20}$")


def _say_clock(hours: str, minutes: str | None, seconds: str | None = None) -> str:
    spoken = f"{say_cardinal(hours)} giờ"
    if minutes and (int(minutes) or (seconds and int(seconds))):
        spoken += f" {say_cardinal(minutes)} phút"
    if seconds and int(seconds):
        spoken += f" {say_cardinal(seconds)} giây"
    return spoken


def _read_clock(match: re.Match[str], place: Place) -> Said | None:
    hours, minutes, seconds = match["h"], match["m"], match["s"]
    left = place.left(40)
    if re.search(r"(?:tỷ lệ|tỉ lệ|tỷ số|tỉ số|pha|trộn)[^.;]{0,15}$", left):
        return None
    if _LENGTH.search(left) and seconds and not int(hours):
        return Said(f"{say_cardinal(minutes)} phút {say_cardinal(seconds)} giây", Kind.TIME)
    if re.search(r"thời lượng\W*$", left) and not seconds:
        return Said(f"{say_cardinal(hours)} phút {say_cardinal(minutes)} giây", Kind.TIME)
    return Said(_say_clock(hours, minutes, seconds), Kind.TIME)


def _read_hours(match: re.Match[str], _: Place) -> Said:
    return Said(_say_clock(match["h"], match["m"], match["s"]), Kind.TIME)


def _read_pointed(match: re.Match[str], place: Place) -> Said | None:
    """Lúc 7.30."""
    return _read_hours(match, place) if place.before() in ("lúc", "hồi") else None


def _read_bare_hours(match: re.Match[str], _: Place) -> Said:
    return Said(f"{say_cardinal(match['h'])} giờ", Kind.TIME)


def _read_southern_hours(match: re.Match[str], place: Place) -> Said | None:
    """8g: eight o'clock where a moment is told, else eight grams."""
    told = re.search(r"(?:lúc|hồi|giờ)\W*$", place.left(12)) or _TIME_NEXT.match(place.right(match.end(), 24))
    return Said(f"{say_cardinal(match['h'])} giờ", Kind.TIME) if told else None


def _read_weekday(match: re.Match[str], place: Place) -> Said | None:
    """T2 - T6, T7 và CN; T6/2024 is a month."""
    right = place.right(match.end(), 12)
    if match["year"]:
        return Said(f"tháng {say_month(match['n'])} năm {say_cardinal(match['year'])}", Kind.DATE)
    if int(match["n"]) not in range(2, 8):
        return None
    if _WEEK_NEXT.match(right) or _WEEK_BEFORE.search(place.left(16)):
        return Said(f"thứ {say_ordinal(match['n'])}", Kind.DATE)
    return None


def _read_zero_minutes(_: re.Match[str], place: Place) -> Said | None:
    """The 00 of `17 giờ 00 phút` says nothing on air."""
    return Said("", Kind.TIME) if place.before() == "giờ" else None


def _read_prime(match: re.Match[str], _: Place) -> Said:
    return Said(f"{say_cardinal(match['n'])} phút", Kind.TIME)


def _read_day_round(match: re.Match[str], _: Place) -> Said:
    return Said(
        "hai mươi tư trên hai mươi tư" + (" giờ" if match[0].endswith(("h", "H")) else ""),
        Kind.TIME,
    )


def _read_minutes_seconds(match: re.Match[str], _: Place) -> Said:
    return Said(f"{say_cardinal(match['m'])} phút {say_cardinal(match['s'])} giây", Kind.TIME)


_TIME_NEXT = re.compile(
    r"\s?(?:(?:sáng|trưa|chiều|tối|đêm|ngày|hằng ngày|hàng ngày|kém)(?!\w)"
    r"|(?:-|đến|tới)\s?[0-9]{1,2}(?:g(?:[0-5][0-9])?|h[0-9]{0,2})(?!\w))"
)
_WEEK_NEXT = re.compile(
    r"\s?(?:(?:-|đến|và|,)\s?(?:T[2-7]|CN)(?!\w)|(?:hằng|hàng|mỗi|trong) tuần"
    r"|tuần (?:này|sau|tới|qua|trước)|\(?ngày [0-9]{1,2}/[0-9])"
)
_WEEK_BEFORE = re.compile(
    r"(?:sáng|trưa|chiều|tối|đêm|các ngày|giao ban|thứ (?:hai|ba|tư|năm|sáu|bảy)|t[2-7])(?:\W|và|đến){0,5}$"
)

_CLOSE = r"(?![0-9]|:[0-9])"
_MINUTE_MARK = r"(?:\s?(?:(?:phút|ph|p)(?!\w)|'))?"

RULES = (
    Rule("round the clock", "0", re.compile(r"24/24(?:[hH](?!\w))?"), _read_day_round),
    Rule(
        "clock",
        "0",
        re.compile(rf"(?P<h>{_H}):(?P<m>{_MIN})(?::(?P<s>{_MIN}))?{_CLOSE}(?:[hH](?!\w))?"),
        _read_clock,
    ),
    Rule(
        "hours and minutes",
        "0",
        re.compile(
            rf"(?P<h>{_H})\s?(?:[hHg]|giờ)\s?:?(?P<m>{_MIN}|[1-9]){_MINUTE_MARK}(?:\s?(?P<s>{_MIN})\s?(?:(?:s|giây)(?!\w)|\"|''))?(?![0-9]|[.,/][0-9])(?!\w)"
        ),
        _read_hours,
    ),
    Rule("southern hours", "0", re.compile(r"(?P<h>[01]?[0-9]|2[0-4])g(?!\w)"), _read_southern_hours),
    Rule(
        "time with a point",
        "0",
        re.compile(rf"(?P<h>{_H})\.(?P<m>{_MIN})(?P<s>)(?![0-9]|[.,/-][0-9])"),
        _read_pointed,
    ),
    Rule(
        "weekday",
        "A",
        re.compile(r"T(?P<n>1[0-2]|[1-9])(?:/(?P<year>(?:19|20)[0-9]{2}))?(?!\w)"),
        _read_weekday,
    ),
    Rule("hours", "0", re.compile(r"(?P<h>[0-9]{1,3})\s?[hH](?![\w'])'?"), _read_bare_hours),
    Rule(
        "minutes and seconds",
        "0",
        re.compile(rf"(?P<m>[0-9]{{1,3}})'\s?(?P<s>{_MIN})(?:\"|''|s)"),
        _read_minutes_seconds,
    ),
    Rule("minutes", "0", re.compile(r"(?P<n>[0-9]{1,3})'(?![\w'])"), _read_prime),
    Rule("no minutes", "0", re.compile(r"00(?:\s?phút)?(?![0-9.,/])"), _read_zero_minutes),
)
