"""Text into the words to be said, as a broadcaster would say them.

clean_text -> scan_text (the rules below, first come first served) -> split_sentences -> Reading
"""

from collections.abc import Iterable

from studio.speech import (
    abbreviations,
    contacts,
    dates,
    documents,
    markers,
    measures,
    names,
    quantities,
    ranges,
    romans,
    symbols,
    times,
)
from studio.speech.cleaning import Cleaned, clean_text
from studio.speech.lexicon import Lexicon, national_lexicon
from studio.speech.notices import Found, find_notices
from studio.speech.reading import Notice, Reading, Sentence, Token, join_tokens
from studio.speech.scanner import Piece, Rule, scan_text
from studio.speech.sentences import split_sentences

RULES: tuple[Rule, ...] = (
    *names.OWN_RULES,
    *contacts.RULES,
    *documents.RULES,
    *markers.RULES,
    *ranges.SCORE_RULES,
    *dates.RULES,
    *times.RULES,
    *romans.RULES,
    *ranges.RULES,
    *measures.RULES,
    *quantities.RULES,
    *names.RULES,
    *abbreviations.RULES,
    *symbols.RULES,
)
"""In order of precedence: what is most particular comes first."""


def read_text(text: str, *, lexicon: Lexicon | None = None) -> Reading:
    """The sentences of `text` as they will be said; any text can be read, nothing raises.

    What cannot be read for certain is read as well as possible and listed in `warnings`. A lexicon of an
    organisation goes over the national one: `national_lexicon().overlaid({...})`.
    """
    cleaned = clean_text(text)
    pieces = scan_text(cleaned.text, RULES, lexicon or national_lexicon())
    sentences = tuple(_make_sentence(text, cleaned, group) for group in split_sentences(cleaned.text, pieces))
    warnings = tuple(_list_warnings(text, cleaned, find_notices(cleaned.text, pieces)))
    return Reading(text, sentences, warnings)


def _make_sentence(source: str, cleaned: Cleaned, pieces: list[Piece]) -> Sentence:
    tokens = tuple(
        Token(source[start:end], piece.spoken, piece.kind, start, end, piece.rule)
        for piece in pieces
        for start, end in [(cleaned.offsets[piece.start], cleaned.offsets[piece.end])]
    )
    return Sentence(tokens, join_tokens(tokens)[0], tokens[0].start, tokens[-1].end)


def _list_warnings(source: str, cleaned: Cleaned, found: Iterable[Found]) -> Iterable[Notice]:
    for code, first, last in found:
        start, end = cleaned.offsets[first], cleaned.offsets[last]
        yield Notice(code, source[start:end], start, end)
