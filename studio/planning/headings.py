"""What the headings of a plan speak of."""

import re

from studio.planning.outline import Block, is_capital
from studio.planning.source import fold

_SITUATION = (
    r"^(?:(?:danh gia )?(?:dac diem|khai quat|tinh hinh|thuc trang|boi canh)|su can thiet|thuan loi|"
    r"kho khan|ton tai|ket qua (?!can dat|mong doi|du kien|dau ra)|danh gia ket qua .*(?:20\d\d|qua$))"
)
"""What was, before what shall be: a plan often begins with it."""
_FORMS = (
    r"hinh thuc|phuong thuc|san pham truyen thong|hoat dong truyen thong|"
    r"^(?:cac )?hoat dong(?: cu the| chinh)?$|(?:giai|bien) phap|cach thuc|^cach lam$|"
    r"kenh (?:truyen thong|thong tin|tuyen truyen)|phuong tien|"
    r"^san pham$"
)
_REPORTING = (
    r"che do (?:thong tin,? )?bao cao|thong tin,? bao cao|bao cao dinh ky|^bao cao$|"
    r"^(?:kiem tra|giam sat|theo doi|so ket|tong ket|danh gia).* bao cao$|^so ket,? tong ket$"
)
_KINDS: tuple[tuple[str, str], ...] = (
    ("situation", _SITUATION),
    ("legal_bases", r"^(?:cac )?can cu(?: phap ly| (?:xay dung|lap) .*)?$|^co so phap ly"),
    ("purposes", r"muc dich|muc tieu"),
    ("requirements", r"yeu cau"),
    ("audiences", r"doi tuong|thanh phan(?: tham (?:du|gia))?"),
    ("themes", r"noi dung|chu de tuyen truyen|^(?:phuong huong, )?nhiem vu(?! cua)"),
    ("forms", _FORMS),
    ("funding", r"kinh phi|nguon luc|ngan sach|^du toan"),
    ("reporting", _REPORTING),
    ("units", r"to chuc (?:thuc hien|trien khai)|phan cong|trach nhiem|^nhiem vu cua|^trien khai thuc hien$"),
    ("targets", r"chi tieu|^(?:so|khoi) luong|^quy mo"),
)
_FRAME: tuple[tuple[str, str], ...] = (
    ("scope", r"pham vi|dia ban|dia diem"),
    ("timing", r"thoi gian|thoi luong|thoi diem|khung gio|tien do|lo trinh|^lich (?:phat|tuyen truyen)"),
    ("messages", r"thong diep|khau hieu"),
)
"""Where and when, and in what words: kept as notes; another word in the heading goes first."""
FRAME = frozenset(kind for kind, _ in _FRAME)
_FILLERS = re.compile(
    r"\b(?:thuc hien|tuyen truyen|truyen thong|thong tin|chu yeu|trong tam|cua|ke hoach|va|hinh thuc|"
    r"noi dung|giai phap|phuong thuc|cach thuc|cach lam|"
    r"cu the|chung|cac|nhiem vu|che do|bao cao|kinh phi|nguon|yeu cau|"
    r"muc dich|muc tieu|doi tuong|to chuc|phan cong|trach nhiem|chi tieu|san pham|ve|cho|don vi|so luong|"
    r"quy mo|tien do|lo trinh|thong diep|"
    r"nguon luc|bao dam|dam bao|phoi hop|hoat dong|pham vi|dia ban|dia diem|thoi gian|thoi luong|thoi diem|"
    r"khung gio|tong quat|tong|tac dong|du kien|phat song|phat|y nghia|truc tiep|gian tiep|"
    r"(?:den )?(?:het |cuoi )?(?:nam|giai doan|quy)(?: hoc)? (?:[ivx]+|\d{4})(?:\s*-\s*\d{4})?)\b|\W"
)
MAX_HEADING_WORDS = 18
_MAX_BARE_WORDS = 8
HOLDERS = frozenset({0, 1, 2, 3, 4})
"""Ranks of headings that may hold headings: Phần, Chương, Mục, I., Điều."""


def classify_heading(block: Block) -> str | None:
    """What the section under this heading speaks of; the first matching word decides."""
    title, _ = split_heading(block)
    if not block.is_heading and not is_capital(title):
        return None
    return min(find_kinds(title), default=(0, None))[1]


def find_kinds(title: str) -> list[tuple[int, str]]:
    """Where each kind of section is named in a title; where and when only where it names nothing else."""
    if len(title.split()) > MAX_HEADING_WORDS or title.endswith(";"):
        return []
    plain = fold(title)
    for kinds in (_KINDS, _FRAME):
        found = [
            (match.start(), kind)
            for kind, pattern in kinds
            if (match := re.search(rf"\b(?:{pattern})\b", plain))
        ]
        if found:
            return found
    return []


def is_bare_heading(text: str) -> bool:
    """Whether a line without a number is a heading all the same: section words alone, up to a colon."""
    title, _, _ = text.partition(":")
    return (
        title[:1].isupper()
        and len(title.split()) <= _MAX_BARE_WORDS
        and not title.rstrip().endswith((".", ";", ","))
        and is_strict(title)
        and any(re.match(pattern, fold(title)) for _, pattern in (*_KINDS, *_FRAME))
    )


def is_strict(title: str) -> bool:
    """Whether a heading says nothing but what its section is."""
    return not _FILLERS.sub("", fold(title))


def leads_with_kind(title: str) -> bool:
    """Whether a title begins with the words of a section."""
    return any(re.match(pattern, fold(title)) for _, pattern in (*_KINDS, *_FRAME))


def split_heading(block: Block) -> tuple[str, int]:
    """The title of a heading and the offset of the text that follows on its line, after a colon."""
    title, colon, _ = block.text.partition(":")
    if colon and len(title.split()) <= MAX_HEADING_WORDS:
        return title.strip(), len(title) + 1
    return block.text.rstrip(" .:"), len(block.text)
