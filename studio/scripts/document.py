"""A script as it is understood: a header and a row of cues, each with its place in the text."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from assets.models import Priority


@dataclass(frozen=True, slots=True)
class Header:
    """The front matter. Codes are those of the plan (`3.employment`, `1`, `2.radio`)."""

    title: str
    theme: str | None = None
    audience: str | None = None
    form: str | None = None
    organisation: str | None = None
    """Whose own readings count in it (`ia-dom`)."""
    language: str = "vi"
    priority: Priority = Priority.NORMAL
    voices: Mapping[str, str] = field(default_factory=dict)
    """Role as written in the script (`NỮ`) to voice name (`vi-north-f`)."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A chapter mark; not read."""

    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a passage is said: the words in brackets after the role, and what they set."""

    words: str = ""
    rate: float = 1.0
    gain_db: float = 0.0
    pitch: float = 1.0
    """As a factor of the voice's own."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What one role says, one paragraph, NFC.

    `line` and `column` are 1-based and give the place of the first character of `text` in the file;
    `breaks` are the places in `text` where a further line of the file begins.
    """

    role: str
    voice: str
    delivery: Delivery
    text: str
    line: int
    column: int
    breaks: tuple[int, ...] = ()

    def locate(self, place: int) -> tuple[int, int]:
        """Line and column in the file of the character `place` of `text`."""
        index = bisect_right(self.breaks, place)
        return self.line + index, place + (1 - self.breaks[index - 1] if index else self.column)


@dataclass(frozen=True, slots=True)
class Breath:
    """A blank line between passages."""

    line: int


@dataclass(frozen=True, slots=True)
class Pause:
    duration_ms: int
    line: int


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Sting:
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class BedOn:
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class BedOff:
    line: int


@dataclass(frozen=True, slots=True)
class Recording:
    """A human voice from a file, for instance in a minority language."""

    name: str
    line: int


Cue = Heading | Passage | Breath | Pause | Signature | Sting | BedOn | BedOff | Recording


@dataclass(frozen=True, slots=True)
class ScriptDocument:
    header: Header
    cues: tuple[Cue, ...]
