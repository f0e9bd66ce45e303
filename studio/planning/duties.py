"""Who does what, and when they report: units with their duties, the cycles and days of reports."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studio.planning.findings import Findings
from studio.planning.headings import MAX_HEADING_WORDS, split_heading
from studio.planning.members import flatten, is_pointer
from studio.planning.outline import Block

_ASKED = r"(?:(?:Kính\s+)?(?:Đề nghị|mong)\s+|Yêu cầu\s+|Giao\s+(?:cho\s+)?|Đối với\s+|Trách nhiệm của\s+)?"
_UNIT = re.compile(
    rf"^{_ASKED}((?:Phòng|Ủy ban|Uỷ ban|UBND|UBMTTQ|Trung tâm|Sở|Ban|Hội|Đoàn|Công an|Các|Văn phòng|"
    r"Mặt trận|Liên đoàn|Ngân hàng|Bộ|Cổng|Đài|Trạm|Thôn|Trưởng|Huyện|Công chức|Cán bộ|Trường|Đơn vị|"
    r"Thủ trưởng|Chủ tịch|Chi cục|Cục|Kho bạc|Đồn|Hạt|Tổ|Nhà văn hóa|Thư viện|Báo|Khoa|Viện|Bệnh viện|"
    r"Chi đoàn|Chi hội|Liên đội|Hiệu trưởng|Giáo viên|Nhà trường|Bí thư|Thường trực|Lãnh đạo|Lực lượng|"
    r"Cơ quan|Doanh nghiệp|Xã|Phường|Tổng phụ trách|Cộng tác viên|Già làng|Chánh|Kế toán|Tòa án|"
    r"Viện kiểm sát)\b.*)$",
    re.IGNORECASE,
)
DOER = re.compile(
    r"^(?:(?:Đơn vị|Cơ quan|Bộ phận|Người)\s+)?(chủ trì|thực hiện|phụ trách|phối hợp)\s*:\s*(.+)$",
    re.IGNORECASE,
)
"""A field of an activity that says who does it."""
_CHANNEL = re.compile(
    r"^(?:(?:Các )?(?:Đài|Báo|Cổng|Trang|Hội (?:nghị|thảo|thi|diễn)|Tổ chức|Bản)\b)", re.IGNORECASE
)
"""Begins like a unit, but is a channel or an event."""
_GROUP = re.compile(rf"^{_ASKED}(?:Cấp|Các|Khối|Nhóm|Ở)\b", re.IGNORECASE)
_DUTY_VERBS = (
    re.compile(
        r"\s+(?=(?:có trách nhiệm|chịu trách nhiệm|chủ trì|phối hợp|quan tâm|tạo điều kiện|"
        r"là (?:cơ quan|đơn vị|đầu mối|bộ phận))\b)"
    ),
    re.compile(
        r"\s+(?=(?:hướng dẫn|tham mưu|xây dựng|bố trí|theo dõi|đôn đốc|kiểm tra|rà soát|vận động|giám sát|"
        r"biên tập|biên soạn|sản xuất|lồng ghép|cung cấp|thẩm định|đẩy mạnh|tăng cường|tiếp tục|căn cứ|"
        r"triển khai|báo cáo|niêm yết|phát(?! (?:thanh|triển|hành))|thu gom|cử|lập|gửi|tiếp sóng|duy trì|"
        r"bảo đảm|đảm bảo|tham gia|mời|nhắc|viết|soạn|tiếp nhận|phân công|chuẩn bị|lựa chọn|giới thiệu|"
        r"kịp thời|chủ động|thường xuyên|theo (?:chức năng|nhiệm vụ|phân công))\b)|"
        r"(?<!Tổ)(?<!Đội)\s+(?=tuyên truyền\b)|(?<!Ban)(?<!các)\s+(?=(?:tổ chức|chỉ đạo)\b)|"
        r"(?<!vụ)(?<!Phòng)\s+(?=tổng hợp\b)"
    ),
)
"""Verbs that open a duty. Names may hold those of the second kind, so the first are looked for first."""
_PERIOD = r"(?:tuần|tháng|quý|năm)"
_CYCLE = (
    rf"(?:(?<=định kỳ )|(?<=báo cáo )|(?<=tháng, )|(?<=tháng và )){_PERIOD}\b(?!\s*\d)|"
    rf"\b(?:6|06|sáu|9|09|chín|3|03|ba|một|01) (?:tháng|năm)\b|\b(?:hàng|hằng) {_PERIOD}\b|\bđột xuất\b|"
    r"(?:(?<=và )|(?<=tháng, ))cả năm\b|"
    rf"\bngày \d{{1,2}} (?:của )?(?:(?:hàng|hằng|mỗi) {_PERIOD}|tháng (?:cuối|đầu) (?:mỗi )?quý)\b|"
    r"\bcuối (?:mỗi |hằng |hàng )?(?:tháng|quý|học kỳ|năm học)\b"
)
_DAY = (
    r"\d{1,2}(?:\s*/\s*\d{1,2}(?:\s*/\s*\d{4})?|\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?)?"
    r"(?!\s*(?:giờ|%|[\d/]))\b"
)
_DUE = (
    r"(?:trước|chậm nhất(?: là)?|vào)\s+(?:\d{1,2}\s+giờ(?:\s+\d{2})?\s+)?"
    rf"(?:\d{{1,2}}/\d{{1,2}}\b(?!/)|ngày\s+{_DAY}(?:\s*(?:,|và)\s*(?:trước\s+)?(?:ngày\s+)?{_DAY})*|{_DAY}(?<=/\d\d\d\d)|thứ\s+\w+)"
    rf"(?:\s+(?:của\s+)?(?:(?:hàng|hằng|mỗi)\s+{_PERIOD}|"
    r"tháng\s+(?:cuối|đầu|thứ\s+\w+)(?:\s+(?:của\s+)?quý)?|tháng\s+sau|tháng\s+kế\s+tiếp|cuối\s+quý))?"
)
_WHEN = re.compile(rf"(?:{_CYCLE})(?:\s*\(\s*{_DUE}\s*\)|\s+{_DUE})?|{_DUE}", re.IGNORECASE)
_REPORTS = re.compile(r"\b(?:báo cáo|sơ kết|tổng kết|đánh giá kết quả)\b", re.IGNORECASE)


def read_units(members: Sequence[Block], findings: Findings) -> None:
    """Each unit with its duties; what names none is a remark on reports, or is left."""
    split = [_split_unit(item) for item in members]
    some = any(_UNIT.match(title) for title, _ in split)
    for item, (title, start) in zip(members, split, strict=True):
        if _is_group(item, title, start):
            findings.place_block("heading", item)
            read_units(item.children, findings)
            continue
        name = _UNIT.match(title)
        body = item.text[start:].strip()
        if name or (some and _is_name(title, item)):
            _add_duties(name[1] if name else title, body, item, findings)
        elif is_pointer(item):
            findings.note_tree("units", item)
        elif _speaks_of_reports(item):
            read_reporting([item], findings)
        else:
            findings.leave_tree(item)


def give_duty(names: str, duty: str, block: Block, findings: Findings, *, leads: bool) -> None:
    """Give those whom a field of an activity names the activity as a duty; who only helps is noted."""
    if not leads:
        findings.note_tree("units", block)
        return
    for name in filter(None, (each.strip(" .") for each in names.split(";"))):
        at = findings.find_unit(name)
        findings.more_duties.setdefault(at, []).append(duty)
        findings.place_tree(f"units.{at + 1}", block)


def are_units(members: Sequence[Block]) -> bool:
    """Whether each of several members is a unit with its duty: "Các chi hội: đăng ký ..."."""
    listed = [member for member in members if member.rank is not None]
    return len(listed) > 1 and all(_is_unit_with_duty(member) for member in listed)


def _is_unit_with_duty(item: Block) -> bool:
    name, colon, duty = item.text.partition(":")
    return bool(colon and duty.strip() and _UNIT.match(name)) and not _CHANNEL.match(name)


def read_reporting(members: Sequence[Block], findings: Findings) -> None:
    findings.reporting += flatten(members, findings, "reporting", len(findings.reporting) + 1)


def read_cycles(findings: Findings) -> None:
    """When reports are due, as the duties say, where no section on reporting said it."""
    said = [duty for unit in findings.units for duty in unit.duties]
    said += [note.text for note in findings.notes if note.part == "closing"]
    for text in said:
        for when in find_report_days(text):
            if not any(when.lower() in known.lower() for known in findings.reporting):
                findings.reporting.append(when)


def find_report_days(text: str) -> Iterator[str]:
    """`hằng tháng`, `trước ngày 20/6 và 10/12` in the sentences that speak of reports."""
    for sentence in re.split(r"(?<=[.;])\s+", text):
        if _REPORTS.search(sentence):
            for match in _WHEN.finditer(sentence):
                yield match[0]


def _speaks_of_reports(item: Block) -> bool:
    return any(True for block in item.walk() for _ in find_report_days(block.text))


def _add_duties(name: str, body: str, item: Block, findings: Findings) -> None:
    """Give a unit the rest of its line and the items below; one that was named before gets them too."""
    at = findings.find_unit(name.strip().rstrip(" ;.,"))
    unit = findings.units[at]
    duties = [*unit.duties, *([body] if body else [])]
    findings.place_block(f"units.{at + 1}", item)
    duties += flatten(item.children, findings, f"units.{at + 1}", len(duties) + 1)
    findings.units[at] = replace(unit, duties=tuple(duties))


def _split_unit(item: Block) -> tuple[str, int]:
    """A unit and where its duty begins: a heading's own, at the colon, before the verb of the duty."""
    title, start = split_heading(item)
    is_sentence = item.text.rstrip().endswith(".")
    if item.rank is not None and (item.text[start:].strip() or (item.children and not is_sentence)):
        return title, start
    colon = item.text.find(":")
    if colon > 0 and len(item.text[:colon].split()) <= MAX_HEADING_WORDS:
        return item.text[:colon], colon + 1
    for at, _ in item.starts[1:]:  # a full line, and a sentence that was taken for the rest of it
        verb = _find_verb(f" {_uncapitalise(item.text[at:])}") if item.text[at : at + 1].isupper() else None
        if verb and not verb.start():
            return item.text[:at].rstrip(" ,"), at
    verb = _find_verb(item.text)
    return (item.text[: verb.start()].rstrip(" ,"), verb.end()) if verb else ("", 0)


def _is_group(item: Block, title: str, start: int) -> bool:
    """Whether an item only holds units: "1. Cấp tỉnh" over "- Sở Nội vụ: ..."."""
    if not item.children or item.text[start:].strip() or not _GROUP.match(title):
        return False
    inner = [(child.text, *_split_unit(child)) for child in item.children]
    return all(_UNIT.match(name) and text[at:].strip() for text, name, at in inner)


def _find_verb(text: str) -> re.Match[str] | None:
    return next((found for verbs in _DUTY_VERBS if (found := verbs.search(text))), None)


def _is_name(title: str, item: Block) -> bool:
    """Whether words name a unit whose kind is not known: an item's title, no sentence, no verb of a duty."""
    return (
        item.rank is not None
        and title[:1].isupper()
        and not _REPORTS.match(title)
        and len(title.split()) <= (MAX_HEADING_WORDS if item.children else 10)
        and not _find_verb(f" {_uncapitalise(title)}")
    )


def _uncapitalise(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
