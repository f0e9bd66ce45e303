"""From the mix to a delivered file that holds its preset: chain, static gain, limiter, encoder, verdict.

The gain is found on an excerpt (`rehearsal.py`). What counts is the delivered file, decoded again: where it
misses, it is corrected and encoded once more.
ffmpeg's `loudnorm` is not used: it turns dynamic unasked on peaky sound, and misses.

Invalid
└── PresetNotMet
    ├── LoudnessNotMet
    └── PeakNotMet
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from assets.errors import Invalid
from assets.loudness import Loudness, measure_own
from studio.mixing.encoding import Setting, Tell
from studio.mixing.mixer import Mix
from studio.mixing.piece_shelf import PieceShelf
from studio.mixing.pieces import encode
from studio.mixing.presets import Preset
from studio.mixing.rehearsal import rehearse, step

AIM_LU = 0.3
"""A file further off than this is made once more, though its preset may tolerate it."""
ATTEMPTS = 4
LOWEST_LIMIT_DBFS = -24.0
"""A limiter that holds lower would be all that is heard."""


class PresetNotMet(Invalid):
    """The delivered file does not hold its preset, whatever gain and limit."""


class LoudnessNotMet(PresetNotMet):
    pass


class PeakNotMet(PresetNotMet):
    pass


def correct(setting: Setting, measured: Loudness) -> Setting | None:
    """The setting to try next, or None where the delivered file is what it should be."""
    preset = setting.preset
    off_lu = preset.target_lufs - measured.integrated_lufs
    over_db = measured.true_peak_dbtp - preset.ceiling_dbtp
    if abs(off_lu) <= min(AIM_LU, preset.tolerance_lu) and over_db <= 0:
        return None
    room_db = min(off_lu, -over_db - 0.1)
    if setting.is_limited and setting.tried is not None and room_db > 0:
        # More gain went into the limiter, not into loudness: what is left below the ceiling gives it.
        return replace(setting, limit_dbfs=setting.limit_dbfs + room_db, tried=None)
    turned = step(setting.turn(measured.integrated_lufs - preset.form.encoder_db))
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
    pending = rehearse(mix, presets, tell=tell)
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
