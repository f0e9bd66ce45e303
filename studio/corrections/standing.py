"""The corrections in force, as a value: what the reader and the voices take from them.

Of several readings of the same words the nearest counts: this place, this script, the organisation, always,
and last the national tables. What a voice is fed is another matter: it changes no word that people see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from studio.corrections.places import Place, find_occurrences
from studio.corrections.scope import Scope
from studio.speech.cleaning import clean_text
from studio.speech.lexicon import Lexicon, national_lexicon
from studio.speech.overlay import OwnReading, words_pattern
from studio.speech.reader import read_text
from studio.speech.reading import Reading
from studio.voices.registry import engine_of

_NEARNESS = (Scope.SCRIPT, Scope.ORGANISATION, Scope.ALWAYS)


@dataclass(frozen=True, slots=True)
class Standing:
    """One correction in force."""

    scope: Scope
    target: str
    words: str
    reading: str
    place: Place | None = None

    def is_same_matter(self, other: "Standing") -> bool:
        """Whether one would take the place of the other: a new version of it."""
        return (self.scope, self.target, self.words, self.place) == (
            other.scope,
            other.target,
            other.words,
            other.place,
        )

    def occurs_in(self, texts: Iterable[str]) -> bool:
        return any(words_pattern(self.words).search(text) for text in texts)


@dataclass(frozen=True, slots=True)
class Corrections:
    standing: tuple[Standing, ...] = ()

    def for_script(self, code: str, organisation: str | None) -> "Corrections":
        """Those that may concern the script."""
        targets = {
            Scope.SCRIPT: code or None,
            Scope.ORGANISATION: organisation or None,
            Scope.ALWAYS: "",
        }
        return Corrections(
            tuple(one for one in self.standing if one.target == targets.get(one.scope, one.target))
        )

    def occur_in(self, texts: Sequence[str]) -> bool:
        return any(one.occurs_in(texts) for one in self.standing)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """The passages of one script as they are read with these corrections, all taken to concern it."""
        ordered = sorted(
            (one for one in self.standing if one.scope in _NEARNESS),
            key=lambda one: (one.place is None, _NEARNESS.index(one.scope)),
        )
        if not any(one.place for one in ordered):
            lexicon = self._overlay([OwnReading(one.words, one.reading) for one in ordered])
            return [read_text(text, lexicon=lexicon) for text in texts]
        starts = {one: _find_starts(one, texts) for one in ordered if one.place}
        return [
            read_text(
                text,
                lexicon=self._overlay(
                    [
                        OwnReading(one.words, one.reading, starts[one].get(number) if one.place else None)
                        for one in ordered
                        if one.place is None or number in starts[one]
                    ]
                ),
            )
            for number, text in enumerate(texts)
        ]

    def pronounced_by(self, voice: str, spoken: str) -> tuple[tuple[str, str], ...]:
        """The words of `spoken` that this voice is to be fed anew; what is said of it before its engine."""
        return tuple(
            (one.words, one.reading)
            for one in sorted(self.standing, key=lambda one: one.target != voice)
            if one.scope is Scope.VOICE
            and one.target in (voice, engine_of(voice))
            and one.occurs_in([spoken])
        )

    def concerning(self, texts: Sequence[str]) -> "Corrections":
        """Those whose words stand in the passages, as they are written or as they are said."""
        cleaned = [clean_text(text).text for text in texts]
        said = [sentence.spoken for reading in self.read(texts) for sentence in reading.sentences]
        return Corrections(
            tuple(
                one for one in self.standing if one.occurs_in(said if one.scope is Scope.VOICE else cleaned)
            )
        )

    def to_rows(self) -> list[dict[str, Any]]:
        """As plain values, to be kept with what was made or approved."""
        return [asdict(one) for one in self.standing]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> "Corrections":
        return cls(
            tuple(
                Standing(
                    Scope(row["scope"]),
                    row["target"],
                    row["words"],
                    row["reading"],
                    Place(**row["place"]) if row["place"] else None,
                )
                for row in rows
            )
        )

    def _overlay(self, readings: Sequence[OwnReading]) -> Lexicon:
        return national_lexicon().overlaid(readings) if readings else national_lexicon()


NO_CORRECTIONS = Corrections()


def _find_starts(one: Standing, texts: Sequence[str]) -> dict[int, frozenset[int]]:
    """Passage to where in it the correction's place is; empty when that place is no more."""
    return {
        found.passage: frozenset({found.start})
        for found in find_occurrences(one.words, texts)
        if found.place == one.place
    }
