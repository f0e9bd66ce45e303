"""Legal documents named in running text: kind, number, date, issuer, title."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from studio.planning.document import Reference
from studio.planning.source import squeeze

_KINDS = (
    "Quyết định|Thông tư liên tịch|Thông tư|Kế hoạch|Nghị quyết|Nghị định|Công văn|Văn bản|Chỉ thị|"
    "Hướng dẫn|Thông báo|Công điện|Chương trình|Kết luận|Pháp lệnh|Bộ luật|Luật|Hiến pháp|Tờ trình|"
    "Đề án|Báo cáo|Quy chế"
)
_NUMBER = r"\d+[A-Za-z]?(?:\s?[/\-]\s?[0-9A-ZĐÂĂÊÔƠƯ][0-9A-Za-zĐđÂĂÊÔƠƯ&]*)+"
_DAY = r"(\d{1,2})\s*(?:[/\-.]\s*(\d{1,2})\s*[/\-.]\s*|tháng\s*(\d{1,2})\s*năm\s*)(\d{4})"
DATE = re.compile(rf"(?:ngày\s+)?{_DAY}", re.IGNORECASE)
REFERENCE = re.compile(
    rf"(?:\b((?i:{_KINDS})(?:\s+[^\W\d_]+){{0,2}}?|[A-ZĐ][^\W\d_]+ [^\W\d_]+):?\s+|"
    rf"(?<=, )|(?<=và ))số\s*:?\s*({_NUMBER})"
    rf"(?:\s*,?\s*(?:ngày\s+)?{_DAY})?"
)
_LAWS = "Bộ luật|Luật|Pháp lệnh|Hiến pháp"
_NO_LAW = re.compile(rf"(?!(?:{_LAWS})\b)(?:{_KINDS})\b", re.IGNORECASE)
_LAW = re.compile(rf"(?:Căn cứ\s+)?((?:{_LAWS})\b)(.*)", re.DOTALL)
_LAW_END = re.compile(rf"(?:;|,?\s+và(?=\s+(?:{_LAWS})\b)|,(?=\s+(?:{_LAWS})\b))\s*")
_LAW_DATA = re.compile(rf"\s+(?:số\s*:?\s*({_NUMBER})(?:\s*,?\s*ngày\s+{_DAY})?|ngày\s+{_DAY})")
_OBJECT = re.compile(
    r"(?<!,)(?<!;)\s(?:sửa đổi, bổ sung|sửa đổi|bổ sung|thay thế|thực hiện|triển khai|hướng dẫn|thi hành)"
    r"(?:\s+một số (?:điều|nội dung) của)?\s+$"
)
"""Before a document that another one is only about."""
_LEAD = re.compile(r"\W*(?:\b(?:Căn cứ|Thực hiện|Triển khai|Theo|theo|tại|và|các)\b\W*)*")
_ISSUER = re.compile(
    r"^\s*,?\s*của\s+(.+?)(?=\s+(?:về|được|phê duyệt|hướng dẫn|quy định|ban hành|sửa đổi|triển khai|giao|"
    r"thực hiện|công bố|điều chỉnh|bổ sung|phân bổ|trích yếu)\b|[,;.(]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A reference and where its words stand, half open, in the text that was searched."""

    reference: Reference
    start: int
    end: int


def is_lead(text: str) -> bool:
    """Whether these words only lead to a reference: "Căn cứ", "Theo", "; và"."""
    return bool(_LEAD.fullmatch(text))


def read_date(day: str, month: str, year: str) -> date | None:
    """The date, or None where the calendar has no such day: nothing is corrected silently."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def find_references(text: str) -> Iterator[Found]:
    """Each numbered document of `text` with the words that belong to it, up to the next `;` or document."""
    matches = list(REFERENCE.finditer(text))
    while matches and not matches[0][1]:
        matches.pop(0)
    matches = [one for at, one in enumerate(matches) if not at or not _OBJECT.search(text, 0, one.start())]
    kind = ""
    for index, match in enumerate(matches):
        stop = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        semicolon = text.find(";", match.end(), stop)
        end = semicolon if semicolon >= 0 else stop
        sentence = re.search(r"\.\s+(?=[A-ZĐÂÊÔƠƯÁÀẢÃẠỦỤỐỘỨỰ])|\./\.|\.$", text[match.end() : end])
        end = match.end() + sentence.start() if sentence else end
        kind = match[1] or kind  # "các Quyết định số 7/QĐ-UBND ngày 1/2/2025, số 9/QĐ-UBND ngày 3/4/2025"
        yield Found(_read_one(kind, match, text[match.end() : end]), match.start(), end)


def write_reference(reference: Reference) -> str:
    """A reference in the words that `find_references` reads."""
    if reference.number is None:
        day = f" ngày {reference.date:%d/%m/%Y}" if reference.date else ""
        return f"{reference.title}{day}".strip()
    day = f" ngày {reference.date:%d/%m/%Y}" if reference.date else ""
    if reference.title.startswith(f"{reference.kind} "):  # a law, which its name tells
        return f"{reference.title} số {reference.number}{day}"
    issuer = f" của {reference.issuer}" if reference.issuer else ""
    title = f" {reference.title}" if reference.title else ""
    return f"{reference.kind} số {reference.number}{day}{issuer}{title}".strip()


def find_bases(text: str) -> list[Found]:
    """Numbered documents, and between them the laws that are cited by name."""
    found: list[Found] = []
    for start, stop in _split_laws(text):
        others = [
            one.start() for one in REFERENCE.finditer(text, start, stop) if one[1] and _NO_LAW.match(one[1])
        ]
        end = others[0] if others else stop
        law = find_law(text[start:end])
        found += [Found(law, start, end)] if law else []
        rest = end if law else start
        found += [
            Found(one.reference, one.start + rest, one.end + rest) for one in find_references(text[rest:stop])
        ]
    return found


def _split_laws(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in _LAW_END.finditer(text):
        yield start, mark.start()
        start = mark.end()
    yield start, len(text)


def find_law(text: str) -> Reference | None:
    """A law cited by name, with or without its number and date."""
    match = _LAW.match(text.strip(" ;."))
    if not match:
        return None
    kind, title = match.groups()
    number, day, month, spelled, year = "", "", "", "", ""
    if data := _LAW_DATA.search(title):
        number, *dated = (found or "" for found in data.groups())
        day, month, spelled, year = dated[:4] if dated[0] else dated[4:]
        title = title[: data.start()] + title[data.end() :].removeprefix(" của Quốc hội")
    return Reference(
        kind=kind,
        number=re.sub(r"\s", "", number) if number else None,
        date=read_date(day, month or spelled, year) if year else None,
        date_text=_written(day, month or spelled, year),
        issuer=None,
        title=squeeze(f"{kind} {title}"),
    )


def _read_one(kind: str, match: re.Match[str], rest: str) -> Reference:
    _, number, day, month, spelled, year = match.groups()
    issuer = _ISSUER.match(rest)
    title = rest[issuer.end() :] if issuer else rest
    return Reference(
        kind=kind,
        number=re.sub(r"\s", "", number),
        date=read_date(day, month or spelled, year) if year else None,
        date_text=_written(day, month or spelled, year),
        issuer=issuer[1].strip() if issuer else None,
        title=_trim(title),
    )


def _written(day: str, month: str, year: str) -> str | None:
    return f"{day}/{month}/{year}" if year else None


def _trim(title: str) -> str:
    trimmed = title.strip(" ,;.")
    return trimmed.strip("() ") if trimmed.count("(") != trimmed.count(")") else trimmed
