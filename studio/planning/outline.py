"""Numbered lines made into the tree that the numbering of Vietnamese administrative documents draws.

Phần > Chương > A./Mục > I. > Điều > 1. > 1.1 > a) > - > +  (Decree 30/2020/NĐ-CP, annex I, and habit).
A wrapped line, or a break that scanning left inside a sentence, is joined again; each block remembers
which source lines it came from.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.planning.source import Line, fold, squeeze
from studio.speech.syllables import is_syllable

LIST_RANK = 8
"""From this rank on a marker opens a list item, not a heading."""

_ROMAN = {"I": 1, "V": 5, "X": 10}
_MARKERS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (0, re.compile(r"^(PHỤ LỤC|Phụ lục)(?:\s+(?:[IVX]+|\d+))?\s*[.:\-]?(?:\s+|$)([^a-zà-ỹ]*)$")),
    (0, re.compile(r"^phần\s+(?:thứ\s+)?(\w+)\s*[.:\-]?(?:\s+|$)(.*)$", re.IGNORECASE)),
    (1, re.compile(r"^chương\s+([IVX]+|\d+)\s*[.:\-]?(?:\s+|$)(.*)$", re.IGNORECASE)),
    (2, re.compile(r"^mục\s+([IVX]+|\d+)\s*(?:[.:\-]\s*|$)(.*)$", re.IGNORECASE)),
    (4, re.compile(r"^điều\s+(\d{1,3})\s*(?:[.:]\s*|$)(.*)$", re.IGNORECASE)),
    (5, re.compile(r"^Khoản\s+(\d{1,2})\s*[.:]\s*(.*)$")),
    (7, re.compile(r"^Điểm\s+([a-zđ])\s*[).:]\s*(.*)$")),
    (5, re.compile(r"^[IVX]{1,5}\.(\d{1,2})[.)]?\s+(.*)$")),
    (3, re.compile(r"^([IVX]{1,5})\s*[.)/\-]\s*(?!v\b)(?=\S)(.*)$")),
    (2, re.compile(r"^([A-HĐ])\s*[.)]\s+(.*)$")),
    (6, re.compile(r"^(\d{1,2}(?:\.\d{1,2}){1,3})(?:[.)]|\s*-)?\s+(.*)$")),
    (5, re.compile(r"^(\d{1,2})[.)]\s+(?=\d+(?:[.,]\d+)*\s*(?:%|[^\W\d_]))(.*)$")),
    (5, re.compile(r"^\(?(\d{1,2})\s*(?:[.)]|/(?!\d)|(?<=\d)\s*-\s)\s*(?=[^\d\s])(.*)$")),
    (7, re.compile(r"^\(?([a-zđ])(?:\s*[.)/]|-)\s+(.*)$")),
    (7, re.compile(r"^(\*)\s+(.*)$")),
    (9, re.compile(r"^((?:-\s*)*\+)\s*(.*)$")),
    (8, re.compile(r"^(-)(?:\s*-)*\s*(.*)$")),
)
_ORDINAL_RANKS = frozenset({3, 5, 7})
_LETTERS = "abcdđeghiklmnopqrstuvxy"
_CLOSED = (".", ";", ":", "!", "?", "./.")
_OPENERS = re.compile(r"^(?:căn cứ|nơi nhận|trên đây là|theo đề nghị|xét đề nghị)\b", re.IGNORECASE)
_DANGLING = re.compile(
    r"(?:[,(\-/]|\b(?:và|của|các|những|về|với|cho|trong|từ|là|theo|để|hoặc|hay|tại|do|bằng|qua|đến|số|ngày|"
    r"tháng|năm|(?<!trực )thuộc|được|phải|trên|nhất|mọi|mỗi|như|ủy ban|uỷ ban))$",
    re.IGNORECASE,
)
_MAX_BLOCK = 20_000
"""No paragraph is longer; what runs on beyond is damage, and would cost the square of its length."""
_TAIL = 24
_SIDE_BY_SIDE = re.compile(
    r"cong hoa xa hoi chu nghia|^dang cong san viet nam|^doan tncs ho chi minh|"
    r"doc lap\s*[-–]\s*tu do|^noi nhan|^(?:tm|kt|tl|tuq)\s*\.|"
    r"^(?:pho )?(?:chu tich|giam doc|truong (?:phong|ban))\b"
)
_PARTED = re.compile(r"([^\W\d_]{1,4})-$")
_HYPHENED = re.compile(r"\w-$")
_REMARK = re.compile(r"^\(\w[^()]*(?:\([^()]*\)[^()]*)*\)[.;]?$")
_THREE_LETTERS = re.compile(r"(?:[\W\d_]*[^\W\d_]){3}")
_FIRST_LETTERS = re.compile(r"[^\W\d_]+")
_RULE = re.compile(r"^[\W_]+$")


@dataclass(slots=True)
class Block:
    """One heading, list item, paragraph or table row, joined from its source lines."""

    rank: int | None
    """Rank of its marker; None for a paragraph or row without one."""
    label: str
    text: str
    starts: list[tuple[int, int]]
    """(offset in `text`, source line), ascending: where each source line begins."""
    cells: tuple[str, ...] = ()
    """The cells, when the line is a row of a table."""
    children: list["Block"] = field(default_factory=list)

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(line for _, line in self.starts)

    def line_at(self, offset: int) -> int:
        return max((start, line) for start, line in self.starts if start <= max(offset, 0))[1]

    @property
    def is_heading(self) -> bool:
        return self.rank is not None and self.rank < LIST_RANK

    def walk(self) -> "list[Block]":
        """Itself and all below, in the order of the source."""
        found = [self]
        for child in self.children:
            found.extend(child.walk())
        return found


def is_rule(text: str) -> bool:
    """Whether a line is only drawn: dashes, stars, the frame of a table."""
    return bool(_RULE.match(text))


def is_remark(text: str) -> bool:
    """Whether one pair of brackets holds all of a text."""
    return bool(_REMARK.match(text))


def is_capital(text: str) -> bool:
    """Whether all letters are capitals (headings, names of bodies)."""
    return text.isupper() and bool(_THREE_LETTERS.match(text))


def is_side_by_side(lines: Sequence[str]) -> bool:
    """Whether a frame only sets blocks side by side: issuer and motto, recipients and signature."""
    return any(_SIDE_BY_SIDE.search(fold(line)) for line in lines)


def join_blocks(lines: Sequence[Line]) -> list[Block]:
    """The blocks of `lines` in order, each with all of its source lines."""
    width = _wrap_width(lines)
    blocks: list[Block] = []
    expected: dict[int, int] = {}
    previous: Line | None = None
    for line in lines:
        cells = line.cells or (split_cells(line.text) if _is_row(line.text) else ())
        text = squeeze(line.text)
        last = blocks[-1] if blocks else None
        marker = None if cells else _read_marker(text)
        if marker and not _is_plausible(marker, last, line, expected):
            marker = None
        if last and previous and not marker and not cells and _continues(last, previous, line, text, width):
            _go_on(last, text, line.number)
        elif marker:
            rank, label, rest = marker
            _expect_next(expected, rank, label)
            blocks.append(Block(rank, label, rest, [(0, line.number)]))
        else:
            blocks.append(Block(None, "", text, [(0, line.number)], cells))
        previous = line
    return blocks


def _go_on(last: Block, text: str, number: int) -> None:
    """Append a line to its block; a syllable that was parted at the line's end is one again."""
    end = last.text[-_TAIL:]
    head, tail = _PARTED.search(end), _FIRST_LETTERS.match(text)
    if head and tail and is_syllable(head[1] + tail[0]) and not is_syllable(head[1]):
        last.starts.append((len(last.text) - 1, number))
        last.text = f"{last.text[:-1]}{text}"
        return
    if _HYPHENED.search(end) and text[:1].isalnum():  # 134/KH- and UBND on the next line
        last.starts.append((len(last.text), number))
        last.text += text
        return
    last.starts.append((len(last.text) + bool(last.text), number))
    last.text = f"{last.text} {text}".strip()


def build_tree(blocks: Sequence[Block]) -> list[Block]:
    """The roots of the outline; a paragraph hangs under the heading before it, never under a list item."""
    roots: list[Block] = []
    stack: list[tuple[int, Block]] = []
    for block in blocks:
        rank = LIST_RANK if block.rank is None else block.rank
        while stack and stack[-1][0] >= rank:
            stack.pop()
        (stack[-1][1].children if stack else roots).append(block)
        if block.rank is not None:
            stack.append((rank, block))
    return roots


def split_cells(text: str) -> tuple[str, ...]:
    """The cells of a row: between bars, tabs, or gaps of three blanks and more."""
    parts = text.strip("|").split("|") if "|" in text else re.split(r"\t+| {3,}", text)
    return tuple(squeeze(part) for part in parts)


def strip_marker(text: str) -> str:
    """A line without the number or dash that opens it."""
    marker = _read_marker(text)
    return marker[2] if marker and marker[2] else text


def _is_row(text: str) -> bool:
    return text.count("|") >= 2 or text.count("\t") >= 2 or len(re.split(r" {3,}", text)) >= 3


def _read_marker(text: str) -> tuple[int, str, str] | None:
    for rank, pattern in _MARKERS:
        if match := pattern.match(text):
            return rank, match[1], match[2].strip()
    return None


def _ordinal(rank: int, label: str) -> int | None:
    if rank == 5:
        return int(label)
    if rank == 7 and label in _LETTERS:
        return _LETTERS.index(label) + 1
    if rank == 3:
        values = [_ROMAN[letter] for letter in label]
        pairs = zip(values, [*values[1:], 0], strict=True)
        return sum(-value if value < after else value for value, after in pairs)
    return None


def _expect_next(expected: dict[int, int], rank: int, label: str) -> None:
    for deeper in [known for known in expected if known > rank]:
        del expected[deeper]
    ordinal = _ordinal(rank, label)
    if ordinal is not None:
        expected[rank] = ordinal + 1


def _is_plausible(
    marker: tuple[int, str, str], last: Block | None, line: Line, expected: dict[int, int]
) -> bool:
    """A number at the start of a line is a marker unless the sentence before it is still open."""
    rank, label, rest = marker
    if rank == 0 and not re.fullmatch(r"phụ lục|[IVX]+|\d+|nhất|hai|ba|tư|năm|sáu", label, re.IGNORECASE):
        return False
    if rank >= LIST_RANK:
        quoted = (
            last is not None
            and not line.after_blank
            and last.text.count('"') % 2 == 1
            and not last.text.endswith(_CLOSED)
        )  # a dash inside quotation marks that a line's end parted
        return bool(rest) and not quoted
    if rank not in _ORDINAL_RANKS or last is None or line.after_blank or last.text.endswith(_CLOSED):
        return True
    return _ordinal(rank, label) in (1, expected.get(rank))


def _wrap_width(lines: Sequence[Line]) -> int | None:
    """The width at which the source was wrapped, or None where a line is a whole paragraph."""
    lengths = sorted(len(line.text) for line in lines)
    if not lengths:
        return None
    longest = lengths[(len(lengths) * 9) // 10]
    return longest if 40 <= longest <= 130 and lengths[-1] <= longest * 1.5 else None


def _continues(last: Block, previous: Line, line: Line, text: str, width: int | None) -> bool:
    """Whether `line` goes on with the block before it."""
    if (
        not last.text
        or len(last.text) > _MAX_BLOCK
        or last.cells
        or _OPENERS.match(text)
        or is_rule(text)
        or is_rule(last.text)
    ):
        return not last.text  # "Phần I" alone on its line: its title follows
    if is_capital(text) or (is_capital(last.text) and last.is_heading):
        return is_capital(text) and is_capital(last.text) and not line.after_blank
    closed = last.text.endswith(_CLOSED)
    remark = is_remark(text) and last.text.count("(") <= last.text.count(")")
    if (
        not closed
        and not remark
        and (_DANGLING.search(last.text[-_TAIL:]) or last.text.count("(") > last.text.count(")"))
    ):
        return True
    if text[0].islower() or (not closed and not remark and not text[0].isalpha() and not line.after_blank):
        return not last.text.endswith(":") and not (closed and line.after_blank)
    if line.after_blank or line.is_paragraph or width is None or remark:
        return False
    full = len(previous.text) >= width * (0.85 if closed else 0.7)
    goes_on = text[0].isdigit() and last.text.endswith(";")  # a clause that begins with its number
    return full and (goes_on or not last.text.endswith((":", ";")))
