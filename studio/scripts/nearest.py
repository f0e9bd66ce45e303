"""The valid name that is nearest to a mistyped one; accents and case do not count."""

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from assets.catalogue import fold

SHOWN = 60
"""A name is compared and shown by this many characters: comparing costs the square of the length."""


def normalise_name(text: str) -> str:
    """`text` as a name is compared: NFC, one case, single blanks, without invisible characters."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFC", seen).casefold().split())


def find_nearest(name: str, valid: Iterable[str]) -> str:
    """The one of `valid` most like `name`; the first of equals; "–" if there is none."""
    wanted = fold(name[:SHOWN])
    matcher = SequenceMatcher(b=wanted, autojunk=False)

    def likeness(candidate: str) -> float:
        matcher.set_seq1(fold(candidate[:SHOWN]))
        return matcher.ratio()

    return max(valid, key=likeness, default="–")


def shorten(name: str) -> str:
    return name if len(name) <= SHOWN else name[: SHOWN - 1] + "…"
