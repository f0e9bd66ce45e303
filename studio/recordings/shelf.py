"""Recordings as files: the untouched original, or what the edits make of it, made once per recipe."""

import os
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from assets.pruning import prune
from assets.store import Store
from assets.whole import settle
from studio.mixing.editing import write_pieces
from studio.recordings.edits import Pieces, hash_pieces, length_of, whole
from studio.recordings.models import Recording
from studio.recordings.register import list_names, pieces_of
from studio.recordings.tags import read_length

MAX_BYTES = 4_000_000_000
"""About 12 hours of stereo."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a recording is made of, as it is edited now; a value that outlives its transaction."""

    name: str
    pieces: Pieces
    is_edited: bool
    channels: int
    outlines: Mapping[str, str]
    """Hash of each original to that of its outline."""

    @property
    def duration_ms(self) -> int:
        return length_of(self.pieces)


def find_material(session: Session, recording: Recording) -> Material:
    pieces = pieces_of(session, recording)
    hashes = {piece.sha256 for piece in pieces if piece.sha256}
    # Removed recordings keep their rows, so what was joined is always found.
    originals = session.exec(select(Recording).where(col(Recording.sha256).in_(hashes))).all()
    return Material(
        name=recording.name,
        pieces=pieces,
        is_edited=pieces != whole(recording.sha256, recording.duration_ms),
        channels=2 if max((one.channels for one in originals), default=1) > 1 else 1,
        outlines={one.sha256: one.outline_sha256 for one in originals},
    )


def list_material(session: Session, text: str) -> dict[str, Material]:
    """The recordings whose names occur in a script's text: all it may call for, by name."""
    plain = unicodedata.normalize("NFC", text)
    wanted = [name for name in list_names(session) if name in plain]
    rows = session.exec(select(Recording).where(col(Recording.name).in_(wanted)))
    return {row.name: find_material(session, row) for row in rows}


def list_lengths(session: Session, text: str, folder: Path) -> dict[str, int]:
    """How long each recording is that a script's text may call for, in milliseconds, as it is edited now.

    A file that only lies in `folder` counts with the length that it claims.
    """
    plain = unicodedata.normalize("NFC", text)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    claimed = {path.name: read_length(path) for path in files if path.name in plain}
    catalogued = {name: one.duration_ms for name, one in list_material(session, text).items()}
    return {name: length for name, length in claimed.items() if length is not None} | catalogued


def is_at_hand(material: Material, cache: Path, *, in_flac: bool = False) -> bool:
    """Whether it can be heard at once."""
    return not (material.is_edited or in_flac) or _made_path(material, cache).is_file()


def bring(
    material: Material,
    store: Store,
    cache: Path,
    *,
    in_flac: bool = False,
    progress: Callable[[float], None] = lambda _share: None,
) -> Path:
    """The file to hear: no transaction may be open, for it may have to be made.

    `in_flac` asks for FLAC even of what is not edited: a browser does not play what every recorder writes.

    Raises:
        ContentMissing, MediaUnreadable, DiskFull, FfmpegFailed
    """
    if not material.is_edited and not in_flac:
        return store.path(material.pieces[0].sha256)
    target = _made_path(material, cache)
    if target.is_file():
        os.utime(target)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="edit-") as folder:
            made = Path(folder) / "made.flac"
            write_pieces(
                material.pieces,
                made,
                channels=material.channels,
                find=store.path,
                workdir=Path(folder),
                progress=progress,
            )
            settle(made, target)
    return target


def _made_path(material: Material, cache: Path) -> Path:
    return cache / "recordings" / f"{hash_pieces(material.pieces)}.flac"


def prune_made(cache: Path, *, now_s: float, max_bytes: int = MAX_BYTES) -> int:
    """Remove what was made of edits and not heard for longest; it is made again when it is asked for."""
    return prune(cache / "recordings", suffix=".flac", now_s=now_s, max_bytes=max_bytes)


def bring_all(materials: Mapping[str, Material], store: Store, cache: Path) -> dict[str, Path]:
    return {name: bring(material, store, cache) for name, material in materials.items()}
