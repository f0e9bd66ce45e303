"""One pass over cleaned text: at each place the first rule that takes it wins.

A rule is a pattern and a function that decides, knowing what was read before (`Place`). Patterns are
bounded and never look at the same run of characters twice, so that reading is linear in the text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.speech.lexicon import Lexicon
from studio.speech.reading import Kind
from studio.speech.syllables import LOWER

WINDOW = 120
"""How far, in characters, a rule may look around: about one long clause."""


_MARKERS = 9
"""A line has fewer markers than this at its head."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A token of the cleaned text."""

    start: int
    end: int
    spoken: str
    kind: Kind
    rule: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule answers: the words, and where it stopped if not at the end of its match."""

    spoken: str
    kind: Kind
    end: int | None = None
    warning: str = ""


@dataclass(slots=True)
class Place:
    """Where the scanner stands and what it has read on this line."""

    text: str
    lexicon: Lexicon
    start: int = 0
    line: int = 0
    """Where the line begins."""
    pieces: list[Piece] = field(default_factory=list)
    first: int = 0
    """The number of pieces before this line."""

    @property
    def opens_line(self) -> bool:
        """Whether only list markers, quotes and brackets stand before on this line."""
        before = self.pieces[self.first : self.first + _MARKERS]
        return len(self.pieces) < self.first + _MARKERS and all(
            piece.kind in (Kind.MARKER, Kind.PUNCTUATION) for piece in before
        )

    @property
    def last(self) -> Piece | None:
        return self.pieces[-1] if len(self.pieces) > self.first else None

    @property
    def touches(self) -> bool:
        """Whether the piece before ends right here, without a space."""
        return bool(self.pieces) and self.pieces[-1].end == self.start

    def before(self, count: int = 1) -> str:
        """The source of the last `count` pieces of this line, lower case, from their first to here."""
        if len(self.pieces) <= self.first:
            return ""
        first = self.pieces[max(self.first, len(self.pieces) - count)].start
        return self.text[first : self.start].strip().lower()

    def left(self, width: int = WINDOW) -> str:
        """Up to `width` characters of this line before here, lower case."""
        return self.text[max(self.line, self.start - width) : self.start].lower()

    def right(self, end: int, width: int = WINDOW) -> str:
        """Up to `width` characters of this line from `end` on."""
        return self.text[end : end + width].partition("\n")[0]

    def around(self, end: int) -> str:
        return f"{self.left()} {self.right(end).lower()}"


@dataclass(frozen=True, slots=True)
class Rule:
    """`leads` says what character it may start at: `0` a digit, `A` a letter, `.` anything else."""

    name: str
    leads: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], Place], Said | None]


_SPACE = re.compile(r"\s*")
_PLAIN = re.compile(rf"[{LOWER}]{{2,}}(?![\w'@/)]|[.:&-][\w/])")
"""A lower-case word with nothing after it that could make it a part of something."""


def scan_text(text: str, rules: Sequence[Rule], lexicon: Lexicon) -> list[Piece]:
    """The pieces of `text` in order; what stands between them is white space."""
    by_lead = {lead: tuple(rule for rule in rules if lead in rule.leads) for lead in "0A."}
    place = Place(text, lexicon)
    end = 0
    while True:
        _skip_space(place, end)
        if place.start >= len(text):
            return place.pieces
        piece = _read_plain(place) or _read_piece(place, by_lead)
        place.pieces.append(piece)
        end = piece.end


def _skip_space(place: Place, end: int) -> None:
    match = _SPACE.match(place.text, end)
    assert match
    newline = place.text.rfind("\n", end, match.end())
    if newline >= 0:
        place.line = newline + 1
        place.first = len(place.pieces)
    place.start = match.end()


def _read_plain(place: Place) -> Piece | None:
    match = _PLAIN.match(place.text, place.start)
    if match is None or match[0] in place.lexicon.lower_keys:
        return None
    return Piece(match.start(), match.end(), match[0], Kind.WORD, "word")


def _read_piece(place: Place, by_lead: Mapping[str, Sequence[Rule]]) -> Piece:
    char = place.text[place.start]
    lead = "0" if char in "0123456789" else "A" if char.isalpha() else "."
    for rule in by_lead[lead]:
        match = rule.pattern.match(place.text, place.start)
        said = rule.read(match, place) if match else None
        if match and said:
            end = match.end() if said.end is None else said.end
            return Piece(place.start, end, said.spoken, said.kind, rule.name, said.warning)
    return Piece(place.start, place.start + 1, "", Kind.SYMBOL, "unread", "unread")
