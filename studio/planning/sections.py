"""The body of a plan: which section speaks of what, and what stands in it."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from studio.planning.document import Heading, PlanForm, PlanTheme
from studio.planning.duties import read_reporting, read_units
from studio.planning.findings import Findings
from studio.planning.headings import (
    FRAME,
    HOLDERS,
    classify_heading,
    is_strict,
    leads_with_kind,
    split_heading,
)
from studio.planning.members import flatten, is_aside, is_closing, whole
from studio.planning.outline import Block
from studio.planning.quantities import find_quantities
from studio.planning.references import find_references, is_lead
from studio.planning.tables import read_table, take_rows
from studio.planning.topics import code_products, code_topics, find_products, find_topics

_OTHER_MONEY = re.compile(r"\s*(?:,|và)\s+(?:các\s+)?nguồn\s+(?:kinh phí|vốn|lực)?[^;]*khác\b.*$")


def read_section(block: Block, findings: Findings, outer: str | None = None) -> None:
    """Read one section: its own lines by its kind, sections inside it by theirs.

    A heading over other headings (Phần over Điều) only holds them; its kind is for what stands between.
    """
    kind = classify_heading(block)
    if kind is None and outer is not None:
        kind = outer if not block.is_heading or block.rank in HOLDERS else None
    holds = block.rank in HOLDERS and any(_is_held(child) for child in block.children)
    inner = [child for child in block.children if _is_section(child, None if holds else kind)]
    apart = {id(child) for child in inner}
    own, rows = take_rows([child for child in block.children if id(child) not in apart])
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
        findings.place_block("heading", block)
        _READERS[kind](_with_inline(block, _set_notes_apart(own, kind, findings)), findings)
    read_table(rows, findings, kind)
    for child in inner:
        read_section(child, findings, kind)


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
        elif is_aside(member) or (
            listed and not kept and member.rank is None and member.text.rstrip().endswith(":")
        ):
            findings.note_tree(kind, member)
        else:
            kept.append(member)
    return kept


def _is_section(block: Block, outer: str | None) -> bool:
    """Whether a child opens a section of its own inside a section of kind `outer`."""
    kind = classify_heading(block)
    if kind is None:
        return (
            outer is None and block.is_heading and any(_is_section(child, None) for child in block.children)
        )
    if outer is None or block.rank in HOLDERS:
        return True
    title, start = split_heading(block)
    if not block.children and not block.text[start:].strip():
        return False  # nothing stands in it: an item of the list
    if is_strict(title):
        return True
    if outer in ("purposes", "requirements", "audiences", "forms", "themes", "targets"):
        return False
    return kind != outer and leads_with_kind(title) and len(title.split()) <= 8


def _with_inline(block: Block, own: list[Block]) -> list[Block]:
    """The members of a section, the text on the heading's own line first."""
    _, start = split_heading(block)
    body = block.text[start:].strip()
    if not body:
        return own
    skipped = start + len(block.text[start:]) - len(block.text[start:].lstrip())
    first = block.line_at(skipped)
    starts = [(max(offset - skipped, 0), line) for offset, line in block.starts if line >= first]
    return [Block(None, "", body, starts), *own]


def _title(text: str) -> str:
    return text.strip().rstrip(" ;.,")


def _items(members: Sequence[Block], findings: Findings) -> list[Block]:
    """The listed members of a section; when none is marked, its paragraphs. The rest is left."""
    marked = [member for member in members if member.rank is not None]
    for member in members if marked else ():
        if member.rank is None:
            findings.leave_tree(member)
    return marked or list(members)


def _read_purposes(members: Sequence[Block], findings: Findings) -> None:
    findings.purposes += flatten(members, findings, "purposes", len(findings.purposes) + 1)


def _read_requirements(members: Sequence[Block], findings: Findings) -> None:
    findings.requirements += flatten(members, findings, "requirements", len(findings.requirements) + 1)


def _read_audiences(members: Sequence[Block], findings: Findings) -> None:
    for item in _items(members, findings):
        texts = [whole(item)] if item.rank is not None else item.text.split(";")
        for text in filter(None, map(_title, texts)):
            code = str(len(findings.audiences) + 1)
            findings.audiences.append(Heading(code, text))
            findings.place_tree(f"audiences.{code}", item)


def _read_themes(members: Sequence[Block], findings: Findings) -> None:
    for item in _items(members, findings):
        code = str(len(findings.themes) + 1)
        if item.children:
            topics = code_topics(code, [_title(whole(child)) for child in item.children])
        else:
            topics = find_topics(code, item.text)
        findings.themes.append(PlanTheme(code, _title(item.text.rstrip(" :")), topics))
        _place_family(f"themes.{code}", item, findings)


def _read_forms(members: Sequence[Block], findings: Findings) -> None:
    for item in _items(members, findings):
        code = str(len(findings.forms) + 1)
        if item.children:
            products = code_products(code, [_title(whole(child)) for child in item.children])
        else:
            products = find_products(code, item.text)
        findings.forms.append(PlanForm(code, _title(item.text.rstrip(" :")), products))
        _place_family(f"forms.{code}", item, findings)


def _place_family(part: str, item: Block, findings: Findings) -> None:
    """An item, and each child as its member."""
    findings.place_block(part, item)
    for position, child in enumerate(item.children, start=1):
        findings.place_tree(f"{part}.{position}", child)


def _read_funding(members: Sequence[Block], findings: Findings) -> None:
    """The decisions that give the money; what else is said of it becomes a note."""
    for block in (each for member in members for each in member.walk()):
        other = _OTHER_MONEY.search(block.text)
        end = other.start() if other else len(block.text)
        found = list(find_references(block.text[:end]))
        if not found:
            findings.note_fragment("funding", block, 0, len(block.text))
            continue
        cursor = 0
        for each in found:
            if not is_lead(block.text[cursor : each.start]):
                findings.note_fragment("funding", block, cursor, each.start)
            findings.funding.append(each.reference)
            findings.place(
                f"funding.{len(findings.funding)}",
                [
                    line
                    for line in block.lines
                    if block.line_at(each.start) <= line <= block.line_at(each.end - 1)
                ],
            )
            cursor = each.end
        findings.note_fragment("funding", block, cursor, len(block.text))


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
    "funding": _read_funding,
    "units": read_units,
    "reporting": read_reporting,
    "targets": _read_targets,
    **{kind: partial(_read_frame, kind) for kind in FRAME},
}
