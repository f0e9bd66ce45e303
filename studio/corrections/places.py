"""Where words stand in a script, told by the words beside them: it holds while other lines are edited."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.speech.cleaning import clean_text
from studio.speech.overlay import words_pattern

_BEFORE = re.compile(r"(?:\S+\s+){0,2}\S*$")
_AFTER = re.compile(r"\S*(?:\s+\S+){0,2}")
_REACH = 60
"""Characters beside the words that are looked at."""


@dataclass(frozen=True, slots=True)
class Place:
    """The `number`-th occurrence (from 1) between these neighbours."""

    before: str
    after: str
    number: int

    def pack(self) -> str:
        return json.dumps([self.before, self.after, self.number], ensure_ascii=False)

    @classmethod
    def unpack(cls, packed: str) -> "Place | None":
        return cls(*json.loads(packed)) if packed else None


@dataclass(frozen=True, slots=True)
class Occurrence:
    passage: int
    start: int
    """In the cleaned text of the passage."""
    source_start: int
    source_end: int
    """In the passage as it is written."""
    place: Place


def find_occurrences(words: str, texts: Sequence[str]) -> list[Occurrence]:
    """Where cleaned `words` stand in the passages `texts`, in order."""
    found: list[Occurrence] = []
    seen: dict[tuple[str, str], int] = {}
    for number, source in enumerate(texts):
        cleaned = clean_text(source)
        text = cleaned.text
        for match in words_pattern(words).finditer(text):
            before = _BEFORE.search(text[max(0, match.start() - _REACH) : match.start()])
            after = _AFTER.match(text[match.end() : match.end() + _REACH])
            assert before
            assert after
            beside = " ".join(before[0].split()), " ".join(after[0].split())
            seen[beside] = seen.get(beside, 0) + 1
            span = cleaned.offsets[match.start()], cleaned.offsets[match.end()]
            found.append(Occurrence(number, match.start(), *span, Place(*beside, seen[beside])))
    return found
