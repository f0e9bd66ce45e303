"""The body of a plan: which section speaks of what, and what stands in it."""

import re
from collections.abc import Callable, Sequence

from studio.planning.document import Heading, PlanForm, PlanTheme, PlanUnit
from studio.planning.findings import Findings
from studio.planning.outline import Block, is_capital
from studio.planning.quantities import find_quantities
from studio.planning.references import find_references, is_lead
from studio.planning.source import fold
from studio.planning.tables import read_table
from studio.planning.topics import code_products, code_topics, find_products, find_topics

_KINDS: tuple[tuple[str, str], ...] = (
    ("purposes", r"muc dich|muc tieu"),
    ("requirements", r"yeu cau"),
    ("audiences", r"doi tuong"),
    ("themes", r"noi dung|chu de tuyen truyen"),
    ("forms", r"hinh thuc|phuong thuc|san pham truyen thong"),
    ("funding", r"kinh phi|nguon luc|ngan sach"),
    ("reporting", r"che do (?:thong tin,? )?bao cao|thong tin,? bao cao|bao cao dinh ky|^bao cao$"),
    ("units", r"to chuc thuc hien|phan cong|trach nhiem"),
    ("targets", r"chi tieu"),
)
_FILLERS = re.compile(
    r"\b(?:thuc hien|tuyen truyen|truyen thong|thong tin|chu yeu|trong tam|cua|ke hoach|va|hinh thuc|"
    r"noi dung|giai phap|phuong thuc|cu the|chung|cac|nhiem vu|che do|bao cao|kinh phi|nguon|yeu cau|"
    r"muc dich|muc tieu|doi tuong|to chuc|phan cong|trach nhiem|chi tieu|san pham|ve|cho|don vi|so luong|"
    r"nguon luc|bao dam|dam bao)\b|\W"
)
_UNIT = re.compile(
    r"^(?:Đề nghị\s+|Giao\s+(?:cho\s+)?|Đối với\s+|Trách nhiệm của\s+)?"
    r"((?:Phòng|Ủy ban|Uỷ ban|UBND|UBMTTQ|Trung tâm|Sở|Ban|Hội|Đoàn|Công an|Các|Văn phòng|Mặt trận|Liên đoàn|"
    r"Ngân hàng|Bộ|Cổng|Đài|Trạm|Thôn|Trưởng|Huyện|Công chức|Cán bộ|Trường|Đơn vị|Thủ trưởng|Chủ tịch|"
    r"Chi cục|Cục|Kho bạc|Đồn|Hạt|Tổ|Nhà văn hóa|Thư viện)\b.*)$",
    re.IGNORECASE,
)
_DUTY_VERB = re.compile(
    r"\s+(?=(?:chủ trì|phối hợp|có trách nhiệm|chịu trách nhiệm|hướng dẫn|tham mưu|xây dựng|bố trí|"
    r"theo dõi)\b)"
)
_CLOSING = re.compile(
    r"^(?:trên đây là|trong quá trình (?:tổ chức )?(?:triển khai )?thực hiện)\b", re.IGNORECASE
)
_OTHER_MONEY = re.compile(r"\s*(?:,|và)\s+(?:các\s+)?nguồn\s+(?:kinh phí|vốn|lực)?[^;]*khác\b.*$")
_CYCLE = re.compile(
    r"(?:(?<=định kỳ )|(?<=báo cáo )|(?<=tháng, )|(?<=tháng và ))(?:tuần|tháng|quý|năm)\b(?!\s*\d)|"
    r"\b(?:6|06|sáu|9|09|chín|3|ba) tháng\b|\b(?:hàng|hằng) (?:tuần|tháng|quý|năm)\b|\bđột xuất\b",
    re.IGNORECASE,
)
_MAX_HEADING_WORDS = 18
_HOLDERS = frozenset({0, 1, 2, 3, 4})
"""Ranks of headings that may hold headings: Phần, Chương, Mục, I., Điều."""


def classify_heading(block: Block) -> str | None:
    """What the section under this heading speaks of; the first matching word decides."""
    title, _ = split_heading(block)
    if not block.is_heading and not is_capital(title):
        return None
    found = [
        (match.start(), kind)
        for kind, pattern in _KINDS
        if (match := re.search(rf"\b(?:{pattern})\b", fold(title)))
    ]
    if not found or len(title.split()) > _MAX_HEADING_WORDS or title.endswith(";"):
        return None
    return min(found)[1]


def split_heading(block: Block) -> tuple[str, int]:
    """The title of a heading and the offset of the text that follows on its line, after a colon."""
    title, colon, _ = block.text.partition(":")
    if colon and len(title.split()) <= _MAX_HEADING_WORDS:
        return title.strip(), len(title) + 1
    return block.text.rstrip(" .:"), len(block.text)


def read_section(block: Block, findings: Findings, outer: str | None = None) -> None:
    """Read one section: its own lines by its kind, sections inside it by theirs.

    A heading over other headings (Phần over Điều) only holds them; its kind is for what stands between.
    """
    kind = classify_heading(block)
    if kind is None and outer is not None:
        kind = outer if not block.is_heading or block.rank in _HOLDERS else None
    holds = block.rank in _HOLDERS and any(_is_held(child) for child in block.children)
    inner = [child for child in block.children if _is_section(child, None if holds else kind)]
    apart = {id(child) for child in inner}
    own = [child for child in block.children if id(child) not in apart]
    rows = [child for child in own if child.cells]
    own = [child for child in own if not child.cells]
    if kind is None:
        for rest in own:
            findings.leave_tree(rest)
        if inner or rows:
            findings.place_block("heading", block)
        else:
            findings.leave_block(block)
    else:
        findings.place_block("heading", block)
        _READERS[kind](_with_inline(block, _set_notes_apart(own, kind, findings)), findings)
    read_table(rows, findings)
    for child in inner:
        read_section(child, findings, kind)


def is_closing(block: Block) -> bool:
    """Whether these are the formulas that close a plan: "Trên đây là ..."."""
    return bool(_CLOSING.match(block.text))


def _is_held(block: Block) -> bool:
    """Whether a heading such as "Điều 3", or one under it, opens a section of its own."""
    return block.rank in _HOLDERS and (
        classify_heading(block) is not None or any(_is_held(child) for child in block.children)
    )


def _set_notes_apart(own: Sequence[Block], kind: str, findings: Findings) -> list[Block]:
    """The members of a section without what only speaks about them: brackets, formulas, a lead-in."""
    listed = any(member.rank is not None for member in own)
    kept: list[Block] = []
    for member in own:
        if is_closing(member):
            findings.note_tree("closing", member)
        elif _is_aside(member) or (
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
    if outer is None or block.rank in _HOLDERS:
        return True
    title = fold(split_heading(block)[0])
    _, start = split_heading(block)
    if not block.children and not block.text[start:].strip():
        return False  # nothing stands in it: an item of the list
    strict = not _FILLERS.sub("", title)
    if outer in ("purposes", "requirements", "audiences", "forms", "themes", "targets"):
        return strict
    leads = re.match("|".join(pattern for _, pattern in _KINDS), title) is not None
    return strict or (kind != outer and leads and len(title.split()) <= 8)


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


def _is_aside(block: Block) -> bool:
    """A remark in brackets: no part of what the section lists."""
    return block.text.startswith("(") and block.text.rstrip(".;").endswith(")")


def _whole(block: Block) -> str:
    """The text of a block with all below it, as one."""
    return " ".join(member.text for member in block.walk()).strip()


def _title(text: str) -> str:
    return text.strip().rstrip(" ;.,")


def _flatten(members: Sequence[Block], findings: Findings, part: str, first: int | None = None) -> list[str]:
    """Each paragraph and item as one text; with `first` each has its place by number, else all share one."""
    texts: list[str] = []
    for member in members:
        if is_closing(member):
            findings.note_tree("closing", member)
        elif _is_aside(member):
            findings.note_tree(part.split(".", maxsplit=1)[0], member)
        else:
            findings.place_tree(part if first is None else f"{part}.{first + len(texts)}", member)
            texts.append(_whole(member))
    return texts


def _items(members: Sequence[Block], findings: Findings) -> list[Block]:
    """The listed members of a section; when none is marked, its paragraphs. The rest is left."""
    marked = [member for member in members if member.rank is not None]
    for member in members if marked else ():
        if member.rank is None:
            findings.leave_tree(member)
    return marked or list(members)


def _read_purposes(members: Sequence[Block], findings: Findings) -> None:
    findings.purposes += _flatten(members, findings, "purposes", len(findings.purposes) + 1)


def _read_requirements(members: Sequence[Block], findings: Findings) -> None:
    findings.requirements += _flatten(members, findings, "requirements", len(findings.requirements) + 1)


def _read_audiences(members: Sequence[Block], findings: Findings) -> None:
    for item in _items(members, findings):
        texts = [_whole(item)] if item.rank is not None else item.text.split(";")
        for text in filter(None, map(_title, texts)):
            code = str(len(findings.audiences) + 1)
            findings.audiences.append(Heading(code, text))
            findings.place_tree(f"audiences.{code}", item)


def _read_themes(members: Sequence[Block], findings: Findings) -> None:
    for item in _items(members, findings):
        code = str(len(findings.themes) + 1)
        if item.children:
            topics = code_topics(code, [_title(_whole(child)) for child in item.children])
        else:
            topics = find_topics(code, item.text)
        findings.themes.append(PlanTheme(code, _title(item.text.rstrip(" :")), topics))
        _place_family(f"themes.{code}", item, findings)


def _read_forms(members: Sequence[Block], findings: Findings) -> None:
    for item in _items(members, findings):
        code = str(len(findings.forms) + 1)
        if item.children:
            products = code_products(code, [_title(_whole(child)) for child in item.children])
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


def _read_units(members: Sequence[Block], findings: Findings) -> None:
    for item in members:
        title, start = split_heading(item)
        if item.rank is None or not (item.children or item.text[start:].strip()):
            title, start = _split_unit(item.text)
        name = _UNIT.match(title)
        if not name:
            findings.leave_tree(item)
            continue
        number = len(findings.units) + 1
        body = item.text[start:].strip()
        findings.place_block(f"units.{number}", item)
        duties = [body] if body else []
        duties += _flatten(item.children, findings, f"units.{number}", len(duties) + 1)
        findings.units.append(PlanUnit(_title(name[1]), tuple(duties)))


def _split_unit(text: str) -> tuple[str, int]:
    """A unit and its duty in one sentence: at the colon, else before the verb of the duty."""
    colon = text.find(":")
    if colon > 0 and len(text[:colon].split()) <= _MAX_HEADING_WORDS:
        return text[:colon], colon + 1
    verb = _DUTY_VERB.search(text)
    return (text[: verb.start()].rstrip(" ,"), verb.end()) if verb else ("", 0)


def _read_reporting(members: Sequence[Block], findings: Findings) -> None:
    findings.reporting += _flatten(members, findings, "reporting", len(findings.reporting) + 1)


def _read_targets(members: Sequence[Block], findings: Findings) -> None:
    for block in (each for member in members for each in member.walk()):
        if any(True for _ in find_quantities(block.text)):
            findings.place_block("targets", block)
        else:
            findings.leave_block(block)


def read_cycles(findings: Findings) -> None:
    """Reporting cycles named in the duties, where no section on reporting named them."""
    for duty in (duty for unit in findings.units for duty in unit.duties):
        for sentence in re.split(r"(?<=[.;])\s+", duty):
            if "báo cáo" in sentence.lower():
                for match in _CYCLE.finditer(sentence):
                    if not any(match[0].lower() in known.lower() for known in findings.reporting):
                        findings.reporting.append(match[0])


_READERS: dict[str, Callable[[Sequence[Block], Findings], None]] = {
    "purposes": _read_purposes,
    "requirements": _read_requirements,
    "audiences": _read_audiences,
    "themes": _read_themes,
    "forms": _read_forms,
    "funding": _read_funding,
    "units": _read_units,
    "reporting": _read_reporting,
    "targets": _read_targets,
}
