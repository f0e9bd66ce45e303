"""A voice for tests and for trying a mix: a tone of predicted length instead of words, always the same."""

from pathlib import Path

import numpy as np

from assets.units import ms_to_samples, samples_to_ms
from studio.voices.estimate import TONE_MS, TONE_REST_MS
from studio.voices.sound_file import write_wav
from studio.voices.voice import WordTiming, check_sayable, find_words

RATE_HZ = 22_050
PITCHES_HZ = (220.0, 246.9, 277.2, 329.6, 370.0)


class ToneVoice:
    """Every word is a tone of 260 ms and a rest of 90 ms at rate 1.0, its pitch chosen by its letters."""

    name = "tone"
    version = "tone-2"

    def speak(self, text: str, *, rate: float, path: Path, pitch: float = 1.0) -> tuple[WordTiming, ...]:
        check_sayable(text, rate, pitch)
        tone, rest = round(TONE_MS / rate), round(TONE_REST_MS / rate)
        sounds: list[np.ndarray[tuple[int], np.dtype[np.int16]]] = []
        words: list[WordTiming] = []
        samples = 0
        for start, end in find_words(text):
            sound = _sound(pitch * PITCHES_HZ[sum(map(ord, text[start:end])) % len(PITCHES_HZ)], tone)
            begin_ms, end_ms = (samples_to_ms(at, RATE_HZ) for at in (samples, samples + len(sound)))
            words.append(WordTiming(start, end, begin_ms, end_ms))
            sounds += [sound, np.zeros(ms_to_samples(rest, RATE_HZ), np.int16)]
            samples += len(sound) + len(sounds[-1])
        write_wav(path, np.concatenate(sounds).astype("<i2").tobytes(), RATE_HZ)
        return tuple(words)


def _sound(pitch_hz: float, duration_ms: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """A tone with soft edges at a fifth of full scale."""
    time_s = np.arange(ms_to_samples(duration_ms, RATE_HZ)) / RATE_HZ
    edge = np.minimum(1.0, np.minimum(time_s, time_s[::-1]) / 0.01)
    return np.round(0.2 * 32767 * edge * np.sin(2 * np.pi * pitch_hz * time_s)).astype(np.int16)
