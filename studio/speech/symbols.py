"""What is left: words, marks of punctuation, signs with a name, and what is not said at all."""

import re
import unicodedata

from studio.speech.lexicon import squeeze_key
from studio.speech.ranges import LOOSE_RULES, is_numeric
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said
from studio.speech.syllables import LETTERS, is_syllable, spell_letters

_SIGNS = {
    "&": "và", "+": "cộng", "=": "bằng", "<": "nhỏ hơn", ">": "lớn hơn", "≤": "nhỏ hơn hoặc bằng",
    "≥": "lớn hơn hoặc bằng", "±": "cộng trừ", "×": "nhân", "÷": "chia", "≈": "xấp xỉ", "~": "khoảng",
    "≠": "khác", "@": "a còng", "°": "độ", "%": "phần trăm", "‰": "phần nghìn", "№": "số",
    "½": "một phần hai", "¼": "một phần tư", "¾": "ba phần tư", "⅓": "một phần ba", "⅔": "hai phần ba",
    "²": "bình phương", "³": "lập phương", "√": "căn", "∞": "vô cùng", "→": "đến", "€": "ơ rô",
    "$": "đô la", "₫": "đồng", "Σ": "tổng", "π": "pi", "§": "mục", "↑": "tăng", "↓": "giảm", "¥": "yên",
    "£": "bảng anh", "<=": "nhỏ hơn hoặc bằng", ">=": "lớn hơn hoặc bằng",
}  # fmt: skip

_VOWELS = "aăâeêioôơuưy"


def _read_marks(match: re.Match[str], place: Place) -> Said:
    marks = match[0]
    for mark in "?!":
        if mark in marks:
            return Said(mark, Kind.PUNCTUATION)
    if "," in marks:
        return Said(",", Kind.PUNCTUATION)
    if "…" in marks or ".." in marks:
        following = place.right(match.end(), 3).strip()
        return Said("," if following[:1].islower() else ".", Kind.PUNCTUATION)
    return Said(marks[0], Kind.PUNCTUATION)


def _read_end_sign(_: re.Match[str], __: Place) -> Said:
    return Said(".", Kind.PUNCTUATION)


def _read_bracket(match: re.Match[str], _: Place) -> Said:
    return Said("," if match[0] in "()[]{}|" else "", Kind.PUNCTUATION)


def _read_repeated(match: re.Match[str], place: Place) -> Said | None:
    """12 (mười hai) hộ, hợp tác xã (HTX): for the eye; the ear has just heard it."""
    words = match["words"].strip()
    if words.isupper():
        meaning = place.lexicon.expand(squeeze_key(words), place.left(), place.right(match.end()))
        heard = place.left()
    elif is_numeric(place.last):
        meaning = re.sub(r"\s+chẵn$|\.", "", words.lower())
        heard = " ".join(piece.spoken for piece in place.pieces[-4:])
    else:
        return None
    if meaning is None or not _to_compare(heard).endswith(_to_compare(meaning)):
        return None
    return Said("", Kind.PUNCTUATION)


def _to_compare(words: str) -> str:
    plain = " ".join(re.findall(r"\w+", words.lower()))
    for one, other in _SAME:
        plain = plain.replace(one, other)
    return f" {plain}"


_SAME = ((" lẻ", " linh"), (" tư", " bốn"), ("ngàn", "nghìn"), ("tỉ", "tỷ"), (" và ", " "))


def _read_sign(match: re.Match[str], _: Place) -> Said | None:
    spoken = _SIGNS.get(match[0])
    return Said(spoken, Kind.SYMBOL) if spoken else None


def _read_other(match: re.Match[str], _: Place) -> Said:
    strange = unicodedata.category(match[0])[0] in "SN"
    return Said("", Kind.SYMBOL, warning="unread" if strange else "")


def _read_word(match: re.Match[str], place: Place) -> Said:
    word = match[0].lower()
    if len(word) == 1 and word in LETTERS and word not in _VOWELS:
        return Said(LETTERS[word], Kind.LETTERS)
    if is_syllable(word):
        return Said(word if match[0].isupper() else match[0], Kind.WORD)
    if match[0].isupper() and len(word) > 1:  # glued to a figure: UBND7
        known = place.lexicon.expand(match[0], place.left(), place.right(match.end()))
        return Said(known or spell_letters(word), Kind.ABBREVIATION if known else Kind.LETTERS)
    return Said(match[0], Kind.FOREIGN)


RULES = (
    Rule("word", "A", re.compile(r"[^\W\d_]+(?:'[^\W\d_]+){0,3}"), _read_word),
    Rule("end of document", ".", re.compile(r"\.?/\.(?!\w)"), _read_end_sign),
    Rule("punctuation", ".", re.compile(r"[.,;:!?…]+"), _read_marks),
    Rule("said already", ".", re.compile(r"\((?P<words>[^()\d\n]{1,120})\)"), _read_repeated),
    Rule("bracket", ".", re.compile(r"[()\[\]{}|\"']"), _read_bracket),
    *LOOSE_RULES,
    Rule("sign", ".", re.compile(r"[<>]=|[^\w\s]"), _read_sign),
    Rule("unread", "A0.", re.compile(r"[\s\S]"), _read_other),
)
