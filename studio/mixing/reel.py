"""Everything a timeline sounds, measured, and at one rate: what the mixer reads from.

A programme has hundreds of sentences; starting ffmpeg for each would cost more than mixing them. Plain ones
are read where they lie and resampled as they are heard; everything else is decoded by ffmpeg, once.
"""

import errno
import hashlib
import math
import os
import wave
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
from studio.mixing.envelope import RATE_HZ, Samples, db_to_gain
from studio.mixing.repairs import close_loop, mend, read_chunks
from studio.mixing.resampling import Mono, count_resampled, resample
from studio.mixing.timeline import Timeline, VoiceClip

SPEECH_LUFS = -23.0
"""The house loudness at which everything meets before mastering."""
SPEECH_FRAMES = 1 << 16
"""What is read of a sentence at a time: it may be a recording of hours."""
VOICE_STEP_DB = 0.5
"""A quarter of a decibel is the most that a voice is beside the house loudness for it; nobody hears that."""
FULL_SCALE = 32768
"""Of 16-bit samples."""
DECODE_TIMEOUT_S = 1800.0
PARALLEL = 2


@dataclass(frozen=True, slots=True)
class Take:
    """A sound to be mixed: 32-bit float frames at the mixing rate, or a plain sentence in its own file."""

    path: Path
    channels: int
    frames: int
    """At the mixing rate."""
    gain: float
    """Brings it to the house loudness."""
    bed_gain: float
    """Brings the loudest 400 ms of a bed there: it must not rise over speech where it is played harder."""
    digest: str
    """Of what these frames were made from: equal digests are equal frames."""
    plain: "PlainSpeech | None" = None

    def read(self, first: int, count: int) -> Samples:
        """Frames (count, channels), from number `first` on.

        Raises:
            MediaUnreadable: the file is shorter than when it was measured.
        """
        if self.plain is not None:
            return resample(self.plain.read, self.plain.rate_hz, first, count)[:, None]
        return _read(self.path, "<f4", first * self.channels * 4, count * self.channels).reshape(
            -1, self.channels
        )


@dataclass(frozen=True, slots=True)
class PlainSpeech:
    """A WAV of 16-bit mono, at any rate: what the engines give."""

    path: Path
    rate_hz: int
    frames: int
    offset: int
    """Of the first sample in the file, in bytes."""

    def read(self, first: int, count: int) -> Mono:
        """Samples from number `first` on, silence where there are none."""
        start, stop = min(max(first, 0), self.frames), min(max(first + count, 0), self.frames)
        heard = np.zeros(count, np.float32)
        heard[start - first : stop - first] = self.read_raw(start, stop - start)
        heard /= np.float32(FULL_SCALE)
        return heard

    def read_raw(self, first: int, count: int) -> NDArray[np.int16]:
        """Samples as they lie in the file, all of them in it."""
        return _read(self.path, "<i2", self.offset + 2 * first, count)


def _read(path: Path, kind: str, offset: int, count: int) -> NDArray[Any]:
    try:
        found = np.fromfile(path, kind, count, offset=offset)
    except OSError as error:
        raise MediaUnreadable(path=str(path), reason=error.strerror or str(error)) from error
    if len(found) < count:
        raise MediaUnreadable(path=str(path), reason=os.strerror(errno.EIO))
    return found


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
        voices = [pool.submit(_measure_voice, sentences) for sentences in _group_voices(timeline.voices)]
        for recorded in voices:
            takes |= recorded.result()
        others = {
            path: pool.submit(_decode, path, folder / f"sound-{number}.f32", is_bed=path in beds)
            for number, path in enumerate(sorted(heard - takes.keys()))
        }
        return takes | {path: decoded.result() for path, decoded in others.items()}


def _group_voices(clips: Iterable[VoiceClip]) -> list[list[PlainSpeech]]:
    """Plain sentences by level group and rate; what is not plain is decoded by itself."""
    groups: dict[tuple[str, int], dict[Path, PlainSpeech]] = {}
    for clip in clips:
        plain = _find_plain(clip.path)
        if plain is not None:
            groups.setdefault((clip.level_group, plain.rate_hz), {})[clip.path] = plain
    return [list(sentences.values()) for sentences in groups.values()]


def _find_plain(path: Path) -> PlainSpeech | None:
    """A mono 16-bit PCM WAV; None for any other file."""
    try:
        with path.open("rb") as file, wave.open(file) as source:
            plain = source.getnchannels() == 1 and source.getsampwidth() == 2 and source.getnframes() > 0
            # What the header tells may be more than there is.
            frames = min(source.getnframes(), (path.stat().st_size - file.tell()) // 2)
            return PlainSpeech(path, source.getframerate(), frames, file.tell()) if plain and frames else None
    except (wave.Error, EOFError):
        return None
    except OSError as error:
        raise MediaUnreadable(path=str(path), reason=error.strerror or str(error)) from error


def _measure_voice(sentences: list[PlainSpeech]) -> dict[Path, Take]:
    """All sentences of a voice, at one level."""
    power = PowerReader(sentences[0].rate_hz, weigh_channels(1))
    digests: dict[Path, str] = {}
    for plain in sentences:
        digest = hashlib.sha256()
        for start in range(0, plain.frames, SPEECH_FRAMES):
            samples = plain.read_raw(start, min(SPEECH_FRAMES, plain.frames - start))
            digest.update(samples.data)
            power.take(np.divide(samples[:, None], FULL_SCALE, dtype=np.float32))
        digests[plain.path] = f"{plain.rate_hz} {digest.hexdigest()}"
    gain = _find_voice_gain(power.finish(), sentences[0].path)
    return {
        plain.path: Take(
            plain.path,
            1,
            count_resampled(plain.frames, plain.rate_hz),
            gain,
            0.0,
            digests[plain.path],
            plain,
        )
        for plain in sentences
    }


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
    return Take(reel, 2, frames, _find_gain(steps, path), bed_gain, digest.hexdigest())


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
