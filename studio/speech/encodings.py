"""Text typed in the encodings before Unicode: recognised by what it becomes, converted when asked.

TCVN3 (the ABC fonts) and VNI show as Latin letters with the wrong accents: "Céng hoµ", "Coäng hoøa".
"""

import re
import unicodedata
from enum import StrEnum

from assets.errors import Invalid
from studio.speech.syllables import is_syllable


class LegacyEncoding(Invalid):
    """Data: encoding (its name)."""


class Encoding(StrEnum):
    TCVN3 = "TCVN3"
    VNI = "VNI"


def recognise_encoding(text: str) -> Encoding | None:
    """The legacy encoding in which most words with accents become Vietnamese; None for Unicode text."""
    words = _ACCENTED.findall(text[:_SAMPLE])
    if len(words) < _ENOUGH:
        return None
    best, most = None, _share_of_syllables(words)
    for encoding in Encoding:
        share = _share_of_syllables(_WORD.findall(convert_text(" ".join(words), encoding)))
        if share > most + _CERTAIN:
            best, most = encoding, share
    return best


def convert_text(text: str, encoding: Encoding) -> str:
    """`text` as Unicode."""
    if encoding is Encoding.TCVN3:
        return text.translate(_TCVN3)
    return _VNI_PATTERN.sub(lambda match: _VNI[match[0]], text)


def require_unicode(text: str) -> str:
    """`text` itself.

    Raises:
        LegacyEncoding: it is TCVN3 or VNI text.
    """
    encoding = recognise_encoding(text)
    if encoding:
        raise LegacyEncoding(encoding=encoding.value)
    return text


_SAMPLE = 20_000
_ENOUGH = 3
"""Fewer words with accents tell nothing."""
_CERTAIN = 0.4
"""How many more of the words must become syllables, as a share."""

_WORD = re.compile(r"[^\W\d_]+")
_ACCENTED = re.compile(r"[A-Za-z¡-ÿ]*[¡-ÿ][A-Za-z¡-ÿ]*")


def _share_of_syllables(words: list[str]) -> float:
    return sum(map(is_syllable, words)) / len(words) if words else 1.0


_TCVN3 = str.maketrans(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢£¤¥¦§",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ",
)

_TONES = {"ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_SHAPED = {"à": "\u0300", "á": "\u0301", "å": "\u0309", "ã": "\u0303", "ä": "\u0323", "â": ""}
_BREVES = {"è": "\u0300", "é": "\u0301", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323", "ê": ""}


def _vni_table() -> dict[str, str]:
    """VNI writes a letter and then, as a second character, its accent; a few letters stand alone."""
    small: dict[str, str] = {
        "ñ": "đ",
        "ì": "ì",
        "í": "í",
        "æ": "ỉ",
        "ó": "ĩ",
        "ò": "ị",
        "ô": "ơ",
        "ö": "ư",
        "î": "ỵ",
    }
    for letter, plain in (("a", "a"), ("e", "e"), ("o", "o"), ("u", "u"), ("y", "y"), ("ô", "ơ"), ("ö", "ư")):
        small |= {letter + mark: plain + tone for mark, tone in _TONES.items()}
    for letter in "aeo":
        small |= {letter + mark: f"{letter}\u0302{tone}" for mark, tone in _SHAPED.items()}
    small |= {f"a{mark}": f"a\u0306{tone}" for mark, tone in _BREVES.items()}
    small = {key: unicodedata.normalize("NFC", value) for key, value in small.items()}
    capital = {key.upper(): value.upper() for key, value in small.items()}
    mixed = {key[0].upper() + key[1:]: value.upper() for key, value in small.items()}
    return {**mixed, **capital, **small}


_VNI = _vni_table()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
