"""eSpeak NG as voices of Loa: offline, the same bytes every time, hundreds of times faster than speech.

The six voices are our own voice files in `timbres/`, three regions by two speakers. eSpeak NG's own
variants (`+f2`, `+m3` …) were measured and left aside: they press the six tones of Vietnamese into 3-4
semitones (min. distance of two tones 0.4-0.8 semitones); ours keep 6-9 (1.0-1.2 in the north and south).
Women speak at about 205 Hz with formants 15 % higher, men at about 115 Hz. `volume` brings all six to the
same loudness (-21 LUFS, ITU-R BS.1770) with 4 dB to spare below clipping.
"""

import atexit
import hashlib
import queue
import re
import subprocess
import sys
import threading
from bisect import bisect_right
from contextlib import suppress
from functools import cached_property
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import studio
from assets.units import samples_to_ms
from studio.speech.pronunciation import respell, respelling_version
from studio.voices.espeak_worker import CAN_FORK, TIMBRES
from studio.voices.frames import read_frame, write_frame
from studio.voices.sound_file import write_wav
from studio.voices.voice import VoiceFailed, WordTiming, check_sayable

WORDS_PER_MINUTE = 125
"""eSpeak NG's measure at rate 1.0: about 170 Vietnamese syllables a minute, clear over horns."""
ATTEMPTS = 3
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
_WORD = re.compile(r"\w(?:\S*\w)?")


class EspeakVoice:
    """One of the six voices."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._volume = VOLUMES[name]
        self._timbre = f"{name}.txt"

    @cached_property
    def version(self) -> str:
        timbre = hashlib.sha256((TIMBRES / self._timbre).read_bytes()).hexdigest()[:12]
        made_by = f"espeakng-loader-{version('espeakng-loader')}"
        respelling = respelling_version("espeak")
        return f"{made_by}/{timbre}/{respelling}/{WORDS_PER_MINUTE}/{self._volume}/{_RECIPE}"

    def speak(self, text: str, *, rate: float, path: Path) -> tuple[WordTiming, ...]:
        check_sayable(text, rate)
        fed = respell(text, "espeak")
        request = {
            "text": fed.text,
            "timbre": self._timbre,
            "words_per_minute": round(WORDS_PER_MINUTE * rate),
            "volume": self._volume,
        }
        head, pcm, rate_hz = self._ask(request)
        skipped = count_silent_head(pcm, rate_hz)
        samples = len(pcm) // 2 - skipped
        marks = [
            (place if place < 0 else fed.offsets[place], max(0, sample - skipped))
            for place, sample in head["marks"]
        ]
        words = time_words(text, marks, samples, rate_hz)
        if samples <= 0 or not words:
            raise VoiceFailed(voice=self.name, reason="0 s")
        write_wav(path, pcm[skipped * 2 :], rate_hz)
        return words

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes, int]:
        """The worker's answer; a worker or child that died is replaced and asked again."""
        reason = ""
        for _ in range(ATTEMPTS):
            worker: Worker | None = None
            try:
                worker = _workers.take()
                head, pcm = worker.ask(request)
            except WorkerGone as gone:
                reason = str(gone)
            else:
                if "marks" in head:
                    return head, pcm, worker.rate_hz
                reason = str(head.get("error", ""))
            finally:
                if worker:
                    _workers.give_back(worker)
        raise VoiceFailed(voice=self.name, reason=reason)


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
    words = [match.span() for match in _WORD.finditer(text)]
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


class WorkerGone(Exception):
    """The process ended, or could not begin."""


class Worker:
    """A running `espeak_worker`."""

    command: ClassVar[tuple[str, ...]] = (sys.executable, "-m", "studio.voices.espeak_worker")

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 our own interpreter and module
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(studio.__path__[0]).parent,
        )
        self.is_fresh = True
        head, _ = self._read()
        if "rate_hz" not in head:
            self.close()
            raise WorkerGone(head.get("error"))
        self.rate_hz = int(head["rate_hz"])

    @property
    def process_id(self) -> int:
        return self._process.pid

    def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        assert self._process.stdin
        self.is_fresh = False
        try:
            write_frame(self._process.stdin, request)
        except OSError as error:
            self.close()
            raise WorkerGone(str(error)) from error
        return self._read()

    def _read(self) -> tuple[dict[str, Any], bytes]:
        assert self._process.stdout
        frame = read_frame(self._process.stdout)
        if frame is None:
            self.close()
            raise WorkerGone(f"exit {self._process.returncode}")
        return frame

    @property
    def is_usable(self) -> bool:
        return self._process.poll() is None and (CAN_FORK or self.is_fresh)

    def close(self) -> None:
        """End the process: it ends by itself when its input does."""
        assert self._process.stdin
        assert self._process.stdout
        with suppress(OSError):  # what it had not read yet is lost with it
            self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class WorkerPool:
    """Idle workers; as many run as sentences are spoken at the same time."""

    def __init__(self) -> None:
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._closing = threading.Lock()

    def take(self) -> Worker:
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                try:
                    return Worker()
                except OSError as error:
                    raise WorkerGone(str(error)) from error
            if worker.is_usable:
                return worker
            worker.close()

    def give_back(self, worker: Worker) -> None:
        if worker.is_usable:
            self._idle.put(worker)
        else:
            worker.close()

    def close(self) -> None:
        with self._closing:
            while not self._idle.empty():
                self._idle.get_nowait().close()


_workers = WorkerPool()
atexit.register(_workers.close)
