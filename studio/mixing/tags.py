"""What a finished file says of itself: title, chapters, cover, loudness; the only home of mutagen.

Written after the sound was encoded and measured, and nothing of the sound is touched. No date, no random
number: the same piece gets the same bytes.

Invalid
└── CoverUnfit
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutagen
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, CHAP, CTOC, ID3, TALB, TCON, TIT2, TLAN, TPE1, TXXX, CTOCFlags
from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.wave import WAVE

from assets.errors import Invalid
from assets.loudness import Loudness
from studio.mixing.timeline import Chapter
from studio.mixing.wave_chunks import insert_chunks, write_bext, write_cart

REPLAYGAIN_LUFS = -18.0
"""The level that ReplayGain 2.0 players bring a file to."""
R128_LUFS = -23.0
"""The level that an Opus player brings a file to, RFC 7845 clause 5.2.1."""
LANGUAGES = {"vi": "vie", "en": "eng"}
"""ISO 639-2, as ID3 wants it."""
COVER_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
MOST_COVER_BYTES = 2_000_000
UTF16 = 1


class CoverUnfit(Invalid):
    """Not a PNG or JPEG, or too large for the memory of a small player."""


@dataclass(frozen=True, slots=True)
class Tags:
    title: str = ""
    artist: str = ""
    """Who broadcasts it: the organisation of the script."""
    code: str = ""
    """What the piece is known by in an archive."""
    category: str = ""
    language: str = ""
    out_cue: str = ""
    """The last words: who listens for the end waits for them."""
    cover: bytes | None = None


def read_cover(path: Path) -> bytes:
    """Raises: CoverUnfit."""
    try:
        cover = path.read_bytes()
    except OSError as error:
        raise CoverUnfit(path=str(path), megabytes=MOST_COVER_BYTES // 1_000_000) from error
    if len(cover) > MOST_COVER_BYTES or not any(cover.startswith(sign) for sign in COVER_TYPES):
        raise CoverUnfit(path=str(path), megabytes=MOST_COVER_BYTES // 1_000_000)
    return cover


@dataclass(frozen=True, slots=True)
class Labels:
    """All that is written: what was given, what was laid out, what was measured."""

    tags: Tags
    chapters: tuple[Chapter, ...]
    loudness: Loudness
    frames: int
    made_as: str
    """How the sound was made, for the coding history of a WAV."""

    def chapter_ends(self) -> Iterator[tuple[Chapter, int]]:
        """Each chapter with where it ends."""
        ends = [chapter.start_ms for chapter in self.chapters[1:]] + [self.loudness.duration_ms]
        return zip(self.chapters, ends, strict=False)

    @property
    def replaygain(self) -> Mapping[str, str]:
        return {
            "REPLAYGAIN_TRACK_GAIN": f"{REPLAYGAIN_LUFS - self.loudness.integrated_lufs:+.2f} dB",
            "REPLAYGAIN_TRACK_PEAK": f"{10 ** (self.loudness.true_peak_dbtp / 20):.6f}",
            "REPLAYGAIN_TRACK_RANGE": f"{self.loudness.loudness_range_lu:.2f} dB",
            "REPLAYGAIN_REFERENCE_LOUDNESS": f"{REPLAYGAIN_LUFS:.2f} LUFS",
        }


def write_tags(path: Path, kind: str, labels: Labels) -> None:
    """Write `labels` into the finished file `path` of the format `kind`."""
    _WRITERS[kind](path, labels)


def _tag_mp3(path: Path, labels: Labels) -> None:
    frames = ID3()
    _fill_id3(frames, labels)
    frames.save(path, v1=0, v2_version=3, padding=_no_padding)


def _tag_wav(path: Path, labels: Labels) -> None:
    tags, loudness = labels.tags, labels.loudness
    known = {"title": tags.title, "artist": tags.artist, "code": tags.code}
    cart = write_cart(
        **known,
        category=tags.category,
        out_cue=tags.out_cue,
        frames=labels.frames,
        chapters=labels.chapters,
    )
    insert_chunks(path, [(b"bext", write_bext(loudness, **known, history=labels.made_as)), (b"cart", cart)])
    file = WAVE(path)
    file.add_tags()
    frames: Any = file.tags
    _fill_id3(frames, labels)
    file.save(v2_version=3, padding=_no_padding)


def _fill_id3(frames: ID3, labels: Labels) -> None:
    tags = labels.tags
    texts = {TIT2: tags.title, TPE1: tags.artist, TALB: tags.code, TCON: tags.category}
    texts[TLAN] = LANGUAGES.get(tags.language, tags.language)
    for frame, text in texts.items():
        if text:
            frames.add(frame(encoding=UTF16, text=[text]))
    for name, text in labels.replaygain.items():
        frames.add(TXXX(encoding=UTF16, desc=name, text=[text]))
    if tags.cover:
        frames.add(APIC(encoding=UTF16, mime=_cover_type(tags.cover), type=3, desc="", data=tags.cover))
    names = []
    for number, (chapter, end_ms) in enumerate(labels.chapter_ends(), 1):
        names.append(f"chp{number}")
        frames.add(
            CHAP(
                element_id=names[-1],
                start_time=chapter.start_ms,
                end_time=end_ms,
                start_offset=0xFFFFFFFF,
                end_offset=0xFFFFFFFF,
                sub_frames=[TIT2(encoding=UTF16, text=[chapter.title])],
            )
        )
    if names:
        flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
        frames.add(CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[]))


def _tag_flac(path: Path, labels: Labels) -> None:
    file = FLAC(path)
    file.delete()
    _fill_comments(file, labels, labels.replaygain)
    if labels.tags.cover:
        file.add_picture(_picture(labels.tags.cover))
    file.save(padding=_no_padding)


def _tag_opus(path: Path, labels: Labels) -> None:
    gain = round((R128_LUFS - labels.loudness.integrated_lufs) * 256)
    file = OggOpus(path)
    file.delete()
    _fill_comments(file, labels, {"R128_TRACK_GAIN": str(gain)})
    if labels.tags.cover:
        picture = base64.b64encode(_picture(labels.tags.cover).write()).decode()
        file["METADATA_BLOCK_PICTURE"] = picture
    file.save(padding=_no_padding)


def _fill_comments(file: mutagen.FileType, labels: Labels, measured: Mapping[str, str]) -> None:
    tags = labels.tags
    texts = {"TITLE": tags.title, "ARTIST": tags.artist, "CATALOGNUMBER": tags.code, "GENRE": tags.category}
    for name, text in (texts | {"LANGUAGE": tags.language} | dict(measured)).items():
        if text:
            file[name] = text
    for number, chapter in enumerate(labels.chapters, 1):
        seconds, ms = divmod(chapter.start_ms, 1000)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
        file[f"CHAPTER{number:03}"] = clock
        file[f"CHAPTER{number:03}NAME"] = chapter.title


def _tag_m4a(path: Path, labels: Labels) -> None:
    tags = labels.tags
    file = MP4(path)
    if file.tags is None:
        file.add_tags()
    for name, text in {"\xa9nam": tags.title, "\xa9ART": tags.artist, "\xa9gen": tags.category}.items():
        if text:
            file[name] = [text]
    for name, text in labels.replaygain.items():
        value = MP4FreeForm(text.encode(), dataformat=AtomDataType.UTF8)
        file[f"----:com.apple.iTunes:{name.lower()}"] = [value]
    if tags.cover:
        is_png = _cover_type(tags.cover) == "image/png"
        form = MP4Cover.FORMAT_PNG if is_png else MP4Cover.FORMAT_JPEG
        file["covr"] = [MP4Cover(tags.cover, imageformat=form)]
    file.save(padding=_no_padding)


def _picture(cover: bytes) -> Picture:
    picture = Picture()
    picture.type, picture.mime, picture.data = 3, _cover_type(cover), cover
    return picture


def _cover_type(cover: bytes) -> str:
    return next(kind for sign, kind in COVER_TYPES.items() if cover.startswith(sign))


def _no_padding(_info: object) -> int:
    return 0


_WRITERS: Mapping[str, Callable[[Path, Labels], None]] = {
    "mp3": _tag_mp3,
    "wav": _tag_wav,
    "flac": _tag_flac,
    "opus": _tag_opus,
    "m4a": _tag_m4a,
}
