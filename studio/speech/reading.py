"""What the reader hands on: sentences of typed tokens, each tied to the characters it came from."""

from dataclasses import dataclass
from enum import StrEnum

from assets.messages import say


class Kind(StrEnum):
    """What a stretch of text was taken for."""

    WORD = "word"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    UNIT = "unit"
    MONEY = "money"
    ROMAN = "roman"
    RANGE = "range"
    DOCUMENT = "document"
    CONTACT = "contact"
    ABBREVIATION = "abbreviation"
    LETTERS = "letters"
    NAME = "name"
    FOREIGN = "foreign"
    MARKER = "marker"
    SYMBOL = "symbol"
    PUNCTUATION = "punctuation"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of source and the words said for it.

    `start` and `end` are character offsets into the text given to the reader (half open), `kind` is what
    it was taken for (a `Kind`), `rule` names the rule that decided, for the editor to show. `spoken` may
    be empty (a bullet) and, for punctuation only, is the mark the voice pauses for.
    """

    source: str
    spoken: str
    kind: str
    start: int
    end: int
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should look at: an unknown abbreviation, an ambiguous date."""

    code: str
    source: str
    start: int
    end: int

    @property
    def message(self) -> str:
        """What to do about it, in the reader's language."""
        return say(f"speech.warning.{self.code}", source=self.source)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: the unit that is voiced and cached.

    `spoken` is what the voice is fed: the words of the tokens with the sentence's punctuation, NFC.
    """

    tokens: tuple[Token, ...]
    spoken: str
    start: int
    end: int

    def locate_tokens(self) -> tuple[tuple[int, int], ...]:
        """Where each token's words stand in `spoken` (0-based, half open), in the order of `tokens`."""
        return join_tokens(self.tokens)[1]


@dataclass(frozen=True, slots=True)
class Reading:
    source: str
    sentences: tuple[Sentence, ...]
    warnings: tuple[Notice, ...] = ()

    @property
    def spoken(self) -> str:
        """The words to be said, and nothing else: lower case, one space between, no punctuation."""
        return " ".join(
            token.spoken.lower().replace(",", "")
            for sentence in self.sentences
            for token in sentence.tokens
            if token.spoken and token.kind != Kind.PUNCTUATION
        )


def join_tokens(tokens: tuple[Token, ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The sentence as a voice is fed it, and the place of each token in it.

    Marks stand close to the word before; a mark with no word before it, or after another mark, is not
    said twice: the stronger of two neighbours stays.
    """
    spoken = ""
    places: list[tuple[int, int]] = []
    for token in tokens:
        if token.kind == Kind.PUNCTUATION:
            mark = token.spoken
            if mark and spoken and spoken[-1] in _STRENGTH:
                if _STRENGTH.index(mark) > _STRENGTH.index(spoken[-1]):
                    spoken = spoken[:-1] + mark
            elif mark and spoken:
                spoken += mark
            places.append((len(spoken), len(spoken)))
        elif token.spoken:
            start = len(spoken) + bool(spoken)
            spoken = f"{spoken} {token.spoken}" if spoken else token.spoken
            places.append((start, len(spoken)))
        else:
            places.append((len(spoken), len(spoken)))
    if spoken.endswith(","):
        spoken = spoken[:-1] + "."  # a bracket closed the sentence
    return spoken, tuple(places)


_STRENGTH = ",:;.!?"
