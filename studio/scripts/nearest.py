"""The valid name that is nearest to a mistyped one; accents and case do not count."""

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

SHOWN = 60
"""A name is compared and shown by this many characters: comparing costs the square of the length."""


def fold(text: str) -> str:
    """`text` as a name is compared: NFC, one case, single blanks, without invisible characters."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFC", seen).casefold().split())


def strip_accents(text: str) -> str:
    """`text` without tone and vowel marks, in one case: `Đường` -> `duong`."""
    bare = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def find_nearest(name: str, valid: Iterable[str]) -> str:
    """The one of `valid` most like `name`; the first of equals; "–" if there is none."""
    wanted = strip_accents(name[:SHOWN])
    matcher = SequenceMatcher(b=wanted, autojunk=False)

    def likeness(candidate: str) -> float:
        matcher.set_seq1(strip_accents(candidate[:SHOWN]))
        return matcher.ratio()

    return max(valid, key=likeness, default="–")


def shorten(name: str) -> str:
    return name if len(name) <= SHOWN else name[: SHOWN - 1] + "…"
