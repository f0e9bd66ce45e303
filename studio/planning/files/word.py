"""A Word document as numbered lines: one a paragraph, one a table row, with the numbers Word adds itself."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from assets.errors import LoaError
from studio.planning.files.gathering import Gathering
from studio.planning.files.numbering import Numbering
from studio.planning.files.refusals import PlanDamaged, PlanTooLarge
from studio.planning.files.runs import read_lines
from studio.planning.outline import is_side_by_side
from studio.planning.source import Doubt, LineRole, Source, squeeze

MAX_UNFOLDED_BYTES = 256 * 1024 * 1024
MAX_PARTS = 5_000
MAX_DEPTH = 12
"""Tables in tables; deeper ones are read as their text."""


def read_word(content: bytes) -> Source:
    """The lines of a .docx: running heads, the body, footnotes, running feet.

    Raises:
        PlanTooLarge, PlanDamaged, PlanEmpty, PlanTooLong
    """
    _check_parts(content)
    try:
        paper = Document(BytesIO(content))
        return _Reader(paper).read()
    except LoaError:
        raise
    except Exception as error:  # the parsers raise whatever a broken part makes them stumble over
        raise PlanDamaged(kind="Word") from error


def _check_parts(content: bytes) -> None:
    """Refuse an archive that unfolds to more than any plan; what its list says, unpacking holds it to.

    Raises:
        PlanTooLarge
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
    unfolded = sum(part.file_size for part in parts)
    if unfolded > MAX_UNFOLDED_BYTES or len(parts) > MAX_PARTS:
        raise PlanTooLarge(megabytes=unfolded // 1_000_000, most=MAX_UNFOLDED_BYTES // 1_000_000)


class _Reader:
    def __init__(self, paper: Any) -> None:
        self._paper = paper
        self._numbering = Numbering(paper)
        self._gathering = Gathering("docx")

    def read(self) -> Source:
        self._read_edges("header")
        self._read_blocks(self._paper.element.body, depth=0)
        self._read_footnotes()
        self._read_edges("footer")
        return self._gathering.finish()

    def _read_blocks(self, parent: Any, depth: int) -> None:
        gap = False
        for block in _blocks(parent):
            if block.tag == qn("w:tbl"):
                self._read_table(block, depth)
                gap = True
            else:
                gap = not self._read_paragraph(block, gap=gap)

    def _read_paragraph(self, paragraph: Any, *, gap: bool) -> bool:
        """Write down its lines, then those of the boxes that hang on it; False where there are none."""
        lines = read_lines(paragraph)
        label = self._numbering.next_label(paragraph) if any(lines) else ""
        if label and lines:
            lines[0] = f"{label} {lines[0]}"
        for line in lines:
            if line.strip():
                self._gathering.add(line, after_blank=gap)
                gap = False
        for box in paragraph.iter(qn("w:txbxContent")):
            if not _is_fallback(box):
                for inner in box.iter(qn("w:p")):
                    for line in filter(str.strip, read_lines(inner)):
                        self._gathering.add(line, role=LineRole.TEXT_BOX, after_blank=True)
        return any(line.strip() for line in lines)

    def _read_table(self, table: Any, depth: int) -> None:
        """A table of figures row by row; one that only sets blocks side by side, block by block."""
        rows = [_cells(row) for row in _children(table, "w:tr")]
        flat = [line for row in rows for cell, _, _ in row for line in _plain_lines(cell)]
        if depth < MAX_DEPTH and (is_side_by_side(flat) or max(map(len, rows), default=0) <= 1):
            for row in rows:
                for cell, _, _ in row:
                    self._read_blocks(cell, depth + 1)
            return
        above: dict[int, str] = {}
        merged = False
        for row in rows:
            shown: list[str] = []
            meant: list[str] = []
            for cell, span, goes_on in row:
                text = squeeze(" ".join(self._numbered_lines(cell)))
                column = len(meant)
                inherited = above.get(column, "") if goes_on else text
                merged = merged or goes_on or span > 1
                above[column] = inherited
                shown += [text] + [""] * (span - 1)
                meant += [inherited] + [""] * (span - 1)
                above.update((column + more, "") for more in range(1, span))
            if any(shown):
                number = self._gathering.add(" | ".join(shown), cells=meant)
                if merged and not any(doubt.code == "MergedCells" for doubt in self._gathering.doubts):
                    self._gathering.doubts.append(Doubt("MergedCells", number, {}))

    def _numbered_lines(self, cell: Any) -> Iterator[str]:
        for paragraph in cell.iter(qn("w:p")):
            lines = [line for line in read_lines(paragraph) if line.strip()]
            if lines:
                yield f"{self._numbering.next_label(paragraph)} {lines[0]}"
                yield from lines[1:]

    def _read_footnotes(self) -> None:
        for relation in self._paper.part.rels.values():
            if relation.reltype.endswith(("/footnotes", "/endnotes")) and not relation.is_external:
                from docx.oxml import parse_xml

                for note in parse_xml(relation.target_part.blob):
                    if note.get(qn("w:type")) in (None, "normal"):
                        for paragraph in note.iter(qn("w:p")):
                            for line in filter(str.strip, read_lines(paragraph)):
                                self._gathering.add(line, role=LineRole.FOOTNOTE, after_blank=True)

    def _read_edges(self, edge: str) -> None:
        """Running heads or feet, each wording once."""
        known: set[str] = set()
        for section in self._paper.sections:
            for prefix in ("", "first_page_", "even_page_"):
                part = getattr(section, prefix + edge)
                if part.is_linked_to_previous:
                    continue
                for paragraph in part._element.iter(qn("w:p")):  # noqa: SLF001  python-docx has no other way in
                    for line in filter(str.strip, read_lines(paragraph)):
                        if line not in known:
                            known.add(line)
                            self._gathering.add(line, role=LineRole.FURNITURE)


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables, also those inside content controls and tracked insertions."""
    for child in parent:
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"), qn("w:smartTag")):
            yield from _blocks(child)


def _children(parent: Any, name: str) -> Iterator[Any]:
    for child in parent:
        if child.tag == qn(name):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins")):
            yield from _children(child, name)


def _cells(row: Any) -> list[tuple[Any, int, bool]]:
    """Each cell of a row, how many columns it spans, and whether it goes on with the one above."""
    found = []
    for cell in _children(row, "w:tc"):
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        width = int(span.get(qn("w:val"), "1")) if span is not None else 1
        goes_on = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
        found.append((cell, max(1, min(width, 100)), goes_on))
    return found


def _is_fallback(element: Any) -> bool:
    """Whether an older Word's copy of a drawing holds the element."""
    return any(str(parent.tag).endswith("}Fallback") for parent in element.iterancestors())


def _plain_lines(cell: Any) -> list[str]:
    return [squeeze(line) for paragraph in cell.iter(qn("w:p")) for line in read_lines(paragraph)]
