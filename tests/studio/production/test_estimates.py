import pytest

from studio.production.estimates import estimate_script
from studio.production.programme import make_programme, prepare_programme
from tests.studio.production.scripts import SHORT_SCRIPT


def test_the_length_is_known_before_a_word_is_voiced(settings, tmp_path):
    estimated = estimate_script(SHORT_SCRIPT, settings=settings)
    draft = prepare_programme(SHORT_SCRIPT, settings=settings, presets=["radio"])
    made = make_programme(
        draft, {"radio": tmp_path / "a.mp3"}, settings=settings, progress=lambda _share, _message: None
    )
    assert estimated == pytest.approx(made.timeline.duration_ms, rel=0.05)


def test_a_script_with_problems_has_no_length_yet(settings):
    assert estimate_script(SHORT_SCRIPT + "\n[nhạc nềnn: x]\n", settings=settings) is None
    assert estimate_script("", settings=settings) is None
    assert estimate_script("---\ntitle: Im lặng\n---\n// chưa viết gì\n", settings=settings) is None


def test_a_recording_does_not_count_until_it_is_heard(settings):
    settings.recordings.mkdir(parents=True)
    (settings.recordings / "gia-rai.mp3").write_bytes(b"")
    text = SHORT_SCRIPT.replace("[nghỉ 0,5s]", "[nghỉ 0,5s]\n[ghi âm: gia-rai.mp3]")
    estimated = estimate_script(text, settings=settings)
    assert estimated is not None
    assert estimated >= estimate_script(SHORT_SCRIPT, settings=settings)
