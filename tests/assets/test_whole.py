"""A file is whole or not there, and a killed writer leaves nothing that the next one does not clear away."""

import os
import signal
import subprocess
import sys
import time

import pytest

from assets import whole
from assets.whole import put_whole, write_whole

WRITER = """
import sys, time
from pathlib import Path
from assets.whole import write_whole
with write_whole(Path(sys.argv[1])) as draft:
    draft.write_bytes(b"half")
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def writer(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "a.zip")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "writing\n"
    (draft,) = tmp_path.iterdir()
    os.utime(draft, (0, 0))  # as if it had been at work for long
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_it_has_its_name_when_it_is_whole(tmp_path):
    path = tmp_path / "thư mục" / ("ê" * 100 + ".zip")
    with write_whole(path) as draft:
        draft.write_bytes(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o111 == 0
    put_whole(path, b"later")
    assert path.read_bytes() == b"later"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.zip"
    put_whole(path, b"old")
    with pytest.raises(IsADirectoryError), write_whole(path) as draft:
        tmp_path.write_bytes(draft.read_bytes())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_is_cleared_away(writer, tmp_path):
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert len(list(tmp_path.iterdir())) == 1
    put_whole(tmp_path / "b.zip", b"another")
    assert len(list(tmp_path.iterdir())) == 2
    put_whole(tmp_path / "a.zip", b"whole")
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "b.zip"}


def test_who_is_still_writing_is_left_alone(writer, tmp_path):
    put_whole(tmp_path / "a.zip", b"whole")
    assert len(list(tmp_path.iterdir())) == 2
    assert (tmp_path / "a.zip").read_bytes() == b"whole"


def test_a_draft_that_has_just_begun_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with write_whole(path) as draft:
        draft.touch()
    young = tmp_path / f"{draft.name.rpartition('-')[0]}-x{whole.SUFFIX}"
    young.touch()
    put_whole(path, b"1")
    assert young.exists()
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    put_whole(path, b"2")
    assert not young.exists()
