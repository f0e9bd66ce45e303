"""What pages load lies with us, unmodified, licensed, complete: an office without a link sees all of it."""

import re
import struct
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import studio.web
from tests.assets.test_fonts import vietnamese_letters

STATIC = Path(studio.web.__file__).parent / "static"
VENDOR = STATIC / "vendor"
OURS = {"fonts.css", "SOURCES.md"}


def test_every_file_is_the_one_that_its_package_ships():
    sources = (VENDOR / "SOURCES.md").read_text("utf-8")
    stated = dict(re.findall(r"^\| (\S+) \| \S+ \| `([0-9a-f]{64})` \|$", sources, re.MULTILINE))
    present = {
        str(path.relative_to(VENDOR)): sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in OURS and path.parent.name != "licences"
    }
    assert stated == present


def test_every_package_has_version_licence_text_and_integrity():
    sources = (VENDOR / "SOURCES.md").read_text("utf-8")
    packages = re.findall(
        r"^\| \S+ \| \d+\.\d+\.\d+ \| (\S+) \| \[(licences/\S+\.txt)\]\(\2\) \| `\S+` \| `sha512-\S{88}` \|$",
        sources,
        re.MULTILINE,
    )
    assert len(packages) == 5
    assert {licence for licence, _ in packages} <= {"0BSD", "MIT", "BSD-3-Clause", "OFL-1.1"}
    texts = {str(path.relative_to(VENDOR)) for path in (VENDOR / "licences").iterdir()}
    assert {text for _, text in packages} == texts
    assert all((VENDOR / text).stat().st_size > 300 for text in texts)


@pytest.mark.parametrize("path", sorted(VENDOR.glob("*.[jc]s*")), ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path):
    text = path.read_text("utf-8")
    assert "sourceMappingURL" not in text
    assert re.findall(r"""(?:@import|importScripts\(|url\()\s*["']?(?:https?:)?//""", text) == []


@dataclass(frozen=True)
class Face:
    weight: int
    path: Path
    ranges: list[range]


def read_faces() -> list[Face]:
    css = (VENDOR / "fonts.css").read_text("utf-8")
    found = []
    for block in re.findall(r"@font-face \{(.*?)\}", css, re.DOTALL):
        assert "font-display: swap;" in block
        codes = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", block)
        found.append(
            Face(
                int(re.search(r"font-weight: (\d+);", block)[1]),
                VENDOR / re.search(r'url\("([^"]+)"\)', block)[1],
                [range(int(first, 16), int(last or first, 16) + 1) for first, last in codes],
            )
        )
    return found


@pytest.mark.parametrize("weight", [400, 500, 600, 700])
def test_screens_have_every_vietnamese_letter_in_the_fewest_files(weight):
    """The last face whose range holds a letter is asked first; it must have the letter."""
    faces = [face for face in read_faces() if face.weight == weight]
    glyphs = {}
    for face in faces:
        with TTFont(face.path, lazy=True) as font:
            assert font.flavor == "woff2"
            glyphs[face.path] = set(font.getBestCmap())
    fetched = set()
    for letter in vietnamese_letters():
        first = [face for face in faces if any(ord(letter) in codes for codes in face.ranges)][-1]
        assert ord(letter) in glyphs[first.path], letter
        fetched.add(first.path.name)
    assert fetched == {f"be-vietnam-pro-{part}-{weight}-normal.woff2" for part in ("latin", "vietnamese")}


@pytest.mark.parametrize("name", ["logo.svg", "favicon.svg"])
def test_the_logo_is_small_and_stands_alone(name):
    text = (STATIC / name).read_text("utf-8")
    assert len(text) < 4000
    assert re.findall(r"<(?:script|image|text|style|use)\b|href=", text) == []
    assert 'viewBox="0 0 ' in text
    assert "<title>" in text


@pytest.mark.parametrize("side", [192, 512])
def test_icons_have_the_size_in_their_name(side):
    header = (STATIC / f"icon-{side}.png").read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == (side, side)
