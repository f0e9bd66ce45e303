"""A second meter, written from ITU-R BS.1770-5 and EBU Tech 3342 alone, to hold ours to.

Slow and plain on purpose, and in other ways than ours: the filters are applied to the whole spectrum at once
with the coefficients printed in the standard (48 kHz only), windows are cut out one by one, and the wave
between the samples comes from its spectrum.
"""

import numpy as np

RATE = 48_000
SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285), (1, -1.69065929318241, 0.73248077421585)
HIGH_PASS = (1.0, -2.0, 1.0), (1, -1.99004745483398, 0.99007225036621)
SETTLED = 48_000
"""Samples after which what the filters remember is below every number."""


def weigh(signal):
    """K-weighting of one channel: response of both filters times spectrum, with room for it to ring out."""
    length = len(signal) + SETTLED
    turn = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    spectrum = np.fft.rfft(signal, length)
    for numerator, denominator in (SHELF, HIGH_PASS):
        spectrum = spectrum * np.polyval(numerator[::-1], turn) / np.polyval(denominator[::-1], turn)
    return np.fft.irfft(spectrum, length)[: len(signal)]


def window_powers(channels, weights, window_s, step_s):
    """Weighted power of each window that fits in, one by one."""
    filtered = [weigh(channel) for channel in channels]
    width, step = round(window_s * RATE), round(step_s * RATE)
    return np.array(
        [
            sum(
                weight * np.mean(channel[start : start + width] ** 2)
                for weight, channel in zip(weights, filtered, strict=True)
            )
            for start in range(0, len(channels[0]) - width + 1, step)
        ]
    )


def lufs(power):
    return -0.691 + 10 * np.log10(power + 1e-30)


def integrated(channels, weights):
    powers = window_powers(channels, weights, 0.4, 0.1)
    powers = powers[lufs(powers) > -70]
    return lufs(powers[lufs(powers) > lufs(powers.mean()) - 10].mean())


def loudness_range(channels, weights):
    powers = window_powers(channels, weights, 3, 0.1)
    powers = powers[lufs(powers) > -70]
    levels = np.sort(lufs(powers[lufs(powers) > lufs(powers.mean()) - 20]))
    low, high = (levels[round((len(levels) - 1) * share)] for share in (0.10, 0.95))
    return high - low


def max_momentary(channels, weights):
    return lufs(window_powers(channels, weights, 0.4, 0.01).max())


def max_short_term(channels, weights):
    return lufs(window_powers(channels, weights, 3, 0.01).max())


def true_peak(channels, oversampling=16):
    """Of the wave whose spectrum the samples have, looked at sixteen times as often."""
    highest = 0.0
    for channel in channels:
        padded = np.concatenate([np.zeros(4096), channel, np.zeros(4096)])
        spectrum = np.fft.rfft(padded)
        fine = np.fft.irfft(spectrum, len(padded) * oversampling) * oversampling
        highest = max(highest, np.abs(fine).max())
    return 20 * np.log10(highest)
