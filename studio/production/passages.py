"""The passages of a script as they will be read: sentence by sentence, with what each voice is asked."""

from collections.abc import Iterable
from dataclasses import dataclass

from assets.sounds.library import bundled_sounds
from studio.corrections.standing import NO_CORRECTIONS, Corrections
from studio.mixing.layout import SpokenPassage
from studio.scripts.document import Passage, ScriptDocument
from studio.scripts.parser import understand_script
from studio.speech.reading import Notice, Sentence
from studio.voices.cache import SpeechRequest
from studio.voices.registry import voice_names
from studio.voices.voice import Spoken


@dataclass(frozen=True, slots=True)
class ReadPassage:
    passage: Passage
    sentences: tuple[Sentence, ...]
    warnings: tuple[Notice, ...]
    corrections: Corrections = NO_CORRECTIONS

    @property
    def requests(self) -> tuple[SpeechRequest, ...]:
        """What the voice is asked to say, sentence by sentence."""
        voice = self.passage.voice
        return tuple(
            SpeechRequest(
                text=sentence.spoken,
                voice=voice,
                rate=self.passage.delivery.rate,
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
    document, _ = understand_script(text, voices=voice_names(), sounds=sounds, recordings=None)
    if document is None:
        return None, ()
    own = corrections.for_script(script, document.header.organisation)
    return document, read_passages(document, own)


def list_requests(passages: Iterable[ReadPassage]) -> list[SpeechRequest]:
    return [request for read in passages for request in read.requests]


def join_sounds(passages: Iterable[ReadPassage], sounds: Iterable[Spoken]) -> list[SpokenPassage]:
    """The passages with the sound of each sentence; `sounds` answer `list_requests`, in order."""
    rest = iter(sounds)
    return [
        SpokenPassage(read.passage, tuple((sentence, next(rest)) for sentence in read.sentences))
        for read in passages
    ]
