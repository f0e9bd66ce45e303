"""Files that are there whole or not at all, whatever befalls their writer."""

import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SUFFIX = ".part"
YOUNG_S = 1.0
"""A draft this young may not have been locked yet by whoever has just begun it."""


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """A draft beside `path` to write to: behind the block it has its name and lasts, or it is gone.

    Of several writers the last one counts. What a killed writer left of the same file is cleared away.

    Raises:
        OSError: there is no room, or no right to write there.
    """
    prefix = f".loa-{hashlib.sha256(path.name.encode()).hexdigest()[:16]}-"
    with open_draft(path.parent, prefix) as draft:
        yield draft
        settle(draft, path)


def put_whole(path: Path, content: bytes) -> None:
    """Raises: OSError."""
    with write_whole(path) as draft:
        draft.write_bytes(content)


@contextmanager
def open_draft(folder: Path, prefix: str = "") -> Iterator[Path]:
    """An empty file in `folder`, gone behind the block unless it was given another name.

    It is locked until then, and a lock ends with its process: drafts with this prefix that nobody holds are
    what killed writers left, and are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder, prefix)
    draft = folder / f"{prefix}{secrets.token_hex(16)}{SUFFIX}"
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    try:
        with suppress(OSError):  # a disk that knows no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield draft
    finally:
        os.close(handle)
        draft.unlink(missing_ok=True)


def settle(source: Path, target: Path) -> None:
    """Give a finished file its final name, so that it survives a power cut; both on one file system."""
    with source.open("rb") as stream:
        os.fsync(stream.fileno())
    created = _make_folders(target.parent)
    source.replace(target)
    for folder in {target.parent, *(path.parent for path in created)}:
        _sync_folder(folder)


def _clear(folder: Path, prefix: str) -> None:
    for draft in folder.glob(f"{prefix}*{SUFFIX}"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime < YOUNG_S:
                continue
            with draft.open("rb") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                draft.unlink()


def _make_folders(folder: Path) -> list[Path]:
    """Create `folder` and what is missing above it; returns what was created."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
    return missing


def _sync_folder(folder: Path) -> None:
    """Make a rename last. Where a folder cannot be opened (Windows) the system sees to it itself."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
