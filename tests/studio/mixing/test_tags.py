"""Every format written, read back by mutagen, by ffmpeg and by a parser of the standards' chunks."""

import re
import struct
import subprocess
import zlib

import mutagen
import pytest

from assets.ffmpeg import find_ffmpeg
from assets.loudness import measure_loudness
from studio.mixing.formats import FORMATS
from studio.mixing.presets import all_presets
from studio.mixing.render import render
from studio.mixing.tags import CoverUnfit, Tags, read_cover
from studio.mixing.timeline import Chapter, Timeline, VoiceClip
from studio.mixing.wave_chunks import to_ascii
from tests.assets.synth import speech, write_wav
from tests.studio.mixing.wave_parser import read_bext, read_cart, read_chunks


def png(width=4):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x30\x80\xc0" * width) * width)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


TAGS = Tags(
    title="Vay vốn “chính sách”\ncho hộ nghèo",
    artist="Trung tâm Văn hoá Ia H’Drai",
    code="vay-von",
    category="2.radio",
    language="vi",
    out_cue="Xin chào và hẹn gặp lại bà con",
    cover=png(),
)
CHAPTERS = (Chapter("Mở đầu", 0), Chapter("Nội dung: ai được vay?", 2500), Chapter("Kết", 6001))
LAYER = {name: f'[own-{name}]\nformat = "{name}"\ntarget_lufs = -20\n' for name in FORMATS}
RATES = {"mp3": 96, "opus": 48, "m4a": 96}


@pytest.fixture(scope="module")
def presets(tmp_path_factory):
    path = tmp_path_factory.mktemp("home") / "presets.toml"
    text = "".join(
        table + (f"bit_rate_kbps = {RATES[name]}\n" if name in RATES else "") for name, table in LAYER.items()
    )
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def timeline(tmp_path_factory):
    folder = tmp_path_factory.mktemp("voice")
    path = write_wav(folder / "a.wav", speech(8, rate=48_000), rate=48_000)
    return Timeline(8503, (VoiceClip(path, 200, 8000, "f"),), (), (), CHAPTERS, ())


def make(timeline, presets, folder, tags=TAGS):
    outputs = {f"own-{name}": folder / f"a{form.suffix}" for name, form in FORMATS.items()}
    return render(timeline, outputs, workdir=folder, tags=tags, own_presets=presets)


@pytest.fixture(scope="module")
def made(timeline, presets, tmp_path_factory):
    return make(timeline, presets, tmp_path_factory.mktemp("made"))


def read_by_ffmpeg(path):
    # The comments of an Ogg belong to its stream.
    place = ["-map_metadata", "0:s:0"] if path.suffix == ".opus" else []
    command = [find_ffmpeg(), "-v", "error", "-i", path, *place, "-f", "ffmetadata", "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_holds_its_preset_and_is_as_it_was_measured(name, made, presets):
    verdict, preset = made[f"own-{name}"], all_presets(presets)[f"own-{name}"]
    measured = measure_loudness(verdict.path)
    assert abs(measured.integrated_lufs - preset.target_lufs) <= preset.tolerance_lu
    assert measured.true_peak_dbtp <= preset.ceiling_dbtp
    assert measured.integrated_lufs == pytest.approx(verdict.integrated_lufs, abs=0.01)
    # An AAC in MP4 is padded to whole frames of 1,024 samples.
    assert 0 <= measured.duration_ms - 8503 <= (22 if name == "m4a" else 0)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_piece_gives_the_same_bytes(name, made, timeline, presets, tmp_path):
    again = make(timeline, presets, tmp_path)
    assert again[f"own-{name}"].path.read_bytes() == made[f"own-{name}"].path.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_ffmpeg_reads_the_title(name, made):
    assert TAGS.title in read_by_ffmpeg(made[f"own-{name}"].path)


@pytest.mark.parametrize("name", ["mp3", "wav"])
def test_id3_has_chapters_cover_and_loudness(name, made):
    verdict = made[f"own-{name}"]
    tags = mutagen.File(verdict.path).tags
    assert str(tags["TIT2"]) == TAGS.title
    assert str(tags["TPE1"]) == TAGS.artist
    assert str(tags["TLAN"]) == "vie"
    assert (tags["APIC:"].mime, tags["APIC:"].data) == ("image/png", TAGS.cover)
    contents = tags["CTOC:toc"]
    assert contents.child_element_ids == ["chp1", "chp2", "chp3"]
    found = [tags[f"CHAP:{element}"] for element in contents.child_element_ids]
    assert [(c.start_time, c.end_time) for c in found] == [
        (0, 2500),
        (2500, 6001),
        (6001, verdict.duration_ms),
    ]
    assert [str(c.sub_frames["TIT2"]) for c in found] == [chapter.title for chapter in CHAPTERS]
    gain = str(tags["TXXX:REPLAYGAIN_TRACK_GAIN"])
    assert gain.endswith(" dB")
    assert float(gain[:-3]) == pytest.approx(-18 - verdict.integrated_lufs, abs=0.01)
    peak = float(str(tags["TXXX:REPLAYGAIN_TRACK_PEAK"]))
    assert peak == pytest.approx(10 ** (verdict.true_peak_dbtp / 20), abs=1e-5)


def test_ffmpeg_reads_the_chapters_of_an_mp3(made):
    told = read_by_ffmpeg(made["own-mp3"].path)
    starts = sorted(int(start) for start in re.findall(r"START=(\d+)", told))
    assert starts == pytest.approx([0, 2500, 6001], abs=30)  # it counts from the first sample after the delay
    assert "title=Nội dung: ai được vay?" in told


@pytest.mark.parametrize("name", ["flac", "opus"])
def test_comments_have_chapters_and_loudness(name, made):
    verdict = made[f"own-{name}"]
    tags = mutagen.File(verdict.path)
    assert tags["title"] == [TAGS.title]
    assert tags["chapter002"] == ["00:00:02.500"]
    assert tags["chapter002name"] == ["Nội dung: ai được vay?"]
    if name == "opus":
        assert int(tags["r128_track_gain"][0]) / 256 == pytest.approx(-23 - verdict.integrated_lufs, abs=0.01)
        assert "replaygain_track_gain" not in tags
        assert tags["metadata_block_picture"]
    else:
        assert float(tags["replaygain_track_gain"][0][:-3]) == pytest.approx(
            -18 - verdict.integrated_lufs, abs=0.01
        )
        assert tags.pictures[0].data == TAGS.cover


def test_m4a_has_cover_and_loudness_and_can_start_at_once(made):
    verdict = made["own-m4a"]
    tags = mutagen.File(verdict.path)
    assert tags["\xa9nam"] == [TAGS.title]
    assert bytes(tags["covr"][0]) == TAGS.cover
    gain = bytes(tags["----:com.apple.iTunes:replaygain_track_gain"][0]).decode()
    assert float(gain[:-3]) == pytest.approx(-18 - verdict.integrated_lufs, abs=0.01)
    data = verdict.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_bext_as_tech_3285_lays_it_out(made):
    verdict = made["own-wav"]
    chunks = read_chunks(verdict.path)
    assert list(chunks)[:4] == [b"fmt ", b"bext", b"cart", b"data"]
    bext = read_bext(chunks[b"bext"])
    assert bext["description"] == "Vay von chinh sach cho ho ngheo"
    assert bext["originator"] == "Trung tam Van hoa Ia HDrai"
    assert bext["originator_reference"] == "vay-von"
    assert (bext["version"], bext["time_reference_low"], bext["time_reference_high"]) == (2, 0, 0)
    assert (bext["origination_date"], bext["reserved"]) == ("", "")
    assert bext["loudness_value"] == round(verdict.integrated_lufs * 100)
    assert bext["loudness_range"] == round(verdict.loudness_range_lu * 100)
    assert bext["max_true_peak_level"] == round(verdict.true_peak_dbtp * 100)
    assert bext["max_momentary_loudness"] == round(verdict.max_momentary_lufs * 100)
    assert bext["max_short_term_loudness"] == round(verdict.max_short_term_lufs * 100)
    assert bext["rest"] == "A=PCM,F=48000,W=16,M=stereo,T=Loa\r\n"


def test_cart_as_aes46_lays_it_out(made):
    chunks = read_chunks(made["own-wav"].path)
    cart = read_cart(chunks[b"cart"])
    assert (cart["version"], cart["title"], cart["cut_id"]) == (
        "0101",
        "Vay von chinh sach cho ho ngheo",
        "vay-von",
    )
    assert (cart["artist"], cart["category"]) == ("Trung tam Van hoa Ia HDrai", "2.radio")
    assert cart["out_cue"] == "Xin chao va hen gap lai ba con"
    assert (cart["producer_app_id"], cart["level_reference"]) == ("Loa", 32_768)
    frames = len(chunks[b"data"]) // 4
    assert cart["post_timers"] == {b"AUDs": 0, b"AUDe": frames}
    assert frames == 8503 * 48
    assert cart["rest"].splitlines()[1] == "00:00:02.500 Noi dung: ai duoc vay?"


def test_without_tags_there_is_still_the_loudness(timeline, presets, tmp_path):
    for name, verdict in make(timeline, presets, tmp_path, Tags()).items():
        told = read_by_ffmpeg(verdict.path).lower()
        assert "track_gain" in told, name
        assert "title=\n" not in told


def test_a_short_piece_has_no_short_term_loudness(tmp_path, presets):
    path = write_wav(tmp_path / "s.wav", speech(1, rate=48_000), rate=48_000)
    short = Timeline(1500, (VoiceClip(path, 200, 1000, "f"),), (), (), (), ())
    made = render(short, {"own-wav": tmp_path / "a.wav"}, workdir=tmp_path, own_presets=presets)["own-wav"]
    assert read_bext(read_chunks(made.path)[b"bext"])["max_short_term_loudness"] == 0x7FFF


def test_letters_without_their_marks():
    assert to_ascii("Đường đến thôn 1 – “Ia Đơr”") == b"Duong den thon 1  Ia Dor"


@pytest.mark.parametrize(
    "content", [b"GIF89a" + bytes(99), b"", b"\x89PNG\r\n\x1a\n" + bytes(2_000_001), None]
)
def test_a_cover_that_is_no_picture_is_refused(content, tmp_path):
    path = tmp_path / "bìa.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CoverUnfit, match="bìa"):
        read_cover(path)


def test_a_cover_is_read(tmp_path):
    (tmp_path / "a.png").write_bytes(png())
    assert read_cover(tmp_path / "a.png") == png()
