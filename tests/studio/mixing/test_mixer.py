from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.ffmpeg import MediaUnreadable
from assets.loudness import SoundSilent
from studio.mixing.envelope import (
    DUCK_ATTACK_MS,
    DUCK_BRIDGE_MS,
    DUCK_DB,
    DUCK_RELEASE_MS,
    REST_MS,
    Envelope,
    duck,
    fade,
    rest_at_music,
)
from studio.mixing.mixer import BLOCK, prepare_mix
from studio.mixing.reel import record_reel
from studio.mixing.timeline import BedSpan, MusicClip, Timeline, VoiceClip
from tests.assets.synth import RATE, speech, tone, write_float_wav, write_wav
from tests.studio.mixing.pieces import make_sentence, make_timeline, make_tune


def make_mix(timeline, folder):
    return np.concatenate(list(prepare_mix(timeline, record_reel(timeline, folder)).play()))


def only(timeline, *, voices=(), music=(), beds=()):
    return Timeline(timeline.duration_ms, tuple(voices), tuple(music), tuple(beds), (), ())


def level_db(samples):
    return 10 * np.log10(np.mean(np.square(samples)) + 1e-20)


@pytest.fixture(scope="module")
def timeline(tmp_path_factory):
    return make_timeline(tmp_path_factory.mktemp("timeline"))


@pytest.fixture(scope="module")
def mixed(timeline, tmp_path_factory):
    return make_mix(timeline, tmp_path_factory.mktemp("reel"))


def test_length_is_exact_and_the_same_comes_twice(timeline, mixed, tmp_path):
    assert mixed.shape == (timeline.duration_ms * 48, 2)
    assert np.array_equal(make_mix(timeline, tmp_path), mixed)


def test_mono_is_half_of_each_side(timeline, mixed, tmp_path):
    blocks = list(prepare_mix(timeline, record_reel(timeline, tmp_path)).play(channels=1))
    assert {block.shape[1] for block in blocks} == {1}
    assert np.concatenate(blocks) == pytest.approx(mixed.mean(axis=1, keepdims=True), abs=1e-6)


def test_an_excerpt_is_all_of_a_short_programme_and_stretches_of_a_long_one(timeline, mixed, tmp_path):
    takes = record_reel(timeline, tmp_path)
    short = np.concatenate(list(prepare_mix(timeline, takes).play_excerpt()))
    assert np.array_equal(short, mixed)
    frames = 3_600_500 * 48
    marked = replace(prepare_mix(timeline, takes), parts=(), frames=frames, joins=(1200 * RATE, 1800 * RATE))
    blocks = list(marked.play_excerpt())
    assert 175 <= len(blocks) <= 190
    assert {len(block) for block in blocks} == {BLOCK}


def test_an_excerpt_changes_where_the_programme_does(timeline, tmp_path):
    """What is heard of a piece depends on its length alone, not on what stands before it."""
    takes = record_reel(timeline, tmp_path)
    heard = []
    for first in (100, 130):
        piece = range(first * RATE, (first + 300) * RATE)
        mix = replace(prepare_mix(timeline, takes), frames=1000 * RATE, joins=(piece.start, piece.stop))
        heard.append([start - piece.start for start, _ in mix.list_excerpt() if start in piece])
    assert heard[0] == heard[1]
    assert len(heard[0]) > 40


def test_silence_where_nothing_is_placed(mixed):
    assert not mixed[: 200 * 48].any()
    assert not mixed[2200 * 48 : 2500 * 48].any()
    assert mixed[2600 * 48 : 2700 * 48].any()


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 48_000])
def test_a_sentence_stands_where_it_was_placed_and_is_whole(rate, tmp_path):
    """Its own samples come back in place, whatever rate it was spoken at."""
    first, second = (make_sentence(tmp_path, n, 997 + n, rate=rate) for n in (1, 2))
    clips = [
        VoiceClip(piece.path, at, piece.duration_ms, "f") for piece, at in ((first, 300), (second, 1800))
    ]
    found = make_mix(Timeline(3100, tuple(clips), (), (), (), ()), tmp_path)[:, 0]
    wanted = np.interp(
        np.arange(998 * 48) / RATE,
        np.arange(round(0.999 * rate)) / rate,
        speech(0.999, seed=2, rate=rate)[: round(0.999 * rate)],
    )
    piece = found[1800 * 48 :][: 998 * 48]
    shifts = [np.dot(piece[100:-100], np.roll(wanted, shift)[100:-100]) for shift in range(-40, 41)]
    assert abs(int(np.argmax(shifts)) - 40) <= 1
    assert not found[1297 * 48 + 96 : 1800 * 48].any()


def test_no_click_at_any_edge(timeline, tmp_path):
    """A sentence cut out of a steady tone: its edges rise and fall no faster than the 5 ms fade allows."""
    for name in ("a", "b"):
        write_wav(tmp_path / f"{name}.wav", tone(-6, 1, hertz=300, rate=22_050, phase_deg=90), rate=22_050)
    clips = (VoiceClip(tmp_path / "a.wav", 100, 1000, "f"), VoiceClip(tmp_path / "b.wav", 1101, 1000, "f"))
    found = make_mix(Timeline(2300, clips, (), (), (), ()), tmp_path)[:, 0]
    inside = np.abs(np.diff(found[300 * 48 : 900 * 48])).max()
    assert np.abs(np.diff(found)).max() < 1.1 * inside


def test_a_bed_loops_without_a_seam(timeline, tmp_path):
    bed = make_tune(tmp_path, "loop", 700, hertz=200)
    span = BedSpan(bed.path, 0, 6000, 400, 2000, -6.0)
    found = make_mix(Timeline(6000, (), (), (span,), (), ()), tmp_path)
    steady = found[500 * 48 : 3900 * 48]
    assert np.abs(np.diff(steady, axis=0)).max() <= 1.01 * np.abs(np.diff(steady[: 100 * 48], axis=0)).max()
    assert np.allclose(steady[: 700 * 48], steady[700 * 48 : 1400 * 48], atol=1e-6)


def test_everything_meets_at_the_loudness_of_speech(tmp_path):
    """A faint voice, a loud one and a recording end up equally loud."""
    faint, loud = (make_sentence(tmp_path, n, 4000, peak=peak) for n, peak in ((1, 0.02), (3, 0.9)))
    write_float_wav(tmp_path / "take.wav", speech(4, seed=1, rate=RATE), speech(4, seed=1, rate=RATE))
    clips = [
        VoiceClip(path, at, 4000, path.name)
        for path, at in ((faint.path, 0), (loud.path, 4000), (tmp_path / "take.wav", 8000))
    ]
    found = make_mix(Timeline(12_000, tuple(clips), (), (), (), ()), tmp_path)
    levels = [level_db(found[start * 48 : (start + 4000) * 48]) for start in (0, 4000, 8000)]
    assert max(levels) - min(levels) < 1.0


def test_the_bed_is_far_under_speech_wherever_speech_sounds(timeline, tmp_path):
    speaking = make_mix(only(timeline, voices=timeline.voices), tmp_path)
    with_bed = make_mix(only(timeline, voices=timeline.voices, beds=timeline.beds), tmp_path)
    bed = with_bed - speaking
    for clip in timeline.voices:
        span = slice(clip.start_ms * 48, (clip.start_ms + clip.duration_ms) * 48)
        assert level_db(speaking[span]) - level_db(bed[span]) >= 12
    alone = level_db(bed[3000 * 48 : 3500 * 48])
    spoken_over = level_db(bed[4500 * 48 : 5500 * 48])
    assert alone - spoken_over == pytest.approx(-DUCK_DB, abs=0.5)


def test_a_bed_is_silent_under_other_music(timeline, tmp_path):
    sting = timeline.music[1]
    bed = make_mix(Timeline(20_003, (), (sting,), timeline.beds, (), ()), tmp_path)
    bed -= make_mix(only(timeline, music=[sting]), tmp_path)
    inside = bed[sting.start_ms * 48 : sting.end_ms * 48]
    assert np.abs(inside).max() == 0
    before, behind = bed[(sting.start_ms - 100) * 48 :], bed[(sting.end_ms + 100) * 48 :]
    assert np.abs(before[: 50 * 48]).max() > 1e-3
    assert np.abs(behind[: 50 * 48]).max() > 1e-3


def test_behind_other_music_a_bed_begins_anew(timeline, tmp_path):
    """Wherever it was when the music came: what comes behind does not hang on what came before."""
    sting, (bed, *_) = timeline.music[1], timeline.beds
    takes = record_reel(only(timeline, music=[sting], beds=[bed]), tmp_path)
    heard = []
    for earlier_ms in (0, 777):
        moved = replace(bed, start_ms=bed.start_ms - earlier_ms)
        mix = prepare_mix(only(timeline, music=[sting], beds=[moved]), takes)
        heard.append(np.concatenate(list(mix.play(sting.end_ms * 48, timeline.duration_ms * 48))))
    assert np.abs(heard[0]).max() > 1e-3
    assert np.array_equal(*heard)


@settings(max_examples=200, deadline=None)
@given(
    music=st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 6000)), max_size=6),
    start=st.integers(0, 15_000),
    length=st.integers(1, 10_000),
)
def test_a_bed_sounds_where_no_other_music_does(music, start, length):
    bed = BedSpan("bed", start, start + length, 400, 2000, -6.0)
    clips = [MusicClip("x", at, span) for at, span in music]
    on = np.zeros(30_000, int)
    on[bed.start_ms : bed.end_ms] = 1
    for clip in clips:
        on[clip.start_ms : clip.end_ms] = 0
    spans = list(rest_at_music(bed, clips))
    for span in spans:
        assert on[span.start_ms : span.end_ms].all()
        assert (span.fade_in_ms, span.fade_out_ms) == (
            400 if span.start_ms == bed.start_ms else REST_MS,
            2000 if span.end_ms == bed.end_ms else REST_MS,
        )
        on[span.start_ms : span.end_ms] = 0
    edges = np.flatnonzero(np.diff(on, prepend=0, append=0))
    assert (np.diff(edges)[::2] <= 2 * REST_MS).all()  # too short to come and go
    assert not clips or spans or length <= 2 * REST_MS or on.sum() < length
    if not clips:
        assert spans == [bed]


spans = st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 5000)), max_size=8)


@settings(max_examples=40, deadline=None)
@given(spans=spans)
def test_ducking_is_down_in_time_and_never_jumps(spans):
    voices = tuple(VoiceClip("x", start, length, "f") for start, length in spans)
    bed = BedSpan("bed", 1000, 36_000, 400, 2000)
    under_speech = duck(Timeline(40_000, voices, (), (bed,), (), ()), bed)
    gains = np.broadcast_to(under_speech.over(0, 40_000 * 48), 40_000 * 48)
    assert np.abs(np.diff(gains)).max(initial=0) < 1e-4
    low = 10 ** (DUCK_DB / 20)
    for start, length in spans:
        stop = start + length
        if stop > bed.start_ms and start < bed.end_ms:
            assert np.allclose(gains[start * 48 : stop * 48], low, atol=1e-5)


@settings(max_examples=100, deadline=None)
@given(start=st.integers(0, 500), length=st.integers(1, 500), cut=st.integers(1, 70))
def test_an_envelope_is_the_same_in_any_pieces(start, length, cut):
    envelope = fade(start, start + length, fade_in=24, fade_out=50, gain=0.5)
    whole = np.broadcast_to(envelope.over(0, 1_100), 1_100)
    pieces = [
        np.broadcast_to(envelope.over(at, min(at + cut, 1_100)), min(cut, 1_100 - at))
        for at in range(0, 1_100, cut)
    ]
    assert np.allclose(np.concatenate(pieces), whole, atol=1e-6)
    assert not whole[:start].any()
    assert not whole[start + length :].any()
    assert whole.max() <= 0.5


def test_ducks_never_overlap():
    assert DUCK_BRIDGE_MS >= DUCK_ATTACK_MS + DUCK_RELEASE_MS


def test_an_envelope_is_constant_outside():
    envelope = Envelope((10, 20), (0.25, 1.0))
    assert envelope.over(0, 10) == 0.25
    assert envelope.over(20, 30) == 1.0
    assert np.allclose(envelope.over(9, 12), [0.25, 0.25, 0.325])


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: path.write_text("không phải nhạc"), MediaUnreadable),
        (lambda path: write_wav(path, np.zeros(48_000)), SoundSilent),
        (lambda _path: None, MediaUnreadable),
    ],
)
@pytest.mark.parametrize("place", ["voice", "music"])
def test_a_source_that_cannot_sound_is_named(make, error, place, tmp_path):
    path = tmp_path / "hỏng.wav"
    make(path)
    voices = (VoiceClip(path, 0, 1000, "x"),) if place == "voice" else ()
    music = (MusicClip(path, 0, 1000),) if place == "music" else ()
    with pytest.raises(error, match=r"hỏng\.wav"):
        record_reel(Timeline(2000, voices, music, (), (), ()), tmp_path)


@settings(max_examples=40, deadline=None)
@given(spans=st.lists(st.tuples(st.integers(0, 20_000), st.integers(3000, 20_000)), min_size=1, max_size=7))
def test_any_number_of_beds_is_no_louder_under_speech_than_two(spans):
    """Their gains added up, as if all waves rose together: the worst that there can be."""
    beds = tuple(BedSpan(f"bed {n}", start, start + length, 0, 0) for n, (start, length) in enumerate(spans))
    voice = VoiceClip("x", 0, 60_000, "f")
    timeline = Timeline(60_000, (voice,), (), beds, (), ())
    at = np.arange(0, 60_000, 50)
    together = np.zeros(len(at))
    for bed in beds:
        under_speech = duck(timeline, bed)
        gains = np.interp(at * 48, under_speech.places, under_speech.gains)
        together += np.where((at >= bed.start_ms) & (at < bed.end_ms), gains, 0.0)
    assert together.max() <= 2 * 10 ** (DUCK_DB / 20) + 1e-9


def test_beds_that_follow_each_other_are_not_counted_together():
    beds = tuple(BedSpan(f"bed {n}", 10_000 * n, 10_000 * n + 12_000, 400, 2000) for n in range(3))
    timeline = Timeline(40_000, (VoiceClip("x", 5000, 20_000, "f"),), (), beds, (), ())
    for bed in beds:
        assert min(duck(timeline, bed).gains) == pytest.approx(10 ** (DUCK_DB / 20))
