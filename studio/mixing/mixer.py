"""A timeline summed to stereo or mono, a second at a time: memory does not grow with the programme."""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import mul
from pathlib import Path

import numpy as np

from assets.filtering import UNIT
from studio.mixing.envelope import EDGE_MS, RATE_HZ, Envelope, Samples, db_to_gain, duck, fade, rest_at_music
from studio.mixing.reel import Take
from studio.mixing.timeline import MusicClip, Timeline, VoiceClip

BLOCK = 96 * UNIT
"""About a second: whole milliseconds, and whole units of the filters behind the mix."""
FRAMES_PER_MS = RATE_HZ // 1000
EXCERPT_BLOCKS = 180
"""Three minutes stand for the whole: of speech and music that were levelled one by one, to about 0.1 LU."""
STRETCH_BLOCKS, LEAST_BLOCKS = 9, 4

JOIN_GRID_MS = 24
"""A frame of MP3 at 48 kHz: where speech begins on this grid, the programme may be encoded from there on."""
JOIN_LEAD_MS = 240
"""A join lies this long before the speech, in the silence before it."""
JOIN_ROOM_MS = 480
"""The least silence that a join is laid into."""
PIECE_MS = 75_000
"""The least length of a piece: a changed sentence costs its encoding, and each costs a start of ffmpeg."""


Block = tuple[int, int]
"""First sample of a block, and the one behind its last."""


@dataclass(frozen=True, slots=True)
class Part:
    """A take placed in the programme, `start` to `stop` in samples; what ends before `stop` is looped."""

    take: Take
    start: int
    stop: int
    envelopes: Sequence[Envelope]

    def describe(self, start: int, stop: int) -> list[object]:
        """All that determines what it adds to the samples from `start` to `stop`, counted from there."""
        first, last = max(self.start, start), min(self.stop, stop)
        return [
            [self.take.digest, self.take.channels, self.take.frames],
            [first - start, last - start, (first - self.start) % self.take.frames],
            [envelope.between(first, last) for envelope in self.envelopes],
        ]


@dataclass(frozen=True, slots=True)
class Mix:
    """A programme ready to be heard, as often as one likes: the same samples every time."""

    parts: tuple[Part, ...]
    frames: int
    joins: tuple[int, ...]
    """Samples at which it may be cut into pieces that are encoded one by one."""

    def play(self, start: int = 0, stop: int | None = None, *, channels: int = 2) -> Iterator[Samples]:
        """The samples from `start` to `stop`, in blocks (frames, channels); mono is half of each side."""
        return self._play(_cut(start, self.frames if stop is None else stop), channels)

    def play_excerpt(self, *, channels: int = 2) -> Iterator[Samples]:
        return self._play(self.list_excerpt(), channels)

    def list_excerpt(self) -> list[Block]:
        """All of a short programme, and of a long one stretches spread evenly over its pieces.

        Enough to foretell the loudness of the whole; where one sentence is changed, only what is heard of
        its piece is another.
        """
        if self.frames <= EXCERPT_BLOCKS * BLOCK:
            return _cut(0, self.frames)
        share = EXCERPT_BLOCKS * BLOCK / self.frames
        bounds = pairwise([0, *self.joins, self.frames])
        return [block for start, stop in bounds for block in _choose(start, (stop - start) // BLOCK, share)]

    def describe(self, start: int, stop: int) -> str:
        """A sha256 of all that makes the samples from `start` to `stop`, wherever in a programme they lie."""
        parts = [part.describe(start, stop) for part in self.parts if part.start < stop and part.stop > start]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _play(self, blocks: Iterable[Block], channels: int) -> Iterator[Samples]:
        coming, sounding = 0, list[Part]()
        for start, stop in blocks:
            # Each side lies by itself: that is added up three times as fast as pairs of samples.
            block = np.zeros((channels, stop - start), np.float32).T
            begun = bisect_left(self.parts, stop, coming, key=lambda part: part.start)
            sounding = [part for part in (*sounding, *self.parts[coming:begun]) if part.stop > start]
            coming = begun
            for part in sounding:
                _add(part, block, start)
            yield block


def prepare_mix(timeline: Timeline, takes: Mapping[Path, Take]) -> Mix:
    parts = tuple(sorted(_place(timeline, takes), key=lambda part: part.start))
    return Mix(parts, timeline.duration_ms * FRAMES_PER_MS, tuple(_find_joins(timeline)))


def _cut(start: int, stop: int) -> list[Block]:
    return [(first, min(first + BLOCK, stop)) for first in range(start, stop, BLOCK)]


def _choose(start: int, count: int, share: float) -> Iterator[Block]:
    """A share of the `count` blocks from `start` on, in stretches spread evenly over them."""
    wanted = max(LEAST_BLOCKS, round(count * share))
    stretches = max(1, round(wanted / STRETCH_BLOCKS))
    length = min(-(-wanted // stretches), count // stretches)
    for number in range(stretches):
        first = start + number * (count - length) // max(1, stretches - 1) * BLOCK
        yield from _cut(first, first + length * BLOCK)


def _find_joins(timeline: Timeline) -> Iterator[int]:
    """Samples in silences before speech or music that begins on the grid, a piece apart."""
    last, reached = 0, 0
    sounds: list[VoiceClip | MusicClip] = [*timeline.voices, *timeline.music]
    for clip in sorted(sounds, key=lambda sound: sound.start_ms):
        at = clip.start_ms - JOIN_LEAD_MS
        is_free = clip.start_ms % JOIN_GRID_MS == 0 and clip.start_ms - reached >= JOIN_ROOM_MS
        if is_free and at - last >= PIECE_MS and timeline.duration_ms - at >= PIECE_MS // 2:
            yield at * FRAMES_PER_MS
            last = at
        reached = max(reached, clip.end_ms)


def _place(timeline: Timeline, takes: Mapping[Path, Take]) -> Iterator[Part]:
    edge = EDGE_MS * FRAMES_PER_MS
    end = timeline.duration_ms * FRAMES_PER_MS
    clips: tuple[VoiceClip | MusicClip, ...] = (*timeline.voices, *timeline.music)
    for clip in clips:
        take = takes[clip.path]
        start = clip.start_ms * FRAMES_PER_MS
        stop = min(start + take.frames, end)  # what the programme cuts off fades out before
        gain = take.gain * db_to_gain(clip.gain_db)
        yield Part(take, start, stop, [fade(start, stop, fade_in=edge, fade_out=edge, gain=gain)])
    for whole in timeline.beds:
        take, under_speech = takes[whole.path], duck(timeline, whole)
        for bed in rest_at_music(whole, timeline.music):
            start, stop = bed.start_ms * FRAMES_PER_MS, min(bed.end_ms * FRAMES_PER_MS, end)
            fades = fade(
                start,
                stop,
                fade_in=bed.fade_in_ms * FRAMES_PER_MS,
                fade_out=bed.fade_out_ms * FRAMES_PER_MS,
                gain=take.bed_gain * db_to_gain(bed.gain_db),
            )
            yield Part(take, start, stop, [fades, under_speech])


def _add(part: Part, block: Samples, block_start: int) -> None:
    """Add what of `part` falls into `block`."""
    at, stop = max(part.start, block_start), min(part.stop, block_start + len(block))
    while at < stop:
        offset = (at - part.start) % part.take.frames
        count = min(stop - at, part.take.frames - offset)
        gain = reduce(mul, (envelope.over(at, at + count) for envelope in part.envelopes))
        heard = part.take.read(offset, count)
        if block.shape[1] == 1 < heard.shape[1]:
            heard = (heard[:, :1] + heard[:, 1:]) * np.float32(0.5)
        sides = [side * gain for side in heard.T]
        for number in range(block.shape[1]):
            block[at - block_start : at - block_start + count, number] += sides[number % len(sides)]
        at += count
