"""First step: any Unicode in, plain NFC Vietnamese out, with the way back to every source character.

Tone marks are put where the house puts them: on the first vowel of an open `oa`, `oe`, `uy` (hòa, khỏe,
thủy) and on the second before a final letter (hoàn, thuyền), whatever the keyboard of the writer did.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`offsets[i]` is the place in the source of `text[i]`; one more entry than characters."""

    text: str
    offsets: Sequence[int]


def clean_text(source: str) -> Cleaned:
    """NFC text without invisible characters, with plain spaces, hyphens and quotes."""
    text, offsets = source, range(len(source) + 1)
    places: Sequence[int] = offsets
    if not text.isascii():
        if _UNWANTED.search(text):
            text, places = _drop_unwanted(text)
        if _MARK.search(text) or not unicodedata.is_normalized("NFC", text):
            text, places = _compose(text, places)
        text = _OTHER_DIGIT.sub(_plain_digit, text.translate(_ALIKE))
        text = place_tones(text)
    return Cleaned(text.translate(_CONTROLS), places)


def place_tones(text: str) -> str:
    """The house tone placement, in NFC; as long as before, character for character."""
    for pattern in _MISPLACED:
        text = pattern.sub(_move_tone, text)
    return text


_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_UNWANTED = re.compile(rf"[{_INVISIBLE}]|(?<=[\u0300-\u036f]{{8}})[\u0300-\u036f]")
"""What is not seen, and marks heaped on a letter beyond any language."""

_MARK = re.compile(r"[\u0300-\u036f]")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("ÐƉ", "Đ"),
        **dict.fromkeys("ðɖ", "đ"),
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "
        ),
        **dict.fromkeys("\u202f\u205f\u3000", " "),
        **dict.fromkeys("\u2028\u2029\u0085", "\n"),
        **dict.fromkeys("‐‑‒–−﹣－⁃", "-"),
        **dict.fromkeys("—―─", "—"),
        **dict.fromkeys("‘’‛′ʼʹ´ˊ＇", "'"),
        **dict.fromkeys("“”„‟″«»〝〞＂", '"'),
        **dict.fromkeys("º˚", "°"),
        **dict.fromkeys("⁄∕", "/"),
        "µ": "μ",
        **{chr(0xFF01 + i): chr(0x21 + i) for i in range(94) if chr(0x21 + i) not in "\"'-"},
    }
)
_CONTROLS = str.maketrans(
    {**{chr(i): " " for i in range(32) if i != 10}, "\x7f": " ", "\r": "\n", "\v": "\n", "\f": "\n", "`": "'"}
)

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SHAPES = "\u0302\u0306\u031b"


def _drop_unwanted(text: str) -> tuple[str, Sequence[int]]:
    kept = [place for start, end in _spans_between(_UNWANTED, text) for place in range(start, end)]
    return "".join(text[place] for place in kept), [*kept, len(text)]


def _spans_between(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    spans = []
    start = 0
    for match in pattern.finditer(text):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return spans


def _compose(text: str, offsets: Sequence[int]) -> tuple[str, Sequence[int]]:
    pieces: list[str] = []
    places: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _joins(text[end]):
            continue
        piece = text[start:end]
        if end - start > 1 or piece > "\u02ff":
            piece = unicodedata.normalize("NFC", _order_marks(piece))
        pieces.append(piece)
        places.extend([offsets[start]] * len(piece))
        start = end
    places.append(offsets[len(text)])
    return "".join(pieces), places


def _joins(char: str) -> bool:
    """Whether `char` may melt into the one before it when composed."""
    if char < "\u0300":
        return False
    return unicodedata.category(char)[0] == "M" or "\u1161" <= char <= "\u11ff"


def _order_marks(cluster: str) -> str:
    """Breve, circumflex and horn before the tone: typed the other way round they do not compose."""
    plain = unicodedata.normalize("NFD", cluster)
    if not any(mark in plain for mark in _SHAPES):
        return plain
    rest = sorted(plain[1:], key=lambda mark: (mark in _TONES, mark not in _SHAPES and mark not in _TONES))
    return plain[0] + "".join(rest)


def _plain_digit(match: re.Match[str]) -> str:
    return str(unicodedata.decimal(match[0]))


def _vowels(letter: str) -> str:
    """`letter` with each of the five tones, both cases."""
    return "".join(
        unicodedata.normalize("NFC", case + tone) for case in (letter, letter.upper()) for tone in _TONES
    )


_LETTER = r"[^\W\d_]"
_MISPLACED = (
    re.compile(rf"(?P<to>[oO])(?P<of>[{_vowels('a')}{_vowels('e')}])(?!{_LETTER})"),
    re.compile(rf"(?<![qQ])(?P<to>[uU])(?P<of>[{_vowels('y')}])(?!{_LETTER})"),
    re.compile(rf"(?P<of>[{_vowels('o')}])(?P<to>[aeAE])(?={_LETTER})"),
    re.compile(rf"(?P<of>[{_vowels('o')}])(?P<to>[ăĂ])(?={_LETTER})"),
    re.compile(rf"(?<=[qQ])(?P<of>[{_vowels('u')}])(?P<to>[aeiouyăâêôơAEIOUYĂÂÊÔƠ])"),
    re.compile(rf"(?<![qQ])(?P<of>[{_vowels('u')}])(?P<to>[yY])(?={_LETTER})"),
    re.compile(rf"(?P<of>[{_vowels('u')}])(?P<to>[êâơÊÂƠ])"),
    re.compile(rf"(?<=[gG])(?P<of>[{_vowels('i')}])(?P<to>[aoueăâêôơưAOUEĂÂÊÔƠƯ])"),
)
"""Where the tone stands on the wrong one of two vowels: it moves from `of` to `to`."""


def _move_tone(match: re.Match[str]) -> str:
    bare, tone = "", ""
    for char in unicodedata.normalize("NFD", match["of"]):
        if char in _TONES:
            tone = char
        else:
            bare += char
    bare = unicodedata.normalize("NFC", bare)
    toned = unicodedata.normalize("NFC", match["to"] + tone)
    return toned + bare if match.start("to") < match.start("of") else bare + toned
