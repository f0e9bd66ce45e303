"""The pictures of a clip: title card, chapter cards, captions over them; drawn by Pillow.

Missing
└── PicturesNotFound
Invalid
└── PictureUnreadable
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from math import sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from assets.errors import Invalid, Missing
from studio.clips.captions import balance_lines

SHAPES = {"16:9": (16, 9), "1:1": (1, 1), "9:16": (9, 16)}
MOST_PIXELS = 60_000_000
"""More than any phone takes; a small file may unpack to far more."""
DEEP, BRAND, GOLD, PAPER = (8, 55, 51), (13, 79, 74), (242, 184, 75), (250, 248, 243)
SAFE = 0.08
"""The share of each side that stays free of words: screens and players cover edges."""
TALL_SAFE = 0.2
"""Players of tall films lay buttons and names over the lowest fifth."""
CAPTION_SIZE = 5.2
CAPTION_BOX = (6, 24, 24, 226)


class PicturesNotFound(Missing):
    pass


class PictureUnreadable(Invalid):
    pass


@dataclass(frozen=True, slots=True)
class Canvas:
    width: int
    height: int

    @property
    def unit(self) -> float:
        """What sizes are counted in: a hundredth of the shorter side, so that shapes look alike."""
        return min(self.width, self.height) / 100

    @property
    def room(self) -> float:
        return self.width * (1 - 2 * SAFE)

    @property
    def caption_characters(self) -> int:
        """How much two lines of captions hold with room to spare."""
        return min(76, int(2 * 0.85 * self.room / (self.unit * CAPTION_SIZE * 0.56)))


def make_canvas(shape: str, height: int) -> Canvas:
    """`height` counts the shorter side, as 720p does; sides are even, as H.264 wants them."""
    across, down = SHAPES[shape]
    short = height // 2 * 2
    long = round(short * max(across, down) / min(across, down) / 2) * 2
    return Canvas(long, short) if across > down else Canvas(short, long)


def find_pictures(folder: Path) -> Mapping[int, Path]:
    """Chapter number to picture, by file name: `1.jpg`, `02.png`.

    Raises:
        PicturesNotFound
    """
    if not folder.is_dir():
        raise PicturesNotFound(path=str(folder))
    return {
        int(path.stem): path
        for path in sorted(folder.iterdir())
        if re.fullmatch(r"[0-9]{1,4}\.(jpe?g|png|webp)", path.name, re.IGNORECASE)
    }


def open_picture(path: Path) -> Image.Image:
    """A picture upright and without its see-through parts.

    Raises:
        PictureUnreadable
    """
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as found:
            if found.width * found.height > MOST_PIXELS:
                raise PictureUnreadable(path=str(path), reason=f"{found.width} × {found.height}")
            return ImageOps.exif_transpose(found).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureUnreadable(path=str(path), reason=str(error).partition("\n")[0]) from error


def encode_logo(path: Path) -> bytes:
    """A logo as PNG for print, small enough to be no burden.

    Raises:
        PictureUnreadable
    """
    logo = open_picture(path)
    logo.thumbnail((800, 400))
    kept = io.BytesIO()
    logo.save(kept, "PNG")
    return kept.getvalue()


def draw_card(
    canvas: Canvas,
    heading: str,
    *,
    label: str = "",
    picture: Image.Image | None = None,
    logo: Image.Image | None = None,
    large: bool = False,
) -> Image.Image:
    """A card with its heading in the upper part; the lower part is left to captions."""
    card = _cover(picture, canvas) if picture else _draw_hills(canvas)
    draw = ImageDraw.Draw(card)
    unit, left = canvas.unit, canvas.width * SAFE
    size = unit * (10 if large else 8.6)
    lines, font = _fit_heading(heading, canvas.room, size)
    step = font.size * 1.25
    top = canvas.height * (0.30 if large else 0.26)
    draw.rectangle((left, top - unit * 9, left + unit * 9, top - unit * 8.2), fill=GOLD)
    if label:
        draw.text((left, top - unit * 6.4), label, font=load_font("SemiBold", unit * 3.4), fill=PAPER)
    for number, line in enumerate(lines):
        draw.text((left, top + number * step), line, font=font, fill=PAPER)
    if logo is not None:
        small = logo.copy()
        small.thumbnail((int(unit * 22), int(unit * 11)))
        corner = int(canvas.width * (1 - SAFE)) - small.width, int(canvas.height * 0.06)
        card.paste(small, corner, small)
    return card


def draw_caption(canvas: Canvas, card: Image.Image, text: str) -> Image.Image:
    """The card with a caption of one or two lines in its lower part."""
    unit = canvas.unit
    lines, font = _fit(text, canvas.room - unit * 5, unit * CAPTION_SIZE, weight="SemiBold", most=2)
    step = font.size * 1.36
    wide = max(font.getlength(line) for line in lines)
    bottom = canvas.height * (1 - (TALL_SAFE if canvas.height > canvas.width else SAFE))
    top = bottom - step * len(lines) - unit * 2.6
    middle = canvas.width / 2
    shown = card.copy()
    draw = ImageDraw.Draw(shown, "RGBA")
    box = (middle - wide / 2 - unit * 2.4, top, middle + wide / 2 + unit * 2.4, bottom)
    draw.rounded_rectangle(box, radius=unit * 1.4, fill=CAPTION_BOX)
    for number, line in enumerate(lines):
        place = middle, top + unit * 1.3 + step * (number + 0.5)
        draw.text(place, line, font=font, fill=PAPER, anchor="mm")
    return shown


@cache
def load_font(weight: str, size: float) -> ImageFont.FreeTypeFont:
    with as_file(files("assets").joinpath("fonts", f"BeVietnamPro-{weight}.ttf")) as path:
        # The same layout engine everywhere, so that the same words give the same pixels.
        return ImageFont.truetype(str(path), round(size), layout_engine=ImageFont.Layout.BASIC)


def _fit(
    text: str, width: float, size: float, *, weight: str = "Bold", most: int = 3
) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Balanced lines and the largest type, down from `size`, in which they fit."""
    return _try_fit(text, width, size, weight=weight, most=most, least=10) or _cut_off(text, width, weight)


def _fit_heading(text: str, width: float, size: float) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Two lines of somewhat smaller type rather than three."""
    return _try_fit(text, width, size, weight="Bold", most=2, least=0.84 * size) or _fit(text, width, size)


def _try_fit(
    text: str, width: float, size: float, *, weight: str, most: int, least: float
) -> tuple[list[str], ImageFont.FreeTypeFont] | None:
    while size >= least:
        font = load_font(weight, round(size))
        lines = balance_lines(text, width=width, measure=font.getlength, most=most)
        if lines is not None:
            return lines, font
        size *= 0.96
    return None


def _cut_off(text: str, width: float, weight: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    font = load_font(weight, 10)
    return [text[: int(width / font.getlength("m"))]], font


def _cover(picture: Image.Image, canvas: Canvas) -> Image.Image:
    """Fill the canvas, cut what stands over, and darken until pale words can be read on white."""
    flat = Image.new("RGBA", picture.size, (*PAPER, 255))
    flat.alpha_composite(picture)
    whole = ImageOps.fit(flat.convert("RGB"), (canvas.width, canvas.height), Image.Resampling.LANCZOS)
    return Image.blend(whole, Image.new("RGB", whole.size, DEEP), 0.68)


def _draw_hills(canvas: Canvas) -> Image.Image:
    """Green hills, row behind row, and a band of brocade under them: the place, without a photograph."""
    card = Image.new("RGB", (canvas.width, canvas.height), BRAND)
    draw = ImageDraw.Draw(card)
    for row in range(3):
        base = canvas.height * (0.62 + row * 0.13)
        shade = tuple(round(b + (d - b) * (row + 1) / 3) for b, d in zip(BRAND, DEEP, strict=True))
        ridge = [
            (x, base + canvas.unit * 5 * sin(x / canvas.unit / (17 - row * 3) + row * 2.1))
            for x in range(0, canvas.width + 8, 8)
        ]
        draw.polygon([*ridge, (canvas.width + 8, canvas.height), (0, canvas.height)], fill=shade)
    side = canvas.unit * 2.4
    for number in range(int(canvas.width / side) + 1):
        x, y = number * side, canvas.height - side
        diamond = [(x, y + side / 2), (x + side / 2, y), (x + side, y + side / 2), (x + side / 2, y + side)]
        draw.polygon(diamond, fill=GOLD if number % 4 == 0 else BRAND)
    return card
