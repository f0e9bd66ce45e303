"""The head of a plan: who, number, place and date, title, legal bases (Decree 30/2020/NĐ-CP, annex I)."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from studio.planning.columns import is_table_header
from studio.planning.document import Reference
from studio.planning.findings import Findings
from studio.planning.headings import is_bare_heading
from studio.planning.outline import Block, is_capital, is_rule, join_blocks, split_cells
from studio.planning.references import DATE, REFERENCE, find_bases, find_references, is_lead
from studio.planning.source import Line, fold, squeeze

_MOTTO = re.compile(
    r"^(?:cong hoa xa hoi chu nghia(?: viet nam)?|viet nam|doc lap\s*-\s*tu do\s*-\s*hanh phuc|"
    r"dang cong san viet nam|doan tncs ho chi minh)\W*$"
)
_NUMBER = re.compile(r"^Số\s*:?\s*(\d\w*(?:\s?[/\-.&]\s?\w+)*)$", re.IGNORECASE)
_NUMBER_OPEN = re.compile(r"^Số\s*:?\W*(/\s?\w.*)$", re.IGNORECASE)
_BLANK_TO_FILL = re.compile(
    r"(?<=Số)[\s.…_]+(?=/)|(?<=Số:)[\s.…_]+(?=/)|(?<=ngày|háng)[\s.…_]+(?=tháng|năm)", re.IGNORECASE
)
"""A number or day still to be written in by hand: "Số:      /KH-UBND", "ngày ... tháng 9 năm 2025"."""
_BODY_NAME = re.compile(
    r"^(?:uy ban nhan dan|ubnd|phong|so|trung tam|ban|hoi|huyen uy|dang uy|tinh uy|bo|cuc|chi cuc|vien|"
    r"truong|dai|mat tran|lien doan|uy ban mttq|ubmttq|van phong|doan|bch|ban chap hanh|tram|khoa|benh vien|"
    r"cong an|toa an|lien tich|cong doan|hoi dong|chi hoi|chi doan|"
    r"hop tac xa|cong ty|kho bac|ngan hang|don)\b"
)
_PLACE_AND_DATE = re.compile(rf"^([^,\d]{{0,60}}?),?\s*(?=ngày){DATE.pattern}\W*$", re.IGNORECASE)
_PLACE_AND_BLANK = re.compile(r"^([^,\d]{0,60}?),?\s*ngày\s*\d*\s*tháng\s*\d*\s*năm\s*\d*\W*$", re.IGNORECASE)
_DATE_CUT = re.compile(r"^\D{0,60}ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm$", re.IGNORECASE)
_YEAR_ALONE = re.compile(r"^\d{4}$")
_TITLE = re.compile(
    r"^(?:dự thảo\s+)?((?:kế hoạch|đề án|chương trình|phương án|hướng dẫn)"
    r"(?:\s+(?:liên tịch|phối hợp)(?=\s*$))?)\b[\s:]*(.*)$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_JOINT = re.compile(r"\b(?:phoi hop|lien tich)\b")
_PREAMBLE = re.compile(
    r"^\W*(?:Căn cứ|Theo|Xét|(?:Thực hiện|Triển khai)\s+(?=(?:\w+\s+){1,4}số\b)|Để|Nhằm|"
    r"(?:ỦY BAN|UỶ BAN|Ủy ban|Uỷ ban|UBND)\b.*\b(?:ban hành|xây dựng)\b)"
)
_BODY = re.compile(
    r"^(?:(?:PHẦN|Phần|CHƯƠNG|Chương|ĐIỀU|Điều|MỤC|Mục)\s+(?:thứ\b|[IVX\d]+)|[IVX]{1,4}\s*[.)\-/](?!v\b)|[A-B]\s*\.\s|1\s*[.)]\s*\D)"
)
_ENACTING = re.compile(
    r"(?:^|[.;,]\s+)((?:Ủy ban|Uỷ ban|UBND|Phòng|Trung tâm|Sở|Ban|Huyện ủy|Đảng ủy|Trường|Hội|Đoàn|Đài|Trạm|"
    r"Bệnh viện|Công an|Liên đoàn|Mặt trận|Chi cục)\s[^.;]{1,160}?)\s+"
    r"(?:thống nhất\s+)?(?:ban hành|xây dựng|phối hợp xây dựng)\s+(?:Kế hoạch|kế hoạch|Đề án|Chương trình)"
)
_OPENING = re.compile(r"\b(?:như sau|sau đây|sau)\s*:$", re.IGNORECASE)
_ISSUED_WITH = re.compile(r"^\((?:ban hành )?kèm theo\b", re.IGNORECASE)
_SECTION_WORDS = re.compile(r"^(?:muc dich|muc tieu|yeu cau|doi tuong|noi dung|hinh thuc|kinh phi|to chuc)\b")


def find_body(lines: Sequence[Line]) -> int:
    """The index of the first section's heading; the number of lines where there is none."""
    titled = False
    for index, line in enumerate(lines):
        text = squeeze(line.text)
        if _BODY.match(text) or (is_capital(text) and _SECTION_WORDS.match(fold(text))):
            return index
        if titled and (
            is_bare_heading(text) or is_table_header(line.cells or split_cells(line.text), first=True)
        ):
            return index
        titled = titled or is_title(text)
    return len(lines)


def read_head(lines: Sequence[Line], findings: Findings) -> None:
    """Everything before the first section."""
    title_at = next((i for i, line in enumerate(lines) if is_title(line.text)), None)
    joint = title_at is not None and bool(_JOINT.search(fold(lines[title_at].text)))
    rest = read_letterhead(lines if title_at is None else lines[:title_at], findings, joint=joint)
    if title_at is not None:
        end = _read_title(lines, title_at, findings)
        rest += lines[end:]
    for block in join_blocks(rest):
        if _ISSUED_WITH.match(block.text):
            findings.note_tree("decision", block)
            _take_number(block.text, findings)
        elif not read_preamble(block, findings):
            findings.leave_block(block)


def _take_number(text: str, findings: Findings) -> None:
    """Number and date of the decision that a plan was issued with, where nothing else said them."""
    issued = next((each.reference for each in find_references(text)), None)
    if issued and not findings.numbers and issued.number:
        findings.numbers.append(issued.number)
        if not findings.places and issued.date_text:
            day, month, year = issued.date_text.split("/")
            findings.places.append((None, (day, month, year)))


def is_title(text: str) -> bool:
    """Whether the line is the word that opens a title: "KẾ HOẠCH"."""
    match = _TITLE.match(squeeze(text))
    return bool(match) and (is_capital(match[1]) or not match[2]) if match else False


def read_letterhead(lines: Sequence[Line], findings: Findings, *, joint: bool = False) -> list[Line]:
    """Number, place, date and issuer out of one or two columns; the lines that are none of these."""
    rest: list[Line] = []
    issuer: list[tuple[int, str]] = []
    taken: Line | None = None
    for line, after in zip_longest(lines, lines[1:]):
        if line is taken:
            continue
        if after and _is_parted_date(line, after):
            part = _read_place(f"{line.text} {after.text}", line.number, findings)
            if part:
                findings.place(part, [line.number, after.number])
                taken = after
                continue
        parts: list[str] = []
        columns = split_cells(_BLANK_TO_FILL.sub(" ", line.text))
        cells = [cell.strip() for column in columns for cell in _BREAK.split(column)]
        for cell in filter(None, cells):
            part = _read_cell(cell, line.number, findings, issuer)
            if part:
                parts.append(part)
            elif len(cells) > 1:
                findings.left.add(line.number)
            else:
                rest.append(line)
        for part in parts:
            findings.place(part, [line.number])
    if issuer:
        _read_issuer(issuer, findings, joint=joint)
    return rest


def _is_parted_date(line: Line, after: Line) -> bool:
    """Whether a narrow column parted the date before its year."""
    return bool(_DATE_CUT.search(line.text) and _YEAR_ALONE.match(after.text))


def _read_issuer(lines: Sequence[tuple[int, str]], findings: Findings, *, joint: bool) -> None:
    """The issuing body, its name perhaps on several lines; the body above it is noted.

    Both issue a joint plan, where its number names as many: "04/KHPH-HPN-CA".
    """
    starts = [at for at, (_, line) in enumerate(lines) if _BODY_NAME.match(fold(line))]
    if joint and findings.numbers and len(starts) == findings.numbers[0].count("-") > 1:
        ends = [*starts[1:], len(lines)]
        names = [" ".join(line for _, line in lines[a:b]) for a, b in zip(starts, ends, strict=True)]
        findings.issuers.append(" - ".join(names))
        return
    first = starts[-1] if starts else 0
    findings.issuers.append(" ".join(line for _, line in lines[first:]))
    if first:
        findings.note("issuer", lines[0][0], " ".join(line for _, line in lines[:first]))


def _read_cell(cell: str, line: int, findings: Findings, issuer: list[tuple[int, str]]) -> str | None:
    if is_rule(cell):
        return "rule"
    if _MOTTO.match(fold(cell)):
        return "motto"
    if part := _read_number(cell, line, findings) or _read_place(cell, line, findings):
        return part
    if is_capital(cell) and cell[0] != "(" and not _SECTION_WORDS.match(fold(cell)) and len(cell) < 120:
        issuer.append((line, cell))
        return "issuer"
    return None


def _read_number(cell: str, line: int, findings: Findings) -> str | None:
    if match := _NUMBER.match(cell):
        findings.numbers.append(re.sub(r"\s", "", match[1]))
    elif _NUMBER_OPEN.match(cell):
        findings.note("number", line, cell)
    else:
        return None
    return "number"


def _read_place(cell: str, line: int, findings: Findings) -> str | None:
    """Place and date; a date that is still to be filled in is none, and noted as it stands."""
    if match := _PLACE_AND_DATE.match(cell):
        place, day, month, spelled, year = match.groups()
        findings.places.append((place.strip() or None, (day, month or spelled, year)))
    elif match := _PLACE_AND_BLANK.match(cell):
        findings.places.append((match[1].strip() or None, None))
        findings.note("place", line, cell)
    else:
        return None
    return "place"


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
    return bool(_PREAMBLE.match(text) or _ISSUED_WITH.match(text)) or (
        line.after_blank and not text[0].islower()
    )


def read_preamble(block: Block, findings: Findings) -> bool:
    """Legal bases, split at `;`, and the sentence that names who issues the plan; the rest is noted.

    False where the block is none of these, and has no place yet.
    """
    text = block.text
    enacting = _ENACTING.search(text)
    if block.cells or not (
        _PREAMBLE.match(text) or enacting or _OPENING.search(text) or REFERENCE.match(text)
    ):
        return False
    found = find_bases(text[: enacting.start(1)] if enacting else text)
    cursor = 0
    for reference in found:
        _note_unless_lead(block, cursor, reference.start, findings)
        _add_basis(reference.reference, _lines_between(block, reference.start, reference.end), findings)
        cursor = reference.end
    if enacting:
        _note_unless_lead(block, cursor, enacting.start(1), findings)
        cursor = enacting.start(1)
        if not findings.issuers or _is_named_in(enacting[1], findings.issuers[0]):
            findings.issuers.append(enacting[1].strip())
            findings.place("issuer", _lines_between(block, enacting.start(1), enacting.end(1)))
            cursor = enacting.end(1)
    part = "enacting" if enacting or (not found and _OPENING.search(text)) else "legal_bases"
    findings.note_fragment(part, block, cursor, len(text))
    return True


def _is_named_in(name: str, issuer: str) -> bool:
    """Whether the letterhead says all that the sentence says of who issues the plan."""
    words = [set(fold(text).replace("ubnd", "uy ban nhan dan").split()) for text in (name, issuer)]
    return words[0] <= words[1]


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
