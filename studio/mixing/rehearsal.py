"""Where gain and limiter are set before anything is encoded: found by listening to an excerpt once.

Loudness and peak of every ten milliseconds behind the chain say what any gain would give: the limiter's share
is reckoned from the peaks. Nothing is tried that costs an encoding.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from assets.ffmpeg import stream_raw
from assets.kweighting import STEPS_PER_S, PowerReader, weigh_channels
from assets.loudness import SHORTEST_MS, Powers, SoundSilent, SoundTooShort, integrate
from studio.mixing.encoding import LIMITER_RELEASE_MS, Setting, Tell, mix_down, run, treat
from studio.mixing.envelope import RATE_HZ, Samples, db_to_gain
from studio.mixing.mixer import BLOCK, EXCERPT_BLOCKS, FRAMES_PER_MS, Mix
from studio.mixing.presets import Preset

GAIN_STEP_DB = 0.25
"""Gains are whole steps, so that a changed sentence leaves the rest of the programme as it was."""
PEAK_ROOM_DB = 2.0
"""An excerpt with peaks this far under the limit needs no limiter. What is delivered is measured anyway."""
TRIES, CLOSE_LU = 12, 0.02
MOST_GAIN_DB = 20.0
"""Beyond the gain of a piece that nothing limits; a target that takes more is out of reach."""
STEP_FRAMES = RATE_HZ // STEPS_PER_S


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


def _choose(preset: Preset, powers: Powers, peaks: NDArray[np.float32]) -> Setting:
    level = integrate(powers)
    if level is None:
        raise SoundSilent(path=preset.name)
    setting = Setting(preset, 0.0, preset.limit_dbfs)
    gain_db = least_db = setting.wanted_lufs - level
    for _ in range(TRIES):
        limited = integrate(powers * _limit(peaks, preset.limit_dbfs - gain_db) ** 2)
        off_lu = setting.wanted_lufs - (limited if limited is not None else level) - gain_db
        gain_db = min(gain_db + off_lu, least_db + MOST_GAIN_DB)
        if abs(off_lu) < CLOSE_LU:
            break
    is_near = float(peaks.max()) > db_to_gain(preset.limit_dbfs - PEAK_ROOM_DB - gain_db)
    return step(replace(setting, gain_db=gain_db, is_limited=is_near))


def _limit(peaks: NDArray[np.float32], limit_dbfs: float) -> NDArray[np.float32]:
    """The gain of each step as a limiter would set it: down at once, and up in a straight line."""
    wanted = 1 - np.minimum(1, db_to_gain(limit_dbfs) / np.maximum(peaks, 1e-9))
    held = wanted
    steps = LIMITER_RELEASE_MS * STEPS_PER_S // 1000
    for number in range(1, steps):
        held = np.maximum(held, np.pad(wanted[:-number], (number, 0)) * (1 - (number + 0.5) / steps))
    return np.asarray(1 - held, np.float32)


def _listen(mix: Mix, preset: Preset, tell: Tell) -> tuple[Powers, NDArray[np.float32]]:
    """Weighted power and highest sample of each step of an excerpt, behind the preset's chain."""
    powers = PowerReader(RATE_HZ, weigh_channels(preset.channels))
    peaks: list[NDArray[np.float32]] = []
    rest = np.zeros((0, preset.channels), np.float32)

    def take(block: Samples) -> None:
        nonlocal rest
        powers.take(block)
        joined = np.concatenate([rest, block])
        whole = len(joined) // STEP_FRAMES * STEP_FRAMES
        rest = joined[whole:]
        steps = joined[:whole].reshape(-1, STEP_FRAMES * preset.channels)
        peaks.append(np.maximum(steps.max(axis=1), -steps.min(axis=1)))

    if preset.chain:
        _run_chain(mix, preset, tell, take)
    else:
        for block in _excerpt(mix, tell):
            take(mix_down(block, preset.channels))
    return powers.finish(), np.concatenate(peaks)


def _run_chain(mix: Mix, preset: Preset, tell: Tell, take: Callable[[Samples], None]) -> None:
    plain = Setting(preset, 0.0, 0.0, is_limited=False)
    width, rest = 4 * preset.channels, b""

    def cut(data: bytes) -> None:
        nonlocal rest
        data = rest + data
        whole = len(data) - len(data) % width
        rest = data[whole:]
        take(np.frombuffer(data, np.float32, whole // 4).reshape(-1, preset.channels))

    raw = [stream_raw(stream, codec="pcm_f32le") for stream in treat([plain])]
    run(raw, _excerpt(mix, tell), [plain], frames=EXCERPT_BLOCKS * BLOCK, on_data=cut)


def _excerpt(mix: Mix, tell: Tell) -> Iterator[Samples]:
    for number, block in zip(count(1), mix.play_excerpt(), strict=False):
        tell("rehearsing", min(1.0, number / EXCERPT_BLOCKS))
        yield block
