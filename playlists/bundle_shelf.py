"""Bundles of published versions: made when somebody first takes one along, kept while there is room."""

import os
from contextlib import suppress
from pathlib import Path

from assets.pruning import prune
from assets.store import Store
from playlists.builder import read_version
from playlists.bundle import write_bundle
from playlists.models import Playlist

MAX_BYTES = 10_000_000_000
"""About 270 days of a station; whoever comes for an older one waits until it is made again."""


class BundleShelf:
    """The zips kept in `folder`. Any number of threads and processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def bring(self, version: Playlist, store: Store) -> Path:
        """The zip of a published version, which never changes; it is not pruned for a day.

        Raises:
            ContentMissing, ContentDamaged, BundleNotWritten: as `write_bundle`.
        """
        path = self.folder / f"{version.content_sha256}-{version.number}.zip"
        with suppress(FileNotFoundError):
            os.utime(path)
            return path
        write_bundle(read_version(version), store, path)
        return path

    def prune(self, *, now_s: float, max_bytes: int = MAX_BYTES) -> int:
        """Remove those that nobody took for longest; the number removed."""
        return prune(self.folder, suffix=".zip", now_s=now_s, max_bytes=max_bytes)
