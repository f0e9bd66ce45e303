"""What broadcasters write into a WAV file beside the sound: EBU Tech 3285 `bext` and AES46 `cart`.

Both are fields of fixed width in ASCII; Vietnamese letters lose their marks there. No date is written: the
same recipe gives the same bytes.
"""

import shutil
import struct
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from assets.loudness import Loudness
from studio.mixing.timeline import Chapter

BEXT_VERSION = 2
"""The one with loudness, Tech 3285 version 2.0."""
UNKNOWN = 0x7FFF
CART_VERSION = b"0101"
TIMERS = 8
FULL_SCALE = 32_768
"""`dwLevelReference`: the sample value of 0 dBFS."""


def write_bext(loudness: Loudness, *, title: str, artist: str, code: str, history: str) -> bytes:
    """The chunk's content; loudness in hundredths, the values of Tech 3285 clause 2.3."""
    return b"".join(
        (
            _text(title, 256),
            _text(artist, 32),
            _text(code, 32),
            bytes(10 + 8),  # date and time of origin: not known, or not the same twice
            struct.pack("<QH", 0, BEXT_VERSION),
            bytes(64),
            struct.pack(
                "<5h",
                _hundredths(loudness.integrated_lufs),
                _hundredths(loudness.loudness_range_lu),
                _hundredths(loudness.true_peak_dbtp),
                _hundredths(loudness.max_momentary_lufs),
                _hundredths(loudness.max_short_term_lufs),
            ),
            bytes(180),
            to_ascii(history) + b"\r\n",
        )
    )


def write_cart(
    *,
    title: str,
    artist: str,
    code: str,
    category: str,
    out_cue: str,
    frames: int,
    chapters: Iterable[Chapter],
) -> bytes:
    """The chunk's content: begin and end as timers, AES46-2002 clause 4; chapters as lines of text."""
    timers = [struct.pack("<4sI", b"AUDs", 0), struct.pack("<4sI", b"AUDe", frames)]
    lines = "".join(f"{_clock(chapter.start_ms)} {chapter.title}\r\n" for chapter in chapters)
    return b"".join(
        (
            CART_VERSION,
            *(_text(value, 64) for value in (title, artist, code, "", category, "", out_cue)),
            bytes(10 + 8 + 10 + 8),
            _text("Loa", 64),
            bytes(64 + 64),
            struct.pack("<i", FULL_SCALE),
            b"".join(timers).ljust(8 * TIMERS, b"\0"),
            bytes(276 + 1024),
            to_ascii(lines),
        )
    )


def insert_chunks(path: Path, chunks: Iterable[tuple[bytes, bytes]]) -> None:
    """Put chunks (name, content) before the samples, where readers that stop there find them."""
    beside = path.with_name(f"{path.name}.chunks")
    with path.open("rb") as source, beside.open("wb") as target:
        riff, _, kind = struct.unpack("<4sI4s", source.read(12))
        target.write(struct.pack("<4sI4s", riff, 0, kind))
        while len(head := source.read(8)) == 8:
            name, size = struct.unpack("<4sI", head)
            if name == b"data":
                for own_name, content in chunks:
                    padded = content + bytes(len(content) % 2)
                    target.write(struct.pack("<4sI", own_name, len(content)) + padded)
                target.write(head)
                shutil.copyfileobj(source, target, 1 << 20)
                break
            target.write(head + source.read(size + size % 2))
        size = target.tell()
        target.seek(4)
        target.write(struct.pack("<I", size - 8))
    beside.replace(path)


def to_ascii(text: str) -> bytes:
    """Letters without their marks, đ as d; what has no such letter is left out."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return bare.encode("ascii", "ignore")


def _text(text: str, width: int) -> bytes:
    return to_ascii(" ".join(text.split()))[:width].ljust(width, b"\0")


def _hundredths(value: float | None) -> int:
    return UNKNOWN if value is None else max(-9999, min(9999, round(value * 100)))


def _clock(moment_ms: int) -> str:
    seconds, ms = divmod(moment_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
