"""eSpeak NG as voices of Loa: offline, the same bytes every time, hundreds of times faster than speech.

The six voices are our own voice files in `timbres/`, three regions by two speakers. eSpeak NG's own
variants (`+f2`, `+m3` …) were measured and left aside: they press the six tones of Vietnamese into 3-4
semitones (min. distance of two tones 0.4-0.8 semitones); ours keep 6-9 (1.0-1.2 in the north and south).
Women speak at about 205 Hz with formants 15 % higher, men at about 115 Hz. `volume` brings all six to the
same loudness (-21 LUFS, ITU-R BS.1770) with 4 dB to spare below clipping.
"""

import hashlib
from bisect import bisect_right
from functools import cache, cached_property, partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from assets.units import samples_to_ms
from studio.speech.pronunciation import respell, respelling_version
from studio.voices.espeak_worker import CAN_FORK, TIMBRES
from studio.voices.sound_file import write_wav
from studio.voices.voice import VoiceFailed, WordTiming, check_sayable, find_words
from studio.voices.workers import NoAnswer, Worker, WorkerPool

WORDS_PER_MINUTE = 125
"""eSpeak NG's measure at rate 1.0: about 170 Vietnamese syllables a minute, clear over horns."""
VOLUMES = {
    "vi-north-f": 42,
    "vi-north-m": 52,
    "vi-central-f": 45,
    "vi-central-m": 54,
    "vi-south-f": 37,
    "vi-south-m": 47,
}
_RECIPE = 1
"""To be raised when what this file does to the sound changes."""
_KEPT_SILENCE_S = 0.005


class EspeakVoice:
    """One of the six voices."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._volume = VOLUMES[name]
        self._timbre = f"{name}.txt"

    @cached_property
    def version(self) -> str:
        timbre = hashlib.sha256((TIMBRES / self._timbre).read_bytes()).hexdigest()[:12]
        made_by = f"espeakng-loader-{_engine_version()}"
        respelling = respelling_version("espeak")
        return f"{made_by}/{timbre}/{respelling}/{WORDS_PER_MINUTE}/{self._volume}/{_RECIPE}"

    def speak(self, text: str, *, rate: float, path: Path, pitch: float = 1.0) -> tuple[WordTiming, ...]:
        check_sayable(text, rate, pitch)
        fed = respell(text, "espeak")
        request = {
            "text": fed.text,
            "timbre": self._timbre,
            "words_per_minute": round(WORDS_PER_MINUTE * rate),
            "volume": self._volume,
            "pitch": pitch,
        }
        try:
            answer = _workers.ask(request)
        except NoAnswer as error:
            raise VoiceFailed(voice=self.name, reason=str(error)) from error
        pcm, rate_hz = answer.body, answer.rate_hz
        skipped = count_silent_head(pcm, rate_hz)
        samples = len(pcm) // 2 - skipped
        marks = [
            (place if place < 0 else fed.offsets[place], max(0, sample - skipped))
            for place, sample in answer.head["marks"]
        ]
        words = time_words(text, marks, samples, rate_hz)
        if samples <= 0 or not words:
            raise VoiceFailed(voice=self.name, reason="0 s")
        write_wav(path, pcm[skipped * 2 :], rate_hz)
        return words


@cache
def _engine_version() -> str:
    return version("espeakng-loader")  # read from its packing list: slow beside what it is asked for


def count_silent_head(pcm: bytes, rate_hz: int) -> int:
    """How many samples to leave out at the start.

    eSpeak NG begins a sentence with up to 80 ms of samples that are exactly 0, by the sound it starts
    with. All but 5 ms of them go; a sample that is not 0 is never touched. The end has 13 ms and stays.
    """
    silent = (len(pcm) - len(pcm.lstrip(b"\0"))) // 2
    return max(0, silent - round(_KEPT_SILENCE_S * rate_hz))


def time_words(text: str, marks: list[tuple[int, int]], samples: int, rate_hz: int) -> tuple[WordTiming, ...]:
    """Each word of `text` that sounds, with its time: from its first mark to the next word or clause end.

    eSpeak NG's marks are finer than words (the parts of `3,5%` each have one) and sometimes lie beside
    them; a mark counts for the word that begins at or before it.
    """
    words = find_words(text)
    starts = [start for start, _ in words]
    found: list[tuple[int, int]] = []  # (word, or -1 for a clause end; sample)
    last = -1
    for place, sample in marks:
        word = bisect_right(starts, place) - 1 if place >= 0 else -1
        if place < 0 or word > last:
            found.append((word, min(sample, samples)))
            last = max(last, word)
    found.append((-1, samples))
    return tuple(
        WordTiming(*words[word], samples_to_ms(begin, rate_hz), samples_to_ms(max(begin, end), rate_hz))
        for (word, begin), (_, end) in pairwise(found)
        if word >= 0
    )


_workers = WorkerPool(partial(Worker, ("-m", "studio.voices.espeak_worker")), serve_once=not CAN_FORK)


def close_workers() -> None:
    """End the processes that wait for a sentence; the next sentence starts others."""
    _workers.close()
