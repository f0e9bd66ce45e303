"""A timeline summed to stereo, a second at a time: memory does not grow with the programme."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import reduce
from io import BufferedReader
from operator import mul
from pathlib import Path

import numpy as np

from studio.mixing.envelope import EDGE_MS, RATE_HZ, Envelope, Samples, db_to_gain, duck, fade
from studio.mixing.reel import Take
from studio.mixing.timeline import MusicClip, Timeline, VoiceClip

BLOCK = RATE_HZ
FRAMES_PER_MS = RATE_HZ // 1000
STRETCHES, STRETCH_BLOCKS = 20, 9
"""Three minutes stand for the whole: of speech and music that were levelled one by one, to about 0.1 LU."""


@dataclass(frozen=True, slots=True)
class Part:
    """A take placed in the programme, `start` to `stop` in samples; what ends before `stop` is looped."""

    take: Take
    start: int
    stop: int
    envelopes: Sequence[Envelope]


def mix(
    timeline: Timeline, takes: Mapping[Path, Take], *, excerpt: bool = False
) -> Iterator[tuple[Samples, float]]:
    """The programme in blocks of shape (frames, 2), `duration_ms` long to the sample; and the share done.

    The same timeline and takes give the same samples, however often they are asked for. An `excerpt` is
    every block of a short programme, and of a long one stretches spread evenly from its first second to its
    last: enough to foretell the loudness of the whole.
    """
    parts = sorted(_place(timeline, takes), key=lambda part: part.start)
    total = timeline.duration_ms * FRAMES_PER_MS
    starts = range(0, total, BLOCK)
    with ExitStack() as open_files:
        files = {
            path: open_files.enter_context(path.open("rb")) for path in {take.path for take in takes.values()}
        }
        for start in _choose(starts) if excerpt else starts:
            block = np.zeros((min(BLOCK, total - start), 2), np.float32)
            parts = [part for part in parts if part.stop > start]
            for part in parts:
                if part.start >= start + len(block):
                    break
                _add(part, block, start, files[part.take.path])
            yield block, (start + len(block)) / total


def _choose(starts: range) -> Iterator[int]:
    if len(starts) <= STRETCHES * STRETCH_BLOCKS:
        yield from starts
        return
    for number in range(STRETCHES):
        first = number * (len(starts) - STRETCH_BLOCKS) // (STRETCHES - 1)
        yield from starts[first : first + STRETCH_BLOCKS]


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
    for bed in timeline.beds:
        take = takes[bed.path]
        start, stop = bed.start_ms * FRAMES_PER_MS, min(bed.end_ms * FRAMES_PER_MS, end)
        fades = fade(
            start,
            stop,
            fade_in=bed.fade_in_ms * FRAMES_PER_MS,
            fade_out=bed.fade_out_ms * FRAMES_PER_MS,
            gain=take.bed_gain * db_to_gain(bed.gain_db),
        )
        yield Part(take, start, stop, [fades, *duck(timeline, bed)])


def _add(part: Part, block: Samples, block_start: int, file: BufferedReader) -> None:
    """Add what of `part` falls into `block`."""
    at, stop = max(part.start, block_start), min(part.stop, block_start + len(block))
    while at < stop:
        offset = (at - part.start) % part.take.frames
        count = min(stop - at, part.take.frames - offset)
        gain = reduce(mul, (envelope.over(at, at + count) for envelope in part.envelopes))
        samples = _read(file, part.take, offset, count)
        block[at - block_start : at - block_start + count] += samples * np.reshape(gain, (-1, 1))
        at += count


def _read(file: BufferedReader, take: Take, offset: int, count: int) -> Samples:
    frame_bytes = 4 * take.channels
    file.seek((take.first_frame + offset) * frame_bytes)
    return np.frombuffer(file.read(count * frame_bytes), np.float32).reshape(-1, take.channels)
