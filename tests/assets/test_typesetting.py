"""Real typst, real fonts; the pages are read back."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from assets.typesetting import PagesNotSet, set_pages

TEMPLATE = """
#let data = json("data.json")
#set document(title: data.title)
#set text(font: "Tinos", lang: "vi")
#data.title
"""


def read_fonts(pages):
    fonts = set()
    for page in PdfReader(io.BytesIO(pages)).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            fonts.add(str(inner["/BaseFont"]).partition("+")[2])
    return fonts


def test_pages_hold_their_fonts_and_are_the_same_each_time():
    data = {"title": "Thông báo của Ủy ban nhân dân xã Ia H'Drai: ẫẵỹỗ"}
    pages = set_pages(TEMPLATE, data)
    assert pages == set_pages(TEMPLATE, data)
    information = PdfReader(io.BytesIO(pages)).metadata
    assert information["/Title"] == data["title"]
    assert not {"/CreationDate", "/ModDate"} & set(information), "made a second later it would differ"
    assert read_fonts(pages) == {"Tinos-Regular"}
    assert "Ủy ban nhân dân xã Ia H" in PdfReader(io.BytesIO(pages)).pages[0].extract_text()


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_words_are_never_markup(title):
    text = PdfReader(io.BytesIO(set_pages(TEMPLATE, {"title": title}))).pages[0].extract_text()
    assert "".join(text.split()) == title


def test_a_template_that_does_not_fit_says_so():
    with pytest.raises(PagesNotSet, match="unknown"):
        set_pages('#let data = json("data.json")\n#unknown', {})
