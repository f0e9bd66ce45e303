"""Every voice of the registry keeps the promise of the door."""

from importlib.metadata import EntryPoint

import pytest

from studio.voices import registry
from studio.voices.registry import VoiceMissing, find_voice, voice_names

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


def test_different_voices_have_different_versions():
    versions = {find_voice(name).version for name in voice_names()}
    assert len(versions) == len(voice_names())
