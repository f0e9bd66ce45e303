"""Reads an administrative communication plan by its structure: numbering, headings, formulas."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from studio.planning.closing import find_foot, read_foot
from studio.planning.decision import find_decision, read_decision
from studio.planning.document import LedgerLine, PlanDocument, Unread
from studio.planning.doubts import find_doubts
from studio.planning.duties import read_cycles
from studio.planning.files.kinds import read_file, read_source
from studio.planning.files.text import from_text
from studio.planning.findings import Findings
from studio.planning.headings import classify_heading, is_bare_heading
from studio.planning.letterhead import find_body, is_title, read_head
from studio.planning.members import is_closing
from studio.planning.outline import Block, build_tree, is_rule, join_blocks
from studio.planning.quantities import find_quantities
from studio.planning.references import read_date
from studio.planning.sections import read_section
from studio.planning.source import Line, LineRole, Source, squeeze
from studio.planning.tables import read_table, take_rows

_YEAR = re.compile(r"năm\s+(20\d{2})\b(?!\s*-)", re.IGNORECASE)
_SPAN = re.compile(r"\b(20\d{2})\s*-\s*20\d{2}\b")
_PROGRAMME = re.compile(
    r"Chương trình mục tiêu quốc gia\s+(?:giảm nghèo bền vững|xây dựng nông thôn mới|"
    r"phát triển kinh tế[ -]+xã hội vùng đồng bào dân tộc thiểu số và miền núi)",
    re.IGNORECASE,
)
_PROJECT = re.compile(r"(?<!iểu )\bDự án\s+\d{1,2}\b", re.IGNORECASE)
_SUB_PROJECT = re.compile(r"\bTiểu dự án\s+\d{1,2}\b", re.IGNORECASE)
_COUNTLESS_PARTS = frozenset(
    {"decision", "enacting", "funding", "legal_bases", "motto", "place", "scope", "situation"}
)


def read_plan(text: str) -> PlanDocument:
    """The structure of a plan given as text; see `read_lines`.

    Raises:
        PlanEmpty, PlanNotText, PlanLineTooLong, PlanTooLong
    """
    return read_lines(from_text(text))


def read_plan_file(path: Path) -> PlanDocument:
    """The structure of the plan in a .txt, .md, .docx or .pdf file, whatever it is called.

    Raises:
        PlanFileMissing, PlanTooLarge, and what `read_source` and `read_lines` raise
    """
    return read_lines(read_source(read_file(path)))


def read_lines(source: Source) -> PlanDocument:
    """The structure of a plan in the manner of Vietnamese administrative documents.

    Every line of the source ends in the structure or in `unread`, as the ledger (`lines`) tells; what the
    text does not say is None or empty. The result depends on the lines alone.
    """
    findings = Findings()
    findings.doubts += source.doubts
    lines = _set_apart(source, findings)
    if decision := find_decision(lines):
        read_decision(lines[:decision], findings)
        lines = lines[decision:]
    foot, after = find_foot(lines)
    body = find_body(lines[:foot])
    read_head(lines[:body], findings)
    _read_body([*lines[body:foot], *lines[after:]], findings)
    read_foot(lines[foot:after], findings)
    findings.settle_units()
    read_cycles(findings)
    findings.targets.sort(key=lambda target: target.line or 0)
    ledger = findings.settle(source.lines)
    findings.doubts += find_doubts(findings)
    left = {line.line for line in ledger if "unread" in line.parts}
    unread = tuple(Unread(line.number, squeeze(line.text)) for line in source.lines if line.number in left)
    return _write_down(findings, ledger, unread)


def _set_apart(source: Source, findings: Findings) -> list[Line]:
    """The lines of the body; furniture, footnotes and boxes beside the text have their place already."""
    lines: list[Line] = []
    titled = False
    for line in source.lines:
        titled = titled or is_title(line.text)
        if line.role is LineRole.FURNITURE:
            findings.place("furniture", [line.number])
        elif line.role is LineRole.FOOTNOTE or (line.role is LineRole.TEXT_BOX and titled):
            findings.note(line.role.value, line.number, line.text)
        else:
            lines.append(line)
    return lines


def _read_body(lines: Sequence[Line], findings: Findings) -> None:
    kept: list[Line] = []
    for line in lines:
        if is_rule(line.text) and "|" not in line.text and not line.cells:
            findings.place("rule", [line.number])
        else:
            kept.append(line)
    blocks = join_blocks(kept)
    numbered = any(block.is_heading and classify_heading(block) for block in blocks)
    for block in blocks:
        bare = block.rank is None and not block.cells
        if bare and (classify_heading(block) or (not numbered and is_bare_heading(block.text))):
            block.rank = 3  # a heading that has no number, or lost it
    roots, rows = take_rows(build_tree(blocks), below=False)
    for root in roots:
        if root.is_heading:
            read_section(root, findings)
        elif is_closing(root):
            findings.note_tree("closing", root)
        else:
            findings.leave_tree(root)
    read_table(rows, findings)
    _find_targets(blocks, findings)


def _find_targets(blocks: Sequence[Block], findings: Findings) -> None:
    """Numbers set in sentences, wherever they stand; amounts of money decisions are not targets."""
    parts: dict[int, set[str]] = {}
    for placed in findings.placed:
        for line in placed.lines:
            parts.setdefault(line, set()).add(placed.part.removeprefix("notes.").split(".")[0])
    apart = {line for line, found in parts.items() if found & _COUNTLESS_PARTS or found == {"heading"}}
    for block in blocks:
        if not block.cells:
            for quantity, offset in find_quantities(block.text):
                line = block.line_at(offset)
                if line not in apart:
                    findings.targets.append(replace(quantity, line=line))


def _write_down(
    findings: Findings, ledger: tuple[LedgerLine, ...], unread: tuple[Unread, ...]
) -> PlanDocument:
    place, day = findings.places[0] if findings.places else (None, None)
    signed_on = read_date(*day) if day else None
    title = " ".join(findings.title).strip() or None
    said = [title or "", *(note.text for note in findings.notes if note.part in ("enacting", "funding"))]
    return PlanDocument(
        title=title,
        number=findings.numbers[0] if findings.numbers else None,
        issuer=_issuer(findings),
        place=place,
        date=signed_on,
        year=_read_year(title or "") or (signed_on.year if signed_on else None),
        programme=_find_first(_PROGRAMME, said),
        project=_find_first(_PROJECT, said),
        sub_project=_find_first(_SUB_PROJECT, said),
        legal_bases=tuple(findings.legal_bases),
        purposes=tuple(findings.purposes),
        requirements=tuple(findings.requirements),
        audiences=tuple(findings.audiences),
        themes=tuple(findings.themes),
        forms=tuple(findings.forms),
        funding=tuple(findings.funding),
        units=tuple(findings.units),
        reporting=tuple(findings.reporting),
        recipients=tuple(findings.recipients),
        signatories=tuple(findings.signatories),
        targets=tuple(findings.targets),
        notes=tuple(findings.notes),
        doubts=tuple(findings.doubts),
        unread=unread,
        lines=ledger,
    )


def _find_first(pattern: re.Pattern[str], texts: Sequence[str]) -> str | None:
    return next((squeeze(found[0]) for text in texts if (found := pattern.search(text))), None)


def _issuer(findings: Findings) -> str | None:
    if findings.issuers:
        return findings.issuers[0]
    lines = [line for person in findings.signatories for line in person.capacity if line.startswith("TM.")]
    return lines[0].removeprefix("TM.").strip() if lines else None


def _read_year(title: str) -> int | None:
    """The year that a title names; the first of a span of years where it names no other."""
    years = _YEAR.findall(title) or _SPAN.findall(title)[:1]
    return int(years[-1]) if years else None
