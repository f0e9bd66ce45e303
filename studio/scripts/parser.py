r"""From a script file to its document, or to the list of what is wrong with it.

The text is read as NFC with `\n` line ends; lines and columns are 1-based and count NFC characters.
Time is linear in the text: its length, the length of a line and the number of problems are bounded.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path

from assets.errors import LoaError
from assets.models import AssetKind
from studio.scripts.body import BodyReader, KnownNames
from studio.scripts.document import Header, Passage, Recording, ScriptDocument
from studio.scripts.header import read_header
from studio.scripts.problems import (
    HeaderMissing,
    HeaderUnclosed,
    LineTooLong,
    Place,
    Problems,
    ScriptEmpty,
    ScriptFileMissing,
    ScriptNotText,
    ScriptSilent,
    ScriptTooLong,
    UnusableCharacter,
)

MAX_CHARACTERS = 500_000
"""About ten hours of speech."""
MAX_LINE_CHARACTERS = 10_000
_MAX_BYTES = 4 * MAX_CHARACTERS
_UNUSABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\uf8ff\ufffd-\uffff]")
_SIGNS: Mapping[bytes, str] = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "Word/ZIP (.docx, .odt)",
    b"\xd0\xcf\x11\xe0": "Word (.doc)",
    b"{\\rtf": "RTF",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def read_script_file(path: Path) -> str:
    """The text of a UTF-8 script file, with or without a byte order mark.

    Raises:
        ScriptFileMissing: no file there, or it may not be read.
        ScriptNotText: another encoding or another kind of file; says what was found.
        ScriptTooLong: more than any script has.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ScriptFileMissing(path=str(path)) from error
    if len(content) > _MAX_BYTES:
        raise ScriptTooLong(line=1, column=1, most=MAX_CHARACTERS)
    for sign, found in _SIGNS.items():
        if content.startswith(sign):
            raise ScriptNotText(path=str(path), found=found, line=1)
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise ScriptNotText(path=str(path), found="NUL", line=line)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"0x{content[error.start]:02X}"
        raise ScriptNotText(path=str(path), found=found, line=line) from error


def parse_script(
    text: str,
    *,
    voices: Mapping[str, str],
    sounds: Mapping[str, AssetKind],
    recordings: Collection[str] | None,
) -> ScriptDocument:
    """The document of a clean script.

    Raises:
        LoaError: the first problem of `check_script`, by line and column.
    """
    document, problems = understand_script(text, voices=voices, sounds=sounds, recordings=recordings)
    if problems:
        raise problems[0]
    assert document is not None
    return document


def check_script(
    text: str,
    *,
    voices: Mapping[str, str],
    sounds: Mapping[str, AssetKind],
    recordings: Collection[str] | None,
) -> list[LoaError]:
    """Everything that is wrong with a script, by line and column; at most some 200 problems."""
    return understand_script(text, voices=voices, sounds=sounds, recordings=recordings)[1]


def read_labels(text: str) -> Header | None:
    """The header as far as it can be read, whatever is wrong elsewhere; None if there is none."""
    try:
        lines = _split(text)
        first, last = _find_header(lines)
    except LoaError:
        return None
    return read_header("\n".join(lines[first:last]), first_line=first + 1, voices={}, problems=Problems())


def understand_script(
    text: str,
    *,
    voices: Mapping[str, str],
    sounds: Mapping[str, AssetKind],
    recordings: Collection[str] | None,
) -> tuple[ScriptDocument | None, Problems]:
    """The document as far as it is clear, and everything that is wrong with it: for one still being typed."""
    known = KnownNames(voices=voices, sounds=sounds, recordings=recordings)
    try:
        lines = _split(text)
    except LoaError as problem:
        return None, Problems([problem])
    problems = _find_unusable(lines)
    header: Header | None = None
    body = 0
    try:
        first, last = _find_header(lines)
    except LoaError as problem:
        problems.append(problem)
        if isinstance(problem, HeaderUnclosed):
            return None, problems
    else:
        body = last + 1
        header = read_header(
            "\n".join(lines[first:last]), first_line=first + 1, voices=known["voices"], problems=problems
        )
    reader = BodyReader(header, known, problems)
    reader.read(lines[body:], body + 1)
    if not problems and not any(isinstance(cue, Passage | Recording) for cue in reader.cues):
        problems.report(ScriptSilent, Place(len(lines), 1))
    problems.sort(key=lambda problem: (problem.data["line"], problem.data["column"]))
    return (ScriptDocument(header, tuple(reader.cues)) if header else None), problems


def normalise_text(text: str) -> str:
    r"""`text` as Loa keeps and reads it: NFC, `\n` line ends, no byte order mark.

    Raises:
        ScriptTooLong, LineTooLong: more than `MAX_CHARACTERS`, `MAX_LINE_CHARACTERS`.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_CHARACTERS:
        raise ScriptTooLong(line=1, column=1, most=MAX_CHARACTERS)
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        # Before NFC, whose ordering of combining marks takes the square of a run's length.
        if len(line) > MAX_LINE_CHARACTERS:
            raise LineTooLong(line=number, column=MAX_LINE_CHARACTERS + 1, most=MAX_LINE_CHARACTERS)
    return "\n".join(unicodedata.normalize("NFC", line) for line in lines)


def _split(text: str) -> list[str]:
    """The lines of `text`, normalised."""
    text = normalise_text(text)
    if not text.strip():
        raise ScriptEmpty(line=1, column=1)
    return text.split("\n")


def _find_unusable(lines: list[str]) -> Problems:
    found = Problems()
    for number, line in enumerate(lines, start=1):
        for match in _UNUSABLE.finditer(line):
            found.report(UnusableCharacter, Place(number, match.start() + 1), sign=f"U+{ord(match[0]):04X}")
            if found.are_enough:
                return found
    return found


def _find_header(lines: list[str]) -> tuple[int, int]:
    """The lines of the front matter, first and past the last, as indices."""
    opening = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines[opening].rstrip() != "---":
        raise HeaderMissing(line=opening + 1, column=1)
    for index in range(opening + 1, len(lines)):
        if lines[index].rstrip() == "---":
            return opening + 1, index
    raise HeaderUnclosed(line=opening + 1, column=1)
