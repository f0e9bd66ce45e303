"""Pieces put together: nobody can tell where, and what was kept makes no difference."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.decoding import decode_sound
from assets.loudness import measure_loudness
from studio.mixing import mixer, pieces, splicing
from studio.mixing.encoding import Setting
from studio.mixing.envelope import RATE_HZ
from studio.mixing.mixer import JOIN_GRID_MS, prepare_mix
from studio.mixing.piece_shelf import PieceShelf
from studio.mixing.pieces import encode
from studio.mixing.presets import find_preset
from studio.mixing.reel import record_reel
from studio.mixing.render import render
from studio.mixing.splicing import FRAME_MS, FRAME_SAMPLES, NotConstant, crc16, read_piece
from studio.mixing.timeline import BedSpan, MusicClip, Timeline, VoiceClip
from tests.studio.mixing.pieces import make_sentence, make_tune

PIECE_MS = 20_000
SPAN_S = 0.1
NEAR_S = 1.0
"""Around a join, in spans of `SPAN_S`."""
MORE_NOISE_DB = 2.0
"""What the encoder adds near a join, against what it adds there when it encodes the whole at a stretch.

For a single span it is an encoder's whim: a sample that differs in its last bit may cost one of them six
decibels. So each is held to the worst that the encoder does anywhere to sound at a stretch.
"""
SOUNDING_DB = -50.0
INAUDIBLE_DB = -80.0
GAINS_DB = {"radio": 0.5, "web": 7.5, "loudspeaker": 6.5}


def make_long(folder, *, changed=False):
    """A minute of five sentences over and over, a bed under half of it; `changed`: one is another."""
    folder.mkdir(exist_ok=True)
    sentences = [make_sentence(folder, n, 2100 + 317 * n) for n in range(6)]
    tune, bed = make_tune(folder, "tune", 2000), make_tune(folder, "bed", 1500, hertz=220)
    voices, at = [], 3600
    while at < 65_000:
        number = len(voices)
        sentence = sentences[5 if changed and number == 18 else number % 5]
        voices.append(VoiceClip(sentence.path, at, sentence.duration_ms, "fm"[number % 2]))
        at += sentence.duration_ms + (351 if number % 4 else 800)
        at += 0 if number % 4 else -at % JOIN_GRID_MS
    beds = (BedSpan(bed.path, 2500, 33_000, 400, 2000, -6.0),)
    return Timeline(at + 500, tuple(voices), (MusicClip(tune.path, 200, 2000),), beds, (), ())


@pytest.fixture(scope="module", autouse=True)
def _short_pieces():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixer, "PIECE_MS", PIECE_MS)
        yield


@pytest.fixture(scope="module")
def timeline(tmp_path_factory):
    return make_long(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def mix(timeline, tmp_path_factory):
    return prepare_mix(timeline, record_reel(timeline, tmp_path_factory.mktemp("reel")))


def make_sound(mix, setting, folder, kept=None):
    """What a decoder gives of it, shape (frames, channels); `kept` is where pieces were made before."""
    folder.mkdir()
    shelf = PieceShelf((kept or folder) / "pieces")
    path = encode(mix, [setting], folder, shelf=shelf, tell=lambda *_: None)[setting.preset.name]
    return soundfile.read(path, dtype="float64", always_2d=True)[0]


def levels_db(sound):
    span = round(SPAN_S * RATE_HZ)
    whole = sound[: len(sound) // span * span].reshape(-1, span * sound.shape[1])
    return 10 * np.log10(np.square(whole).mean(axis=1) + 1e-12)


def total_db(levels):
    return 10 * np.log10((10 ** (levels / 10)).sum())


@pytest.mark.parametrize("name", GAINS_DB)
def test_near_a_join_it_is_as_near_to_the_mix_as_the_whole_at_a_stretch(name, mix, tmp_path):
    setting = Setting(find_preset(name), GAINS_DB[name], -2.0)
    lossless = replace(setting, preset=replace(setting.preset, format="wav", bit_rate_kbps=None))
    joined = make_sound(mix, setting, tmp_path / "joined")
    whole = make_sound(replace(mix, joins=()), setting, tmp_path / "whole")
    wanted = make_sound(mix, lossless, tmp_path / "wanted")
    assert joined.shape == whole.shape == wanted.shape == (mix.frames, setting.preset.channels)
    wanted *= np.vdot(whole, wanted) / np.vdot(wanted, wanted)  # LAME takes half a decibel off
    noise, usual = (np.maximum(levels_db(sound - wanted), INAUDIBLE_DB) for sound in (joined, whole))
    assert len(mix.joins) >= 2
    heard = levels_db(wanted)
    masked = (heard - usual)[heard > SOUNDING_DB].min()
    for join in mix.joins:
        middle = round(join / RATE_HZ / SPAN_S)
        near = slice(middle - round(NEAR_S / SPAN_S), middle + round(NEAR_S / SPAN_S))
        assert (heard - noise)[near][heard[near] > SOUNDING_DB].min(initial=np.inf) >= masked - 0.01
        assert total_db(noise[near]) - total_db(usual[near]) <= MORE_NOISE_DB
        around = slice(join - RATE_HZ // 10, join + RATE_HZ // 10)
        step, usual_step = (np.abs(np.diff(sound[around], axis=0)).max() for sound in (joined, whole))
        assert step <= 1.05 * usual_step + 1e-4
    assert abs(float(np.mean(noise - usual))) < 0.2


def test_what_was_kept_makes_no_difference_to_a_byte(timeline, tmp_path):
    """One sentence is another, and longer: only what sounds different is made, the file is the same."""
    pieces, other = tmp_path / "pieces", make_long(tmp_path / "sources", changed=True)
    for name in ("radio", "loudspeaker"):
        render(timeline, {name: tmp_path / "before"}, workdir=tmp_path, pieces=pieces / name)
        before = set(pieces.rglob("*.mp3"))
        render(other, {name: tmp_path / "after"}, workdir=tmp_path, pieces=pieces / name)
        made = set(pieces.rglob("*.mp3")) - before
        render(other, {name: tmp_path / "cold"}, workdir=tmp_path)
        assert (tmp_path / "after").read_bytes() == (tmp_path / "cold").read_bytes()
        assert (tmp_path / "before").read_bytes() != (tmp_path / "cold").read_bytes()
        if name == "radio":  # the other's gain moves by a step: all of it sounds different
            assert len(before) == 3
            assert len(made) == 1


def test_a_file_is_the_same_whatever_is_made_beside_it(timeline, tmp_path):
    presets = ["radio", "loudspeaker", "broadcast"]
    render(timeline, {name: tmp_path / name for name in presets}, workdir=tmp_path)
    for name in presets:
        render(timeline, {name: tmp_path / "alone"}, workdir=tmp_path)
        assert (tmp_path / "alone").read_bytes() == (tmp_path / name).read_bytes()


def test_a_damaged_piece_is_made_again(timeline, tmp_path):
    pieces = tmp_path / "pieces"
    render(timeline, {"radio": tmp_path / "1"}, workdir=tmp_path, pieces=pieces)
    first, second, third = sorted(pieces.rglob("*.mp3"))
    whole = first.read_bytes()
    first.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    second.write_bytes(b"")
    third.unlink()
    render(timeline, {"radio": tmp_path / "2"}, workdir=tmp_path, pieces=pieces)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert first.read_bytes() == whole
    assert not [path for path in pieces.rglob("*") if path.is_file() and path.suffix != ".mp3"]


@pytest.mark.parametrize("refused", [{0}, {1}, {0, 1}])
def test_where_two_pieces_cannot_be_joined_both_are_made_as_one(refused, mix, tmp_path, monkeypatch):
    setting = Setting(find_preset("loudspeaker"), 6.5, -2.5)
    planned = [join // FRAME_SAMPLES for join in mix.joins]
    assert len(planned) == 2
    find = splicing._find_join
    spliced = make_sound(mix, setting, tmp_path / "spliced")

    def refuse(left, right, at):
        return None if planned.index(at) in refused else find(left, right, at)

    monkeypatch.setattr(splicing, "_find_join", refuse)
    made = make_sound(mix, setting, tmp_path / "refused")
    fewer = tuple(join for number, join in enumerate(mix.joins) if number not in refused)
    assert np.array_equal(made, make_sound(replace(mix, joins=fewer), setting, tmp_path / "fewer"))
    assert not np.array_equal(made, spliced)
    assert make_sound(mix, setting, tmp_path / "kept", tmp_path / "refused") == pytest.approx(made, abs=0)


def test_what_an_encoder_gives_otherwise_is_encoded_at_a_stretch(mix, tmp_path, monkeypatch):
    setting = Setting(find_preset("radio"), 0.5, -2.0, is_limited=False)
    whole = make_sound(replace(mix, joins=()), setting, tmp_path / "whole")

    def refuse(*_):
        raise NotConstant

    monkeypatch.setattr(pieces, "read_piece", refuse)
    assert np.array_equal(make_sound(mix, setting, tmp_path / "refused"), whole)


def test_the_file_tells_the_truth_of_itself(timeline, tmp_path):
    """Frames, bytes and checksums as an encoder writes them; both decoders read it without a fault."""
    made, faults = tmp_path / "made.mp3", []
    verdict = render(timeline, {"radio": made}, workdir=tmp_path)["radio"]
    decode_sound(made, lambda *_: None, on_fault=faults.append)
    assert faults == []
    measured = measure_loudness(made)
    assert measured.duration_ms == verdict.duration_ms == timeline.duration_ms
    assert measured.true_peak_dbtp == pytest.approx(verdict.true_peak_dbtp, abs=0.02)
    piece = read_piece(made.read_bytes(), 0)
    at = piece.info.index(b"Info")
    told = piece.info[at + 8 : at + 16] + piece.info[at + 148 : at + 156]
    size = (len(piece.frames) + 1) * len(piece.info)
    assert told[:12] == b"".join(n.to_bytes(4, "big") for n in (len(piece.frames), size, size))
    assert told[12:14] == slow_crc16(piece.frames.tobytes()).to_bytes(2, "big")
    assert told[14:] == slow_crc16(piece.info[: at + 154]).to_bytes(2, "big")


def test_a_piece_that_ffmpeg_made_has_the_same_checksums(mix, tmp_path):
    setting = Setting(find_preset("radio"), 0.5, -2.0)
    short = replace(mix, joins=(), frames=5 * RATE_HZ)
    path = encode(short, [setting], tmp_path, shelf=PieceShelf(tmp_path), tell=lambda *_: None)["radio"]
    piece = read_piece(path.read_bytes(), 0)
    at = piece.info.index(b"Info")
    assert piece.info[at + 152 : at + 154] == crc16(piece.frames.tobytes(), 0).to_bytes(2, "big")
    assert piece.info[at + 154 : at + 156] == crc16(piece.info[: at + 154], 0).to_bytes(2, "big")


def slow_crc16(data):
    """Bit by bit, as the polynomial is written."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


@settings(max_examples=30, deadline=None)
@given(length=st.integers(0, 20_000), cut=st.integers(0, 20_000), seed=st.integers(0, 99))
def test_a_checksum_may_be_taken_in_parts(length, cut, seed):
    data = np.random.default_rng(seed).bytes(length)
    assert crc16(data[cut:], crc16(data[:cut], 0)) == slow_crc16(data)


def test_joins_lie_in_silence_on_the_grid_a_piece_apart(timeline, mix):
    assert JOIN_GRID_MS == FRAME_MS
    for join in mix.joins:
        at_ms = join * 1000 // RATE_HZ
        assert at_ms % JOIN_GRID_MS == 0
        for clip in (*timeline.voices, *timeline.music):
            assert not clip.start_ms - 240 < at_ms < clip.end_ms + 240
    assert all(stop - start >= PIECE_MS * 48 for start, stop in pairwise([0, *mix.joins]))


def test_a_mix_is_described_by_what_sounds_wherever_it_lies(timeline, mix, tmp_path):
    later = replace(
        timeline,
        duration_ms=timeline.duration_ms + 240,
        voices=tuple(replace(clip, start_ms=clip.start_ms + 240) for clip in timeline.voices),
        music=tuple(replace(clip, start_ms=clip.start_ms + 240) for clip in timeline.music),
        beds=tuple(
            replace(bed, start_ms=bed.start_ms + 240, end_ms=bed.end_ms + 240) for bed in timeline.beds
        ),
    )
    moved = prepare_mix(later, record_reel(later, tmp_path))
    shift = 240 * 48
    for start, stop in pairwise([0, *mix.joins, mix.frames]):
        assert mix.describe(start, stop) == moved.describe(start + shift, stop + shift)
        assert mix.describe(start, stop) != moved.describe(start, stop)
    start, stop = mix.joins[0], mix.joins[1]
    for one, other in zip(mix.play(start, stop), moved.play(start + shift, stop + shift), strict=True):
        assert np.array_equal(one, other)
