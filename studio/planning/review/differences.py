"""What a new reading of a plan changes against the one before: item by item, never by position alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from studio.planning.document import PlanDocument, Quantity
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
    found += _compare_targets(old.targets, new.targets)
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


def _compare_targets(old: Sequence[Quantity], new: Sequence[Quantity]) -> Iterator[Difference]:
    """What numbers changed; where only the words around one did, its part of the plan says it."""
    before, after = [[Item(_write_target(one)) for one in targets] for targets in (old, new)]
    pairs = pair_alike([item.text for item in before], [item.text for item in after])
    same = {at for at, was in pairs.items() if _figure(old[was]) == _figure(new[at])}
    kept = {pairs[at] for at in same}
    yield from _compare(
        "targets",
        [item for at, item in enumerate(before) if at not in kept],
        [item for at, item in enumerate(after) if at not in same],
    )


def _figure(target: Quantity) -> tuple[object, ...]:
    return target.quantity, target.unit, target.per, target.whose


def _write_target(target: Quantity) -> str:
    return f"{target.text} ({target.quantity:g} {target.unit}{'/' if target.per else ''}{target.per or ''})"


def _list_signed(document: PlanDocument) -> list[Item]:
    return [Item(" - ".join(filter(None, (one.role, one.name)))) for one in document.signatories]
