import subprocess
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.ffmpeg import MediaSoundless, MediaUnreadable, find_ffmpeg
from assets.probe import probe
from tests.assets.synth import speech, tone, write_wav


@pytest.fixture(scope="module")
def mp3(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mp3")
    write_wav(folder / "a.wav", speech(6), rate=22_050)
    subprocess.run([find_ffmpeg(), "-v", "error", "-i", folder / "a.wav", folder / "a.mp3"], check=True)
    return (folder / "a.mp3").read_bytes()


def test_what_a_file_is(tmp_path, mp3):
    (tmp_path / "really-mp3.wav").write_bytes(mp3)
    found = probe(tmp_path / "really-mp3.wav")
    assert (found.container, found.codec, found.rate_hz, found.channels) == ("mp3", "mp3", 22_050, 1)
    assert (found.duration_ms, found.faults) == (6000, 0)
    assert found.claimed_ms == pytest.approx(6000, abs=60)


@pytest.mark.parametrize(
    ("rate", "channels", "samples"), [(8000, 1, 8004), (44_100, 2, 44_100), (192_000, 6, 19_200)]
)
def test_length_is_counted_from_samples(rate, channels, samples, tmp_path):
    path = write_wav(tmp_path / "a.wav", *[tone(-20, samples / rate, rate=rate)] * channels, rate=rate)
    found = probe(path)
    assert (found.rate_hz, found.channels) == (rate, channels)
    assert found.duration_ms == (samples * 1000 + rate // 2) // rate


def test_a_file_cut_off_is_seen_to_be(tmp_path, mp3):
    (tmp_path / "a.mp3").write_bytes(mp3[: len(mp3) // 2])
    found = probe(tmp_path / "a.mp3")
    assert 2500 < found.duration_ms < 3500
    assert found.claimed_ms > 5500


def test_a_header_without_sound(tmp_path):
    whole = write_wav(tmp_path / "a.wav", tone(-20, 1)).read_bytes()
    (tmp_path / "b.wav").write_bytes(whole[:44])
    with pytest.raises(MediaSoundless):
        probe(tmp_path / "b.wav")


@settings(max_examples=15, deadline=None)
@given(start=st.integers(0, 20_000), damage=st.binary(min_size=1, max_size=400))
def test_damage_anywhere_is_heard_or_named(tmp_path_factory, mp3, start, damage):
    path = tmp_path_factory.mktemp("damaged") / "a.mp3"
    path.write_bytes(mp3[:start] + damage + mp3[start + len(damage) :])
    with suppress(MediaUnreadable):
        assert 0 < probe(path).duration_ms < 7000
