"""What the columns of a table say: a head of one or two rows, and what stands under each name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.planning.quantities import NUMBER, read_measure
from studio.planning.source import fold, squeeze

_NAMES = re.compile(
    r"\b(?:so luong|chi tieu|don vi|noi dung|stt|ghi chu|tt|muc tieu|thoi gian|nhiem vu|cong viec|san pham|"
    r"ket qua|chu tri|phoi hop|hinh thuc|chu de|kinh phi)\b"
)
_MORE_NAMES = re.compile(
    rf"{_NAMES.pattern}|"
    r"^(?:ten|xa|thon|dia phuong|dia ban|co quan|nguoi|viec|phan cong|hoat dong|"
    r"chuong trinh|quy|thang|ca nam|tong|dvt)\b"
)
_INDEX = re.compile(r"^(?:stt|tt|so tt)$")
_PERIOD = re.compile(
    r"^(?:(nam) )?(20\d\d)$|^(quy) ([ivx]{1,3}|[1-4])(?:\s*[/.\-]\s*\d{4})?$|"
    r"^(thang|t) ?(\d{1,2})(?:\s*/\s*\d{4})?$|"
    r"^0?6 thang (dau|cuoi)(?: nam)?(?: 20\d\d)?$"
)
_ALL_YEAR = re.compile(r"^ca nam\b")
_TOTAL = re.compile(r"^(?:tong(?: so| cong)?|cong)$")
_MONEY = re.compile(
    r"\b(?:kinh phi|du toan|don gia|thanh tien|so tien|trieu dong|nghin dong|nguon)\b|\(dong\)|^von\b"
)
_PLACE = re.compile(r"^(?:(?:ten )?(?:don vi|xa|phuong|thon|lang|dia phuong|dia ban|co quan|truong)\b)")
_PLACE_NAME = re.compile(r"(?:xã|phường|thị trấn|thôn|bản|làng|ấp|buôn|khu|huyện)\s+(\w)", re.IGNORECASE)
_FRAMED = re.compile(r"\(([^()]+)\)\W*$")
_COUNTED = re.compile(r"^(?:tổng )?số (?:lượng )?(.+)$", re.IGNORECASE)
_STATISTIC = re.compile(r"^(?:ho|xa|thon|lang|nguoi)\b")
_ORDERED = re.compile(r"\b(?:chi tieu|giao|ke hoach|tham du|tham gia)\b")
_WHOLE = re.compile(rf"(?:{NUMBER})\s*%?")
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


@dataclass(frozen=True, slots=True)
class Column:
    """Its own name, and the name that spans it with others where the head has two rows."""

    name: str
    above: str = ""

    @property
    def plain(self) -> str:
        return fold(squeeze(self.name))

    @property
    def is_index(self) -> bool:
        return bool(_INDEX.match(self.plain))

    @property
    def is_money(self) -> bool:
        return bool(_MONEY.search(self.plain) or _MONEY.search(fold(self.above)))

    @property
    def is_place(self) -> bool:
        return bool(_PLACE.match(self.plain)) and "tinh" not in self.plain.split() and not self.place

    @property
    def place(self) -> str | None:
        """The one commune, village or office that its numbers are set for, where its name is theirs."""
        named = _PLACE_NAME.match(squeeze(self.name))
        return self.name if named and not named[1].islower() else None

    @property
    def is_total(self) -> bool:
        return bool(_TOTAL.match(self.plain))

    @property
    def period(self) -> str | None:
        """`quý I`, `tháng 5`, `năm 2026`, or `năm` for a whole year: what its numbers are set for."""
        return _read_period(self.plain) or _read_period(fold(squeeze(self.above)))

    @property
    def measure(self) -> tuple[str, str | None] | None:
        """What its numbers count, and per what, where its name says so: "Số buổi phát thanh/tuần"."""
        if found := read_framed(self.name):
            return found
        counted = _COUNTED.match(_FRAMED.sub("", self.name).strip())
        words, slash, per = (counted[1] if counted else self.name).partition("/")
        statistic = _STATISTIC.match(fold(words)) and not _ORDERED.search(fold(f"{self.above} {self.name}"))
        if statistic or (not counted and len(words.split()) > 3):
            return None
        for end in range(len(words.split()), 0, -1):
            found = read_measure(
                " ".join(words.split()[:end]).rstrip(",") + (f"/{per.strip()}" if slash else "")
            )
            if found and (counted or end == len(words.split())):
                return found
        return None


def is_table_header(cells: Sequence[str], *, first: bool = False) -> bool:
    """Whether the cells name columns rather than hold figures; `first` where a table begins with them."""
    plain = [fold(squeeze(cell)) for cell in cells]
    names = _MORE_NAMES if first or any(map(_INDEX.match, plain)) else _NAMES
    named = sum(bool(names.search(cell)) and len(cell.split()) <= 8 for cell in plain)
    least = 1 if any(map(_INDEX.match, plain)) and len(cells) > 2 else 2
    return named >= least and not _has_figures(cells)


def read_header(cells: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(cell) for cell in cells)


def read_second_header(header: Sequence[Column], cells: Sequence[str]) -> tuple[Column, ...] | None:
    """The columns where `cells` are the second row of a head; None where they are a row of the table."""
    if len(cells) != len(header) or _has_figures(cells):
        return None
    same = [squeeze(cell) in ("", column.name) for cell, column in zip(cells, header, strict=True)]
    if not same[0] or all(same) or sum(not one for one in same) < 2:
        return None
    columns: list[Column] = []
    spanning = ""
    for cell, column in zip(cells, header, strict=True):
        spanning = column.name or spanning
        own = squeeze(cell)
        columns.append(Column(own, spanning) if own and own != column.name else column)
    return tuple(columns)


def read_framed(text: str) -> tuple[str, str | None] | None:
    """What is counted, in brackets behind a name: "Bản tin thời sự (bản tin/tuần)"."""
    framed = _FRAMED.search(text)
    return read_measure(re.sub(r"^(?:ĐVT|Đơn vị tính)\s*:\s*", "", framed[1])) if framed else None


def is_whole_number(cell: str) -> bool:
    return bool(_WHOLE.fullmatch(cell.strip()))


def _has_figures(cells: Sequence[str]) -> bool:
    return any(_WHOLE.fullmatch(cell) and not _read_period(fold(cell)) for cell in cells)


def _read_period(name: str) -> str | None:
    if _ALL_YEAR.match(name):
        return "năm"
    match = _PERIOD.match(name)
    if not match:
        return None
    if match[2]:
        return f"năm {match[2]}"
    if match[3]:
        return f"quý {_ROMAN.get(match[4], match[4].upper())}"
    if match[7]:
        return f"6 tháng {'đầu' if match[7] == 'dau' else 'cuối'} năm"
    return f"tháng {int(match[6])}"
