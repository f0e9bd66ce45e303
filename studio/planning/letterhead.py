"""The head of a plan: who, number, place and date, title, legal bases (Decree 30/2020/NĐ-CP, annex I)."""

import re
from collections.abc import Sequence

from studio.planning.document import Reference
from studio.planning.findings import Findings
from studio.planning.outline import Block, is_capital, is_rule, join_blocks, split_cells
from studio.planning.references import DATE, find_law, find_references, is_lead
from studio.planning.source import Line, fold, squeeze

_MOTTO = re.compile(
    r"^(?:cong hoa xa hoi chu nghia(?: viet nam)?|viet nam|doc lap\s*-\s*tu do\s*-\s*hanh phuc)\W*$"
)
_NUMBER = re.compile(r"^Số\s*:?\s*(\d[\w\d]*(?:\s?[/\-.]\s?[\w\d]+)*)$", re.IGNORECASE)
_BODY_NAME = re.compile(
    r"^(?:uy ban nhan dan|ubnd|phong|so|trung tam|ban|hoi|huyen uy|dang uy|tinh uy|bo|cuc|chi cuc|vien|"
    r"truong|dai|mat tran|lien doan|uy ban mttq|ubmttq|van phong)\b"
)
_PLACE_AND_DATE = re.compile(rf"^([^,\d]{{0,60}}?),?\s*(?=ngày){DATE.pattern}\W*$", re.IGNORECASE)
_TITLE = re.compile(
    r"^(?:dự thảo\s+)?(kế hoạch|đề án|chương trình|phương án|hướng dẫn)\b[\s:]*(.*)$", re.IGNORECASE
)
_PREAMBLE = re.compile(
    r"^\W*(?:Căn cứ|Theo|Xét|(?:Thực hiện|Triển khai)\s+(?=(?:\w+\s+){1,4}số\b)|Để|Nhằm|"
    r"(?:ỦY BAN|UỶ BAN|Ủy ban|Uỷ ban|UBND)\b.*\b(?:ban hành|xây dựng)\b)"
)
_BODY = re.compile(
    r"^(?:(?:PHẦN|Phần|CHƯƠNG|Chương|ĐIỀU|Điều|MỤC|Mục)\s+(?:thứ\b|[IVX\d]+)|[IVX]{1,4}\s*[.)\-/]|[A-B]\s*\.\s|1\s*[.)]\s*\D)"
)
_ENACTING = re.compile(
    r"(?:^|[.;,]\s+)((?:Ủy ban|Uỷ ban|UBND|Phòng|Trung tâm|Sở|Ban|Huyện ủy|Đảng ủy)\s[^.;,]{1,160}?)\s+"
    r"(?:ban hành|xây dựng)\s+(?:Kế hoạch|kế hoạch|Đề án|Chương trình)"
)
_SECTION_WORDS = re.compile(r"^(?:muc dich|muc tieu|yeu cau|doi tuong|noi dung|hinh thuc|kinh phi|to chuc)\b")


def find_body(lines: Sequence[Line]) -> int:
    """The index of the first section's heading; the number of lines where there is none."""
    for index, line in enumerate(lines):
        text = squeeze(line.text)
        if _BODY.match(text) or (is_capital(text) and _SECTION_WORDS.match(fold(text))):
            return index
    return len(lines)


def read_head(lines: Sequence[Line], findings: Findings) -> None:
    """Everything before the first section."""
    title_at = next((i for i, line in enumerate(lines) if is_title(line.text)), None)
    rest = _read_letterhead(lines if title_at is None else lines[:title_at], findings)
    if title_at is not None:
        end = _read_title(lines, title_at, findings)
        rest += lines[end:]
    for block in join_blocks(rest):
        _read_preamble(block, findings)


def is_title(text: str) -> bool:
    """Whether the line is the word that opens a title: "KẾ HOẠCH"."""
    match = _TITLE.match(squeeze(text))
    return bool(match) and (is_capital(match[1]) or not match[2]) if match else False


def _read_letterhead(lines: Sequence[Line], findings: Findings) -> list[Line]:
    """Number, place, date and issuer out of one or two columns; the lines that are none of these."""
    rest: list[Line] = []
    issuer: list[tuple[int, str]] = []
    for line in lines:
        parts: list[str] = []
        for cell in filter(None, split_cells(line.text)):
            part = _read_cell(cell, line.number, findings, issuer)
            if part:
                parts.append(part)
            elif len(split_cells(line.text)) > 1:
                findings.left.add(line.number)
            else:
                rest.append(line)
        for part in parts:
            findings.place(part, [line.number])
    if issuer:
        _read_issuer(issuer, findings)
    return rest


def _read_issuer(lines: Sequence[tuple[int, str]], findings: Findings) -> None:
    """The issuing body, its name perhaps on several lines; the body above it is noted."""
    starts = [at for at, (_, line) in enumerate(lines) if _BODY_NAME.match(fold(line))]
    first = starts[-1] if starts else 0
    findings.issuers.append(" ".join(line for _, line in lines[first:]))
    if first:
        findings.note("issuer", lines[0][0], " ".join(line for _, line in lines[:first]))


def _read_cell(cell: str, line: int, findings: Findings, issuer: list[tuple[int, str]]) -> str | None:
    if is_rule(cell):
        return "rule"
    if _MOTTO.match(fold(cell)):
        return "motto"
    if match := _NUMBER.match(cell):
        findings.numbers.append(re.sub(r"\s", "", match[1]))
        return "number"
    if match := _PLACE_AND_DATE.match(cell):
        place, day, month, spelled, year = match.groups()
        findings.places.append((place.strip() or None, (day, month or spelled, year)))
        return "place"
    if is_capital(cell) and not _SECTION_WORDS.match(fold(cell)) and len(cell) < 120:
        issuer.append((line, cell))
        return "issuer"
    return None


def _read_title(lines: Sequence[Line], start: int, findings: Findings) -> int:
    """The title under the word "KẾ HOẠCH"; the index of the first line after it."""
    match = _TITLE.match(squeeze(lines[start].text))
    words = [match[2]] if match and match[2] else []
    taken = [lines[start].number]
    index = start + 1
    while index < len(lines):
        line = lines[index]
        text = squeeze(line.text)
        if is_rule(text):
            findings.place("rule", [line.number])
        elif _ends_title(text, line, words):
            break
        else:
            words.append(text)
            taken.append(line.number)
        index += 1
    findings.title = words
    findings.place("title", taken)
    return index


def _ends_title(text: str, line: Line, words: Sequence[str]) -> bool:
    if not words:
        return text.startswith("Căn cứ")
    return bool(_PREAMBLE.match(text)) or (line.after_blank and not text[0].islower())


def _read_preamble(block: Block, findings: Findings) -> None:
    """Legal bases, split at `;`, and the sentence that names who issues the plan; the rest is noted."""
    text = block.text
    if block.cells or not _PREAMBLE.match(text):
        findings.leave_block(block)
        return
    enacting = _ENACTING.search(text)
    found = list(find_references(text[: enacting.start(1)] if enacting else text))
    if not found and not enacting and (law := find_law(text)):
        _add_basis(law, block.lines, findings)
        return
    cursor = 0
    for reference in found:
        _note_unless_lead(block, cursor, reference.start, findings)
        _add_basis(reference.reference, _lines_between(block, reference.start, reference.end), findings)
        cursor = reference.end
    if enacting:
        findings.issuers.append(enacting[1].strip())
        findings.place("issuer", _lines_between(block, enacting.start(1), enacting.end(1)))
        _note_unless_lead(block, cursor, enacting.start(1), findings)
        cursor = enacting.end(1)
    findings.note_fragment("enacting" if enacting else "legal_bases", block, cursor, len(text))


def _add_basis(reference: Reference, lines: Sequence[int], findings: Findings) -> None:
    findings.legal_bases.append(reference)
    findings.place(f"legal_bases.{len(findings.legal_bases)}", lines)


def _note_unless_lead(block: Block, start: int, end: int, findings: Findings) -> None:
    """Words such as "Căn cứ" only lead to what follows; others are kept as a note."""
    if not is_lead(block.text[start:end]):
        findings.note_fragment("legal_bases", block, start, end)


def _lines_between(block: Block, start: int, end: int) -> list[int]:
    first, last = block.line_at(start), block.line_at(max(start, end - 1))
    return [line for line in block.lines if first <= line <= last]
