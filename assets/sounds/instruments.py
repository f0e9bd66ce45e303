"""The instruments, synthesised: bamboo, stone, zither strings, gongs, bells, drum, flute and a soft pad.

What is struck or plucked is a sum of decaying modes (modal synthesis); the flute and the pad are sums of
harmonics with breath. A tone is mono float64 at 48 kHz that starts and ends at rest, its level about 1.
Mode ratios: free-free bars 1 : 2.756 : 5.404 (Fletcher and Rossing, The Physics of Musical Instruments,
2nd ed., chapter 2.15), circular membranes 1 : 1.594 : 2.136 … (chapter 3.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from assets.units import Hertz

RATE_HZ = Hertz(48_000)
Tone = NDArray[np.float64]

_STEPS = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}


def pitch_hz(note: str) -> float:
    """The frequency of a note such as `G4`, equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((_STEPS[note[0]] + 12 * (int(note[1:]) - 4)) / 12))


@dataclass(frozen=True, slots=True)
class Mode:
    """One partial of a struck body: `decay_s` is the time to fall by 60 dB, `rise_s` the time to speak."""

    ratio: float
    level: float
    decay_s: float
    rise_s: float = 0.002


def ring(pitch: float, modes: Sequence[Mode], *, bend_cents: Tone | None = None) -> Tone:
    """A body that rings at `pitch` Hz in `modes`; `bend_cents` bends all of them over time."""
    seconds = max(mode.decay_s * 1.25 + mode.rise_s for mode in modes)
    tone = np.zeros(round(seconds * RATE_HZ))
    clock = _clock(len(tone))
    warped = clock if bend_cents is None else _bend(clock, bend_cents)
    for order, mode in enumerate(modes):
        if pitch * mode.ratio > 0.4 * RATE_HZ:
            continue
        count = min(len(tone), round((mode.decay_s * 1.25 + mode.rise_s) * RATE_HZ))
        now = clock[:count]
        envelope = mode.level * np.exp(-6.9078 * now / mode.decay_s) * -np.expm1(-now / (mode.rise_s / 3))
        # Phases apart by a square law: the partials never pile up into one peak (Schroeder 1970).
        wave = np.sin(2 * np.pi * pitch * mode.ratio * warped[:count] + 2.4 * order**2)
        tone[:count] += envelope * _fade_out(count, 0.03) * wave
    return tone


def strike_bamboo(note: str, strength: float, rng: Generator) -> Tone:
    """A tube of the T'rưng: a short, woody knock with a clear pitch."""
    pitch = pitch_hz(note)
    length = (392.0 / pitch) ** 0.5
    modes = (
        Mode(1.0, 1.0, 0.75 * length, 0.004),
        Mode(2.756, 0.20 * strength, 0.20 * length),
        Mode(5.404, 0.07 * strength**2, 0.07),
    )
    return _struck(ring(pitch, modes), _burst(rng, 500, 2200, 0.012), 0.10 * strength)


def strike_stone(note: str, strength: float, rng: Generator) -> Tone:
    """A slab of the đàn đá: a bar of stone, brighter and longer than bamboo."""
    pitch = pitch_hz(note)
    length = (392.0 / pitch) ** 0.5
    modes = (
        Mode(1.0, 1.0, 2.1 * length, 0.003),
        Mode(1.0035, 0.22, 1.9 * length, 0.003),
        Mode(2.756, 0.26 * strength, 0.75 * length),
        Mode(5.404, 0.10 * strength**2, 0.28 * length),
        Mode(8.933, 0.03 * strength**2, 0.10),
    )
    return _struck(ring(pitch, modes), _burst(rng, 1500, 6000, 0.008), 0.05 * strength)


def pluck_zither(note: str, strength: float, rng: Generator) -> Tone:
    """A string of the đàn tranh, plucked near its end and shaken late (rung) by the left hand."""
    pitch = pitch_hz(note)
    length = (392.0 / pitch) ** 0.6
    modes = [
        Mode(
            k * (1 + 0.00012 * k * k) ** 0.5,
            np.sin(k * np.pi * 0.17) / k**1.15 * (0.55 + 0.45 * strength) ** (k - 1),
            2.6 * length / (1 + 0.16 * (k - 1)),
        )
        for k in range(1, 17)
    ]
    clock = _clock(round(2.6 * length * 1.3 * RATE_HZ))
    depth = 9 * np.clip((clock - 0.25) / 0.5, 0, 1)
    shake = depth * np.sin(2 * np.pi * (5.2 + 0.4 * rng.random()) * clock) + 14 * strength * np.exp(
        -clock / 0.02
    )
    return _struck(ring(pitch, modes, bend_cents=shake), _burst(rng, 900, 5000, 0.006), 0.05 * strength)


def strike_gong(note: str, strength: float, rng: Generator) -> Tone:
    """A bossed Highland gong: a low hum that beats slowly, higher partials that bloom after the stroke."""
    pitch = pitch_hz(note)
    length = (147.0 / pitch) ** 0.4
    body = (
        (1.0, 1.0, 5.5, 0.012), (1.0065, 0.22, 5.0, 0.02), (1.483, 0.10, 2.4, 0.02), (2.0, 0.66, 3.8, 0.02),
        (2.011, 0.20, 3.4, 0.05), (2.52, 0.20, 2.4, 0.04), (3.01, 0.36, 2.2, 0.05), (3.97, 0.26, 1.7, 0.06),
        (5.08, 0.19, 1.3, 0.08), (6.71, 0.13, 1.0, 0.10), (8.05, 0.09, 0.8, 0.11), (10.6, 0.05, 0.6, 0.10),
        (13.3, 0.03, 0.5, 0.08),
    )  # fmt: skip
    modes = [
        Mode(ratio, level * (strength if ratio > 2.5 else 1.0), decay * length, rise)
        for ratio, level, decay, rise in body
    ]
    return _struck(ring(pitch, modes), _burst(rng, 90, 700, 0.03), 0.16 * strength)


def ring_bell(note: str, strength: float, rng: Generator) -> Tone:
    """A small bright bell: hum an octave below, a soft strike, no minor third."""
    modes = (
        Mode(0.5, 0.22, 2.6, 0.01),
        Mode(1.0, 1.0, 3.0, 0.004),
        Mode(1.0015, 0.16, 2.6, 0.004),
        Mode(1.5, 0.06, 1.4, 0.004),
        Mode(2.0, 0.38, 1.5, 0.003),
        Mode(3.01, 0.14 * strength, 0.9),
        Mode(4.17, 0.08 * strength, 0.5),
        Mode(5.43, 0.03 * strength, 0.3),
    )
    return _struck(ring(pitch_hz(note), modes), _burst(rng, 1500, 5000, 0.006), 0.03 * strength)


def beat_drum(note: str, strength: float, rng: Generator) -> Tone:
    """A barrel drum: a membrane whose pitch falls as the stroke settles."""
    modes = (
        Mode(1.0, 1.0, 0.9, 0.004),
        Mode(1.594, 0.45 * strength, 0.45, 0.003),
        Mode(2.136, 0.30 * strength, 0.35, 0.003),
        Mode(2.653, 0.18 * strength, 0.25),
        Mode(3.6, 0.10 * strength, 0.15),
    )
    fall = 380 * strength * np.exp(-_clock(round(1.3 * RATE_HZ)) / 0.028)
    return _struck(
        ring(pitch_hz(note), modes, bend_cents=fall), _burst(rng, 150, 1800, 0.03), 0.22 * strength
    )


def blow_flute(phrase: Sequence[tuple[str, float]], rng: Generator) -> Tone:
    """A phrase of (note, seconds) on a bamboo flute, in one breath: soft tonguing, glides, late vibrato."""
    lengths = [round(seconds * RATE_HZ) for _, seconds in phrase]
    release = round(0.28 * RATE_HZ)
    total = sum(lengths) + release
    cents, tongue, depth = np.zeros(total), np.ones(total), np.zeros(total)
    at = 0
    for (note, _), length in zip(phrase, lengths, strict=True):
        end = total if at + length + release == total else at + length
        clock = _clock(end - at)
        cents[at:end] = 1200 * np.log2(pitch_hz(note) / 440.0)
        tongue[at:end] = 1 - 0.35 * np.exp(-clock / 0.035) - 0.12 * np.clip(clock - 0.6, 0, 1)
        depth[at:end] = 11 * np.clip((clock - 0.32) / 0.6, 0, 1)
        at = end
    clock = _clock(total)
    wander = _smooth(rng.standard_normal(total), 0.15) * 40
    vibrato = np.sin(2 * np.pi * np.cumsum(4.7 + wander * 0.05) / RATE_HZ)
    cents = _smooth(cents, 0.045) - 55 * np.exp(-clock / 0.035) + _smooth(depth, 0.1) * vibrato
    breath = _smooth(tongue, 0.02) * -np.expm1(-clock / 0.045) * _fade_out(total, 0.30)
    breath *= 1 + 0.05 * _smooth(depth, 0.1) / 11 * vibrato
    phase = 2 * np.pi * np.cumsum(440.0 * 2.0 ** (cents / 1200)) / RATE_HZ
    tone = np.zeros(total)
    for harmonic, level in enumerate((1.0, 0.24, 0.13, 0.045, 0.022, 0.01), start=1):
        tone += level * breath ** (0.8 + 0.5 * harmonic) * np.sin(harmonic * phase)
    air = filter_band(rng.standard_normal(total), 500, 3800)
    return tone + air * breath * (0.025 + 0.09 * np.exp(-clock / 0.05))


def swell_pad(note: str, seconds: float, rng: Generator) -> Tone:
    """A soft, slowly swelling chord voice: detuned strings behind the tune."""
    count = round(seconds * RATE_HZ)
    clock = _clock(count)
    tone = np.zeros(count)
    for detune_cents, share in ((-4.0, 0.2), (0.0, 0.6), (4.0, 0.2)):
        pitch = pitch_hz(note) * 2.0 ** (detune_cents / 1200)
        for harmonic in range(1, 7):
            phase = 2 * np.pi * rng.random()
            tone += np.sin(2 * np.pi * pitch * harmonic * clock + phase) * share / harmonic**2.1
    edge = min(0.45 * seconds, 2.2)
    rise = np.clip(clock / edge, 0, 1)
    fall = np.clip((seconds - clock) / edge, 0, 1)
    swell: Tone = np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2
    return tone * swell


def filter_band(signal: Tone, low_hz: float, high_hz: float) -> Tone:
    """`signal` between two frequencies with edges of about an octave; in between it is left as is."""
    frequencies = np.fft.rfftfreq(len(signal), 1 / RATE_HZ) + 1e-9
    gain = 1 / (1 + (low_hz / frequencies) ** 4) / (1 + (frequencies / high_hz) ** 4)
    filtered: Tone = np.fft.irfft(np.fft.rfft(signal) * gain, len(signal))
    return filtered


def _struck(tone: Tone, noise: Tone, level: float) -> Tone:
    tone[: len(noise)] += level * noise
    return tone


def _burst(rng: Generator, low_hz: float, high_hz: float, seconds: float) -> Tone:
    """The knock of a mallet or nail: filtered noise that dies away in about `seconds`."""
    count = round(seconds * 6 * RATE_HZ)
    clock = _clock(count)
    noise = filter_band(rng.standard_normal(count), low_hz, high_hz)
    noise *= np.exp(-clock / seconds) * -np.expm1(-clock / 0.0007) * _fade_out(count, 0.002)
    burst: Tone = noise / np.sqrt(np.mean(noise[: count // 6] ** 2))
    return burst


def _clock(count: int) -> Tone:
    return np.arange(count) / float(RATE_HZ)


def _bend(clock: Tone, bend_cents: Tone) -> Tone:
    """Time as heard through a bend: the running integral of its frequency ratio."""
    cents = np.zeros(len(clock))
    count = min(len(clock), len(bend_cents))
    cents[:count] = bend_cents[:count]
    cents[count:] = bend_cents[count - 1] if count < len(clock) else 0.0
    return np.cumsum(2.0 ** (cents / 1200)) / RATE_HZ


def _fade_out(count: int, seconds: float) -> Tone:
    """Ones that end in a half cosine of `seconds`."""
    edge = min(count, round(seconds * RATE_HZ))
    gain = np.ones(count)
    gain[count - edge :] = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, edge + 1) / edge)
    return gain


def _smooth(signal: Tone, seconds: float) -> Tone:
    """A moving raised-cosine mean that keeps the ends' values."""
    width = round(seconds * RATE_HZ) | 1
    window = np.hanning(width + 2)[1:-1]
    padded = np.concatenate([np.full(width // 2, signal[0]), signal, np.full(width // 2, signal[-1])])
    size = len(padded) + width - 1
    spectrum = np.fft.rfft(padded, size) * np.fft.rfft(window / window.sum(), size)
    smoothed: Tone = np.fft.irfft(spectrum, size)[width - 1 : width - 1 + len(signal)]
    return smoothed
