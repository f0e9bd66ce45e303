"""Every Vietnamese letter has its glyph in every font, and the files are those whose origin is stated."""

import re
import unicodedata
from hashlib import sha256
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import assets

FONTS = Path(assets.__file__).parent / "fonts"
FILES = sorted(FONTS.glob("*.ttf"))
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def vietnamese_letters() -> set[str]:
    """All precomposed letters, both cases, with the marks that Vietnamese print uses."""
    lower = {unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES} | {"đ"}
    plain = {chr(code) for code in range(0x20, 0x7F)}
    return lower | {letter.upper() for letter in lower} | plain | set("“”‘’–—…₫·•")


def test_there_are_134_letters_with_marks():
    marked = {letter for letter in vietnamese_letters() if letter.isalpha() and not letter.isascii()}
    assert len(marked) == 2 * 67


def test_the_fonts_for_clips_and_documents_are_there():
    faces = [f"BeVietnamPro-{weight}.ttf" for weight in ("Bold", "Medium", "Regular", "SemiBold")]
    faces += [f"Tinos-{style}.ttf" for style in ("Bold", "BoldItalic", "Italic", "Regular")]
    assert [path.name for path in FILES] == faces


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_vietnamese_letter_is_missing_or_blank(path):
    with TTFont(path, lazy=True) as font:
        glyphs = font.getBestCmap()
        assert sorted(letter for letter in vietnamese_letters() if ord(letter) not in glyphs) == []
        outlines = font["glyf"]
        blank = [
            x for x in vietnamese_letters() if x != " " and not outlines[glyphs[ord(x)]].numberOfContours
        ]
        assert blank == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_font_may_be_embedded_and_is_what_its_name_says(path):
    family, style = path.stem.split("-")
    with TTFont(path, lazy=True) as font:
        assert font["OS/2"].fsType == 0
        assert font["OS/2"].usWeightClass == {
            "Medium": 500,
            "SemiBold": 600,
            "Bold": 700,
            "BoldItalic": 700,
        }.get(style, 400)
        names = {record.toUnicode() for record in font["name"].names if record.nameID in (1, 16)}
        assert any(name.replace(" ", "").startswith(family) for name in names)


def test_hashes_and_licences_stand_in_sources():
    sources = (FONTS / "SOURCES.md").read_text("utf-8")
    stated = dict(re.findall(r"^\| (\S+\.ttf) \|.*`([0-9a-f]{64})`", sources, re.MULTILINE))
    assert stated == {path.name: sha256(path.read_bytes()).hexdigest() for path in FILES}
    for family in ("BeVietnamPro", "Tinos"):
        assert f"({family}-OFL.txt)" in sources
        assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / f"{family}-OFL.txt").read_text("utf-8")
