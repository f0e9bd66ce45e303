"""The body of a script, line by line: roles that speak, cues in square brackets, headings and notes.

A line is, in this order: blank; a note (`//`); a heading (`#`); a cue (`[`); a role (below); text.

**Roles.** A role is one to four words in capitals that stand at the start of a line before a colon, with a
direction in round brackets between them if wanted. In capitals it must be declared in the header; a
declared role in small letters (`Nữ:`) is taken for a slip and refused too. Everything else before a colon
("Thứ nhất: …", "Lưu ý: …") is text. A role and its direction hold until the next role, across cues.
Text before any role is said by the first role of the header, or by `DEFAULT_VOICE` if it declares none.

**Paragraphs.** Lines that follow each other are one passage, joined by a blank. A blank line between two
passages is a breath, however many blank lines there are; next to a cue that sounds it is only layout.
"""

import re
from collections.abc import Collection, Mapping
from itertools import accumulate
from typing import TypedDict

from assets.models import AssetKind
from studio.scripts.directions import DIRECTIONS, combine_directions
from studio.scripts.document import (
    BedOff,
    BedOn,
    Breath,
    Cue,
    Delivery,
    Header,
    Heading,
    Passage,
    Pause,
    Recording,
    Signature,
    Sting,
)
from studio.scripts.header import ROLE_NAME, is_capital
from studio.scripts.nearest import find_nearest, normalise_name
from studio.scripts.problems import (
    BedNotOn,
    CueNotAlone,
    CueWithoutName,
    PauseTooLong,
    PauseUnreadable,
    Place,
    Problems,
    RecordingMissing,
    RecordingNameUnusable,
    RoleUndeclared,
    RoleUnreadable,
    RoleWithoutText,
    SoundOfOtherKind,
    UnknownCue,
    UnknownDirection,
    UnknownRole,
    UnknownSound,
)

DEFAULT_VOICE = "vi-north-f"
MAX_PAUSE_MS = 30_000


class KnownNames(TypedDict):
    """The names that a script may use."""

    voices: Mapping[str, str]
    """Name to engine; an empty engine goes with every other."""
    sounds: Mapping[str, AssetKind]
    recordings: Collection[str] | None
    """None: recordings are not looked for."""


CUES: Mapping[str, str] = {
    "nhạc hiệu": "signature",
    "signature": "signature",
    "nhạc nền": "bed",
    "bed": "bed",
    "hết nhạc nền": "bed off",
    "bed off": "bed off",
    "nhạc cắt": "sting",
    "sting": "sting",
    "nghỉ": "pause",
    "pause": "pause",
    "ghi âm": "recording",
    "recording": "recording",
}
_SOUND_CUES: Mapping[str, tuple[AssetKind, type[Signature | Sting | BedOn]]] = {
    "signature": (AssetKind.SIGNATURE, Signature),
    "sting": (AssetKind.STING, Sting),
    "bed": (AssetKind.BED, BedOn),
}
_ROLE = re.compile(rf"\s*(?P<role>{ROLE_NAME})[ \t]*(?:\((?P<direction>[^()]*)\)[ \t]*)?[:：][ \t]*")
_ROLE_OPEN = re.compile(rf"\s*(?P<role>{ROLE_NAME})[ \t]*\(")
_CUE = re.compile(r"\s*\[[ \t]*(?P<word>[^\[\]:：]*?)[ \t]*(?:[:：][ \t]*(?P<name>[^\[\]]*?)[ \t]*)?\]\s*")
_PAUSE = re.compile(r"(?P<word>nghỉ|pause)\s*(?P<length>\d{1,6}(?:[.,]\d{1,3})?)\s*(?:s|giây)")
_BRACKET = re.compile(r"[\[\]]")
_PAUSE_WORD = re.compile(r"(nghỉ|pause)\b")


class BodyReader:
    """Reads the lines of one body; `cues` and `problems` fill as it goes."""

    def __init__(self, header: Header | None, known: KnownNames, problems: Problems) -> None:
        self.cues: list[Cue] = []
        self._known = known
        self._problems = problems
        self._roles = header.voices if header else None  # None: unknown, so roles are not judged
        self._by_fold = {normalise_name(role): role for role in self._roles or ()}
        self._role = next(iter(self._roles or ()), "")
        self._delivery = Delivery()
        self._unsaid: Place | None = None
        self._paragraph: list[str] = []
        self._start = (0, 0)
        self._blank_line = 0
        self._spoken_before = False  # whether the last thing heard was a passage
        self._bed = False

    def read(self, lines: list[str], first_line: int) -> None:
        for number, line in enumerate(lines, start=first_line):
            if self._problems.are_enough:
                return
            self._read_line(line, number)
        self._end_paragraph()
        self._end_role()

    def _read_line(self, line: str, number: int) -> None:
        start = line.lstrip()
        if not start:
            self._end_paragraph()
            self._blank_line = self._blank_line or number
        elif start.startswith("//"):
            self._end_paragraph()
        elif start.startswith("#"):
            self._end_paragraph()
            title = start.lstrip("#").strip()
            if title:
                self.cues.append(Heading(title, number))
        elif start.startswith("["):
            self._end_paragraph()
            self._read_cue(line, number)
        else:
            self._read_text(line, number, self._read_role(line, number))

    def _read_role(self, line: str, number: int) -> int:
        """Take the role at the start of `line`, if any; where the text begins."""
        match = _ROLE.match(line)
        if match is None:
            opened = _ROLE_OPEN.match(line)
            if opened and _join(opened["role"]) in (self._roles or ()):
                self._problems.report(
                    RoleUnreadable, Place(number, opened.start("role") + 1, _join(opened["role"]))
                )
            return 0
        role = _join(match["role"])
        meant = self._by_fold.get(normalise_name(role))
        if not is_capital(role) and meant is None:
            return 0
        self._end_paragraph()
        self._end_role()
        place = Place(number, match.start("role") + 1, role)
        if self._roles is not None and role not in self._roles:
            if self._roles:
                self._problems.report(UnknownRole, place, nearest=meant or find_nearest(role, self._roles))
            else:
                self._problems.report(RoleUndeclared, place)
        self._role = role
        self._delivery = self._read_direction(match, number)
        self._unsaid = place
        return match.end()

    def _read_direction(self, match: re.Match[str], number: int) -> Delivery:
        words = match["direction"]
        if words is None:
            return Delivery()
        column = match.start("direction") + 1
        known = True
        for piece in words.split(","):
            if normalise_name(piece) not in DIRECTIONS:
                known = False
                place = Place(number, column + len(piece) - len(piece.lstrip()), piece.strip())
                self._problems.report(UnknownDirection, place, nearest=find_nearest(place.name, DIRECTIONS))
            column += len(piece) + 1
        return combine_directions(words) if known else Delivery()

    def _read_text(self, line: str, number: int, start: int) -> None:
        text = line[start:]
        bracket = _BRACKET.search(text)
        if bracket:
            self._problems.report(CueNotAlone, Place(number, start + bracket.start() + 1, bracket[0]))
        if not text.strip():
            return
        self._unsaid = None
        if not self._paragraph:
            self._start = (number, start + len(text) - len(text.lstrip()) + 1)
            text = text.lstrip()
        self._paragraph.append(text)

    def _end_paragraph(self) -> None:
        """Make a passage of the lines gathered, with the breath that stood before it."""
        if not self._paragraph:
            return
        if self._blank_line and self._spoken_before:
            self.cues.append(Breath(self._blank_line))
        self._blank_line = 0
        self._spoken_before = True
        voice = (self._roles or {}).get(self._role, DEFAULT_VOICE)
        text = " ".join(self._paragraph).rstrip()
        breaks = tuple(accumulate(len(line) + 1 for line in self._paragraph[:-1]))
        self.cues.append(Passage(self._role, voice, self._delivery, text, *self._start, breaks))
        self._paragraph = []

    def _end_role(self) -> None:
        if self._unsaid:
            self._problems.report(RoleWithoutText, self._unsaid)
            self._unsaid = None

    def _read_cue(self, line: str, number: int) -> None:
        match = _CUE.fullmatch(line)
        if match is None:
            self._problems.report(CueNotAlone, Place(number, line.index("[") + 1, "["))
            return
        word, name = normalise_name(match["word"]), match["name"]
        cue = Place(number, match.start("word") + 1, match["word"])
        kind = "pause" if _PAUSE_WORD.match(word) else CUES.get(word)
        if kind is None:
            self._problems.report(UnknownCue, cue, nearest=find_nearest(cue.name, CUES))
        elif kind == "pause":
            self._read_pause(word if name is None else f"{word} {normalise_name(name)}", cue)
        elif kind == "bed off" and name is None:
            self._end_bed(cue)
        elif not name or kind == "bed off":
            self._problems.report(CueWithoutName, cue)
        else:
            named = Place(number, match.start("name") + 1, name)
            (self._read_recording if kind == "recording" else self._read_sound)(kind, named)

    def _sound(self, cue: Signature | Sting | Pause | Recording) -> None:
        """Add what is heard by itself: a blank line beside it is layout."""
        self.cues.append(cue)
        self._spoken_before = False
        self._blank_line = 0

    def _read_pause(self, words: str, place: Place) -> None:
        match = _PAUSE.fullmatch(words)
        duration_ms = round(float(match["length"].replace(",", ".")) * 1000) if match else 0
        if not duration_ms:
            self._problems.report(PauseUnreadable, place)
        elif duration_ms > MAX_PAUSE_MS:
            self._problems.report(PauseTooLong, place, most_s=MAX_PAUSE_MS // 1000)
        else:
            self._sound(Pause(duration_ms, place.line))

    def _end_bed(self, place: Place) -> None:
        if self._bed:
            self.cues.append(BedOff(place.line))
        else:
            self._problems.report(BedNotOn, place)
        self._bed = False

    def _read_recording(self, _kind: str, place: Place) -> None:
        names = self._known["recordings"]
        if re.search(r"[/\\]", place.name) or place.name.startswith("."):
            self._problems.report(RecordingNameUnusable, place)
        elif names is not None and place.name not in names:
            self._problems.report(RecordingMissing, place, nearest=find_nearest(place.name, names))
        self._sound(Recording(place.name, place.line))

    def _read_sound(self, kind: str, place: Place) -> None:
        wanted, make = _SOUND_CUES[kind]
        sounds = self._known["sounds"]
        found = sounds.get(place.name)
        if found != wanted:
            fitting = [name for name, its in sounds.items() if its == wanted]
            problem = UnknownSound if found is None else SoundOfOtherKind
            self._problems.report(problem, place, nearest=find_nearest(place.name, fitting))
        cue = make(place.name, place.line)
        if isinstance(cue, BedOn):
            self._bed = True
            self.cues.append(cue)
        else:
            self._sound(cue)


def _join(words: str) -> str:
    return " ".join(words.split())
