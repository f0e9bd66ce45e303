"""From a script and its voiced sentences to a timeline, in the timing of the house.

Missing
├── SoundNotAtHand
└── RecordingNotAtHand
Invalid
└── NothingToHear
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assets.errors import Invalid, Missing
from studio.mixing.mixer import JOIN_GRID_MS
from studio.mixing.timeline import BedSpan, Caption, Chapter, MusicClip, TimedWord, Timeline, VoiceClip
from studio.scripts.document import (
    BedOff,
    BedOn,
    Breath,
    Cue,
    Heading,
    Passage,
    Pause,
    Recording,
    ScriptDocument,
    Signature,
    Sting,
)
from studio.speech.reading import Sentence
from studio.voices.voice import Spoken, WordTiming

HEAD_MS = 200
"""Silence before the first sound: amplifiers and players open late, and must not eat a consonant."""
TAIL_MS = 500
"""Silence after the last sound, so that the next piece does not fall in at once."""
SENTENCE_GAP_MS = 350
SENTENCE_GAPS_MS = {"…": 550, "?": 450, "!": 400, ":": 300, ";": 300}
"""After a sentence that ends so; any other ends as with a full stop. A comma's break is the voice's own."""
TURN_GAP_MS = 500
"""From one passage to the next without a blank line between: another voice takes over."""
BREATH_MS = 800
"""A blank line, or a heading: a new thought. Up to 23 ms more: it begins on the grid of MP3 frames."""
MUSIC_ROOM_MS = 500
"""Before and after a signature tune or a sting."""
BED_LEAD_MS = 1500
"""A bed is heard by itself before someone speaks over it."""
BED_FADE_IN_MS = 400
BED_FADE_OUT_MS = 2000
BED_GAIN_DB = -6.0
"""A bed by itself stands back from speech; under speech the mixer ducks it further."""


class SoundNotAtHand(Missing):
    pass


class RecordingNotAtHand(Missing):
    pass


class NothingToHear(Invalid):
    """No passage, tune or recording in the script."""


class Playable(Protocol):
    """A file of known length: a bundled sound, a recording."""

    @property
    def path(self) -> Path: ...
    @property
    def duration_ms(self) -> int: ...


@dataclass(frozen=True, slots=True)
class SpokenPassage:
    """A passage with its sentences in order: how each was read, and the sound of it."""

    passage: Passage
    sentences: tuple[tuple[Sentence, Spoken], ...]
    take: Spoken | None = None
    """Of a passage that a person reads: one sound, of which each sentence has a share."""


def gap_after(spoken: str) -> int:
    """The silence between a sentence and the next of its passage, by how it ends; quotes do not count."""
    ending = spoken.rstrip(" \"'”’»)")
    mark = "…" if ending.endswith("...") else ending[-1:]
    return SENTENCE_GAPS_MS.get(mark, SENTENCE_GAP_MS)


def lay_out(
    document: ScriptDocument,
    spoken: Sequence[SpokenPassage],
    sounds: Mapping[str, Playable],
    recordings: Mapping[str, Playable],
) -> Timeline:
    """The programme in time; `spoken` holds the document's passages, in order.

    Between two things that sound lies the longest natural gap that the cues between them ask for; a
    `[pause]` takes the place of it, to the millisecond. A bed starts at its cue, is heard by itself for its
    lead, and fades out from its end cue on, under whatever follows.

    Raises:
        SoundNotAtHand, RecordingNotAtHand: with the line of the cue.
        NothingToHear
    """
    desk = _Desk(sounds, recordings, iter(spoken))
    for cue in document.cues:
        desk.lay(cue)
    return desk.finish()


@dataclass(slots=True)
class _Desk:
    """The timeline so far. `end_ms` is where the last sound ends, `gap_ms` what silence must follow."""

    sounds: Mapping[str, Playable]
    recordings: Mapping[str, Playable]
    spoken: Iterator[SpokenPassage]
    end_ms: int = 0
    gap_ms: int = HEAD_MS
    pause_ms: int | None = None
    titles: list[str] = field(default_factory=list)
    bed: tuple[Playable, int] | None = None
    """The bed that is on, and since when."""
    voices: list[VoiceClip] = field(default_factory=list)
    music: list[MusicClip] = field(default_factory=list)
    beds: list[BedSpan] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)

    def lay(self, cue: Cue) -> None:
        match cue:
            case Passage():
                self._speak(cue)
            case Signature() | Sting():
                self._play(self._find_sound(cue.name, cue.line))
            case Recording():
                self._insert(cue)
            case BedOn():
                self._start_bed(self._find_sound(cue.name, cue.line))
            case BedOff():
                self._stop_bed(self._next_ms())
            case Pause():
                self.pause_ms = (self.pause_ms or 0) + cue.duration_ms
            case Breath():
                self._ask_for(BREATH_MS)
            case Heading():
                self._ask_for(BREATH_MS)
                self.titles.append(cue.title)

    def finish(self) -> Timeline:
        if not self.voices and not self.music:
            raise NothingToHear
        end_ms = self.end_ms + max(TAIL_MS, self.pause_ms or 0)
        self._stop_bed(end_ms)
        duration_ms = max(end_ms, *(bed.end_ms for bed in self.beds), 0)
        self.chapters += [Chapter(title, duration_ms) for title in self.titles]
        return Timeline(
            duration_ms,
            tuple(self.voices),
            tuple(self.music),
            tuple(self.beds),
            tuple(self.chapters),
            tuple(self.captions),
        )

    def _speak(self, passage: Passage) -> None:
        said = next(self.spoken, None)
        if said is None or said.passage != passage:
            raise ValueError(f"the passage in line {passage.line} was not voiced")
        if said.take is not None:
            self._speak_take(said, said.take)
            return
        before = ""
        for position, (sentence, sound) in enumerate(said.sentences):
            if position:
                self._ask_for(gap_after(before))
            before = sentence.spoken
            start_ms = self._begin()
            self.voices.append(
                VoiceClip(
                    sound.path, start_ms, sound.duration_ms, passage.voice, gain_db=passage.delivery.gain_db
                )
            )
            self._end(start_ms + sound.duration_ms)
            self.captions.append(_caption(passage, sentence, sound, start_ms))
        self._ask_for(TURN_GAP_MS)

    def _speak_take(self, said: SpokenPassage, take: Spoken) -> None:
        """A level group of its own: takes are recorded on many days, and meet at one loudness."""
        passage, at_ms = said.passage, self._begin()
        self.voices.append(
            VoiceClip(
                take.path, at_ms, take.duration_ms, f"take {take.path}", gain_db=passage.delivery.gain_db
            )
        )
        self._end(at_ms + take.duration_ms)
        for sentence, share in said.sentences:
            self.captions.append(_caption(passage, sentence, share, at_ms))
            at_ms += share.duration_ms
        self._ask_for(TURN_GAP_MS)

    def _insert(self, cue: Recording) -> None:
        recording = self.recordings.get(cue.name)
        if recording is None:
            raise RecordingNotAtHand(name=cue.name, line=cue.line)
        start_ms = self._begin()
        group = f"recording {cue.name}"
        self.voices.append(VoiceClip(recording.path, start_ms, recording.duration_ms, group))
        self._end(start_ms + recording.duration_ms)
        self._ask_for(BREATH_MS)

    def _play(self, sound: Playable) -> None:
        self._ask_for(MUSIC_ROOM_MS)
        start_ms = self._begin()
        self.music.append(MusicClip(sound.path, start_ms, sound.duration_ms))
        self._end(start_ms + sound.duration_ms)
        self._ask_for(MUSIC_ROOM_MS)

    def _start_bed(self, sound: Playable) -> None:
        start_ms = self._begin()
        self._stop_bed(start_ms)
        self.bed = (sound, start_ms)
        self._end(start_ms)
        self._ask_for(BED_LEAD_MS)

    def _stop_bed(self, at_ms: int) -> None:
        """Let the bed fade out from here on, under whatever comes next."""
        if self.bed is not None:
            sound, start_ms = self.bed
            end_ms = at_ms + BED_FADE_OUT_MS
            self.beds.append(
                BedSpan(sound.path, start_ms, end_ms, BED_FADE_IN_MS, BED_FADE_OUT_MS, BED_GAIN_DB)
            )
        self.bed = None

    def _ask_for(self, gap_ms: int) -> None:
        if self.end_ms:  # nobody draws breath before the first sound
            self.gap_ms = max(self.gap_ms, gap_ms)

    def _next_ms(self) -> int:
        """Where the next sound would begin: after a breath on the grid on which a programme may be joined."""
        if self.pause_ms is not None:
            return self.end_ms + self.pause_ms
        at = self.end_ms + self.gap_ms
        return at + -at % JOIN_GRID_MS if self.gap_ms >= BREATH_MS else at

    def _begin(self) -> int:
        start_ms = self._next_ms()
        self.chapters += [Chapter(title, start_ms) for title in self.titles]
        self.titles.clear()
        return start_ms

    def _end(self, end_ms: int) -> None:
        self.end_ms = end_ms
        self.gap_ms = 0
        self.pause_ms = None

    def _find_sound(self, name: str, line: int) -> Playable:
        sound = self.sounds.get(name)
        if sound is None:
            raise SoundNotAtHand(name=name, line=line, valid=", ".join(sorted(self.sounds)))
        return sound


def _caption(passage: Passage, sentence: Sentence, sound: Spoken, start_ms: int) -> Caption:
    line, column = passage.locate(sentence.start)
    return Caption(
        role=passage.role,
        text=sentence.spoken,
        start_ms=start_ms,
        end_ms=start_ms + sound.duration_ms,
        source=passage.text[sentence.start : sentence.end],
        line=line,
        column=column,
        words=locate_words(sentence, sound.words, start_ms=start_ms),
    )


def locate_words(sentence: Sentence, words: Sequence[WordTiming], *, start_ms: int) -> tuple[TimedWord, ...]:
    """When each written word of `sentence` sounds: `12 kg` lasts as long as all the words said for it.

    The times of `words` count from the sentence's start, which is at `start_ms` of the timeline.
    """
    places = sentence.locate_tokens()
    said = [
        (place, token) for place, token in zip(places, sentence.tokens, strict=True) if place[0] < place[1]
    ]
    begins = [place[0] for place, _ in said]
    located: dict[tuple[int, int], TimedWord] = {}
    for word in words:
        index = bisect_right(begins, word.start) - 1
        if index < 0:
            continue
        token = said[index][1]
        span = token.start - sentence.start, token.end - sentence.start
        begun = located.get(span)
        located[span] = TimedWord(
            *span, begun.start_ms if begun else start_ms + word.start_ms, start_ms + word.end_ms
        )
    return tuple(located.values())
