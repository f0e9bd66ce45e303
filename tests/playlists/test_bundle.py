import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.errors import LoaError
from assets.store import Store
from playlists.bundle import BundleDamaged, BundleNotWritten, read_bundle, write_bundle
from tests.playlists.days import stored_day


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_a_bundle_is_read_back_whole(store, tmp_path):
    day = stored_day(store)
    digest = write_bundle(day, store, tmp_path / "day.zip")
    assert digest == hashlib.sha256((tmp_path / "day.zip").read_bytes()).hexdigest()
    bundle = read_bundle(tmp_path / "day.zip")
    assert {entry.file for entry in day.entries} <= set(bundle.files)
    assert bundle.playlist["station"] == "ia-dom"
    assert "0500-buoi-sang.m3u8" in bundle.files


def test_the_same_bytes_are_kept_once(store, tmp_path):
    write_bundle(stored_day(store), store, tmp_path / "day.zip")
    names = zipfile.ZipFile(tmp_path / "day.zip").namelist()
    assert len([name for name in names if name.startswith("media/")]) == 3


def test_the_sheet_plays_from_the_bundle_without_a_network(store, tmp_path):
    write_bundle(stored_day(store), store, tmp_path / "day.zip")
    with zipfile.ZipFile(tmp_path / "day.zip") as bundle:
        sheet = bundle.read("phieu-phat.html").decode()
        played = re.findall(r'<a href="([^"]+)">', sheet)
        assert len(played) == 4
        assert set(played) == {name for name in bundle.namelist() if name.startswith("media/")}
    assert "http" not in sheet


def test_the_same_day_gives_the_same_bytes(store, tmp_path):
    day = stored_day(store)
    assert write_bundle(day, store, tmp_path / "a.zip") == write_bundle(day, store, tmp_path / "b.zip")


def test_checksums_are_what_sha256sum_reads(store, tmp_path):
    write_bundle(stored_day(store), store, tmp_path / "day.zip")
    with zipfile.ZipFile(tmp_path / "day.zip") as archive:
        archive.extractall(tmp_path / "stick")
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum on this machine")
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "stick", capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def rewrite(source, target, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            found = change(info.filename, old.read(info))
            if found is not None:
                new.writestr(*found)


def add_path(path):
    def change(name, data):
        if name != "manifest.json":
            return name, data
        manifest = json.loads(data)
        manifest["files"].append({"path": path, "sha256": "0" * 64, "size": 0})
        return name, json.dumps(manifest)

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda name, data: (name, data + b"x" if name.startswith("media/") else data), "media/"),
        (lambda name, data: (name, data[::-1] if name.startswith("media/") else data), "media/"),
        (lambda name, data: None if name == "playlist.m3u8" else (name, data), "playlist.m3u8"),
        (lambda name, data: None if name == "manifest.json" else (name, data), "manifest.json"),
        (lambda name, data: (name, b"{}" if name == "manifest.json" else data), "format"),
        (add_path("../../etc/passwd"), "passwd"),
        (add_path("/etc/passwd"), "passwd"),
        (add_path("C:\\boot.ini"), "boot.ini"),
    ],
)
def test_a_damaged_bundle_is_refused_by_name(store, tmp_path, change, named):
    write_bundle(stored_day(store), store, tmp_path / "day.zip")
    rewrite(tmp_path / "day.zip", tmp_path / "bad.zip", change)
    with pytest.raises(BundleDamaged, match=named):
        read_bundle(tmp_path / "bad.zip")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_cut_or_flipped_bundle_is_never_taken_for_whole(store, tmp_path, data):
    whole = tmp_path / "day.zip"
    if not whole.exists():
        write_bundle(stored_day(store), store, whole)
    content = bytearray(whole.read_bytes())
    spot = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        del content[spot:]
    else:
        content[spot] ^= 1 << data.draw(st.integers(0, 7))
    bad = tmp_path / "bad.zip"
    bad.write_bytes(content)
    expected = read_bundle(whole)
    # A flipped bit in an archive's own bookkeeping may be harmless; the files themselves must be whole.
    with suppress(BundleDamaged):
        assert read_bundle(bad).files == expected.files


def test_a_piece_missing_from_the_store_leaves_no_bundle(store, tmp_path):
    day = stored_day(store)
    store.path(day.entries[1].sha256).unlink()
    with pytest.raises(LoaError):
        write_bundle(day, store, tmp_path / "out" / "day.zip")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(store, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BundleNotWritten, match=r"day\.zip"):
        write_bundle(stored_day(store), store, tmp_path / "file" / "day.zip")
