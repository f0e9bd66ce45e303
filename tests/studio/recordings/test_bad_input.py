"""The table of bad input in docs/recordings.md, walked row by row with real files."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from assets.errors import LoaError
from assets.ffmpeg import find_ffmpeg
from assets.listening import listen
from assets.store import Store
from studio.recordings.drawing import draw
from studio.recordings.edits import Fade, Keep
from studio.recordings.export import export_file
from studio.recordings.ingest import check_new, hear_file
from studio.recordings.register import add_recording, edit, find_recording, list_recordings
from studio.recordings.shelf import find_material
from studio.voices.registry import find_voice
from tests.assets.synth import speech, tone, write_float_wav, write_wav

PAGE = Path(__file__).parents[3] / "docs" / "recordings.md"
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
RATE = 22_050
VOICE = speech(8)
WORDS = "Hôm nay bà con trong thôn họp bàn việc vay vốn, làm chuồng trại và giữ nước sạch. " * 5
PLAYLIST = "#EXTM3U\n#EXTINF:6,\nfile:/etc/hosts\n#EXT-X-ENDLIST\n"
SOFTER = "volume=-10dB"
MEDIA = ("-f", "lavfi", "-i", "color=size=64x64:duration=2:rate=5")
THREE_HOURS = "0.2*sin(2*PI*160*t)*max(0\\,sin(2*PI*2.3*t))*lt(mod(t\\,7)\\,5)+0.001*random(0)"


def run(*arguments):
    subprocess.run([find_ffmpeg(), "-v", "error", "-y", *arguments], check=True)


def mono(path, sound=VOICE, rate=RATE):
    return write_wav(path, sound, rate=rate)


def encode(path, *options, cut=1.0):
    mono(path.with_name("source.wav"))
    run("-i", path.with_name("source.wav"), *options, path)
    if cut < 1:
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])


def write_text(text):
    return lambda path: path.write_text(text, "utf-8")


def write_picture(path):
    run(*MEDIA, "-frames:v", "1", "-update", "1", "-f", "image2", "-c:v", "png", path)


def say_words(path, *options):
    """Real words: what is told apart and known again is speech, not a test tone."""
    spoken = path.with_name("spoken.wav")
    find_voice("vi-north-f").speak(WORDS, rate=1.0, path=spoken)
    run("-i", spoken, *options, path)
    return path


def write_hours(path):
    # A minute laid end to end: making three hours sample by sample would take longer than hearing them.
    minute = path.with_name("minute.wav")
    run("-f", "lavfi", "-i", f"aevalsrc={THREE_HOURS}:s=12000:d=60", "-c:a", "pcm_s16le", minute)
    run("-stream_loop", "179", "-i", minute, "-c", "copy", path)


FILES = {
    "0 bytes": ("a.mp3", lambda path: path.write_bytes(b"")),
    "a text renamed `.mp3`": ("giấy mời.mp3", write_text("Kính mời bà con. " * 100)),
    "a playlist renamed `.mp3`": (
        "a.mp3",
        write_text(PLAYLIST),
    ),
    "a picture renamed `.mp3`": ("a.mp3", write_picture),
    "a video without sound": ("a.mp4", lambda path: run(*MEDIA, path)),
    "a tenth of a second": ("a.wav", lambda path: write_wav(path, tone(-20, 0.1))),
    "silence": ("a.wav", lambda path: write_wav(path, np.zeros(48_000))),
    "samples that are no numbers": ("a.wav", lambda path: write_float_wav(path, VOICE * np.nan, rate=RATE)),
    "the very same file again": ("khác tên.wav", say_words),
    "a copy, softer and trimmed": (
        "b.wav",
        lambda path: say_words(path, "-ss", "2.5", "-af", "volume=-10dB"),
    ),
    "a truncated MP3": ("a.mp3", lambda path: encode(path, cut=0.5)),
    "8 kHz telephone, mono": ("a.wav", lambda path: mono(path, speech(8, rate=8000), 8000)),
    "192 kHz, 5.1": ("a.wav", lambda path: write_wav(path, *[speech(2, rate=192_000)] * 6, rate=192_000)),
    "a constant beside zero": ("a.wav", lambda path: mono(path, VOICE + 0.05)),
    "one silent channel": ("a.wav", lambda path: write_wav(path, VOICE, VOICE * 0, rate=RATE)),
    "channels that cancel each other": ("a.wav", lambda path: write_wav(path, VOICE, -VOICE, rate=RATE)),
    "recorded far too loud": ("a.wav", lambda path: mono(path, VOICE * 9)),
    "recorded far too softly": ("a.wav", lambda path: mono(path, VOICE * 0.01)),
    "three hours": ("a.wav", write_hours),
    "a video with sound": ("a.mp4", lambda path: encode(path, *MEDIA)),
    "a name with quotes": ("a \"b\" 'c'; rm -rf $HOME.wav", mono),
    "a name of two lines": ("một\nhai.wav", mono),
    "a name `-i.wav`": ("-i.wav", mono),
    "a name that is not Latin": ("ꨌꩌ 录音 ខ្មែរ 🎤.wav", mono),
    "a name of an address": ("http:host|concat:a.wav", mono),
}
"""What each row of the table is, by its name: what the file is called, and how it is made."""


def read_table() -> dict[str, str]:
    part = PAGE.read_text("utf-8").split("## Bad input", 1)[1]
    return dict(re.findall(r"^\| (?!file \|)(.+?) \| ((?:refused|taken).*?) \|$", part, re.MULTILINE))


def test_every_row_is_made_and_everything_made_has_a_row():
    assert list(read_table()) == list(FILES)


@pytest.mark.parametrize("row", read_table())
def test_the_outcome_is_what_the_table_says(row, database, settings, tmp_path):
    expected = read_table()[row]
    store = Store(settings.store)
    name, make = FILES[row]
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / name
    make(path)
    # There is a recording already: half of what comes in is compared with something.
    first = hear_file(store, say_words(tmp_path / "first.wav"), name="first.wav")
    with database.writing() as session:
        add_recording(session, first, {}, by="lan", now=NOW)
    with database.reading() as session:
        known = list_recordings(session)
    if expected.startswith("refused"):
        with pytest.raises(LoaError) as refused:
            check_new(hear_file(store, path, name=name), known, store)
        assert f"refused: `{refused.value.code}`" == expected
        assert name in str(refused.value)
        assert refused.value.exit_code in (2, 4)
        return
    heard = hear_file(store, path, name=name)
    check_new(heard, known, store)
    flaws = ", ".join(f"`{flaw}`" for flaw in heard.heard.flaws)
    assert ("taken, to mind: " + flaws if flaws else "taken") == expected
    use(database, store, settings, heard, path, tmp_path)


def use(database, store, settings, heard, path, tmp_path):
    """Everything that is done with a recording is done with this one."""
    before = path.read_bytes() if path.stat().st_size < 1e8 else None
    with database.writing() as session:
        recording = add_recording(session, heard, {}, by="lan", now=NOW)
        length_ms = recording.duration_ms
        edit(session, recording, Keep(length_ms // 4, length_ms // 4 + 900), by="lan", now=NOW)
        edit(session, recording, Fade(100, 100), by="lan", now=NOW)
        material = find_material(session, recording)
        assert find_recording(session, recording.name).id == recording.id
        assert recording.file_name == path.name
    points = draw(material.pieces, material.outlines, store)
    assert len(points) == 180
    assert max(map(abs, points)) > 0
    target = tmp_path / "out" / f"{path.name}.wav"
    export_file(recording, material, target, store=store, cache=settings.cache, original=False)
    assert listen(target).probe.duration_ms == 900
    assert [one.name for one in target.parent.iterdir()] == [target.name]
    if before is not None:
        assert store.path(recording.sha256).read_bytes() == before == path.read_bytes()
