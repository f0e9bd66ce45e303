import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from assets import ffmpeg
from assets.ffmpeg import (
    DiskFull,
    FfmpegAbsent,
    FfmpegFailed,
    FfmpegTimedOut,
    MediaUnreadable,
    discard,
    ffmpeg_version,
    find_ffmpeg,
    open_feed,
    open_media,
    run_graph,
    write_sound,
)
from tests.assets.synth import tone, write_wav


def silence(blocks):
    for _ in range(blocks):
        yield np.zeros((48_000, 2), "<f4").tobytes()


def endless():
    while True:
        yield from silence(1)


def feed_to(path, **options):
    return [write_sound(open_feed(rate_hz=48_000, channels=2), path, container="wav", **options)]


def children():
    if not Path("/proc/self/stat").exists():
        pytest.skip("no /proc to look for children in")
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended while we looked
            name, _, rest = status.read_text("utf-8", "replace").rpartition(")")
            if int(rest.split()[1]) == os.getpid() and "ffmpeg" in name:
                found.append(name)
    return found


def test_the_program_comes_with_us():
    assert os.access(find_ffmpeg(), os.X_OK)
    assert ffmpeg_version()


def test_a_feed_becomes_a_file_and_progress_is_told(tmp_path):
    seen = []
    run_graph(feed_to(tmp_path / "a.wav"), timeout_s=60, feed=silence(3), progress=seen.append)
    assert (tmp_path / "a.wav").stat().st_size == pytest.approx(3 * 48_000 * 4, abs=100)
    assert seen[-1] == 3000
    assert seen == sorted(seen)


@pytest.mark.skipif(
    len(getattr(os, "sched_getaffinity", lambda _: ())(0)) < 2, reason="one core, or a system that binds none"
)
@pytest.mark.parametrize(("few", "lane"), [(True, 0), (True, 1), (False, 1)])
def test_where_cores_are_few_programs_side_by_side_keep_to_one_each(few, lane, tmp_path, monkeypatch):
    cores = os.sched_getaffinity(0)
    monkeypatch.setattr(ffmpeg, "FEW_CORES", len(cores) if few else len(cores) - 1)
    seen = []

    def children():
        return set(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text("ascii").split())

    others = children()

    def watched():
        seen.extend(os.sched_getaffinity(int(child)) for child in children() - others)
        yield from silence(1)

    run_graph(feed_to(tmp_path / "a.wav"), timeout_s=60, feed=watched(), lane=lane)
    assert seen == [{sorted(cores)[lane]} if few else cores]
    assert os.sched_getaffinity(0) == cores


def test_the_same_graph_gives_the_same_bytes(tmp_path):
    source = write_wav(tmp_path / "a.wav", tone(-20, 1), tone(-26, 1))
    made = []
    for name in ("1.mp3", "2.mp3"):
        options = {"acodec": "libmp3lame", "audio_bitrate": "128k", "metadata": "title=Bản tin"}
        run_graph(
            [write_sound(open_media(source), tmp_path / name, container="mp3", **options)], timeout_s=60
        )
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert "Bản tin".encode("utf-16") in made[0] or "Bản tin".encode() in made[0]


def test_time_is_up(tmp_path):
    start = time.monotonic()
    with pytest.raises(FfmpegTimedOut):
        run_graph(feed_to(tmp_path / "a.wav"), timeout_s=0.5, feed=endless())
    assert time.monotonic() - start < 10
    assert children() == []


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interruption_kills_the_child(tmp_path, failure):
    def interrupted():
        yield from silence(2)
        raise failure

    with pytest.raises(failure):
        run_graph(feed_to(tmp_path / "a.wav"), timeout_s=60, feed=interrupted())
    assert children() == []


def test_a_listener_that_fails_is_heard(tmp_path):
    source = write_wav(tmp_path / "a.wav", tone(-20, 1))

    def fail(_line):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_graph([discard(open_media(source))], timeout_s=60, on_log=fail)
    assert children() == []


def test_a_graph_that_cannot_be(tmp_path):
    source = write_wav(tmp_path / "a.wav", tone(-20, 1))
    with pytest.raises(FfmpegFailed, match="nonsense"):
        run_graph([discard(open_media(source).filter("nonsense"))], timeout_s=60)


@pytest.mark.parametrize("inner", ["http://127.0.0.1:9/a.mp3", "concat:/etc/hosts|/etc/hosts"])
def test_a_file_cannot_send_us_elsewhere(inner, tmp_path):
    listing = tmp_path / "list.ffconcat"
    listing.write_text(f"ffconcat version 1.0\nfile '{inner}'\n")
    with pytest.raises(MediaUnreadable, match=r"list\.ffconcat"):
        run_graph([discard(open_media(listing))], timeout_s=20, source=listing)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
def test_a_full_disk_is_named_so():
    with pytest.raises(DiskFull):
        run_graph(feed_to(Path("/dev/full")), timeout_s=60, feed=silence(3))


def test_a_missing_program_is_named_so(tmp_path, monkeypatch):
    monkeypatch.setattr("assets.ffmpeg.find_ffmpeg", lambda: str(tmp_path / "none"))
    with pytest.raises(FfmpegAbsent):
        run_graph(feed_to(tmp_path / "a.wav"), timeout_s=60, feed=silence(1))


def test_a_killed_parent_leaves_no_child_that_writes_for_ever(tmp_path):
    script = (
        "import sys; from pathlib import Path; from tests.assets.test_ffmpeg import endless, feed_to\n"
        "from assets.ffmpeg import run_graph\n"
        "print('ready', flush=True)\n"
        "run_graph(feed_to(Path(sys.argv[1])), timeout_s=60, feed=endless())\n"
    )
    target = tmp_path / "under-way.wav"
    with subprocess.Popen([sys.executable, "-c", script, str(target)], stdout=subprocess.PIPE) as parent:
        parent.stdout.readline()
        deadline = time.monotonic() + 20
        while not target.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        parent.send_signal(signal.SIGKILL)
    sizes = []
    while len(sizes) < 2 or sizes[-1] != sizes[-2]:
        assert time.monotonic() < deadline
        sizes.append(target.stat().st_size)
        time.sleep(0.3)
