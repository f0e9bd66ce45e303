"""Every voice of the registry keeps the promise of the door."""

import unicodedata
from importlib.metadata import EntryPoint

import pytest

from studio.voices import registry
from studio.voices.registry import OUTSIDE, VoiceMissing, find_voice, voice_names
from studio.voices.sound_file import read_wav

OURS = [
    "vi-north-f",
    "vi-north-m",
    "vi-central-f",
    "vi-central-m",
    "vi-south-f",
    "vi-south-m",
    "tone",
    "gtts",
    "recorded",
]


@pytest.fixture
def other_voices(monkeypatch):
    """Entry points as another package would declare them."""
    entries = [
        EntryPoint("chuong", "studio.voices.tone:ToneVoice", registry.GROUP),
        EntryPoint("vi-north-f", "studio.voices.tone:ToneVoice", registry.GROUP),
    ]
    registry._makers.cache_clear()
    registry._find_fixed.cache_clear()
    monkeypatch.setattr(registry, "entry_points", lambda *, group: entries if group == registry.GROUP else [])
    yield
    registry._makers.cache_clear()
    registry._find_fixed.cache_clear()


def test_an_unknown_name_lists_the_valid_ones():
    assert voice_names()[:9] == OURS
    with pytest.raises(VoiceMissing) as caught:
        find_voice("vi-bac-nu")
    assert all(name in str(caught.value) for name in OURS)


def test_another_package_adds_a_voice_and_replaces_none_of_ours(other_voices):
    assert voice_names() == [*OURS, "chuong"]
    assert type(find_voice("chuong")) is type(find_voice("tone"))
    assert find_voice("vi-north-f").name == "vi-north-f"


# Voices of outside services are tested where a service of ours stands in for theirs; people where they read.
@pytest.mark.parametrize("name", sorted({*voice_names()} - OUTSIDE - {"recorded"}))
def test_every_voice_keeps_the_promise(name, tmp_path):
    voice = find_voice(name)
    assert voice.name == name
    assert voice.version == find_voice(name).version
    text = unicodedata.normalize("NFC", "Đường về thôn đã sạch.")
    first, second = tmp_path / "1.wav", tmp_path / "2.wav"
    words = voice.speak(text, rate=1.0, path=first)
    assert voice.speak(text, rate=1.0, path=second) == words
    assert first.read_bytes() == second.read_bytes()
    with first.open("rb") as file:
        pcm, rate_hz = read_wav(file)
    assert len(words) == 5
    assert all(text[word.start : word.end].strip() for word in words)
    assert 0 < words[-1].end_ms <= len(pcm) // 2 * 1000 / rate_hz + 1


def test_different_voices_have_different_versions():
    versions = {find_voice(name).version for name in voice_names()}
    assert len(versions) == len(voice_names())
