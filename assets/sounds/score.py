"""From written parts to a stereo master: notes in time, places on the stage, a room around them.

A part is written as notes and beats, `"D4 .5 G4 1 - .5"`, where `-` rests and `G3+D4` sounds together.
A loop is mixed on a circle: tails, room and filters wrap round its end, so its join is like any other moment.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from assets.sounds.instruments import RATE_HZ, Tone, blow_flute, filter_band

Stereo = NDArray[np.float64]
"""Shape (samples, 2), float64, left and right."""

Instrument = Callable[[str, float, Generator], Tone]


@dataclass(frozen=True, slots=True)
class Event:
    """One tone on the stage: `pan` from -1 (left) to 1 (right)."""

    start_s: float
    tone: Tone
    pan: float = 0.0
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Room:
    """`wet_db` of reverberation against the dry sound, falling by 60 dB in `decay_s`."""

    decay_s: float
    wet_db: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a part is played: seconds per beat, start on the tape, seat, level, human unevenness."""

    beat_s: float
    start_s: float = 0.0
    pan: float = 0.0
    gain: float = 1.0
    loose_s: float = 0.006


def read_part(part: str) -> list[tuple[str, float]]:
    """The notes and beats of a written part, bars `|` left out."""
    words = part.replace("|", " ").split()
    return [(note, float(beats)) for note, beats in zip(words[::2], words[1::2], strict=True)]


def play(
    instrument: Instrument, part: str, place: Place, rng: Generator, *, accents: Sequence[float] = (1.0,)
) -> Iterator[Event]:
    """The events of a struck or plucked part; `accents` repeats over its notes."""
    at = 0.0
    for index, (notes, beats) in enumerate(read_part(part)):
        accent = accents[index % len(accents)]
        for voice, note in enumerate(notes.split("+") if notes != "-" else ()):
            strength = float(np.clip(accent * (1 + 0.07 * rng.standard_normal()), 0.1, 1.2))
            late = float(np.clip(place.loose_s * rng.standard_normal(), -0.015, 0.015)) + 0.012 * voice
            pan = place.pan + 0.06 * float(rng.standard_normal())
            start = max(0.0, place.start_s + at * place.beat_s + late)
            yield Event(start, instrument(note, strength, rng), pan, place.gain * strength)
        at += beats


def sing(part: str, place: Place, rng: Generator) -> Iterator[Event]:
    """The events of a flute part: each stretch between rests is one breath."""
    at = begin = 0.0
    breath: list[tuple[str, float]] = []
    for note, beats in [*read_part(part), ("-", 0.0)]:
        if note == "-" and breath:
            yield Event(place.start_s + begin * place.beat_s, blow_flute(breath, rng), place.pan, place.gain)
            breath = []
        elif note != "-":
            begin = begin if breath else at
            breath.append((note, beats * place.beat_s))
        at += beats


def mix_down(events: Sequence[Event], seconds: float, room: Room, rng: Generator, *, loop: bool) -> Stereo:
    """All events in the room, as long as `seconds`; a loop wraps round, a tune fades at its end."""
    count = round(seconds * RATE_HZ)
    stage = np.zeros((count if loop else 2 * count, 2))
    for event in events:
        _lay(stage, event, wrap=loop)
    spectrum = np.fft.rfft(stage, axis=0)
    wet = spectrum.sum(axis=1, keepdims=True) / 2 * np.fft.rfft(_echo(room, len(stage), rng), axis=0)
    spectrum += 10 ** (room.wet_db / 20) * wet
    frequencies: Tone = np.fft.rfftfreq(len(stage), 1 / RATE_HZ).astype(np.float64)[:, np.newaxis]
    spectrum *= _clear_of_rumble(frequencies)
    if loop:
        spectrum *= _clear_of_speech(frequencies)
    mixed: Stereo = np.fft.irfft(spectrum, len(stage), axis=0)[:count]
    if not loop:
        edge = round(min(0.9, seconds / 4) * RATE_HZ)
        mixed[-edge:] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, edge + 1) / edge))[:, np.newaxis]
        mixed[:96] *= np.linspace(0, 1, 96)[:, np.newaxis]
    return mixed


def _lay(stage: Stereo, event: Event, *, wrap: bool) -> None:
    angle = np.pi / 4 * (1 + float(np.clip(event.pan, -1, 1)))
    seats = np.sqrt(2) * event.gain * np.array([np.cos(angle), np.sin(angle)])
    at, tone = round(event.start_s * RATE_HZ), event.tone
    while len(tone) and (wrap or at < len(stage)):
        at %= len(stage)
        fits = tone[: len(stage) - at]
        stage[at : at + len(fits)] += fits[:, np.newaxis] * seats
        tone, at = tone[len(fits) :], at + len(fits)


def _echo(room: Room, count: int, rng: Generator) -> Stereo:
    """The room's answer 18 ms after the sound: decorrelated noise, the highs dying first.

    Its spectrum is flat at 0 dB below 2 kHz, so a held tone and a knock are heard equally wet.
    """
    length = min(count, round(1.2 * room.decay_s * RATE_HZ))
    clock = np.arange(length) / float(RATE_HZ)
    echo = np.zeros((count, 2))
    for low_hz, high_hz, share, level in (
        (120, 500, 1.0, 1.0),
        (500, 2000, 0.8, 1.0),
        (2000, 7000, 0.5, 0.5),
    ):
        falling = np.exp(-6.9078 * clock / (room.decay_s * share)) * -np.expm1(-clock / 0.01)
        falling *= level / np.sqrt((falling**2).sum())
        for side in range(2):
            echo[:length, side] += filter_band(rng.standard_normal(length), low_hz, high_hz) * falling
    return np.roll(echo, round(0.018 * RATE_HZ), axis=0)


def _clear_of_rumble(frequencies: Tone) -> Tone:
    """Nothing below about 45 Hz and no DC: horns turn it into heat."""
    return 1 / (1 + (45 / (frequencies + 1e-9)) ** 6)


def _clear_of_speech(frequencies: Tone) -> Tone:
    """A bed makes room where consonants live: up to 7 dB less around 2 kHz, softly darker above."""
    octaves = np.log2((frequencies + 1e-9) / 2000)
    dip = -7 * np.exp(-0.5 * (octaves / 0.75) ** 2)
    return 10 ** (dip / 20) / np.sqrt(1 + (frequencies / 7000) ** 4)
