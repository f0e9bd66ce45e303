"""A plan document laid open for correcting: items that can be moved, with the lines each came from."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from studio.planning.document import (
    Heading,
    LedgerLine,
    Note,
    PlanDocument,
    PlanForm,
    PlanTheme,
    PlanUnit,
    Quantity,
    Reference,
    Unread,
)
from studio.planning.outline import strip_marker
from studio.planning.references import find_law, find_references, write_reference
from studio.planning.source import clean_text, squeeze

TEXTS = ("purposes", "requirements", "reporting", "recipients")
REFERENCES = ("legal_bases", "funding")
PARENTS = ("themes", "forms", "units")
CODED = ("audiences", "themes", "forms")
PARTS = ("legal_bases", "purposes", "requirements", "audiences", "themes", "forms", "funding", "units",
         "reporting", "recipients")  # fmt: skip
"""The parts of a plan that are lists, in the order of a plan."""


@dataclass(slots=True)
class Item:
    """One member of a part, or one topic, product or duty below it."""

    text: str
    code: str = ""
    lines: set[int] = field(default_factory=set)
    members: list["Item"] = field(default_factory=list)
    reference: Reference | None = None

    def walk(self) -> Iterator["Item"]:
        yield self
        for member in self.members:
            yield from member.walk()


class Sheet:
    """The document as lists; `close` makes it a document again, ledger included."""

    def __init__(self, document: PlanDocument) -> None:
        self.document = document
        self.parts: dict[str, list[Item]] = {part: list(_open(document, part)) for part in PARTS}
        self.notes: list[Note] = list(document.notes)
        self.targets: list[Quantity] = list(document.targets)
        self.lines = {line.line: line for line in document.lines}
        self.elsewhere: dict[int, list[str]] = {}
        """What is no item: headings, notes, furniture, `unread`, `dropped`."""
        for line in document.lines:
            for part in line.parts:
                item = self.find(part)
                if item is None:
                    self.elsewhere.setdefault(line.line, []).append(part)
                else:
                    item.lines.add(line.line)

    def find(self, address: str) -> Item | None:
        """The item at `themes.3` or `themes.3.2`; None where there is none."""
        part, *places = address.split(".")
        items = self.parts.get(part, [])
        found: Item | None = None
        for place in places[:2]:
            if not place.isdigit() or not 0 < int(place) <= len(items):
                return None
            found = items[int(place) - 1]
            items = found.members
        return found

    def siblings(self, address: str) -> list[Item]:
        """The list in which the item at this address stands."""
        above, _, _ = address.rpartition(".")
        parent = self.find(above)
        return self.parts[above] if parent is None else parent.members

    def words(self, number: int) -> str:
        """A line without its marker, clean."""
        return strip_marker(squeeze(clean_text(self.lines[number].text)))

    def take_line(self, number: int) -> str:
        """Take a line out of wherever it stands; its words."""
        words = self.words(number)
        self.notes = [note for note in self.notes if note.line != number]
        self.targets = [target for target in self.targets if target.line != number]
        self.elsewhere.pop(number, None)
        for items in self.parts.values():
            for item in [*items]:
                self._take_from(items, item, number, words)
        return words

    def _take_from(self, items: list[Item], item: Item, number: int, words: str) -> None:
        for member in [*item.members]:
            self._take_from(item.members, member, number, words)
        if number not in item.lines:
            return
        item.lines.discard(number)
        if item.lines:
            item.text = squeeze(item.text.replace(words.rstrip(" ;.,:"), " ")).strip(" ;,") or item.text
        else:
            for member in item.members:
                self.leave(member)
            items.remove(item)

    def leave(self, item: Item, where: str = "unread") -> None:
        """What the item came from has no place any more."""
        for each in item.walk():
            for number in each.lines:
                self.elsewhere.setdefault(number, []).append(where)

    def insert(self, items: list[Item], item: Item) -> None:
        """Put an item where its line stands among the others."""
        first = min(item.lines, default=10**9)
        at = sum(min(other.lines, default=0) <= first for other in items) if item.lines else len(items)
        items.insert(at, item)

    def close(self) -> PlanDocument:
        """The document that the sheet shows now."""
        went: dict[int, dict[str, None]] = {number: {} for number in self.lines}
        for part, items in self.parts.items():
            for place, item in enumerate(items, start=1):
                for number in sorted(item.lines):
                    went[number][f"{part}.{place}"] = None
                for inner, member in enumerate(item.members, start=1):
                    for number in sorted(member.lines):
                        went[number][f"{part}.{place}.{inner}"] = None
        for number, parts in self.elsewhere.items():
            for part in parts:
                if part not in ("unread", "dropped") or not went[number]:
                    went[number][part] = None
        ledger = tuple(
            LedgerLine(line.line, line.text, tuple(went[line.line]) or ("unread",), line.page)
            for line in self.document.lines
        )
        unread = tuple(
            Unread(line.line, squeeze(clean_text(line.text))) for line in ledger if "unread" in line.parts
        )
        lists: dict[str, Any] = {
            part: tuple(_close(part, item) for item in items) for part, items in self.parts.items()
        }
        return replace(
            self.document,
            **lists,
            notes=tuple(sorted(self.notes, key=lambda note: note.line)),
            targets=tuple(sorted(self.targets, key=lambda target: target.line or 0)),
            unread=unread,
            lines=ledger,
        )


def parse_reference(text: str) -> Reference:
    """A legal document as a person wrote it; without a number the words are its title."""
    found = next(find_references(text), None)
    return found.reference if found else find_law(text) or Reference("", None, None, None, squeeze(text))


def _open(document: PlanDocument, part: str) -> Iterator[Item]:
    for value in getattr(document, part):
        if isinstance(value, str):
            yield Item(value)
        elif isinstance(value, Reference):
            yield Item(write_reference(value), reference=value)
        elif isinstance(value, PlanUnit):
            yield Item(value.name, members=[Item(duty) for duty in value.duties])
        else:
            below = value.topics if isinstance(value, PlanTheme) else getattr(value, "products", ())
            yield Item(value.title, value.code, members=[Item(one.title, one.code) for one in below])


def _close(part: str, item: Item) -> object:
    below = tuple(Heading(member.code, member.text) for member in item.members)
    if part == "themes":
        return PlanTheme(item.code, item.text, below)
    if part == "forms":
        return PlanForm(item.code, item.text, below)
    if part == "audiences":
        return Heading(item.code, item.text)
    if part == "units":
        return PlanUnit(item.text, tuple(member.text for member in item.members))
    if part in REFERENCES:
        return (
            item.reference
            if item.reference and write_reference(item.reference) == item.text
            else parse_reference(item.text)
        )
    return item.text
