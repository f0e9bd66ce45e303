"""From the mix to a delivered file that holds its preset: chain, static gain, limiter, encoder, verdict.

The gain is found on an excerpt: by measuring it where gain alone decides, else by a rehearsal that runs chain
and limiter without the costly encoder. What counts is the delivered file, decoded again: where it misses, it
is corrected and encoded once more.
ffmpeg's `loudnorm` is not used: it turns dynamic unasked on peaky sound, and misses.

Invalid
└── PresetNotMet
    ├── LoudnessNotMet
    └── PeakNotMet
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from assets.errors import Invalid
from assets.ffmpeg import discard
from assets.kweighting import PowerReader, weigh_channels
from assets.loudness import (
    SHORTEST_MS,
    LevelTap,
    Loudness,
    SoundSilent,
    SoundTooShort,
    integrate,
    measure_own,
)
from studio.mixing.encoding import Setting, Tell, encode, mix_down, run, treat
from studio.mixing.envelope import RATE_HZ, Samples, db_to_gain
from studio.mixing.mixer import BLOCK, EXCERPT_BLOCKS, FRAMES_PER_MS, Mix
from studio.mixing.piece_shelf import PieceShelf
from studio.mixing.presets import Preset
from studio.mixing.reel import SPEECH_LUFS

AIM_LU = 0.3
"""A file further off than this is made once more, though its preset may tolerate it."""
REHEARSAL_LU = 0.6
"""A last correction up to this is exact enough: the limiter takes back only a small share of it."""
GAIN_STEP_DB = 0.25
"""Gains are whole steps, so that a changed sentence leaves the rest of the programme as it was."""
ATTEMPTS = 4
LOWEST_LIMIT_DBFS = -24.0
"""What ffmpeg's limiter can do."""

PEAK_ROOM_DB = 2.0
"""An excerpt with peaks this far under the limit needs no limiter. What is delivered is measured anyway."""
CUT_SHARE = 0.002
"""Where less of the power than this lies above the limit, the limiter takes less than 0.1 LU."""


class PresetNotMet(Invalid):
    """The delivered file does not hold its preset, whatever gain and limit."""


class LoudnessNotMet(PresetNotMet):
    pass


class PeakNotMet(PresetNotMet):
    pass


def rehearse(mix: Mix, presets: Iterable[Preset], folder: Path, *, tell: Tell) -> list[Setting]:
    """Settings that bring an excerpt to its presets, measured before encoding; readings go into `folder`.

    Raises:
        SoundSilent, SoundTooShort: the mix has no loudness.
    """
    if mix.frames < SHORTEST_MS * FRAMES_PER_MS:
        length_ms = mix.frames // FRAMES_PER_MS
        raise SoundTooShort(path=next(iter(presets)).name, duration_ms=length_ms, least_ms=SHORTEST_MS)
    foreseen = [_foresee(mix, preset, tell) for preset in presets]
    settings = {setting.preset.name: setting for setting, _ in foreseen}
    pending = [setting for setting, is_open in foreseen if is_open]
    for _ in range(ATTEMPTS):
        if not pending:
            break
        taps = [LevelTap(folder / f"{setting.preset.name}.level") for setting in pending]
        outputs = [discard(tap.tap(stream)) for tap, stream in zip(taps, treat(pending), strict=True)]
        run(outputs, _excerpt(mix, tell), pending, frames=EXCERPT_BLOCKS * BLOCK)
        heard = [_hear(tap, setting) for tap, setting in zip(taps, pending, strict=True)]
        turned = [setting.turn(lufs) for setting, lufs in zip(pending, heard, strict=True)]
        settings |= {setting.preset.name: setting for setting in turned}
        # Each for itself, so that a file is the same whatever is made beside it.
        pending = [
            new
            for old, new, lufs in zip(pending, turned, heard, strict=True)
            if abs(old.wanted_lufs - lufs) > REHEARSAL_LU
        ]
    return [_step(setting) for setting in settings.values()]


def _foresee(mix: Mix, preset: Preset, tell: Tell) -> tuple[Setting, bool]:
    """Where to begin, and whether more is to be learnt.

    Without a chain, and where the limiter has next to nothing to do, gain alone decides.
    """
    rough = Setting(preset, preset.target_lufs - preset.form.encoder_db - SPEECH_LUFS, preset.limit_dbfs)
    if preset.chain:
        return rough, True
    powers, peak = PowerReader(RATE_HZ, weigh_channels(preset.channels)), 0.0
    limit = np.float32(db_to_gain(preset.limit_dbfs - rough.gain_db))
    power, cut = 0.0, 0.0
    for block in _excerpt(mix, tell):
        heard = mix_down(block, preset.channels)
        powers.take(heard)
        highest = max(float(heard.max()), -float(heard.min()))
        peak = max(peak, highest)
        power += float(np.vdot(heard, heard))
        if highest > limit:
            over = np.maximum(np.abs(heard), limit)
            cut += float(np.vdot(over, over)) - over.size * float(limit) ** 2
    level = integrate(powers.finish())
    if level is None:
        raise SoundSilent(path=preset.name)
    gain_db = rough.wanted_lufs - level
    is_near = peak * db_to_gain(gain_db) > db_to_gain(preset.limit_dbfs - PEAK_ROOM_DB)
    return replace(rough, gain_db=gain_db, is_limited=is_near), is_near and cut > CUT_SHARE * power


def _excerpt(mix: Mix, tell: Tell) -> Iterable[Samples]:
    for number, block in zip(count(1), mix.play_excerpt(), strict=False):
        tell("rehearsing", min(1.0, number / EXCERPT_BLOCKS))
        yield block


def _step(setting: Setting) -> Setting:
    """The setting with its gain in whole steps, finer ones where a preset tolerates less."""
    step_db = min(GAIN_STEP_DB, setting.preset.tolerance_lu / 2)
    return replace(setting, gain_db=round(setting.gain_db / step_db) * step_db)


def correct(setting: Setting, measured: Loudness) -> Setting | None:
    """The setting to try next, or None where the delivered file is what it should be."""
    preset = setting.preset
    off_lu = preset.target_lufs - measured.integrated_lufs
    over_db = measured.true_peak_dbtp - preset.ceiling_dbtp
    if abs(off_lu) <= min(AIM_LU, preset.tolerance_lu) and over_db <= 0:
        return None
    turned = _step(setting.turn(measured.integrated_lufs - preset.form.encoder_db))
    if over_db <= 0:
        return turned
    limit_dbfs = max(LOWEST_LIMIT_DBFS, setting.limit_dbfs - (over_db + 0.1 if setting.is_limited else 0))
    return replace(turned, limit_dbfs=limit_dbfs, is_limited=True)


def judge(preset: Preset, measured: Loudness) -> None:
    """Raises: LoudnessNotMet, PeakNotMet, with the limit and by how much it is missed."""
    off_lu = measured.integrated_lufs - preset.target_lufs
    over_db = measured.true_peak_dbtp - preset.ceiling_dbtp
    if abs(off_lu) > preset.tolerance_lu:
        raise LoudnessNotMet(
            preset=preset.name,
            target=preset.target_lufs,
            measured=measured.integrated_lufs,
            off=round(off_lu, 3),
        )
    if over_db > 0:
        raise PeakNotMet(
            preset=preset.name,
            ceiling=preset.ceiling_dbtp,
            measured=measured.true_peak_dbtp,
            off=round(over_db, 3),
        )


def master(
    mix: Mix, presets: Iterable[Preset], folder: Path, *, shelf: PieceShelf, tell: Tell
) -> dict[str, tuple[Path, Loudness]]:
    """A delivered file and its verdict for each preset; encoded pieces are found on `shelf` and kept there.

    Raises:
        SoundSilent, PresetNotMet, DiskFull
    """
    pending = rehearse(mix, presets, folder, tell=tell)
    done: dict[str, tuple[Path, Loudness]] = {}
    for _ in range(ATTEMPTS):
        paths = encode(mix, pending, folder, shelf=shelf, tell=tell)
        for name, path in paths.items():
            done[name] = (path, measure_own(path))
        corrected = [correct(setting, done[setting.preset.name][1]) for setting in pending]
        pending = [setting for setting in corrected if setting is not None]
        if not pending:
            break
    for setting in pending:
        judge(setting.preset, done[setting.preset.name][1])
    return done


def _hear(tap: LevelTap, setting: Setting) -> float:
    if tap.integrated_lufs is None:
        raise SoundSilent(path=setting.preset.name)
    return tap.integrated_lufs
