"""What a person should look at, judged on the whole text after it is read: beyond one rule's own doubt.

Few and worth reading: each of these was wrong in the script more often than it was a false alarm.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from studio.speech.reading import Kind
from studio.speech.scanner import Piece
from studio.speech.syllables import is_syllable

Found = tuple[str, int, int]
"""Code, first and last place in the cleaned text."""


def find_notices(text: str, pieces: list[Piece]) -> list[Found]:
    found = [(piece.warning, piece.start, piece.end) for piece in pieces if piece.warning]
    for look in (_find_foreign, _find_bare_numbers, _find_odd_numbers, _find_impossible_days):
        found += look(text, pieces)
    return sorted(set(found), key=lambda notice: notice[1:])


def _find_foreign(text: str, pieces: list[Piece]) -> Iterator[Found]:
    """Three words or more of another language, one after the other."""
    for is_ascii, group in groupby(pieces, key=lambda piece: _is_plain_word(text, piece)):
        foreign = (
            [piece for piece in group if not is_syllable(text[piece.start : piece.end])] if is_ascii else []
        )
        if len(foreign) >= _RUN and sum(text[piece.start].islower() for piece in foreign) > 1:
            yield "mixed_language", foreign[0].start, foreign[-1].end


_RUN = 3


def _is_plain_word(text: str, piece: Piece) -> bool:
    return piece.kind in (Kind.FOREIGN, Kind.WORD) and text[piece.start : piece.end].isascii()


_AMOUNT = re.compile(
    r"(?<!\w)(?:tăng|giảm|đạt|còn|thêm|diện tích|dân số|kinh phí|sản lượng|năng suất|chiều dài|chi phí"
    r"|số tiền|khối lượng|trọng lượng|nhiệt độ|giá|tổng thu|tổng chi|doanh thu)"
    r"(?: (?:thêm|còn|được|khoảng|hơn|gần|là|bình quân|trung bình|xuống|lên|bán))?\s*$"
)
_LEFT_OPEN = re.compile(r"\s*(?:[.;]?\s*$|[.;]\s|so với|cùng kỳ)")


def _find_bare_numbers(text: str, pieces: list[Piece]) -> Iterator[Found]:
    """A count of what: giảm 5 so với cùng kỳ."""
    for piece in pieces:
        if piece.kind is not Kind.NUMBER or piece.rule in ("fraction", "score"):
            continue
        line = text[piece.end : piece.end + 12].partition("\n")[0]
        if _LEFT_OPEN.match(line) and _AMOUNT.search(text[max(0, piece.start - 40) : piece.start].lower()):
            yield "number_without_unit", piece.start, piece.end


_SHARE = re.compile(r"(?<!\w)(?:tỷ lệ|tỉ lệ|chiếm|độ ẩm|che phủ|bao phủ)[^.;,0-9]{0,30}$")
_SCALE = re.compile(r"\s?(?:tỷ|tỉ|triệu)(?!\w)")
_HUNDRED, _LARGE = 100, 1_000_000


def _find_odd_numbers(text: str, pieces: list[Piece]) -> Iterator[Found]:
    """12.50.000; một tỷ lệ 120%; 1.250.000 triệu đồng; 1,250 ha."""
    for piece, following in pairwise(pieces):
        if piece.kind is not Kind.NUMBER:
            continue
        written = text[piece.start : piece.end]
        left = text[max(0, piece.start - 50) : piece.start].lower()
        value = int(re.sub(r"[,].*|[^0-9]", "", written) or 0)
        share = text[following.start : following.end] == "%" and value > _HUNDRED and _SHARE.search(left)
        if share or (value >= _LARGE and _SCALE.match(text, piece.end)):
            yield "suspicious_quantity", piece.start, following.end
        elif piece.rule == "three decimals" and not piece.warning and written[0] != "0":
            yield "suspicious_quantity", piece.start, piece.end
    for match in _BROKEN.finditer(text):
        yield "suspicious_quantity", match.start(), match.end()


_BROKEN = re.compile(
    r"(?<![\w.,/-])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}\.(?!(?:19|20)[0-9]{2}\b)[0-9]{4,6}(?![\w.,/-])"
    r"|[0-9]{1,3}\.[0-9]{2}\.[0-9]{3}(?![\w/-]))"
)
_DAY = re.compile(r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})(?:[/.-](?P<year>[0-9]{4}))?(?![/0-9])")


def _find_impossible_days(text: str, pieces: Iterable[Piece]) -> Iterator[Found]:
    """31/4: no such day."""
    for piece in pieces:
        match = _DAY.match(text, piece.start) if piece.kind is Kind.DATE else None
        if match and match.end() == piece.end and 1 <= int(match["month"]) <= 12:
            year = int(match["year"]) if match["year"] and int(match["year"]) else 2024
            if int(match["day"]) > monthrange(year, int(match["month"]))[1]:
                yield "suspicious_quantity", piece.start, piece.end
