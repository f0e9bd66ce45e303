"""A plain text or markdown file as lines: UTF-8, UTF-16 with its mark, TCVN3 and VNI by recognition."""

import codecs
import re

from studio.planning.source import Doubt, PlanEncodingUnknown, PlanNotText, Source, number_lines
from studio.speech.encodings import Encoding, convert_text, recognise_encoding

_UNICODE_LETTER = re.compile("[\u1ea0-\u1ef9]")
_TELLING = 120
"""Characters from which on the share of Vietnamese syllables is trusted."""


def read_text(content: bytes) -> Source:
    """The lines of a text file.

    Raises:
        PlanNotText, PlanEncodingUnknown, PlanEmpty, PlanLineTooLong, PlanTooLong
    """
    return from_text(decode_plan(content))


def from_text(text: str) -> Source:
    """The lines of a text, converted when it was typed in an encoding from before Unicode."""
    encoding = recognise_old_encoding(text)
    if encoding is None:
        return number_lines(text)
    source = number_lines(convert_text(text, encoding))
    return Source("text", source.lines, (Doubt("EncodingConverted", None, {"encoding": encoding.value}),))


def recognise_old_encoding(text: str) -> Encoding | None:
    """TCVN3 or VNI; a text too short tells nothing, one with Unicode's own letters is Unicode."""
    if len(text) < _TELLING or _UNICODE_LETTER.search(text):
        return None
    return recognise_encoding(text)


def decode_plan(content: bytes) -> str:
    """The text of a plan file: UTF-8, UTF-16 that says so by its mark, or bytes that are TCVN3 or VNI.

    Raises:
        PlanNotText, PlanEncodingUnknown: other encodings are named, never guessed.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise PlanEncodingUnknown(byte=error.start + 1) from error
    if b"\x00" in content:
        raise PlanNotText(line=content[: content.index(b"\x00")].count(b"\n") + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        old = content.decode("latin-1")
        if recognise_old_encoding(old):
            return old
        raise PlanEncodingUnknown(byte=error.start + 1) from error
