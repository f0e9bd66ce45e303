"""What is said in a recording, if somebody wrote it down beside it: `gia-rai.mp3` with `gia-rai.srt`.

Invalid
└── TranscriptUnreadable
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pysubs2

from assets.errors import Invalid
from studio.mixing.timeline import Caption, Timeline
from studio.speech.encodings import require_unicode
from studio.speech.reader import read_text

TIMED, PLAIN = (".srt", ".vtt"), ".txt"
LARGEST_BYTES = 2_000_000


class TranscriptUnreadable(Invalid):
    """It is no SubRip, WebVTT or plain text."""


Said = tuple[str, int, int]
"""Words, and from when to when they sound; without times both are 0."""


def read_transcript(recording: Path) -> list[Said]:
    """What stands beside a recording under its name; nothing if nobody wrote it down.

    Raises:
        TranscriptUnreadable, LegacyEncoding
    """
    for suffix in (*TIMED, PLAIN):
        path = recording.with_suffix(suffix)
        if path.is_file() and path != recording:
            return _read(path, suffix)
    return []


def _read(path: Path, suffix: str) -> list[Said]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise TranscriptUnreadable(path=str(path), reason=f"> {LARGEST_BYTES} bytes")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TranscriptUnreadable(path=str(path), reason="UTF-8") from error
    require_unicode(text)
    if suffix == PLAIN:
        sentences = (text[one.start : one.end] for one in read_text(text).sentences)
        return [(sentence, 0, 0) for sentence in sentences if sentence.strip()]
    try:
        events = pysubs2.SSAFile.from_string(text, format_=suffix.lstrip(".")).events
    except (pysubs2.Pysubs2Error, ValueError) as error:
        raise TranscriptUnreadable(path=str(path), reason=str(error)) from error
    said = [(" ".join(e.plaintext.split()), e.start, e.end) for e in events]
    said = [(words, start, end) for words, start, end in said if words and 0 <= start < end]
    if not said:
        raise TranscriptUnreadable(path=str(path), reason=suffix)
    return sorted(said, key=lambda one: one[1])


def add_transcripts(timeline: Timeline, transcripts: Mapping[Path, Iterable[Said]]) -> list[Caption]:
    """The captions of speech and, where a recording sounds, those of its transcript, in order of time.

    Without times of its own a transcript is spread over the recording by the length of its sentences.
    """
    captions = list(timeline.captions)
    for clip in timeline.voices:
        said = list(transcripts.get(clip.path, ()))
        timed = said if any(end for _, _, end in said) else _spread(said, clip.duration_ms)
        captions += [
            Caption(
                "", words, clip.start_ms + start, clip.start_ms + min(end, clip.duration_ms), words, 0, 0, ()
            )
            for words, start, end in timed
            if start < clip.duration_ms
        ]
    return sorted(captions, key=lambda caption: caption.start_ms)


def _spread(said: list[Said], duration_ms: int) -> list[Said]:
    whole = sum(len(words) for words, _, _ in said)
    spread, before = [], 0
    for words, _, _ in said:
        start, before = before, before + len(words)
        spread.append((words, duration_ms * start // whole, duration_ms * before // whole))
    return spread
