import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from assets.errors import Unavailable
from assets.loudness import measure_loudness
from studio.production.programme import make_programme, prepare_programme
from studio.scripts.problems import RecordingMissing
from tests.studio.production.scripts import SHORT_SCRIPT


def quiet(_share, _message):
    pass


def recipe(text, settings, preset="radio"):
    return prepare_programme(text, settings=settings, presets=[preset]).recipes[preset]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3 thôn", "4 thôn"),
        ("(chậm)", "(nhanh)"),
        ("t-rung", "dan-da"),
        ("0,5s", "0,6s"),
        ("NAM: vi-north-m", "NAM: vi-south-m"),
        ("tiêu đề: Nước sạch", "tiêu đề: Nước"),
    ],
)
def test_what_is_heard_changes_the_recipe(settings, old, new):
    assert recipe(SHORT_SCRIPT.replace(old, new), settings) != recipe(SHORT_SCRIPT, settings)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Mở đầu\n", "# Mở đầu\n// một ghi chú\n"),
        ("nội dung: 3.water", "nội dung: 3.health"),
        ("ngày 5/6", "ngày  5/6"),
    ],
)
def test_what_is_not_heard_does_not(settings, old, new):
    assert recipe(SHORT_SCRIPT.replace(old, new), settings) == recipe(SHORT_SCRIPT, settings)


def test_each_preset_has_its_own_recipe(settings):
    assert recipe(SHORT_SCRIPT, settings, "radio") != recipe(SHORT_SCRIPT, settings, "loudspeaker")


def test_a_programme_is_delivered_within_its_presets(settings, tmp_path):
    draft = prepare_programme(SHORT_SCRIPT, settings=settings, presets=["radio", "loudspeaker"])
    outputs = {name: tmp_path / f"{name}.mp3" for name in ("radio", "loudspeaker")}
    made = make_programme(draft, outputs, settings=settings, progress=quiet)
    assert (made.sentences_made, made.sentences_reused) == (3, 0)
    for name, target in (("radio", -23), ("loudspeaker", -16)):
        measured = measure_loudness(outputs[name])
        assert abs(measured.integrated_lufs - target) <= 0.5
        assert measured.true_peak_dbtp <= -1
        assert measured.duration_ms == made.timeline.duration_ms
    again = make_programme(draft, {"radio": tmp_path / "again.mp3"}, settings=settings, progress=quiet)
    assert (again.sentences_made, again.sentences_reused) == (0, 3)
    assert (tmp_path / "again.mp3").read_bytes() == outputs["radio"].read_bytes()


def test_a_missing_recording_is_named_before_anything_is_made(settings):
    text = SHORT_SCRIPT.replace("[nghỉ 0,5s]", "[ghi âm: gia-rai.mp3]")
    with pytest.raises(RecordingMissing, match="gia-rai"):
        prepare_programme(text, settings=settings, presets=["radio"])


def test_a_recording_is_heard(settings, tmp_path):
    settings.recordings.mkdir(parents=True)
    draft = prepare_programme(SHORT_SCRIPT, settings=settings, presets=["radio"])
    source = make_programme(draft, {"radio": tmp_path / "a.mp3"}, settings=settings, progress=quiet)
    shutil.copy(tmp_path / "a.mp3", settings.recordings / "gia-rai.mp3")
    text = SHORT_SCRIPT.replace("[nghỉ 0,5s]", "[ghi âm: gia-rai.mp3]")
    draft = prepare_programme(text, settings=settings, presets=["radio"])
    longer = make_programme(draft, {"radio": tmp_path / "b.mp3"}, settings=settings, progress=quiet)
    assert longer.timeline.duration_ms > 1.8 * source.timeline.duration_ms


def test_killed_while_rendering_no_file_stands_under_its_name(tmp_path):
    script = tmp_path / "dai.md"
    sentence = "Bà con nhớ đun sôi nước trước khi uống, rửa tay bằng xà phòng. "
    script.write_text(SHORT_SCRIPT.replace("[nghỉ 0,5s]", f"NỮ: {sentence * 60}"), "utf-8")
    target = tmp_path / "dai.mp3"
    command = [sys.executable, "-m", "studio.cli.main", "--home", str(tmp_path / "home")]
    command += ["render", str(script), "-o", str(target)]
    for seconds in (1.5, 2.5, 4.0):
        render = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(seconds)
        finished = render.poll() is not None
        render.send_signal(signal.SIGKILL)
        render.wait()
        assert finished or not target.exists()
        target.unlink(missing_ok=True)
    subprocess.run(command, check=True, capture_output=True)
    assert measure_loudness(target).integrated_lufs == pytest.approx(-23, abs=0.5)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 3 MB, where this machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small tmpfs needs root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no tmpfs here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_said_and_leaves_nothing_half(settings, small_disk):
    draft = prepare_programme(SHORT_SCRIPT, settings=settings, presets=["radio"])
    target = small_disk / "x.mp3"
    (small_disk / "filler").write_bytes(bytes(2_990_000))
    with pytest.raises(Unavailable):
        make_programme(draft, {"radio": target}, settings=settings, progress=quiet)
    assert [path.name for path in small_disk.iterdir()] == ["filler"]
