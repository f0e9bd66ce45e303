"""How long a script will be on the air, before a word of it is voiced."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.errors import LoaError
from assets.sounds.library import bundled_sounds
from assets.units import Milliseconds
from studio.mixing.layout import SENTENCE_GAP_MS, lay_out
from studio.mixing.recordings import HeardRecording
from studio.production.passages import ReadPassage, join_sounds, list_requests
from studio.scripts.document import Recording, ScriptDocument
from studio.voices.cache import SpeechRequest
from studio.voices.estimate import estimate_ms
from studio.voices.voice import Spoken


@dataclass(frozen=True, slots=True)
class Estimate:
    duration_ms: Milliseconds | None
    """The whole programme; None while something in the script cannot be placed."""
    roles: Mapping[str, Milliseconds]
    """What each role speaks, in the order they first do, without the pauses between sentences."""


def estimate_passages(
    document: ScriptDocument, passages: tuple[ReadPassage, ...], recordings: Mapping[str, int]
) -> Estimate:
    """The programme laid out with predicted sentences.

    `recordings` are lengths in milliseconds, by name; one that is not among them, because nothing tells its
    length, counts as nothing.
    """
    predicted = join_sounds(
        passages,
        map(_predict, list_requests(passages)),
        (_guess(estimate_take_ms(read)) for read in passages if read.is_recorded),
    )
    roles: dict[str, Milliseconds] = {}
    for said in predicted:
        speech_ms = sum(sound.duration_ms for _, sound in said.sentences)
        roles[said.passage.role] = Milliseconds(roles.get(said.passage.role, 0) + speech_ms)
    unheard = {
        cue.name: HeardRecording(Path(cue.name), Milliseconds(recordings.get(cue.name, 0)))
        for cue in document.cues
        if isinstance(cue, Recording)
    }
    try:
        timeline = lay_out(document, predicted, bundled_sounds(), unheard)
    except LoaError:
        return Estimate(None, roles)
    return Estimate(Milliseconds(timeline.duration_ms), roles)


def _predict(asked: SpeechRequest) -> Spoken:
    return _guess(estimate_ms(asked.fed.text, voice=asked.voice, rate=asked.rate))


def estimate_take_ms(read: ReadPassage) -> Milliseconds:
    """How long a person will take for a passage, at the usual pace."""
    pauses_ms = SENTENCE_GAP_MS * max(0, len(read.sentences) - 1)
    return Milliseconds(estimate_ms(read.spoken) + pauses_ms)


def _guess(duration_ms: int) -> Spoken:
    return Spoken(path=Path(), duration_ms=duration_ms, rate_hz=0, words=(), reused=False)
