"""Gain over time: fades at edges, and beds that make way for speech. Pure arithmetic on samples."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.mixing.timeline import BedSpan, MusicClip, Timeline

RATE_HZ = 48_000
"""The rate everything is mixed at: one millisecond is 48 samples, so every time is exact."""
EDGE_MS = 5
"""Where a clip begins and ends it fades this short: no click, and no consonant lost."""

DUCK_DB = -17.0
"""How far a bed goes down under speech. It stands 6 dB back already: 23 dB under speech in all.

So it stays 12 dB under the softest syllables, 8 LU below the sentence, also where two beds cross (2 dB more).
Where more than two meet, each goes down so far that they are no louder together than two, in any phase.
"""
DUCK_ATTACK_MS = 300
"""The bed has gone down when the first word begins, not after it."""
DUCK_RELEASE_MS = 900
DUCK_BRIDGE_MS = 1500
"""A bed stays down over shorter gaps: no pumping between sentences. No less than attack and release."""
REST_MS = 300
"""How soon a bed is silent before a tune or sting, and back behind it: two at once are a mistake."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Piecewise linear gain: `gains[i]` at sample `places[i]`, constant outside."""

    places: tuple[int, ...]
    gains: tuple[float, ...]

    def over(self, start: int, stop: int) -> Samples | float:
        """The gain of samples `start` to `stop`: one number where it does not change."""
        around = self.gains[self._around(start, stop)]
        if min(around) == max(around):
            return float(around[0])
        return np.interp(np.arange(start, stop), self.places, self.gains).astype(np.float32)

    def between(self, start: int, stop: int) -> list[tuple[int, float]]:
        """The points that determine `over(start, stop)`, their places counted from `start`."""
        around = self._around(start, stop)
        gains = self.gains[around]
        places = [place - start for place in self.places[around]]
        if min(gains) == max(gains):
            return [(0, gains[0])]
        # Where a level begins before or ends behind does not count.
        if gains[0] == gains[1]:
            places[0] = max(places[0], 0)
        if gains[-1] == gains[-2]:
            places[-1] = min(places[-1], stop - start)
        return list(zip(places, gains, strict=True))

    def _around(self, start: int, stop: int) -> slice:
        first, reached = bisect_right(self.places, start) - 1, bisect_right(self.places, stop - 1) - 1
        last = bisect_left(self.places, stop - 1)
        # Places coincide in a span too short for its fades: the last of them counts.
        return slice(max(min(first, last), 0), max(reached, last) + 1)


def fade(start: int, stop: int, *, fade_in: int, fade_out: int, gain: float = 1.0) -> Envelope:
    """Silence, up over `fade_in` samples, `gain`, down over `fade_out`, silence at `stop`.

    In a span too short for both, each takes its share.
    """
    length = stop - start
    if fade_in + fade_out > length:
        fade_in = length * fade_in // (fade_in + fade_out)
        fade_out = length - fade_in
    return Envelope((start, start + fade_in, stop - fade_out, stop), (0.0, gain, gain, 0.0))


def duck(timeline: Timeline, bed: BedSpan) -> Envelope:
    """What keeps a bed under speech."""
    voices = [_Span(clip.start_ms, clip.end_ms, clip.gain_db) for clip in timeline.voices]
    depth_db = DUCK_DB - 20 * math.log10(max(1.0, _count_together(timeline, bed) / 2))
    return _step_back(_join(_inside(voices, bed)), depth_db)


def rest_at_music(bed: BedSpan, music: Iterable[MusicClip]) -> Iterator[BedSpan]:
    """The bed between tunes and stings. Behind each it begins anew.

    So it does not depend on how long what came before has lasted, and a changed sentence leaves it alone.
    """
    start_ms, fade_in_ms = bed.start_ms, bed.fade_in_ms
    for clip in sorted(music, key=lambda clip: clip.start_ms):
        if clip.end_ms <= start_ms or clip.start_ms >= bed.end_ms:
            continue
        if clip.start_ms > start_ms + 2 * REST_MS:
            yield replace(
                bed, start_ms=start_ms, end_ms=clip.start_ms, fade_in_ms=fade_in_ms, fade_out_ms=REST_MS
            )
        start_ms, fade_in_ms = clip.end_ms, REST_MS
    if start_ms == bed.start_ms or bed.end_ms > start_ms + 2 * REST_MS:
        yield replace(bed, start_ms=start_ms, fade_in_ms=fade_in_ms)


def _count_together(timeline: Timeline, bed: BedSpan) -> int:
    """The most beds that are on at one moment of `bed`, itself among them."""
    around = [one for one in timeline.beds if one.start_ms < bed.end_ms and one.end_ms > bed.start_ms]
    moments = [max(one.start_ms, bed.start_ms) for one in around]
    return max((sum(one.start_ms <= at < one.end_ms for one in around) for at in moments), default=1)


def db_to_gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))


class _Span(NamedTuple):
    start: int
    end: int
    gain_db: float
    """How soft it is said: what is said softly takes the bed down with it."""


def _inside(spans: Iterable[_Span], bed: BedSpan) -> list[_Span]:
    return sorted(span for span in spans if span.start < bed.end_ms and span.end > bed.start_ms)


def _join(spans: Iterable[_Span]) -> list[_Span]:
    joined: list[_Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and span.start - last.end <= DUCK_BRIDGE_MS:
            joined[-1] = _Span(last.start, max(last.end, span.end), min(last.gain_db, span.gain_db))
        else:
            joined.append(span)
    return joined


def _step_back(spans: Iterable[_Span], depth_db: float) -> Envelope:
    """Down before each span, up after it. Spans stand further apart than attack and release together."""
    points = [(0, 1.0)]
    for span in spans:
        depth = db_to_gain(depth_db + min(span.gain_db, 0.0))
        points += [(span.start - DUCK_ATTACK_MS, 1.0), (span.start, depth)]
        points += [(span.end, depth), (span.end + DUCK_RELEASE_MS, 1.0)]
    places = tuple(ms * RATE_HZ // 1000 for ms, _ in points[1:] or points)
    return Envelope(places, tuple(gain for _, gain in points[1:] or points))
