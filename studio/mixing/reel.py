"""Everything a timeline sounds, decoded once, at one rate, and measured: what the mixer reads from.

A programme has hundreds of sentences; starting ffmpeg for each would cost more than mixing them. Plain ones
are read and resampled here, one file for each voice; everything else is decoded by ffmpeg.
"""

import hashlib
import math
import wave
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets.ffmpeg import MediaUnreadable, Stream, open_media, run_graph, write_sound
from assets.kweighting import STEPS_PER_S, PowerReader, weigh_channels
from assets.loudness import (
    GATE_LUFS,
    MOMENTARY,
    Powers,
    SoundSilent,
    SoundTooShort,
    find_max_momentary,
    integrate,
)
from studio.mixing.envelope import RATE_HZ, db_to_gain
from studio.mixing.repairs import close_loop, mend, read_chunks
from studio.mixing.resampling import Mono, resample
from studio.mixing.timeline import Timeline, VoiceClip

SPEECH_LUFS = -23.0
"""The house loudness at which everything meets before mastering."""
SPEECH_FRAMES = 1 << 16
"""What is read of a sentence at a time: it may be a recording of hours."""
VOICE_STEP_DB = 0.5
"""A quarter of a decibel is the most that a voice is beside the house loudness for it; nobody hears that."""
DECODE_TIMEOUT_S = 1800.0
PARALLEL = 2


@dataclass(frozen=True, slots=True)
class Take:
    """A stretch of a reel: 32-bit float frames at the mixing rate."""

    path: Path
    channels: int
    first_frame: int
    frames: int
    gain: float
    """Brings it to the house loudness."""
    bed_gain: float
    """Brings the loudest 400 ms of a bed there: it must not rise over speech where it is played harder."""
    digest: str
    """Of what these frames were made from: equal digests are equal frames."""


def record_reel(timeline: Timeline, folder: Path) -> Mapping[Path, Take]:
    """Decode what `timeline` sounds into files under `folder`; a take for each of its paths.

    Raises:
        MediaUnreadable, SoundSilent, SoundTooShort, LoudnessUndefined: names the file.
        DiskFull
    """
    takes: dict[Path, Take] = {}
    beds = {bed.path for bed in timeline.beds}
    heard = beds | {clip.path for clip in timeline.voices} | {clip.path for clip in timeline.music}
    with ThreadPoolExecutor(PARALLEL) as pool:
        voices = [
            pool.submit(_record_voices, paths, rate_hz, folder / f"voice-{number}.f32")
            for number, (rate_hz, paths) in enumerate(_group_voices(timeline.voices))
        ]
        for recorded in voices:
            takes |= recorded.result()
        others = {
            path: pool.submit(_decode, path, folder / f"sound-{number}.f32", is_bed=path in beds)
            for number, path in enumerate(sorted(heard - takes.keys()))
        }
        return takes | {path: decoded.result() for path, decoded in others.items()}


def _group_voices(clips: Iterable[VoiceClip]) -> Iterable[tuple[int, list[Path]]]:
    """Plain speech files by level group and rate; what is not plain is decoded by itself."""
    groups: dict[tuple[str, int], dict[Path, None]] = {}
    for clip in clips:
        rate_hz = _plain_rate(clip.path)
        if rate_hz is not None:
            groups.setdefault((clip.level_group, rate_hz), {})[clip.path] = None
    return [(rate_hz, list(paths)) for (_, rate_hz), paths in groups.items()]


def _plain_rate(path: Path) -> int | None:
    """The rate of a mono 16-bit PCM WAV; None for any other file."""
    try:
        with wave.open(str(path), "rb") as source:
            plain = source.getnchannels() == 1 and source.getsampwidth() == 2 and source.getnframes() > 0
            return source.getframerate() if plain else None
    except (wave.Error, EOFError):
        return None
    except OSError as error:
        raise MediaUnreadable(path=str(path), reason=error.strerror or str(error)) from error


def _record_voices(paths: list[Path], rate_hz: int, reel: Path) -> dict[Path, Take]:
    """All sentences of a voice, one after the other; their places in `reel`."""
    places: dict[Path, tuple[int, int, str]] = {}
    reached = 0
    power = PowerReader(rate_hz, weigh_channels(1))
    with reel.open("wb") as target:
        for path in paths:
            digest = hashlib.sha256()
            frames = 0
            for block in resample(_read_speech(path, power, digest.update), rate_hz):
                target.write(block.data)
                frames += len(block)
            places[path] = (reached, frames, f"{rate_hz} {digest.hexdigest()}")
            reached += frames
    gain = _find_voice_gain(power.finish(), paths[0])
    return {
        path: Take(reel, 1, first, frames, gain, 0.0, digest)
        for path, (first, frames, digest) in places.items()
    }


def _read_speech(path: Path, power: PowerReader, take: Callable[[bytes], None]) -> Iterator[Mono]:
    with wave.open(str(path), "rb") as source:
        while data := source.readframes(SPEECH_FRAMES):
            samples = np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32768)
            take(data)
            power.take(samples[:, None])
            yield samples


def _decode(path: Path, reel: Path, *, is_bed: bool) -> Take:
    """Any file, as stereo: a mono one sounds on both sides, one of six channels is mixed down."""
    _resample(open_media(path)["a:0"].filter("aformat", channel_layouts="stereo"), reel, path)
    mend(reel, source=path)
    if is_bed:
        close_loop(reel)
    power, digest = PowerReader(RATE_HZ, weigh_channels(2)), hashlib.sha256()
    for chunk in read_chunks(reel):
        power.take(chunk)
        digest.update(chunk.data)
    steps, frames = power.finish(), reel.stat().st_size // 8
    bed_gain = _find_bed_gain(steps, path) if is_bed else 0.0
    return Take(reel, 2, 0, frames, _find_gain(steps, path), bed_gain, digest.hexdigest())


def _resample(stream: Stream, reel: Path, source: Path) -> None:
    """Write `stream` at the mixing rate."""
    run_graph(
        [write_sound(stream.filter("aresample", RATE_HZ), reel, container="f32le", acodec="pcm_f32le")],
        timeout_s=DECODE_TIMEOUT_S,
        source=source,
    )


def _find_gain(steps: Powers, source: Path) -> float:
    """What brings a sound to the house loudness; silence fills a short one up to a block of 400 ms."""
    return _bring(integrate(np.pad(steps, (0, max(0, MOMENTARY - len(steps))))), source)


def _find_voice_gain(steps: Powers, source: Path) -> float:
    """The same for all sentences of a voice, in whole steps: one sentence must not move the rest."""
    exact_db = 20 * math.log10(_find_gain(steps, source))
    return db_to_gain(round(exact_db / VOICE_STEP_DB) * VOICE_STEP_DB)


def _find_bed_gain(steps: Powers, source: Path) -> float:
    """The same for the loudest 400 ms of a sound that is played over and over."""
    if not len(steps):
        raise SoundTooShort(path=str(source), duration_ms=0, least_ms=1000 // STEPS_PER_S)
    return _bring(find_max_momentary(np.pad(steps, (0, MOMENTARY), mode="wrap")), source)


def _bring(level_lufs: float | None, source: Path) -> float:
    if level_lufs is None or level_lufs <= GATE_LUFS:
        raise SoundSilent(path=str(source))
    return db_to_gain(SPEECH_LUFS - level_lufs)
