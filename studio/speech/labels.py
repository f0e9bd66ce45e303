"""Names on the net, written without spaces and marks: dichvucong, truyenthanhsathay."""

import unicodedata
from collections.abc import Mapping

from studio.speech.syllables import is_plain_syllable

_LONGEST = 24
_KNOWN, _PLAIN = 1, 3
"""What a chunk costs: known words go before syllables that are merely possible, few before many."""
_SHORTEST_UNKNOWN = 7
"""A shorter name without a known word in it is as likely of another language (media, camera)."""


def squeeze_label(words: str) -> str:
    """dịch vụ công -> dichvucong."""
    plain = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    return "".join(char for char in plain if char.isascii() and char.isalpha())


def split_label(label: str, known: Mapping[str, str]) -> str | None:
    """The words of `label` (a-z), those in `known` as given there; None when it is not made of such words."""
    best: dict[int, tuple[int, int, list[str]]] = {len(label): (0, 0, [])}
    for start in reversed(range(len(label))):
        ways = []
        for end in range(start + 1, min(len(label), start + _LONGEST) + 1):
            chunk = label[start:end]
            spoken = known.get(chunk)
            if end in best and (spoken or _may_be_word(chunk)):
                cost, _, words = best[end]
                # Of equals the one with the longer chunk in front.
                ways.append((cost + (_KNOWN if spoken else _PLAIN), -len(chunk), [spoken or chunk, *words]))
        if ways:
            best[start] = min(ways)
    cost, _, words = best.get(0, (0, 0, []))
    is_unknown = cost == _PLAIN * len(words) and len(label) < _SHORTEST_UNKNOWN
    spoken = " ".join(words)
    return spoken if " " in spoken and not is_unknown else None


def _may_be_word(chunk: str) -> bool:
    """A single letter is none but `a`, the name of so many: nguyenvana."""
    return (len(chunk) > 1 or chunk == "a") and is_plain_syllable(chunk)
