"""A person's take behind the door of voices: nothing spoken is cut, levels meet, words lie in the speech."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.ffmpeg import MediaUnreadable
from assets.loudness import measure_loudness
from studio.voices.recorded import RecordedVoice, TakeMissing, place_words
from studio.voices.registry import find_voice
from studio.voices.sound_file import read_wav
from tests.assets.synth import speech, write_wav

RATE = 22_050
TEXT = "Đường về thôn đã sạch."


def room(seconds, seed=4):
    return 0.0003 * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def take(path, *, level=1.0, head=1.5, tail=2.0, second=None):
    voice = np.concatenate([room(head), speech(2.0) * level, room(0.6), speech(1.0) * level, room(tail)])
    voice = voice + 0.0003 * np.random.default_rng(9).standard_normal(len(voice))
    sides = (voice,) if second is None else (voice, second * voice)
    return write_wav(path, *sides, rate=RATE)


def say(source, path, text=TEXT):
    return RecordedVoice({text: source}).speak(text, rate=1.0, path=path)


def samples(path):
    with path.open("rb") as file:
        pcm, rate_hz = read_wav(file)
    return np.frombuffer(pcm, "<i2") / 32768, rate_hz


def test_the_promise_of_the_door(tmp_path):
    source = take(tmp_path / "a.wav")
    words = say(source, tmp_path / "1.wav")
    assert say(source, tmp_path / "2.wav") == words
    assert (tmp_path / "1.wav").read_bytes() == (tmp_path / "2.wav").read_bytes()
    assert [TEXT[word.start : word.end] for word in words] == [word.strip(".") for word in TEXT.split()]
    sound, rate_hz = samples(tmp_path / "1.wav")
    assert words[0].start_ms >= 0
    assert words[-1].end_ms <= len(sound) * 1000 / rate_hz + 1
    assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(words))


def test_what_nobody_read_is_not_made_up(tmp_path):
    with pytest.raises(TakeMissing, match="Đường về thôn"):
        find_voice("recorded").speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    with pytest.raises(TakeMissing):
        RecordedVoice({"câu khác": tmp_path / "x.wav"}).speak(TEXT, rate=1.0, path=tmp_path / "a.wav")
    (tmp_path / "x.wav").write_text("không phải âm thanh", "utf-8")
    with pytest.raises(MediaUnreadable):
        say(tmp_path / "x.wav", tmp_path / "a.wav")


def test_silence_goes_and_speech_stays(tmp_path):
    say(take(tmp_path / "a.wav", head=1.5, tail=2.0), tmp_path / "b.wav")
    sound, rate_hz = samples(tmp_path / "b.wav")
    length = len(sound) / rate_hz
    assert 3.6 <= length <= 3.6 + 0.12 + 0.25 + 0.1
    # The energy of the whole is still there: nothing but room was cut.
    whole, _ = samples(tmp_path / "a.wav")
    gain = np.abs(sound).max() / np.abs(whole).max()
    assert np.sum(sound**2) / rate_hz == pytest.approx(np.sum((whole * gain) ** 2) / RATE, rel=0.02)


@pytest.mark.parametrize(
    ("level", "second"),
    [(1.0, None), (0.05, None), (1.0, 1.0), (1.0, 0.0), (1.0, -1.0)],
    ids=["loud", "soft", "stereo", "one side", "anti-phase"],
)
def test_takes_meet_at_one_loudness(level, second, tmp_path):
    source = take(tmp_path / "a.wav", level=level, second=second)
    say(source, tmp_path / "b.wav")
    made = measure_loudness(tmp_path / "b.wav")
    assert made.integrated_lufs == pytest.approx(-23, abs=0.6)
    assert made.true_peak_dbtp <= -0.9


def test_words_keep_out_of_the_pause(tmp_path):
    words = say(take(tmp_path / "a.wav", head=1.0, tail=1.0), tmp_path / "b.wav")
    # The pause lies 2.12 to 2.72 s after the cut; no word may begin inside it.
    assert not [word for word in words if 2250 < word.start_ms < 2600]


@given(
    words=st.lists(st.text("aăâbcdđeê", min_size=1, max_size=6), min_size=1, max_size=40),
    pauses=st.lists(st.tuples(st.integers(1, 900), st.integers(20, 3000)), min_size=1, max_size=12),
)
def test_words_are_placed_in_order_within_the_speech(words, pauses):
    spans, at = [], 0
    for gap, length in pauses:
        spans.append((at + gap, at + gap + length))
        at += gap + length
    text = " ".join(words)
    placed = place_words(text, spans)
    assert [text[word.start : word.end] for word in placed] == words
    assert placed[0].start_ms == spans[0][0]
    assert placed[-1].end_ms == spans[-1][1]
    for one, other in itertools.pairwise(placed):
        assert one.start_ms <= one.end_ms <= other.start_ms
    for word in placed:
        assert any(begin <= word.start_ms <= end for begin, end in spans)
