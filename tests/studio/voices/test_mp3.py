"""The walk over an MP3's frames, held to what ffmpeg wrote."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.ffmpeg import open_media, run_graph, write_sound
from studio.voices.mp3 import NoFrames, measure_frames
from studio.voices.tone import ToneVoice


@pytest.fixture(scope="module", params=[8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])
def sound(request, tmp_path_factory):
    """About 2.1 s of tone at each family of rates, with the tag and the information frame of the encoder."""
    folder = tmp_path_factory.mktemp("mp3")
    ToneVoice().speak("một hai ba bốn năm sáu", rate=1.0, path=folder / "a.wav")
    stream = open_media(folder / "a.wav")["a:0"]
    run_graph([write_sound(stream, folder / "a.mp3", container="mp3", ar=request.param)], timeout_s=30)
    return (folder / "a.mp3").read_bytes()


def test_the_frames_promise_the_length(sound):
    assert sound[:3] == b"ID3"
    assert measure_frames(sound) == pytest.approx(6 * 0.35, abs=0.3)
    assert measure_frames(sound + b"TAG" + bytes(125)) == measure_frames(sound)


def test_any_cut_inside_a_frame_is_seen(sound):
    sizes = range(len(sound) - 400, len(sound) + 1)
    whole = []
    for size in sizes:
        with suppress(NoFrames):
            measure_frames(sound[:size])
            whole.append(size)
    assert 1 <= len(whole) <= 8  # only where a frame ends
    assert whole[-1] == len(sound)
    with pytest.raises(NoFrames):
        measure_frames(sound[:5000] + b"\0\0" + sound[5002:] + b"more")


@given(st.binary(max_size=300))
def test_no_bytes_break_it(content):
    with suppress(NoFrames):
        assert measure_frames(content) > 0
