"""From the mix to a delivered file that holds its preset: chain, static gain, limiter, encoder, verdict.

The gain is found by a rehearsal on an excerpt, which runs chain and limiter without the costly encoder. What
counts is the delivered file, decoded again: if it misses, gain or limit are corrected and it is encoded once
more.
ffmpeg's `loudnorm` is not used: it turns dynamic unasked on peaky sound, and misses.

Invalid
└── PresetNotMet
    ├── LoudnessNotMet
    └── PeakNotMet
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from assets.errors import Invalid
from assets.ffmpeg import Stream, discard, open_feed, run_graph, write_sound
from assets.loudness import SHORTEST_MS, LevelTap, Loudness, SoundSilent, SoundTooShort, measure_loudness
from studio.mixing.envelope import RATE_HZ, db_to_gain
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

Feed = Callable[[str], Iterable[bytes]]
"""Phase ("rehearsing": an excerpt, "encoding": all) to the mix, interleaved stereo 32-bit floats."""


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
    settings = [Setting(p, p.target_lufs - p.form.encoder_db - SPEECH_LUFS, p.limit_dbfs) for p in presets]
    if duration_ms < SHORTEST_MS:
        raise SoundTooShort(path=settings[0].preset.name, duration_ms=duration_ms, least_ms=SHORTEST_MS)
    for _ in range(ATTEMPTS):
        taps = [LevelTap(folder / f"{setting.preset.name}.level") for setting in settings]
        outputs = [discard(tap.tap(stream)) for tap, stream in zip(taps, _master(settings), strict=True)]
        run_graph(outputs, timeout_s=_timeout_s(duration_ms), feed=feed("rehearsing"))
        heard = [_hear(tap, setting) for tap, setting in zip(taps, settings, strict=True)]
        off_lu = [abs(s.wanted_lufs - lufs) for s, lufs in zip(settings, heard, strict=True)]
        settings = [setting.turn(lufs) for setting, lufs in zip(settings, heard, strict=True)]
        if max(off_lu) <= REHEARSAL_LU:
            break
    return settings


def encode(feed: Feed, settings: Iterable[Setting], folder: Path, *, duration_ms: int) -> dict[str, Path]:
    """One file per setting under `folder`, all from one pass over the mix; preset name to path."""
    settings = list(settings)
    paths = {setting.preset.name: folder / setting.preset.name for setting in settings}
    outputs = [
        _write(stream, setting.preset, paths[setting.preset.name])
        for setting, stream in zip(settings, _master(settings), strict=True)
    ]
    run_graph(outputs, timeout_s=_timeout_s(duration_ms), feed=feed("encoding"))
    return paths


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
            done[name] = (path, measure_loudness(path))
        corrected = [correct(setting, done[setting.preset.name][1]) for setting in pending]
        pending = [setting for setting in corrected if setting is not None]
        if not pending:
            break
    for setting in pending:
        judge(setting.preset, done[setting.preset.name][1])
    return done


def _master(settings: list[Setting]) -> list[Stream]:
    """The graph's streams as they go to the encoder, one per setting."""
    source = open_feed(rate_hz=RATE_HZ, channels=2)
    split = source.filter_multi_output("asplit", len(settings)) if len(settings) > 1 else [source]
    return [_treat(split[number], setting) for number, setting in enumerate(settings)]


def _treat(stream: Stream, setting: Setting) -> Stream:
    if setting.preset.channels == 1:
        # Said outright: ffmpeg's own downmix of floats adds 3 dB.
        stream = stream.filter("pan", args="mono|c0=0.5*c0+0.5*c1")
    for step in setting.preset.chain:
        stream = stream.filter(step.name, **step.options)
    limit = db_to_gain(setting.limit_dbfs)
    return stream.filter("volume", volume=f"{setting.gain_db:.3f}dB").filter(
        "alimiter", limit=f"{limit:.5f}", attack=5, release=80, level=0, latency=1
    )


def _hear(tap: LevelTap, setting: Setting) -> float:
    if tap.integrated_lufs is None:
        raise SoundSilent(path=setting.preset.name)
    return tap.integrated_lufs


def _timeout_s(duration_ms: int) -> float:
    return TIMEOUT_S + TIMEOUT_PER_HOUR_S * duration_ms / 3_600_000
