"""How a script will be read, for whoever writes it: word by word, what to look at, how long it takes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from studio.corrections.standing import Corrections
from studio.production.estimates import Estimate, estimate_passages
from studio.production.passages import ReadPassage, understand_passages
from studio.speech.cleaning import place_tones
from studio.speech.reading import Notice, Sentence

NO_RECORDINGS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A written stretch and what is said for it; `lead` is what stands before it in the sentence as said."""

    lead: str
    spoken: str
    source: str
    kind: str
    line: int
    column: int
    differs: bool
    """Whether it is not said as it is written."""
    warned: bool


@dataclass(frozen=True, slots=True)
class ReadSentence:
    role: str
    voice: str
    line: int
    column: int
    source: str
    spoken: str
    words: tuple[ReadWord, ...]
    tail: str
    """What ends the sentence after its last word."""
    warnings: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    sentences: tuple[ReadSentence, ...]
    estimate: Estimate
    organisation: str | None


def preview_script(
    text: str, corrections: Corrections, *, script: str, recordings: Mapping[str, int] = NO_RECORDINGS
) -> Preview:
    """The script as it will be read, as far as it is clear; nothing raises.

    `recordings` are the lengths of those it may call for (`list_lengths`).
    """
    document, passages = understand_passages(text, corrections, script=script)
    if document is None:
        return Preview((), Estimate(None, {}), None)
    sentences = tuple(
        _describe(read, sentence) for read in passages for sentence in read.sentences if sentence.spoken
    )
    estimate = estimate_passages(document, passages, recordings)
    return Preview(sentences, estimate, document.header.organisation)


def _describe(read: ReadPassage, sentence: Sentence) -> ReadSentence:
    warnings = tuple(notice for notice in read.warnings if sentence.start <= notice.start < sentence.end)
    places = sentence.locate_tokens()
    words = tuple(_describe_words(read, sentence, places, warnings))
    said = [end for start, end in places if start < end]
    line, column = read.passage.locate(sentence.start)
    return ReadSentence(
        role=read.passage.role,
        voice=read.passage.voice,
        line=line,
        column=column,
        source=read.passage.text[sentence.start : sentence.end],
        spoken=sentence.spoken,
        words=words,
        tail=sentence.spoken[said[-1] if said else 0 :],
        warnings=warnings,
    )


def _describe_words(
    read: ReadPassage,
    sentence: Sentence,
    places: Sequence[tuple[int, int]],
    warnings: Sequence[Notice],
) -> Iterator[ReadWord]:
    last = 0
    for token, (start, end) in zip(sentence.tokens, places, strict=True):
        if start == end:
            continue
        line, column = read.passage.locate(token.start)
        spoken = sentence.spoken[start:end]
        yield ReadWord(
            lead=sentence.spoken[last:start],
            spoken=spoken,
            source=token.source,
            kind=token.kind,
            line=line,
            column=column,
            differs=token.source != spoken and place_tones(token.source).lower() != spoken.lower(),
            warned=any(notice.start < token.end and token.start < notice.end for notice in warnings),
        )
        last = end
