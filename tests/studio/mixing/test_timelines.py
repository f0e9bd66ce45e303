"""Two hundred random timelines, really mixed, and some really delivered: what must hold of every programme.

The sources are smooth: no two of their neighbouring samples are far apart, so that a click stands out. What a
mix may step from one sample to the next is then bounded by what sounds there:

    each part's greatest step + its highest sample * (1 / edge + slope of its fades)

A cut without a fade steps by up to the highest sample, some twenty times as much.
"""

from dataclasses import replace
from functools import cache
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.kweighting import PowerReader
from assets.loudness import measure_loudness
from studio.mixing import mixer, reel
from studio.mixing.envelope import EDGE_MS, RATE_HZ, Envelope
from studio.mixing.mixer import prepare_mix
from studio.mixing.presets import find_preset, load_presets
from studio.mixing.reel import record_reel
from studio.mixing.render import render
from studio.mixing.timeline import BedSpan, MusicClip, Timeline, VoiceClip
from tests.assets.synth import tone, write_float_wav, write_wav

UNDER_SPEECH_DB = 12.0
SOUNDING_LU = 8.0
"""Speech sounds where 400 ms of it are no further below the whole clip than this; below lie its pauses."""
MIXED, DELIVERED = 200, 60
"""Encoding and measuring costs most: fewer are delivered than mixed."""


def murmur(seconds, *, rate, seed):
    """A smooth voice: three low partials that swell in syllables, and pauses between them."""
    time = np.arange(round(seconds * rate)) / rate
    pitch = 90 + 17 * (seed % 4)
    sound = sum(np.sin(2 * np.pi * pitch * k * time + seed * k) / k for k in (1, 2, 3))
    return 0.2 * sound * np.clip(np.sin(2 * np.pi * 1.9 * time + seed) + 0.6, 0, 1)


@cache
def pool():
    """Sources, made once a process: sentences of two voices at five rates and a recording, music, beds."""
    folder = Path(_FOLDER.name)
    sentences = []
    for seed, (rate, length_ms) in enumerate(
        [(22_050, 900), (22_050, 2713), (16_000, 1501), (48_000, 3100), (8000, 1777), (44_100, 640)]
    ):
        path = write_wav(folder / f"s{seed}.wav", murmur(length_ms / 1000, rate=rate, seed=seed), rate=rate)
        sentences.append((path, length_ms, "fm"[seed % 2]))
    left, right = murmur(4.2, rate=32_000, seed=7), murmur(4.2, rate=32_000, seed=8)
    path = write_float_wav(folder / "take.wav", 0.3 * left + 0.1, 0.3 * right, rate=32_000)
    sentences.append((path, 4200, "recording"))
    music = [
        (
            write_wav(folder / f"m{n}.wav", tone(-9, length / 1000, hertz=hertz), tone(-12, length / 1000)),
            length,
        )
        for n, (hertz, length) in enumerate([(220, 2200), (330, 730), (165, 300)])
    ]
    beds = [write_wav(folder / f"b{n}.wav", *pair) for n, pair in enumerate(_make_beds())]
    return sentences, music, beds


_FOLDER = TemporaryDirectory()


@pytest.fixture(scope="module", autouse=True)
def _decoded_once():
    """Music, beds and recordings are the same in every timeline: each is decoded when first heard."""
    numbers, record = count(), reel._decode

    @cache
    def decode(path, is_bed):
        return record(path, Path(_FOLDER.name, f"decoded-{next(numbers)}"), is_bed=is_bed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reel, "_decode", lambda path, _reel, *, is_bed: decode(path, is_bed))
        yield


def _make_beds():
    """One that closes upon itself, one that does not, one shorter than a cross-fade."""
    closing, swell = tone(-12, 1.5, hertz=200), 0.5 + 0.5 * np.sin(np.arange(72_000) * 2 * np.pi / 72_000)
    yield closing * swell, closing * swell[::-1]
    yield tone(-15, 2.003, hertz=151, phase_deg=90), tone(-12, 2.003, hertz=101, phase_deg=30)
    yield tone(-6, 0.03, hertz=90, phase_deg=90), tone(-6, 0.03, hertz=70, phase_deg=50)


@st.composite
def timelines(draw):
    """Voices one after the other, music between or over them, beds anywhere: also such as no layout makes."""
    sentences, tunes, beds = pool()
    voices, at = [], draw(st.integers(0, 2500))
    for _ in range(draw(st.integers(1, 7))):
        path, length_ms, group = draw(st.sampled_from(sentences))
        gain_db = draw(st.sampled_from([0.0, 0.0, -6.0, 3.0]))
        voices.append(VoiceClip(path, at, length_ms, group, gain_db))
        at += length_ms + draw(st.sampled_from([0, 1, 350, 800, 2900]))
    end_ms = at + draw(st.integers(0, 700))
    moments = st.integers(0, end_ms)
    music = []
    for _ in range(draw(st.integers(0, 3))):
        path, length_ms = draw(st.sampled_from(tunes))
        start_ms = draw(moments)
        music.append(MusicClip(path, start_ms, length_ms, draw(st.sampled_from([0.0, -3.0]))))
        end_ms = max(end_ms, start_ms + length_ms)
    spans = []
    path = None
    for start, stop in pairwise(sorted(draw(st.lists(moments, min_size=2, max_size=4, unique=True)))):
        fades = draw(st.sampled_from([(400, 2000), (5, 5), (1000, 3000)]))
        path = draw(st.sampled_from([bed for bed in beds if bed != path]))
        cross_ms = draw(st.sampled_from([0, fades[1]]))  # the next bed comes in while this one fades out
        span = BedSpan(path, start, stop + cross_ms, *fades, -6.0)
        spans.append(span)
        end_ms = max(end_ms, span.end_ms)
    return Timeline(end_ms, tuple(voices), tuple(music), tuple(spans), (), ())


def mix_all(timeline, takes):
    return play(timeline, takes, 0, timeline.duration_ms)


def play(timeline, takes, start_ms, stop_ms):
    return np.concatenate(list(prepare_mix(timeline, takes).play(start_ms * 48, stop_ms * 48)))


def allowed_steps(timeline, takes):
    """For every sample, how far the next may be away."""
    allowed = np.full(timeline.duration_ms * 48, 1e-6)

    def allow(path, start_ms, stop_ms, gain, shortest_fade_ms):
        take = takes[path]
        sound = take.read(0, take.frames)
        seam = np.concatenate([sound, sound[:1]]) if shortest_fade_ms is None else sound
        step, peak = np.abs(np.diff(seam, axis=0)).max(), np.abs(sound).max()
        slope = 1 / (48 * (shortest_fade_ms or EDGE_MS))
        first, last = max(0, start_ms * 48 - 2), stop_ms * 48 + 2
        allowed[first:last] += gain * (step + peak * slope)

    for clip in (*timeline.voices, *timeline.music):
        take = takes[clip.path]
        end_ms = clip.start_ms + -(-take.frames // 48)
        allow(clip.path, clip.start_ms, end_ms, take.gain * 10 ** (clip.gain_db / 20), EDGE_MS)
    for bed in timeline.beds:
        # A span too short for both fades shares itself out between them.
        share = min(1, (bed.end_ms - bed.start_ms) / (bed.fade_in_ms + bed.fade_out_ms))
        shortest = max(1 / 48, share * min(bed.fade_in_ms, bed.fade_out_ms) - 1 / 48)
        gain = takes[bed.path].bed_gain * 10 ** (bed.gain_db / 20)
        allow(bed.path, bed.start_ms, bed.end_ms, gain, min(shortest, 300))
    return allowed[1:]


def momentary(samples):
    """Loudness of every 400 ms, at steps of 10 ms."""
    reader = PowerReader(RATE_HZ, (1.0, 1.0))
    reader.take(samples)
    sums = np.concatenate([[0], np.cumsum(reader.finish(), dtype=float)])
    return -0.691 + 10 * np.log10(np.maximum(sums[40:] - sums[:-40], 0) / 40 + 1e-20)


def find_faults(timeline, takes):
    """What is wrong with the mix, in words; empty where all holds."""
    faults = []
    mixed = mix_all(timeline, takes)
    if mixed.shape != (timeline.duration_ms * 48, 2):
        faults.append(f"{len(mixed)} samples for {timeline.duration_ms} ms")
    over = np.abs(np.diff(mixed, axis=0)).max(axis=1) / allowed_steps(timeline, takes)
    if over.max() > 1:
        faults.append(f"a step {over.max():.2f} times what sounds there, at {over.argmax() / 48:.1f} ms")
    beds = mixed - mix_all(replace(timeline, beds=()), takes)
    for clip in timeline.voices:
        alone = replace(timeline, voices=(clip,), music=(), beds=())
        speech = momentary(play(alone, takes, clip.start_ms, clip.end_ms))
        bed = momentary(beds[clip.start_ms * 48 : clip.end_ms * 48])
        if not len(speech):
            continue
        sounding = speech > speech.max() - SOUNDING_LU
        under = (speech - bed)[sounding].min()
        if under < UNDER_SPEECH_DB:
            faults.append(f"the bed only {under:.1f} LU under the speech at {clip.start_ms} ms")
    return faults


@pytest.mark.slow
@settings(max_examples=MIXED, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(timeline=timelines())
def test_any_timeline_is_exact_without_clicks_and_with_the_bed_under_speech(timeline):
    with TemporaryDirectory() as folder:
        assert find_faults(timeline, record_reel(timeline, Path(folder))) == []


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [("EDGE_MS", 0, "a step"), ("duck", lambda _timeline, _bed: Envelope((0,), (1.0,)), "the bed only")],
)
def test_a_mixer_that_cuts_or_does_not_duck_is_caught(place, value, fault, monkeypatch, tmp_path):
    """What the check above is worth."""
    sentences, _, beds = pool()
    path, length_ms, group = sentences[3]
    bed = BedSpan(beds[0], 0, 4000, 400, 400, -6.0)
    timeline = Timeline(4000, (VoiceClip(path, 500, length_ms, group),), (), (bed,), (), ())
    takes = record_reel(timeline, tmp_path)
    assert find_faults(timeline, takes) == []
    monkeypatch.setattr(mixer, place, value)
    assert any(fault in said for said in find_faults(timeline, takes))


@pytest.mark.slow
@settings(max_examples=DELIVERED, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(timeline=timelines(), preset=st.sampled_from(sorted(load_presets())))
def test_any_timeline_is_delivered_within_its_preset(timeline, preset):
    with TemporaryDirectory() as folder:
        made = Path(folder, "made")
        verdict = render(timeline, {preset: made}, workdir=Path(folder))[preset]
        measured, wanted = measure_loudness(made), find_preset(preset)
    assert abs(measured.integrated_lufs - wanted.target_lufs) <= wanted.tolerance_lu
    assert measured.true_peak_dbtp <= wanted.ceiling_dbtp
    assert abs(measured.duration_ms - timeline.duration_ms) <= (0 if wanted.format != "m4a" else 50)
    assert measured.integrated_lufs == pytest.approx(verdict.integrated_lufs, abs=0.01)
