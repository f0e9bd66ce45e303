"""Names that scripts in these tests may use, and a whole script."""

from assets.models import AssetKind
from studio.scripts.body import KnownNames

KNOWN = KnownNames(
    voices={"vi-north-f": "espeak", "vi-north-m": "espeak", "tone": "tone", "recorded": ""},
    sounds={
        "mo-dau": AssetKind.SIGNATURE,
        "ket-thuc": AssetKind.SIGNATURE,
        "chuong": AssetKind.STING,
        "sao-truc": AssetKind.BED,
        "t-rung": AssetKind.BED,
    },
    recordings=["gia-rai.mp3", "xo-dang.wav"],
)

HEADER = """---
title: Vay vốn chính sách
theme: 3.employment
audience: 1
form: 2.radio
voices: {NỮ: vi-north-f, NAM: vi-north-m}
---
"""

WHOLE = (
    HEADER
    + """# Mở đầu
[nhạc hiệu: mo-dau]
[nhạc nền: sao-truc]
NỮ: Kính thưa bà con,
chúng tôi xin bắt đầu.

Thứ nhất: vay vốn.
NAM (chậm, nhỏ): Vâng.
[nghỉ 1,5s]
// ghi chú
Xin hết.
[hết nhạc nền]
[nhạc cắt: chuong]
[ghi âm: gia-rai.mp3]
"""
)


def script(body: str) -> str:
    return HEADER + body
