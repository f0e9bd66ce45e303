"""Bytes kept by their content: put once, found by sha256, never changed.

Missing
└── ContentMissing
Damaged
└── ContentDamaged
Unavailable
├── StoreFull
└── StoreUnwritable

An object lies under `<root>/<2 digits>/<2 digits>/<64 digits>`. It is written under `<root>/incoming/`,
synced, and renamed: whoever sees an object sees all of it, also after a power cut.
"""

import errno
import hashlib
import os
import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from assets.errors import Damaged, Missing, Unavailable
from assets.units import Sha256
from assets.whole import open_draft, settle

CHUNK_BYTES = 1 << 20
GRACE_HOURS = 6.0
"""What is younger may belong to a writer whose rows are not in the database yet."""


class ContentMissing(Missing):
    pass


class ContentDamaged(Damaged):
    pass


class StoreFull(Unavailable):
    pass


class StoreUnwritable(Unavailable):
    pass


class Store:
    """A folder of objects; any number of processes may put, read and sweep at the same time."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, source: Path | BinaryIO) -> Sha256:
        """Keep the bytes of a file or of an open stream (read from where it stands to its end).

        Putting what is there already replaces it by the same bytes, which mends a damaged object.

        Raises:
            StoreFull, StoreUnwritable: nothing is left behind.
        """
        if isinstance(source, Path):
            with source.open("rb") as stream:
                return self.put(stream)
        with _writing(self.root), open_draft(self.root / "incoming") as incoming:
            sha256 = _copy(source, incoming)
            settle(incoming, self._place(sha256))
        return sha256

    def path(self, sha256: str) -> Path:
        """Where the object lies, for a reader that wants a file.

        Raises:
            ContentMissing: also for what is not a sha256.
        """
        if re.fullmatch(r"[0-9a-f]{64}", sha256):
            path = self._place(Sha256(sha256))
            if path.is_file():
                return path
        raise ContentMissing(sha256=sha256)

    def open(self, sha256: str) -> BufferedReader:
        """The object, opened for reading.

        Raises:
            ContentMissing
        """
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise ContentMissing(sha256=sha256) from error

    def verify(self, sha256: str) -> None:
        """Read the object through and compare it with its name.

        Raises:
            ContentMissing, ContentDamaged
        """
        try:
            with self.open(sha256) as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise ContentDamaged(sha256=sha256, path=str(self._place(Sha256(sha256)))) from error
        if found != sha256:
            raise ContentDamaged(sha256=sha256, path=str(self._place(Sha256(sha256))))

    def sweep(self, keep: Collection[str], *, grace_hours: float = GRACE_HOURS) -> int:
        """Remove objects not in `keep` and abandoned writes, both only if older than `grace_hours`.

        Returns the number of files removed.
        """
        newest = time.time() - grace_hours * 3600
        removed = 0
        for path in self._files():
            with suppress(FileNotFoundError):  # another sweep was faster
                if path.name not in keep and path.stat().st_mtime < newest:
                    path.unlink()
                    removed += 1
        return removed

    def _place(self, sha256: Sha256) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _files(self) -> Iterator[Path]:
        """All objects and all writes under way; a stranger's files in the folder are left alone."""
        for folder, _, names in os.walk(self.root):
            known = Path(folder).relative_to(self.root).parts
            for name in names:
                if known == ("incoming",) or (re.fullmatch(r"[0-9a-f]{64}", name) and len(known) == 2):
                    yield Path(folder, name)


def is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _copy(source: BinaryIO, target: Path) -> Sha256:
    digest = hashlib.sha256()
    with target.open("wb") as copy:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            copy.write(chunk)
    return Sha256(digest.hexdigest())


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind = StoreFull if is_full(error) else StoreUnwritable
        raise kind(path=str(root), reason=error.strerror or type(error).__name__) from error
