"""The length of a programme and of each role's speech, foreseen within 5 %, corrections included."""

from pathlib import Path

import pytest

import studio.example
from studio.corrections.scope import Scope
from studio.corrections.standing import NO_CORRECTIONS, Corrections, Standing
from studio.production.preview import preview_script
from studio.production.programme import prepare_programme, voice_programme
from tests.studio.production.scripts import SHORT_SCRIPT

EXAMPLE = (Path(studio.example.__file__).parent / "scripts" / "hoc-nghe-sua-may.md").read_text("utf-8")
LONGER = Corrections((Standing(Scope.ALWAYS, "", "nghề", "nghề nghiệp chuyên môn kỹ thuật"),))


def estimate(text, corrections=NO_CORRECTIONS):
    return preview_script(text, corrections, script="").estimate


@pytest.mark.parametrize("corrections", [NO_CORRECTIONS, LONGER])
def test_lengths_are_known_before_a_word_is_voiced(settings, corrections):
    estimated = estimate(EXAMPLE, corrections)
    draft = prepare_programme(EXAMPLE, settings=settings, presets=[], corrections=corrections)
    _, timeline = voice_programme(draft, settings=settings, progress=lambda _share, _message: None)
    assert estimated.duration_ms == pytest.approx(timeline.duration_ms, rel=0.05)
    spoken = {
        role: sum(one.end_ms - one.start_ms for one in timeline.captions if one.role == role)
        for role in ("NỮ", "NAM")
    }
    assert estimated.roles == pytest.approx(spoken, rel=0.05)


def test_a_correction_makes_it_longer():
    assert estimate(EXAMPLE, LONGER).duration_ms > estimate(EXAMPLE).duration_ms + 5_000


def test_what_is_not_clear_yet_has_no_length_but_its_roles_have():
    unclear = estimate(SHORT_SCRIPT.replace("t-rung", "khong-co"))
    assert unclear.duration_ms is None
    assert unclear.roles == estimate(SHORT_SCRIPT).roles
    assert estimate("").duration_ms is None
    assert estimate("---\ntitle: Im lặng\n---\n// chưa viết gì\n").duration_ms is None


def test_a_recording_counts_with_its_length_once_it_was_heard():
    text = SHORT_SCRIPT.replace("[nghỉ 0,5s]", "[nghỉ 0,5s]\n[ghi âm: gia-lang]")
    short, long = (
        preview_script(text, NO_CORRECTIONS, script="", recordings={"gia-lang": length_ms}).estimate
        for length_ms in (30_000, 61_234)
    )
    assert estimate(text).duration_ms >= estimate(SHORT_SCRIPT).duration_ms
    assert short.duration_ms > estimate(text).duration_ms + 25_000
    assert abs(long.duration_ms - short.duration_ms - 31_234) <= 24  # speech begins on a grid
    assert long.roles == estimate(text).roles
