"""Where one sentence ends and the next begins, judged on what the scanner has already understood.

The points of `TP.`, `1.250` and `v.v.` are parts of other pieces by now; a point that is a piece of its
own ends a sentence unless a small letter follows.
"""

from studio.speech.reading import Kind
from studio.speech.scanner import Piece

LONGEST = 120
"""Pieces in one sentence: engines need memory and listeners need breath; longer ones break at a clause."""

LONG = 40
"""Pieces after which a semicolon ends a sentence: plans list whole paragraphs between semicolons."""

_ENDS = ".!?…"
_CLOSERS = "\"')]}"


def split_sentences(text: str, pieces: list[Piece]) -> list[list[Piece]]:
    """Groups of pieces, in order, none lost and none empty."""
    sentences: list[list[Piece]] = []
    current: list[Piece] = []
    for index, piece in enumerate(pieces):
        current.append(piece)
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if following is None or _ends_after(text, current, following):
            sentences.append(current)
            current = []
    return sentences


def _ends_after(text: str, current: list[Piece], following: Piece) -> bool:
    piece = current[-1]
    if len(current) >= LONGEST and (piece.kind is Kind.PUNCTUATION or len(current) >= 2 * LONGEST):
        return True
    if len(current) >= LONG and text[piece.start] == ";":
        return True
    if _follows_initial(text, current, following):
        return False
    gap = text[piece.end : following.start]
    begins_small = text[following.start].islower() and following.kind is not Kind.MARKER
    if "\n" in gap:
        return not begins_small or gap.count("\n") > 1 or _is_end(text, current)
    if gap == "" and text[following.start] in _CLOSERS:
        return False
    return bool(gap) and not begins_small and _is_end(text, current)


def _follows_initial(text: str, current: list[Piece], following: Piece) -> bool:
    """Nguyễn Văn B. (sinh năm 1985), ông B. Nguyễn: the point belongs to the letter."""
    if len(current) < 2 or text[current[-1].start : current[-1].end] != ".":
        return False
    letter = current[-2]
    if letter.end != current[-1].start or letter.end - letter.start != 1 or not text[letter.start].isupper():
        return False
    if text[following.start] in "(,;":
        return True
    titled = len(current) > 2 and text[current[-3].start : current[-3].end].lower() in _TITLES
    return titled and text[following.start].isupper() and "\n" not in text[letter.end : following.start]


_TITLES = frozenset({"ông", "bà", "anh", "chị", "em", "cháu", "cô", "chú", "bác", "bé"})


def _is_end(text: str, current: list[Piece]) -> bool:
    for piece in reversed(current):
        if piece.kind is not Kind.PUNCTUATION:
            return piece.rule == "and so on" and piece is current[-1] and text[piece.end - 1] in _ENDS
        if text[piece.end - 1] in _ENDS:
            return True
        if text[piece.start] not in _CLOSERS:
            return False
    return False
