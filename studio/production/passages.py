"""The passages of a script as they will be read: sentence by sentence, with what each voice is asked."""

from collections.abc import Iterable
from dataclasses import dataclass

from studio.mixing.layout import SpokenPassage
from studio.scripts.document import Passage, ScriptDocument
from studio.speech.reader import read_text
from studio.speech.reading import Sentence
from studio.voices.cache import SpeechRequest
from studio.voices.voice import Spoken


@dataclass(frozen=True, slots=True)
class ReadPassage:
    passage: Passage
    sentences: tuple[Sentence, ...]

    @property
    def requests(self) -> tuple[SpeechRequest, ...]:
        """What the voice is asked to say, sentence by sentence."""
        return tuple(
            SpeechRequest(text=sentence.spoken, voice=self.passage.voice, rate=self.passage.delivery.rate)
            for sentence in self.sentences
        )


def read_passages(document: ScriptDocument) -> tuple[ReadPassage, ...]:
    """Every passage of the document, in order."""
    return tuple(
        ReadPassage(cue, read_text(cue.text).sentences) for cue in document.cues if isinstance(cue, Passage)
    )


def list_requests(passages: Iterable[ReadPassage]) -> list[SpeechRequest]:
    return [request for read in passages for request in read.requests]


def join_sounds(passages: Iterable[ReadPassage], sounds: Iterable[Spoken]) -> list[SpokenPassage]:
    """The passages with the sound of each sentence; `sounds` answer `list_requests`, in order."""
    rest = iter(sounds)
    return [
        SpokenPassage(read.passage, tuple((sentence, next(rest)) for sentence in read.sentences))
        for read in passages
    ]
