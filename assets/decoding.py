"""A file's sound as numbers, block by block, at its own rate and channels, in flat memory."""

import itertools
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.ffmpeg import Stream, open_media, run_graph, stream_sound
from assets.units import Hertz

Samples = NDArray[np.float32]
"""Shape (frames, channels), full scale is 1."""

DECODE_TIMEOUT_S = 3600.0
OWN_FRAMES = 65_536


@dataclass(frozen=True, slots=True)
class SoundFormat:
    rate_hz: Hertz
    channels: int
    mask: int = 0
    """Where the channels stand, by the bits of WAVEFORMATEXTENSIBLE; 0 where that is not said."""


def decode_sound(
    path: Path,
    take: Callable[[SoundFormat, Samples], None],
    *,
    tap: Callable[[Stream], Stream] = lambda stream: stream,
    on_log: Callable[[str], None] | None = None,
    on_fault: Callable[[str], None] | None = None,
) -> None:
    """Give every sample of the first sound in `path` to `take`, in blocks of any length.

    `tap` may put filters into the way; `on_fault` hears of damage.

    Raises:
        MediaUnreadable, MediaEmpty, MediaSoundless
    """
    cutter = _WaveCutter(take)
    run_graph(
        [stream_sound(tap(open_media(path)["a:0"]))],
        timeout_s=DECODE_TIMEOUT_S,
        source=path,
        on_data=cutter.take,
        on_log=on_log,
        on_fault=on_fault,
    )


def decode_own(path: Path, take: Callable[[SoundFormat, Samples], None]) -> bool:
    """The same for a file that we made, by libsndfile: a third of the cost, and a second decoder.

    False where it cannot read the format (AAC); nothing was given to `take` then. Files of others go to
    `decode_sound`, which knows every format and what to say of a damaged one.
    """
    import soundfile

    class Stream(soundfile.SoundFile):  # type: ignore[misc]  # without types
        def seekable(self) -> bool:
            """No: else each read goes back to where it is, and an MP3 decodes what is before it once more."""
            return False

    try:
        source = Stream(path)
    except soundfile.LibsndfileError:
        return False
    with source, ThreadPoolExecutor(1) as ahead:
        sound = SoundFormat(Hertz(source.samplerate), source.channels)
        # While one block is measured the next is decoded: two buffers take turns.
        buffers = itertools.cycle([np.empty((OWN_FRAMES, sound.channels), np.float32) for _ in range(2)])
        coming = ahead.submit(source.read, out=next(buffers))
        while len(block := coming.result()):
            coming = ahead.submit(source.read, out=next(buffers))
            take(sound, block)
    return True


class _WaveCutter:
    """Reads a WAV of 32-bit floats from a pipe: its sizes are unknown, its header says rate and channels."""

    def __init__(self, take: Callable[[SoundFormat, Samples], None]) -> None:
        self._take = take
        self._rest = b""
        self._format: SoundFormat | None = None

    def take(self, chunk: bytes) -> None:
        data = self._rest + chunk
        if self._format is None:
            data = self._read_header(data)
            if self._format is None:
                self._rest = data
                return
        whole = len(data) - len(data) % (4 * self._format.channels)
        self._rest = data[whole:]
        if whole:
            samples = np.frombuffer(data, "<f4", whole // 4)
            self._take(self._format, samples.reshape(-1, self._format.channels))

    def _read_header(self, data: bytes) -> bytes:
        """Chunk by chunk (RIFF) up to the samples; returns what follows."""
        at = 12
        fields, mask = None, 0
        while at + 8 <= len(data):
            kind, size = struct.unpack_from("<4sI", data, at)
            if kind == b"data" and fields is not None:
                self._format = SoundFormat(Hertz(fields[1]), fields[0], mask)
                return data[at + 8 :]
            if kind == b"fmt " and at + 16 <= len(data):
                fields = struct.unpack_from("<HI", data, at + 10)
                mask = (
                    struct.unpack_from("<I", data, at + 28)[0] if size >= 40 and at + 32 <= len(data) else 0
                )
            at += 8 + size + size % 2
        return data
