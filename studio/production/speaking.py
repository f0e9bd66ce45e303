"""A text as sound, read and voiced as it would be in a programme, without music."""

import wave
from pathlib import Path

from assets.errors import Invalid
from assets.whole import write_whole
from studio.corrections.standing import NO_CORRECTIONS, Corrections
from studio.mixing.layout import gap_after
from studio.settings import Settings
from studio.voices.cache import SpeechCache, SpeechRequest
from studio.voices.registry import require_consent, voice_names

ENGINES = {"espeak": "vi-", "tone": "tone", "gtts": "gtts", "piper": "piper:"}
"""Engine to how the names of its voices begin."""


class EngineUnknown(Invalid):
    """No such engine, or the voice is not one of its own."""


class NothingToSay(Invalid):
    """The text holds no words."""


def speak_text(
    text: str,
    path: Path,
    *,
    engine: str | None,
    voice: str,
    rate: float,
    settings: Settings,
    corrections: Corrections = NO_CORRECTIONS,
) -> None:
    """Write `text` as it is spoken to `path`, mono 16-bit PCM WAV, whole or not at all.

    Raises:
        EngineUnknown, NothingToSay, VoiceMissing, VoiceFailed, ConsentMissing
    """
    name = choose_voice(engine, voice)
    require_consent([name], given=settings.gtts_consent)
    read = corrections.read([text])[0]
    sentences = [sentence.spoken for sentence in read.sentences if sentence.spoken.strip()]
    if not sentences:
        raise NothingToSay
    cache = SpeechCache(settings.cache / "speech")
    requests = [
        SpeechRequest(sentence, name, rate, corrections.pronounced_by(name, sentence))
        for sentence in sentences
    ]
    voiced = cache.speak_all(requests, workers=settings.workers)
    with write_whole(path) as draft, wave.open(str(draft), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(voiced[0].rate_hz)
        for number, spoken in enumerate(voiced):
            if number:
                gap_ms = gap_after(sentences[number - 1])
                sound.writeframes(bytes(2 * (spoken.rate_hz * gap_ms // 1000)))
            with wave.open(str(spoken.path), "rb") as source:
                sound.writeframes(source.readframes(source.getnframes()))


def choose_voice(engine: str | None, voice: str) -> str:
    """The voice to speak with; an engine that has only one voice need not be told which."""
    if engine is None or engine not in ENGINES:
        if engine is not None:
            raise EngineUnknown(engine=engine, valid=", ".join(ENGINES))
        return voice
    prefix = ENGINES[engine]
    if voice.startswith(prefix):
        return voice
    return next((name for name in voice_names() if name.startswith(prefix)), prefix)
