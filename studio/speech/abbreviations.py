"""Strings of capitals: looked up, read as words where they are words, else spelled, with a warning.

An unknown string is never guessed. Longest first: LĐ-TB&XH before LĐ.
"""

import re

from studio.speech.lexicon import squeeze_key
from studio.speech.numbers import say_cardinal, say_count, say_digits
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said
from studio.speech.syllables import LOWER, UPPER, is_syllable, spell_letters

_PART = r"[A-ZĐƯÔƠÂÊĂ][A-ZĐƯÔƠÂÊĂa-zđư]{0,15}"
_CANDIDATE = re.compile(rf"{_PART}(?![^\W_])(?:(?:\s?[&-]\s?|[./]|,(?=[A-ZĐ]{{2}})){_PART}(?![^\W_])){{0,5}}")
_CUT = re.compile(r"\s?[&,./-]\s?")
_NAMED_NEXT = re.compile(rf"\.\s?(?=[{UPPER}0-9])")
_ROADS = ("QL", "TL", "ĐT", "ĐH", "HL", "DT", "DH", "CT")
_MOTORWAY = re.compile(r"(?:cao tốc|đường|tuyến)\W*$")
_TITLED = re.compile(
    r"(?<!\w)(?:ông|bà|anh|chị|em|cháu|cô|chú|bác|tên|nạn nhân|bị can|bị cáo|nghi phạm|đối tượng|do|con|vợ"
    r"|chồng|và|bé|tài xế|bệnh nhân)\s*$"
)
_POINTED = frozenset({"TS", "TƯ", "TW", "TP", "TX", "BS", "GS", "PGS", "UB", "KT", "TM", "TL", "TT", "QL"})
_ADDRESSED = re.compile(r"\s?:|\s(?:[0-9]|số\s)")
_CAPITALS = re.compile(r"[^\W\d_]+")


def _read_candidate(match: re.Match[str], place: Place) -> Said | None:
    written = match[0]
    cuts = [cut.start() for cut in _CUT.finditer(written)] + [len(written)]
    for cut in reversed(cuts):
        end = match.start() + cut
        said = _look_up(written[:cut], end, place, whole=cut == cuts[0])
        if said:
            return said
    return None


def _look_up(written: str, end: int, place: Place, *, whole: bool) -> Said | None:
    key = squeeze_key(written)
    if len(key) < 2 or (
        whole and (_is_heading_word(written, end, place) or (key.istitle() and is_syllable(key)))
    ):
        return None
    dot = _NAMED_NEXT.match(place.text, end)
    if dot and whole and key in place.lexicon.dotted:
        if key == "TT" and not re.match(rf"[{UPPER}][{LOWER}]", place.text[dot.end() : dot.end() + 2]):
            dotted = place.lexicon.expand(key, place.left(), place.right(dot.end()))
        else:
            dotted = place.lexicon.dotted[key]
        return Said(dotted, Kind.ABBREVIATION, dot.end()) if dotted else None
    left, right = place.left(), place.right(end)
    spoken = place.lexicon.expand(key, left, right) or (
        place.lexicon.expand(key.upper(), left, right) if not key.isupper() and not is_syllable(key) else None
    )
    if spoken is None:
        return None
    if dot and not whole and key.startswith(("PGS", "GS", "TS", "TP", "Th", "BS")):
        end = dot.end()
    guessed = place.lexicon.is_guess(key, spoken)
    return Said(spoken, Kind.ABBREVIATION, end, warning="ambiguous_abbreviation" if guessed else "")


def _is_heading_word(word: str, end: int, place: Place) -> bool:
    """AN, CAO, TU are words when the words beside them are in capitals too."""
    if not is_syllable(word):
        return False
    following = _CAPITALS.match(place.right(end, 20).lstrip(" ,-"))
    previous = place.last
    beside = [following[0]] if following else []
    if previous and previous.rule == "capital word":
        return True
    return any(len(other) > 1 and other.isupper() and is_syllable(other) for other in beside)


def _read_single(match: re.Match[str], place: Place) -> Said | None:
    """P. Quang Trung, Q.1, H. Sa Thầy: one letter and its point before a name or a number."""
    spoken = place.lexicon.dotted.get(match["letter"])
    if spoken is None:
        return None
    if match["letter"] == "P" and re.match(r"[A-ZĐ]{2}", place.text[match.end() : match.end() + 2]):
        spoken = "phòng"
    return Said(spoken, Kind.ABBREVIATION)


def _read_initials(match: re.Match[str], place: Place) -> Said | None:
    """Ông N.V.A.: a name kept back, letter by letter; T.S and T.Ư are abbreviations."""
    key = squeeze_key(match[0])
    if not _TITLED.search(place.left(24)) and key in _POINTED:
        return None
    return Said(spell_letters(key), Kind.LETTERS)


def _read_slashed(match: re.Match[str], place: Place) -> Said | None:
    spoken = place.lexicon.slashed.get(match[0].lower().replace(" ", ""))
    if spoken == "đồng chí" and _ADDRESSED.match(place.right(match.end(), 8)):
        spoken = "địa chỉ"
    return Said(spoken, Kind.ABBREVIATION) if spoken else None


def _read_small(match: re.Match[str], place: Place) -> Said | None:
    spoken = place.lexicon.small.get(match["word"])
    if spoken is None:
        return None
    return Said(
        spoken,
        Kind.ABBREVIATION,
        match.end() if _NAMED_NEXT.match(place.text, match.end("word")) else match.end("word"),
    )


def _read_road(match: re.Match[str], place: Place) -> Said | None:
    if match["road"] not in _ROADS or (match["road"] == "CT" and not _MOTORWAY.search(place.left(12))):
        return None
    name = place.lexicon.expand({"DT": "ĐT", "DH": "ĐH"}.get(match["road"], match["road"]), "", "1")
    if match["road"] == "CT":
        name = "cao tốc"
    suffix = f" {spell_letters(match['suffix'])}" if match["suffix"] else ""
    said = _drop_said(name, place.left(12)) if name else ""
    return Said(f"{said} {say_cardinal(match['number'])}{suffix}".strip(), Kind.ABBREVIATION)


def _drop_said(name: str, left: str) -> str:
    """Đường ĐT.675, quốc lộ QL.14: what the writer has said himself is not said again."""
    words = name.split()
    for count in range(len(words), 0, -1):
        if left.split()[-count:] == words[:count]:
            return " ".join(words[count:])
    return name


def _read_mixed(match: re.Match[str], place: Place) -> Said:
    """H5N1, B52, T1: letters spelled, figures counted."""
    parts = re.findall(r"[^\W\d_]+|[0-9]+", match[0])
    known = (
        place.lexicon.expand(parts[0], place.left(), place.right(match.end()))
        if len(parts[0]) > 2 or parts[0] == "BĐ"
        else None
    )
    words = [_say_figures(part) if part.isdigit() else spell_letters(part) for part in parts]
    if known:
        words[0] = known
    return Said(" ".join(words), Kind.LETTERS)


def _say_figures(digits: str) -> str:
    """Of a code, where nobody counts beyond thousands."""
    return say_digits(digits) if len(digits) > 4 else say_count(digits)


def _read_capitals(match: re.Match[str], _: Place) -> Said | None:
    word = match[0]
    if not word.isupper() or (len(word) == 1 and not re.match(r"[BCDĐFGHJKLMNPQRSTVWXZ]", word)):
        return None
    if len(word) == 1:
        return Said(spell_letters(word), Kind.LETTERS)
    if is_syllable(word):
        return Said(word.lower(), Kind.WORD)
    if len(word) > 12:
        return None
    return Said(spell_letters(word), Kind.LETTERS, warning="unknown_abbreviation")


def _read_capital_word(match: re.Match[str], place: Place) -> Said | None:
    word = match[0]
    if (
        word.isupper()
        and len(word) > 1
        and is_syllable(word)
        and (not word.strip("ĐƯ").isascii() or _is_heading_word(word, match.end(), place))
    ):
        return Said(word.lower(), Kind.WORD)
    return None


def _read_and_so_on(__: re.Match[str], _: Place) -> Said:
    return Said("vân vân", Kind.ABBREVIATION)


RULES = (
    Rule("and so on", "A", re.compile(r"[vV]\.\s?[vV](?!\w)\.{0,3}…?"), _read_and_so_on),
    Rule("slashed", "A", re.compile(r"[^\W\d_]\s?/\s?[^\W\d_](?![\w/])\.?"), _read_slashed),
    Rule(
        "road",
        "A",
        re.compile(r"(?P<road>[A-ZĐ]{2})[.\s]?\s?(?P<number>[1-9][0-9]{0,3})(?P<suffix>[A-ZĐ]?)(?![\w/])"),
        _read_road,
    ),
    Rule("capital word", "A", re.compile(r"[^\W\d_]+(?!\w)"), _read_capital_word),
    Rule(
        "one letter",
        "A",
        re.compile(rf"(?P<letter>[PQHXTÔ])\.\s?(?=[{UPPER}](?:[{LOWER}']|[{UPPER}]{{2}})|[0-9])"),
        _read_single,
    ),
    Rule(
        "initials",
        "A",
        re.compile(r"[A-ZĐ](?:\.[A-ZĐ]){1,4}(?![^\W_])(?:\.(?=\s?[,;:()]|\s[a-zđ]))?"),
        _read_initials,
    ),
    Rule("abbreviation", "A", _CANDIDATE, _read_candidate),
    Rule("small abbreviation", "A", re.compile(r"(?P<word>[a-zđ]{2,5})(?!\w)\.?\s?"), _read_small),
    Rule(
        "letters and figures",
        "A",
        re.compile(r"[A-ZĐ]{1,5}(?:[0-9]{1,12}[A-ZĐ]{0,3}){1,4}(?!\w)"),
        _read_mixed,
    ),
    Rule("letters", "A", re.compile(r"[^\W\d_]+(?!\w)"), _read_capitals),
)
