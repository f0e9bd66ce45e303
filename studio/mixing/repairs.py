"""A decoded sound put right where it lies: what a mix or a horn would make worse, and nothing else.

Files hold interleaved stereo, 32-bit floats. They are read half a second at a time and rewritten in place,
and only where there is something to mend.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.loudness import LoudnessUndefined
from studio.mixing.envelope import RATE_HZ, Samples

CHUNK_FRAMES = RATE_HZ // 2
"""Small enough that what is given back is not kept: the C library keeps as much as it once saw given back."""
OFFSET = 0.002
"""A constant beyond this share of full scale costs headroom, and clicks where a sound begins."""
OPPOSED = -0.5
"""Channels that agree less than this cancel each other on one loudspeaker: one was wired the wrong way."""
SILENT = 1e-6
"""A channel with less than this share of the other's power was not connected."""
SEAM_FRAMES = RATE_HZ // 4
"""A bed that does not close by itself is laid over its own beginning for this long, or a quarter of it."""


def read_chunks(path: Path) -> Iterator[Samples]:
    """The file in blocks of shape (frames, 2)."""
    with path.open("rb") as source:
        while data := source.read(CHUNK_FRAMES * 8):
            yield np.frombuffer(data, np.float32).reshape(-1, 2)


def mend(path: Path, *, source: Path) -> None:
    """Take a constant away, turn a channel that opposes the other, fill a silent one from the other.

    Raises:
        LoudnessUndefined: there are samples that are no numbers; names `source`.
    """
    sums, products, frames = np.zeros(2), np.zeros((2, 2)), 0
    for chunk in read_chunks(path):
        exact = chunk.astype(np.float64)
        sums += exact.sum(axis=0)
        products += exact.T @ exact
        frames += len(chunk)
    if not np.isfinite(products).all():
        raise LoudnessUndefined(path=str(source))
    if not frames:
        return
    mean = sums / frames
    powers = products.diagonal() / frames - mean**2
    shared = products[0, 1] / frames - mean[0] * mean[1]
    turn = np.eye(2)
    if powers.min() <= SILENT * powers.max():
        turn = np.array([[1.0, 1.0], [0.0, 0.0]] if powers[0] > powers[1] else [[0.0, 0.0], [1.0, 1.0]])
    elif shared < OPPOSED * np.sqrt(powers.prod()):
        turn = np.diag([1.0, -1.0])
    if np.abs(mean).max() <= OFFSET and (turn == np.eye(2)).all():
        return
    sound = np.memmap(path, np.float32, "r+", shape=(frames, 2))
    for start in range(0, frames, CHUNK_FRAMES):
        sound[start : start + CHUNK_FRAMES] = (sound[start : start + CHUNK_FRAMES] - mean) @ turn
    sound.flush()


def close_loop(path: Path) -> None:
    """Let a bed end where it begins: one that does not is shortened by a cross-fade of end into beginning."""
    sound = np.memmap(path, np.float32, "r+", shape=(path.stat().st_size // 8, 2))
    if len(sound) < 8 or _meets(sound):
        return
    length = min(SEAM_FRAMES, len(sound) // 4)
    rising = np.sin(np.linspace(0, np.pi / 2, length, dtype=np.float32))[:, None]
    sound[:length] = sound[:length] * rising + sound[-length:] * rising[::-1]
    sound.flush()
    with path.open("r+b") as target:
        target.truncate((len(sound) - length) * 8)


def _meets(sound: NDArray[np.float32]) -> bool:
    """Whether going on at the beginning is no greater step than the sound takes anyway."""
    around = min(len(sound) // 2, RATE_HZ // 10)
    inside = max(float(np.abs(np.diff(part, axis=0)).max()) for part in (sound[:around], sound[-around:]))
    return float(np.abs(sound[0] - sound[-1]).max()) <= 1.1 * inside
