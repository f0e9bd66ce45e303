"""What is written beside a recording becomes its captions, in its time and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.clips.transcripts import TranscriptUnreadable, add_transcripts, read_transcript
from studio.mixing.timeline import Caption, Timeline, VoiceClip
from studio.speech.encodings import LegacyEncoding

SRT = """1
00:00:01,000 --> 00:00:02,500
Bà con <i>ơi</i>,
nghe tôi nói.

2
00:00:02,500 --> 00:00:09,000
Vay vốn không mất phí.
"""
VTT = """WEBVTT

00:01.000 --> 00:02.500
Bà con ơi, nghe tôi nói.

00:02.500 --> 00:09.000
Vay vốn không mất phí.
"""
SAID = [("Bà con ơi, nghe tôi nói.", 1000, 2500), ("Vay vốn không mất phí.", 2500, 9000)]


def make_timeline(path, duration_ms):
    spoken = Caption("NỮ", "xin chào", 0, 900, "Xin chào.", 1, 1, ())
    return Timeline(20_000, (VoiceClip(path, 5000, duration_ms, "recording a"),), (), (), (), (spoken,))


@pytest.mark.parametrize(("suffix", "text"), [(".srt", SRT), (".vtt", VTT)])
def test_times_count_from_where_the_recording_sounds(tmp_path, suffix, text):
    (tmp_path / f"a{suffix}").write_text("\ufeff" + text, "utf-8")
    recording = tmp_path / "a.mp3"
    said = read_transcript(recording)
    assert said == SAID
    captions = add_transcripts(make_timeline(recording, 8000), {recording: said})
    assert [(c.source, c.start_ms, c.end_ms) for c in captions] == [
        ("Xin chào.", 0, 900),
        (SAID[0][0], 6000, 7500),
        (SAID[1][0], 7500, 13_000),  # the words end with the recording
    ]


def test_plain_text_is_spread_by_its_length(tmp_path):
    (tmp_path / "a.txt").write_text("Một hai ba. Bốn năm sáu bảy tám chín.", "utf-8")
    recording = tmp_path / "a.mp3"
    captions = add_transcripts(make_timeline(recording, 10_000), {recording: read_transcript(recording)})[1:]
    assert [c.source for c in captions] == ["Một hai ba.", "Bốn năm sáu bảy tám chín."]
    assert captions[0].start_ms == 5000
    assert captions[0].end_ms == captions[1].start_ms
    assert captions[1].end_ms == 15_000
    lengths = [c.end_ms - c.start_ms for c in captions]
    assert 2.0 < lengths[1] / lengths[0] < 2.6


def test_a_recording_without_a_transcript_has_no_captions(tmp_path):
    recording = tmp_path / "a.mp3"
    assert read_transcript(recording) == []
    assert len(add_transcripts(make_timeline(recording, 1000), {recording: []})) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"not a subtitle", b"x" * 2_000_001])
def test_what_is_no_transcript_is_named(tmp_path, content):
    (tmp_path / "a.srt").write_bytes(content)
    with pytest.raises(TranscriptUnreadable, match=r"a\.srt"):
        read_transcript(tmp_path / "a.mp3")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    folder = Path(tmp_path_factory.getbasetemp())
    for suffix in (".srt", ".vtt"):
        path = folder / f"any{suffix}"
        path.write_text(text, "utf-8")
        try:
            said = read_transcript(folder / "any.mp3")
        except (TranscriptUnreadable, LegacyEncoding):
            continue
        finally:
            path.unlink()
        assert all(words and 0 <= start < end for words, start, end in said)
