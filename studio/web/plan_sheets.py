"""A plan under review as the page shows it: source lines, fields, parts, and where a line can go."""

from dataclasses import dataclass, field

from assets.messages import say
from studio.planning.amounts import shorten
from studio.planning.document import PlanDocument
from studio.planning.review.corrections import FIELDS, read_field
from studio.planning.review.sheet import CODED, PARENTS, PARTS, Item, Sheet

SIGNED = ("signatory.role", "signatory.name")


@dataclass(frozen=True, slots=True)
class LineView:
    number: int
    text: str
    page: int | None
    part: str
    """What it became, for its colour."""
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemView:
    address: str
    text: str
    code: str
    lines: tuple[int, ...]
    members: list["ItemView"] = field(default_factory=list)
    has_code: bool = False
    takes_members: bool = False


@dataclass(frozen=True, slots=True)
class PartView:
    name: str
    label: str
    items: list[ItemView]


def list_lines(document: PlanDocument) -> list[LineView]:
    return [
        LineView(line.line, line.text, line.page, _main(line.parts), tuple(map(name_part, line.parts)))
        for line in document.lines
    ]


def list_fields(document: PlanDocument) -> list[tuple[str, str, str]]:
    """Name, label and words of each field, the signatory's after the plan's own."""
    return [
        (name, say(f"planning.key.{name.replace('.', '_')}"), read_field(document, name))
        for name in (*FIELDS, *SIGNED)
    ]


def list_parts(document: PlanDocument) -> list[PartView]:
    sheet = Sheet(document)
    return [
        PartView(
            part,
            say(f"planning.key.{part}"),
            [_view(part, f"{part}.{place}", item) for place, item in enumerate(items, start=1)],
        )
        for part, items in sheet.parts.items()
    ]


def list_places(document: PlanDocument, number: int) -> list[tuple[str, list[tuple[str, str]]]]:
    """Where a line can be moved, in groups: on with the item before it, a part, an item, or aside."""
    if not any(line.line == number for line in document.lines):
        return []
    sheet = Sheet(document)
    whole = [(part, say(f"planning.part.{part}")) for part in PARTS]
    below = [
        (f"{part}.{place}", f"{say(f'planning.part.{part}')} {item.code or place}: {shorten(item.text)}")
        for part in PARENTS
        for place, item in enumerate(sheet.parts[part], start=1)
    ]
    aside = [(name, say(f"planning.part.{name.partition('.')[0]}")) for name in _ASIDE]
    groups = [("part", whole), ("below", below), ("aside", aside)]
    if before := _find_before(sheet, number):
        groups.insert(0, ("join", [(f"{before[0]}+", shorten(before[1].text))]))
    return [(say(f"web.plan_imports.place.{name}"), choices) for name, choices in groups if choices]


def name_part(path: str) -> str:
    """`themes.3.2` in words: Nội dung 3.2."""
    part, _, rest = path.partition(".")
    if part == "notes":
        key = f"planning.part.{rest}"
        return f"{say('planning.part.notes')}: {say(key)}"
    return f"{say(f'planning.part.{part}')} {rest}".strip()


_ASIDE = ("heading", "notes.other", "targets", "unread", "dropped")
_SHOWN_FIRST = ("unread", "dropped")


def _main(parts: tuple[str, ...]) -> str:
    names = [part.partition(".")[0] for part in parts]
    for name in _SHOWN_FIRST:
        if name in names:
            return name
    return next((name for name in names if name not in ("heading", "notes")), names[0])


def _view(part: str, address: str, item: Item) -> ItemView:
    inner = address.count(".") == 2
    return ItemView(
        address,
        item.text,
        item.code,
        tuple(sorted(item.lines)),
        [_view(part, f"{address}.{place}", member) for place, member in enumerate(item.members, start=1)],
        has_code=part in CODED,
        takes_members=part in PARENTS and not inner,
    )


def _find_before(sheet: Sheet, number: int) -> tuple[str, Item] | None:
    """The item that the lines before `number` became last."""
    best: tuple[int, str, Item] | None = None
    for part, items in sheet.parts.items():
        for place, item in enumerate(items, start=1):
            family = [(f"{part}.{place}", item)]
            family += [
                (f"{part}.{place}.{inner}", member) for inner, member in enumerate(item.members, start=1)
            ]
            for address, one in family:
                last = max((line for line in one.lines if line < number), default=0)
                if last and number not in one.lines and (best is None or last >= best[0]):
                    best = (last, address, one)
    return best[1:] if best else None
