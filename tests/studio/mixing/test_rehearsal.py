"""What is foreseen of an excerpt, against what chain, gain and limiter really give."""

from dataclasses import replace

import pytest

from assets.loudness import SoundSilent, SoundTooShort, measure_loudness
from studio.mixing.mixer import prepare_mix
from studio.mixing.piece_shelf import PieceShelf
from studio.mixing.pieces import encode
from studio.mixing.presets import find_preset
from studio.mixing.reel import record_reel
from studio.mixing.rehearsal import GAIN_STEP_DB, rehearse
from studio.mixing.timeline import Timeline
from tests.studio.mixing.pieces import make_timeline

LOSSLESS = replace(find_preset("broadcast"), limit_dbfs=-2.0)
HORN = replace(find_preset("loudspeaker"), format="wav", bit_rate_kbps=None)


@pytest.fixture(scope="module")
def mix(tmp_path_factory):
    timeline = make_timeline(tmp_path_factory.mktemp("timeline"))
    return prepare_mix(timeline, record_reel(timeline, tmp_path_factory.mktemp("reel")))


def foresee(mix, preset):
    (setting,) = rehearse(mix, [preset], tell=lambda *_: None)
    return setting


@pytest.mark.parametrize("target_lufs", [-30, -23, -18, -14, -11])
@pytest.mark.parametrize("preset", [LOSSLESS, HORN], ids=["plain", "horn"])
def test_the_first_setting_hits_also_where_the_limiter_works(preset, target_lufs, mix, tmp_path):
    setting = foresee(mix, replace(preset, target_lufs=target_lufs))
    assert setting.gain_db % GAIN_STEP_DB == 0
    shelf = PieceShelf(tmp_path / "pieces")
    made = encode(mix, [setting], tmp_path, shelf=shelf, tell=lambda *_: None)[preset.name]
    measured = measure_loudness(made)
    assert measured.integrated_lufs == pytest.approx(target_lufs, abs=0.5)
    assert setting.is_limited or measured.true_peak_dbtp < preset.limit_dbfs


def test_a_limiter_is_asked_for_only_where_something_reaches_it(mix):
    assert not foresee(mix, replace(LOSSLESS, target_lufs=-30)).is_limited
    assert foresee(mix, replace(LOSSLESS, target_lufs=-11)).is_limited


def test_what_tolerates_less_is_set_more_finely(mix):
    fine = foresee(mix, replace(LOSSLESS, target_lufs=-23.1, tolerance_lu=0.1))
    assert fine.gain_db / 0.05 == pytest.approx(round(fine.gain_db / 0.05))
    assert fine.gain_db != foresee(mix, replace(LOSSLESS, target_lufs=-23.1)).gain_db


def test_a_target_out_of_reach_is_not_chased(mix):
    assert foresee(mix, replace(LOSSLESS, target_lufs=-1)).gain_db < 60


def test_what_has_no_loudness_is_refused(mix):
    with pytest.raises(SoundTooShort):
        foresee(replace(mix, frames=4800), LOSSLESS)
    with pytest.raises(SoundSilent):
        foresee(prepare_mix(Timeline(3000, (), (), (), (), ()), {}), LOSSLESS)
