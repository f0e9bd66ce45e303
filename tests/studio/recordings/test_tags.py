"""Tags in any script come out as they went in, through every kind of file that holds them."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.ffmpeg import find_ffmpeg
from studio.recordings.tags import read_length, read_tags, write_tags
from tests.assets.synth import speech, write_wav

TAGS = {
    "title": "Rơ Châm H'Yéo – hát ru",
    "artist": "Y Đôn, ꨌꩌ, ខ្មែរ, ລາວ, 中文",
    "album": "Kho tiếng dân tộc 🎙",
    "date": "2023",
}


@pytest.fixture(scope="module", params=["wav", "mp3", "flac", "m4a", "ogg"])
def file(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tags")
    source = write_wav(folder / "a.wav", speech(1), rate=22_050)
    if request.param == "wav":
        return source
    path = folder / f"b.{request.param}"
    subprocess.run([find_ffmpeg(), "-v", "error", "-i", source, path], check=True)
    return path


def test_tags_survive(file):
    assert not {"title", "artist"} & set(read_tags(file))
    write_tags(file, TAGS)
    assert read_tags(file) == TAGS


def test_a_file_says_how_long_it_is_without_being_decoded(file):
    assert read_length(file) == pytest.approx(1000, abs=80)  # frames are whole
    assert read_length(file.parent) is None


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn", "Zl", "Zp"]), max_size=60))
@settings(max_examples=30, deadline=None)
def test_any_text_is_a_title(file, text):
    write_tags(file, {"title": text})
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    assert read_tags(file).get("title", "") == plain


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_damaged_tags_stand_in_nobodys_way(tmp_path_factory, damage):
    path = tmp_path_factory.mktemp("damaged") / "a.mp3"
    path.write_bytes(b"ID3\x04\x00\x00\x00\x00\x02\x00" + damage)
    read_tags(path)
