"""The members of a section as texts; what only speaks about them becomes a note."""

import re
from collections.abc import Sequence

from studio.planning.findings import Findings
from studio.planning.outline import Block, is_remark

_CLOSING = re.compile(
    r"^(?:trên đây là|trong quá trình (?:tổ chức )?(?:triển khai )?thực hiện|"
    r"(?:đề nghị|yêu cầu) (?:các|thủ trưởng|lãnh đạo)\b(?=.*\./\.$))\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?P<colon>[^:;.]{1,60}:)\s+(?=\S)|"
    r"[^,:;.]{0,60}?\b(?:hướng tới|hướng đến|dành cho|bao gồm|gồm)(?:\s+có)?\s*:?\s+(?=\S)"
)
"""What only leads to a list in a sentence: "Tập trung vào:", "Kế hoạch hướng tới"."""
_SENTENCES = re.compile(r"\.\s+\w")
_POINTER = re.compile(
    r"\b(?:theo|tại|xem|như)\s+(?:các\s+)?(?:phụ lục|biểu|bảng)\b[^.;:]*\W*$", re.IGNORECASE
)
_POINTER_WORDS = 12
_BESIDES = re.compile(r"^(?:ngoài ra|bên cạnh đó|lưu ý|ghi chú)\b", re.IGNORECASE)


def is_closing(block: Block) -> bool:
    """Whether these are the formulas that close a plan: "Trên đây là ..."."""
    return bool(_CLOSING.match(block.text))


def is_aside(block: Block) -> bool:
    """A remark in brackets, or one that points elsewhere: no part of what the section lists."""
    return is_remark(block.text) or (block.rank is None and is_pointer(block))


def is_pointer(block: Block) -> bool:
    """Whether a sentence only says where the matter stands: "Theo Phụ lục I kèm theo"."""
    return len(block.text.split()) <= _POINTER_WORDS and bool(_POINTER.search(block.text))


def is_besides(block: Block) -> bool:
    """A sentence beside a list that is none of its members: "Ngoài ra, ..."."""
    return block.rank is None and bool(_BESIDES.match(block.text))


def whole(block: Block) -> str:
    """The text of a block with all below it, as one."""
    return " ".join(member.text for member in block.walk()).strip()


def flatten(members: Sequence[Block], findings: Findings, part: str, first: int) -> list[str]:
    """Each paragraph and item as one text, with its place by number from `first`."""
    texts: list[str] = []
    parted = [each for one in members for each in (one, *_part_closing(one))]
    for member in parted:
        if is_closing(member):
            findings.note_tree("closing", member)
        elif is_aside(member):
            findings.note_tree(part.split(".", maxsplit=1)[0], member)
        else:
            findings.place_tree(f"{part}.{first + len(texts)}", member)
            texts.append(whole(member))
    return texts


def title_of(text: str) -> str:
    return text.strip().rstrip(" ;.,")


def _part_closing(block: Block) -> list[Block]:
    """The formulas that close a plan, taken out from below the last item that they stand under."""
    closing = [child for child in block.children if child.rank is None and is_closing(child)]
    block.children = [child for child in block.children if child not in closing]
    return closing + [each for child in block.children for each in _part_closing(child)]


def list_items(members: Sequence[Block], findings: Findings, part: str) -> list[Block]:
    """The listed members of a section; when none is marked, what its paragraphs list. The rest is left."""
    marked = [member for member in members if member.rank is not None]
    for member in members if marked else ():
        if member.rank is None:
            findings.leave_tree(member)
    return marked or [item for member in members for item in _split_sentence(member, part, findings)]


def _split_sentence(item: Block, part: str, findings: Findings) -> list[Block]:
    """The members that a paragraph lists at `;`, or at `,` behind "gồm"; what leads to them is noted."""
    lead = _LEAD.match(item.text)
    start = lead.end() if lead else 0
    parts = item.text[start:].split(";")
    gathers = item.label == "gồm" or (lead and not lead["colon"])
    if gathers and len(parts) == 1:
        parts = _split_at_commas(parts[0])
    is_list = lead or part == "audiences" or not _SENTENCES.search(item.text)
    if (len(parts) == 1 and not gathers) or not is_list:
        return [item]
    if lead:
        findings.note_fragment(part, item, 0, start)
    found: list[Block] = []
    for text in parts:
        at = item.text.index(text, start)
        start = at + len(text)
        first, last = item.line_at(at), item.line_at(max(at, start - 1))
        starts = [(max(offset - at, 0), line) for offset, line in item.starts if first <= line <= last]
        found.append(Block(None, "", text.strip(), starts))
    return found


def _split_at_commas(text: str) -> list[str]:
    """`a, b và c`; whole where "và" joins other members than the last, or a member is only a name."""
    parts = text.split(", ")
    head, joint, last = parts[-1].partition(" và ")
    if (
        any(" và " in part for part in parts[:-1])
        or " và " in last
        or any(len(part.split()) < 2 or part[0].isupper() for part in parts[1:])
    ):
        return [text]
    return [*parts[:-1], head, last] if joint else parts
