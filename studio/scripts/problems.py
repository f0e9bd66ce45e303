"""What can be wrong with a script; each carries `line` and `column`, 1-based, in NFC characters.

Invalid
├── ScriptNotText        the file is a PDF, a Word document, UTF-16 …
├── ScriptEmpty, ScriptTooLong, LineTooLong, UnusableCharacter
├── HeaderMissing, HeaderUnclosed, HeaderUnreadable, HeaderKeyTwice, HeaderValueUnusable, TitleMissing
├── UnknownHeaderKey, UnknownPriority, UnknownVoice, EnginesMixed, UnusableLanguage, RoleNotCapital
├── UnknownRole          ── RoleUndeclared (no role is declared at all)
├── RoleUnreadable, RoleWithoutText, UnknownDirection
├── CueNotAlone, UnknownCue, CueWithoutName, PauseUnreadable, PauseTooLong, BedNotOn
├── UnknownSound         ── SoundOfOtherKind
├── RecordingNameUnusable
└── ScriptSilent
Missing
├── ScriptFileMissing
└── RecordingMissing
"""

from typing import NamedTuple

from assets.errors import Invalid, LoaError, Missing
from studio.scripts.nearest import shorten

MAX_PROBLEMS = 200
"""Reading stops after this many: nobody mends more at once."""


class Place(NamedTuple):
    """Where something stands, 1-based, and what stands there."""

    line: int
    column: int
    name: str = ""


class Problems(list[LoaError]):
    """What was found wrong so far."""

    def report(self, problem: type[LoaError], place: Place, **data: object) -> None:
        shown = shorten(place.name)
        self.append(problem(line=place.line, column=place.column, name=shown, **data))

    @property
    def are_enough(self) -> bool:
        return len(self) >= MAX_PROBLEMS


class ScriptFileMissing(Missing):
    """There is no readable file of this name."""


class ScriptNotText(Invalid):
    """The file is not UTF-8 text; `found` says what it is."""


class ScriptEmpty(Invalid):
    """The file holds nothing."""


class ScriptTooLong(Invalid):
    """More text than hours of speech."""


class LineTooLong(Invalid):
    """One line longer than any paragraph."""


class UnusableCharacter(Invalid):
    """A control, private-use or replacement character: damage of a copy, not text."""


class HeaderMissing(Invalid):
    """The script does not begin with `---`."""


class HeaderUnclosed(Invalid):
    """The second `---` is not there."""


class HeaderUnreadable(Invalid):
    """The front matter is not readable as `key: value` lines."""


class HeaderKeyTwice(Invalid):
    """A key is given twice, perhaps once in each language."""


class HeaderValueUnusable(Invalid):
    """A list or a table where a text stands, or the other way round."""


class TitleMissing(Invalid):
    """A script needs a title."""


class UnknownHeaderKey(Invalid):
    """A key that the front matter does not know."""


class UnknownPriority(Invalid):
    """Not one of the three priorities."""


class EnginesMixed(Invalid):
    """Two roles name voices of different engines: one engine speaks a whole programme."""


class UnknownVoice(Invalid):
    """The front matter gives a role a voice that is not there."""


class UnusableLanguage(Invalid):
    """Not a language code such as `vi` or `jra`."""


class RoleNotCapital(Invalid):
    """Roles are written in capitals, so that they are told from text."""


class UnknownRole(Invalid):
    """A line begins with a role that the front matter does not declare."""


class RoleUndeclared(UnknownRole):
    """A line begins with a role, and the front matter declares none."""


class RoleUnreadable(Invalid):
    """A declared role whose brackets or colon are not complete."""


class RoleWithoutText(Invalid):
    """A role is called and says nothing."""


class UnknownDirection(Invalid):
    """The words in brackets after a role are none that Loa can follow."""


class CueNotAlone(Invalid):
    """A square bracket that is not a whole cue on a line of its own."""


class UnknownCue(Invalid):
    """No cue is called this."""


class CueWithoutName(Invalid):
    """A cue that needs a name has none, or one that takes none has one."""


class PauseUnreadable(Invalid):
    """A pause without a length, or in another unit than seconds."""


class PauseTooLong(Invalid):
    """A pause so long that a station would sound dead."""


class BedNotOn(Invalid):
    """A bed is ended where none plays."""


class UnknownSound(Invalid):
    """No bundled sound is called this."""


class SoundOfOtherKind(UnknownSound):
    """The sound is there, but it is a bed where a sting is asked for, or the like."""


class RecordingNameUnusable(Invalid):
    """A recording is named by its file name, not by a path."""


class RecordingMissing(Missing):
    """The recording is not in the folder of recordings."""


class ScriptSilent(Invalid):
    """Nobody says anything: no text and no recording."""
