"""From a timeline to finished files, each measured, whole, and within its preset, or not there at all.

Unavailable
└── FileNotWritten
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from assets.errors import Unavailable
from assets.ffmpeg import DiskFull
from assets.loudness import Loudness
from assets.messages import say
from assets.store import is_full
from assets.whole import settle
from studio.mixing.envelope import RATE_HZ
from studio.mixing.mastering import master
from studio.mixing.mixer import prepare_mix
from studio.mixing.piece_shelf import PieceShelf
from studio.mixing.presets import Preset, find_preset
from studio.mixing.reel import record_reel
from studio.mixing.tags import Labels, Tags, write_tags
from studio.mixing.timeline import Timeline

MIX_VERSION = 11
"""Part of every recipe: raised when the same timeline would sound different."""

PHASES = {"rehearsing": (0.1, 0.25), "encoding": (0.25, 0.8)}
"""How far along each pass over the mix begins and ends; the rest is decoding and measuring."""

Progress = Callable[[float, str], None]
"""Takes the share that is done, 0 to 1, and what is being done."""


class FileNotWritten(Unavailable):
    pass


@dataclass(frozen=True, slots=True)
class Verdict(Loudness):
    """A delivered file and what it measures, decoded again after encoding."""

    preset: str
    path: Path
    size_bytes: int


def render(
    timeline: Timeline,
    outputs: Mapping[str, Path],
    *,
    workdir: Path,
    tags: Tags = Tags(),  # noqa: B008 a frozen value
    own_presets: Path | None = None,
    pieces: Path | None = None,
    progress: Progress = lambda _share, _message: None,
) -> Mapping[str, Verdict]:
    """Make the files of `outputs`, preset name to path; all hold their presets, or none is written.

    `own_presets` is the centre's file of presets, if it has one; `pieces` the folder where encoded pieces
    are kept, so that only what sounds different is encoded another time.

    The same timeline, sources and ffmpeg give the same bytes. `workdir` holds the decoded sound meanwhile
    (23 MB a minute, but for plain speech) and is left as it was.

    Raises:
        PresetUnknown
        PresetNotMet: which limit, and by how much.
        MediaUnreadable, SoundSilent: a source cannot be used.
        DiskFull, FileNotWritten, FfmpegFailed
    """
    presets = [find_preset(name, own_presets) for name in outputs]
    try:
        with tempfile.TemporaryDirectory(dir=workdir, prefix="render-") as folder:
            progress(0.0, say("mixing.progress.decoding"))
            takes = record_reel(timeline, Path(folder))
            mix = prepare_mix(timeline, takes)
            shelf = PieceShelf(pieces or Path(folder, "pieces"))
            mastered = master(mix, presets, Path(folder), shelf=shelf, tell=partial(_tell, progress))
            for preset in presets:
                path, loudness = mastered[preset.name]
                write_tags(path, preset.format, _label(timeline, preset, tags, loudness))
            verdicts = {
                name: Verdict(
                    **asdict(loudness), preset=name, path=outputs[name], size_bytes=path.stat().st_size
                )
                for name, (path, loudness) in mastered.items()
            }
            for name, (path, _) in mastered.items():
                deliver(path, outputs[name])
    except OSError as error:
        if is_full(error):
            raise DiskFull from error
        raise FileNotWritten(path=str(error.filename), reason=error.strerror) from error
    progress(1.0, say("mixing.progress.done"))
    return verdicts


def _label(timeline: Timeline, preset: Preset, tags: Tags, loudness: Loudness) -> Labels:
    form = f"A=PCM,F={RATE_HZ},W=16,M={'mono' if preset.channels == 1 else 'stereo'},T=Loa"
    return Labels(tags, timeline.chapters, loudness, timeline.duration_ms * RATE_HZ // 1000, form)


def _tell(progress: Progress, phase: str, share: float) -> None:
    start, stop = PHASES[phase]
    progress(start + (stop - start) * share, say(f"mixing.progress.{phase}"))


def deliver(source: Path, target: Path) -> None:
    """Move a finished file to its final name, in one step that others see."""
    beside = target.with_name(f".{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.move(source, beside)  # the work folder may be on another disk
        settle(beside, target)
    finally:
        beside.unlink(missing_ok=True)
