"""The reading sheet: what people are to read, large and as it is said; one page that stands alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assets.messages import current_language, say
from studio.production.estimates import estimate_take_ms
from studio.production.passages import ReadPassage
from studio.scripts.document import Breath, Heading, Passage, Pause, ScriptDocument
from studio.speech.cleaning import place_tones
from studio.speech.reading import Sentence


@dataclass(frozen=True, slots=True)
class SheetWord:
    """A stretch as it is said; `written` is how it stands in the script where that differs."""

    spoken: str
    written: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A heading, a silence, or a passage; a passage of other voices stands there for its place alone."""

    kind: str
    """`heading`, `silence`, `passage` or `other`."""
    words: str = ""
    number: int = 0
    role: str = ""
    delivery: str = ""
    line: int = 0
    sentences: tuple[tuple[SheetWord, ...], ...] = ()
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    code: str
    rows: tuple[SheetRow, ...]

    @property
    def passages(self) -> list[SheetRow]:
        return [row for row in self.rows if row.kind == "passage"]


def make_sheet(document: ScriptDocument, passages: Sequence[ReadPassage], *, code: str) -> Sheet:
    """The rows in the order of the script; passages keep the numbers that takes are known by."""
    rest = iter(enumerate(passages, start=1))
    rows = []
    for cue in document.cues:
        match cue:
            case Heading():
                rows.append(SheetRow("heading", words=cue.title))
            case Breath():
                rows.append(SheetRow("silence", words=say("takes.sheet.breath")))
            case Pause():
                rows.append(
                    SheetRow(
                        "silence", words=say("takes.sheet.pause", seconds=_decimal(cue.duration_ms / 1000))
                    )
                )
            case Passage():
                rows.append(_describe(*next(rest)))
            case _:
                pass
    return Sheet(document.header.title, code, tuple(rows))


def write_sheet(sheet: Sheet) -> str:
    """The page with its style inside; A4 when it is printed."""
    return (
        _environment()
        .get_template("sheet.html")
        .render(
            sheet=sheet,
            language=current_language(),
            style=Markup(read_style()),  # noqa: S704 our own file
            total_ms=sum(row.duration_ms for row in sheet.passages),
        )
    )


@cache
def read_style() -> str:
    return files("studio.takes").joinpath("templates", "sheet.css").read_text("utf-8")


def _describe(number: int, read: ReadPassage) -> SheetRow:
    passage = read.passage
    row = SheetRow(
        "other",
        words=passage.text,
        number=number,
        role=passage.role or say("takes.nobody"),
        delivery=passage.delivery.words,
        line=passage.line,
    )
    if not read.is_recorded:
        return row
    return replace(
        row,
        kind="passage",
        sentences=tuple(tuple(_spell(sentence)) for sentence in read.sentences if sentence.spoken),
        duration_ms=estimate_take_ms(read),
    )


def _spell(sentence: Sentence) -> list[SheetWord]:
    """The sentence as said, cut where it is written otherwise."""
    words, last = [], 0
    for token, (start, end) in zip(sentence.tokens, sentence.locate_tokens(), strict=True):
        spoken = sentence.spoken[start:end]
        if start == end or not _differs(token.source, spoken):
            continue
        words += [SheetWord(sentence.spoken[last:start], ""), SheetWord(spoken, token.source)]
        last = end
    words.append(SheetWord(sentence.spoken[last:], ""))
    return [word for word in words if word.spoken]


def _differs(source: str, spoken: str) -> bool:
    return source != spoken and place_tones(source).lower() != spoken.lower()


def _decimal(value: float) -> str:
    return f"{value:g}".replace(".", say("takes.sheet.comma"))


def _minutes(duration_ms: float) -> str:
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    return f"{minutes}:{seconds:02d}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("studio.takes", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(say=say)
    environment.filters.update(
        minutes=_minutes, seconds=lambda duration_ms: max(1, round(duration_ms / 1000))
    )
    return environment
