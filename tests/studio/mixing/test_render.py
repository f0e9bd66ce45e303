import errno
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from assets.decoding import decode_sound
from assets.ffmpeg import DiskFull, find_ffmpeg
from assets.loudness import SoundSilent, measure_loudness
from studio.mixing import mastering
from studio.mixing.mastering import LoudnessNotMet, PeakNotMet, PresetNotMet, correct, judge
from studio.mixing.presets import PresetUnknown, find_preset, load_presets
from studio.mixing.recordings import hear_recording
from studio.mixing.render import FileNotWritten, render
from studio.mixing.tags import Tags
from studio.mixing.timeline import MusicClip, Timeline, VoiceClip
from tests.assets.synth import speech, tone, write_wav
from tests.studio.mixing.pieces import make_timeline

TITLE = "Bản tin “sáng”\n= 5 giờ; 'vay vốn' \\"


@pytest.fixture(scope="module")
def timeline(tmp_path_factory):
    return make_timeline(tmp_path_factory.mktemp("timeline"))


@pytest.fixture(scope="module")
def rendered(timeline, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rendered")
    told = []
    outputs = {name: folder / f"{name}.mp3" for name in load_presets()}
    verdicts = render(
        timeline,
        outputs,
        workdir=folder,
        tags=Tags(title=TITLE),
        progress=lambda share, message: told.append((share, message)),
    )
    return folder, verdicts, told


def left_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", load_presets())
def test_a_delivered_file_holds_its_preset(name, rendered, timeline):
    _, verdicts, _ = rendered
    verdict, preset = verdicts[name], find_preset(name)
    measured = measure_loudness(verdict.path)
    assert abs(measured.integrated_lufs - preset.target_lufs) <= 0.5
    assert measured.true_peak_dbtp <= -1.0
    assert measured.duration_ms == timeline.duration_ms
    assert measured.channels == preset.channels
    assert verdict.size_bytes == verdict.path.stat().st_size
    kbps = preset.bit_rate_kbps or 16 * 48 * preset.channels
    assert verdict.size_bytes == pytest.approx(kbps * timeline.duration_ms / 8, rel=0.03)
    for field in ("integrated_lufs", "true_peak_dbtp", "loudness_range_lu", "duration_ms", "channels"):
        # Another decoder than the one that judged it.
        assert getattr(verdict, field) == pytest.approx(getattr(measured, field), abs=0.01)


def test_nothing_else_is_left_and_progress_ran_to_its_end(rendered):
    folder, _, told = rendered
    assert left_in(folder) == sorted(f"{name}.mp3" for name in load_presets())
    shares = [share for share, _ in told]
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(message for _, message in told)


def test_the_title_is_in_the_file(rendered):
    folder, _, _ = rendered
    log = subprocess.run(
        [find_ffmpeg(), "-v", "error", "-i", folder / "radio.mp3", "-f", "ffmetadata", "-"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    plain = re.sub(r"\\(.)", r"\1", log, flags=re.DOTALL)
    assert TITLE in plain


def test_no_sample_is_clipped_and_no_music_before_its_time(rendered):
    folder, _, _ = rendered
    blocks = []
    decode_sound(folder / "radio.mp3", lambda _sound, samples: blocks.append(samples))
    sound = np.concatenate(blocks)
    assert np.abs(sound).max() < 0.9
    assert np.abs(sound[: 150 * 48]).max() < 1e-3


def test_the_same_timeline_gives_the_same_bytes(rendered, timeline, tmp_path):
    folder, _, _ = rendered
    render(timeline, {"loudspeaker": tmp_path / "again.mp3"}, workdir=tmp_path, tags=Tags(title=TITLE))
    assert (tmp_path / "again.mp3").read_bytes() == (folder / "loudspeaker.mp3").read_bytes()


def make_hard(tmp_path):
    """Clicks over a murmur: peaks 30 dB above the loudness."""
    signal = speech(12, rate=48_000, peak=0.05)
    signal[::24_000] = 0.99
    signal[1::24_000] = -0.99
    path = write_wav(tmp_path / "clicks.wav", signal)
    return Timeline(12_500, (VoiceClip(path, 200, 12_000, "x"),), (), (), (), ())


def test_peaky_sound_is_limited_until_it_holds(tmp_path):
    verdicts = render(make_hard(tmp_path), {"web": tmp_path / "a.mp3"}, workdir=tmp_path)
    assert abs(verdicts["web"].integrated_lufs + 16) <= 0.5
    assert verdicts["web"].true_peak_dbtp <= -1


def test_what_cannot_hold_its_preset_is_refused_and_not_there(timeline, tmp_path, monkeypatch):
    impossible = replace(find_preset("web"), target_lufs=-3.0)
    monkeypatch.setattr("studio.mixing.render.find_preset", lambda *_: impossible)
    with pytest.raises(PresetNotMet, match=r"web.*-3\.0"):
        render(make_hard(tmp_path), {"web": tmp_path / "a.mp3"}, workdir=tmp_path)
    assert left_in(tmp_path) == ["clicks.wav"]


def test_a_miss_says_which_limit_and_by_how_much(rendered):
    preset, verdict = find_preset("radio"), rendered[1]["radio"]
    with pytest.raises(LoudnessNotMet, match=r"-22\.0.*\+1\.0 LU.*-23\.0"):
        judge(preset, replace(verdict, integrated_lufs=-22.0))
    with pytest.raises(PeakNotMet, match=r"-0\.40.*\+0\.60 dB.*-1\.0"):
        judge(preset, replace(verdict, integrated_lufs=-23.0, true_peak_dbtp=-0.4))
    judge(preset, replace(verdict, integrated_lufs=-22.6))


def test_a_correction_turns_the_right_knob(rendered):
    verdict = rendered[1]["radio"]
    setting = mastering.Setting(find_preset("radio"), 1.0, -2.0)
    assert correct(setting, replace(verdict, integrated_lufs=-23.2, true_peak_dbtp=-1.0)) is None
    louder = correct(setting, replace(verdict, integrated_lufs=-23.4, true_peak_dbtp=-5.0))
    assert (louder.gain_db, louder.limit_dbfs) == (1.5, -2.0)  # 1.4, in steps of a quarter
    lower = correct(setting, replace(verdict, integrated_lufs=-23.0, true_peak_dbtp=-0.5))
    assert (lower.gain_db, lower.limit_dbfs) == (pytest.approx(1.0), pytest.approx(-2.6))


def test_where_gain_brings_nothing_the_room_below_the_ceiling_does(rendered):
    """Distorted sound at the limit: it may come nearer to the ceiling, and no nearer than it needs to."""
    setting = mastering.Setting(find_preset("web"), 20.0, -2.5, tried=(19.0, -16.4))
    soft = replace(rendered[1]["web"], integrated_lufs=-16.7, true_peak_dbtp=-2.2)
    assert correct(replace(setting, tried=None), soft).limit_dbfs == -2.5
    nearer = correct(setting, soft)
    assert (nearer.gain_db, nearer.limit_dbfs) == (20.0, pytest.approx(-1.8))
    assert correct(setting, replace(soft, true_peak_dbtp=-1.4)).limit_dbfs == pytest.approx(-2.2)
    assert correct(setting, replace(soft, true_peak_dbtp=-1.0)).gain_db > 20


def test_a_peak_without_a_limiter_brings_the_limiter(rendered):
    verdict = replace(rendered[1]["radio"], integrated_lufs=-23.0, true_peak_dbtp=0.5)
    setting = mastering.Setting(find_preset("radio"), 1.0, -2.0, is_limited=False)
    turned = correct(setting, verdict)
    assert (turned.is_limited, turned.limit_dbfs) == (True, -2.0)


def test_a_preset_that_tolerates_less_is_held_to_that(rendered):
    strict = replace(find_preset("radio"), tolerance_lu=0.1)
    off = replace(rendered[1]["radio"], integrated_lufs=-22.8, true_peak_dbtp=-5.0)
    assert correct(mastering.Setting(find_preset("radio"), 1.0, -2.0), off) is None
    assert correct(mastering.Setting(strict, 1.0, -2.0), off).gain_db == pytest.approx(0.8)


def test_a_tune_alone(tmp_path):
    tune = write_wav(tmp_path / "tune.wav", tone(-10, 2), tone(-14, 2))
    timeline = Timeline(2000, (), (MusicClip(tune, 0, 2000),), (), (), ())
    verdict = render(timeline, {"radio": tmp_path / "a.mp3"}, workdir=tmp_path)["radio"]
    assert verdict.integrated_lufs == pytest.approx(-23, abs=0.5)


def test_work_may_go_on_in_a_folder_of_any_name(tmp_path):
    folder = tmp_path / "bà con's [1], a:b;c=d\\ %d"
    folder.mkdir()
    tune = write_wav(folder / "tune.wav", tone(-10, 1))
    timeline = Timeline(1000, (), (MusicClip(tune, 0, 1000),), (), (), ())
    verdicts = render(timeline, {"radio": folder / "a.mp3", "web": folder / "b.mp3"}, workdir=folder)
    assert verdicts["web"].integrated_lufs == pytest.approx(-16, abs=0.5)
    assert left_in(folder) == ["a.mp3", "b.mp3", "tune.wav"]


def test_a_limiter_at_work_is_reckoned_with():
    first = mastering.Setting(find_preset("web"), 10.0, -2.0)
    second = first.turn(-18.0)
    assert second.gain_db == pytest.approx(10 + 18 - 16 + 0.45)
    third = second.turn(-16.775)  # half of what was hoped for
    assert third.gain_db == pytest.approx(second.gain_db + 2 * (16.775 - 16 + 0.45))


def test_an_empty_programme_is_refused(tmp_path):
    with pytest.raises(SoundSilent):
        render(Timeline(3000, (), (), (), (), ()), {"radio": tmp_path / "a.mp3"}, workdir=tmp_path)
    assert left_in(tmp_path) == []


def test_an_unknown_preset_names_those_there_are(timeline, tmp_path):
    with pytest.raises(PresetUnknown, match="radio, web, loudspeaker"):
        render(timeline, {"tivi": tmp_path / "a.mp3"}, workdir=tmp_path)


def test_a_place_that_cannot_be_written(timeline, tmp_path):
    (tmp_path / "file").write_text("")
    short = replace(timeline, duration_ms=3000, voices=(), beds=(), music=timeline.music[:1])
    with pytest.raises(FileNotWritten, match="file"):
        render(short, {"radio": tmp_path / "file" / "a.mp3"}, workdir=tmp_path)
    assert left_in(tmp_path) == ["file"]


def test_a_full_disk_leaves_nothing(timeline, tmp_path, monkeypatch):
    def fill(_source, _target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("studio.mixing.render.settle", fill)
    short = replace(timeline, duration_ms=3000, voices=(), beds=(), music=timeline.music[:1])
    with pytest.raises(DiskFull):
        render(short, {"radio": tmp_path / "a.mp3"}, workdir=tmp_path)
    assert left_in(tmp_path) == []


def test_killed_in_the_middle_there_is_no_half_file(tmp_path):
    script = (
        "import sys; from pathlib import Path; from dataclasses import replace\n"
        "from studio.mixing.render import render; from tests.studio.mixing.pieces import make_timeline\n"
        "folder = Path(sys.argv[1])\n"
        "long = replace(make_timeline(folder / 'pieces'), duration_ms=300_000)\n"
        "tell = lambda share, _message: print(share, flush=True)\n"
        "render(long, {'radio': folder / 'final' / 'a.mp3'}, workdir=folder, progress=tell)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            if float(line) > 0.3:
                child.send_signal(signal.SIGKILL)
                break
    time.sleep(0.5)
    assert not (tmp_path / "final").exists() or not any((tmp_path / "final").iterdir())


def test_a_recording_is_heard_to_its_end(tmp_path):
    path = write_wav(tmp_path / "gia rai.wav", speech(1.234, rate=16_000), rate=16_000)
    assert hear_recording(path).duration_ms == 1234
