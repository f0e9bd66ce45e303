"""Edits as values: whatever is done in whatever order, pieces say what is heard; real sound says the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.decoding import decode_sound
from studio.mixing.editing import RATE_HZ, Piece, write_pieces
from studio.recordings.edits import (
    Cut,
    EditEmpties,
    EditOutside,
    Fade,
    Gain,
    GainTooHigh,
    Join,
    Keep,
    apply_all,
    apply_edit,
    check_gain,
    hash_pieces,
    length_of,
    pack,
    unpack,
    whole,
)
from tests.assets.synth import write_wav

LENGTH_MS = 8000
ORIGINAL = whole("a" * 64, LENGTH_MS)


def read(path):
    blocks = []
    decode_sound(path, lambda _sound, samples: blocks.append(samples.copy()))
    return np.concatenate(blocks)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two originals in which every millisecond is known by its level, at a rate that needs no resampling."""
    folder = tmp_path_factory.mktemp("originals")
    time = np.arange(LENGTH_MS * RATE_HZ // 1000) / RATE_HZ
    one = (0.1 + 0.04 * time) * np.sign(np.sin(2 * np.pi * 1000 * time + 0.01))
    other = 0.3 * np.sign(np.sin(2 * np.pi * 500 * time[: 2 * RATE_HZ] + 0.01))
    return {
        "a" * 64: write_wav(folder / "a.wav", one, rate=RATE_HZ),
        "b" * 64: write_wav(folder / "b.wav", other, rate=RATE_HZ),
    }


def levels(pieces):
    """The level of each millisecond as the pieces say it."""
    found = []
    for piece in pieces:
        at = np.arange(piece.start_ms, piece.end_ms) + 0.5
        level = {"a" * 64: 0.1 + 0.04 * at / 1000, "b" * 64: np.full(len(at), 0.3), "": at * 0}[piece.sha256]
        level = level * 10 ** (piece.gain_db / 20)
        for first, last in piece.ramps:
            level = level * (first + (last - first) * (at - piece.start_ms) / piece.duration_ms)
        found.append(level)
    return np.concatenate(found)


JOINED = Join("b", whole("b" * 64, 2000), gap_ms=300)
spans = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)
edits = st.one_of(
    st.tuples(st.sampled_from([Keep, Cut]), spans),
    st.tuples(st.just(Fade), st.tuples(st.floats(0, 1), st.floats(0, 1))),
    st.tuples(st.just(Gain), st.tuples(st.floats(-12, 3), st.floats(0, 1))),
    st.tuples(st.just(Join), st.none()),
)


def realise(pieces, drawn):
    """A drawn edit as one that fits the present length."""
    kind, numbers = drawn
    length = length_of(pieces)
    if kind in (Keep, Cut):
        return kind(*(round(share * length) for share in numbers))
    if kind is Fade:
        return Fade(round(numbers[0] * length / 2), round(numbers[1] * length / 2))
    if kind is Gain:
        return Gain(round(numbers[0], 1), 0, max(1, round(numbers[1] * length)))
    return JOINED


def apply_drawn(drawn):
    pieces, done = ORIGINAL, []
    for one in drawn:
        edit = realise(pieces, one)
        try:
            pieces = apply_edit(pieces, edit)
            done.append(edit)
        except (EditOutside, EditEmpties):
            continue
    return pieces, done


@given(st.lists(edits, max_size=6))
@settings(deadline=None)
def test_every_edit_does_what_its_name_says_to_every_millisecond(drawn):
    pieces = ORIGINAL
    for one in drawn:
        edit = realise(pieces, one)
        try:
            after = apply_edit(pieces, edit)
        except (EditOutside, EditEmpties):
            continue
        before, now = levels(pieces), levels(after)
        match edit:
            case Keep(start, end):
                expected = before[start:end]
            case Cut(start, end):
                expected = np.concatenate([before[:start], before[end:]])
            case Fade(in_ms, out_ms):
                rising = np.minimum(1, (np.arange(len(before)) + 0.5) / in_ms) if in_ms else 1
                falling = np.minimum(1, (np.arange(len(before))[::-1] + 0.5) / out_ms) if out_ms else 1
                expected = before * rising * falling
            case Gain(db, start, end):
                expected = before.copy()
                expected[start:end] *= 10 ** (db / 20)
            case Join():
                expected = np.concatenate([before, np.zeros(300), np.full(2000, 0.3)])
        assert now == pytest.approx(expected, abs=1e-3)
        pieces = after


@given(st.lists(edits, max_size=6))
@settings(deadline=None)
def test_what_is_kept_is_read_back_as_it_was(drawn):
    pieces, done = apply_drawn(drawn)
    again = [unpack(*pack(edit)) for edit in done]
    assert again == done
    assert hash_pieces(apply_all(ORIGINAL, again)) == hash_pieces(pieces)


@given(drawn=st.lists(edits, min_size=1, max_size=6))
@settings(max_examples=12, deadline=None)
def test_the_sound_is_what_the_pieces_say(drawn, files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("edited")
    pieces, _ = apply_drawn(drawn)
    write_pieces(pieces, folder / "made.flac", channels=1, find=files.__getitem__, workdir=folder)
    sound = np.abs(read(folder / "made.flac")[:, 0])
    assert len(sound) == length_of(pieces) * RATE_HZ // 1000
    heard = sound.reshape(-1, RATE_HZ // 1000).max(axis=1)
    said = levels(pieces)
    # Where two pieces meet, each side is eased over some milliseconds.
    borders = np.cumsum([0, *(piece.duration_ms for piece in pieces)])
    calm = np.ones(len(said), bool)
    for border in borders:
        calm[max(0, border - 6) : border + 6] = False
    assert heard[calm] == pytest.approx(said[calm], abs=0.012)
    assert [path.name for path in folder.iterdir()] == ["made.flac"]


def test_an_original_is_never_written(files, tmp_path):
    before = {name: path.read_bytes() for name, path in files.items()}
    pieces = apply_all(ORIGINAL, [Cut(1000, 2000), Fade(500, 500), JOINED])
    write_pieces(pieces, tmp_path / "x.flac", channels=2, find=files.__getitem__, workdir=tmp_path)
    assert read(tmp_path / "x.flac").shape[1] == 2
    assert {name: path.read_bytes() for name, path in files.items()} == before


def test_the_same_pieces_are_the_same_bytes(files, tmp_path):
    pieces = apply_all(ORIGINAL, [Cut(1000, 2000), Fade(500, 0)])
    for name in ("1.flac", "2.flac"):
        write_pieces(pieces, tmp_path / name, channels=1, find=files.__getitem__, workdir=tmp_path)
    assert (tmp_path / "1.flac").read_bytes() == (tmp_path / "2.flac").read_bytes()


@pytest.mark.parametrize(
    "edit", [Keep(5, 5), Keep(-1, 900), Cut(0, LENGTH_MS + 1), Fade(0, 0), Fade(LENGTH_MS + 1, 0)]
)
def test_what_lies_outside_is_refused(edit):
    with pytest.raises(EditOutside):
        apply_edit(ORIGINAL, edit)


def test_something_must_be_left():
    with pytest.raises(EditEmpties):
        apply_edit(ORIGINAL, Cut(100, LENGTH_MS - 100))


def test_a_wave_is_not_cut_off():
    peaks = {"a" * 64: -6.0}
    check_gain(apply_edit(ORIGINAL, Gain(5.5)), peaks)
    with pytest.raises(GainTooHigh, match=r"nhiều nhất 5\.5 dB"):
        check_gain(apply_edit(ORIGINAL, Gain(6.1)), peaks)


def test_a_cut_and_nothing_is_one_piece_again():
    halves = (Piece("a" * 64, 0, 4000), Piece("a" * 64, 4000, LENGTH_MS))
    assert apply_edit(halves, Keep(0, LENGTH_MS)) == ORIGINAL
