"""Voiced sentences, kept: a sentence that was said once is never said again.

One WAV file per sentence, `<folder>/<2 digits>/<key>.wav`; its word timings and the checksum of its samples
stand in a chunk `loaw` behind the samples, where every reader of WAV skips it. So an entry is one file,
there whole or not at all; one whose checksum fails is made again. That is also why it is not synced to
disk: what a power cut takes is found out and made again.

Unavailable
├── SpeechCacheFull        the disk is full
└── SpeechCacheUnwritable  the folder cannot be written
"""

import errno
import hashlib
import io
import json
import os
import struct
import tempfile
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from itertools import starmap
from pathlib import Path

from assets.errors import Unavailable
from assets.messages import say
from assets.pruning import prune
from assets.units import samples_to_ms
from studio.speech.cleaning import Cleaned
from studio.speech.pronunciation import pronounce
from studio.voices.registry import find_voice
from studio.voices.sound_file import read_wav
from studio.voices.voice import Spoken, WordTiming

Progress = Callable[[float, str], None]
DEFAULT_MAX_BYTES = 2_000_000_000
"""About 12 hours of speech."""
_CHUNK = b"loaw"
"""CRC-32 of what is before it and of the timings behind it, then those as JSON."""
_HEAD = 8
"""RIFF and the length, which changes when the chunk is added."""


class SpeechCacheFull(Unavailable):
    pass


class SpeechCacheUnwritable(Unavailable):
    pass


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """A sentence to be said; word timings count the characters of its NFC form."""

    text: str
    voice: str
    rate: float = 1.0
    pronounced: tuple[tuple[str, str], ...] = ()
    """Words of `text` and how this voice is to be fed them."""
    pitch: float = 1.0

    @property
    def key(self) -> str:
        """sha256 of all that determines the sound: NFC text as it is fed, voice, version, rate, pitch."""
        recipe = [self.fed.text, self.voice, find_voice(self.voice).version, round(self.rate, 4)]
        recipe += self.bent
        return hashlib.sha256(json.dumps(recipe).encode()).hexdigest()

    @property
    def bent(self) -> list[float]:
        """The pitch where it is not the voice's own; most sentences have none to tell."""
        return [] if self.pitch == 1.0 else [round(self.pitch, 4)]

    @property
    def fed(self) -> Cleaned:
        """What the voice is fed, with the way back to the NFC text."""
        return pronounce(unicodedata.normalize("NFC", self.text), self.pronounced)


class SpeechCache:
    """The sentences kept in `folder`. Any number of threads and processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def speak_all(
        self, requests: Sequence[SpeechRequest], *, workers: int, progress: Progress | None = None
    ) -> list[Spoken]:
        """Every request as sound, in order; the missing ones are said by `workers` engines at a time.

        Equal requests are said once. When one fails, those not begun are given up; what is done is kept.

        Raises:
            VoiceMissing, VoiceFailed, NothingSayable, SentenceTooLong, PaceUnusable: from the voice.
            SpeechCacheFull, SpeechCacheUnwritable: the sound cannot be kept.
        """
        keys = [request.key for request in requests]
        report = progress or (lambda _share, _message: None)
        hands = max(1, workers)
        with ThreadPoolExecutor(max_workers=hands, thread_name_prefix="speech") as pool:
            # Reading a file and its checksum leave Python to others: threads do help.
            distinct = list(dict.fromkeys(keys))
            shares = pool.map(self._find_all, [distinct[turn::hands] for turn in range(hands)])
            found = {key: kept for share in shares for key, kept in share.items()}
            missing = {key: request for key, request in zip(keys, requests, strict=True) if key not in found}
            making = {
                pool.submit(self._make, key, partial(_say, request)): key for key, request in missing.items()
            }
            try:
                for done, future in enumerate(as_completed(making), start=1):
                    found[making[future]] = future.result()
                    message = say("voices.speaking", done=done, total=len(making))
                    report(done / len(making), message)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return [_locate_words(found[key], request) for key, request in zip(keys, requests, strict=True)]

    def speak(self, request: SpeechRequest) -> Spoken:
        """One sentence as sound."""
        return self.speak_all([request], workers=1)[0]

    def keep(self, key: str, make: Callable[[Path], tuple[WordTiming, ...]]) -> Spoken:
        """The sound of `key`, found or made now: `make` writes it as mono 16-bit WAV and tells its words.

        Raises:
            what `make` raises; SpeechCacheFull, SpeechCacheUnwritable
        """
        return self._find(key) or self._make(key, make)

    def prune(self, *, now_s: float, max_bytes: int = DEFAULT_MAX_BYTES) -> int:
        """Remove what was used longest ago until `max_bytes` are kept; the number of files removed.

        `now_s` is the present in seconds of the epoch; nothing used in the last day is removed.
        """
        return prune(self.folder, suffix=".wav", now_s=now_s, max_bytes=max_bytes)

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.wav"

    def _find_all(self, keys: Sequence[str]) -> dict[str, Spoken]:
        return {key: kept for key in keys if (kept := self._find(key))}

    def _find(self, key: str) -> Spoken | None:
        """The entry of `key` if it is there and whole; its use is noted for pruning."""
        path = self.path(key)
        try:
            samples, rate_hz, words = _read_entry(path.read_bytes())
            os.utime(path)
        except (OSError, ValueError, struct.error):
            return None
        return Spoken(path, samples_to_ms(samples, rate_hz), rate_hz, words, reused=True)

    def _make(self, key: str, make: Callable[[Path], tuple[WordTiming, ...]]) -> Spoken:
        path = self.path(key)
        draft: Path | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=key[:16], suffix=".part")
            os.close(handle)
            draft = Path(name)
            words = make(draft)
            pcm, rate_hz = read_wav(io.BytesIO(draft.read_bytes()))
            _append_words(draft, _pack_words(words, len(pcm) // 2, rate_hz))
            draft.replace(path)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise SpeechCacheFull(folder=self.folder) from error
            raise SpeechCacheUnwritable(folder=self.folder, reason=error.strerror or str(error)) from error
        finally:
            if draft:
                draft.unlink(missing_ok=True)
        return Spoken(path, samples_to_ms(len(pcm) // 2, rate_hz), rate_hz, words, reused=False)


def _say(request: SpeechRequest, path: Path) -> tuple[WordTiming, ...]:
    voice = find_voice(request.voice)
    if request.pitch == 1.0:
        return voice.speak(request.fed.text, rate=request.rate, path=path)
    return voice.speak(request.fed.text, rate=request.rate, pitch=request.pitch, path=path)


def _locate_words(spoken: Spoken, request: SpeechRequest) -> Spoken:
    """The timings of what was fed, as those of the words of the request's text."""
    if not request.pronounced:
        return spoken
    places = request.fed.offsets
    words: dict[int, WordTiming] = {}
    for word in spoken.words:
        start, end = places[word.start], places[word.end]
        first = words.get(start)
        words[start] = WordTiming(start, end, first.start_ms if first else word.start_ms, word.end_ms)
    return replace(spoken, words=tuple(words.values()))


def _pack_words(words: Sequence[WordTiming], samples: int, rate_hz: int) -> bytes:
    rows = [(word.start, word.end, word.start_ms, word.end_ms) for word in words]
    timings = json.dumps({"samples": samples, "rate_hz": rate_hz, "words": rows}, separators=(",", ":"))
    return timings.encode() + b" " * (len(timings) % 2)  # chunks begin at even places


def _append_words(path: Path, timings: bytes) -> None:
    """Put the chunk behind the samples and correct the length in the file's head (RIFF, form WAVE)."""
    content = path.read_bytes()
    content += b"\0" * (len(content) % 2)
    check = zlib.crc32(timings, zlib.crc32(memoryview(content)[_HEAD:]))
    chunk = _CHUNK + struct.pack("<II", 4 + len(timings), check) + timings
    whole = content[:4] + struct.pack("<I", len(content) + len(chunk) - _HEAD) + content[_HEAD:] + chunk
    path.write_bytes(whole)


def _read_entry(content: bytes) -> tuple[int, int, tuple[WordTiming, ...]]:
    """Samples, rate and timings, as they were written.

    CRC-32 finds what a disk or a power cut damages, four times as fast as a hash; nobody is to be kept out.

    Raises:
        ValueError: a byte of it is another than was written.
    """
    start = content.rindex(_CHUNK)
    seen = memoryview(content)
    size, written, check = struct.unpack_from("<I", seen, 4) + struct.unpack(
        "<II", seen[start + 4 : start + 12]
    )
    timings = seen[start + 12 :]
    found = zlib.crc32(timings, zlib.crc32(seen[_HEAD:start]))
    if (size, written, check) != (len(content) - _HEAD, 4 + len(timings), found):
        raise ValueError
    kept = json.loads(content[start + 12 :])
    return kept["samples"], kept["rate_hz"], tuple(starmap(WordTiming, kept["words"]))
