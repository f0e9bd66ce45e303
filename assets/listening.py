"""A recording heard once, from end to end: what it is, how loud, where it begins, what is wrong with it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.decoding import Samples, SoundFormat, decode_sound
from assets.fingerprint import Fingerprint, FingerprintReader
from assets.loudness import Loudness, LoudnessMeter
from assets.probe import Probe, ProbeReading
from assets.units import Milliseconds
from assets.windows import WINDOW_S, WindowReader

WINDOW_MS = round(WINDOW_S * 1000)
LEAD_MS = 250
"""Kept before the first sound: a breath or a soft onset lies there."""
TAIL_MS = 400
"""Kept after the last sound: a word dies away in its room."""
WORTH_CUTTING_MS = 300
SOFTEST_DB = -75.0
"""Below this nothing is taken for a voice."""
UNDER_SPEECH_DB = 35.0
"""A whisper or a breath lies less than this below the speech of the same voice."""
OVER_FLOOR_DB = 6.0
SPOKEN_SHARE = 0.35
"""How far from the floor to the level of the speech a window must rise to be one of words."""
SHORTEST_PAUSE_MS = 150
"""What is shorter belongs to the words: the closure before a consonant."""

Span = tuple[int, int]
"""Milliseconds, half open."""


class Flaw(StrEnum):
    CUT_SHORT = "cut_short"  # the header announces more than came
    DAMAGED = "damaged"  # the decoder complained
    CLIPPED = "clipped"
    DC_OFFSET = "dc_offset"
    CHANNEL_SILENT = "channel_silent"
    OUT_OF_PHASE = "out_of_phase"  # the channels cancel each other on a horn
    NOISY = "noisy"
    NARROW = "narrow"  # telephone quality
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Listening:
    probe: Probe
    loudness: Loudness
    cue_in_ms: Milliseconds
    """Where to begin; 0 unless there is silence worth leaving out."""
    cue_out_ms: Milliseconds
    noise_floor_db: float
    """The level under the pauses, dB below full scale."""
    speech_level_db: float
    dc_offset: float
    """Share of full scale."""
    clipped_ms: int
    channel_correlation: float
    flaws: tuple[Flaw, ...]
    """What a producer should know, the worst first; none of them forbids the recording."""
    sounding: Span
    """From the first window that may be a voice to the last, without room around it."""
    speech: tuple[Span, ...]
    """Where words are spoken: stretches with a pause between each and the next."""
    outline: NDArray[np.int8]
    """Lowest and highest sample of every 10 ms, full scale 127: the wave as a page draws it."""
    fingerprint: Fingerprint
    """By which another copy of the same sound is known."""


def listen(path: Path) -> Listening:
    """Decode `path` once, in flat memory.

    Raises:
        MediaUnreadable, MediaEmpty, MediaSoundless: there is no sound in it.
        SoundTooShort, SoundSilent, LoudnessUndefined: there is, but nothing to hear.
    """
    reading, meter, windows, prints = ProbeReading(), LoudnessMeter(), WindowReader(), FingerprintReader()

    def take(sound: SoundFormat, samples: Samples) -> None:
        reading.take_samples(sound, samples)
        meter.take_samples(sound, samples)
        windows.take(sound, samples)
        prints.take(sound, samples)

    decode_sound(
        path,
        take,
        on_log=reading.take_log,
        on_fault=reading.take_fault,
    )
    found = reading.judge(path)
    loudness = meter.judge(path)
    windows.finish()
    levels = windows.levels_db
    floor_db, speech_db = (float(level) for level in np.percentile(levels, (10, 95)))
    cue_in, cue_out = suggest_cues(levels, found.duration_ms)
    return Listening(
        probe=found,
        loudness=loudness,
        cue_in_ms=cue_in,
        cue_out_ms=cue_out,
        noise_floor_db=round(floor_db, 1),
        speech_level_db=round(speech_db, 1),
        dc_offset=round(windows.offset, 4),
        clipped_ms=windows.clipped_windows * WINDOW_MS,
        channel_correlation=round(windows.correlation, 2),
        flaws=_find_flaws(found, loudness, windows, speech_db - floor_db),
        sounding=find_sounding(levels, found.duration_ms),
        speech=find_speech(levels, found.duration_ms),
        outline=windows.outline,
        fingerprint=prints.finish(),
    )


def find_sounding(levels_db: NDArray[np.float16], duration_ms: Milliseconds) -> Span:
    """From the first window that may be a voice to the end of the last; the whole where none may be."""
    floor_db, speech_db = np.percentile(levels_db, (10, 95))
    threshold = max(SOFTEST_DB, min(floor_db + OVER_FLOOR_DB, speech_db - UNDER_SPEECH_DB))
    heard = np.flatnonzero(levels_db > threshold)
    if not len(heard):
        return 0, duration_ms
    return int(heard[0]) * WINDOW_MS, min((int(heard[-1]) + 1) * WINDOW_MS, duration_ms)


def find_speech(levels_db: NDArray[np.float16], duration_ms: Milliseconds) -> tuple[Span, ...]:
    """The stretches of words; the loud parts of them, so their edges say nothing of breaths and whispers."""
    floor_db, speech_db = np.percentile(levels_db.astype(np.float32), (10, 95))
    loud = levels_db > max(SOFTEST_DB, floor_db + SPOKEN_SHARE * (speech_db - floor_db))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8)))
    found: list[Span] = []
    for first, last in edges.reshape(-1, 2):
        begin, end = int(first) * WINDOW_MS, min(int(last) * WINDOW_MS, duration_ms)
        if found and begin - found[-1][1] < SHORTEST_PAUSE_MS:
            begin = found.pop()[0]
        if begin < end:
            found.append((begin, end))
    return tuple(found)


def suggest_cues(
    levels_db: NDArray[np.float16], duration_ms: Milliseconds
) -> tuple[Milliseconds, Milliseconds]:
    """Where the sound begins and ends, with room left; the whole file where that is in doubt.

    One window above the threshold is enough to be kept: better a second of hiss than half a consonant.
    """
    first, last = find_sounding(levels_db, duration_ms)
    begin, end = first - LEAD_MS, last + TAIL_MS
    return (
        Milliseconds(begin if begin >= WORTH_CUTTING_MS else 0),
        Milliseconds(end if duration_ms - end >= WORTH_CUTTING_MS else duration_ms),
    )


def _find_flaws(
    found: Probe, loudness: Loudness, windows: WindowReader, over_floor_db: float
) -> tuple[Flaw, ...]:
    powers = windows.channel_powers
    claimed = found.claimed_ms or 0
    signs = {
        Flaw.CUT_SHORT: claimed - found.duration_ms > max(1000, found.duration_ms // 50),
        Flaw.DAMAGED: found.faults > 0,
        Flaw.CLIPPED: windows.clipped_windows * 1000 > found.duration_ms // WINDOW_MS,
        Flaw.DC_OFFSET: windows.offset > 0.01,
        Flaw.CHANNEL_SILENT: len(powers) == 2 and min(powers) < max(powers) * 1e-5,
        Flaw.OUT_OF_PHASE: windows.correlation < -0.5,
        Flaw.NOISY: over_floor_db < 15,
        Flaw.NARROW: found.rate_hz <= 11_025,
        Flaw.QUIET: loudness.integrated_lufs < -40,
    }
    return tuple(flaw for flaw, seen in signs.items() if seen)
