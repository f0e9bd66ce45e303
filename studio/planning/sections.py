"""The body of a plan: which section speaks of what, and what stands in it."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from studio.planning.document import Heading, PlanForm, PlanTheme, Reference
from studio.planning.duties import DOER, are_units, give_duty, read_reporting, read_units
from studio.planning.findings import Findings
from studio.planning.headings import (
    FRAME,
    HOLDERS,
    classify_heading,
    find_kinds,
    is_bare_heading,
    is_strict,
    leads_with_kind,
    split_heading,
)
from studio.planning.members import flatten, is_aside, is_besides, is_closing, list_items, title_of, whole
from studio.planning.outline import Block
from studio.planning.quantities import find_quantities
from studio.planning.references import find_bases, find_references, is_lead
from studio.planning.tables import read_table, take_rows
from studio.planning.topics import code_products, code_topics, find_products, find_topics

_LISTS_BELOW = re.compile(r"\b(?:gồm|gồm có)\s*:\s*$")
_MOST_GROUP_WORDS = 8
_LISTS = frozenset({"audiences", "themes", "forms"})
_AIMS = frozenset({"purposes", "requirements"})
_OTHER_MONEY = re.compile(r"\s*(?:,|và)\s+(?:các\s+)?nguồn\s+(?:kinh phí|vốn|lực)?[^;]*khác\b.*$")


def read_section(block: Block, findings: Findings, outer: str | None = None) -> None:
    """Read one section: its own lines by its kind, sections inside it by theirs.

    A heading over other headings (Phần over Điều) only holds them; its kind is for what stands between.
    """
    kind = classify_heading(block)
    if kind is None and outer is not None:
        inherits = not block.is_heading or block.rank in HOLDERS or is_strict(split_heading(block)[0])
        kind = outer if inherits else None
    if kind == "situation":
        findings.place_block("heading", block)
        _read_frame(kind, _with_inline(block, block.children), findings)
        return
    _raise_named_parts(block)
    holds = block.rank in HOLDERS and any(_is_held(child) for child in block.children)
    inner = [child for child in block.children if _is_section(child, None if holds else kind)]
    apart = {id(child) for child in inner}
    own, rows = take_rows([child for child in block.children if id(child) not in apart])
    if kind is None and are_units(own):
        kind = "units"
    if kind is None:
        for rest in own:
            if is_aside(rest):
                findings.note_tree("other", rest)
            else:
                findings.leave_tree(rest)
        if inner or rows:
            findings.place_block("heading", block)
        else:
            findings.leave_block(block)
    else:
        if kind in ("forms", "themes") and are_units(own):
            kind = "units"  # "Biện pháp thực hiện" over who does what
        findings.place_block("heading", block)
        _READERS[kind](_with_inline(block, _set_notes_apart(own, kind, findings)), findings)
    read_table(rows, findings, kind)
    for child in inner:
        read_section(child, findings, kind)


def _raise_named_parts(block: Block) -> None:
    """Make headings of the items that the one above announced: "Mục đích, yêu cầu" over "- Mục đích: ..."."""
    announced = {kind for _, kind in find_kinds(split_heading(block)[0])}
    for child in block.children if len(announced) > 1 else ():
        if (
            _is_field(child)
            and not DOER.match(child.text)
            and min(find_kinds(child.text.partition(":")[0]))[1] in announced
        ):
            child.rank = 7


def _is_held(block: Block) -> bool:
    """Whether a heading such as "Điều 3", or one under it, opens a section of its own."""
    return block.rank in HOLDERS and (
        classify_heading(block) is not None or any(_is_held(child) for child in block.children)
    )


def _set_notes_apart(own: Sequence[Block], kind: str, findings: Findings) -> list[Block]:
    """The members of a section without what only speaks about them: brackets, formulas, a lead-in."""
    listed = any(member.rank is not None for member in own)
    kept: list[Block] = []
    for member in own:
        if is_closing(member):
            findings.note_tree("closing", member)
        elif (
            is_aside(member)
            or (kind in _LISTS and is_besides(member))
            or (listed and not kept and member.rank is None and member.text.rstrip().endswith(":"))
        ):
            findings.note_tree(kind, member)
        else:
            kept.append(member)
    return kept


def _is_section(block: Block, outer: str | None) -> bool:
    """Whether a child opens a section of its own inside a section of kind `outer`."""
    kind = classify_heading(block)
    if outer is None:
        return kind is not None or (
            block.is_heading and any(_is_section(child, None) for child in block.children)
        )
    if kind and block.rank in HOLDERS:
        return True
    title, start = split_heading(block)
    if not block.children and not block.text[start:].strip():
        return False  # nothing stands in it: an item of the list
    if is_strict(title):
        return kind is not None or (outer in _AIMS and block.is_heading)  # "1. Tổng quát: ..."
    return kind is not None and _leads_apart(title, kind, outer, has_items=bool(block.children))


def _leads_apart(title: str, kind: str, outer: str, *, has_items: bool) -> bool:
    """Whether a title that says more than what its section is opens one inside a section of kind `outer`."""
    if not leads_with_kind(title):
        return False
    if kind in _AIMS and outer in _AIMS:
        return has_items
    if kind == outer == "audiences" or (kind != outer and outer not in _LISTS | _AIMS | {"targets"}):
        return len(title.split()) <= _MOST_GROUP_WORDS  # "1. Đối tượng vận động: ..."
    return False


def _with_inline(block: Block, own: list[Block]) -> list[Block]:
    """The members of a section, the text on the heading's own line first."""
    _, start = split_heading(block)
    body = block.text[start:].strip()
    if not body:
        return own
    skipped = start + len(block.text[start:]) - len(block.text[start:].lstrip())
    first = block.line_at(skipped)
    starts = [(max(offset - skipped, 0), line) for offset, line in block.starts if line >= first]
    label = "gồm" if _LISTS_BELOW.search(block.text[:start]) else ""
    return [Block(None, label, body, starts), *own]


def _read_purposes(members: Sequence[Block], findings: Findings) -> None:
    findings.purposes += flatten(members, findings, "purposes", len(findings.purposes) + 1)


def _read_requirements(members: Sequence[Block], findings: Findings) -> None:
    findings.requirements += flatten(members, findings, "requirements", len(findings.requirements) + 1)


def _read_audiences(members: Sequence[Block], findings: Findings) -> None:
    """Each audience, and each that stands below another; they count on in one row."""
    for item in list_items(members, findings, "audiences"):
        nested = item.children and all(child.rank is not None for child in item.children)
        for each in item.walk() if nested else (item,):
            if text := title_of((each.text if nested else whole(each)).rstrip(" :")):
                code = str(len(findings.audiences) + 1)
                findings.audiences.append(Heading(code, text))
                (findings.place_block if nested else findings.place_tree)(f"audiences.{code}", each)


def _read_themes(members: Sequence[Block], findings: Findings) -> None:
    for item in list_items(members, findings, "themes"):
        if _is_activity(item):
            _read_activity(item, findings)
            continue
        code = str(len(findings.themes) + 1)
        if item.children:
            topics = code_topics(code, [title_of(whole(child)) for child in item.children])
        else:
            topics = find_topics(code, item.text)
        findings.themes.append(PlanTheme(code, title_of(item.text.rstrip(" :")), topics))
        _place_family(f"themes.{code}", item, findings)


def _read_forms(members: Sequence[Block], findings: Findings) -> None:
    for item in list_items(members, findings, "forms"):
        if _is_activity(item):
            _read_activity(item, findings)
            continue
        code = str(len(findings.forms) + 1)
        if item.children:
            products = code_products(code, [title_of(whole(child)) for child in item.children])
        else:
            products = find_products(code, item.text)
        findings.forms.append(PlanForm(code, title_of(item.text.rstrip(" :")), products))
        _place_family(f"forms.{code}", item, findings)


def _is_activity(item: Block) -> bool:
    """Whether an item is laid out in fields: "- Nội dung: ...", "- Đối tượng: ...", "- Số lượng: ..."."""
    fields = [child for child in item.children if _is_field(child)]
    return len(fields) > 1 and 2 * len(fields) > len(item.children)


def _is_field(block: Block) -> bool:
    is_line = ":" in block.text and not block.is_heading and not block.cells
    return is_line and (is_bare_heading(block.text) or bool(DOER.match(block.text)))


def _read_activity(item: Block, findings: Findings) -> None:
    """An activity as a form, and each of its fields as the part of the plan that it names."""
    code = str(len(findings.forms) + 1)
    title = title_of(item.text.rstrip(" :"))
    findings.forms.append(PlanForm(code, title))
    findings.place_block(f"forms.{code}", item)
    for child in item.children:
        if doers := DOER.match(child.text):
            give_duty(doers[2], title, child, findings, leads=doers[1].lower() != "phối hợp")
        elif _is_field(child):
            child.rank = 7
            read_section(child, findings)
            findings.place_block(f"forms.{code}", child)  # its numbers are this activity's
        else:
            findings.note_tree("forms", child)


def _place_family(part: str, item: Block, findings: Findings) -> None:
    """An item, and each child as its member."""
    findings.place_block(part, item)
    for position, child in enumerate(item.children, start=1):
        findings.place_tree(f"{part}.{position}", child)


def _read_documents(part: str, members: Sequence[Block], findings: Findings) -> None:
    """The decisions that give the money, or the legal bases; what else is said of them becomes a note."""
    known: list[Reference] = getattr(findings, part)
    for block in (each for member in members for each in member.walk()):
        other = _OTHER_MONEY.search(block.text)
        end = other.start() if other else len(block.text)
        found = (
            find_bases(block.text[:end]) if part == "legal_bases" else list(find_references(block.text[:end]))
        )
        if not found:
            findings.note_fragment(part, block, 0, len(block.text))
            continue
        cursor = 0
        for each in found:
            if not is_lead(block.text[cursor : each.start]):
                findings.note_fragment(part, block, cursor, each.start)
            known.append(each.reference)
            findings.place(
                f"{part}.{len(known)}",
                [
                    line
                    for line in block.lines
                    if block.line_at(each.start) <= line <= block.line_at(each.end - 1)
                ],
            )
            cursor = each.end
        findings.note_fragment(part, block, cursor, len(block.text))


def _read_frame(kind: str, members: Sequence[Block], findings: Findings) -> None:
    """Where or when the whole plan holds."""
    for member in members:
        findings.note_tree(kind, member)


def _read_targets(members: Sequence[Block], findings: Findings) -> None:
    for block in (each for member in members for each in member.walk()):
        if any(True for _ in find_quantities(block.text)):
            findings.place_block("targets", block)
        else:
            findings.leave_block(block)


_READERS: dict[str, Callable[[Sequence[Block], Findings], None]] = {
    "purposes": _read_purposes,
    "requirements": _read_requirements,
    "audiences": _read_audiences,
    "themes": _read_themes,
    "forms": _read_forms,
    "legal_bases": partial(_read_documents, "legal_bases"),
    "funding": partial(_read_documents, "funding"),
    "units": read_units,
    "reporting": read_reporting,
    "targets": _read_targets,
    **{kind: partial(_read_frame, kind) for kind in FRAME},
}
