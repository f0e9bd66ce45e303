"""Clips as they are delivered: real speech, real film, looked at frame by frame."""

import errno

import ffmpeg
import numpy as np
import pytest
from PIL import Image

from assets.ffmpeg import DiskFull, open_media, run_graph
from assets.loudness import measure_loudness
from studio.clips.cards import (
    PicturesNotFound,
    PictureUnreadable,
    draw_caption,
    draw_card,
    make_canvas,
    open_picture,
)
from studio.clips.film import ClipUnfit, choose_look, make_clip
from studio.settings import read_settings
from tests.studio.production.scripts import SHORT_SCRIPT


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    settings = read_settings({"LOA_WORKERS": "1"}, home=folder / "home")
    (folder / "pictures").mkdir()
    Image.new("RGB", (300, 500), "white").save(folder / "pictures" / "01.jpg")
    look = choose_look("16:9", 240, pictures=folder / "pictures", logo=None)
    clip = make_clip(SHORT_SCRIPT, folder / "a.mp4", look, settings=settings, progress=lambda *_: None)
    return folder, settings, look, clip


def read_frame(path, canvas, ms):
    taken = bytearray()
    source = open_media(path, ss=ms / 1000).video
    output = ffmpeg.output(source, "pipe:1", format="rawvideo", pix_fmt="rgb24", **{"frames:v": 1})
    run_graph([output], timeout_s=30, on_data=taken.extend)
    return np.frombuffer(bytes(taken), np.uint8).reshape(canvas.height, canvas.width, 3)


def test_a_clip_holds_its_loudness_and_starts_fast(made):
    folder, _, _, clip = made
    measured = measure_loudness(folder / "a.mp4")
    assert abs(measured.integrated_lufs + 16) <= 0.5
    assert measured.true_peak_dbtp <= -1
    content = (folder / "a.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert sorted(p.name for p in folder.glob("a.*")) == ["a.jpg", "a.mp4", "a.srt", "a.vtt"]
    assert not list(folder.glob(".*"))
    assert clip.captions >= 3


def test_words_are_seen_while_they_are_heard(made):
    folder, _, look, _ = made
    first = (folder / "a.srt").read_text("utf-8").splitlines()[1].split(" --> ")
    begin = [float(part) for part in first[0].replace(",", ".").split(":")]
    start_ms = round(1000 * (begin[0] * 3600 + begin[1] * 60 + begin[2]))
    low = slice(int(look.canvas.height * 0.75), int(look.canvas.height * 0.92))
    shown = read_frame(folder / "a.mp4", look.canvas, start_ms + 80)[low]
    assert (shown.min(axis=2) > 200).sum() > 100


def test_the_same_script_gives_the_same_bytes(made):
    folder, settings, look, _ = made
    make_clip(SHORT_SCRIPT, folder / "b.mp4", look, settings=settings, progress=lambda *_: None)
    for suffix in ("mp4", "srt", "vtt", "jpg"):
        one, other = folder / f"a.{suffix}", folder / f"b.{suffix}"
        assert one.read_bytes() == other.read_bytes()
        other.unlink()


def test_a_full_disk_leaves_no_clip(made, monkeypatch):
    folder, settings, look, _ = made

    def fail(*_arguments):
        raise OSError(errno.ENOSPC, "full", "x")

    monkeypatch.setattr("studio.clips.film.deliver", fail)
    with pytest.raises(DiskFull):
        make_clip(SHORT_SCRIPT, folder / "c.mp4", look, settings=settings, progress=lambda *_: None)
    assert not list(folder.glob("*c.*"))
    assert not list(settings.cache.glob("clip-*"))


@pytest.mark.parametrize("shape", ["16:9", "1:1", "9:16"])
def test_words_stay_inside_the_safe_area(shape):
    canvas = make_canvas(shape, 360)
    white = Image.new("RGB", (50, 50), "white").convert("RGBA")
    card = draw_card(canvas, "Lịch tiêm chủng cho trẻ em và phụ nữ mang thai", label="1/6", picture=white)
    text = "Bà con ở xã Ia H'Drai nhớ mang theo sổ tiêm chủng của các cháu."
    shown = np.asarray(draw_caption(canvas, card, text)).astype(int)
    plain = np.asarray(draw_card(canvas, " ", picture=white)).astype(int)
    rows, columns = np.nonzero(np.abs(shown - plain).max(axis=2) > 40)
    assert columns.min() >= canvas.width * 0.079
    assert columns.max() <= canvas.width * 0.921
    assert rows.max() <= canvas.height * 0.925
    assert contrast(plain[0, 0], (250, 248, 243)) >= 4.5
    assert (canvas.width % 2, canvas.height % 2) == (0, 0)


def contrast(one, other):
    def light(colour):
        parts = [c / 255 for c in colour]
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_picture_from_a_phone_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "1.jpg", exif=exif)
    assert open_picture(tmp_path / "1.jpg").size == (20, 40)


def test_what_cannot_be_used_is_named(tmp_path):
    (tmp_path / "2.png").write_text("no picture")
    with pytest.raises(PictureUnreadable, match=r"2\.png"):
        choose_look("1:1", 360, pictures=tmp_path, logo=None)
    Image.new("1", (9000, 9000)).save(tmp_path / "2.png")
    with pytest.raises(PictureUnreadable, match="9000"):
        choose_look("1:1", 360, pictures=tmp_path, logo=None)
    with pytest.raises(PicturesNotFound, match="nowhere"):
        choose_look("1:1", 360, pictures=tmp_path / "nowhere", logo=None)
    with pytest.raises(ClipUnfit, match="4:3"):
        choose_look("4:3", 360, pictures=None, logo=None)
