"""How long a script will be on the air, before a word of it is voiced."""

from pathlib import Path

from assets.errors import LoaError
from assets.sounds.library import bundled_sounds
from assets.units import Milliseconds
from studio.mixing.layout import lay_out
from studio.mixing.recordings import HeardRecording
from studio.production.passages import join_sounds, list_requests, read_passages
from studio.production.programme import known_names
from studio.scripts.document import Recording
from studio.scripts.parser import parse_script
from studio.settings import Settings
from studio.voices.cache import SpeechRequest
from studio.voices.estimate import estimate_ms
from studio.voices.voice import Spoken


def estimate_script(text: str, *, settings: Settings) -> Milliseconds | None:
    """The programme laid out with predicted sentences; None while the script has problems.

    Recordings count as nothing: how long they are is known once they are heard.
    """
    try:
        document = parse_script(text, **known_names(settings))
        passages = read_passages(document)
        predicted = join_sounds(passages, map(_predict, list_requests(passages)))
        unheard = {
            cue.name: HeardRecording(Path(cue.name), Milliseconds(0))
            for cue in document.cues
            if isinstance(cue, Recording)
        }
        return Milliseconds(lay_out(document, predicted, bundled_sounds(), unheard).duration_ms)
    except LoaError:
        return None


def _predict(asked: SpeechRequest) -> Spoken:
    duration_ms = estimate_ms(asked.text, voice=asked.voice, rate=asked.rate)
    return Spoken(path=Path(), duration_ms=duration_ms, rate_hz=0, words=(), reused=False)
