"""The bytes of a plan made into clean, numbered lines."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from assets.errors import Invalid, Missing

MAX_CHARACTERS = 2_000_000
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


class PlanFileMissing(Missing):
    """No file lies where the plan was said to be."""


class PlanEmpty(Invalid):
    """There is no text in the plan."""


class PlanNotText(Invalid):
    """The file holds bytes that no text holds: a program, a picture, a Word or PDF file."""


class PlanEncodingUnknown(Invalid):
    """The text is not UTF-8 (or UTF-16 with its mark)."""


class PlanLineTooLong(Invalid):
    """A line is longer than any plan's."""


class PlanTooLong(Invalid):
    """The text is longer than any plan."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source that is not blank: its number from 1, clean text, and whether a gap precedes."""

    number: int
    text: str
    after_blank: bool


def decode_plan(content: bytes) -> str:
    """The text of a plan file: UTF-8, or UTF-16 that says so by its mark.

    Raises:
        PlanNotText, PlanEncodingUnknown: other encodings are named, never guessed.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise PlanEncodingUnknown(byte=error.start + 1) from error
    if b"\x00" in content or content.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise PlanNotText(line=1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanEncodingUnknown(byte=error.start + 1) from error


def read_lines(text: str) -> list[Line]:
    """The non-blank lines of `text`, cleaned, with their numbers from 1.

    Raises:
        PlanEmpty, PlanNotText, PlanLineTooLong, PlanTooLong
    """
    if len(text) > MAX_CHARACTERS:
        raise PlanTooLong(characters=len(text), most=MAX_CHARACTERS)
    lines: list[Line] = []
    after_blank = True
    for number, raw in enumerate(_LINE_BREAK.split(text), start=1):
        if _CONTROL.search(raw):
            raise PlanNotText(line=number)
        if len(raw) > MAX_LINE_CHARACTERS:
            raise PlanLineTooLong(line=number, characters=len(raw), most=MAX_LINE_CHARACTERS)
        clean = clean_text(raw) or squeeze(raw)  # what cleaning swallows whole is kept as it is
        if clean:
            lines.append(Line(number, clean, after_blank))
        after_blank = not clean
    if not lines:
        raise PlanEmpty
    return lines


def clean_text(raw: str) -> str:
    """`raw` in NFC with plain quotes and dashes and without markdown dress; inner gaps are kept.

    Gaps of several blanks are the only trace of columns in a text, so they survive until they were used.
    """
    text = unicodedata.normalize("NFC", raw).translate(_INVISIBLE).translate(_PLAIN)
    text = re.sub(r"[^\S\t ]", " ", text)
    text = _MARKDOWN_LEAD.sub("", text.strip(" "))
    text = _EMPHASIS.sub(r"\2", _ESCAPED.sub(r"\1", text))
    return text.strip()


def squeeze(text: str) -> str:
    """`text` with every run of blanks as one."""
    return " ".join(text.split())


def fold(text: str) -> str:
    """`text` in lower case without accents, letter for letter: offsets hold in both."""
    return "".join(_fold_letter(letter) for letter in text)


@cache
def _fold_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter.lower())[0]
    return "d" if base == "đ" else base
