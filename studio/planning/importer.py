"""Reads an administrative communication plan by its structure: numbering, headings, formulas."""

import re
from collections.abc import Sequence
from pathlib import Path

from studio.planning.closing import find_foot, read_foot
from studio.planning.document import PlanDocument
from studio.planning.findings import Findings
from studio.planning.letterhead import find_body, read_head
from studio.planning.outline import Block, build_tree, is_rule, join_blocks
from studio.planning.quantities import find_quantities
from studio.planning.references import read_date
from studio.planning.sections import classify_heading, read_cycles, read_section, read_table
from studio.planning.source import Line, PlanFileMissing, decode_plan, read_lines

_YEAR = re.compile(r"năm\s+(20\d{2})\b(?!\s*-)", re.IGNORECASE)
_COUNTLESS_PARTS = ("funding", "heading", "legal_bases")


def read_plan(text: str) -> PlanDocument:
    """The structure of a plan in the manner of Vietnamese administrative documents.

    Every non-blank line of `text` ends in the structure (`placed`) or in `unread`; what the text does not
    say is None or empty. The result depends on the text alone.

    Raises:
        PlanEmpty, PlanNotText, PlanLineTooLong, PlanTooLong
    """
    lines = read_lines(text)
    findings = Findings()
    foot, after = find_foot(lines)
    body = find_body(lines[:foot])
    read_head(lines[:body], findings)
    _read_body([*lines[body:foot], *lines[after:]], findings)
    read_foot(lines[foot:after], findings)
    read_cycles(findings)
    findings.settle(lines)
    return _write_down(findings)


def read_plan_file(path: Path) -> PlanDocument:
    """The structure of the plan in a .txt or .md file.

    Raises:
        PlanFileMissing, PlanEncodingUnknown, and what `read_plan` raises
    """
    if not path.is_file():
        raise PlanFileMissing(path=path)
    return read_plan(decode_plan(path.read_bytes()))


def _read_body(lines: Sequence[Line], findings: Findings) -> None:
    drawn = [line for line in lines if is_rule(line.text) and "|" not in line.text]
    for line in drawn:
        findings.place("rule", [line.number])
    blocks = join_blocks([line for line in lines if line not in drawn])
    for block in blocks:
        if block.rank is None and not block.cells and classify_heading(block):
            block.rank = 3  # a heading in capitals that lost its number
    roots = build_tree(blocks)
    rows: list[Block] = []
    for root in roots:
        if root.cells:
            rows.append(root)
        elif root.is_heading:
            read_section(root, findings)
        else:
            findings.leave_tree(root)
    read_table(rows, findings)
    _find_targets(blocks, findings)


def _find_targets(blocks: Sequence[Block], findings: Findings) -> None:
    """Numbers set in sentences, wherever they stand; amounts of money decisions are not targets."""
    apart = {line for part in findings.placed if part.part in _COUNTLESS_PARTS for line in part.lines}
    for block in blocks:
        if not block.cells:
            for quantity, offset in find_quantities(block.text):
                line = block.line_at(offset)
                if line not in apart:
                    findings.targets.append((line, quantity))
    findings.targets.sort(key=lambda found: found[0])


def _write_down(findings: Findings) -> PlanDocument:
    place, day = findings.places[0] if findings.places else (None, None)
    signed_on = read_date(*day) if day else None
    title = " ".join(findings.title).strip() or None
    return PlanDocument(
        title=title,
        number=findings.numbers[0] if findings.numbers else None,
        issuer=_issuer(findings),
        place=place,
        date=signed_on,
        year=_read_year(title or "") or (signed_on.year if signed_on else None),
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
        targets=tuple(quantity for _, quantity in findings.targets),
        unread=tuple(findings.unread),
        placed=tuple(findings.placed),
    )


def _issuer(findings: Findings) -> str | None:
    if findings.issuers:
        return findings.issuers[0]
    lines = [line for person in findings.signatories for line in person.capacity if line.startswith("TM.")]
    return lines[0].removeprefix("TM.").strip() if lines else None


def _read_year(title: str) -> int | None:
    years = _YEAR.findall(title)
    return int(years[-1]) if years else None
