"""A programme as a clip to watch: its timeline drawn, its sound beside it, captions and a poster.

Invalid
└── ClipUnfit
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image

from assets.errors import Invalid
from assets.ffmpeg import DiskFull
from assets.loudness import Loudness, measure_loudness
from assets.messages import say
from assets.stills import FRAMES_PER_S, write_film
from assets.store import is_full
from studio.clips.captions import Phrase, cut_captions, write_srt, write_vtt
from studio.clips.cards import (
    SHAPES,
    Canvas,
    draw_caption,
    draw_card,
    find_pictures,
    make_canvas,
    open_picture,
)
from studio.clips.transcripts import add_transcripts, read_transcript
from studio.corrections.standing import NO_CORRECTIONS, Corrections
from studio.mixing.mastering import judge
from studio.mixing.presets import find_preset
from studio.mixing.render import FileNotWritten, deliver
from studio.mixing.timeline import Timeline
from studio.production.fallback import make_with_fallback
from studio.production.programme import Progress, make_programme, prepare_programme
from studio.scripts.document import ScriptDocument
from studio.settings import Settings
from studio.takes.shelf import NO_TAKES, TakeShelf

PRESET = "clip"
TITLE_MS = 3000
HEIGHTS = range(240, 1081)


class ClipUnfit(Invalid):
    """A name, shape or height in which no clip is made."""


@dataclass(frozen=True, slots=True)
class Look:
    canvas: Canvas
    pictures: Mapping[int, Path]
    logo: Image.Image | None


@dataclass(frozen=True, slots=True)
class Clip:
    files: tuple[Path, ...]
    """Film, SubRip, WebVTT, poster."""
    canvas: Canvas
    loudness: Loudness
    chapters: int
    captions: int


def choose_look(shape: str, height: int, *, pictures: Path | None, logo: Path | None) -> Look:
    """What a clip looks like; every picture is opened now, before anything costly.

    Raises:
        ClipUnfit, PicturesNotFound, PictureUnreadable
    """
    if shape not in SHAPES or height not in HEIGHTS:
        raise ClipUnfit(what=f"{shape} {height}")
    found = find_pictures(pictures) if pictures else {}
    for path in found.values():
        open_picture(path)
    return Look(make_canvas(shape, height), found, open_picture(logo) if logo else None)


def make_clip(
    text: str,
    target: Path,
    look: Look,
    *,
    settings: Settings,
    progress: Progress,
    corrections: Corrections = NO_CORRECTIONS,
    script: str = "",
    takes: TakeShelf | Callable[[ScriptDocument], TakeShelf] = NO_TAKES,
    recordings: Mapping[str, Path] | None = None,
) -> Clip:
    """Make `target` and beside it `.srt`, `.vtt` and `.jpg`; the film comes last, and whole or not at all.

    Raises:
        LoaError: the script's first problem, a voice, a preset not met, no room on the disk.
    """
    if target.suffix.lower() != ".mp4":
        raise ClipUnfit(what=target.name)
    draft = prepare_programme(
        text,
        settings=settings,
        presets=[PRESET],
        corrections=corrections,
        script=script,
        takes=takes,
        recordings=recordings,
    )
    transcripts = {path: read_transcript(path) for path in draft.recordings.values()}
    title = draft.document.header.title
    settings.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.cache, prefix="clip-") as name, _naming_faults():
        folder = Path(name)
        sound = folder / "sound.m4a"
        report = partial(_report_sound, progress)
        programme = make_with_fallback(
            draft,
            lambda one: make_programme(one, {PRESET: sound}, settings=settings, progress=report),
            settings=settings,
            progress=report,
        )
        timeline = programme.timeline
        captions = add_transcripts(timeline, transcripts)
        phrases = cut_captions(captions, most=look.canvas.caption_characters)
        progress(0.7, say("clips.progress.drawing"))
        stills = draw_stills(timeline, phrases, look, folder, title=title)
        progress(0.8, say("clips.progress.filming"))
        film = folder / "film.mp4"
        write_film(stills, sound, film, title=title, timeout_s=600 + timeline.duration_ms / 250)
        loudness = measure_loudness(film)
        judge(find_preset(PRESET), loudness)
        (folder / "film.srt").write_text(write_srt(phrases), "utf-8")
        (folder / "film.vtt").write_text(write_vtt(phrases), "utf-8")
        poster = draw_card(look.canvas, title, logo=look.logo, large=True)
        poster.save(folder / "film.jpg", quality=90)
        names = [target.with_suffix(suffix) for suffix in (".srt", ".vtt", ".jpg")]
        for path in (*names, target):
            deliver(film.with_suffix(path.suffix.lower()), path)
    progress(1.0, say("clips.progress.done"))
    return Clip((target, *names), look.canvas, loudness, len(timeline.chapters), len(phrases))


def _report_sound(progress: Progress, share: float, message: str) -> None:
    progress(share * 0.7, message)


def draw_stills(
    timeline: Timeline, phrases: Sequence[Phrase], look: Look, folder: Path, *, title: str
) -> list[tuple[Path, int]]:
    """Every picture there is to see, and for how many frames; one card is in memory at a time."""
    end = -(-timeline.duration_ms * FRAMES_PER_S // 1000)
    opening = max(TITLE_MS, phrases[0].start_ms if phrases else 0)
    scenes = [(0, 0)] + [
        (_frame(max(c.start_ms, opening)), number) for number, c in enumerate(timeline.chapters, 1)
    ]
    places = {0, *(frame for frame, _ in scenes), *(_frame(p.start_ms) for p in phrases)}
    cuts = sorted({*places, *(_frame(p.end_ms) for p in phrases)})
    cuts = [cut for cut in cuts if cut < end]
    stills: list[tuple[Path, int]] = []
    drawn, card = -1, Image.new("RGB", (1, 1))
    for index, (start, stop) in enumerate(zip(cuts, [*cuts[1:], end], strict=True)):
        number = [scene for frame, scene in scenes if frame <= start][-1]
        if number != drawn:
            drawn, card = number, _draw_scene(timeline, number, look, title)
        said = [p.text for p in phrases if _frame(p.start_ms) <= start < _frame(p.end_ms)]
        path = folder / f"{index:05}.png"
        shown = draw_caption(look.canvas, card, said[-1]) if said else card
        shown.save(path, compress_level=1)
        stills.append((path, stop - start))
    return stills


def _draw_scene(timeline: Timeline, number: int, look: Look, title: str) -> Image.Image:
    if not number:
        return draw_card(look.canvas, title, logo=look.logo, large=True)
    path = look.pictures.get(number)
    return draw_card(
        look.canvas,
        timeline.chapters[number - 1].title,
        label=f"{number}/{len(timeline.chapters)}",
        picture=open_picture(path) if path else None,
        logo=look.logo,
    )


def _frame(ms: int) -> int:
    return ms * FRAMES_PER_S // 1000


@contextmanager
def _naming_faults() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise DiskFull from error
        raise FileNotWritten(path=str(error.filename), reason=error.strerror) from error
