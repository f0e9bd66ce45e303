"""A file on its way into the catalogue: heard once, kept by its bytes, compared with what is there.

Invalid
└── RecordingTooLarge
Conflict
├── RecordingTwice     the very same file is there
└── RecordingAlike     another copy of the same sound is there
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets.errors import Conflict, Invalid, LoaError
from assets.fingerprint import Fingerprint, Likeness, compare
from assets.listening import Listening, listen
from assets.store import ContentMissing, Store
from studio.recordings.models import Recording
from studio.recordings.tags import read_tags

MAX_BYTES = 2_000_000_000
"""Three hours of 16-bit stereo at 48 kHz."""
ALIKE = 0.6
"""So much of the shorter in the longer is another copy; different recordings of one voice stay below 0.35."""


class RecordingTooLarge(Invalid):
    pass


class RecordingTwice(Conflict):
    pass


class RecordingAlike(Conflict):
    pass


@dataclass(frozen=True, slots=True)
class HeardFile:
    """A file that was heard from end to end; it and what was found in it are in the store."""

    name: str
    sha256: str
    size_bytes: int
    heard: Listening
    tags: dict[str, str]
    outline_sha256: str
    fingerprint_sha256: str


@dataclass(frozen=True, slots=True)
class Alike:
    recording: Recording
    likeness: Likeness


def hear_file(store: Store, path: Path, *, name: str) -> HeardFile:
    """Hear `path`, which its owner calls `name`, and keep it; no transaction may be open.

    Raises:
        RecordingTooLarge
        MediaUnreadable, MediaEmpty, MediaSoundless, SoundSilent, SoundTooShort, LoudnessUndefined
    """
    size_bytes = path.stat().st_size
    if size_bytes > MAX_BYTES:
        raise RecordingTooLarge(name=name[:80], most=MAX_BYTES // 10**9)
    try:
        heard = listen(path)
    except LoaError as error:
        if "path" in error.data:
            raise type(error)(**{**error.data, "path": name}) from error
        raise
    return HeardFile(
        name=name[:200],
        sha256=store.put(path),
        size_bytes=size_bytes,
        heard=heard,
        tags=read_tags(path),
        outline_sha256=store.put(io.BytesIO(heard.outline.tobytes())),
        fingerprint_sha256=store.put(io.BytesIO(heard.fingerprint.tobytes())),
    )


def check_new(
    heard: HeardFile, recordings: Iterable[Recording], store: Store, *, anyway: bool = False
) -> None:
    """Refuse what is there already; a likely copy only unless the person says it is to be kept `anyway`.

    Raises:
        RecordingTwice, RecordingAlike: name the one that is there.
    """
    known = list(recordings)
    for one in known:
        if one.sha256 == heard.sha256:
            raise RecordingTwice(file=heard.name, name=one.name)
    if anyway:
        return
    alike = find_alike(heard.heard.fingerprint, known, store)
    if alike:
        first = alike[0]
        raise RecordingAlike(
            file=heard.name, name=first.recording.name, percent=round(first.likeness.share * 100)
        )


def find_alike(fingerprint: Fingerprint, recordings: Iterable[Recording], store: Store) -> list[Alike]:
    """Other copies of a sound, the likest first."""
    found = []
    for one in recordings:
        known = load_fingerprint(one, store)
        likeness = compare(known, fingerprint)
        if likeness.share >= ALIKE:
            found.append(Alike(one, likeness))
    return sorted(found, key=lambda alike: -alike.likeness.share)


def load_fingerprint(recording: Recording, store: Store) -> Fingerprint:
    """An empty one where its bytes are lost."""
    try:
        with store.open(recording.fingerprint_sha256) as stream:
            return np.frombuffer(stream.read(), np.uint32)
    except ContentMissing:
        return np.zeros(0, np.uint32)
