"""What comes in and what becomes of it: the table of `docs/sound.md`, row by row."""

import re
import subprocess
import tracemalloc
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assets.ffmpeg import MediaEmpty, MediaSoundless, MediaUnreadable, find_ffmpeg
from assets.loudness import LoudnessUndefined, SoundSilent, SoundTooShort, measure_loudness
from studio.mixing.layout import NothingToHear, lay_out
from studio.mixing.mastering import LoudnessNotMet
from studio.mixing.mixer import prepare_mix
from studio.mixing.presets import find_preset
from studio.mixing.reel import record_reel
from studio.mixing.render import render
from studio.mixing.timeline import BedSpan, MusicClip, Timeline, VoiceClip
from studio.scripts.document import Breath, Header, ScriptDocument, Sting
from tests.assets.synth import RATE, speech, tone, write_float_wav, write_wav
from tests.studio.mixing.pieces import Piece, make_tune

SECONDS = 4
ROOT = Path(__file__).parents[3]


def voice(path, *, ms=SECONDS * 1000):
    return Timeline(ms, (VoiceClip(path, 0, ms, "recording"),), (), (), (), ())


def mixed(timeline, folder):
    takes = record_reel(timeline, folder)
    return np.concatenate(list(prepare_mix(timeline, takes).play()))


def level_db(samples):
    return 10 * np.log10(np.mean(np.square(samples)) + 1e-20)


def take(folder, *channels, rate=RATE):
    return write_float_wav(folder / "take.wav", *channels, rate=rate)


def ordinary(folder):
    """How loud a recording without fault comes out, left, right and on one loudspeaker."""
    sound = speech(SECONDS, rate=RATE)
    return mixed(voice(write_float_wav(folder / "good.wav", sound, sound)), folder)


def opposed_channels(folder):
    sound = speech(SECONDS, rate=RATE)
    found = mixed(voice(take(folder, sound, -sound)), folder)
    one_loudspeaker = found.mean(axis=1)
    assert level_db(one_loudspeaker) == pytest.approx(level_db(ordinary(folder).mean(axis=1)), abs=0.1)


def silent_channel(folder):
    sound = speech(SECONDS, rate=RATE)
    found = mixed(voice(take(folder, np.zeros_like(sound), sound)), folder)
    assert np.allclose(found[:, 0], found[:, 1], atol=1e-6)
    assert level_db(found) == pytest.approx(level_db(ordinary(folder)), abs=0.1)


def offset(folder):
    sound = speech(SECONDS, rate=RATE)
    found = mixed(voice(take(folder, sound + 0.2, sound + 0.1)), folder)
    assert np.allclose(found, ordinary(folder), atol=2e-3)
    assert np.abs(found.mean(axis=0)).max() < 1e-4


def telephone(folder):
    sound = speech(SECONDS, rate=8000)
    found = mixed(voice(take(folder, sound, rate=8000)), folder)
    assert found.shape == (SECONDS * RATE, 2)
    assert level_db(found) == pytest.approx(level_db(ordinary(folder)), abs=1.5)


def studio_rate(folder):
    sound = speech(SECONDS, rate=192_000)
    six = [0.2 * sound, 0.2 * sound, sound, 0.0 * sound, 0.1 * sound, 0.1 * sound]
    found = mixed(voice(take(folder, *six, rate=192_000)), folder)
    assert found.shape == (SECONDS * RATE, 2)
    assert np.allclose(found[:, 0], found[:, 1], atol=1e-4)
    assert level_db(found) == pytest.approx(level_db(ordinary(folder)), abs=1.5)


def clipped(folder):
    sound = np.clip(speech(SECONDS, rate=RATE) * 12, -1, 1)
    made = folder / "a.mp3"
    verdict = render(voice(take(folder, sound, sound)), {"loudspeaker": made}, workdir=folder)["loudspeaker"]
    assert abs(verdict.integrated_lufs + 16) <= 0.5
    assert measure_loudness(made).true_peak_dbtp <= -1


def silence(folder):
    with pytest.raises(SoundSilent, match=r"take\.wav"):
        mixed(voice(take(folder, np.zeros(RATE * SECONDS))), folder)


def no_numbers(folder):
    sound = speech(SECONDS, rate=RATE)
    sound[70_000] = np.nan
    with pytest.raises(LoudnessUndefined, match=r"take\.wav"):
        mixed(voice(take(folder, sound, sound)), folder)


def text(folder):
    (folder / "take.wav").write_text("Kính thưa bà con", "utf-8")
    with pytest.raises(MediaUnreadable, match=r"take\.wav"):
        mixed(voice(folder / "take.wav"), folder)


def nothing_at_all(folder):
    (folder / "take.mp3").write_bytes(b"")
    with pytest.raises(MediaEmpty, match=r"take\.mp3"):
        mixed(voice(folder / "take.mp3"), folder)


def truncated(folder):
    sound = speech(SECONDS, rate=RATE)
    whole = folder / "whole.mp3"
    source = write_wav(folder / "whole.wav", sound, sound)
    subprocess.run([find_ffmpeg(), "-v", "error", "-i", source, "-b:a", "128k", whole], check=True)
    (folder / "take.mp3").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    found, good = mixed(voice(folder / "take.mp3"), folder), ordinary(folder)
    assert found.shape == (SECONDS * RATE, 2)
    there = slice(RATE // 10, RATE * 19 // 10)
    assert level_db(found[there]) == pytest.approx(level_db(good[there]), abs=1.5)
    assert not found[RATE * 21 // 10 :].any()


def strange_name(folder):
    sound = speech(SECONDS, rate=RATE)
    good = ordinary(folder)
    for name in (
        "-i",
        "-y.wav",
        "a \"b\" 'c'; rm -rf $HOME.wav",
        "một\nhai.wav",
        "ꨌꩌ 录音 ខ្មែរ 🎤.wav",
        "pipe:0",
    ):
        for write in (write_wav, write_float_wav):  # read here, and by ffmpeg
            write(folder / "made", sound).rename(folder / name)
            found = mixed(voice(folder / name), folder)
            assert level_db(found) == pytest.approx(level_db(good), abs=0.5)


def hours(folder):
    with wave.open(str(folder / "take.wav"), "wb") as target:
        target.setparams((1, 2, 8000, 0, "NONE", ""))
        minute = (speech(60, rate=8000) * 32767).astype("<i2").tobytes()
        for _ in range(10):
            target.writeframes(minute)
    tracemalloc.start()
    takes = record_reel(voice(folder / "take.wav", ms=600_000), folder)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert takes[folder / "take.wav"].frames == 600 * RATE
    assert most < 4_000_000  # ten minutes are 115 MB at the rate of the mix


def film_without_sound(folder):
    path = folder / "take.mkv"
    subprocess.run([find_ffmpeg(), "-v", "error", "-f", "lavfi", "-i", "testsrc=d=0.2", path], check=True)
    with pytest.raises(MediaSoundless, match=r"take\.mkv"):
        mixed(voice(path), folder)


def short_sting(folder):
    path = write_wav(folder / "sting.wav", tone(-6, 0.3), tone(-6, 0.3))
    timeline = Timeline(2000, (), (MusicClip(path, 500, 300),), (), (), ())
    found = mixed(timeline, folder)
    assert not found[: 500 * 48].any()
    assert level_db(found[510 * 48 : 790 * 48]) == pytest.approx(-23, abs=3)


def short_programme(folder):
    path = write_wav(folder / "sting.wav", tone(-6, 0.3))
    with pytest.raises(SoundTooShort, match="300 ms"):
        render(
            Timeline(300, (), (MusicClip(path, 0, 300),), (), (), ()), {"radio": folder / "a"}, workdir=folder
        )
    assert not (folder / "a").exists()


def nothing_to_hear(_folder):
    with pytest.raises(NothingToHear):
        lay_out(ScriptDocument(Header("Thử"), (Breath(3),)), [], {}, {})


def unreachable_target(folder):
    signal = speech(12, rate=RATE, peak=0.05)
    signal[::24_000], signal[1::24_000] = 0.99, -0.99
    path = write_wav(folder / "clicks.wav", signal)
    impossible = replace(find_preset("web"), target_lufs=-3.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studio.mixing.render.find_preset", lambda *_: impossible)
        with pytest.raises(LoudnessNotMet) as caught:
            render(voice(path, ms=12_000), {"web": folder / "a.mp3"}, workdir=folder)
    data = caught.value.data
    assert (caught.value.exit_code, data["preset"], data["target"]) == (2, "web", -3.0)
    assert data["off"] == pytest.approx(data["measured"] - data["target"], abs=0.01)
    assert not (folder / "a.mp3").exists()


def short_bed(folder):
    path = write_wav(folder / "bed.wav", tone(-6, 0.03, hertz=90, phase_deg=90))
    found = mixed(Timeline(3000, (), (), (BedSpan(path, 0, 3000, 400, 2000, -6.0),), (), ()), folder)
    steady = found[500 * 48 : 900 * 48]
    assert level_db(steady) == pytest.approx(-29, abs=8)
    assert np.abs(np.diff(steady, axis=0)).max() < 0.1 * np.abs(steady).max()


def open_bed(folder):
    path = write_wav(folder / "bed.wav", tone(-6, 1.3, hertz=151.3, phase_deg=90))
    found = mixed(Timeline(5000, (), (), (BedSpan(path, 0, 5000, 400, 400, -6.0),), (), ()), folder)
    steady = found[500 * 48 : 4500 * 48]
    assert np.abs(np.diff(steady, axis=0)).max() < 2 * np.pi * 160 / RATE * np.abs(steady).max()


def brief_bed(folder):
    bed = make_tune(folder, "bed", 1500, hertz=220)
    found = mixed(Timeline(1000, (), (), (BedSpan(bed.path, 100, 700, 400, 2000, -6.0),), (), ()), folder)
    assert found[150 * 48 : 600 * 48].any()
    assert not found[: 100 * 48].any()
    assert not found[700 * 48 :].any()


def long_sting(folder):
    sting = Piece(write_wav(folder / "sting.wav", tone(-12, 7)), 7000)
    timeline = lay_out(ScriptDocument(Header("Thử"), (Sting("sting", 3),)), [], {"sting": sting}, {})
    assert timeline.duration_ms >= 7000
    cut = mixed(replace(timeline, duration_ms=3000), folder)
    assert cut.shape == (3000 * 48, 2)
    assert np.abs(cut[-1]).max() < 1e-3 * np.abs(cut).max()


ROWS = {
    "channels opposed to each other": opposed_channels,
    "one channel silent": silent_channel,
    "a constant offset": offset,
    "8 kHz mono": telephone,
    "192 kHz in six channels": studio_rate,
    "clipped": clipped,
    "silence": silence,
    "samples that are no numbers": no_numbers,
    "a file of no bytes": nothing_at_all,
    "text under the name of a sound": text,
    "an MP3 cut off in the middle": truncated,
    "a recording of hours": hours,
    "a name with quotes, of two lines, `-i`, or not Latin": strange_name,
    "a film without sound": film_without_sound,
    "a sting of 0.3 s": short_sting,
    "a programme of 0.3 s": short_programme,
    "a script without a sound": nothing_to_hear,
    "a target that cannot be reached": unreachable_target,
    "a bed shorter than its cross-fade": short_bed,
    "a bed that does not close": open_bed,
    "a bed that is on for less than its fades": brief_bed,
    "a sting longer than the programme": long_sting,
}


@pytest.mark.parametrize("row", ROWS)
def test_each_has_its_outcome(row, tmp_path):
    ROWS[row](tmp_path)


def test_the_page_has_these_rows():
    page = (ROOT / "docs" / "sound.md").read_text("utf-8").split("## Bad input")[1].split("\n## ")[0]
    listed = re.findall(r"^\| ([^|]+?) \| [^|]{10,} \|$", page, re.MULTILINE)
    assert [row for row in listed if row != "what comes in"] == list(ROWS)
