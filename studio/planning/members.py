"""The members of a section as texts; what only speaks about them becomes a note."""

import re
from collections.abc import Sequence

from studio.planning.findings import Findings
from studio.planning.outline import Block

_CLOSING = re.compile(
    r"^(?:trên đây là|trong quá trình (?:tổ chức )?(?:triển khai )?thực hiện|"
    r"(?:đề nghị|yêu cầu) (?:các|thủ trưởng|lãnh đạo)\b(?=.*\./\.$))\b",
    re.IGNORECASE,
)


def is_closing(block: Block) -> bool:
    """Whether these are the formulas that close a plan: "Trên đây là ..."."""
    return bool(_CLOSING.match(block.text))


def is_aside(block: Block) -> bool:
    """A remark in brackets: no part of what the section lists."""
    return block.text.startswith("(") and block.text.rstrip(".;").endswith(")")


def whole(block: Block) -> str:
    """The text of a block with all below it, as one."""
    return " ".join(member.text for member in block.walk()).strip()


def flatten(members: Sequence[Block], findings: Findings, part: str, first: int) -> list[str]:
    """Each paragraph and item as one text, with its place by number from `first`."""
    texts: list[str] = []
    for member in members:
        if is_closing(member):
            findings.note_tree("closing", member)
        elif is_aside(member):
            findings.note_tree(part.split(".", maxsplit=1)[0], member)
        else:
            findings.place_tree(f"{part}.{first + len(texts)}", member)
            texts.append(whole(member))
    return texts
