"""What every engine promises, whatever it is: one test for all of them.

A further engine is one more entry of `ENGINES`: a function from the test's fixtures to a `Case`.
"""

import io
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assets.errors import LoaError
from studio.voices import espeak, piper, registry
from studio.voices.cache import SpeechCache, SpeechRequest
from studio.voices.gtts import GttsVoice
from studio.voices.recorded import RecordedVoice
from studio.voices.registry import find_voice
from studio.voices.sound_file import read_wav
from studio.voices.tone import ToneVoice
from studio.voices.voice import (
    FASTEST,
    SLOWEST,
    NothingSayable,
    PaceUnusable,
    SentenceTooLong,
    Voice,
    find_words,
)
from tests.studio.outside import quick, speak_in_tones

TEXT = "Kính thưa bà con, hôm nay trời nắng đẹp."
TEXTS = (
    TEXT,
    "Có.",
    "Chào 😀 bà con – “ba thôn”… (tốt)!",
    "NƯỚC sạch; 3,5 UBND/HĐND [[ h ]] <b>đậm</b> & 100%",
    "một hai ba bốn năm " * 6,
)


@dataclass(frozen=True, slots=True)
class Case:
    voice: Voice
    is_paced: bool = True
    """Whether `rate` changes the sound: a person keeps her own pace."""
    close: Callable[[], object] = lambda: None
    """End what runs between two sentences."""


def make_espeak(_request) -> Case:
    return Case(find_voice("vi-south-m"), close=espeak._workers.close)


def make_tone(_request) -> Case:
    return Case(find_voice("tone"))


def make_gtts(request) -> Case:
    service = request.getfixturevalue("service")
    service.speak = speak_in_tones(request.getfixturevalue("tmp_path_factory").mktemp("service"))
    return Case(GttsVoice(service.address, quick(silence_s=20, answer_s=30)))


def make_piper(request) -> Case:
    voice = request.getfixturevalue("piper_voice")
    return Case(voice, close=lambda: [pool.close() for _, pool in piper._pools.values()])


def make_foreign(request) -> Case:
    """A voice of another package, by its entry point."""
    monkeypatch = request.getfixturevalue("monkeypatch")
    entries = [EntryPoint("chuong", "studio.voices.tone:ToneVoice", registry.GROUP)]
    monkeypatch.setattr(registry, "entry_points", lambda *, group: entries if group == registry.GROUP else [])
    clear = (registry._makers.cache_clear, registry._find_fixed.cache_clear)
    for one in clear:
        one()
        request.addfinalizer(one)
    return Case(find_voice("chuong"))


def make_recorded(request) -> Case:
    """Whatever is asked for has been read: by the tone voice, slowly, for a take of 0.4 s is none."""
    folder = request.getfixturevalue("tmp_path_factory").mktemp("takes")

    class Takes(dict):
        def __bool__(self):
            return True

        def get(self, text, _default=None):
            path = folder / f"{len(self)}.wav"
            ToneVoice().speak(text, rate=0.7, path=path)
            return self.setdefault(text, path)

    return Case(RecordedVoice(Takes()), is_paced=False)


ENGINES = {
    "espeak": make_espeak,
    "gtts": make_gtts,
    "piper": make_piper,
    "recorded": make_recorded,
    "tone": make_tone,
    "another package's": make_foreign,
}


@pytest.fixture(params=ENGINES.values(), ids=ENGINES.keys())
def case(request) -> Case:
    return request.param(request)


def speak(voice, text, path, rate=1.0):
    words = voice.speak(text, rate=rate, path=path)
    content = path.read_bytes()
    pcm, rate_hz = read_wav(io.BytesIO(content))
    return words, np.frombuffer(pcm, "<i2"), rate_hz, content


def test_a_voice_has_a_name_and_a_version_that_stay(case):
    assert case.voice.name
    assert case.voice.version
    before = case.voice.version
    case.close()
    assert case.voice.version == before


def test_the_sound_is_mono_16_bit_and_is_speech(case, tmp_path):
    _, samples, rate_hz, _ = speak(case.voice, TEXT, tmp_path / "a.wav")
    assert 8_000 <= rate_hz <= 48_000
    assert 1.0 < len(samples) / rate_hz < 20
    assert 1_000 < np.abs(samples.astype(int)).max() < 32_767, "neither mute nor clipped"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".wav"] == ["a.wav"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "nothing is left beside it"


@pytest.mark.parametrize("text", TEXTS)
def test_the_times_of_all_words_are_told_in_order_within_the_sound(case, text, tmp_path):
    words, samples, rate_hz, _ = speak(case.voice, text, tmp_path / "a.wav")
    duration_ms = len(samples) * 1000 / rate_hz
    assert [text[word.start : word.end] for word in words] == [text[a:b] for a, b in find_words(text)]
    assert all(0 <= word.start_ms < word.end_ms <= duration_ms + 1 for word in words)
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(words))
    assert words[0].start_ms < 400
    assert words[-1].end_ms > duration_ms - 700


def test_the_same_words_are_the_same_bytes_also_after_everything_was_closed(case, tmp_path):
    words, _, _, first = speak(case.voice, TEXT, tmp_path / "a.wav")
    speak(case.voice, "Xong.", tmp_path / "b.wav")
    assert (speak(case.voice, TEXT, tmp_path / "a.wav")[0], (tmp_path / "a.wav").read_bytes()) == (
        words,
        first,
    )
    case.close()
    assert speak(case.voice, TEXT, tmp_path / "a.wav")[3] == first


def count_workers():
    found = []
    for listed in Path("/proc/self/task").glob("*/children"):
        for child in listed.read_text().split():
            with suppress(OSError):  # ended meanwhile
                found.append(Path(f"/proc/{child}/cmdline").read_bytes())
    return sum(b"_worker" in command for command in found)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds the processes in /proc")
def test_closing_leaves_no_process(case, tmp_path):
    case.close()
    before = count_workers()
    speak(case.voice, TEXT, tmp_path / "a.wav")
    for _ in range(2):
        case.close()
    assert count_workers() == before


def test_threads_may_speak_at_the_same_time(case, tmp_path):
    def one(number):
        return speak(case.voice, "Xin chào.", tmp_path / f"{number}.wav")[3]

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(one, range(6)))) == 1


@pytest.mark.parametrize("rate", [0.7, 1.3])
def test_rate_sets_the_pace_and_the_times_follow(case, rate, tmp_path):
    words, plain, rate_hz, _ = speak(case.voice, TEXT, tmp_path / "a.wav")
    paced_words, paced, _, _ = speak(case.voice, TEXT, tmp_path / "b.wav", rate)
    expected = rate if case.is_paced else 1.0
    assert len(plain) / len(paced) == pytest.approx(expected, rel=0.1)
    for at_ease, hurried in zip(words, paced_words, strict=True):
        shift_ms = hurried.start_ms - at_ease.start_ms / expected
        assert abs(shift_ms) < 0.1 * len(paced) * 1000 / rate_hz


@pytest.mark.parametrize(
    ("text", "rate", "kind"),
    [
        ("", 1.0, NothingSayable),
        ("… – 😀 !", 1.0, NothingSayable),
        ("\0", 1.0, NothingSayable),
        ("a " * 10_001, 1.0, SentenceTooLong),
        ("a", 0.0, PaceUnusable),
        ("a", float("nan"), PaceUnusable),
        ("a", SLOWEST - 0.01, PaceUnusable),
        ("a", FASTEST + 0.01, PaceUnusable),
    ],
)
def test_what_no_voice_can_say_is_refused_and_leaves_nothing(case, text, rate, kind, tmp_path):
    with pytest.raises(kind):
        case.voice.speak(text, rate=rate, path=tmp_path / "a.wav")
    assert not (tmp_path / "a.wav").exists()


def test_a_folder_that_is_not_there_is_an_error_that_is_known(case, tmp_path):
    with pytest.raises((OSError, LoaError)):
        case.voice.speak(TEXT, rate=1.0, path=tmp_path / "nowhere" / "a.wav")


def test_a_decomposed_text_is_said_or_refused(case, tmp_path):
    text = unicodedata.normalize("NFD", TEXT)
    words, samples, rate_hz, _ = speak(case.voice, text, tmp_path / "a.wav")
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert words[-1].end_ms <= len(samples) * 1000 / rate_hz + 1


def test_the_cache_feeds_every_voice_composed_text(case, tmp_path, monkeypatch):
    if case.voice.name == "recorded":
        pytest.skip("takes are kept by the production, not by sentences")
    heard = []

    class Listening:
        name, version = case.voice.name, case.voice.version

        def speak(self, text, *, rate, path):
            heard.append(text)
            return case.voice.speak(text, rate=rate, path=path)

    monkeypatch.setattr("studio.voices.cache.find_voice", lambda _name: Listening())
    cache = SpeechCache(tmp_path / "speech")
    composed = cache.speak(SpeechRequest(TEXT, case.voice.name))
    decomposed = cache.speak(SpeechRequest(unicodedata.normalize("NFD", TEXT), case.voice.name))
    assert heard == [TEXT]
    assert (composed.path, composed.words) == (decomposed.path, decomposed.words)
