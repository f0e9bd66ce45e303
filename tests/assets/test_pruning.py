import os

from assets.pruning import prune

DAY_S = 24 * 3600
NOW_S = 1_800_000_000.0


def put(folder, name, *, age_s, size=100):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    os.utime(path, (NOW_S - age_s, NOW_S - age_s))
    return path


def test_what_was_used_longest_ago_goes_first_and_what_is_in_use_stays(tmp_path):
    oldest = put(tmp_path, "ab/oldest.mp3", age_s=9 * DAY_S)
    old = put(tmp_path, "flat.mp3", age_s=8 * DAY_S)
    recent = put(tmp_path, "cd/recent.mp3", age_s=2 * DAY_S)
    in_use = put(tmp_path, "cd/in-use.mp3", age_s=60, size=1000)
    assert prune(tmp_path, suffix=".mp3", now_s=NOW_S, max_bytes=1200) == 1
    assert not oldest.exists()
    assert old.exists()
    assert prune(tmp_path, suffix=".mp3", now_s=NOW_S, max_bytes=0) == 2
    assert not recent.exists()
    assert in_use.exists()


def test_what_was_left_unfinished_goes_whatever_is_kept(tmp_path):
    put(tmp_path, "ab/draft.part", age_s=2 * DAY_S)
    put(tmp_path, "ab/being-made.part", age_s=10)
    assert prune(tmp_path, suffix=".mp3", now_s=NOW_S, max_bytes=10**9) == 1
    assert [path.name for path in (tmp_path / "ab").iterdir()] == ["being-made.part"]


def test_there_may_be_nothing_yet(tmp_path):
    assert prune(tmp_path / "not-there", suffix=".mp3", now_s=NOW_S, max_bytes=0) == 0
