"""A station's day as one zip: playlists, media, manifest and checksums; read back only when it is whole.

The archive is deterministic (names sorted, fixed times, media stored as they are): the same day gives the
same bytes. It unpacks onto a USB stick and plays from there; `sha256sum -c SHA256SUMS` checks it.
"""

import hashlib
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from assets.errors import Damaged, Unavailable
from assets.store import Store
from assets.whole import write_whole
from playlists.day import StationDay
from playlists.formats.m3u8 import write_m3u8
from playlists.formats.registry import FORMATS

FORMAT = "loa-bundle/1"
MAX_FILES = 2_000
MAX_MANIFEST_BYTES = 8_000_000
BLOCK = 1 << 20


class BundleDamaged(Damaged):
    """A bundle is not what its manifest says."""


class BundleNotWritten(Unavailable):
    """There was no room, or no right, to write the bundle."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked bundle: its playlist document and its files by name, with sha256 and size in bytes."""

    playlist: dict[str, object]
    files: dict[str, tuple[str, int]]


def write_bundle(day: StationDay, store: Store, path: Path) -> str:
    """Write the day as a zip to `path`, whole or not at all; returns the sha256 of the archive.

    Raises:
        ContentMissing, ContentDamaged: a piece is not in the store as it was catalogued.
        BundleNotWritten: the disk is full or the folder cannot be written.
    """
    texts = _write_texts(day)
    media = {entry.file: (entry.sha256, entry.size_bytes) for entry in day.entries}
    files = {name: (hashlib.sha256(data).hexdigest(), len(data)) for name, data in texts.items()} | media
    texts["manifest.json"] = _write_manifest(day, files)
    texts["SHA256SUMS"] = "".join(f"{files[name][0]}  {name}\n" for name in sorted(files)).encode()
    try:
        with write_whole(path) as draft:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
                for name in sorted([*texts, *media]):
                    _add(archive, name, texts, media, store)
            with draft.open("rb") as written:
                digest = hashlib.file_digest(written, "sha256").hexdigest()
    except OSError as error:
        raise BundleNotWritten(path=path, reason=error.strerror or error) from error
    return digest


def read_bundle(path: Path) -> Bundle:
    """The bundle at `path`, every file checked against the manifest; nothing is unpacked.

    Raises:
        BundleDamaged: says which file and what is wrong with it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
            if len(names) > MAX_FILES or len(set(names)) != len(names):
                raise BundleDamaged(path=path.name, file="manifest.json", reason=f"{len(names)} files")
            manifest = _read_manifest(archive, path)
            files = {item["path"]: (item["sha256"], item["size"]) for item in manifest["files"]}
            for name, (sha256, size) in files.items():
                _check(archive, path, name, sha256, size)
            playlist = json.loads(archive.read("playlist.json"))
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile, RuntimeError) as error:
        raise BundleDamaged(path=path.name, file="-", reason=error) from error
    return Bundle(playlist=playlist, files=files)


def _write_texts(day: StationDay) -> dict[str, bytes]:
    texts = {
        f"playlist{FORMATS[name].suffix}": FORMATS[name].write(day)
        for name in ("json", "m3u8", "csv", "ical")
    }
    texts["phieu-phat.html"] = FORMATS["sheet"].write(day)
    for slot, entries in day.slots().items():
        name = f"{entries[0].starts_at:%H%M}-{_slug(slot)}.m3u8"
        texts[name] = write_m3u8(f"{slot} {day.day:%d/%m/%Y}", entries)
    return texts


def _write_manifest(day: StationDay, files: dict[str, tuple[str, int]]) -> bytes:
    manifest = {
        "format": FORMAT,
        "station": day.station,
        "day": day.day.isoformat(),
        "number": day.number,
        "files": [
            {"path": name, "sha256": sha256, "size": size} for name, (sha256, size) in sorted(files.items())
        ],
    }
    return (json.dumps(manifest, indent=1) + "\n").encode()


def _add(
    archive: zipfile.ZipFile,
    name: str,
    texts: dict[str, bytes],
    media: dict[str, tuple[str, int]],
    store: Store,
) -> None:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o644 << 16
    if name in texts:
        archive.writestr(info, texts[name])
        return
    sha256, size = media[name]
    info.file_size = size
    with store.open(sha256) as source, archive.open(info, "w") as target:
        digest = _copy(source, target)
    if digest != (sha256, size):
        raise BundleDamaged(path=name, file=name, reason=f"sha256 {digest[0]}")


def _copy(source: IO[bytes], target: IO[bytes] | None = None) -> tuple[str, int]:
    """Read `source` to its end, into `target` if given; returns sha256 and size of what was read."""
    digest, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        digest.update(block)
        size += len(block)
        if target is not None:
            target.write(block)
    return digest.hexdigest(), size


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    if archive.getinfo("manifest.json").file_size > MAX_MANIFEST_BYTES:
        raise BundleDamaged(path=path.name, file="manifest.json", reason="size")
    manifest = json.loads(archive.read("manifest.json"))
    if manifest["format"] != FORMAT:
        raise BundleDamaged(path=path.name, file="manifest.json", reason=f"format {manifest['format']}")
    return dict(manifest)


def _check(archive: zipfile.ZipFile, path: Path, name: str, sha256: str, size: int) -> None:
    """A file of the archive against the manifest, its name included: none may leave the folder."""
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name:
        raise BundleDamaged(path=path.name, file=name, reason="path")
    info = archive.getinfo(name)
    if info.file_size != size:
        raise BundleDamaged(path=path.name, file=name, reason=f"{info.file_size} bytes, not {size}")
    with archive.open(info) as source:
        found = _copy(source)
    if found != (sha256, size):
        raise BundleDamaged(path=path.name, file=name, reason=f"sha256 {found[0]}")


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-") or "slot"
