"""Own readings over the national tables: "read X as Y", before every rule.

Exact words, the longest first. A word is whole: no letter, figure or apostrophe of the same word beside it.
Words in small letters are met however they are written (họp, Họp, HỌP); words with a capital only as they
stand (TTVH). What another rule has begun before (134/KH-UBND) is that rule's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from studio.speech.cleaning import clean_text

_FIRST = re.compile(r"\w{1,30}|\S")


@dataclass(frozen=True, slots=True)
class OwnReading:
    """`words` are said as `spoken`; where `places` are given, only where they begin at one of them."""

    words: str
    spoken: str
    places: frozenset[int] | None = None
    """In the cleaned text that is read."""

    def fits(self, text: str, start: int) -> re.Match[str] | None:
        if self.places is not None and start not in self.places:
            return None
        match = words_pattern(self.words).match(text, start)
        return None if match and self._is_read_so(text, start) else match

    def _is_read_so(self, text: str, start: int) -> bool:
        """Whether the words stand here inside their own reading: vay vốn is not read vay vốn vốn."""
        for inside in words_pattern(self.words).finditer(self.spoken):
            first = start - inside.start()
            whole = text[max(first, 0) : first + len(self.spoken)] if first >= 0 else ""
            if whole.lower() == self.spoken.lower():
                return True
        return False


Overlay = Mapping[str, tuple[OwnReading, ...]]
"""Own readings by their first word in small letters, in the order they are tried."""


def make_overlay(readings: Iterable[OwnReading]) -> Overlay:
    """Of two readings of the same words the earlier one counts."""
    overlay: dict[str, list[OwnReading]] = {}
    for own in readings:
        overlay.setdefault(first_word(own.words), []).append(own)
    return {first: tuple(sorted(group, key=lambda own: -len(own.words))) for first, group in overlay.items()}


def find_own(overlay: Overlay, text: str, start: int) -> tuple[OwnReading, int] | None:
    """The own reading that begins at `start` of cleaned `text`, and where its words end."""
    for own in overlay.get(first_word(text, start), ()):
        match = own.fits(text, start)
        if match:
            return own, match.end()
    return None


def clean_words(words: str) -> str:
    """`words` as they are looked for: cleaned like every text, one space between."""
    return " ".join(clean_text(words).text.split())


def first_word(text: str, start: int = 0) -> str:
    match = _FIRST.match(text, start)
    return match[0].lower() if match else ""


@lru_cache(maxsize=4096)
def words_pattern(words: str) -> re.Pattern[str]:
    """Where the cleaned `words` stand in a cleaned text."""
    inner = r"\s{1,4}".join(re.escape(word) for word in words.split(" "))
    before = r"(?<!\w)(?<!\w')" if words[:1].isalnum() else ""
    after = r"(?!\w|'\w)" if words[-1:].isalnum() else ""
    case = "(?i:{})" if words == words.lower() else "(?:{})"
    return re.compile(before + case.format(inner) + after)
