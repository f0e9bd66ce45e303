"""Leaflets as they come from the press: read back page by page, their code scanned as a phone would."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from studio.leaflets.leaflet import Imprint, LeafletUnfit, make_leaflet, write_leaflet
from studio.production.programme import known_names
from studio.scripts.parser import parse_script
from studio.settings import read_settings

EXAMPLES = sorted((Path(__file__).parents[3] / "studio" / "example" / "scripts").glob("*.md"))
POINTS_PER_MM = 72 / 25.4
SIZES = {"a5": (148, 210), "a4": (210, 297)}


def parse(text, tmp_path):
    return parse_script(text, **known_names(read_settings({}, home=tmp_path)))


def read_words(pages):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pages)).pages).split())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_word_of_the_script_is_on_paper_and_nothing_for_the_ear(tmp_path, path, size):
    document = parse(path.read_text("utf-8"), tmp_path)
    pages = make_leaflet(document, Imprint(size=size, issuer="Trung tâm Truyền thông"))
    reader = PdfReader(io.BytesIO(pages))
    assert len(reader.pages) <= 4
    for page in reader.pages:
        across, down = SIZES[size]
        assert abs(float(page.mediabox.width) - across * POINTS_PER_MM) < 1
        assert abs(float(page.mediabox.height) - down * POINTS_PER_MM) < 1
        assert "Trung tâm Truyền thông" in page.extract_text()
    words = read_words(pages)
    for cue in document.cues:
        for part in getattr(cue, "text", "").split():
            assert part in words
    assert not re.search(r"\[(nhạc|nghỉ|hết|ghi)", words)


def test_the_same_script_gives_the_same_pages(tmp_path):
    document = parse(EXAMPLES[0].read_text("utf-8"), tmp_path)
    imprint = Imprint(address="https://vi.du/nghe/1")
    assert make_leaflet(document, imprint) == make_leaflet(document, imprint)


def test_a_draft_says_so_and_a_dialogue_keeps_its_names(tmp_path):
    text = (
        '---\ntitle: "Hỏi #đáp [thử] $x$ *y*"\nvoices: {NỮ: vi-north-f, BÁC SĨ HÀ: vi-north-m}\n---\n'
        "# Hỏi\nNỮ: Tiêm ở đâu?\nBÁC SĨ HÀ: Ở trạm y tế.\nBÁC SĨ HÀ: Nhớ mang sổ.\n"
    )
    document = parse(text, tmp_path)
    words = read_words(make_leaflet(document, Imprint(approved=False)))
    assert "BẢN NHÁP" in words
    assert "Hỏi #đáp [thử] $x$ *y*" in words
    assert words.count("BÁC SĨ HÀ") == 1
    assert "NỮ" not in words
    assert "BẢN NHÁP" not in read_words(make_leaflet(document, Imprint()))


@pytest.mark.parametrize(
    "imprint",
    [
        Imprint(size="a3"),
        Imprint(address="javascript:alert(1)"),
        Imprint(address="nghe.vn"),
        Imprint(address="https://vi.du/" + "x" * 300),
    ],
)
def test_what_cannot_be_printed_is_named(tmp_path, imprint):
    document = parse(EXAMPLES[0].read_text("utf-8"), tmp_path)
    with pytest.raises(LeafletUnfit):
        make_leaflet(document, imprint)


def test_a_leaflet_is_written_whole_or_not_at_all(tmp_path):
    write_leaflet(b"%PDF", tmp_path / "a.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]
    with pytest.raises(LeafletUnfit):
        write_leaflet(b"%PDF", tmp_path / "a.doc")


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(str.strip),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
)
@settings(max_examples=15, deadline=None)
def test_any_words_can_be_printed(tmp_path_factory, title, issuer):
    from dataclasses import replace

    document = parse(EXAMPLES[0].read_text("utf-8"), Path(tmp_path_factory.getbasetemp()))
    document = replace(document, header=replace(document.header, title=title))
    assert make_leaflet(document, Imprint(issuer=issuer)).startswith(b"%PDF")
