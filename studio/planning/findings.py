"""What the reading of a plan has found so far, and which words have a place by now."""

import re
from collections.abc import Iterable
from dataclasses import replace

from studio.planning.document import (
    Heading,
    LedgerLine,
    Note,
    Placed,
    PlanForm,
    PlanTheme,
    PlanUnit,
    Quantity,
    Reference,
    Signatory,
)
from studio.planning.outline import Block
from studio.planning.source import Doubt, Line, fold, squeeze

_SHORTEST_FRAGMENT = re.compile(r"\w.*\w", re.DOTALL)


class Findings:
    """A sheet to fill in; `place` and `leave` between them take every line."""

    def __init__(self) -> None:
        self.title: list[str] = []
        self.numbers: list[str] = []
        self.issuers: list[str] = []
        self.places: list[tuple[str | None, tuple[str, str, str] | None]] = []
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
        self.targets: list[Quantity] = []
        self.notes: list[Note] = []
        self.doubts: list[Doubt] = []
        self.more_duties: dict[int, list[str]] = {}
        """Duties that tables give to units, by the unit's position."""
        self._unit_at: dict[str, int] = {}
        self._looked_through = 0
        self.left: set[int] = set()
        """Lines that found no place."""
        self.placed: list[Placed] = []

    def find_unit(self, name: str) -> int:
        """The position of the unit `name`, which is added when it is new."""
        for at in range(self._looked_through, len(self.units)):
            self._unit_at.setdefault(fold(self.units[at].name), at)
        self._looked_through = len(self.units)
        at = self._unit_at.setdefault(fold(name), len(self.units))
        if at == len(self.units):
            self.units.append(PlanUnit(name))
        return at

    def settle_units(self) -> None:
        """Give each unit the duties that tables named."""
        for at, duties in self.more_duties.items():
            self.units[at] = replace(self.units[at], duties=(*self.units[at].duties, *duties))
        self.more_duties.clear()

    def place(self, part: str, lines: Iterable[int]) -> None:
        self.placed.append(Placed(part, tuple(dict.fromkeys(lines))))

    def place_block(self, part: str, block: Block) -> None:
        self.place(part, block.lines)

    def place_tree(self, part: str, block: Block) -> None:
        self.place(part, (line for member in block.walk() for line in member.lines))

    def note(self, part: str, line: int, text: str) -> None:
        """Words that belong to `part` without being one of its members."""
        self.notes.append(Note(part, line, squeeze(text)))
        self.place(f"notes.{part}", [line])

    def note_tree(self, part: str, block: Block) -> None:
        """A remark with all below it, as one text."""
        text = " ".join(member.text for member in block.walk())
        self.notes.append(Note(part, block.lines[0], squeeze(text)))
        self.place_tree(f"notes.{part}", block)

    def note_fragment(self, part: str, block: Block, start: int, end: int) -> None:
        """The words of `block.text[start:end]`, unless they are only signs."""
        words = block.text[start:end].strip(" ,;:().")
        if _SHORTEST_FRAGMENT.search(words):
            blank = len(block.text[start:end]) - len(block.text[start:end].lstrip(" ,;:()."))
            first, last = block.line_at(start + blank), block.line_at(max(start, end - 1))
            self.notes.append(Note(part, first, squeeze(words)))
            self.place(f"notes.{part}", [line for line in block.lines if first <= line <= last])

    def leave_block(self, block: Block) -> None:
        """Each source line of `block` on its own, as it stands."""
        self.left.update(block.lines)

    def leave_tree(self, block: Block) -> None:
        for member in block.walk():
            self.leave_block(member)

    def settle(self, lines: Iterable[Line]) -> tuple[LedgerLine, ...]:
        """Every line once, with where it went: to its parts, to `unread`, or to both."""
        parts: dict[int, dict[str, None]] = {}
        for placed in self.placed:
            for number in placed.lines:
                parts.setdefault(number, {})[placed.part] = None
        ledger = []
        for line in lines:
            went = parts.setdefault(line.number, {})
            if line.number in self.left or not went:
                went["unread"] = None
            ledger.append(LedgerLine(line.number, line.raw or line.text, tuple(went), line.page))
        self.notes.sort(key=lambda note: note.line)
        return tuple(ledger)
