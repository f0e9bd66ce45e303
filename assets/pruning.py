"""Folders of what can be made again: what was used longest ago goes first."""

import stat
from pathlib import Path

_KEPT_S = 24 * 3600
"""What was used so recently may be in use by another process, and is never pruned."""


def prune(folder: Path, *, suffix: str, now_s: float, max_bytes: int) -> int:
    """Remove files below `folder` until `max_bytes` are kept; the number of files removed.

    A file without `suffix` was left unfinished and goes whatever is kept. `now_s` is the present in seconds
    of the epoch; nothing used in the last day is removed.
    """
    entries = []
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue  # another process prunes too
        if stat.S_ISREG(status.st_mode):
            entries.append((status.st_mtime, status.st_size, path))
    kept_bytes = sum(size for _, size, _ in entries)
    removed = 0
    for used_s, size, path in sorted(entries):
        if used_s > now_s - _KEPT_S or (kept_bytes <= max_bytes and path.suffix == suffix):
            continue
        path.unlink(missing_ok=True)
        kept_bytes -= size
        removed += 1
    return removed
