"""Timelines of made-up speech and music, for the tests of this room."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.mixing.timeline import BedSpan, MusicClip, Timeline, VoiceClip
from studio.scripts.document import Delivery, Passage
from studio.voices.voice import Spoken
from tests.assets.synth import speech, tone, write_wav


@dataclass(frozen=True, slots=True)
class Piece:
    path: Path
    duration_ms: int


def make_sentence(
    folder: Path, number: int, duration_ms: int, *, rate: int = 22_050, peak: float = 0.35
) -> Piece:
    path = folder / f"sentence-{number}-{rate}.wav"
    write_wav(path, speech(duration_ms / 1000, seed=number, rate=rate, peak=peak), rate=rate)
    return Piece(path, duration_ms)


def make_tune(folder: Path, name: str, duration_ms: int, *, hertz: float = 440.0) -> Piece:
    """Stereo; whole periods, so that it loops without a seam."""
    signal = tone(-12, duration_ms / 1000, hertz=hertz) + tone(-20, duration_ms / 1000, hertz=3 * hertz)
    return Piece(write_wav(folder / f"{name}.wav", signal, np.roll(signal, 9)), duration_ms)


def make_timeline(folder: Path, *, peak: float = 0.35) -> Timeline:
    """Twenty seconds: a tune, six sentences of two voices at two rates, a bed under most of it, a sting."""
    folder.mkdir(exist_ok=True)
    tune, sting = make_tune(folder, "tune", 2000), make_tune(folder, "sting", 900, hertz=660)
    bed = make_tune(folder, "bed", 1500, hertz=220)
    sentences = [
        make_sentence(folder, n, 1100 + 217 * n, rate=(22_050, 16_000)[n % 2], peak=peak) for n in range(6)
    ]
    voices, at = [], 4000
    for n, sentence in enumerate(sentences):
        voices.append(VoiceClip(sentence.path, at, sentence.duration_ms, "fm"[n % 2]))
        at += sentence.duration_ms + (351 if n != 2 else 2503)
    return Timeline(
        duration_ms=20_003,
        voices=tuple(voices),
        music=(MusicClip(tune.path, 200, 2000), MusicClip(sting.path, at, 900)),
        beds=(BedSpan(bed.path, 2500, 20_000, 400, 2000, -6.0),),
        chapters=(),
        captions=(),
    )


def make_passage(
    role: str, text: str, line: int, *, gain_db: float = 0.0, breaks: tuple[int, ...] = ()
) -> Passage:
    return Passage(role, f"voice-{role}", Delivery(gain_db=gain_db), text, line, 1, breaks)


def make_spoken(name: str, duration_ms: int) -> Spoken:
    return Spoken(Path(name), duration_ms, 22_050, (), reused=False)
