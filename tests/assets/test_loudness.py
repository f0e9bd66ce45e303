"""Against values that follow from the standards: a 0 dBFS 997 Hz sine on one channel is -3.01 LUFS."""

import math
import re
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


EBU_3341 = {
    "1": ([(-23, 20)], -23.0),
    "2": ([(-33, 20)], -33.0),
    "3": ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
    "4": ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    "5": ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
}


@pytest.mark.parametrize("case", EBU_3341)
def test_integrated_loudness_of_ebu_3341(case, tmp_path):
    steps, expected = EBU_3341[case]
    assert measure_loudness(stereo(tmp_path / "a.wav", *steps)).integrated_lufs == pytest.approx(
        expected, abs=0.1
    )


def test_case_6_of_ebu_3341_weighs_the_surrounds(tmp_path):
    left_right, centre, surround = tone(-28, 20), tone(-24, 20), tone(-30, 20)
    quiet = np.zeros_like(centre)
    path = write_wav(tmp_path / "a.wav", left_right, left_right, centre, quiet, surround, surround)
    measured = measure_loudness(path)
    assert measured.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert measured.channels == 6


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(-20, 20), (-30, 20)], 10.0),
        ([(-20, 20), (-15, 20)], 5.0),
        ([(-40, 20), (-20, 20)], 20.0),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15.0),
    ],
)
def test_loudness_range_of_ebu_3342(steps, expected, tmp_path):
    assert measure_loudness(stereo(tmp_path / "a.wav", *steps)).loudness_range_lu == pytest.approx(
        expected, abs=1
    )


def test_a_short_term_window_that_always_holds_the_same(tmp_path):
    """Case 9 of EBU Tech 3341: two levels that repeat every 3 s."""
    measured = measure_loudness(stereo(tmp_path / "a.wav", *[(-20, 1.34), (-30, 1.66)] * 5))
    assert measured.max_short_term_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("number", [1, 7, 13, 20])
def test_a_short_term_window_wherever_the_sound_begins(number, tmp_path):
    """Case 10 of EBU Tech 3341: 3 s of tone after 0.15 s to 3 s of silence."""
    path = stereo(tmp_path / "a.wav", (-200, 0.15 * number), (-23, 3), (-200, 1))
    assert measure_loudness(path).max_short_term_lufs == pytest.approx(-23, abs=0.1)


def test_a_momentary_window_that_always_holds_the_same(tmp_path):
    """Case 12 of EBU Tech 3341: two levels that repeat every 400 ms."""
    measured = measure_loudness(stereo(tmp_path / "a.wav", *[(-20, 0.18), (-30, 0.22)] * 25))
    assert measured.max_momentary_lufs == pytest.approx(-23, abs=0.1)


def test_a_steady_tone_in_every_figure(tmp_path):
    measured = measure_loudness(stereo(tmp_path / "a.wav", (-23, 5)))
    assert measured.max_momentary_lufs == pytest.approx(-23, abs=0.1)
    assert measured.max_short_term_lufs == pytest.approx(-23, abs=0.1)
    assert measured.true_peak_dbtp == pytest.approx(-23, abs=0.1)
    assert measured.loudness_range_lu == pytest.approx(0, abs=0.1)
    assert (measured.duration_ms, measured.channels) == (5000, 2)


def test_mono_is_dual_mono(tmp_path):
    signal = tone(-20, 3)
    mono = measure_loudness(write_wav(tmp_path / "m.wav", signal))
    both = measure_loudness(write_wav(tmp_path / "s.wav", signal, signal))
    assert mono.integrated_lufs == pytest.approx(both.integrated_lufs, abs=0.02)
    assert (mono.channels, both.channels) == (1, 2)


def test_a_short_file_has_no_short_term_loudness(tmp_path):
    assert measure_loudness(write_wav(tmp_path / "a.wav", tone(-20, 1))).max_short_term_lufs is None


# EBU Tech 3341 cases 15-19: the true peak lies between the samples; tolerance +0.2/-0.4 dB.
@pytest.mark.parametrize(
    ("hertz", "phase_deg", "dbfs", "expected"),
    [
        (RATE / 4, 0, -6, -6),
        (RATE / 4, 45, -6, -6),
        (RATE / 6, 60, -6, -6),
        (RATE / 8, 67.5, -6, -6),
        (RATE / 4, 45, 3, 3),
    ],
)
def test_true_peak_between_samples(hertz, phase_deg, dbfs, expected, tmp_path):
    signal = tone(dbfs, 1, hertz=hertz, phase_deg=phase_deg)
    ramp = np.minimum(1, np.minimum(np.arange(len(signal)), np.arange(len(signal))[::-1]) / 2000)
    path = write_float_wav(tmp_path / "a.wav", signal * ramp, signal * ramp)
    assert -0.4 <= measure_loudness(path).true_peak_dbtp - expected <= 0.2


@pytest.mark.parametrize("offset", range(4))
def test_true_peak_of_a_burst_that_falls_between_samples(offset, tmp_path):
    """Cases 20-23 of EBU Tech 3341: one louder period, sampled at each of four phases; 0 dBTP, +0.2/-0.4."""
    rate = 4 * RATE
    fine = tone(-6.02, 1, hertz=RATE / 6, rate=rate)
    fine[rate // 2 : rate // 2 + 24] *= 2
    spectrum = np.fft.rfft(fine)
    spectrum[np.fft.rfftfreq(len(fine), 1 / rate) > 0.49 * RATE] = 0
    fine = np.fft.irfft(spectrum, len(fine))
    signal = (fine / np.abs(fine).max())[offset::4]
    path = write_float_wav(tmp_path / "a.wav", signal, signal)
    assert -0.4 <= measure_loudness(path).true_peak_dbtp <= 0.2


@pytest.mark.parametrize("block", [7, 100, 5000])
def test_true_peak_does_not_depend_on_blocks(block):
    signal = speech(0.5, rate=RATE).astype(np.float32).reshape(-1, 1)
    whole, cut = TruePeakMeter(RATE), TruePeakMeter(RATE)
    whole.take(signal)
    for start in range(0, len(signal), block):
        cut.take(signal[start : start + block])
    assert cut.dbtp == pytest.approx(whole.dbtp, abs=1e-5)
    assert whole.dbtp >= 20 * math.log10(np.abs(signal).max())


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("container", ["wav", "mp3"])
def test_we_agree_with_ebur128(seed, container, tmp_path):
    path = write_wav(
        tmp_path / "a.wav",
        speech(8, seed=seed, rate=44_100),
        speech(8, seed=seed + 9, rate=44_100),
        rate=44_100,
    )
    if container == "mp3":
        subprocess.run([find_ffmpeg(), "-v", "error", "-i", path, tmp_path / "a.mp3"], check=True)
        path = tmp_path / "a.mp3"
    command = [
        find_ffmpeg(),
        "-nostdin",
        "-i",
        path,
        "-af",
        "ebur128=peak=true:framelog=quiet",
        "-f",
        "null",
        "-",
    ]
    log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    measured = measure_loudness(path)
    for pattern, ours in (
        (r"I:\s+(\S+) LUFS", measured.integrated_lufs),
        (r"LRA:\s+(\S+) LU", measured.loudness_range_lu),
        (r"Peak:\s+(\S+) dBFS", measured.true_peak_dbtp),
    ):
        assert ours == pytest.approx(float(re.findall(pattern, log)[-1]), abs=0.1)


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
