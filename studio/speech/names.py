"""Names of the Central Highlands and foreign words: H'Drai, M'Nông, Y Blơ, Wi-Fi."""

import re

from studio.speech.overlay import find_own
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said

_PREFIXES = {
    "B": "bờ", "C": "cờ", "D": "đờ", "Đ": "đờ", "G": "gờ", "H": "hờ", "J": "giơ", "K": "kờ", "L": "lờ",
    "M": "mờ", "N": "nờ", "P": "pờ", "R": "rờ", "S": "sờ", "T": "tờ", "V": "vờ", "Y": "y", "W": "quờ",
    "X": "xờ", "Č": "chờ",
}  # fmt: skip
"""A consonant that stands before another with an apostrophe, said with a short vowel of its own."""


def _read_listed(match: re.Match[str], place: Place) -> Said | None:
    names = place.lexicon.names
    spoken = names.get(match[0]) or names.get(match[0].capitalize())
    return Said(spoken, Kind.NAME) if spoken else None


def _read_apostrophe(match: re.Match[str], _: Place) -> Said:
    prefix = _PREFIXES.get(match["prefix"].upper(), match["prefix"])
    return Said(f"{prefix} {match['rest'].lower()}", Kind.NAME)


def _read_people(match: re.Match[str], _: Place) -> Said:
    return Said(f"{match['a']} {match['b']}", Kind.NAME)


def _read_own(match: re.Match[str], place: Place) -> Said | None:
    found = find_own(place.lexicon.overlay, place.text, match.start())
    return Said(found[0].spoken, Kind.CORRECTION, found[1]) if found else None


def _read_storm(match: re.Match[str], place: Place) -> Said | None:
    """Bão số 3 (YAGI): the name that the world's list gave it, not an abbreviation."""
    return Said(match[0].lower(), Kind.NAME) if _STORM.search(place.left(50)) else None


_STORM = re.compile(
    r"(?<!\w)bão(?: số [0-9]{1,2}| nhiệt đới| mạnh)?"
    r"(?:\W{0,3}(?:có )?(?:tên|tên gọi)(?: quốc tế)?(?: là)?)?\W{0,3}$"
)
_WORD = r"[^\W\d_]{1,30}"

OWN_RULES = (Rule("own reading", "0A.", re.compile(r"\S"), _read_own),)
RULES = (
    Rule("storm", "A", re.compile(r"[A-Z]{3,14}(?:-[A-Z]{3,12})?(?!\w)"), _read_storm),
    Rule(
        "listed formula",
        "A",
        re.compile(r"[A-Za-z]{1,5}[0-9]{1,3}(?:\.[0-9])?[a-z]?(?!\w)"),
        _read_listed,
    ),
    Rule(
        "people's name",
        "A",
        re.compile(r"(?P<a>Giẻ|Gié|Xơ|Ba|Gia|Rơ|Bru)\s?-\s?(?P<b>Triêng|Đăng|Na|Rai|Măm|Vân Kiều)(?!\w)"),
        _read_people,
    ),
    Rule("listed name", "A", re.compile(rf"{_WORD}(?:['-]{_WORD}){{1,3}}(?!\w)"), _read_listed),
    Rule("listed name", "A", re.compile(rf"{_WORD}(?!\w)"), _read_listed),
    Rule(
        "apostrophe name",
        "A",
        re.compile(rf"(?P<prefix>[BCDĐGHJKLMNPRSTVXYWČ])'\s?(?P<rest>{_WORD})(?!\w)"),
        _read_apostrophe,
    ),
)
