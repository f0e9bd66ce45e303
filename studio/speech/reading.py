"""What the reader hands on: sentences of typed tokens, each tied to the characters it came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of source and the words said for it.

    `start` and `end` are character offsets into the text given to the reader (half open), `kind` is what
    it was taken for (`word`, `number`, `date`, `abbreviation`, `punctuation` ...), `rule` names the rule
    that decided, for the editor to show.
    """

    source: str
    spoken: str
    kind: str
    start: int
    end: int
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person should look at: an unknown abbreviation, an ambiguous date."""

    code: str
    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: the unit that is voiced and cached.

    `spoken` is what the voice is fed: the words of the tokens with the sentence's punctuation, NFC.
    """

    tokens: tuple[Token, ...]
    spoken: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    source: str
    sentences: tuple[Sentence, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def spoken(self) -> str:
        return " ".join(sentence.spoken for sentence in self.sentences)
