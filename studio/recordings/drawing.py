"""The wave of a recording as it is edited, from the outlines of its originals: nothing is decoded for it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assets.listening import WINDOW_MS
from assets.store import ContentMissing, Store
from studio.recordings.edits import Pieces

_NOTHING = np.zeros((0, 2), np.int8)
MOST_POINTS = 6000
"""More than a wide screen shows; an hour is then drawn to about half a second."""


def draw(pieces: Pieces, outlines: Mapping[str, str], store: Store) -> list[float]:
    """Lowest and highest in turn, -1 to 1, evenly over the length; `outlines` leads to those of originals."""
    loaded = {sha256: _load(store, outline) for sha256, outline in outlines.items()}
    parts, at = [], 0
    for piece in pieces:
        # The windows of the result that begin in this piece: rounding must not add up over many pieces.
        begins = np.arange(-(-at // WINDOW_MS), -(-(at + piece.duration_ms) // WINDOW_MS)) * WINDOW_MS - at
        places = (piece.start_ms + begins) // WINDOW_MS
        part = np.zeros((len(begins), 2), np.float32)
        known = loaded.get(piece.sha256, _NOTHING)
        heard = places < len(known)
        part[heard] = known[places[heard]].astype(np.float32) / 127
        level = np.full(len(begins), 10 ** (piece.gain_db / 20), np.float32)
        for first, last in piece.ramps:
            level *= (first + (last - first) * begins / piece.duration_ms).astype(np.float32)
        parts.append(part * level[:, None])
        at += piece.duration_ms
    wave = np.concatenate(parts)
    count = min(len(wave), MOST_POINTS // 2)
    starts = np.arange(count) * len(wave) // count
    lowest = np.minimum.reduceat(wave[:, 0], starts)
    highest = np.maximum.reduceat(wave[:, 1], starts)
    points = np.clip(np.stack([lowest, highest], axis=1).ravel(), -1, 1)
    return [round(float(point), 3) for point in points]


def _load(store: Store, sha256: str) -> NDArray[np.int8]:
    """An empty one where its bytes are lost."""
    try:
        with store.open(sha256) as stream:
            return np.frombuffer(stream.read(), np.int8).reshape(-1, 2)
    except ContentMissing:
        return _NOTHING
