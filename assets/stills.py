"""Still pictures shown one after another as a film, with finished sound beside them."""

from collections.abc import Sequence
from pathlib import Path

import ffmpeg

from assets.ffmpeg import PROTOCOLS, open_media, run_graph

FRAMES_PER_S = 25


def write_film(
    stills: Sequence[tuple[Path, int]], sound: Path, target: Path, *, title: str, timeout_s: float
) -> None:
    """Show each PNG for its number of frames, copy `sound` beside it, ready to play while it loads.

    The pictures lie in the folder of `target` under names of ours, so no foreign text reaches the list.

    Raises:
        DiskFull, FfmpegTimedOut, FfmpegFailed, FfmpegAbsent
    """
    listing = target.with_suffix(".ffconcat")
    rows = ["ffconcat version 1.0"]
    for path, frames in stills:
        rows += [f"file {path.name}", f"duration {frames / FRAMES_PER_S:.2f}"]
    rows.append(f"file {stills[-1][0].name}")  # without it the last picture would last one frame
    listing.write_text("\n".join(rows) + "\n", "ascii")
    source = ffmpeg.input(
        f"file:{listing}", format="concat", protocol_whitelist=PROTOCOLS, format_whitelist="concat,png_pipe"
    )
    frames = sum(count for _, count in stills)
    # Colours are converted once a picture, before it is repeated.
    picture = source.video.filter("scale", out_color_matrix="bt709", out_range="tv")
    picture = picture.filter("format", "yuv420p").filter("fps", FRAMES_PER_S)
    output = ffmpeg.output(
        picture,
        open_media(sound).audio,
        f"file:{target}",
        format="mp4",
        vcodec="libx264",
        preset="veryfast",
        tune="stillimage",
        crf=19,
        threads=2,
        g=FRAMES_PER_S * 5,
        acodec="copy",
        movflags="+faststart",
        map_metadata=-1,
        fflags="+bitexact",
        metadata=f"title={title}",
        colorspace="bt709",
        color_primaries="bt709",
        color_trc="bt709",
        color_range="tv",
        # Nothing moves: looking for motion costs a fifth and finds none.
        **{"x264-params": "me=dia:subme=0:weightp=0:rc-lookahead=5"},
        **{"frames:v": frames, "flags:v": "+bitexact"},
    )
    run_graph([output], timeout_s=timeout_s)
