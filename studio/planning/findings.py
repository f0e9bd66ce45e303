"""What the reading of a plan has found so far, and which words have a place by now."""

import re
from collections.abc import Iterable

from studio.planning.document import (
    Heading,
    Placed,
    PlanForm,
    PlanTheme,
    PlanUnit,
    Quantity,
    Reference,
    Signatory,
    Unread,
)
from studio.planning.outline import Block
from studio.planning.source import Line, squeeze

_SHORTEST_FRAGMENT = re.compile(r"\w.*\w", re.DOTALL)


class Findings:
    """A sheet to fill in; `place` and `leave` between them take every line."""

    def __init__(self) -> None:
        self.title: list[str] = []
        self.numbers: list[str] = []
        self.issuers: list[str] = []
        self.places: list[tuple[str | None, tuple[str, str, str]]] = []
        self.legal_bases: list[Reference] = []
        self.purposes: list[str] = []
        self.requirements: list[str] = []
        self.audiences: list[Heading] = []
        self.themes: list[PlanTheme] = []
        self.forms: list[PlanForm] = []
        self.funding: list[Reference] = []
        self.units: list[PlanUnit] = []
        self.reporting: list[str] = []
        self.recipients: list[str] = []
        self.signatories: list[Signatory] = []
        self.targets: list[tuple[int, Quantity]] = []
        self.unread: list[Unread] = []
        self.placed: list[Placed] = []

    def place(self, part: str, lines: Iterable[int]) -> None:
        self.placed.append(Placed(part, tuple(dict.fromkeys(lines))))

    def place_block(self, part: str, block: Block) -> None:
        self.place(part, block.lines)

    def place_tree(self, part: str, block: Block) -> None:
        self.place(part, (line for member in block.walk() for line in member.lines))

    def leave_line(self, line: int, text: str) -> None:
        self.unread.append(Unread(line, squeeze(text)))

    def leave_block(self, block: Block) -> None:
        """Each source line of `block` on its own, with the marker where it had one."""
        ends = [start for start, _ in block.starts[1:]] + [len(block.text)]
        for (start, line), end in zip(block.starts, ends, strict=True):
            words = block.text[start:end].strip()
            label = f"{block.label}. " if block.is_heading else ""
            self.leave_line(line, f"{label}{words}" if start == 0 else words)

    def leave_tree(self, block: Block) -> None:
        for member in block.walk():
            self.leave_block(member)

    def leave_fragment(self, block: Block, start: int, end: int) -> None:
        """The words of `block.text[start:end]`, unless they are only signs."""
        words = block.text[start:end].strip(" ,;.:()")
        if _SHORTEST_FRAGMENT.search(words):
            self.leave_line(
                block.line_at(start + len(block.text[start:end]) - len(block.text[start:end].lstrip())), words
            )

    def settle(self, lines: Iterable[Line]) -> None:
        """Leave what neither was placed nor left until now."""
        known = {line for part in self.placed for line in part.lines} | {rest.line for rest in self.unread}
        for line in lines:
            if line.number not in known:
                self.leave_line(line.number, line.text)
        self.unread.sort(key=lambda rest: rest.line)
