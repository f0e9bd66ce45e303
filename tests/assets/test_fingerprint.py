"""Copies of a sound are known whatever became of them; other sounds are not taken for it."""

import subprocess
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.decoding import decode_sound
from assets.ffmpeg import find_ffmpeg
from assets.fingerprint import STEP_S, FingerprintReader, compare
from studio.example.district import read_district
from studio.voices.registry import find_voice

SAME = 0.9
OTHER = 0.35


def fingerprint(path):
    reader = FingerprintReader()
    decode_sound(path, reader.take)
    return reader.finish()


def convert(source, target, *options):
    subprocess.run([find_ffmpeg(), "-v", "error", "-y", "-i", source, *options, target], check=True)
    return target


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """Three texts, each read by two voices: the same voice says other words, other voices say the same."""
    folder = tmp_path_factory.mktemp("spoken")
    texts = sorted(read_district().scripts.values(), key=len)[:3]
    files = {}
    for number, text in enumerate(texts):
        words = " ".join(text.split("---")[2].split())[:500]
        for voice in ("vi-north-f", "vi-south-m"):
            path = folder / f"{number}-{voice}.wav"
            find_voice(voice).speak(words, rate=1.0, path=path)
            files[path] = fingerprint(path)
    return files


@pytest.fixture(scope="module")
def original(spoken):
    return next(iter(spoken))


COPIES = {
    "low.mp3": ("-b:a", "32k"),
    "telephone.wav": ("-ar", "8000"),
    "opus.ogg": ("-c:a", "libopus", "-b:a", "16k"),
    "soft.wav": ("-af", "volume=-20dB"),
    "other rate.wav": ("-ar", "48000"),
    "trimmed.wav": ("-ss", "3.333", "-to", "27.77"),
    "trimmed, soft, encoded.mp3": ("-ss", "7.137", "-t", "15.01", "-af", "volume=-9dB", "-ar", "44100"),
    "short.mp3": ("-ss", "10.03", "-t", "6"),
    "anti-phase.wav": ("-af", "pan=stereo|c0=c0|c1=-1*c0"),
    "surround.wav": ("-af", "pan=5.1|FC=c0"),
    "compressed.wav": ("-af", "acompressor=threshold=0.05:ratio=6,highpass=f=200"),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_known(name, spoken, original, tmp_path):
    copy = fingerprint(convert(original, tmp_path / name, *COPIES[name]))
    found = compare(spoken[original], copy)
    assert found.share >= SAME
    options = dict(zip(COPIES[name][::2], COPIES[name][1::2], strict=True))
    assert found.shift_s == pytest.approx(float(options.get("-ss", 0)), abs=2 * STEP_S)
    others = [compare(other, copy).share for path, other in spoken.items() if path != original]
    assert max(others) <= OTHER


def test_a_noisy_copy_is_known(spoken, original, tmp_path):
    mix = "[0:a]aresample=22050[a];anoisesrc=a=0.01:r=22050:d=300:s=1[n];[a][n]amix=duration=first"
    copy = fingerprint(convert(original, tmp_path / "noisy.wav", "-filter_complex", mix))
    assert compare(spoken[original], copy).share >= SAME


def test_different_recordings_are_told_apart(spoken):
    assert max(compare(one, other).share for one, other in combinations(spoken.values(), 2)) <= OTHER


def test_music_is_told_apart_from_music():
    from assets.sounds.library import bundled_sounds

    prints = [fingerprint(sound.path) for sound in bundled_sounds().values()]
    long = [each for each in prints if len(each) * STEP_S > 8]
    assert len(long) >= 3
    assert all(compare(each, each).share == 1.0 for each in long)
    assert max(compare(one, other).share for one, other in combinations(long, 2)) <= OTHER


def test_silence_and_blips_are_like_nothing():
    silence = np.zeros(500, np.uint32)
    assert compare(silence, silence).share == 0
    assert compare(silence[:0], silence).share == 0
    assert FingerprintReader().finish().size == 0


@given(seed=st.integers(0, 2**32), first=st.integers(0, 300), errors=st.floats(0, 0.2))
@settings(max_examples=40, deadline=None)
def test_it_does_not_matter_which_is_compared_with_which(seed, first, errors):
    rng = np.random.default_rng(seed)
    long = rng.integers(0, 2**32, 700, dtype=np.uint32)
    flips = np.packbits(rng.random((200, 32)) < errors, axis=1).view(np.uint32).ravel()
    part = long[first : first + 200] ^ flips
    there, back = compare(long, part), compare(part, long)
    assert there.share == back.share == 1.0
    assert there.shift_s == -back.shift_s == round(first * STEP_S, 2)


@given(cuts=st.lists(st.integers(1, 9000), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_blocks_of_any_length_give_the_same(cuts):
    from assets.decoding import SoundFormat

    sound = np.random.default_rng(1).standard_normal((30_000, 1)).astype(np.float32)
    whole, cut = FingerprintReader(), FingerprintReader()
    form = SoundFormat(rate_hz=11_025, channels=1)
    whole.take(form, sound)
    at = 0
    for length in cuts:
        cut.take(form, sound[at : at + length])
        at += length
    cut.take(form, sound[at:])
    one, other = whole.finish(), cut.finish()
    assert len(one) == len(other)
    assert np.bitwise_count(one ^ other).mean() < 0.05  # the last digits of sums depend on their order
