"""The passages of a script as they will be read: sentence by sentence, with what each voice is asked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assets.sounds.library import bundled_sounds
from studio.corrections.standing import NO_CORRECTIONS, Corrections
from studio.mixing.layout import SpokenPassage
from studio.scripts.document import Passage, ScriptDocument
from studio.scripts.parser import understand_script
from studio.speech.reading import Notice, Sentence
from studio.voices.cache import SpeechRequest
from studio.voices.registry import voice_engines
from studio.voices.voice import RECORDED, Spoken


@dataclass(frozen=True, slots=True)
class ReadPassage:
    passage: Passage
    sentences: tuple[Sentence, ...]
    warnings: tuple[Notice, ...]
    corrections: Corrections = NO_CORRECTIONS

    @property
    def is_recorded(self) -> bool:
        """Whether a person reads it: then it is voiced as one take, not sentence by sentence."""
        return self.passage.voice == RECORDED

    @property
    def spoken(self) -> str:
        """All of its words, as they are said."""
        return " ".join(sentence.spoken for sentence in self.sentences if sentence.spoken)

    @property
    def requests(self) -> tuple[SpeechRequest, ...]:
        """What the voice is asked to say, sentence by sentence."""
        voice = self.passage.voice
        return tuple(
            SpeechRequest(
                text=sentence.spoken,
                voice=voice,
                rate=self.passage.delivery.rate,
                pitch=self.passage.delivery.pitch,
                pronounced=self.corrections.pronounced_by(voice, sentence.spoken),
            )
            for sentence in self.sentences
        )


def read_passages(
    document: ScriptDocument, corrections: Corrections = NO_CORRECTIONS
) -> tuple[ReadPassage, ...]:
    """Every passage of the document, in order; `corrections` are those that concern its script."""
    passages = [cue for cue in document.cues if isinstance(cue, Passage)]
    readings = corrections.read([passage.text for passage in passages])
    return tuple(
        ReadPassage(passage, reading.sentences, reading.warnings, corrections)
        for passage, reading in zip(passages, readings, strict=True)
    )


def understand_passages(
    text: str, corrections: Corrections, *, script: str
) -> tuple[ScriptDocument | None, tuple[ReadPassage, ...]]:
    """The script as far as it is clear, whatever is wrong with it, and its passages as they are read."""
    sounds = {name: sound.kind for name, sound in bundled_sounds().items()}
    document, _ = understand_script(text, voices=voice_engines(), sounds=sounds, recordings=None)
    if document is None:
        return None, ()
    own = corrections.for_script(script, document.header.organisation)
    return document, read_passages(document, own)


def list_requests(passages: Iterable[ReadPassage]) -> list[SpeechRequest]:
    """What engines are asked: the sentences of all passages but those that a person reads."""
    return [request for read in passages if not read.is_recorded for request in read.requests]


def join_sounds(
    passages: Iterable[ReadPassage], sounds: Iterable[Spoken], takes: Iterable[Spoken] = ()
) -> list[SpokenPassage]:
    """The passages with their sound: `sounds` answer `list_requests`, `takes` the recorded passages."""
    rest, read_aloud = iter(sounds), iter(takes)
    joined = []
    for read in passages:
        if read.is_recorded:
            take = next(read_aloud)
            joined.append(SpokenPassage(read.passage, share_take(read, take), take))
        else:
            said = tuple((sentence, next(rest)) for sentence in read.sentences)
            joined.append(SpokenPassage(read.passage, said))
    return joined


def share_take(read: ReadPassage, take: Spoken) -> tuple[tuple[Sentence, Spoken], ...]:
    """A take shared out among the sentences it holds: each lasts from its first word to that of the next."""
    told = [sentence for sentence in read.sentences if sentence.spoken]
    shares, begun, at_ms = [], 0, 0
    for number, sentence in enumerate(told):
        end = begun + len(sentence.spoken)
        later = [word.start_ms for word in take.words if word.start > end]
        until_ms = min(later) if later and number + 1 < len(told) else take.duration_ms
        words = tuple(
            word._replace(
                start=word.start - begun,
                end=word.end - begun,
                start_ms=word.start_ms - at_ms,
                end_ms=word.end_ms - at_ms,
            )
            for word in take.words
            if begun <= word.start < end
        )
        shares.append((sentence, replace(take, duration_ms=until_ms - at_ms, words=words)))
        begun, at_ms = end + 1, until_ms
    return tuple(shares)
