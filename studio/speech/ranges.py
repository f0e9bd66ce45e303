"""The hyphen and the stroke, the signs that mean most things: until, minus, score; per, or, out of."""

import re

from studio.speech.numbers import say_cardinal
from studio.speech.reading import Kind
from studio.speech.scanner import Piece, Place, Rule, Said

NUMERIC = (Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.UNIT, Kind.MONEY, Kind.ROMAN)
_SCALES = ("triệu", "nghìn", "ngàn", "tỷ", "tỉ", "trăm", "chục", "vạn")
_SCORED = re.compile(
    r"(?:thắng|thua|hòa|tỷ số|tỉ số|dẫn|dẫn trước|kết quả|đánh bại|gỡ|vượt qua|hạ"
    r"|chung cuộc|hiệp|trận|luân lưu|séc|hòa nhau|thắng lợi)\b[^.;0-9]{0,30}$"
)
_BELOW_ZERO = re.compile(
    r"[0-9]{1,6}(?:[.,][0-9]{1,4})?(?:\s?(?:đến|tới|-)\s?-?[0-9]{1,4})?\s?(?:°|º|độ|%|℃)"
)
_SIGNED = re.compile(
    r"(?:xuống|nhiệt độ|dưới|từ|là|còn|đạt|mức|tăng trưởng|bằng|đến|giá trị|khoảng|="
    r"|xuống tới|xuống còn|âm|thuế|lợi nhuận|chênh lệch|số dư|cân đối|biến động|cùng kỳ)\W*$"
)
_OPPOSITE = re.compile(r"(?<![0-9])\+\s?[0-9][^.!?]{0,40}[,;(]\s*$")
_WEEKDAY = re.compile(r"thứ (?:hai|ba|tư|năm|sáu|bảy)\s*$")
_NEXT_WEEKDAY = re.compile(r"(?i:thứ|chủ nhật)\s?")
_MEASURED = re.compile(r"[0-9.,/]{1,12}\s?(?P<unit>[A-Za-zμ°%]{1,5}[²³23]?)(?!\w)")
_AFTER_YEAR = re.compile(r"năm [0-9]{4}\W*$")
_NEXT_ROMAN = re.compile(r"[IVX]+(?!\w)")
_PART_OF_DAY = re.compile(r"(?:[0-9]|giờ|rưỡi) (?:sáng|trưa|chiều|tối|đêm)\s*$")
_NEXT_NUMERIC = re.compile(
    r"[0-9$€]|(?:dưới|ngày|tháng|năm|thứ|quý|chủ nhật|mùng|hết|hơn|trên)\s|[Kk]m\s|(?:T[2-8]|CN)(?!\w)"
)

PER_NOUNS = frozenset(
    """
    người hộ năm tháng ngày tuần giờ phút giây lần vụ xã thôn con cây suất buổi lượt em học khẩu lao đợt
    quý ca sào mẫu héc tấn tạ yến lít mét trẻ cháu trường lớp vạn đầu gốc hố bao chuyến phòng tổ làng kỳ
    huyện tỉnh hộp viên gói nhà căn công mô tin bài đêm mùa năm lứa đàn nhân gia bệnh giường thành hội
    đoàn đảng cặp chiếc bộ quyển cuốn km ki kg trang phiếu thửa dân sản thẻ tiết hécta chỗ phụ đồng xe
    hồ thuê lô mâm hốc luống bụi chậu khóm bình can chai lọ thùng khay rổ mẻ xóm ấp khối vé cơ đơn điểm điều
    """.split()  # noqa: SIM905 - words read best as text
)
_TIMES = ("giờ", "phút", "giây")
_PER_HEADS = re.compile(
    r"(?:đồng|lần|người|con|cây|hộ|tấn|tạ|buổi|tiết|lượt|phút|giờ|giây|ngày|bữa|suất|viên|liều|kg|vòng|bài|tin|trẻ|ca)$"
)


def is_numeric(piece: Piece | None) -> bool:
    return piece is not None and piece.kind in NUMERIC


def follows_number(place: Place) -> bool:
    """Whether what stands before is a number, in figures or with its scale in words."""
    return is_numeric(place.last) or place.before() in _SCALES


def _read_score(match: re.Match[str], place: Place) -> Said | None:
    if not _SCORED.search(place.left(50)) and not any(piece.rule == "score" for piece in place.pieces[-3:]):
        return _read_backwards(match, place)
    if re.match(r"\s*(?:người|năm|ngày|tháng|triệu|điểm|bàn|lần|%)\b", place.right(match.end())):
        return None
    return Said(f"{say_cardinal(match['a'])} {say_cardinal(match['b'])}", Kind.NUMBER)


_CLOCK = re.compile(r"[0-9]{1,2}:[0-5][0-9]:[0-5][0-9]")
_LASTING = re.compile(r"\s?(?:ngày|tuần|tháng|kg|tấn|tạ|lần)")
"""Ủ phân 45-60 ngày is a stretch of days."""
_FERTILISER = re.compile(r"(?:dap|npk|phân|phân bón)\W*$")


def _read_formula(match: re.Match[str], place: Place) -> Said | None:
    """DAP 18-46."""
    if not _FERTILISER.search(place.left(12)) or _LASTING.match(place.right(match.end(), 8)):
        return None
    return _read_series(match, place)


def _read_series(match: re.Match[str], _: Place) -> Said | None:
    if _CLOCK.fullmatch(match[0]):
        return None
    return Said(" ".join(say_cardinal(part) for part in re.findall("[0-9]+", match[0])), Kind.NUMBER)


def _read_backwards(match: re.Match[str], place: Place) -> Said | None:
    """2-0 at the end of a clause is no stretch, and no day either."""
    first, second = int(match["a"]), int(match["b"])
    may_be_else = first <= second or (0 < second <= _MONTHS and first <= _DAYS) or ":" in match[0]
    if may_be_else or place.before() in ("từ", "khoảng"):
        return None
    if not _CLAUSE_END.match(place.right(match.end())):
        return None
    pair = f"{say_cardinal(match['a'])} {say_cardinal(match['b'])}"
    return Said(pair, Kind.NUMBER, warning="ambiguous_score")


_DAYS, _MONTHS = 31, 12
_CLAUSE_END = re.compile(r"\s*(?:[.,;)]|$)")


def _read_in_one(match: re.Match[str], _: Place) -> Said:
    return Said(f"{say_cardinal(match['a'])} trong {say_cardinal(match['b'])}", Kind.NUMBER)


def _read_season(match: re.Match[str], _: Place) -> Said | None:
    """Niên vụ 2024/2025: two years that follow each other are a season, not a fraction."""
    first, last = int(match["a"]), int(match["b"])
    return (
        Said(f"{say_cardinal(match['a'])} đến {say_cardinal(match['b'])}", Kind.RANGE)
        if last == first + 1
        else None
    )


def _read_until(match: re.Match[str], place: Place) -> Said | None:
    right = place.right(match.end(), 12)
    if _spans_days(place, right):
        return Said("đến", Kind.RANGE)
    if not follows_number(place) or (place.last and place.last.rule == "per"):
        return None
    roman = place.last is not None and place.last.kind is Kind.ROMAN and _NEXT_ROMAN.match(right)
    if not (roman or _NEXT_NUMERIC.match(right)) or (
        right.startswith("năm") and not _AFTER_YEAR.search(place.left(12))
    ):
        return None
    if place.last and place.last.kind is Kind.UNIT and _differs(place.last, place.text, right):
        return None
    return Said("đến", Kind.RANGE)


def _spans_days(place: Place, right: str) -> bool:
    """Thứ hai - thứ sáu, 5 giờ sáng - 10 giờ đêm."""
    if _WEEKDAY.search(place.left(12)) and _NEXT_WEEKDAY.match(right):
        return True
    return right[:1].isdigit() and _PART_OF_DAY.search(place.left(16)) is not None


def _differs(unit: Piece, text: str, right: str) -> bool:
    """12W-220V are two facts, 10kg-20kg one stretch."""
    measured = _MEASURED.match(right)
    pair = {measured["unit"], text[unit.start : unit.end].strip()} if measured else set()
    return len(pair) > 1 and not any(pair <= kind for kind in _ALIKE)


_ALIKE = ({"mm", "cm", "dm", "m", "km"}, {"mg", "g", "gam", "kg"}, {"ml", "l", "lít"}, {"m2", "ha", "m²"})


def _read_minus(match: re.Match[str], place: Place) -> Said | None:
    if place.touches and place.last and place.last.kind is not Kind.PUNCTUATION:
        return None
    paired = _OPPOSITE.search(place.left(60))  # +1,5m; -0,3m
    if _BELOW_ZERO.match(place.right(match.end())) or _SIGNED.search(place.left(20)) or paired:
        return Said("âm", Kind.SYMBOL)
    return Said("", Kind.MARKER) if place.opens_line else None


def _read_change(match: re.Match[str], place: Place) -> Said | None:
    """7 người (-2), 15 vụ (+1): so many fewer, so many more than before."""
    if re.search(r"(?:độ|nhiệt|°c)\W*$", place.left(12)):
        return None
    return Said("giảm" if match["sign"] == "-" else "tăng", Kind.SYMBOL)


def _read_difference(match: re.Match[str], place: Place) -> Said | None:
    """10 - 4 = 6 and 12 : 3 = 4 are sums, not a stretch and a score."""
    if not follows_number(place):
        return None
    return Said("trừ" if match["sign"] == "-" else "chia", Kind.SYMBOL)


_JOINED = frozenset({"tế", "trị", "hóa"})
"""Kinh tế - xã hội: one notion, no pause."""


def _read_hyphen(match: re.Match[str], place: Place) -> Said:
    spaced = not place.touches and place.text[match.end() : match.end() + 1].isspace()
    if place.before() in _JOINED and place.right(match.end(), 12).lstrip().lower().startswith("xã hội"):
        return Said("", Kind.PUNCTUATION)
    return Said("," if spaced or match[0] == "—" else "", Kind.PUNCTUATION)


def _read_year_stroke(match: re.Match[str], place: Place) -> Said | None:
    if not place.last or place.last.kind is not Kind.ROMAN:
        return None
    return Said(f"năm {say_cardinal(match['year'])}", Kind.DATE)


def _read_per(match: re.Match[str], place: Place) -> Said | None:
    word = match["word"]
    is_unit = word in place.lexicon.units or word in place.lexicon.money
    last = place.last
    paid = (
        last is not None
        and (last.spoken == "đồng" or last.kind in (Kind.MONEY, Kind.UNIT))
        and word.islower()
    )
    counted = word.lower() in PER_NOUNS or (
        word.isupper() and any(piece.rule == "per" for piece in place.pieces[-2:]) and _is_known(place, word)
    )
    if not is_unit and not paid and not counted and not word.isdigit():
        return None
    if last is None or not (
        last.kind in (Kind.UNIT, Kind.MONEY)
        or follows_number(place)
        or any(piece.rule == "per" for piece in place.pieces[-2:])
        or (
            last.kind in (Kind.WORD, Kind.ABBREVIATION)
            and (_PER_HEADS.search(place.before()) or re.search(r"[0-9][^.;:!?/]{0,24}$", place.left(28)))
        )
    ):
        return None
    if word.isdigit() and _counts_another(place, match):
        return Said(",", Kind.PUNCTUATION, match.start("word"))
    if last.kind is Kind.MONEY and is_unit and not re.search(r"[0-9]\W*\w+$", place.left(20)):
        return Said("trên", Kind.UNIT, match.start("word"))  # tỷ giá USD/VND
    physical = last.kind is Kind.UNIT and last.spoken != "phần trăm" and (is_unit or word in _TIMES)
    return Said("trên" if physical or word[0].isdigit() else "một", Kind.UNIT, match.start("word"))


def _is_known(place: Place, word: str) -> bool:
    """4 triệu đồng/tháng/HSSV."""
    return place.lexicon.expand(word, "", "") is not None


def _counts_another(place: Place, match: re.Match[str]) -> bool:
    """1.245 hộ/4.876 khẩu are two counts; 3 hộ/5 hộ is one of the other."""
    counted = _COUNTED_THING.match(place.right(match.start("word"), 30))
    return (
        counted is not None
        and place.last is not None
        and place.last.kind is Kind.WORD
        and counted["thing"] != place.before()
    )


_COUNTED_THING = re.compile(r"[0-9.]{1,10} (?P<thing>[^\W\d_]+)")


def _read_stroke(match: re.Match[str], place: Place) -> Said:
    right = place.right(match.end(), 10)
    if is_numeric(place.last) and re.match(r"[0-9]+(?![A-Z])", right):
        return Said("trên", Kind.SYMBOL)
    if place.before() == "và" and right.startswith("hoặc"):
        return Said("", Kind.PUNCTUATION)
    return Said(",", Kind.PUNCTUATION)


SCORE_RULES = (
    Rule(
        "score",
        "0",
        re.compile(r"(?P<a>[0-9]{1,2})\s?[-:]\s?(?P<b>[0-9]{1,2})(?![0-9/]|[.,-][0-9])"),
        _read_score,
    ),
    Rule("formula", "0", re.compile(r"[0-9]{1,2}-[0-9]{1,2}(?![0-9/]|[.,-][0-9])"), _read_formula),
    Rule(
        "season", "0", re.compile(r"(?P<a>(?:19|20)[0-9]{2})/(?P<b>(?:19|20)[0-9]{2})(?![\w/])"), _read_season
    ),
    Rule("in one", "0", re.compile(r"(?P<a>[2-9])\s?in\s?(?P<b>1)(?!\w)"), _read_in_one),
    Rule(
        "series",
        "0",
        re.compile(r"[0-9]{1,3}(?:(?:-[0-9]{1,3}){2,7}|(?::[0-9]{1,3}){2,3})(?![0-9]|/[0-9]|[.,][0-9])"),
        _read_series,
    ),
)

RULES = (
    Rule(
        "change",
        ".",
        re.compile(
            r"(?<=\()(?P<sign>[+-])(?=[0-9][0-9.,]{0,12}\s?(?:%|(?:vụ|người|ca|hộ|con|xã|thôn)\b)?\))"
        ),
        _read_change,
    ),
    Rule(
        "arithmetic",
        ".",
        re.compile(r"\s?(?P<sign>[-:])\s?(?=[0-9.,]{1,12}(?:\s?[-+x×:]\s?[0-9.,]{1,12}){0,3}\s?=)"),
        _read_difference,
    ),
    Rule(
        "year after stroke",
        ".",
        re.compile(r"[/-]\s?(?P<year>(?:19|20)[0-9]{2})(?![0-9])"),
        _read_year_stroke,
    ),
    Rule("until", ".", re.compile(r"\s?[-—]{1,2}\s{0,3}"), _read_until),
    Rule("minus", ".", re.compile(r"-(?=[0-9])"), _read_minus),
    Rule("per", ".", re.compile(r"\s?/\s?(?P<word>°?[^\W_]{1,12}[²³]?)"), _read_per),
)

LOOSE_RULES = (
    Rule("hyphen", ".", re.compile(r"-{1,3}(?=\s)|[-]{2,9}|-|—"), _read_hyphen),
    Rule("stroke", ".", re.compile(r"/{1,3}"), _read_stroke),
)
