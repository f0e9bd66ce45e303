"""Where gain and limiter are set before anything is encoded: found by listening to an excerpt once.

The power of every ten milliseconds behind the chain, and the peak of every millisecond, say what any gain
would give: what the limiter takes is what it would decide on these peaks. Nothing is tried that costs an
encoding.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from assets.kweighting import STEPS_PER_S, PowerReader, weigh_channels
from assets.loudness import SHORTEST_MS, Powers, SoundSilent, SoundTooShort, integrate
from studio.mixing.encoding import Setting, Tell, treat
from studio.mixing.envelope import RATE_HZ, Samples, db_to_gain
from studio.mixing.limiter import Peaks, find_peaks, foresee
from studio.mixing.mixer import EXCERPT_BLOCKS, FRAMES_PER_MS, Mix
from studio.mixing.presets import Preset

GAIN_STEP_DB = 0.25
"""Gains are whole steps, so that a changed sentence leaves the rest of the programme as it was."""
PEAK_ROOM_DB = 2.0
"""An excerpt with peaks this far under the limit needs no limiter. What is delivered is measured anyway."""
STEP_MS = 1000 // STEPS_PER_S
TRIES, CLOSE_LU = 12, 0.02
MOST_GAIN_DB = 20.0
"""Beyond the gain of a piece that nothing limits; a target that takes more is out of reach."""


def rehearse(mix: Mix, presets: Iterable[Preset], *, tell: Tell) -> list[Setting]:
    """Settings that bring an excerpt to its presets.

    Raises:
        SoundSilent, SoundTooShort: the mix has no loudness.
    """
    if mix.frames < SHORTEST_MS * FRAMES_PER_MS:
        length_ms = mix.frames // FRAMES_PER_MS
        raise SoundTooShort(path=next(iter(presets)).name, duration_ms=length_ms, least_ms=SHORTEST_MS)
    return [_choose(preset, *_listen(mix, preset, tell)) for preset in presets]


def step(setting: Setting) -> Setting:
    """The setting with its gain in whole steps, finer ones where a preset tolerates less."""
    step_db = min(GAIN_STEP_DB, setting.preset.tolerance_lu / 2)
    return replace(setting, gain_db=round(setting.gain_db / step_db) * step_db)


def _choose(preset: Preset, powers: Powers, peaks: Peaks) -> Setting:
    level = integrate(powers)
    if level is None:
        raise SoundSilent(path=preset.name)
    setting = Setting(preset, 0.0, preset.limit_dbfs)
    gain_db = least_db = setting.wanted_lufs - level
    for _ in range(TRIES):
        limited = integrate(powers * _limit(peaks, gain_db, preset.limit_dbfs)[: len(powers)])
        off_lu = setting.wanted_lufs - (limited if limited is not None else level + gain_db)
        gain_db = min(gain_db + off_lu, least_db + MOST_GAIN_DB)
        if abs(off_lu) < CLOSE_LU:
            break
    is_near = float(peaks.max()) > db_to_gain(preset.limit_dbfs - PEAK_ROOM_DB - gain_db)
    return step(replace(setting, gain_db=gain_db, is_limited=is_near))


def _limit(peaks: Peaks, gain_db: float, limit_dbfs: float) -> Powers:
    """What gain and limiter do to the power of each ten milliseconds."""
    steps = bytearray()
    for squares in foresee(peaks, db_to_gain(gain_db), db_to_gain(limit_dbfs)):
        whole = squares[: len(squares) // STEP_MS * STEP_MS].reshape(-1, STEP_MS)
        steps += whole.mean(axis=1, dtype=np.float32).tobytes()
    return np.frombuffer(steps, np.float32)


def _listen(mix: Mix, preset: Preset, tell: Tell) -> tuple[Powers, Peaks]:
    """Weighted power of each ten milliseconds of an excerpt, and peak of each one, behind the chain."""
    powers = PowerReader(RATE_HZ, weigh_channels(preset.channels))
    peaks = bytearray()
    for block in treat(_excerpt(mix, preset.channels, tell), Setting(preset, 0.0, 0.0, is_limited=False)):
        powers.take(block)
        peaks += find_peaks(block).tobytes()
    return powers.finish(), np.frombuffer(peaks, np.float32)


def _excerpt(mix: Mix, channels: int, tell: Tell) -> Iterator[Samples]:
    for number, block in zip(count(1), mix.play_excerpt(channels=channels), strict=False):
        tell("rehearsing", min(1.0, number / EXCERPT_BLOCKS))
        yield block
