"""The voice of an outside service, through gTTS: only with the centre's consent, never trusted to answer.

gTTS cuts the text and words the requests. We send them ourselves, because gTTS switches the check of
certificates off and never tries again: here certificates are checked, each wait is bounded, a busy service is
asked again after a while, and one that keeps failing is left alone for some time (a circuit breaker). The
breaker counts for one process: a worker that starts anew may try anew.
"""

import base64
import binascii
import random
import re
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import requests
from gtts import gTTS

from assets.decoding import Samples, SoundFormat, decode_sound
from assets.errors import LoaError
from assets.messages import say
from assets.units import samples_to_ms
from studio.voices.estimate import estimate_ms, share_out
from studio.voices.sound_file import write_wav
from studio.voices.voice import VoiceFailed, WordTiming, check_sayable

ADDRESS = "https://translate.google.com/_/TranslateWebserverUi/data/batchexecute"
TIMEOUT_S = (5.0, 15.0)
"""To connect, and between two pieces of an answer."""
MAX_ANSWER_BYTES = 4_000_000
LEAST_SHARE = 0.4
"""An answer shorter than this share of the predicted length has lost words."""
_SOUND = re.compile(rb'jQ1olc","\[\\"([A-Za-z0-9+/=]*)\\"\]')


@dataclass(slots=True)
class Line:
    """The way to the service: one request at a time, not too many, none while the breaker is open."""

    tries: int = 3
    backoff_s: float = 1.0
    """Before the second try; doubled for each further one, up to half as much again by chance."""
    longest_wait_s: float = 20.0
    """A service that asks for more patience (Retry-After) is taken for out of reach."""
    gap_s: float = 0.5
    opens_after: int = 3
    """Sentences that failed one after the other."""
    closed_for_s: float = 60.0
    _failed: int = 0
    _open_until: float = 0.0
    _free_at: float = 0.0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def fetch(self, address: str, bodies: list[str]) -> bytes:
        """The sound of all bodies, in order.

        Raises:
            _Refused: with the reason.
        """
        with self._turn:
            if time.monotonic() < self._open_until:
                raise _Refused(say("voices.resting", count=self._failed))
            try:
                sound = b"".join(self._ask(address, body) for body in bodies)
            except _Refused:
                self._failed += 1
                if self._failed >= self.opens_after:  # after the pause one sentence tries the line again
                    self._open_until = time.monotonic() + self.closed_for_s
                raise
            self._failed = 0
            return sound

    def _ask(self, address: str, body: str) -> bytes:
        for attempt in range(1, self.tries + 1):
            time.sleep(max(0.0, self._free_at - time.monotonic()))
            self._free_at = time.monotonic() + self.gap_s
            try:
                return _read_answer(_post(address, body))
            except _Busy as busy:
                wait_s = self.backoff_s * 2 ** (attempt - 1) * random.uniform(1, 1.5)  # noqa: S311 no secret
                wait_s = max(wait_s, busy.wait_s)
                if attempt == self.tries or wait_s > self.longest_wait_s:
                    raise _Refused(busy.reason) from busy
                time.sleep(wait_s)
        raise AssertionError


class _Refused(Exception):
    """No sound to be had: the reason in few words."""


class _Busy(Exception):
    """Not now; perhaps after `wait_s`."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.wait_s = reason, wait_s


def _post(address: str, body: str) -> bytes:
    """The answer, read to its end within bounds."""
    try:
        with requests.post(
            address, data=body, headers=gTTS.GOOGLE_TTS_HEADERS, timeout=TIMEOUT_S, stream=True
        ) as answer:
            if answer.status_code in (429, 500, 502, 503, 504):
                raise _Busy(f"HTTP {answer.status_code}", _read_wait(answer.headers.get("Retry-After", "")))
            if answer.status_code != requests.codes.ok:
                raise _Refused(f"HTTP {answer.status_code}")
            content = b""
            deadline = time.monotonic() + 2 * TIMEOUT_S[1]
            for chunk in answer.iter_content(65_536):
                content += chunk
                if len(content) > MAX_ANSWER_BYTES or time.monotonic() > deadline:
                    raise _Refused(say("voices.unreadable"))
            return content
    except requests.Timeout as error:
        raise _Busy(say("voices.silent")) from error
    except requests.RequestException as error:
        raise _Busy(say("voices.unreachable")) from error


def _read_wait(header: str) -> float:
    return float(header) if header.isascii() and header.isdigit() else 0.0


def _read_answer(content: bytes) -> bytes:
    found = _SOUND.search(content)
    try:
        sound = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        sound = b""
    if not sound:
        raise _Refused(say("voices.unreadable"))
    return sound


class GttsVoice:
    """One Vietnamese voice of the service; a `rate` other than 1.0 stretches its sound, not its pitch."""

    name = "gtts"
    version = "gtts-1"

    def __init__(self, address: str = ADDRESS, line: Line | None = None) -> None:
        self._address, self._line = address, line or _LINE

    def speak(self, text: str, *, rate: float, path: Path) -> tuple[WordTiming, ...]:
        """See `Voice.speak`. The service gives no timings: words share the sound by their predicted lengths.

        The service may answer the same text differently on another day: the sentence cache keeps the first.
        """
        check_sayable(text, rate)
        try:
            sound = self._line.fetch(self._address, gTTS(text, lang="vi", lang_check=False).get_bodies())
            pcm, rate_hz = _decode(sound, rate, path.parent)
        except _Refused as refused:
            raise VoiceFailed(voice=self.name, reason=str(refused)) from refused
        duration_ms = samples_to_ms(len(pcm) // 2, rate_hz)
        if duration_ms < LEAST_SHARE * estimate_ms(text, rate=rate):
            raise VoiceFailed(voice=self.name, reason=say("voices.cut_short"))
        write_wav(path, pcm, rate_hz)
        return share_out(text, duration_ms)


def _decode(sound: bytes, rate: float, folder: Path) -> tuple[bytes, int]:
    """Mono 16-bit samples and their rate; the file beside the target is gone in any case."""
    blocks: list[Samples] = []
    formats: list[SoundFormat] = []

    def take(form: SoundFormat, samples: Samples) -> None:
        formats.append(form)
        blocks.append(samples.mean(axis=1))

    with tempfile.NamedTemporaryFile(dir=folder, prefix=".answer-", suffix=".mp3") as answer:
        answer.write(sound)
        answer.flush()
        try:
            decode_sound(
                Path(answer.name),
                take,
                tap=lambda stream: stream if rate == 1.0 else stream.filter("atempo", rate),
            )
        except LoaError as error:
            raise _Refused(error.code) from error
    if not blocks:
        raise _Refused(say("voices.unreadable"))
    samples = np.clip(np.concatenate(blocks) * 32767, -32768, 32767).round().astype("<i2")
    return samples.tobytes(), formats[0].rate_hz


_LINE = Line()
