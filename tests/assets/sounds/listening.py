"""What the tests hear: decoded samples, their spectra, and how well a loop's end meets its start."""

import wave
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from assets.ffmpeg import open_media, run_graph, write_sound
from assets.sounds.instruments import RATE_HZ, pitch_hz

Samples = NDArray[np.float64]


def decode(path: Path) -> Samples:
    """Shape (samples, 2), exactly as the 16-bit file holds them."""
    with TemporaryDirectory() as temporary:
        plain = Path(temporary, "plain.wav")
        output = write_sound(open_media(path)["a:0"], plain, container="wav", acodec="pcm_s16le")
        run_graph([output], source=path, timeout_s=60)
        with wave.open(str(plain), "rb") as sound:
            assert (sound.getframerate(), sound.getnchannels()) == (RATE_HZ, 2)
            frames = sound.readframes(sound.getnframes())
    return np.frombuffer(frames, "<i2").astype(np.float64).reshape(-1, 2) / 32_768


def find_pitch(tone: Samples, near_hz: float) -> float:
    """The strongest frequency within a third of `near_hz`, by parabolic interpolation of a long spectrum."""
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), size))
    low, high = (round(near_hz * factor * size / RATE_HZ) for factor in (0.75, 1.33))
    peak = low + int(np.argmax(spectrum[low:high]))
    left, top, right = np.log(spectrum[peak - 1 : peak + 2])
    return (peak + 0.5 * (left - right) / (left - 2 * top + right)) * RATE_HZ / size


def cents(measured_hz: float, meant_hz: float) -> float:
    return float(1200 * np.log2(measured_hz / meant_hz))


def loudest_note(tone: Samples) -> str:
    """Which of D E G A B stands out between 280 and 820 Hz, octaves taken together."""
    size = 1 << 17
    power = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), size)) ** 2
    levels = dict.fromkeys("DEGAB", 0.0)
    for note in ("D4", "E4", "G4", "A4", "B4", "D5", "E5", "G5"):
        low, high = (round(pitch_hz(note) * 2 ** (step / 24) * size / RATE_HZ) for step in (-1, 1))
        levels[note[0]] += float(power[low:high].max())
    return max(levels, key=lambda note: levels[note])


def band_share_db(samples: Samples, low_hz: float, high_hz: float) -> float:
    """The energy between two frequencies against all of it."""
    power = (np.abs(np.fft.rfft(samples, axis=0)) ** 2).sum(axis=1)
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    inside = power[(frequencies >= low_hz) & (frequencies < high_hz)].sum()
    return float(10 * np.log10(inside / power.sum()))


def seam_click(loop: Samples) -> float:
    """How far the join leaps beyond what its surroundings predict: 1 is the largest leap elsewhere.

    The second difference is small in smooth sound and large at a cut; mallet strokes set the scale.
    """
    bends = np.abs(np.diff(np.concatenate([loop, loop[:2]]), n=2, axis=0)).max(axis=1)
    return float(bends[-2:].max() / np.sort(bends[:-2])[-10])


def seam_change(loop: Samples) -> float:
    """How much the spectrum changes at the join, where a bar begins, against the largest change elsewhere."""
    window = 4096
    turned = np.roll(loop.mean(axis=1), len(loop) // 2)
    starts = np.arange(0, len(turned) - window, window // 4)
    frames = np.abs(np.fft.rfft(turned[starts[:, None] + np.arange(window)] * np.hanning(window), axis=1))
    flux = np.sqrt((np.diff(np.log(frames + 0.05), axis=0) ** 2).mean(axis=1))
    join = int(np.argmin(np.abs(starts + window // 2 - len(loop) // 2)))
    around = slice(join - 4, join + 4)
    return float(flux[around].max() / np.delete(flux, around).max())
