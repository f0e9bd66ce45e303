"""What a new reading of a plan changes against the one before: item by item, never by position alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from studio.planning.document import PlanDocument
from studio.planning.review.corrections import FIELDS, read_field
from studio.planning.review.likeness import pair_alike
from studio.planning.review.sheet import PARTS, Item, Sheet


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One item or field: what it was and what it is now, in words; empty where it was or is not there."""

    change: Change
    part: str
    before: str
    after: str

    def to_json(self) -> dict[str, str]:
        return {"change": self.change.value, "part": self.part, "before": self.before, "after": self.after}


def compare_plans(old: PlanDocument, new: PlanDocument) -> list[Difference]:
    """Every difference, in the order of a plan; nothing for two readings that say the same."""
    found = [
        Difference(_name_change(before, after), name, before, after)
        for name in FIELDS
        if (before := read_field(old, name)) != (after := read_field(new, name))
    ]
    one, other = Sheet(old), Sheet(new)
    for part in PARTS:
        found += _compare(part, one.parts[part], other.parts[part])
    found += _compare("targets", _list_targets(old), _list_targets(new))
    found += _compare("signatory", _list_signed(old), _list_signed(new))
    return found


def _compare(part: str, old: Sequence[Item], new: Sequence[Item]) -> Iterator[Difference]:
    pairs = pair_alike([item.text for item in old], [item.text for item in new])
    for at, item in enumerate(new):
        if at not in pairs:
            yield Difference(Change.ADDED, part, "", _write(item))
            yield from _compare(part, (), item.members)
            continue
        before = old[pairs[at]]
        if _write(before) != _write(item):
            yield Difference(Change.CHANGED, part, _write(before), _write(item))
        yield from _compare(part, before.members, item.members)
    kept = set(pairs.values())
    for at, item in enumerate(old):
        if at not in kept:
            yield Difference(Change.REMOVED, part, _write(item), "")
            yield from _compare(part, item.members, ())


def _write(item: Item) -> str:
    return f"{item.code} {item.text}".strip()


def _name_change(before: str, after: str) -> Change:
    if not before:
        return Change.ADDED
    return Change.CHANGED if after else Change.REMOVED


def _list_targets(document: PlanDocument) -> list[Item]:
    return [
        Item(
            f"{target.text} ({target.quantity:g} {target.unit}{'/' if target.per else ''}{target.per or ''})"
        )
        for target in document.targets
    ]


def _list_signed(document: PlanDocument) -> list[Item]:
    return [Item(" - ".join(filter(None, (one.role, one.name)))) for one in document.signatories]
