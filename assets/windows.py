"""A sound in windows of ten milliseconds: its outline, its level, and what is wrong with its wave."""

import numpy as np
from numpy.typing import NDArray

from assets.decoding import Samples, SoundFormat

WINDOW_S = 0.01
FULL_SCALE = 0.9995
BEYOND = 8.0
"""No recorder writes more; floats may, and their squares would leave the range of numbers."""
CLIPPED_SAMPLES = 3
"""As many samples of one window at full scale are a wave cut off, not a peak that touched the top."""


class WindowReader:
    """Takes a stream of blocks; keeps a few bytes for each window, whatever the rate and channels."""

    def __init__(self) -> None:
        self.window_frames = 0
        self.frames = 0
        self.clipped_windows = 0
        self._rest: Samples | None = None
        # Bytes, not a list of arrays: three hours are a hundred thousand blocks.
        self._levels = bytearray()
        self._outline = bytearray()
        self._sums: NDArray[np.float64] | None = None
        self._products: NDArray[np.float64] | None = None

    def take(self, sound: SoundFormat, samples: Samples) -> None:
        self.window_frames = round(sound.rate_hz * WINDOW_S)
        if self._rest is not None and len(self._rest):
            samples = np.concatenate([self._rest, samples])
        whole = len(samples) // self.window_frames * self.window_frames
        # A copy: a view would keep the whole block alive.
        self._rest = samples[whole:].copy()
        if whole:
            self._measure(samples[:whole], sound.channels)

    def finish(self) -> None:
        """Take what is left over as a last window, filled up with its own mean."""
        if self._rest is None or not len(self._rest):
            return
        missing = self.window_frames - len(self._rest)
        filled = np.concatenate([self._rest, np.tile(self._rest.mean(axis=0), (missing, 1))])
        self._measure(filled, self._rest.shape[1], counted=len(self._rest))
        self._rest = None

    @property
    def levels_db(self) -> NDArray[np.float16]:
        """Level of each window's loudest channel without its mean, dB below a full-scale square wave."""
        return np.frombuffer(self._levels, np.float16)

    @property
    def outline(self) -> NDArray[np.int8]:
        """Lowest and highest sample of each window over all channels, shape (windows, 2), full scale 127."""
        return np.frombuffer(self._outline, np.int8).reshape(-1, 2)

    @property
    def offset(self) -> float:
        """The mean farthest from zero of any channel."""
        return 0.0 if self._sums is None else float(np.abs(self._sums).max() / self.frames)

    @property
    def channel_powers(self) -> list[float]:
        if self._sums is None or self._products is None:
            return []
        powers = self._products.diagonal() / self.frames - (self._sums / self.frames) ** 2
        return [float(power) for power in powers]

    @property
    def correlation(self) -> float:
        """Of the first two channels, -1 to 1; 1 for mono and where one of them is silent."""
        powers = self.channel_powers
        if self._sums is None or self._products is None or len(powers) < 2 or min(powers[:2]) < 1e-9:
            return 1.0
        shared = self._products[0, 1] / self.frames - self._sums[0] * self._sums[1] / self.frames**2
        return float(shared / np.sqrt(powers[0] * powers[1]))

    def _measure(self, samples: Samples, channels: int, *, counted: int | None = None) -> None:
        flat = samples.reshape(-1, self.window_frames * channels)
        if not max(float(flat.max()), -float(flat.min())) <= BEYOND:
            flat = np.clip(np.nan_to_num(flat), -BEYOND, BEYOND)
        clean = flat.reshape(-1, self.window_frames, channels)
        means = np.einsum("nwc->nc", clean) / self.window_frames
        powers = np.einsum("nwc,nwc->nc", clean, clean) / self.window_frames - means**2
        loudest = np.maximum(powers.max(axis=1), 1e-12)
        self._levels += (10 * np.log10(loudest)).astype(np.float16).tobytes()
        lowest, highest = flat.min(axis=1), flat.max(axis=1)
        edges = np.stack([np.floor(lowest * 127), np.ceil(highest * 127)], axis=1)
        self._outline += np.clip(edges, -127, 127).astype(np.int8).tobytes()
        loud = np.flatnonzero(np.maximum(highest, -lowest) >= FULL_SCALE)
        if len(loud):
            at_top = (np.abs(flat[loud]) >= FULL_SCALE).sum(axis=1)
            self.clipped_windows += int((at_top >= CLIPPED_SAMPLES).sum())
        pooled = clean.reshape(-1, channels)[:counted]
        sums, products = pooled.sum(axis=0, dtype=np.float64), (pooled.T @ pooled).astype(np.float64)
        self._sums = sums if self._sums is None else self._sums + sums
        self._products = products if self._products is None else self._products + products
        self.frames += len(pooled)
