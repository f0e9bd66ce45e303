"""A plan as clean, numbered lines: what every file is made into before it is read."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from assets.errors import Invalid, Missing
from assets.messages import say

MAX_CHARACTERS = 6_000_000
MAX_LINE_CHARACTERS = 20_000

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_PLAIN = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "‘": "'", "’": "'", "ʼ": "'", "′": "'",
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-",
        "•": "-", "▪": "-", "●": "-", "·": "-", "\uf0b7": "-", "◦": "+", "○": "+",
    }
)  # fmt: skip
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)(.{1,300}?)(?<=\S)\1(?![\w*])")
_ESCAPED = re.compile(r"\\([\\.\-+*_()\[\]#|>])")
_MARKDOWN_LEAD = re.compile(r"^(?:#{1,6}\s+|>\s?)+")
_PAGE_NUMBER = re.compile(
    r"^(?:\d{1,3}|-\s*\d{1,3}\s*-|(?:trang|page)\s+\d{1,3}(?:\s*(?:/|trên)\s*\d{1,3})?)$", re.IGNORECASE
)
_UPPER = "A-ZÀ-ÖØ-ÝĂĐĨŨƠƯẠ-Ỹ"
_SPREAD = re.compile(r"^\S(?:\s+\S){4,39}$")
_TIGHT_MARK = re.compile(r"(?<=[^\W\d_])([,;:])(?=\w)")
_LOOSE_MARK = re.compile(r"(?<=\w) (?=[,;:.](?:\s|$))")
_SPLIT_ZERO = re.compile(r"(?<![\w.,])0 (\d)\b")
_L_FOR_ONE = re.compile(rf"^l\s?[.)]\s+(?=[{_UPPER}]{{2}})")
_L_IN_NUMBER = re.compile(
    r"(?<=ngày \d)l(?=\s)|(?<=\d)l(?=/\d)|(?<!\w)l(?=\d)|(?<=\d)[oO](?=\d)|(?<!\w)O(?=\d)"
)
_L_IN_ROMAN = re.compile(r"^(?=[IVX]*l)[lIVX]{2,5}(?=\s?[./)]\s*\S)")
_LOOSE_END = re.compile(r"\.\s*/\s*\.$")
_SMALL_L = re.compile(
    rf"(?<![\w'])l(?=[IVX]\b)|(?<=[{_UPPER}])l(?=[{_UPPER}])|(?<=[{_UPPER}][{_UPPER}])l\b|(?<![\w'])l(?=[{_UPPER}]{{2}})"
)


class PlanFileMissing(Missing):
    """No file lies where the plan was said to be."""


class PlanEmpty(Invalid):
    """There is no text in the plan."""


class PlanNotText(Invalid):
    """The file holds bytes that no text holds: a program, a broken copy."""


class PlanEncodingUnknown(Invalid):
    """The text is in no encoding that is read."""


class PlanLineTooLong(Invalid):
    """A line is longer than any plan's."""


class PlanTooLong(Invalid):
    """The text is longer than any plan."""


class LineRole(StrEnum):
    """What a line is on its page; only the body is read for sections."""

    BODY = "body"
    FURNITURE = "furniture"
    """A running header or footer, a page number."""
    FOOTNOTE = "footnote"
    TEXT_BOX = "text_box"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source that is not blank: its number from 1, clean text, and whether a gap precedes."""

    number: int
    text: str
    after_blank: bool
    raw: str = ""
    """As it stands in the source; `text` is cleaned for reading."""
    role: LineRole = LineRole.BODY
    cells: tuple[str, ...] = ()
    """The cells of a table's row where the file says them; what a merged cell says stands in each."""
    page: int | None = None
    is_paragraph: bool = False
    """Whether its file says where it ends: no line after it can be the rest of it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person should look at: which (a key of the catalogue), where, with what data."""

    code: str
    line: int | None
    data: Mapping[str, object]

    @property
    def wording(self) -> str:
        return say(f"planning.doubt.{self.code}", line=self.line or "-", **self.data)

    def to_json(self) -> dict[str, object]:
        return {"code": self.code, "line": self.line, "text": self.wording, "data": dict(self.data)}


@dataclass(frozen=True, slots=True)
class Source:
    """The lines of a file in its order, and what was odd about it."""

    kind: str
    lines: tuple[Line, ...]
    doubts: tuple[Doubt, ...] = ()


def number_lines(text: str) -> Source:
    """The lines of a text; page numbers are known as furniture.

    Raises:
        PlanEmpty, PlanNotText, PlanLineTooLong, PlanTooLong
    """
    check_length(len(text))
    lines: list[Line] = []
    after_blank = True
    for number, raw in enumerate(_LINE_BREAK.split(text), start=1):
        if _CONTROL.search(raw):
            raise PlanNotText(line=number)
        line = make_line(number, raw, after_blank=after_blank)
        if line:
            lines.append(line)
        after_blank = line is None
    if not lines:
        raise PlanEmpty
    return Source("text", tuple(lines))


def check_length(characters: int) -> None:
    """Raise PlanTooLong when a text is longer than any plan."""
    if characters > MAX_CHARACTERS:
        raise PlanTooLong(characters=characters, most=MAX_CHARACTERS)


def make_line(
    number: int,
    raw: str,
    *,
    after_blank: bool = False,
    role: LineRole = LineRole.BODY,
    cells: tuple[str, ...] = (),
    page: int | None = None,
    is_paragraph: bool = False,
) -> Line | None:
    """A line cleaned for reading; None where nothing is written.

    Raises:
        PlanLineTooLong
    """
    if len(raw) > MAX_LINE_CHARACTERS:
        raise PlanLineTooLong(line=number, characters=len(raw), most=MAX_LINE_CHARACTERS)
    shown = squeeze(unicodedata.normalize("NFC", raw).translate(_INVISIBLE))
    clean = clean_text(raw) or shown  # what cleaning swallows whole is kept as it is
    if not clean:
        return None
    is_page = _PAGE_NUMBER.match(clean) and (after_blank or clean[0] == "-")
    if role is LineRole.BODY and not cells and is_page:
        role = LineRole.FURNITURE
    return Line(number, clean, after_blank, shown, role, cells, page, is_paragraph)


def clean_text(raw: str) -> str:
    """`raw` in NFC with plain quotes and dashes, without markdown dress or the marks of scanning.

    Gaps of several blanks are the only trace of columns in a text, so they survive until they were used.
    """
    text = unicodedata.normalize("NFC", raw).translate(_INVISIBLE).translate(_PLAIN)
    text = re.sub(r"[^\S\t ]", " ", text)
    text = _MARKDOWN_LEAD.sub("", text.strip(" "))
    text = _EMPHASIS.sub(r"\2", _ESCAPED.sub(r"\1", text))
    return _mend_scan(text.strip())


def squeeze(text: str) -> str:
    """`text` with every run of blanks as one."""
    return " ".join(text.split())


def fold(text: str) -> str:
    """`text` in lower case without accents, letter for letter: offsets hold in both."""
    return "".join(_fold_letter(letter) for letter in text)


def _mend_scan(text: str) -> str:
    """Undo what scanning does to spacing and to a capital I; words are left as they are."""
    if len(text) < 120 and _SPREAD.match(text):  # K Ế   H O Ạ C H
        text = " ".join(re.sub(r"\s", "", word) for word in re.split(r"\s{2,}", text))
    text = _SPLIT_ZERO.sub(r"0\1", _TIGHT_MARK.sub(r"\1 ", _LOOSE_MARK.sub("", text)))
    text = _LOOSE_END.sub("./.", _L_IN_ROMAN.sub(lambda label: label[0].replace("l", "I"), text))
    text = _L_IN_NUMBER.sub(lambda sign: "0" if sign[0] in "oO" else "1", _L_FOR_ONE.sub("1. ", text))
    return _SMALL_L.sub("I", text) if "l" in text else text


@cache
def _fold_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter.lower())[0]
    return "d" if base == "đ" else base
