"""The mix through chain, gain and limiter to the encoders: all presets that want a stretch of it at once."""

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assets.ffmpeg import Stream, open_feed, pick_channels, run_graph, write_sound
from studio.mixing.chain import Chain
from studio.mixing.envelope import RATE_HZ, Samples, db_to_gain
from studio.mixing.limiter import limit
from studio.mixing.mixer import Mix
from studio.mixing.presets import Preset

TIMEOUT_S = 600.0
TIMEOUT_PER_HOUR_S = 3600.0
LEAST_RESPONSE = 0.25
LONGEST_RELEASE_MS = 150
"""A chain that lets go more slowly still remembers at a join what the run-in has not heard."""

Tell = Callable[[str, float], None]
"""Takes the phase and the share of it that is done."""


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

    @property
    def recipe(self) -> list[object]:
        """All of it that determines the bytes which an encoder gives."""
        preset = self.preset
        chain = [[step.name, dict(step.options)] for step in preset.chain]
        form = [preset.format, preset.bit_rate_kbps, preset.channels]
        return [form, chain, f"{self.gain_db:.3f}", f"{self.limit_dbfs:.3f}" if self.is_limited else ""]

    @property
    def may_be_joined(self) -> bool:
        releases = [step.options.get("release_ms", 0) for step in self.preset.chain]
        return self.preset.format == "mp3" and max(releases, default=0) <= LONGEST_RELEASE_MS


@dataclass(frozen=True, slots=True)
class Window:
    """What one piece is encoded from: samples `start` to `stop` of the mix, run-in and run-out too."""

    start: int
    stop: int


def encode_window(
    mix: Mix,
    window: Window,
    outputs: Sequence[tuple[Setting, Path]],
    counter: "Counter",
    lane: int | None = None,
) -> None:
    """All files of a window at once: every preset has its channels in one feed."""
    counts = [setting.preset.channels for setting, _ in outputs]
    copies = {
        channels: iter(_share(mix.play(window.start, window.stop, channels=channels), counts.count(channels)))
        for channels in set(counts)
    }
    treated = [treat(next(copies[setting.preset.channels]), setting) for setting, _ in outputs]
    run_graph(
        [
            _write(stream, setting.preset, path)
            for (setting, path), stream in zip(outputs, _part(counts), strict=True)
        ],
        timeout_s=TIMEOUT_S + TIMEOUT_PER_HOUR_S * (window.stop - window.start) / RATE_HZ / 3600,
        feed=(_interleave(sounds).data.cast("B") for sounds in counter.count(zip(*treated, strict=True))),
        lane=lane,
    )


def treat(blocks: Iterable[Samples], setting: Setting) -> Iterator[Samples]:
    """The mix, with the preset's channels, as it goes to the encoder: through chain, gain and limiter."""
    chain = Chain(setting.preset.chain, setting.preset.channels)
    treated = map(chain.take, blocks)
    gain = db_to_gain(setting.gain_db)
    if setting.is_limited:
        return limit(treated, gain, db_to_gain(setting.limit_dbfs))
    return (block * np.float32(gain) for block in treated)


def _share(blocks: Iterator[Samples], count: int) -> list[Iterator[Samples]]:
    """The same blocks several times; `itertools.tee` would hold on to a minute of them."""
    waiting: list[deque[Samples]] = [deque() for _ in range(count)]

    def give(own: deque[Samples]) -> Iterator[Samples]:
        while True:
            if not own:
                block = next(blocks, None)
                if block is None:
                    return
                for one in waiting:
                    one.append(block)
            yield own.popleft()

    return [give(own) for own in waiting]


def _part(counts: Sequence[int]) -> list[Stream]:
    feed = open_feed(rate_hz=RATE_HZ, channels=sum(counts))
    if len(counts) == 1:
        return [feed]
    ends = list(itertools.accumulate(counts))
    return pick_channels(feed, [range(end - count, end) for count, end in zip(counts, ends, strict=True)])


def _interleave(sounds: Sequence[Samples]) -> Samples:
    # Side by side is how they lie; numpy's own copy of that into pairs takes six times as long.
    return np.stack([side for sound in sounds for side in sound.T], axis=1)


class Counter:
    """Tells how much of a mix has gone to the encoders, from any number of threads."""

    def __init__(self, mix: Mix, tell: Tell) -> None:
        self._frames = mix.frames
        self._done = 0
        self._tell = tell
        self._turn = threading.Lock()

    def count(self, rounds: Iterable[Sequence[Samples]]) -> Iterator[Sequence[Samples]]:
        for sounds in rounds:
            with self._turn:
                self._done += len(sounds[0])
                self._tell("encoding", min(1.0, self._done / self._frames))
            yield sounds


def _write(stream: Stream, preset: Preset, path: Path) -> Stream:
    options = dict(preset.form.options)
    if preset.bit_rate_kbps is not None:
        options["audio_bitrate"] = f"{preset.bit_rate_kbps}k"
    return write_sound(stream, path, container=preset.form.container, acodec=preset.form.codec, **options)
