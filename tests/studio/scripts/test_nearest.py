import pytest

from studio.scripts.nearest import find_nearest, normalise_name


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("nhac hieu", "nhạc hiệu"),
        ("NHẠC NỀN", "nhạc nền"),
        ("ghi am", "ghi âm"),
        ("đường", "đường"),
        ("x" * 10**6, None),
    ],
)
def test_the_nearest_name_is_found_without_marks(name, nearest):
    found = find_nearest(name, ["nhạc hiệu", "nhạc nền", "ghi âm", "đường"])
    assert nearest in (found, None)


def test_without_names_there_is_none_near():
    assert find_nearest("a", []) == "–"


def test_names_are_compared_without_what_one_cannot_see():
    assert normalise_name(" Nhạc\u200b  NỀN\t") == "nhạc nền"
