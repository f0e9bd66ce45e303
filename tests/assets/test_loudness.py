"""What a file is told to be, and what has no loudness. `test_meter.py` holds the figures to the standards."""

import math
import subprocess

import numpy as np
import pytest

from assets.ffmpeg import MediaEmpty, MediaSoundless, MediaUnreadable, find_ffmpeg
from assets.loudness import LoudnessUndefined, SoundSilent, SoundTooShort, measure_loudness
from assets.peaks import TruePeakMeter
from tests.assets.synth import RATE, speech, tone, write_float_wav, write_wav


def stereo(path, *steps):
    """1 kHz in both channels, in steps of (dBFS, seconds)."""
    signal = np.concatenate([tone(level, seconds) for level, seconds in steps])
    return write_wav(path, signal, signal)


def test_a_steady_tone_in_every_figure(tmp_path):
    measured = measure_loudness(stereo(tmp_path / "a.wav", (-23, 5)))
    assert measured.max_momentary_lufs == pytest.approx(-23, abs=0.1)
    assert measured.max_short_term_lufs == pytest.approx(-23, abs=0.1)
    assert measured.true_peak_dbtp == pytest.approx(-23, abs=0.1)
    assert measured.loudness_range_lu == pytest.approx(0, abs=0.1)
    assert (measured.duration_ms, measured.channels) == (5000, 2)


def test_a_short_file_has_no_short_term_loudness(tmp_path):
    assert measure_loudness(write_wav(tmp_path / "a.wav", tone(-20, 1))).max_short_term_lufs is None


@pytest.mark.parametrize("block", [7, 100, 5000])
def test_true_peak_does_not_depend_on_blocks(block):
    signal = speech(0.5, rate=RATE).astype(np.float32).reshape(-1, 1)
    whole, cut = TruePeakMeter(RATE), TruePeakMeter(RATE)
    whole.take(signal)
    for start in range(0, len(signal), block):
        cut.take(signal[start : start + block])
    assert cut.dbtp == pytest.approx(whole.dbtp, abs=1e-5)
    assert whole.dbtp >= 20 * math.log10(np.abs(signal).max())


def no_numbers(path, value):
    signal = tone(-20, 2)
    signal[50_000] = value
    return write_float_wav(path, signal)


REFUSED = {
    "empty.mp3": (lambda path: path.write_bytes(b""), MediaEmpty),
    "text.mp3": (lambda path: path.write_text("Kính thưa bà con " * 300, "utf-8"), MediaUnreadable),
    "noise.bin": (lambda path: path.write_bytes(np.random.default_rng(1).bytes(9000)), MediaUnreadable),
    "header.wav": (
        lambda path: path.write_bytes(write_wav(path, tone(-20, 1)).read_bytes()[:44]),
        SoundTooShort,
    ),
    "short.wav": (lambda path: write_wav(path, tone(-20, 0.399)), SoundTooShort),
    "silence.wav": (lambda path: write_wav(path, np.zeros(96_000)), SoundSilent),
    "faint.wav": (lambda path: write_float_wav(path, tone(-85, 2)), SoundSilent),
    "nan.wav": (lambda path: no_numbers(path, np.nan), LoudnessUndefined),
    "infinite.wav": (lambda path: no_numbers(path, np.inf), LoudnessUndefined),
    "nothing.wav": (lambda _path: None, MediaUnreadable),
    "folder.wav": (lambda path: path.mkdir(), MediaUnreadable),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_loudness_is_refused_by_name(name, tmp_path):
    make, error = REFUSED[name]
    make(tmp_path / name)
    with pytest.raises(error) as caught:
        measure_loudness(tmp_path / name)
    assert type(caught.value) is error
    assert name in str(caught.value)


def test_a_film_without_sound(tmp_path):
    path = tmp_path / "film.mkv"
    subprocess.run([find_ffmpeg(), "-v", "error", "-f", "lavfi", "-i", "testsrc=d=0.2", path], check=True)
    with pytest.raises(MediaSoundless):
        measure_loudness(path)


@pytest.mark.parametrize(
    "name",
    [
        "-i",
        "-y.wav",
        "a'b\"c.wav",
        "dòng\nmới.wav",
        "giọng nữ [1],2;3:4=5\\6.wav",
        "ແກ່ນ%d.wav",
        "pipe:0",
        "http:x|y",
    ],
)
def test_any_name_is_a_name(name, tmp_path, monkeypatch):
    write_wav(tmp_path / "a", tone(-20, 1)).rename(tmp_path / name)
    assert measure_loudness(tmp_path / name).duration_ms == 1000
    monkeypatch.chdir(tmp_path)
    assert measure_loudness(type(tmp_path)(name)).duration_ms == 1000
