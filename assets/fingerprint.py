"""How alike two sounds are, whatever became of their files: encoding, level, rate and cut edges do not count.

A sound is told by where its energy rises and falls, not by how much there is: for each step of time, one bit
for each of 32 neighbouring pairs of bands between 300 and 2,400 Hz says whether the difference of the two has
grown (J. Haitsma and T. Kalker, "A highly robust audio fingerprinting system", ISMIR 2002). Telephones carry
those bands, too. Two fingerprints of one sound agree in most bits at one shift in time; those of different
sounds agree in half of them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.decoding import Samples, SoundFormat

Fingerprint = NDArray[np.uint32]
"""A number for each step; its bits stand for the pairs of bands."""

STEP_S = 0.064
WINDOW_S = 0.384
LAG = 2
"""Steps over which a difference is to have grown."""
BITS = 32
LOWEST_HZ, HIGHEST_HZ = 300.0, 2400.0
ENOUGH_HZ = 5300
"""The sound is thinned to no less: more than twice the highest band."""
FFT = 2048
SIDES = np.array([1.0, 0.7, 0.85], np.float32)
"""The first channels are added unequally, so that those that cancel each other are heard."""
BATCH = 256
ROWS = 32
"""Products this small stay on one thread; larger ones wake threads that cost more than they help."""

STRETCH = 64
"""Steps (4 s) that are compared at a time."""
SAME_BITS = 0.66
"""A stretch in which so many bits agree is the same sound; chance gives 0.5 with a spread of 0.03."""
SHORTEST_STEPS = 32
OFTEN = 64
"""What occurs more often than this tells nothing: silence, a steady tone."""
TRIED_SHIFTS = 4


@dataclass(frozen=True, slots=True)
class Likeness:
    share: float
    """Of the shorter sound, how much is in the longer one; 0 to 1."""
    shift_s: float
    """Where the second begins in the first."""


NOT_ALIKE = Likeness(0.0, 0.0)


class FingerprintReader:
    """Takes a stream of blocks; keeps four bytes for each step."""

    def __init__(self) -> None:
        self._factor = 0
        self._words = bytearray()
        self._rest = np.zeros(0, np.float32)
        self._fresh = np.zeros(0, np.float32)  # thinned samples from `_start` on
        self._start = self._steps = 0

    def take(self, sound: SoundFormat, samples: Samples) -> None:
        if not self._factor:
            self._prepare(sound.rate_hz)
        mono = samples[:, 0]
        for side in range(1, min(sound.channels, len(SIDES))):
            mono = mono + SIDES[side] * samples[:, side]
        block = np.concatenate([self._rest, mono])
        whole = len(block) // self._factor * self._factor
        self._rest = block[whole:].copy()
        if whole:
            self._thin(np.nan_to_num(block[:whole]))

    def finish(self) -> Fingerprint:
        if self._factor:
            self._measure(closing=True)
        return np.frombuffer(bytes(self._words), np.uint32)

    def _prepare(self, rate_hz: int) -> None:
        self._factor = max(1, rate_hz // ENOUGH_HZ)
        self._rate = rate_hz / self._factor
        # A low-pass eight thinned samples long, as a matrix: what each of a group adds to the next eight.
        taps = 8 * self._factor
        place = np.arange(taps) - (taps - 1) / 2
        weights = np.sinc(place * 2 * (HIGHEST_HZ * 1.1) / rate_hz) * np.hamming(taps)
        self._filter = (weights / weights.sum()).reshape(8, self._factor).T.astype(np.float32)
        self._past = np.zeros((7, 8), np.float32)
        self._length = round(WINDOW_S * self._rate)
        self._taper = np.hanning(self._length).astype(np.float32)
        edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BITS + 2)
        self._bins = np.searchsorted(np.fft.rfftfreq(FFT, 1 / self._rate), edges)
        self._differences = np.zeros((0, BITS), np.float32)

    def _thin(self, block: Samples) -> None:
        groups = block.reshape(-1, self._factor)
        padded = np.pad(groups, ((0, -len(groups) % ROWS), (0, 0))).reshape(-1, ROWS, self._factor)
        shares = (padded @ self._filter).reshape(-1, 8)[: len(groups)]
        rows = np.concatenate([self._past, shares])
        self._past = rows[-7:].copy()
        thinned = sum(rows[7 - tap : len(rows) - tap, 7 - tap] for tap in range(8))
        self._fresh = np.concatenate([self._fresh, np.asarray(thinned, np.float32)])
        self._measure()

    def _measure(self, *, closing: bool = False) -> None:
        """Windows that are whole; at the end also nothing but those."""
        while True:
            starts = (
                np.round((self._steps + np.arange(BATCH)) * STEP_S * self._rate).astype(int) - self._start
            )
            starts = starts[starts + self._length <= len(self._fresh)]
            if not len(starts) or (len(starts) < BATCH and not closing):
                return
            windows = self._fresh[starts[:, None] + np.arange(self._length)] * self._taper
            spectrum = np.fft.rfft(windows, FFT)[:, : self._bins[-1]]
            powers = np.add.reduceat(spectrum.real**2 + spectrum.imag**2, self._bins[:-1], axis=1)
            self._note(powers[:, :-1] - powers[:, 1:])
            self._steps += len(starts)
            done = round(self._steps * STEP_S * self._rate) - self._start
            self._fresh = self._fresh[done:].copy()
            self._start += done

    def _note(self, differences: NDArray[np.float32]) -> None:
        rows = np.concatenate([self._differences, differences])
        self._differences = rows[-LAG:]
        bits = rows[LAG:] > rows[:-LAG]
        self._words += np.packbits(bits, axis=1).view(np.uint32).tobytes()


def compare(one: Fingerprint, other: Fingerprint) -> Likeness:
    """How much of the shorter is in the longer, at the one shift that fits best."""
    if min(len(one), len(other)) < SHORTEST_STEPS:
        return NOT_ALIKE
    best = max(((*_measure(one, other, shift), shift) for shift in _find_shifts(one, other)), default=None)
    if best is None or not best[0]:
        return NOT_ALIKE
    share, _, shift = best
    return Likeness(round(share, 3), round(shift * STEP_S, 2))


def _find_shifts(one: Fingerprint, other: Fingerprint) -> list[int]:
    """The shifts at which most halves of numbers meet; one step beside counts, too."""
    votes = np.zeros(len(one) + len(other) + 2, np.int32)
    for half in (0, 16):
        left, right = ((words >> half) & 0xFFFF for words in (one, other))
        order = np.argsort(right, kind="stable")
        ordered = right[order]
        first, last = np.searchsorted(ordered, left, "left"), np.searchsorted(ordered, left, "right")
        counts = last - first
        counts[counts > OFTEN] = 0
        places = np.repeat(np.arange(len(left)), counts)
        if not len(places):
            continue
        offsets = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        met = order[np.repeat(first, counts) + offsets]
        votes += np.bincount(places - met + len(other), minlength=len(votes)).astype(np.int32)
    near = votes[:-2] + votes[1:-1] + votes[2:]
    found: list[int] = []
    for place in np.argsort(-near)[: TRIED_SHIFTS * 3]:
        if near[place] and all(abs(place - known) > 1 for known in found):
            found.append(int(place))
    shifts = {place + 1 - len(other) + beside for place in found[:TRIED_SHIFTS] for beside in (-1, 0, 1)}
    return sorted(shifts)


def _measure(one: Fingerprint, other: Fingerprint, shift: int) -> tuple[float, float]:
    """With `other` so far into `one`: the shorter's share that is the same, and that of bits that agree."""
    begin, end = max(0, shift), min(len(one), shift + len(other))
    if end - begin < SHORTEST_STEPS:
        return 0.0, 0.0
    differing = np.bitwise_count(one[begin:end] ^ other[begin - shift : end - shift])
    wholes = max(1, len(differing) // STRETCH)
    stretches = np.array_split(differing, wholes)
    same = sum(len(each) for each in stretches if each.mean() < (1 - SAME_BITS) * BITS)
    return same / min(len(one), len(other)), 1 - float(differing.mean()) / BITS
