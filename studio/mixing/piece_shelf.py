"""Encoded pieces of programmes, kept by all that determines them.

One file per piece, `<folder>/<2 digits>/<key>.mp3`, behind the CRC-32 of its bytes: there whole or not at
all, and made again where the checksum fails. What was not used for longest goes first (`prune`).
"""

import os
import shutil
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from assets.pruning import prune

MAX_BYTES = 1_000_000_000
"""About 17 hours at 128 kbit/s."""
_CHECK = 4
_STEP = 1 << 16


class PieceShelf:
    """The pieces kept in `folder`. Any number of threads and processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, key: str) -> bool:
        """Whether it is there and whole; if so it is not pruned for a day."""
        path = self._path(key)
        try:
            with path.open("rb") as source:
                check = source.read(_CHECK)
                is_whole = _sum(source) == check and source.tell() > _CHECK
        except OSError:
            return False
        if is_whole:
            _touch(path)
        return is_whole

    def read(self, key: str) -> bytes:
        path = self._path(key)
        data = path.read_bytes()
        if len(data) <= _CHECK or zlib.crc32(data[_CHECK:]).to_bytes(_CHECK, "big") != data[:_CHECK]:
            raise ValueError(key)
        _touch(path)
        return data[_CHECK:]

    def keep(self, key: str, made: Path) -> None:
        """Take what was made over; `made` is gone afterwards."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with made.open("rb") as source, tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as beside:
            try:
                beside.write(_sum(source))
                source.seek(0)
                shutil.copyfileobj(source, beside)
                beside.close()
                Path(beside.name).replace(path)
            except BaseException:
                Path(beside.name).unlink(missing_ok=True)
                raise
        made.unlink()

    def prune(self, *, now_s: float, max_bytes: int = MAX_BYTES) -> int:
        return prune(self.folder, suffix=".mp3", now_s=now_s, max_bytes=max_bytes)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.mp3"


def _sum(source: BinaryIO) -> bytes:
    """The checksum of the rest of a file."""
    crc = 0
    while data := source.read(_STEP):
        crc = zlib.crc32(data, crc)
    return crc.to_bytes(_CHECK, "big")


def _touch(path: Path) -> None:
    with suppress(OSError):
        os.utime(path)
