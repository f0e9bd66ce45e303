"""Clips of the scripts in the house: made of the words that count, kept until a newer revision has one.

Missing
└── ClipNotMade
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assets.errors import Missing
from assets.store import Store
from studio.clips.cards import SHAPES
from studio.clips.film import choose_look, make_clip
from studio.database import Database
from studio.production.changes import corrections_of
from studio.production.programme import Progress
from studio.production.segments import shelve_takes
from studio.recordings.shelf import bring_all, list_material
from studio.scripts.models import Script
from studio.scripts.workflow import find_script, text_of
from studio.settings import Settings
from studio.takes.register import list_takes

HEIGHT = 720
PARTS = {"mp4": "video/mp4", "srt": "application/x-subrip", "vtt": "text/vtt", "jpg": "image/jpeg"}


class ClipNotMade(Missing):
    """No clip of that shape was made of the script."""


@dataclass(frozen=True, slots=True)
class KeptClip:
    shape: str
    revision: int
    film: Path

    @property
    def size_bytes(self) -> int:
        return self.film.stat().st_size

    def part(self, suffix: str) -> Path:
        """Raises: ClipNotMade."""
        if suffix in PARTS and (path := self.film.with_suffix(f".{suffix}")).is_file():
            return path
        raise ClipNotMade(shape=self.shape)


def keep_clip(
    database: Database,
    store: Store,
    *,
    code: str,
    revision: int,
    shape: str,
    settings: Settings,
    progress: Progress,
) -> KeptClip:
    """Make the clip of a revision; those of earlier revisions go when it is whole.

    Raises:
        ScriptMissing, RevisionMissing, ClipUnfit
        LoaError: the script's first problem, a voice, no room on the disk.
    """
    with database.reading() as session:
        script = find_script(session, code)
        text, corrections = text_of(session, script, revision), corrections_of(session, script, revision)
        held = list_takes(session, script)
        material = list_material(session, text)
    look = choose_look(shape, HEIGHT, pictures=None, logo=None)
    film = settings.clips / code / f"{revision}-{_file_name(shape)}.mp4"
    film.parent.mkdir(parents=True, exist_ok=True)
    make_clip(
        text,
        film,
        look,
        settings=settings,
        progress=progress,
        corrections=corrections,
        script=code,
        recordings=bring_all(material, store, settings.cache),
        takes=partial(shelve_takes, held, store),
    )
    for old in _list_kept(settings, code, shape):
        if old.revision < revision:
            for suffix in PARTS:
                old.film.with_suffix(f".{suffix}").unlink(missing_ok=True)
    return KeptClip(shape, revision, film)


def list_clips(settings: Settings, script: Script) -> list[KeptClip]:
    """The latest clip of each shape, in the order of shapes."""
    found = []
    for shape in SHAPES:
        kept = list(_list_kept(settings, script.code, shape))
        found += [max(kept, key=lambda clip: clip.revision)] if kept else []
    return found


def find_clip(settings: Settings, script: Script, shape: str) -> KeptClip:
    """Raises: ClipNotMade."""
    for clip in list_clips(settings, script):
        if clip.shape == shape:
            return clip
    raise ClipNotMade(shape=shape)


def _list_kept(settings: Settings, code: str, shape: str) -> Iterator[KeptClip]:
    for film in (settings.clips / code).glob(f"*-{_file_name(shape)}.mp4"):
        number = film.name.partition("-")[0]
        if number.isdigit():
            yield KeptClip(shape, int(number), film)


def _file_name(shape: str) -> str:
    return shape.replace(":", "x")
