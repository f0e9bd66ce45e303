"""A file is known by its content; what cannot be read is refused by name, with what to do."""

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assets.errors import LoaError
from studio.planning.files import kinds, pdf, word
from studio.planning.files.kinds import read_source
from studio.planning.files.refusals import (
    PlanDamaged,
    PlanIsPicture,
    PlanOldWord,
    PlanOtherFormat,
    PlanProtected,
    PlanScanned,
    PlanTooLarge,
)
from studio.planning.importer import read_lines
from studio.planning.source import PlanEmpty, PlanNotText

PLANS = Path(__file__).parents[1] / "plans"


def pack(**files: bytes) -> bytes:
    """An archive of parts named with dots for slashes."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return found.getvalue()


def scan() -> bytes:
    """Two pages of a PDF that are only pictures."""
    pages = [Image.new("L", (120, 170), shade) for shade in (240, 250)]
    found = io.BytesIO()
    pages[0].save(found, "PDF", save_all=True, append_images=pages[1:])
    return found.getvalue()


def picture() -> bytes:
    found = io.BytesIO()
    Image.new("L", (8, 8)).save(found, "PNG")
    return found.getvalue()


def blank_word() -> bytes:
    found = io.BytesIO()
    Document().save(found)
    return found.getvalue()


def bomb() -> bytes:
    """A PDF whose one packed stream unfolds far beyond its size."""
    packed = zlib.compress(b"\x00" * 3_000_000)
    return b"%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode>>\nstream\n" + packed + b"\nendstream\nendobj\n%%EOF"


REFUSED = {
    "a scan": (scan, PlanScanned),
    "a photo": (picture, PlanIsPicture),
    "a locked Word file": ((PLANS / "locked.docx").read_bytes, PlanProtected),
    "a locked PDF": ((PLANS / "locked.pdf").read_bytes, PlanProtected),
    "an old Word file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, PlanOldWord),
    "a workbook": (lambda: pack(xl__workbook=b"<workbook/>"), PlanOtherFormat),
    "an OpenDocument text": (lambda: pack(**{"content.xml": b"<x/>"}), PlanOtherFormat),
    "rich text": (lambda: rb"{\rtf1 K\u7871? ho\u7841?ch}", PlanOtherFormat),
    "a cut Word file": (lambda: blank_word()[:4000], PlanDamaged),
    "a Word file of nonsense": (lambda: pack(**{"word__document.xml": b"<not xml"}), PlanDamaged),
    "a cut PDF": (lambda: (PLANS / "quarter.pdf").read_bytes()[:9000], PlanDamaged),
    "no PDF behind its mark": (lambda: b"%PDF-1.7 and no more", PlanDamaged),
    "a Word file without words": (blank_word, PlanEmpty),
    "nothing": (lambda: b"", PlanEmpty),
    "a program": (lambda: b"\x7fELF\x02\x01\x01\x00\x00", PlanNotText),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_named(name):
    make, error = REFUSED[name]
    with pytest.raises(error) as caught:
        read_source(make())
    assert len(str(caught.value)) > 30


def test_a_file_that_unfolds_to_more_than_any_plan_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_UNFOLDED_BYTES", 1_000_000)
    monkeypatch.setattr(word, "MAX_UNFOLDED_BYTES", 1_000_000)
    huge = pack(**{"word__document.xml": b" " * 2_000_000})
    for content in (bomb(), huge):
        assert len(content) < 20_000
        with pytest.raises(PlanTooLarge):
            read_source(content)


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(kinds, "MAX_FILE_BYTES", 10)
    (tmp_path / "plan.txt").write_text("KẾ HOẠCH dài", "utf-8")
    with pytest.raises(PlanTooLarge):
        kinds.read_file(tmp_path / "plan.txt")
    with pytest.raises(PlanTooLarge):
        read_source(b"x" * 11)


def test_the_name_of_a_file_does_not_matter(tmp_path, plan_files):
    from studio.planning.importer import read_plan_file

    for name in ("commune.txt", "quarter.pdf", "tables.docx"):
        misnamed = tmp_path / f"{name}.jpg"
        misnamed.write_bytes(plan_files[name].read_bytes())
        assert read_plan_file(misnamed) == read_plan_file(plan_files[name])


@pytest.mark.parametrize("name", ["tables.docx", "quarter.pdf"])
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_a_file_with_any_bytes_changed_is_read_or_refused_by_name(name, plan_files, data):
    content = bytearray(plan_files[name].read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    refusal = ""
    try:
        document = read_lines(read_source(bytes(content)))
    except LoaError as error:
        refusal = str(error)  # worded, or it raises
    assert refusal or all(line.parts for line in document.lines)
