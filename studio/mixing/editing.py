"""Pieces of recordings cut, faded and joined, through pydub, some seconds at a time: memory stays flat.

Decoding is ffmpeg's, in one pass over each original; pydub is handed plain samples.
"""

import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from assets.ffmpeg import open_media, run_graph, stream_raw, write_sound

EDIT_VERSION = 1
"""Part of every recipe: raised when the same pieces would sound different."""
RATE_HZ = 48_000
"""A whole number of samples to the millisecond, which is how pydub cuts."""
WIDTH = 4
BLOCK_MS = 5000
SOFT_MS = 4
"""Where two pieces meet that did not belong together, each side is eased: no click."""
TIMEOUT_S = 3600.0
SILENT_DB = -120.0
CUTTING = 0.6
"""The share of the work that is cutting; the rest is writing FLAC."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an original; without a hash it is silence.

    Each ramp is a straight line of the level from the first number to the second, over the whole piece.
    """

    sha256: str
    start_ms: int
    end_ms: int
    gain_db: float = 0.0
    ramps: tuple[tuple[float, float], ...] = ()

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


def write_pieces(
    pieces: tuple[Piece, ...],
    path: Path,
    *,
    channels: int,
    find: Callable[[str], Path],
    workdir: Path,
    progress: Callable[[float], None] = lambda _share: None,
) -> None:
    """Write the pieces, one after the other, as FLAC; `find` gives the file behind a hash.

    `progress` takes the share that is done, 0 to 1.

    Raises:
        MediaUnreadable, DiskFull, FfmpegFailed
    """
    joined = workdir / "joined.s32"
    with joined.open("wb") as target:
        whole_ms, done_ms = max(1, sum(piece.duration_ms for piece in pieces)), 0
        for group in _group(pieces):
            length_ms = sum(one.piece.duration_ms for one in group)
            _Cutter(group, target, channels, partial(_share, progress, done_ms, whole_ms)).run(find)
            done_ms += length_ms
    layout = {1: "mono", 2: "stereo"}[channels]
    raw = open_media(joined, format="s32le", ar=RATE_HZ, ch_layout=layout)
    run_graph(
        [write_sound(raw, path, container="flac", acodec="flac", sample_fmt="s32")],
        timeout_s=TIMEOUT_S,
        progress=lambda at_ms: progress(CUTTING + (1 - CUTTING) * min(1.0, at_ms / whole_ms)),
    )
    joined.unlink()
    progress(1.0)


@dataclass(frozen=True, slots=True)
class _Placed:
    piece: Piece
    soft_start: bool
    soft_end: bool


def _group(pieces: tuple[Piece, ...]) -> Iterator[list[_Placed]]:
    """Pieces that one pass over an original yields: of one file, going forward."""
    seams = [one.sha256 != other.sha256 or one.end_ms != other.start_ms for one, other in pairwise(pieces)]
    placed = [
        _Placed(piece, before, after)
        for piece, before, after in zip(pieces, [False, *seams], [*seams, False], strict=True)
    ]
    group: list[_Placed] = []
    for one in placed:
        last = group[-1].piece if group else one.piece
        if group and (last.sha256 != one.piece.sha256 or last.end_ms > one.piece.start_ms):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


class _Cutter:
    """Takes the samples of one original as they are decoded and writes what of them is wanted."""

    def __init__(
        self, group: list[_Placed], target: IO[bytes], channels: int, written: Callable[[int], None]
    ) -> None:
        """`written` hears how many milliseconds were written."""
        self._group = group
        self._target = target
        self._channels = channels
        self._frame = WIDTH * channels
        self._index = self._written_ms = 0
        self._written = written
        self._rest = bytearray()
        self._at_ms = group[0].piece.start_ms

    def run(self, find: Callable[[str], Path]) -> None:
        first, last = self._group[0].piece, self._group[-1].piece
        if not first.sha256:
            for one in self._group:
                self._target.write(bytes(one.piece.duration_ms * RATE_HZ // 1000 * self._frame))
            return
        layout = {1: "mono", 2: "stereo"}[self._channels]
        stream = open_media(find(first.sha256))["a:0"].filter("aresample", RATE_HZ)
        stream = stream.filter(
            "atrim", start_sample=_samples(first.start_ms), end_sample=_samples(last.end_ms)
        )
        stream = stream.filter("aformat", sample_fmts="s32", channel_layouts=layout)
        raw = stream_raw(stream, codec="pcm_s32le")
        run_graph([raw], timeout_s=TIMEOUT_S, source=find(first.sha256), on_data=self._take)
        self._finish()

    def _take(self, chunk: bytes) -> None:
        self._rest += chunk
        block = BLOCK_MS * RATE_HZ // 1000 * self._frame
        while len(self._rest) >= block:
            self._place(bytes(self._rest[:block]))
            del self._rest[:block]

    def _finish(self) -> None:
        """The end of the file: what it lacks to the last piece's end (a header promised more) is silence."""
        wanted = (self._group[-1].piece.end_ms - self._at_ms) * RATE_HZ // 1000 * self._frame
        while wanted > 0:
            block = min(wanted, BLOCK_MS * RATE_HZ // 1000 * self._frame)
            self._place(bytes(self._rest[:block]).ljust(block, b"\0"))
            del self._rest[:block]
            wanted -= block

    def _place(self, block: bytes) -> None:
        """Write what the pieces want of a block of whole milliseconds, which begins at `_at_ms`."""
        length = len(block) // self._frame * 1000 // RATE_HZ
        begin, end = self._at_ms, self._at_ms + length
        self._at_ms = end
        while self._index < len(self._group):
            one = self._group[self._index]
            start, stop = max(one.piece.start_ms, begin), min(one.piece.end_ms, end)
            if start < stop:
                part = block[_samples(start - begin) * self._frame : _samples(stop - begin) * self._frame]
                self._target.write(_shape(part, one, start, stop, self._channels))
                self._written_ms += stop - start
                self._written(self._written_ms)
            if one.piece.end_ms > end:
                break
            self._index += 1


def _shape(samples: bytes, one: _Placed, start_ms: int, stop_ms: int, channels: int) -> bytes:
    """A part of a piece with its gain, its share of each ramp, and its eased ends."""
    piece = one.piece
    soft = (one.soft_start and start_ms == piece.start_ms, one.soft_end and stop_ms == piece.end_ms)
    if not piece.gain_db and not piece.ramps and not any(soft):
        return samples
    segment = _load_pydub()(samples, sample_width=WIDTH, frame_rate=RATE_HZ, channels=channels)
    if piece.gain_db:
        segment = segment.apply_gain(piece.gain_db)
    for first, last in piece.ramps:
        slope = (last - first) / piece.duration_ms
        levels = (first + slope * (edge - piece.start_ms) for edge in (start_ms, stop_ms))
        from_db, to_db = (20 * math.log10(level) if level > 1e-6 else SILENT_DB for level in levels)
        segment = segment.fade(from_gain=from_db, to_gain=to_db, start=0, end=len(segment))
    length = min(SOFT_MS, len(segment))
    if soft[0]:
        segment = segment.fade_in(length)
    if soft[1]:
        segment = segment.fade_out(length)
    shaped: bytes = segment.raw_data
    return shaped[: len(samples)].ljust(len(samples), b"\0")


def _share(progress: Callable[[float], None], done_ms: int, whole_ms: int, written_ms: int) -> None:
    progress(CUTTING * min(1.0, (done_ms + written_ms) / whole_ms))


def _samples(duration_ms: int) -> int:
    return duration_ms * RATE_HZ // 1000


def _load_pydub() -> Any:
    """Pydub warns of what it needs: audioop, which goes with Python 3.13, and players that we never call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    return AudioSegment
