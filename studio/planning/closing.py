"""The foot of a plan: recipients and signatures (Decree 30/2020/NĐ-CP, annex I, items 7 and 9)."""

import re
from collections.abc import Sequence

from studio.planning.document import Signatory
from studio.planning.findings import Findings
from studio.planning.outline import is_capital, is_rule, split_cells, strip_marker
from studio.planning.source import Line, LineRole, fold, squeeze

_RECIPIENTS = re.compile(r"^noi nhan\b\W*(.*)$")
_CAPACITY = re.compile(r"^(?:TM|KT|TL|TUQ|T/M|K/T)\s*\.?\s*[A-ZĐÂÊÔƠƯÁÀẢÃẠỦỤỐỘỨỰỲ]{2}")
_ROLE = re.compile(
    r"^(?:Q\.\s*|QUYỀN\s+)?(?:PHÓ\s+)?(?:CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|HIỆU TRƯỞNG|CHÁNH VĂN PHÒNG|BÍ THƯ|"
    r"VIỆN TRƯỞNG|CHỈ HUY TRƯỞNG|CHỦ NHIỆM|TỔNG BIÊN TẬP|"
    r"TRƯỞNG\s)|^PHÓ\s|^(?:[^\W\d_]+ ){1,4}TRƯỞNG$"
)
_SIGNED = re.compile(
    r"^\(?\s*(?:da ky|ky|ky ten|(?:da )?ky so|chu ky so|(?:da )?ky,? (?:va )?(?:ghi ro ho ten|dong dau))"
    r"\s*(?:,.*|\).*)?$"
)
_NAME = re.compile(
    r"^(?:(?:(?i:ThS|TS|BS|CN|KS|GS|PGS)|(?i:BS|DS)(?:CK)?[I1]*)\.?\s+|[^\W\d_]{1,6}\.\s*)*[^\W\d_]+(?:(?:[\s\-]|'\s?)[^\W\d_]+){1,5}$"
)
_NO_NAME = re.compile(r"\b(?:CỦA|UBND|ỦY BAN|UỶ BAN|DUYỆT|XÁC NHẬN|THẨM ĐỊNH|PHÒNG|TRƯỜNG HỌC)\b")
_ANNEX = re.compile(r"^(?:phu luc|bieu|bang)\b")
_BARE_ANNEX = re.compile(r"^phu luc(?: so)?(?: [ivx]+| \d{1,2})?\W*$")
_BEFORE_RECIPIENTS = 14
_BARE_FOOT = 6


def find_foot(lines: Sequence[Line]) -> tuple[int, int]:
    """The half-open range of lines with recipients and signatures; empty at the end where there are none."""
    named = [
        i for i, line in enumerate(lines) if any(_is_recipients(cell) for cell in split_cells(line.text))
    ]
    signed = [
        i for i, line in enumerate(lines) if any(_CAPACITY.match(cell) for cell in split_cells(line.text))
    ]
    if not named and not signed:
        signed = _find_bare_signature(lines)
    if named:
        signed += [i for i, line in enumerate(lines) if any(map(_is_signature, split_cells(line.text)))]
        early = [i for i in signed if named[-1] - _BEFORE_RECIPIENTS <= i < named[-1]]
        start = min([named[-1], *early])
        while early and start > 0 and _is_signing_body(lines[start - 1]):
            start -= 1
    elif signed:
        above = range(max(0, signed[0] - _BARE_FOOT), signed[0])
        start = next((i for i in above if _is_signature(squeeze(lines[i].text))), signed[0])
    else:
        return len(lines), len(lines)
    annex = (i for i in range(start, len(lines)) if _is_annex(squeeze(lines[i].text)))
    return start, next(annex, len(lines))


def _is_signing_body(line: Line) -> bool:
    """A name in capitals right above a role: "PHÒNG Y TẾ" over "TRƯỞNG PHÒNG"."""
    return (
        line.role is LineRole.BODY
        and not line.cells
        and is_capital(line.text)
        and strip_marker(line.text) == line.text
    )


def _find_bare_signature(lines: Sequence[Line]) -> list[int]:
    """A role in capitals over a name at the very end, where nothing else marks the foot."""
    for i in range(max(0, len(lines) - _BARE_FOOT), len(lines) - 1):
        cells = [cell for cell in split_cells(lines[i].text) if cell]
        names = [cell for cell in split_cells(lines[-1].text) if cell]
        if (
            cells
            and all(is_capital(cell) for cell in cells)
            and (len(cells) == len(names) > 1 or all(_ROLE.match(cell) for cell in cells))
            and all(_NAME.match(name) and name[:1].isupper() for name in names)
        ):
            return [i]
    return []


def read_foot(lines: Sequence[Line], findings: Findings) -> None:
    """Recipients, then each signature: the lines above the name, the last of them the role."""
    recipients: list[tuple[int, str]] = []
    listing = False
    signed: dict[int, list[tuple[int, str]]] = {}
    side = 0
    for line in lines:
        cells = split_cells(line.text)
        beside = False
        for column, cell in enumerate(cells):
            if not cell:
                continue
            if is_rule(cell):
                findings.place("rule", [line.number])
            elif _is_recipients(cell):
                listing = True
                findings.place("recipients", [line.number])
                rest = cell.partition(":")[2].split(";")  # all on the line itself
                recipients += [(line.number, f"-{one}") for one in rest if one.strip(" .")]
            elif listing and column == 0 and not _is_signature(cell) and (not signed or cell[0] in "-+*"):
                recipients.append((line.number, cell))
                beside = True
            elif beside and len(signed) == 1 and column not in signed:
                next(iter(signed.values())).append((line.number, cell))  # a name whose role stands above
            else:
                side = column if len(cells) > 1 else _choose_side(cell, side, signed)
                signed.setdefault(side, []).append((line.number, cell))
    _read_recipients(recipients, findings)
    for side in sorted(signed):
        _read_signature(signed[side], findings)


def _choose_side(cell: str, last: int, signed: dict[int, list[tuple[int, str]]]) -> int:
    """The column of a line that stands alone: the last, unless that has its role and "KT." opens anew."""
    side = last if last in signed else max(signed, default=0)
    if _CAPACITY.match(cell) and any(_ROLE.match(above) for _, above in signed.get(side, ())):
        return next((other for other in signed if other != side), side)
    return side


def _is_recipients(cell: str) -> bool:
    return bool(_RECIPIENTS.match(fold(cell)))


def _is_annex(text: str) -> bool:
    return bool(_BARE_ANNEX.match(fold(text))) or (
        bool(_ANNEX.match(fold(text))) and is_capital(text.split(":", maxsplit=1)[0])
    )


def _is_signature(cell: str) -> bool:
    return bool(
        _CAPACITY.match(cell) or (is_capital(cell) and _ROLE.match(cell)) or _SIGNED.match(fold(cell))
    )


def _read_recipients(cells: Sequence[tuple[int, str]], findings: Findings) -> None:
    """One a line; a line without its dash goes on with the one before, when that is open."""
    for line, cell in cells:
        name = re.sub(r"^[-+*\s]+", "", cell)
        if findings.recipients and not cell.startswith(("-", "+", "*")) and name[:1].islower():
            findings.recipients[-1] = f"{findings.recipients[-1]} {name.rstrip(' ;.')}"
        elif name.strip(" ;.,"):
            findings.recipients.append(name.rstrip(" ;.,"))
        findings.place(f"recipients.{max(1, len(findings.recipients))}", [line])


def _read_signature(cells: Sequence[tuple[int, str]], findings: Findings) -> None:
    above: list[str] = []
    used: list[int] = []
    for line, cell in cells:
        if _SIGNED.match(fold(cell)) and (above or not findings.signatories):
            findings.place("signatory", [line])
        elif is_capital(cell) and (
            _is_signature(cell) or not _NAME.match(cell) or _NO_NAME.search(cell) or not _has_role(above)
        ):
            above.append(cell)
            used.append(line)
        elif above and _NAME.match(cell) and cell[:1].isupper():
            findings.signatories.append(_sign(above, cell))
            findings.place("signatory", [*used, line])
            above, used = [], []
        else:
            findings.left.add(line)
    if above:
        findings.signatories.append(_sign(above, None))
        findings.place("signatory", used)


def _has_role(above: Sequence[str]) -> bool:
    return any(_ROLE.match(line) for line in above)


def _sign(above: Sequence[str], name: str | None) -> Signatory:
    role = next((line for line in reversed(above) if not _CAPACITY.match(line)), None)
    capacity = tuple(line for line in above if line != role)
    return Signatory(role, name, capacity)
