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

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assets.errors import Invalid
from assets.ffmpeg import Stream, discard, open_feed, run_graph, write_sound
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
from studio.mixing.envelope import RATE_HZ, Samples, db_to_gain
from studio.mixing.presets import Preset
from studio.mixing.reel import SPEECH_LUFS

AIM_LU = 0.3
"""A file further off than this is made once more, though its preset may tolerate it."""
REHEARSAL_LU = 0.6
"""A last correction up to this is exact enough: the limiter takes back only a small share of it."""
ATTEMPTS = 4
LEAST_RESPONSE = 0.25
LOWEST_LIMIT_DBFS = -24.0
"""What ffmpeg's limiter can do."""
TIMEOUT_S = 600.0
TIMEOUT_PER_HOUR_S = 3600.0

PEAK_ROOM_DB = 2.0
"""An excerpt with peaks this far under the limit needs no limiter. What is delivered is measured anyway."""

Feed = Callable[[str], Iterable[Samples]]
"""Phase ("rehearsing": an excerpt, "encoding": all) to the mix, in blocks of shape (frames, 2)."""


class PresetNotMet(Invalid):
    """The delivered file does not hold its preset, whatever gain and limit."""


class LoudnessNotMet(PresetNotMet):
    pass


class PeakNotMet(PresetNotMet):
    pass


@dataclass(frozen=True, slots=True)
class Setting:
    """A preset with the two knobs that corrections turn, and what the last turn taught."""

    preset: Preset
    gain_db: float
    limit_dbfs: float
    is_limited: bool = True
    tried: tuple[float, float] | None = None
    """A gain and the loudness that it gave."""

    @property
    def wanted_lufs(self) -> float:
        """What must go into the encoder."""
        return self.preset.target_lufs - self.preset.form.encoder_db

    def turn(self, measured_lufs: float) -> "Setting":
        """The setting to try next, `measured_lufs` being what this one gave before the encoder.

        Where the limiter works hard, a decibel of gain gives less than a decibel of loudness: how much less
        is learnt from two tries.
        """
        response = 1.0
        if self.tried is not None and abs(self.gain_db - self.tried[0]) > 0.1:
            response = (measured_lufs - self.tried[1]) / (self.gain_db - self.tried[0])
        step_db = (self.wanted_lufs - measured_lufs) / min(max(response, LEAST_RESPONSE), 1.0)
        return replace(self, gain_db=self.gain_db + step_db, tried=(self.gain_db, measured_lufs))


def rehearse(feed: Feed, presets: Iterable[Preset], folder: Path, *, duration_ms: int) -> list[Setting]:
    """Settings that bring an excerpt to its presets, measured before encoding; readings go into `folder`.

    Raises:
        SoundSilent, SoundTooShort: the mix has no loudness.
    """
    if duration_ms < SHORTEST_MS:
        raise SoundTooShort(path=next(iter(presets)).name, duration_ms=duration_ms, least_ms=SHORTEST_MS)
    settings = {preset.name: _foresee(feed, preset) for preset in presets}
    pending = [setting for setting in settings.values() if setting.is_limited]
    for _ in range(ATTEMPTS):
        if not pending:
            break
        taps = [LevelTap(folder / f"{setting.preset.name}.level") for setting in pending]
        outputs = [discard(tap.tap(stream)) for tap, stream in zip(taps, _master(pending), strict=True)]
        _run(outputs, feed, "rehearsing", pending, duration_ms=duration_ms)
        heard = [_hear(tap, setting) for tap, setting in zip(taps, pending, strict=True)]
        turned = [setting.turn(lufs) for setting, lufs in zip(pending, heard, strict=True)]
        settings |= {setting.preset.name: setting for setting in turned}
        # Each for itself, so that a file is the same whatever is made beside it.
        pending = [
            new
            for old, new, lufs in zip(pending, turned, heard, strict=True)
            if abs(old.wanted_lufs - lufs) > REHEARSAL_LU
        ]
    return list(settings.values())


def _foresee(feed: Feed, preset: Preset) -> Setting:
    """Where to begin; without a chain, and far from the limit, that is the end too: gain alone decides."""
    rough = Setting(preset, preset.target_lufs - preset.form.encoder_db - SPEECH_LUFS, preset.limit_dbfs)
    if preset.chain:
        return rough
    powers, peak = PowerReader(RATE_HZ, weigh_channels(preset.channels)), 0.0
    for block in feed("rehearsing"):
        powers.take(_mix_down(block, preset.channels))
        peak = max(peak, float(block.max()), -float(block.min()))
    level = integrate(powers.finish())
    if level is None:
        raise SoundSilent(path=preset.name)
    gain_db = rough.wanted_lufs - level
    is_near = peak * db_to_gain(gain_db) > db_to_gain(preset.limit_dbfs - PEAK_ROOM_DB)
    return replace(rough, gain_db=gain_db, is_limited=is_near)


def encode(feed: Feed, settings: Iterable[Setting], folder: Path, *, duration_ms: int) -> dict[str, Path]:
    """One file per setting under `folder`, all from one pass over the mix; preset name to path."""
    settings = list(settings)
    paths = {setting.preset.name: folder / setting.preset.name for setting in settings}
    outputs = [
        _write(stream, setting.preset, paths[setting.preset.name])
        for setting, stream in zip(settings, _master(settings), strict=True)
    ]
    _run(outputs, feed, "encoding", settings, duration_ms=duration_ms)
    return paths


def _run(
    outputs: list[Stream], feed: Feed, phase: str, settings: Iterable[Setting], *, duration_ms: int
) -> None:
    channels = _channels(settings)
    blocks = (_mix_down(block, channels).data.cast("B") for block in feed(phase))
    run_graph(outputs, timeout_s=TIMEOUT_S + TIMEOUT_PER_HOUR_S * duration_ms / 3_600_000, feed=blocks)


def _channels(settings: Iterable[Setting]) -> int:
    return max(setting.preset.channels for setting in settings)


def _mix_down(block: Samples, channels: int) -> Samples:
    """Both sides at half: what `pan` makes of them, to the last bit."""
    return block if channels == 2 else (block[:, :1] + block[:, 1:]) * np.float32(0.5)


def _write(stream: Stream, preset: Preset, path: Path) -> Stream:
    options = dict(preset.form.options)
    if preset.bit_rate_kbps is not None:
        options["audio_bitrate"] = f"{preset.bit_rate_kbps}k"
    return write_sound(stream, path, container=preset.form.container, acodec=preset.form.codec, **options)


def correct(setting: Setting, measured: Loudness) -> Setting | None:
    """The setting to try next, or None where the delivered file is what it should be."""
    preset = setting.preset
    off_lu = preset.target_lufs - measured.integrated_lufs
    over_db = measured.true_peak_dbtp - preset.ceiling_dbtp
    if abs(off_lu) <= AIM_LU and over_db <= 0:
        return None
    turned = setting.turn(measured.integrated_lufs - preset.form.encoder_db)
    return replace(
        turned, limit_dbfs=max(LOWEST_LIMIT_DBFS, setting.limit_dbfs - (over_db + 0.1 if over_db > 0 else 0))
    )


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
    feed: Feed, presets: Iterable[Preset], folder: Path, *, duration_ms: int
) -> dict[str, tuple[Path, Loudness]]:
    """A delivered file and its verdict for each preset.

    Raises:
        SoundSilent, PresetNotMet, DiskFull
    """
    pending = rehearse(feed, presets, folder, duration_ms=duration_ms)
    done: dict[str, tuple[Path, Loudness]] = {}
    for _ in range(ATTEMPTS):
        paths = encode(feed, pending, folder, duration_ms=duration_ms)
        for name, path in paths.items():
            done[name] = (path, measure_own(path))
        corrected = [correct(setting, done[setting.preset.name][1]) for setting in pending]
        pending = [setting for setting in corrected if setting is not None]
        if not pending:
            break
    for setting in pending:
        judge(setting.preset, done[setting.preset.name][1])
    return done


def _master(settings: list[Setting]) -> list[Stream]:
    """The graph's streams as they go to the encoder, one per setting."""
    channels = _channels(settings)
    source = open_feed(rate_hz=RATE_HZ, channels=channels)
    split = source.filter_multi_output("asplit", len(settings)) if len(settings) > 1 else [source]
    return [_treat(split[number], setting, channels) for number, setting in enumerate(settings)]


def _treat(stream: Stream, setting: Setting, channels: int) -> Stream:
    if setting.preset.channels < channels:
        # Said outright: ffmpeg's own downmix of floats adds 3 dB.
        stream = stream.filter("pan", args="mono|c0=0.5*c0+0.5*c1")
    for step in setting.preset.chain:
        stream = stream.filter(step.name, **step.options)
    stream = stream.filter("volume", volume=f"{setting.gain_db:.3f}dB")
    if not setting.is_limited:
        return stream
    limit = f"{db_to_gain(setting.limit_dbfs):.5f}"
    return stream.filter("alimiter", limit=limit, attack=5, release=80, level=0, latency=1)


def _hear(tap: LevelTap, setting: Setting) -> float:
    if tap.integrated_lufs is None:
        raise SoundSilent(path=setting.preset.name)
    return tap.integrated_lufs
