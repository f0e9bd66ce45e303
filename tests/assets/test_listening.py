"""What a recording is said to be, over the files that really arrive: a table of names and outcomes."""

import subprocess
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import LoaError
from assets.ffmpeg import MediaEmpty, MediaSoundless, MediaUnreadable, find_ffmpeg
from assets.listening import Flaw, listen, suggest_cues
from assets.loudness import LoudnessUndefined, SoundSilent, SoundTooShort
from tests.assets.synth import speech, tone, write_float_wav, write_wav

VOICE = speech(6)
RATE = 22_050


def convert(source, target, *options):
    subprocess.run([find_ffmpeg(), "-v", "error", "-y", *options, "-i", source, target], check=True)
    return target


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    wav = write_wav(folder / "voice.wav", VOICE, rate=RATE)
    convert(wav, folder / "voice.mp3")
    picture = ("-f", "lavfi", "-i", "color=size=64x64:duration=1")
    convert(wav, folder / "with-sound.mp4", *picture)
    subprocess.run([find_ffmpeg(), "-v", "error", *picture, folder / "no-sound.mp4"], check=True)
    return folder


def half_mp3(folder, path):
    whole = (folder / "voice.mp3").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def hostile(text):
    return lambda folder, path: path.write_text(text.format(folder=folder), "utf-8")


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nfile:{folder}/voice.mp3\n#EXT-X-ENDLIST\n"
REFUSED = {
    "0-byte.mp3": (lambda _, path: path.write_bytes(b""), MediaEmpty),
    "text.mp3": (hostile("Kính thưa bà con, " * 200), MediaUnreadable),
    "no-sound.mp4": (
        lambda folder, path: path.write_bytes((folder / path.name).read_bytes()),
        MediaSoundless,
    ),
    "playlist.m3u8": (hostile(PLAYLIST), MediaUnreadable),
    "playlist.mp3": (hostile(PLAYLIST), MediaUnreadable),
    "ffconcat.mp3": (hostile("ffconcat version 1.0\nfile '{folder}/voice.wav'\n"), MediaUnreadable),
    "relative.mp3": (hostile("ffconcat version 1.0\nfile voice.wav\n"), MediaUnreadable),
    "session.sdp": (
        hostile("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n"),
        MediaUnreadable,
    ),
    "blip.wav": (lambda _, path: write_wav(path, tone(-20, 0.1)), SoundTooShort),
    "silence.wav": (lambda _, path: write_wav(path, np.zeros(48_000)), SoundSilent),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_by_name(name, files, tmp_path):
    make, error = REFUSED[name]
    (tmp_path / "voice.wav").write_bytes((files / "voice.wav").read_bytes())
    make(files, tmp_path / name)
    with pytest.raises(LoaError) as refused:
        listen(tmp_path / name)
    assert type(refused.value) is error
    assert name in str(refused.value)


STEREO = (VOICE, VOICE * 0.9)
ACCEPTED = {
    "good.wav": (lambda _, path: write_wav(path, *STEREO, rate=RATE), set()),
    "with-sound.mp4": (lambda folder, path: path.write_bytes((folder / path.name).read_bytes()), set()),
    "cut.mp3": (half_mp3, {Flaw.CUT_SHORT}),
    "telephone.wav": (lambda _, path: write_wav(path, speech(4, rate=8000), rate=8000), {Flaw.NARROW}),
    "surround.wav": (lambda _, path: write_wav(path, *[speech(1, rate=192_000)] * 6, rate=192_000), set()),
    "offset.wav": (lambda _, path: write_wav(path, VOICE + 0.05, rate=RATE), {Flaw.DC_OFFSET}),
    "one-side.wav": (lambda _, path: write_wav(path, VOICE, VOICE * 0, rate=RATE), {Flaw.CHANNEL_SILENT}),
    "anti-phase.wav": (lambda _, path: write_wav(path, VOICE, -VOICE, rate=RATE), {Flaw.OUT_OF_PHASE}),
    "clipped.wav": (lambda _, path: write_wav(path, VOICE * 9, rate=RATE), {Flaw.CLIPPED}),
    "hiss.wav": (
        lambda _, path: write_wav(
            path, VOICE + 0.05 * np.random.default_rng(1).standard_normal(len(VOICE)), rate=RATE
        ),
        {Flaw.NOISY},
    ),
    "soft.wav": (lambda _, path: write_wav(path, VOICE * 0.01, rate=RATE), {Flaw.QUIET}),
    "huge.wav": (lambda _, path: write_float_wav(path, VOICE * 1e6, rate=RATE), {Flaw.CLIPPED}),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_can_be_used_comes_with_what_to_mind(name, files, tmp_path):
    make, flaws = ACCEPTED[name]
    make(files, tmp_path / name)
    heard = listen(tmp_path / name)
    assert set(heard.flaws) == flaws
    assert 0 <= heard.cue_in_ms < heard.cue_out_ms <= heard.probe.duration_ms == heard.loudness.duration_ms


@pytest.mark.parametrize(
    "name",
    ["-i.wav", "-y", 'a "quoted" \'name\'.wav', "two\nlines.wav", "http:host.wav", "concat:a|b.wav",
     "file:a.wav", "pipe:0", "tiếng Gia Rai 录音 🎤.wav", "%03d.wav", "a;rm -rf $HOME.wav"],
)  # fmt: skip
def test_any_name_is_a_name(name, files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes((files / "voice.wav").read_bytes())
    assert listen(tmp_path / name).probe.duration_ms == 6000
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_outline_is_the_wave(tmp_path):
    path = write_wav(tmp_path / "a.wav", np.concatenate([np.zeros(24_000), tone(-6.02, 0.5055)]))
    outline = listen(path).outline
    assert outline.shape == (101, 2)
    assert not outline[:50].any()
    assert np.abs(np.abs(outline[50:100].astype(int)) - 64).max() <= 1


def room(seconds, *, level=0.0003, seed=3):
    return level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


STARTS = {
    "plosive": np.concatenate([0.2 * np.exp(-np.arange(RATE // 50) / 60.0), np.zeros(RATE // 10)]),
    "breath": 0.008 * np.random.default_rng(5).standard_normal(RATE // 2),
    "whisper": 0.01 * np.random.default_rng(6).standard_normal(RATE),
    "soft": np.linspace(0, 0.02, RATE // 2) * np.sin(np.arange(RATE // 2) / 20),
}
AUDIBLE_AT = {"plosive": 0.0, "breath": 0.0, "whisper": 0.0, "soft": 0.1}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("reverse", [False, True], ids=["head", "tail"])
@pytest.mark.parametrize("offset", [0.0, 0.05])
def test_silence_is_left_out_and_no_speech(start, reverse, offset, tmp_path):
    sound = np.concatenate([np.zeros(2 * RATE), STARTS[start], VOICE, np.zeros(2 * RATE)])
    sound = sound + room(len(sound) / RATE) + offset
    heard = listen(write_wav(tmp_path / "a.wav", sound[::-1] if reverse else sound, rate=RATE))
    length, spoken = heard.probe.duration_ms, 2000 + AUDIBLE_AT[start] * 1000
    cut_before = length - heard.cue_out_ms if reverse else heard.cue_in_ms
    assert 1000 <= cut_before <= spoken


def test_nothing_is_cut_where_there_is_no_silence():
    steady = np.full(500, -30, np.float16)
    assert suggest_cues(steady, 5000) == (0, 5000)
    assert suggest_cues(np.full(500, -90, np.float16), 5000) == (0, 5000)


@settings(max_examples=12, deadline=None)
@given(
    at=st.floats(0, 1),
    damage=st.binary(min_size=1, max_size=300),
    container=st.sampled_from(["wav", "mp3", "mp4"]),
)
def test_damage_is_heard_or_named_and_leaves_nothing(files, tmp_path_factory, at, damage, container):
    source = files / ("with-sound.mp4" if container == "mp4" else f"voice.{container}")
    folder = tmp_path_factory.mktemp("damaged")
    whole = bytearray(source.read_bytes())
    start = int(at * len(whole))
    whole[start : start + len(damage)] = damage
    (folder / "a").write_bytes(whole)
    with suppress(MediaUnreadable, SoundTooShort, SoundSilent, LoudnessUndefined):
        heard = listen(folder / "a")
        assert 0 <= heard.cue_in_ms < heard.cue_out_ms <= heard.probe.duration_ms
    assert [path.name for path in folder.iterdir()] == ["a"]
