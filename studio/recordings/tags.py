"""What a file says of itself: tags in any script, read when it comes, written when it leaves; its length."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mutagen
from mutagen.id3 import ID3, TALB, TCON, TDRC, TIT2, TLAN, TPE1
from mutagen.mp4 import MP4Tags

from assets.units import Milliseconds

NAMES = ("title", "artist", "album", "date", "genre", "language")
"""What is kept, by the names of Vorbis comments."""
MOST = 500
"""Characters of one tag."""
_ID3_TAGS: Any = ID3
_ID3 = {"title": TIT2, "artist": TPE1, "album": TALB, "date": TDRC, "genre": TCON, "language": TLAN}
_MP4 = {"title": "\xa9nam", "artist": "\xa9ART", "album": "\xa9alb", "date": "\xa9day", "genre": "\xa9gen"}


def read_tags(path: Path) -> dict[str, str]:
    """Those of `NAMES` that are there; none where the tags cannot be read: they never stand in the way."""
    try:
        found = mutagen.File(path)
    except Exception:  # noqa: BLE001 damaged tags raise whatever their parser stumbles on
        return {}
    if found is None or found.tags is None:
        return {}
    values = {name: _find(found.tags, name) for name in NAMES}
    return {name: clean for name, value in values.items() if (clean := _clean(value))}


def read_length(path: Path) -> Milliseconds | None:
    """How long a file claims to be, without decoding it: good enough to foresee, not to place."""
    try:
        found = mutagen.File(path)
        return Milliseconds(round(found.info.length * 1000)) if found is not None else None
    except Exception:  # noqa: BLE001 damaged files raise whatever their parser stumbles on
        return None


def write_tags(path: Path, tags: Mapping[str, str]) -> None:
    """Put the tags into a finished file; a kind of file that holds none stays without."""
    found: Any = mutagen.File(path)
    if found is None:
        return
    if found.tags is None:
        found.add_tags()
    for name, value in tags.items():
        if isinstance(found.tags, _ID3_TAGS):
            frame: Any = _ID3[name]
            found.tags.add(frame(encoding=3, text=[value]))
        elif isinstance(found.tags, MP4Tags):
            if name in _MP4:
                found.tags[_MP4[name]] = [value]
        else:
            found.tags[name] = [value]
    found.save()


def _find(tags: Any, name: str) -> str:
    try:
        if isinstance(tags, _ID3_TAGS):
            frames = tags.getall(_ID3[name].__name__)
            return str(frames[0].text[0]) if frames and frames[0].text else ""
        values = tags.get(_MP4.get(name, name) if isinstance(tags, MP4Tags) else name) or [""]
        return str(values[0])
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        return ""


def _clean(value: str) -> str:
    """Without control characters, in one line."""
    plain = "".join(letter if letter.isprintable() else " " for letter in value)
    return " ".join(plain.split())[:MOST]
