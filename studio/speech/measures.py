"""Units and currencies, which follow a number, and the few that stand before it ($5)."""

import re

from studio.speech.numbers import say_cardinal, say_decimal
from studio.speech.ranges import follows_number
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said

_CLOSE_ONLY = frozenset({"k", "K", "TB", "CV", "HP", "Đ", "A", "ms", "cal", "bar", "tr", "h"})
"""Read as units only when nothing stands between them and the figure."""

_PLAIN_UNITS = frozenset(
    """
    km Km KM cm mm kg Kg KG mg ml m2 m3 km2 m² m³ km² kWh kW MW MHz kHz GB MB VNĐ VND vnđ vnd USD usd
    EUR
    """.split()  # noqa: SIM905 - words read best as text
)
"""Units also without a figure: giá mỗi kg, tính bằng m2."""

_UNIT = re.compile(
    r"°\s?[CF](?!\w)|[oºO]C(?!\w)|[°%‰℃$€₫£¥㎡㎥㎞㎏]|US\$|tr\.?\s?đ(?:ồng)?(?!\w)"
    r"|(?:[A-Za-zμΩđĐ]{1,5})(?:[23²³])?(?![\w²³])"
)


_LOADED = re.compile(r"(?:xe|tải|tải trọng|trọng tải|trọng lượng|chở|cẩu)(?!\w)[^.;]{0,20}$")
_AGED = re.compile(r"[(,]\s?[1-9][0-9]?$")
_COMRADE = re.compile(r"/c(?!\w)")


def _read_unit(match: re.Match[str], place: Place) -> Said | None:
    symbol = match[0].replace(" ", "")
    money = place.lexicon.money.get(symbol)
    spoken = money or place.lexicon.units.get(symbol)
    if spoken is None:
        return None
    if symbol in ("T", "t"):
        return _read_tonne(match, place)
    if not _stands_for_unit(symbol, place, match.end()) or _COMRADE.match(place.text, match.end()):
        return None  # đ/c: comrade
    if money == "nghìn" and re.match(r"\s?(?:đ|vnđ|đồng)\b", place.right(match.end()), re.IGNORECASE):
        return Said("nghìn", Kind.MONEY)
    return Said(spoken, Kind.MONEY if money else Kind.UNIT)


def _read_tonne(match: re.Match[str], place: Place) -> Said | None:
    """Xe tải 3,5T and 5 t/ha are tonnes, (50T) after a name an age; any other T is a letter."""
    if not follows_number(place):
        return None
    if _LOADED.search(place.left(30)) or place.right(match.end(), 3) == "/ha":
        return Said("tấn", Kind.UNIT)
    return Said("tuổi", Kind.UNIT) if place.touches and _AGED.search(place.left(8)) else None


def _stands_for_unit(symbol: str, place: Place, end: int) -> bool:
    if place.last and place.last.rule == "per":
        return True
    if follows_number(place):
        return place.touches or symbol not in _CLOSE_ONLY or (symbol == "tr" and place.right(end, 1) == "/")
    return (
        symbol in _PLAIN_UNITS
        or not symbol[0].isalpha()
        or (
            symbol == "ha" and place.before() in ("bao nhiêu", "nhiêu", "mấy", "mỗi", "từng", "nhiều", "trên")
        )
    )


def _read_prefixed(match: re.Match[str], place: Place) -> Said:
    whole, _, fraction = match["number"].replace(",", ".").partition(".")
    if len(fraction) == 3:
        whole, fraction = whole + fraction, ""
    number = say_decimal(whole, fraction) if fraction else say_cardinal(whole)
    name = place.lexicon.money["$" if match["sign"] == "US$" else match["sign"]]
    return Said(" ".join(part for part in (number, match["scale"], name) if part), Kind.MONEY)


def _read_coordinate(match: re.Match[str], _: Place) -> Said | None:
    """14°20'30"N: degrees, minutes, seconds and the side of the world."""
    if not match["minutes"] and not match["side"]:
        return None
    words = [_say_measured(match["degrees"]), "độ"]
    if match["minutes"]:
        words += [say_cardinal(match["minutes"]), "phút"]
    if match["seconds"]:
        words += [_say_measured(match["seconds"]), "giây"]
    if match["side"]:
        words.append(_SIDES[match["side"]])
    return Said(" ".join(words), Kind.UNIT)


def _read_position(match: re.Match[str], place: Place) -> Said | None:
    """13,1N-113,9E, as forecasts give the eye of a storm."""
    if not re.search(r"(?:vị trí|tọa độ|tâm bão|tâm áp thấp|vĩ|kinh|độ)", place.left()):
        return None
    return Said(f"{_say_measured(match['degrees'])} độ {_SIDES[match['side']]}", Kind.UNIT)


_SIDES = {
    "N": "vĩ bắc", "B": "vĩ bắc", "S": "vĩ nam", "E": "kinh đông", "Đ": "kinh đông", "W": "kinh tây",
    "T": "kinh tây",
}  # fmt: skip


def _say_measured(number: str) -> str:
    whole, _, fraction = number.replace(",", ".").partition(".")
    return say_decimal(whole, fraction) if fraction else say_cardinal(whole)


def _read_degree_letter(match: re.Match[str], place: Place) -> Said | None:
    return Said({"C": "xê", "F": "ép", "K": "ca"}[match[0]], Kind.UNIT) if place.before() == "độ" else None


def _read_post(match: re.Match[str], place: Place) -> Said | None:
    """Km 12+500, and not the km2 that follows a number."""
    if follows_number(place) or (place.last and place.last.rule == "per"):
        return None
    if match[0].startswith("KM") and re.search(r"(?:sắn|giống|mì)\W*$", place.left(8)):
        return None  # the cassava KM94
    return Said("ki lô mét", Kind.SYMBOL)


def _read_diameter(_: re.Match[str], __: Place) -> Said:
    return Said("phi", Kind.SYMBOL)


def _read_times(match: re.Match[str], place: Place) -> Said | None:
    spaced = match[0].startswith("x") and not place.touches
    return Said("nhân", Kind.SYMBOL) if follows_number(place) or spaced else None


RULES = (
    Rule(
        "coordinate",
        "0",
        re.compile(
            r"(?P<degrees>[0-9]{1,3}(?:[.,][0-9]{1,5})?)\s?°\s?(?:(?P<minutes>[0-9]{1,2})\s?'\s?"
            r"(?:(?P<seconds>[0-9]{1,2}(?:[.,][0-9]{1,3})?)\s?(?:\"|''))?)?\s?(?P<side>[NSEWBĐT](?!\w))?"
        ),
        _read_coordinate,
    ),
    Rule(
        "position",
        "0",
        re.compile(r"(?P<degrees>[0-9]{1,3}[.,][0-9]{1,3})\s?(?P<side>[NSEWBĐ])(?!\w)"),
        _read_position,
    ),
    Rule(
        "currency before",
        ".A",
        re.compile(
            r"(?P<sign>US\$|[$€£¥])\s?(?P<number>[0-9]{1,12}(?:[.,][0-9]{1,3})?)(?:\s?(?P<scale>tỷ|triệu|nghìn|ngàn)(?!\w))?"
        ),
        _read_prefixed,
    ),
    Rule("diameter", "A.", re.compile(r"[ØøΦφФф⌀]\s?(?=[0-9])"), _read_diameter),
    Rule("kilometre post", "A", re.compile(r"[Kk][Mm]\s?(?=[0-9])"), _read_post),
    Rule("degree", "A", re.compile(r"[CFK](?!\w)"), _read_degree_letter),
    Rule("times", "A.", re.compile(r"\s?[x×*]\s?(?=[0-9]|(?:dài|rộng|cao|sâu|dày)(?!\w))"), _read_times),
    Rule("unit", "A.", _UNIT, _read_unit),
)
