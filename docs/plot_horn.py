"""Draws docs/horn.svg: what the chain of the preset `loudspeaker` does to pitch and to level.

    .venv/bin/python -m docs.plot_horn

Both curves are measured on the chain itself: an impulse through what treats pitch, tones of rising level
through the compressor.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.mixing.chain import Chain, Step
from studio.mixing.presets import find_preset

RATE_HZ = 48_000
TARGET = Path(__file__).parent / "horn.svg"
HERTZ = np.geomspace(50, 20_000, 121)
LEVELS_DB = np.arange(-60.0, -3.0, 3.0)
DYNAMIC = "compressor"
WIDTH, HEIGHT, MARGIN, GAP = 420, 260, 48, 64
INK, LINE, FAINT = "#1d2b33", "#b3261e", "#d7dde0"


def run_chain(steps: Iterable[Step], samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mono `samples` through `steps`."""
    return Chain(steps, 1).take(samples[:, None])[:, 0]


def measure_response(steps: Sequence[Step]) -> NDArray[np.float64]:
    """Decibels at `HERTZ`, without what depends on the level."""
    impulse = np.zeros(RATE_HZ, np.float32)
    impulse[0] = 0.5
    found = run_chain([step for step in steps if step.name != DYNAMIC], impulse) / 0.5
    spectrum = np.abs(np.fft.rfft(found))
    return 20 * np.log10(np.interp(HERTZ, np.arange(len(spectrum)), spectrum))


def measure_levels(steps: Sequence[Step]) -> NDArray[np.float64]:
    """Level of a tone of 1 kHz after the compressor, for each of `LEVELS_DB` before it."""
    time = np.arange(RATE_HZ) / RATE_HZ
    tone = np.sin(2 * np.pi * 1000 * time)
    tones = np.concatenate([tone * 10 ** (level / 20) for level in LEVELS_DB]).astype(np.float32)
    found = run_chain([step for step in steps if step.name == DYNAMIC], tones).reshape(-1, RATE_HZ)
    settled = found[:, RATE_HZ // 2 :]
    return 10 * np.log10(2 * np.mean(np.square(settled, dtype=np.float64), axis=1))


def draw() -> str:
    chain = find_preset("loudspeaker").chain
    pitch = _panel(
        0,
        "Pitch: decibels by hertz",
        x=(HERTZ[0], HERTZ[-1], (100, 220, 1000, 2800, 7500, 20_000)),
        y=(-42, 6, range(-40, 7, 10)),
        curve=(np.log(HERTZ), measure_response(chain)),
        logarithmic=True,
    )
    level = _panel(
        WIDTH + GAP,
        "Level: dBFS after by dBFS before",
        x=(-60, -6, range(-60, 0, 10)),
        y=(-60, 0, range(-60, 1, 10)),
        curve=(LEVELS_DB, measure_levels(chain)),
    )
    width, height = 2 * WIDTH + GAP + 2 * MARGIN, HEIGHT + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n{pitch}\n{level}\n</svg>\n'
    )


def _panel(
    left: int,
    title: str,
    *,
    x: tuple[float, float, Iterable[float]],
    y: tuple[float, float, Iterable[float]],
    curve: tuple[NDArray[np.float64], NDArray[np.float64]],
    logarithmic: bool = False,
) -> str:
    first, last = (float(np.log(edge)) if logarithmic else edge for edge in x[:2])

    def place(along: float, up: float) -> tuple[float, float]:
        share = (along - first) / (last - first)
        rise = (up - y[0]) / (y[1] - y[0])
        return MARGIN + left + share * WIDTH, MARGIN + HEIGHT * (1 - rise)

    parts = [f'<text x="{MARGIN + left}" y="{MARGIN - 18}" font-weight="bold">{title}</text>']
    for value in x[2]:
        at, _ = place(float(np.log(value)) if logarithmic else value, y[0])
        parts.append(_line(at, MARGIN, at, MARGIN + HEIGHT))
        parts.append(f'<text x="{at:.1f}" y="{MARGIN + HEIGHT + 18}" text-anchor="middle">{value:g}</text>')
    for value in y[2]:
        _, at = place(first, value)
        parts.append(_line(MARGIN + left, at, MARGIN + left + WIDTH, at))
        parts.append(f'<text x="{MARGIN + left - 6}" y="{at + 4:.1f}" text-anchor="end">{value:g}</text>')
    points = [place(a, float(np.clip(b, y[0], y[1]))) for a, b in zip(*curve, strict=True)]
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    return "\n".join(parts)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{FAINT}"/>'


if __name__ == "__main__":
    TARGET.write_text(draw(), "utf-8")
