"""A person's voice behind the same door: a take of a text, trimmed, levelled, its words placed in time.

Missing
└── TakeMissing
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from assets.errors import Missing
from assets.ffmpeg import Stream, open_media, run_graph, write_sound
from assets.listening import Flaw, Listening, Span, listen
from studio.voices.voice import RECORDED, WordTiming, check_sayable, find_words

"""The voice of a role that a person reads, as a script's header names it."""
VERSION = "recorded-1"
"""Raised when the same take would sound different."""
RATE_HZ = 48_000
HOUSE_LUFS = -23.0
CEILING_DBTP = -1.0
LEAD_MS, TAIL_MS = 120, 250
"""Kept around the speech: less than in a whole recording, for passages follow each other."""
BOTH_SIDES_LU = 3.01
"""What a side that sounded alone gains when it sounds on both."""
CUT_TIMEOUT_S = 600.0
_SYLLABLE = re.compile(r"\w+")


class TakeMissing(Missing):
    pass


class RecordedVoice:
    """Says what somebody has read: `takes` leads from a text to the file of it, of any format.

    A take is a passage, not a sentence, and keeps its reader's pace: `rate` and `pitch` change nothing.
    """

    name = RECORDED
    version = VERSION

    def __init__(self, takes: Mapping[str, Path] | None = None) -> None:
        self._takes = takes or {}

    def speak(self, text: str, *, rate: float, path: Path, pitch: float = 1.0) -> tuple[WordTiming, ...]:
        """As the door asks; also raises what `listen` raises of a file that cannot be heard.

        Raises:
            TakeMissing: nobody has read this text.
        """
        check_sayable(text, rate, pitch)
        take = self._takes.get(text)
        if take is None:
            raise TakeMissing(text=text[:60])
        heard = listen(take)
        start_ms, end_ms = find_cut(heard)
        _cut(take, heard, start_ms, end_ms, path)
        spans = [
            (max(begin, start_ms) - start_ms, min(end, end_ms) - start_ms) for begin, end in heard.speech
        ]
        return place_words(text, spans or [(0, end_ms - start_ms)])


def find_cut(heard: Listening) -> Span:
    """The stretch of a take that is kept: all that may be speech, with a little room.

    The cues of `listen` never cut speech; what they keep around it is shortened where it lies outside
    everything that sounds.
    """
    duration_ms = heard.probe.duration_ms
    if not heard.speech:
        return 0, duration_ms
    start_ms = max(0, heard.cue_in_ms, heard.sounding[0] - LEAD_MS)
    end_ms = min(heard.cue_out_ms, heard.sounding[1] + TAIL_MS)
    return start_ms, max(end_ms, start_ms + 1)


def place_words(text: str, spans: Sequence[Span]) -> tuple[WordTiming, ...]:
    """The words of `text` over the stretches in which somebody speaks, each by its number of syllables."""
    words = find_words(text)
    weights = [len(_SYLLABLE.findall(text[start:end])) for start, end in words]
    told = [(word, weight) for word, weight in zip(words, weights, strict=True) if weight]
    total = sum(weight for _, weight in told)
    ends = list(accumulate(end - begin for begin, end in spans))
    borders = [0, *accumulate(weight for _, weight in told)]

    def locate(share: int, *, closing: bool) -> int:
        """Where so much of the text is said; at a pause, a word ends before it and the next begins after."""
        spoken_ms = round(ends[-1] * share / total)
        index = min(bisect_right(ends, spoken_ms - 1 if closing and spoken_ms else spoken_ms), len(spans) - 1)
        return spans[index][1] - (ends[index] - spoken_ms)

    return tuple(
        WordTiming(*word, locate(borders[index], closing=False), locate(borders[index + 1], closing=True))
        for index, (word, _) in enumerate(told)
    )


def _cut(take: Path, heard: Listening, start_ms: int, end_ms: int, path: Path) -> None:
    """Write the stretch as mono 16-bit PCM at the house loudness, never above the ceiling."""
    loudness_lufs: float = heard.loudness.integrated_lufs
    if Flaw.CHANNEL_SILENT in heard.flaws:
        loudness_lufs += BOTH_SIDES_LU
    gain_db = min(HOUSE_LUFS - loudness_lufs, CEILING_DBTP - heard.loudness.true_peak_dbtp)
    stream = open_media(take)["a:0"].filter("atrim", start=start_ms / 1000, end=end_ms / 1000)
    stream = stream.filter("asetpts", "PTS-STARTPTS")
    stream = _to_mono(stream, heard).filter("volume", f"{gain_db:.2f}dB").filter("aresample", RATE_HZ)
    run_graph(
        [write_sound(stream, path, container="wav", acodec="pcm_s16le")],
        timeout_s=CUT_TIMEOUT_S,
        source=take,
    )


def _to_mono(stream: Stream, heard: Listening) -> Stream:
    """The channels' mean; sides that cancel each other are not added up, a silent one does not halve."""
    count = heard.probe.channels
    if count == 1:
        return stream
    if Flaw.OUT_OF_PHASE in heard.flaws:
        return stream.filter("pan", args="mono|c0=c0")
    share = 1.0 if Flaw.CHANNEL_SILENT in heard.flaws else 1 / count
    mean = "+".join(f"{share:.6f}*c{index}" for index in range(count))
    return stream.filter("pan", args=f"mono|c0={mean}")
