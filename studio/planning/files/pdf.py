"""A PDF with text as numbered lines: columns, tables with drawn lines, page furniture."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from statistics import median

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page

from studio.planning.files.columns import Piece, Row, split_columns
from studio.planning.files.gathering import Gathering
from studio.planning.files.refusals import (
    PlanDamaged,
    PlanProtected,
    PlanScanned,
    PlanTooLarge,
    PlanTooManyPages,
)
from studio.planning.source import Doubt, LineRole, Source, squeeze

MAX_PAGES = 400
MAX_UNFOLDED_BYTES = 256 * 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n")
_BAND = 0.1
"""The share of a page's height, at its head and at its foot, where furniture stands."""
_FURNITURE_LINES = 2
_GAP_OF_COLUMNS = 2.2
"""In letter heights: a wider gap inside a line is one between columns."""

_MOTTO_FIRST = frozenset({"CỘNG", "Độc"})
"""Words that open a line of the national motto: a wide issuer beside it leaves but a narrow gap."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    number: int
    height: float
    rows: tuple[Row, ...]
    """Lines and rows of tables from the top down."""
    has_picture: bool


def read_pdf(content: bytes) -> Source:
    """The lines of a PDF; the count goes on through its pages.

    Raises:
        PlanScanned: no page has text. PlanProtected, PlanDamaged, PlanTooLarge, PlanTooManyPages
    """
    _check_streams(content)
    try:
        with pdfplumber.open(BytesIO(content), password="") as pdf:
            sheets = []
            for page in pdf.pages[:MAX_PAGES]:
                sheets.append(_read_sheet(page))
                page.close()
            pages = len(pdf.pages)
    except Exception as error:  # the parser raises whatever a broken file makes it stumble over
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in (error, *error.args)):
            raise PlanProtected(kind="PDF") from error
        raise PlanDamaged(kind="PDF") from error
    if pages > MAX_PAGES:
        raise PlanTooManyPages(pages=pages, most=MAX_PAGES)
    if not any(sheet.rows for sheet in sheets):
        raise PlanScanned(pages=len(sheets))
    return _gather(sheets)


def _check_streams(content: bytes) -> None:
    """Refuse a file whose packed streams unfold to more than any plan.

    Raises:
        PlanTooLarge
    """
    left = MAX_UNFOLDED_BYTES
    for match in _STREAM.finditer(content):
        unpacker = zlib.decompressobj()
        data = content[match.end() :] if content[match.end() : match.end() + 1] == b"x" else b""
        try:
            while data and left > 0:
                left -= len(unpacker.decompress(data, 1024 * 1024))
                data = unpacker.unconsumed_tail
        except zlib.error:
            continue
        if left <= 0:
            raise PlanTooLarge(
                megabytes=MAX_UNFOLDED_BYTES // 1_000_000, most=MAX_UNFOLDED_BYTES // 1_000_000
            )


def _read_sheet(page: Page) -> _Sheet:
    tables = page.find_tables()
    boxes = [table.bbox for table in tables]
    rows = [row for row in _find_rows(page) if not any(_lies_in(row, box) for box in boxes)]
    for table in tables:
        for line, cells in zip(table.rows, table.extract(), strict=True):
            texts = tuple(squeeze(cell or "") for cell in cells)
            if any(texts):
                left, top, right, bottom = line.bbox
                rows.append(Row((Piece(" | ".join(texts), left, right),), top, bottom, bottom - top, texts))
    rows.sort(key=lambda row: row.top)
    return _Sheet(page.page_number, float(page.height), tuple(rows), bool(page.images))


def _find_rows(page: Page) -> Iterator[Row]:
    """Words on one base line, parted where the gap is one between columns."""
    words = page.extract_words(x_tolerance_ratio=0.18, keep_blank_chars=False, extra_attrs=["size"])
    lines: list[list[dict[str, float | str]]] = []
    for word in sorted(words, key=lambda word: (word["bottom"], word["x0"])):
        if lines and abs(float(lines[-1][0]["bottom"]) - float(word["bottom"])) < 0.35 * float(word["size"]):
            lines[-1].append(word)
        else:
            lines.append([word])
    for line in lines:
        line.sort(key=lambda word: word["x0"])
        size = median(float(word["size"]) for word in line)
        pieces: list[list[dict[str, float | str]]] = [[line[0]]]
        for before, word in pairwise(line):
            gap = float(word["x0"]) - float(before["x1"])
            if gap > _GAP_OF_COLUMNS * size or (gap > 0.6 * size and word["text"] in _MOTTO_FIRST):
                pieces.append([word])
            else:
                pieces[-1].append(word)
        yield Row(
            tuple(
                Piece(
                    " ".join(str(word["text"]) for word in piece),
                    float(piece[0]["x0"]),
                    float(piece[-1]["x1"]),
                )
                for piece in pieces
            ),
            min(float(word["top"]) for word in line),
            max(float(word["bottom"]) for word in line),
            size,
        )


def _lies_in(row: Row, box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    middle = (row.top + row.bottom) / 2
    return top <= middle <= bottom and row.left >= left - 3 and row.right <= right + 3


def _gather(sheets: Sequence[_Sheet]) -> Source:
    furniture = _find_furniture(sheets)
    gathering = Gathering("pdf")
    for sheet in sheets:
        if not sheet.rows and sheet.has_picture:
            gathering.doubts.append(Doubt("PageIsPicture", None, {"page": sheet.number}))
        own = [row for row in sheet.rows if (sheet.number, row) not in furniture]
        for row in sheet.rows:
            if (sheet.number, row) in furniture and row.top < sheet.height / 2:
                gathering.add(row.text, role=LineRole.FURNITURE, page=sheet.number)
        left = min((row.left for row in own), default=0.0)
        right = max((row.right for row in own), default=0.0)
        before: Row | None = None
        for row in split_columns(own):
            gathering.add(
                row.text,
                after_blank=_opens_paragraph(row, before, left, right),
                cells=row.cells,
                page=sheet.number,
            )
            before = row
        for row in sheet.rows:
            if (sheet.number, row) in furniture and row.top >= sheet.height / 2:
                gathering.add(row.text, role=LineRole.FURNITURE, page=sheet.number)
    return gathering.finish()


def _opens_paragraph(row: Row, before: Row | None, left: float, right: float) -> bool:
    """Whether a gap above or an indent shows that a paragraph starts; the next page goes on."""
    if before is None:
        return False
    if row.top - before.bottom > 0.6 * row.size or row.top < before.top:
        return True
    indent, rest = row.left - left, right - row.right
    centred = indent > 2 * row.size and abs(indent - rest) < 2 * row.size
    return indent > 0.8 * row.size and before.left < row.left - 0.8 * row.size and not centred


def _find_furniture(sheets: Sequence[_Sheet]) -> set[tuple[int, Row]]:
    """Bare page numbers, and what stands at the same edge of most pages."""
    edges: list[tuple[int, Row, str]] = []
    for sheet in sheets:
        for row in {*sheet.rows[:_FURNITURE_LINES], *sheet.rows[-_FURNITURE_LINES:]}:
            if row.cells:
                continue
            if row.bottom < sheet.height * _BAND or row.top > sheet.height * (1 - _BAND):
                edges.append((sheet.number, row, re.sub(r"\d+", "#", squeeze(row.text).lower())))
    often = Counter(shape for _, _, shape in edges)
    return {
        (number, row)
        for number, row, shape in edges
        if re.fullmatch(r"(?:trang )?[-\s]*#[-\s]*(?:/\s*#)?", shape)
        or (often[shape] >= 2 and often[shape] * 2 >= len(sheets))
    }
