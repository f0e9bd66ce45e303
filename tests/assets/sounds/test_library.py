"""The bundled files are what `sounds.toml` says, clean at their ends, seamless where they loop."""

from functools import cache

import numpy as np
import pytest

from assets.loudness import measure_loudness
from assets.models import AssetKind
from assets.sounds.library import FOLDER, bundled_sounds
from assets.sounds.pieces import PIECES
from tests.assets.sounds.listening import (
    Samples,
    band_share_db,
    decode,
    loudest_note,
    seam_change,
    seam_click,
)

LENGTHS_MS = {
    "mo-dau": (6000, 9000),
    "ket-thuc": (5000, 7000),
    "ban-tin": (4000, 6000),
    "chuong": (1500, 2500),
    "chuyen-muc": (2000, 3000),
    "cong-chieng": (2500, 4000),
    "sao-truc": (24_000, 48_000),
    "t-rung": (24_000, 48_000),
    "dan-da": (24_000, 48_000),
}
BEDS = ["sao-truc", "t-rung", "dan-da"]
TUNES = [name for name in LENGTHS_MS if name not in BEDS]


@cache
def hear(name: str) -> Samples:
    return decode(bundled_sounds()[name].path)


def test_the_nine_names_and_kinds_are_there():
    kinds = {name: sound.kind for name, sound in bundled_sounds().items()}
    signature, sting, bed = AssetKind.SIGNATURE, AssetKind.STING, AssetKind.BED
    assert list(kinds) == list(LENGTHS_MS)
    assert list(kinds.values()) == [signature] * 3 + [sting] * 3 + [bed] * 3


def test_the_list_and_the_pieces_agree():
    listed = [(s.name, s.kind, s.title, s.loopable) for s in bundled_sounds().values()]
    assert listed == [(p.name, p.kind, p.title, p.loopable) for p in PIECES]


def test_every_file_is_listed_and_has_its_origin_stated():
    files = {path.name for path in FOLDER.glob("*.flac")}
    assert files == {sound.path.name for sound in bundled_sounds().values()}
    sources = (FOLDER / "SOURCES.md").read_text("utf-8")
    assert [name for name in sorted(files) if f"| {name} |" not in sources] == []


def test_all_sounds_together_stay_small():
    assert sum(sound.path.stat().st_size for sound in bundled_sounds().values()) < 8_000_000


@pytest.mark.parametrize("name", LENGTHS_MS)
def test_length_and_loudness_are_as_stated(name):
    sound = bundled_sounds()[name]
    measured = measure_loudness(sound.path)
    low, high = LENGTHS_MS[name]
    assert low <= sound.duration_ms <= high
    assert measured.duration_ms == sound.duration_ms
    assert measured.channels == 2
    assert measured.integrated_lufs == pytest.approx(sound.integrated_lufs, abs=0.3)
    assert measured.true_peak_dbtp == pytest.approx(sound.true_peak_dbtp, abs=0.3)
    assert sound.integrated_lufs == pytest.approx(-24 if sound.loopable else -18, abs=0.3)


@pytest.mark.parametrize("name", LENGTHS_MS)
def test_levels_leave_room_and_rest_on_zero(name):
    samples = hear(name)
    assert np.abs(samples).max() <= 10 ** (-3 / 20)
    assert np.abs(samples.mean(axis=0)).max() < 1e-4
    assert len(samples) * 1000 / 48_000 == pytest.approx(bundled_sounds()[name].duration_ms, abs=1)


@pytest.mark.parametrize("name", LENGTHS_MS)
def test_one_loudspeaker_hears_nearly_as_much_as_two(name):
    samples = hear(name)
    mono = np.sqrt(np.mean(samples.mean(axis=1) ** 2))
    assert 20 * np.log10(mono / np.sqrt(np.mean(samples**2))) > -1.5


@pytest.mark.parametrize("name", TUNES)
def test_a_tune_starts_and_ends_at_rest(name):
    samples = hear(name)
    assert np.abs(samples[:48]).max() < 0.002
    assert np.abs(samples[-480:]).max() < 0.001
    # The last second falls all the way: nothing is cut off.
    levels = np.sqrt((samples[-48_000:].reshape(4, -1) ** 2).mean(axis=1))
    assert (np.diff(levels) < 0).all()


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_loops_without_a_seam(name):
    loop = hear(name)
    assert seam_click(loop) < 0.5
    assert seam_change(loop) < 1.15


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_cut_short_would_be_heard(name):
    cuts = [hear(name)[:-samples] for samples in (1201, 33_637, 100_003)]
    assert all(seam_click(cut) > 2 for cut in cuts)


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_leaves_speech_its_frequencies(name):
    assert band_share_db(hear(name), 1000, 4000) < -20
    assert band_share_db(hear(name), 4000, 24_000) < -40


@pytest.mark.parametrize("name", BEDS)
def test_a_bed_stays_calm(name):
    samples = hear(name)
    count = len(samples) // 24_000
    levels = 10 * np.log10((samples[: count * 24_000].reshape(count, -1) ** 2).mean(axis=1))
    assert levels.max() - np.median(levels) < 6
    assert np.median(levels) - levels.min() < 12


@pytest.mark.parametrize(
    ("name", "start_s", "beat_s", "tune"),
    [
        ("mo-dau", 0.62, 0.6, "D.5 G1 A.5 B1 D1.5 E.5 D.5 B.5 A.5 B.5 D1"),
        ("ket-thuc", 0.08, 0.66, "D1 B.5 A.5 G1 E.5 D.5 G2"),
        ("ban-tin", 0.06, 60 / 132, "D.5 G.5 A.5 B.5 D1 E.25 D.25 B.5 A.5 B.5 D1"),
    ],
)
def test_the_tune_stands_out_from_what_accompanies_it(name, start_s, beat_s, tune):
    samples = hear(name).mean(axis=1)
    at, heard = start_s, ""
    for note in tune.split():
        length_s = float(note[1:]) * beat_s
        begin = round((at + 0.02) * 48_000)
        heard += loudest_note(samples[begin : begin + round(min(length_s, 0.3) * 48_000)])
        at += length_s
    written = "".join(note[0] for note in tune.split())
    assert sum(a == b for a, b in zip(heard, written, strict=True)) >= len(written) - 1, heard


@pytest.mark.parametrize("name", LENGTHS_MS)
def test_what_sounds_longest_is_on_the_scale(name):
    """The strongest peaks of the whole spectrum are G A B D E; only gongs may add their own partials."""
    samples = hear(name).mean(axis=1)
    size = 1 << 21
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size)) ** 2
    frequencies = np.fft.rfftfreq(size, 1 / 48_000)
    melodic = (frequencies > 180) & (frequencies < 800)
    steps = 12 * np.log2(np.maximum(frequencies[melodic], 1) / 440)
    near = np.zeros(melodic.sum(), dtype=bool)
    for step in (-2, 0, 2, 5, 7):
        near |= np.abs((steps - step + 6) % 12 - 6) < 0.25
    assert power[melodic][near].sum() / power[melodic].sum() > 0.75
