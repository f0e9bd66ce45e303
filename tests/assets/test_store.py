import errno
import hashlib
import io
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.store import ContentDamaged, ContentMissing, Store, StoreFull, StoreUnwritable
from assets.whole import settle

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def files_in(store):
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def grow_old(path):
    then = time.time() - 7 * 3600
    os.utime(path, (then, then))


def test_content_is_found_by_its_hash(store):
    assert store.put(io.BytesIO(b"hello")) == HELLO
    assert store.path(HELLO) == store.root / "2c" / "f2" / HELLO
    with store.open(HELLO) as stream:
        assert stream.read() == b"hello"
    store.verify(HELLO)
    assert files_in(store) == [store.path(HELLO)]


def test_a_file_is_put_like_a_stream_and_twice_like_once(store, tmp_path):
    source = tmp_path / "x"
    source.write_bytes(b"hello")
    assert store.put(source) == store.put(io.BytesIO(b"hello")) == HELLO
    assert source.read_bytes() == b"hello"
    assert len(files_in(store)) == 1


@settings(max_examples=20, deadline=None)
@given(content=st.binary(max_size=3000))
def test_any_bytes_come_back(tmp_path_factory, content):
    store = Store(tmp_path_factory.mktemp("any"))
    sha256 = store.put(io.BytesIO(content))
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert store.path(sha256).read_bytes() == content


@pytest.mark.parametrize(
    "name", [HELLO, "", "../../etc/passwd", HELLO.upper(), HELLO + "\n", "0" * 63, "é" * 64]
)
def test_what_is_not_there_is_missing(store, name):
    for ask in (store.path, store.open, store.verify):
        with pytest.raises(ContentMissing):
            ask(name)


def test_damage_is_noticed_and_mended_by_putting_again(store):
    store.put(io.BytesIO(b"hello"))
    store.path(HELLO).write_bytes(b"hellO")
    with pytest.raises(ContentDamaged):
        store.verify(HELLO)
    store.put(io.BytesIO(b"hello"))
    store.verify(HELLO)


class FillingDisk(io.BytesIO):
    """Gives some bytes; then the disk is full."""

    def read(self, size=-1):
        if self.tell() == 0:
            return super().read(1000)
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_nothing_behind(store):
    with pytest.raises(StoreFull):
        store.put(FillingDisk(b"x" * 2000))
    assert files_in(store) == []


def test_a_store_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "store").write_text("a file stands where the folder should be")
    with pytest.raises(StoreUnwritable):
        Store(tmp_path / "store").put(io.BytesIO(b"x"))


def test_an_interrupted_write_leaves_nothing_behind(store):
    class Interrupted(io.BytesIO):
        def read(self, size=-1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put(Interrupted())
    assert files_in(store) == []


def test_sweeping_removes_what_is_old_and_wanted_by_nobody(store):
    kept, old, new = (store.put(io.BytesIO(text)) for text in (b"kept", b"old", b"new"))
    abandoned, under_way = store.root / "incoming" / "a1", store.root / "incoming" / "b2"
    strange = store.root / "notes.txt"
    for path in (abandoned, under_way, strange):
        path.write_bytes(b"half")
    for path in (store.path(kept), store.path(old), abandoned, strange):
        grow_old(path)
    assert store.sweep({kept}) == 2
    assert files_in(store) == sorted([store.path(kept), store.path(new), under_way, strange])
    assert store.sweep(set(), grace_hours=-1) == 3


def test_putting_again_saves_content_from_the_sweep(store):
    store.put(io.BytesIO(b"hello"))
    grow_old(store.path(HELLO))
    store.put(io.BytesIO(b"hello"))
    assert store.sweep(set()) == 0


def test_many_writers_of_the_same_content(store):
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: store.put(io.BytesIO(b"x" * 300_000)), range(40)))
    assert len(names) == len(files_in(store)) == 1
    store.verify(names.pop())


def test_settling_makes_folders_and_replaces(tmp_path):
    for text in (b"one", b"two"):
        (tmp_path / "work").write_bytes(text)
        settle(tmp_path / "work", tmp_path / "a" / "b" / "final")
        assert (tmp_path / "a" / "b" / "final").read_bytes() == text
        assert not (tmp_path / "work").exists()
