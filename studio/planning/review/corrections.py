"""What a person corrected in the reading of a plan, as data: applied in order, undone, replayed.

Invalid
├── CorrectionUnfit      it names no line, item or part of this plan
└── CorrectionEmpty      it would change nothing or leave a title without words
Conflict
└── CorrectionCodeTaken  two items of a part would have one code
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from assets.errors import Conflict, Invalid, LoaError
from studio.planning.document import Note, PlanDocument, Signatory
from studio.planning.quantities import find_quantities
from studio.planning.review.likeness import find_alike
from studio.planning.review.sheet import CODED, PARENTS, PARTS, Item, Sheet, parse_reference

FIELDS = ("title", "number", "issuer", "place", "date", "year", "programme", "project", "sub_project")
SIGNED = ("role", "name")
ASIDE = ("unread", "dropped", "notes", "targets", "heading")
MAX_WORDS = 20_000
_CODE = re.compile(r"[0-9A-Za-z][\w.\-]{0,39}")


class CorrectionUnfit(Invalid):
    """It names a line, an item or a part that this plan does not have."""


class CorrectionEmpty(Invalid):
    """It leaves a title without words."""


class CorrectionCodeTaken(Conflict):
    """Another item of the part has this code."""


class Deed(StrEnum):
    MOVE = "move"
    EDIT = "edit"
    CODE = "code"
    DROP = "drop"
    ADD = "add"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Correction:
    """One deed: `at` is a line number, an item (`themes.3`, `themes.3.2`), a part or a field.

    `was` is what stood there when it was made: in a later reading of the plan the same words are looked for.
    """

    deed: Deed
    at: str
    to: str = ""
    was: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)


def restore_correction(found: Mapping[str, str]) -> Correction:
    return Correction(Deed(found["deed"]), found["at"], found["to"], found["was"])


def make_correction(document: PlanDocument, deed: Deed, at: str, to: str = "") -> Correction:
    """The correction with the words that it is about.

    Raises:
        CorrectionUnfit, CorrectionEmpty, CorrectionCodeTaken: it cannot be applied to this document.
    """
    sheet = Sheet(document)
    was = ""
    if deed is Deed.MOVE:
        was = sheet.lines[int(at)].text if at.isdigit() and int(at) in sheet.lines else ""
    elif deed is Deed.SET:
        was = read_field(document, at)
    elif item := sheet.find(at):
        was = item.text
    correction = Correction(deed, at, " ".join(to.split())[:MAX_WORDS], was)
    apply_correction(document, correction)
    return correction


def apply_corrections(
    document: PlanDocument, corrections: Sequence[Correction]
) -> tuple[PlanDocument, list[Correction]]:
    """The document as corrected, and the corrections that found no place in it any more."""
    missed: list[Correction] = []
    for correction in corrections:
        try:
            document = apply_correction(document, correction)
        except LoaError:
            missed.append(correction)
    return document, missed


def apply_correction(document: PlanDocument, correction: Correction) -> PlanDocument:
    """The document with one correction made.

    Raises:
        CorrectionUnfit, CorrectionEmpty, CorrectionCodeTaken
    """
    if correction.deed is Deed.SET:
        return _set(document, correction)
    sheet = Sheet(document)
    _DEEDS[correction.deed](sheet, correction)
    return sheet.close()


def read_field(document: PlanDocument, name: str) -> str:
    """A field of the plan in words; empty where the plan says nothing.

    Raises:
        CorrectionUnfit
    """
    if name in FIELDS:
        value = getattr(document, name)
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")
    number, who = _find_signed(name)
    people = document.signatories
    return (getattr(people[number], who) or "") if number < len(people) else ""


def _set(document: PlanDocument, correction: Correction) -> PlanDocument:
    name, text = correction.at, correction.to or None
    if name == "year":
        if text is not None and not re.fullmatch(r"(?:19|20)\d\d", text):
            raise CorrectionUnfit(what=f"year={text[:20]}")
        return replace(document, year=int(text) if text else None)
    if name == "date":
        return replace(document, date=_read_date(text))
    changes: dict[str, Any]
    if name in FIELDS:
        changes = {name: text}
        return replace(document, **changes)
    number, who = _find_signed(name)
    people = list(document.signatories)
    if number == len(people):
        people.append(Signatory(None, None))
    if number > len(people):
        raise CorrectionUnfit(what=name)
    changes = {who: text}
    people[number] = replace(people[number], **changes)
    return replace(document, signatories=tuple(one for one in people if one.role or one.name))


def _find_signed(name: str) -> tuple[int, str]:
    match = re.fullmatch(r"signatory(?:\.(\d))?\.(role|name)", name)
    if not match:
        raise CorrectionUnfit(what=name[:60])
    return int(match[1] or 1) - 1, match[2]


def _read_date(text: str | None) -> date | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError:
        raise CorrectionUnfit(what=f"date={text[:20]}") from None


def _move(sheet: Sheet, correction: Correction) -> None:
    number = _find_line(sheet, correction)
    to, joins = correction.to.removesuffix("+"), correction.to.endswith("+")
    part = to.partition(".")[0]
    target = sheet.find(to)
    if part not in (*PARTS, *ASIDE) or (to != part and part in PARTS and target is None):
        raise CorrectionUnfit(what=correction.to[:60])
    if target and number in {line for each in target.walk() for line in each.lines}:
        raise CorrectionUnfit(what=correction.to[:60])
    if part == "targets" and not any(True for _ in find_quantities(sheet.words(number))):
        raise CorrectionUnfit(what=f"targets: {sheet.words(number)[:60]}")
    words = sheet.take_line(number)
    if part in ASIDE:
        _set_aside(sheet, to, number, words)
    elif target and joins:
        target.text, target.lines = f"{target.text} {words}".strip(), target.lines | {number}
    else:
        item = _new_item(sheet, to if target else part, words, target)
        item.lines = {number}
        sheet.insert(target.members if target else sheet.parts[part], item)


def _set_aside(sheet: Sheet, to: str, number: int, words: str) -> None:
    sheet.elsewhere[number] = [to]
    if to.startswith("notes"):
        about = to.partition(".")[2] or "other"
        sheet.notes.append(Note(about, number, words))
        sheet.elsewhere[number] = [f"notes.{about}"]
    elif to == "targets":
        sheet.targets += [replace(quantity, line=number) for quantity, _ in find_quantities(words)]


def _edit(sheet: Sheet, correction: Correction) -> None:
    item, _ = _find_item(sheet, correction)
    if not correction.to:
        raise CorrectionEmpty(what=item.text[:80])
    item.text = correction.to
    if item.reference:
        item.reference = parse_reference(correction.to)


def _change_code(sheet: Sheet, correction: Correction) -> None:
    item, address = _find_item(sheet, correction)
    part, code = address.partition(".")[0], correction.to
    parent = sheet.find(address.rpartition(".")[0])
    fits = _CODE.fullmatch(code) and (("." in code) is (parent is not None))
    if part not in CODED or not fits or (parent and not code.startswith(f"{parent.code}.")):
        raise CorrectionUnfit(what=f"{correction.at}={code[:40]}")
    if any(other is not item and other.code == code for other in sheet.siblings(address)):
        raise CorrectionCodeTaken(code=code)
    for member in item.members:
        member.code = f"{code}.{member.code.removeprefix(f'{item.code}.')}"
    item.code = code


def _drop(sheet: Sheet, correction: Correction) -> None:
    item, address = _find_item(sheet, correction)
    siblings = sheet.siblings(address)
    siblings.remove(item)
    sheet.leave(item, "dropped")


def _add(sheet: Sheet, correction: Correction) -> None:
    if not correction.to:
        raise CorrectionEmpty(what=correction.at[:80])
    parent = sheet.find(correction.at)
    part = correction.at.partition(".")[0]
    if part not in PARTS or (correction.at != part and (parent is None or part not in PARENTS)):
        raise CorrectionUnfit(what=correction.at[:60])
    items = parent.members if parent else sheet.parts[part]
    items.append(_new_item(sheet, correction.at, correction.to, parent))


def _new_item(sheet: Sheet, at: str, words: str, parent: Item | None) -> Item:
    """A new member of a part, or of an item, with the next free code where the part has codes."""
    part = at.partition(".")[0]
    text = words.strip(" ;") if part in ("purposes", "requirements", "units") else words.strip(" ;.,:")
    if not text:
        raise CorrectionEmpty(what=words[:80])
    if parent is not None and (part not in PARENTS or at.count(".") != 1):
        raise CorrectionUnfit(what=at[:60])
    siblings = parent.members if parent else sheet.parts[part]
    code = ""
    if part in CODED:
        taken = {item.code for item in siblings}
        before = f"{parent.code}." if parent else ""
        code = next(f"{before}{n}" for n in range(1, len(taken) + 2) if f"{before}{n}" not in taken)
    return Item(text, code, reference=parse_reference(words) if part in ("legal_bases", "funding") else None)


def _find_line(sheet: Sheet, correction: Correction) -> int:
    """The line that the correction means: at its number, or wherever its words stand now."""
    number = int(correction.at) if correction.at.isdigit() else -1
    if number in sheet.lines and correction.was in ("", sheet.lines[number].text):
        return number
    numbers = list(sheet.lines)
    at = find_alike(correction.was, [sheet.lines[line].text for line in numbers])
    if at is None:
        raise CorrectionUnfit(what=correction.at[:20])
    return numbers[at]


def _find_item(sheet: Sheet, correction: Correction) -> tuple[Item, str]:
    """The item that the correction means and its address: there, or wherever its words stand in the part."""
    item = sheet.find(correction.at)
    if item and correction.was in ("", item.text):
        return item, correction.at
    above = correction.at.rpartition(".")[0]
    lists = (
        [above]
        if correction.at.count(".") == 1
        else [
            f"{above.partition('.')[0]}.{place}"
            for place in range(1, len(sheet.parts.get(above.partition(".")[0], [])) + 1)
        ]
    )
    for one in lists:
        parent = sheet.find(one)
        items = parent.members if parent else sheet.parts.get(one, [])
        at = find_alike(correction.was, [each.text for each in items])
        if at is not None:
            return items[at], f"{one}.{at + 1}"
    raise CorrectionUnfit(what=correction.at[:60])


_DEEDS = {
    Deed.MOVE: _move,
    Deed.EDIT: _edit,
    Deed.CODE: _change_code,
    Deed.DROP: _drop,
    Deed.ADD: _add,
}
