"""Bundles are made once, kept while there is room, and the same again when they are asked for later."""

import os
from dataclasses import replace
from datetime import UTC, datetime

from assets.store import Store
from playlists.bundle_shelf import BundleShelf
from playlists.formats.json import describe_day
from playlists.models import Playlist
from tests.playlists.days import DAY, stored_day

WEEK_S = 7 * 24 * 3600.0


def publish(store, number):
    day = replace(stored_day(store), number=number)
    return Playlist(
        station_id=1,
        local_date=DAY,
        number=number,
        content=describe_day(day),
        content_sha256=f"{number:064}",
        published_at=datetime(2026, 11, 30, tzinfo=UTC),
    )


def test_what_nobody_took_for_longest_goes_and_is_made_again_the_same(tmp_path):
    store, shelf = Store(tmp_path / "store"), BundleShelf(tmp_path / "bundles")
    versions = [publish(store, number) for number in (1, 2, 3)]
    paths = [shelf.bring(version, store) for version in versions]
    contents = [path.read_bytes() for path in paths]
    assert len(set(paths)) == len(set(contents)) == 3
    for age, path in zip((1, 3, 2), paths, strict=True):
        os.utime(path, (age * WEEK_S, age * WEEK_S))
    (tmp_path / "bundles" / "left.part").touch()
    os.utime(tmp_path / "bundles" / "left.part", (0, 0))

    size = len(contents[0])
    assert shelf.prune(now_s=5 * WEEK_S, max_bytes=10 * size) == 1
    assert shelf.prune(now_s=5 * WEEK_S, max_bytes=size + 1000) == 2
    assert [path.exists() for path in paths] == [False, True, False]
    assert [shelf.bring(version, store) for version in versions] == paths
    assert [path.read_bytes() for path in paths] == contents


def test_what_was_just_taken_stays(tmp_path):
    store, shelf = Store(tmp_path / "store"), BundleShelf(tmp_path / "bundles")
    version = publish(store, 1)
    path = shelf.bring(version, store)
    os.utime(path, (0, 0))
    made = path.stat().st_ino
    assert shelf.bring(version, store) == path
    assert path.stat().st_ino == made
    assert shelf.prune(now_s=path.stat().st_mtime + 3600, max_bytes=0) == 0
