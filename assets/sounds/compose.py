"""Compose the bundled sounds anew: `python -m assets.sounds.compose --to DIR [--only NAME ...]`.

Writes one FLAC per piece (48 kHz, stereo, 16 bit) and `sounds.toml` with what was measured on each. The
same seed gives the same music; only the last bit of a sample may differ between processors.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assets.ffmpeg import open_feed, run_graph, write_sound
from assets.loudness import Loudness, measure_loudness
from assets.sounds.instruments import RATE_HZ
from assets.sounds.pieces import PIECES, Piece
from assets.sounds.score import Stereo, mix_down

SEED = 1975
TUNE_LUFS = -18.0
BED_LUFS = -24.0
ENCODE_TIMEOUT_S = 120.0


def render_piece(piece: Piece) -> Stereo:
    """The piece as played, its highest sample at half scale."""
    rng = np.random.default_rng([SEED, *piece.name.encode()])
    mixed = mix_down(list(piece.write(rng)), piece.seconds, piece.room, rng, loop=piece.loopable)
    level: Stereo = 0.5 * mixed / np.abs(mixed).max()
    return level


def compose(piece: Piece, folder: Path) -> Loudness:
    """Write `piece` into `folder` at the level of its kind, and measure the file."""
    samples = render_piece(piece)
    with TemporaryDirectory() as temporary:
        draft = Path(temporary, "draft.wav")
        _write(samples, draft, container="wav", acodec="pcm_f32le")
        target = BED_LUFS if piece.loopable else TUNE_LUFS
        gain_db = target - measure_loudness(draft).integrated_lufs
    path = folder / f"{piece.name}.flac"
    _write(samples * 10 ** (gain_db / 20), path, container="flac", sample_fmt="s16", compression_level=12)
    return measure_loudness(path)


def describe(piece: Piece, measured: Loudness) -> str:
    """The piece's table in `sounds.toml`."""
    return (
        f"[{piece.name}]\n"
        f'kind = "{piece.kind}"\n'
        f'title = "{piece.title}"\n'
        f'file = "{piece.name}.flac"\n'
        f"duration_ms = {measured.duration_ms}\n"
        f"integrated_lufs = {measured.integrated_lufs:.1f}\n"
        f"true_peak_dbtp = {measured.true_peak_dbtp:.1f}\n"
        f"loopable = {str(piece.loopable).lower()}\n"
    )


def _write(samples: Stereo, path: Path, *, container: str, **options: object) -> None:
    stream = open_feed(rate_hz=RATE_HZ, channels=2)
    output = write_sound(stream, path, container=container, **options)
    run_graph([output], feed=[samples.astype("<f4").tobytes()], timeout_s=ENCODE_TIMEOUT_S)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="where the files go")
    parser.add_argument(
        "--only", nargs="+", choices=[piece.name for piece in PIECES], help="these, without the list"
    )
    chosen = parser.parse_args(arguments)
    chosen.to.mkdir(parents=True, exist_ok=True)
    tables = [describe(p, compose(p, chosen.to)) for p in PIECES if not chosen.only or p.name in chosen.only]
    if not chosen.only:
        (chosen.to / "sounds.toml").write_text("\n".join(tables), "utf-8")


if __name__ == "__main__":
    main()
