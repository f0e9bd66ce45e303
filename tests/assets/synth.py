"""Sound made by arithmetic, so that its loudness and length are known."""

import struct
import wave
from pathlib import Path

import numpy as np

RATE = 48_000


def tone(dbfs: float, seconds: float, *, hertz: float = 1000.0, rate: int = RATE, phase_deg: float = 0.0):
    """A sine whose peak is `dbfs`."""
    time = np.arange(round(seconds * rate)) / rate
    return 10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * time + np.radians(phase_deg))


def speech(seconds: float, *, seed: int = 1, rate: int = 22_050, peak: float = 0.35):
    """Syllables of a buzzing voice with hiss: the level and rhythm of speech, not the words."""
    noise = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    pitch = 2 * np.pi * (130 * time + 2 * np.sin(2 * np.pi * 0.7 * time))
    buzz = sum(np.sin(k * pitch) / k for k in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 2.3 * time + seed) + 0.4, 0, 1) ** 1.5
    sound = (buzz + 0.15 * noise.standard_normal(len(time))) * syllables
    return sound * (peak / np.abs(sound).max())


def write_wav(path: Path, *channels, rate: int = RATE) -> Path:
    """16-bit PCM."""
    frames = np.clip(np.stack(channels, axis=1) * 32768, -32768, 32767).round().astype("<i2")
    with wave.open(str(path), "wb") as target:
        target.setnchannels(len(channels))
        target.setsampwidth(2)
        target.setframerate(rate)
        target.writeframes(frames.tobytes())
    return path


def write_float_wav(path: Path, *channels, rate: int = RATE) -> Path:
    frames = np.stack(channels, axis=1).astype("<f4")
    count, data = len(channels), frames.tobytes()
    header = struct.pack("<HHIIHH", 3, count, rate, rate * 4 * count, 4 * count, 32)
    path.write_bytes(
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + header
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )
    return path
