"""Lines of a Word or PDF file, numbered as they come."""

from collections.abc import Sequence

from studio.planning.files.text import recognise_old_encoding
from studio.planning.source import (
    Doubt,
    Line,
    LineRole,
    PlanEmpty,
    Source,
    check_length,
    make_line,
)
from studio.speech.encodings import convert_text


class Gathering:
    """A sheet on which a file's lines are written down in their order."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.doubts: list[Doubt] = []
        self._found: list[tuple[str, bool, LineRole, tuple[str, ...], int | None]] = []
        self._characters = 0

    def add(
        self,
        text: str,
        *,
        after_blank: bool = False,
        role: LineRole = LineRole.BODY,
        cells: Sequence[str] = (),
        page: int | None = None,
    ) -> int:
        """Write down one line; its number.

        Raises:
            PlanTooLong
        """
        self._characters += len(text)
        check_length(self._characters)
        self._found.append((text, after_blank, role, tuple(cells), page))
        return len(self._found)

    def finish(self) -> Source:
        """All lines, converted when they were typed in an encoding from before Unicode.

        Raises:
            PlanEmpty, PlanLineTooLong
        """
        sample = "\n".join(text for text, *_ in self._found[:400])
        encoding = recognise_old_encoding(sample)
        lines: list[Line] = []
        for number, (text, after_blank, role, cells, page) in enumerate(self._found, start=1):
            line = make_line(
                number,
                convert_text(text, encoding) if encoding else text,
                after_blank=after_blank,
                role=role,
                cells=tuple(convert_text(cell, encoding) for cell in cells) if encoding else cells,
                page=page,
                is_paragraph=self.kind == "docx",
            )
            if line:
                lines.append(line)
        if encoding:
            self.doubts.append(Doubt("EncodingConverted", None, {"encoding": encoding.value}))
        if not any(line.role is not LineRole.FURNITURE for line in lines):
            raise PlanEmpty
        return Source(self.kind, tuple(lines), tuple(self.doubts))
