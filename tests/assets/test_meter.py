"""The meter against the test signals of EBU Tech 3341 and 3342, a second meter, and ffmpeg's.

Cases 7 and 8 of 3341 and 5 and 6 of 3342 are recorded programmes, which cannot be synthesised.
"""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from assets.decoding import SoundFormat
from assets.ffmpeg import find_ffmpeg
from assets.loudness import LoudnessMeter, measure_loudness
from assets.units import Hertz
from studio.cli.main import main
from tests.assets import bs1770
from tests.assets.synth import RATE, speech, tone, write_float_wav, write_wav

DUAL = (1.0, 1.0)


def sequence(*steps):
    """1 kHz in steps of (dBFS, seconds); None is silence."""
    return np.concatenate([tone(-200 if level is None else level, seconds) for level, seconds in steps])


def judge(*channels, rate=RATE):
    """As a decoded file would be heard, in blocks of the size of a pipe's."""
    meter = LoudnessMeter()
    sound = SoundFormat(Hertz(rate), len(channels))
    samples = np.stack(channels, axis=1).astype(np.float32)
    for start in range(0, len(samples), 32_768):
        meter.take_samples(sound, samples[start : start + 32_768])
    return meter.judge(Path("signal"))


STEADY = {
    "1": ([(-23, 20)], -23.0),
    "2": ([(-33, 20)], -33.0),
    "3": ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
    "4": ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    "5": ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
}


@pytest.mark.parametrize("case", STEADY)
def test_tech_3341_cases_1_to_5(case, tmp_path):
    steps, expected = STEADY[case]
    signal = sequence(*steps)
    measured = measure_loudness(write_wav(tmp_path / "a.wav", signal, signal))
    assert measured.integrated_lufs == pytest.approx(expected, abs=0.1)
    if len(steps) == 1:
        assert measured.max_momentary_lufs == pytest.approx(expected, abs=0.1)
        assert measured.max_short_term_lufs == pytest.approx(expected, abs=0.1)


def test_tech_3341_case_6_weighs_the_surrounds(tmp_path):
    """5.0 as the standard has it, and 5.1, whose low-frequency channel must not count."""
    sides, centre, surround = tone(-28, 20), tone(-24, 20), tone(-30, 20)
    five = write_wav(tmp_path / "5.wav", sides, sides, centre, surround, surround)
    six = write_wav(tmp_path / "6.wav", sides, sides, centre, tone(-10, 20), surround, surround)
    for path, channels in ((five, 5), (six, 6)):
        measured = measure_loudness(path)
        assert measured.integrated_lufs == pytest.approx(-23.0, abs=0.1)
        assert measured.channels == channels


def test_tech_3341_case_9():
    """Two levels that repeat every 3 s: each window of 3 s holds the same."""
    signal = sequence(*[(-20, 1.34), (-30, 1.66)] * 5)
    assert judge(signal, signal).max_short_term_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("number", range(20))
def test_tech_3341_case_10(number):
    signal = sequence((None, 0.15 * number), (-23, 3), (None, 1))
    assert judge(signal, signal).max_short_term_lufs == pytest.approx(-23, abs=0.1)


def test_tech_3341_case_11():
    """Twenty tones of 3 s, each a decibel louder: the highest so far is the last, wherever it began."""
    signal = np.zeros(0)
    for number in range(20):
        signal = np.concatenate(
            [signal, sequence((None, 0.15 * number), (-38 + number, 3), (None, 3 - 0.15 * number))]
        )
        assert judge(signal, signal).max_short_term_lufs == pytest.approx(-38 + number, abs=0.1)


def test_tech_3341_case_12():
    signal = sequence(*[(-20, 0.18), (-30, 0.22)] * 25)
    assert judge(signal, signal).max_momentary_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("number", range(20))
def test_tech_3341_case_13(number):
    """400 ms that begin anywhere between two of the looks that a meter takes every 100 ms."""
    signal = sequence((None, 0.02 * number), (-23, 0.4), (None, 1))
    assert judge(signal, signal).max_momentary_lufs == pytest.approx(-23, abs=0.1)


def test_tech_3341_case_14():
    signal = np.zeros(0)
    for number in range(20):
        signal = np.concatenate(
            [signal, sequence((None, 0.02 * number), (-38 + number, 0.4), (None, 0.4 - 0.02 * number))]
        )
        assert judge(signal, signal).max_momentary_lufs == pytest.approx(-38 + number, abs=0.1)


# The true peak lies between the samples; tolerance +0.2/-0.4 dB.
BETWEEN_SAMPLES = {
    "15": (RATE / 4, 0, 0.50, -6.0),
    "16": (RATE / 4, 45, 0.50, -6.0),
    "17": (RATE / 6, 60, 0.50, -6.0),
    "18": (RATE / 8, 67.5, 0.50, -6.0),
    "19": (RATE / 4, 45, 1.41, 3.0),
}


@pytest.mark.parametrize("case", BETWEEN_SAMPLES)
def test_tech_3341_cases_15_to_19(case, tmp_path):
    hertz, phase_deg, amplitude, expected = BETWEEN_SAMPLES[case]
    signal = tone(20 * np.log10(amplitude), 1, hertz=hertz, phase_deg=phase_deg)
    ramp = np.minimum(1, np.minimum(np.arange(len(signal)), np.arange(len(signal))[::-1]) / 2000)
    path = write_float_wav(tmp_path / "a.wav", signal * ramp, signal * ramp)
    assert -0.4 <= measure_loudness(path).true_peak_dbtp - expected <= 0.2


@pytest.mark.parametrize("offset", range(4))
def test_tech_3341_cases_20_to_23(offset, tmp_path):
    """One louder period, sampled at each of four phases; 0 dBTP."""
    rate = 4 * RATE
    fine = tone(20 * np.log10(0.5), 1, hertz=RATE / 6, rate=rate)
    fine[rate // 2 : rate // 2 + 24] *= 2
    spectrum = np.fft.rfft(fine)
    spectrum[np.fft.rfftfreq(len(fine), 1 / rate) > 0.49 * RATE] = 0
    fine = np.fft.irfft(spectrum, len(fine))
    signal = (fine / np.abs(fine).max())[offset::4]
    path = write_float_wav(tmp_path / "a.wav", signal, signal)
    assert -0.4 <= measure_loudness(path).true_peak_dbtp <= 0.2


RANGES = {
    "1": ([(-20, 20), (-30, 20)], 10.0),
    "2": ([(-20, 20), (-15, 20)], 5.0),
    "3": ([(-40, 20), (-20, 20)], 20.0),
    "4": ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15.0),
}


@pytest.mark.parametrize("case", RANGES)
def test_tech_3342_cases_1_to_4(case):
    steps, expected = RANGES[case]
    signal = sequence(*steps)
    assert judge(signal, signal).loudness_range_lu == pytest.approx(expected, abs=1)


def noise(seconds, *, seed, colour=0.0, rate=RATE):
    """Noise that falls by 10 * `colour` dB a decade, swelling and fading."""
    random = np.random.default_rng(seed)
    length = round(seconds * rate)
    spectrum = np.fft.rfft(random.standard_normal(length))
    spectrum[1:] *= np.arange(1, len(spectrum)) ** (-colour / 2)
    spectrum[0] = 0
    signal = np.fft.irfft(spectrum, length)
    swell = 0.1 + np.sin(np.arange(length) / rate * (0.5 + seed % 5)) ** 2
    return signal * swell * 0.5 / np.abs(signal * swell).max()


def mixed_signals():
    """Twenty: noise of three colours, speech over noise; mono and stereo; four rates."""
    for seed in range(20):
        rate = (48_000, 44_100, 32_000, 48_000, 22_050)[seed % 5]
        channels = []
        for part in (0, 40) if seed % 4 != 3 else (0,):
            hiss = noise(12, seed=seed + part, colour=seed % 3, rate=rate)
            channels.append(hiss if seed % 2 else speech(12, seed=seed + part, rate=rate) + 0.02 * hiss)
        yield seed, rate, channels


SIGNALS = {seed: (rate, channels) for seed, rate, channels in mixed_signals()}


def peak_tolerance(seed):
    """Four looks a sample may miss 0.69 dB of white noise, BS.1770-5 annex 2; next to nothing of speech."""
    return (-0.69, 0.1) if seed % 2 and seed % 3 == 0 else (-0.15, 0.1)


@pytest.mark.parametrize("seed", [seed for seed, (rate, _) in SIGNALS.items() if rate == RATE])
def test_a_second_meter_reads_the_same(seed):
    _, channels = SIGNALS[seed]
    weights = DUAL if len(channels) == 2 else (2.0,)
    measured = judge(*channels)
    assert measured.integrated_lufs == pytest.approx(bs1770.integrated(channels, weights), abs=0.01)
    assert measured.loudness_range_lu == pytest.approx(bs1770.loudness_range(channels, weights), abs=0.1)
    assert measured.max_momentary_lufs == pytest.approx(bs1770.max_momentary(channels, weights), abs=0.01)
    assert measured.max_short_term_lufs == pytest.approx(bs1770.max_short_term(channels, weights), abs=0.01)
    lower, higher = peak_tolerance(seed)
    assert lower <= measured.true_peak_dbtp - bs1770.true_peak(channels) <= higher


@pytest.mark.parametrize("container", ["wav", "mp3"])
@pytest.mark.parametrize("seed", SIGNALS)
def test_we_agree_with_ebur128(seed, container, tmp_path):
    rate, channels = SIGNALS[seed]
    path = write_wav(tmp_path / "a.wav", *channels, rate=rate)
    if container == "mp3":
        subprocess.run([find_ffmpeg(), "-v", "error", "-i", path, tmp_path / "a.mp3"], check=True)
        path = tmp_path / "a.mp3"
    meter = "ebur128=peak=true:dualmono=1:framelog=quiet"
    command = [find_ffmpeg(), "-nostdin", "-i", path, "-af", meter, "-f", "null", "-"]
    log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    measured = measure_loudness(path)
    integrated, width, peak = (
        float(re.findall(pattern, log)[-1])
        for pattern in (r"I:\s+(\S+) LUFS", r"LRA:\s+(\S+) LU", r"Peak:\s+(\S+) dBFS")
    )
    half = 0.05  # it prints one decimal
    assert measured.integrated_lufs == pytest.approx(integrated, abs=0.1 + half)
    # It counts ranks in classes and from another end: in ninety windows that may be one rank.
    assert measured.loudness_range_lu == pytest.approx(width, abs=0.5)
    lower, higher = peak_tolerance(seed)
    assert lower - half <= measured.true_peak_dbtp - peak <= higher + half


def test_mono_is_dual_mono():
    signal = speech(5, rate=RATE)
    mono, both = judge(signal), judge(signal, signal)
    assert mono.integrated_lufs == both.integrated_lufs
    assert mono.max_momentary_lufs == both.max_momentary_lufs
    assert (mono.channels, both.channels) == (1, 2)


@pytest.mark.parametrize("block", [1, 7, 480, 1024, 5001])
def test_blocks_of_any_length_give_the_same(block):
    signal = noise(1.3, seed=3, colour=1, rate=22_050).astype(np.float32).reshape(-1, 1)
    meter = LoudnessMeter()
    for start in range(0, len(signal), block):
        meter.take_samples(SoundFormat(Hertz(22_050), 1), signal[start : start + block])
    assert meter.judge(Path("signal")) == judge(signal[:, 0], rate=22_050)


def test_an_offset_is_not_heard():
    """A constant is no sound: the weighting takes it away, also where numbers have 32 bits."""
    signal = tone(-60, 5) + 0.5 * np.minimum(1, np.arange(5 * RATE) / RATE)
    measured = judge(signal, signal)
    assert measured.integrated_lufs == pytest.approx(bs1770.integrated([signal] * 2, DUAL), abs=0.01)
    assert measured.integrated_lufs == pytest.approx(-60, abs=0.1)


def test_the_command_tells_what_the_second_meter_reads(tmp_path, capsys):
    channels = SIGNALS[0][1]
    path = write_float_wav(tmp_path / "a.wav", *channels)
    assert main(["loudness", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["integrated_lufs"] == pytest.approx(bs1770.integrated(channels, DUAL), abs=0.01)
    assert told["true_peak_dbtp"] == pytest.approx(bs1770.true_peak(channels), abs=0.1)
    assert told["max_momentary_lufs"] == pytest.approx(bs1770.max_momentary(channels, DUAL), abs=0.01)
