"""Numbers that a plan sets, found in sentences: `ít nhất 24 tin, bài/xã/năm`, `mỗi tháng 4 chương trình`.

What is counted is a noun behind the number: a word of the trade, or whatever noun stands where only a
count can: behind a number written with a zero ("05 cụm pa nô"), behind a verb of making ("treo 22 băng
zôn"), before "/tháng". A limit ("xuống dưới 15%"), a change ("tăng 12%"), what was done ("đã phát 96 bài"), a
time of day and a place of it are no targets.
"""

import re
from collections.abc import Iterator

from studio.planning.document import Quantity

_UNITS = (
    "tin[, ]+bài|tin bài|bản tin|tin|bài viết|bài|chương trình|chuyên mục|chuyên đề|phóng sự|tiết mục|"
    "lượt phát|lượt (?:người|cán bộ|học viên|đại biểu|học sinh|hội viên|đoàn viên|hộ|khách|xe|xem)|lượt|"
    "buổi|lần|cuộc thi|cuộc|hội nghị|hội thi|lớp tập huấn|lớp|tờ rơi|tờ gấp|tờ|cuốn sổ tay|cuốn|sổ tay|"
    "video clip|clip|video|sản phẩm|tác phẩm|phút|giờ|hộ nghèo|hộ|người|thôn|làng|xã|cụm loa|pano|áp phích|"
    "băng rôn|khẩu hiệu|bộ tài liệu|tài liệu|mô hình|lễ phát động|ngoại khóa|"
    r"chiếc|suất|bức|tấm|vở|số(?=[ \t]*(?:[/,;.)\d]|$))"
)
_PERIODS = "năm học|năm|tháng|tuần|quý|ngày|học kỳ|kỳ|đợt"
_PLACES = (
    "xã|thôn|làng|ấp|bản(?! tin)|phường|khu phố|tổ dân phố|đài|điểm|hộ|người|đơn vị|cụm loa|trường|"
    "câu lạc bộ|chi hội"
)
_PER_WORDS = (
    rf"(?:{_PERIODS}|{_PLACES}|hội nghị|chương trình|chuyên mục|chuyên đề|bản tin|tin|bài|clip|video|số|lớp|"
    r"cuộc|buổi|lần|lượt|đội|nhóm)(?!\w)"
)
_SHARED = (
    "hộ cận nghèo|hộ nghèo|hộ dân|hộ gia đình|hộ|thôn|làng|bản|xã|người dân|người nghèo|người|"
    "cán bộ|đảng viên|trường học|trường|lớp|học sinh|trẻ em|phụ nữ|hội viên|cơ quan|đơn vị|cụm loa|"
    "địa phương|"
    "chi hội|chi đoàn|ấp|buôn|khu phố|tổ dân phố"
)
_NO_NOUN = re.compile(
    r"(?:năm|tháng|ngày|giờ|tuần|quý|tuổi|đồng|triệu|tỷ|tỉ|nghìn|ngàn|km|ha|kg|cấp|độ|nhất|tiêu chí|mục tiêu|"
    r"nội dung|nhiệm vụ|chỉ tiêu|giải pháp|nhóm|giai đoạn|dự án|dân tộc|phụ lục|nguồn|chiều|tại chỗ|điểm cầu|"
    r"huyện|tỉnh|phòng|sở|ban|ngành|khâu|bước|lĩnh vực|khóa|kỳ họp)(?!\w)",
    re.IGNORECASE,
)
"""Nouns of time, money, order and of the plan itself: a number before them counts nothing that is made."""
_NOUN_END = (
    "về|cho|tại|trên|của|và|với|để|trong|ở|theo|do|từ|đến|được|bằng|qua|nhằm|gồm|là|có|thuộc|như|mà|khi|hoặc|"
    "hay|cùng|giữa|sau|trước|dưới|mỗi|mọi|các|những|hằng|hàng|ít nhất|tối thiểu|cả|này|đó|phải|không|chưa|đã|"
    "sẽ|lên|xuống|trở lên|so với|dài|"
    "phát|treo|đăng|biết|nghe|xem|họp|đạt|hiểu|nắm|ký|dự|(?<!việc )làm|chia|chọn|giúp|tham gia|"
    "tham dự|tuyên truyền|tổ chức|phụ trách|quản lý|"
    "thực hiện|thành lập|hoàn thành|triển khai|xây dựng|duy trì|bảo đảm|đảm bảo|báo cáo|tiếp cận|tiếp nhận|"
    "dịp|vào|nhân|ngày|sử dụng|hưởng|cam kết|đăng ký|cài đặt|sản xuất|hướng dẫn|trưởng thành|liên tục"
)
"""Where the noun behind a number ends: prepositions, quantifiers, verbs."""
_NOUN = re.compile(rf"(?:(?!(?:{_NOUN_END})(?!\w))[^\W\d_]+(?: |\b)){{1,6}}", re.IGNORECASE)
_MOST_WORDS = 5
_SPACE = r"[ \t]"
_PER = (
    rf"(?:{_SPACE}*/{_SPACE}*(?:\d+{_SPACE})?{_PER_WORDS})+"
    rf"|{_SPACE}+(?:mỗi|một|trên|hàng|hằng)(?:{_SPACE}+một)?{_SPACE}+(?:{_PERIODS}|xã|thôn)(?!\w)"
)
_PER_BEHIND = re.compile(_PER)
_PER_FURTHER = re.compile(
    rf"(?:{_SPACE}+(?!(?:{_NOUN_END})(?!\w))[^\W\d_]+){{1,5}}?"
    rf"({_SPACE}+(?:mỗi|hàng|hằng){_SPACE}+(?:{_PERIODS})(?!\w)|(?:{_SPACE}*/{_SPACE}*{_PER_WORDS})+)"
)
NUMBER = r"\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?"
_NUMBER = re.compile(
    # "Dự án 6 Chương trình" and "năm 2023 xã" are names and dates: a unit is small, its number bare.
    r"(?<![\w/.,\-])(?<!ự án )(?<!Điều )(?<!điều )(?<!hoản )(?<!mục )(?<!Mục )(?<!lục )(?<!thứ )"
    r"(?:(?<!số )|(?<=mỗi số ))"
    rf"({NUMBER})(?![\w/]|\.\d)(?:{_SPACE}*\([^\W\d_]+(?: [^\W\d_]+){{0,4}}\))?"  # 02 (hai)
    rf"(?:{_SPACE}*(?:-|đến){_SPACE}*(?:{NUMBER})(?![\w/]|\.\d))?{_SPACE}*(?=%|[^\W\d_])"
)
_KNOWN = re.compile(rf"({_UNITS})(?!\w)")
_SHARE = re.compile(rf"%{_SPACE}*((?:(?:số|tổng số|các){_SPACE}+)?)")
_SHARED_NOUN = re.compile(rf"(?:{_SHARED})(?!\w)")
_MAKING = re.compile(
    r"\b(?:tổ chức|sản xuất|xây dựng|phát(?: sóng| hành)?|in(?: ấn)?|treo|lắp(?: đặt)?|dựng|mở|"
    r"cấp(?: phát| mới)?|đăng(?: tải)?|biên soạn|biên tập|viết|duy trì|thành lập|ra mắt|trao|tặng|"
    r"thiết kế|thực hiện|trang bị|gửi|làm|vẽ|xóa|giúp|hỗ trợ|vận động|huy động|thu hút|tập huấn|"
    r"đào tạo|phấn đấu|chọn|nhân rộng|kết nạp|phát triển|thăm|sửa chữa|trồng|khám|tư vấn|"
    r"ít nhất|tối thiểu|đạt|thêm|phải có)(?:\s+(?:ít nhất|tối thiểu|được|khoảng|từ|là|có))*\s+$",
    re.IGNORECASE,
)
_SET_IN = re.compile(r"\b(?:gồm|tại|ở|cho|của|với|trong|thuộc|giữa|trên địa bàn)\s+$", re.IGNORECASE)
"""Before a number that says where or for whom, or what a whole consists of."""
_COORDINATE = re.compile(r"[^.;:\d]{0,40}(?:,|\bvà)\s*(?:[^\W\d_]+\s+)?")
_CARRIES = re.compile(r"[^.;:\d]*(?:,|\bvà)\s+(?:\w+\s+){0,2}")
_LENGTHS = ("phút", "giờ")
_EVERY = re.compile(
    rf"\b(?:mỗi|hàng|hằng|một){_SPACE}+(?:một{_SPACE}+)?({_PERIODS}|{_PLACES}|buổi)(?!\w)[,:]?{_SPACE}*"
    rf"(?:(?!\b(?:mỗi|hằng)\b)[^\d.;:()]){{0,60}}$|\bmỗi{_SPACE}+({_UNITS})(?!\w)(?:(?!\b(?:mỗi|hằng)\b)[^\d.,;:()]){{0,40}}$",
    re.IGNORECASE,
)
_EVERY_PLACE = re.compile(rf"\bmỗi{_SPACE}+({_PLACES})(?!\w)[^\d.;:()]{{0,40}}$", re.IGNORECASE)
_EVERY_NOUN = re.compile(rf"\bmỗi{_SPACE}+([^\d.,;:()]{{1,60}})$", re.IGNORECASE)
_LENGTH_OF = re.compile(
    rf"(?<!\w)({_UNITS})(?!\w)(?:/\w+)*{_SPACE}*(?:,{_SPACE}*mỗi{_SPACE}+\w+{_SPACE}+|"
    rf",{_SPACE}*thời lượng{_SPACE}+)?\(?$"
)
_DATED = re.compile(
    r"(?<!mỗi )(?<!hàng )(?<!hằng )(?<!một )(?:năm|ngày|tháng|quý|khóa|giai đoạn|lần) $", re.IGNORECASE
)
_RATE = re.compile(r"\d{1,2}\s+(?:lần|lượt|buổi)(?!\w)")
_PER_DAY = re.compile(r"\b(ngày|tuần)\s+$", re.IGNORECASE)
"""`phát ngày 02 lần`: a rate, where "ngày 02 tháng" is a date."""
_CLOCK_BEFORE = re.compile(
    rf"(?:\b(?:từ|đến|lúc|trước|sau|sáng|trưa|chiều|tối|hồi|vào|trong|vòng|khung)|-|"
    rf"\d{_SPACE}*giờ(?:{_SPACE}+và)?)"
    rf"{_SPACE}*$",
    re.IGNORECASE,
)
_OF_CLOCK = re.compile(r"\d\s*giờ(?:\s+và)?\s*$", re.IGNORECASE)
_CLOCK_AFTER = re.compile(rf"{_SPACE}*(?:\d|-|(?:đến|sáng|trưa|chiều|tối|thứ|ngày)\b)", re.IGNORECASE)
_LIMIT = re.compile(
    r"\b(?:(?<!không )dưới|không quá|không vượt quá|không (?:để )?quá|tối đa|nhiều nhất|chưa đến|"
    r"xuống(?: còn)?|còn|gấp)\s+$|\bđã\s[^.;,]{0,60}$",
    re.IGNORECASE,
)
"""Before a number that is no least: a limit to stay under, a remainder, what was done already."""
_IN_PLACE = re.compile(
    r"\b(?:vận hành|bảo dưỡng|quản lý|hiện có|trong (?:tổng )?số|trên tổng số)\s+$", re.IGNORECASE
)
"""Before a number of what is there already."""
_CHANGE = re.compile(
    r"\b(?:giảm(?!\s+nghèo)|hạ)\b[^.;,]{0,60}$|"
    r"\btăng(?:\s+(?:thêm|ít nhất|tối thiểu|trên|khoảng|bình quân))*\s+$",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\s*(?:\w+\s+){0,3}so với\b", re.IGNORECASE)
_ASKED_FOR = re.compile(
    r"\b(?:ít nhất|tối thiểu|phấn đấu|đạt|thêm|trên)(?:\s+(?:có|là|mỗi|đạt|được))?\s+$", re.IGNORECASE
)
"""What makes a number of communes or villages more than the place where something is done."""
_PLACE_NOUN = re.compile(r"(?:xã|thôn|làng|ấp|bản(?! tin)|phường|khu phố|tổ dân phố|thị trấn)(?!\w)")
_MEASURE = re.compile(rf"({_UNITS})(?!\w)((?:{_SPACE}*/{_SPACE}*{_PER_WORDS})*)", re.IGNORECASE)
_CLAUSE_MOST = 300
_LOOK_BACK = 90
_MAX_QUANTITY = 10**12


def find_quantities(text: str, *, counts: bool = False) -> Iterator[tuple[Quantity, int]]:
    """Each number with a unit that `text` sets, and its offset; of a range the least.

    `counts` says that numbers stand here to count, as in a table's column of amounts.
    """
    reached, carried = -_LOOK_BACK, None
    for match in _NUMBER.finditer(text):
        value = read_number(match[1])
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        dated = _DATED.search(before) and not (_PER_DAY.search(before) and _RATE.match(text, match.start(1)))
        if value is None or dated or _LIMIT.search(before) or _IN_PLACE.search(before):
            continue
        between = text[reached : match.start()] if match.start() - reached < _LOOK_BACK else ";"
        goes_on = counts or bool(_COORDINATE.fullmatch(between))
        unit, end = _read_unit(text, match, before, goes_on=goes_on)
        if not unit or _is_circumstance(unit, match, before, text[end:]):
            continue
        each, reached = _read_per(text, end, before, unit)
        if each is None and unit not in _LENGTHS and _CARRIES.fullmatch(between):
            each = carried
        elif reached == end:
            carried = each  # "mỗi tuần 3 buổi ... và 2 buổi ..."
        yield Quantity(_clause(text, match.start(), end), value, unit, each), match.start()


def read_measure(text: str) -> tuple[str, str | None] | None:
    """What is counted, and per what, where that is all the words say: `tin, bài/tháng`."""
    match = _MEASURE.fullmatch(text.strip())
    return (" ".join(match[1].split()).lower(), _squeeze_per(match[2]) or None) if match else None


def _read_unit(text: str, match: re.Match[str], before: str, *, goes_on: bool) -> tuple[str, int]:
    """The noun behind a number, and where it ends; empty where the number counts nothing."""
    if share := _SHARE.match(text, match.end()):
        shared = _SHARED_NOUN.match(text, share.end())
        noun = shared[0] if shared else _read_noun(text, share.end(), most=_MOST_WORDS, else_first=3)
        return f"% {share[1]}{noun}".strip(), share.end() + len(noun)
    if known := _KNOWN.match(text, match.end()):
        return " ".join(known[1].split()), known.end()
    if _NO_NOUN.match(text, match.end()):
        return "", match.end()
    noun = _read_noun(text, match.end(), most=_MOST_WORDS, else_first=2)
    end = match.end() + len(noun)
    if _SET_IN.search(before):
        return "", end
    counts = (
        match[1][0] == "0"
        or goes_on
        or before.endswith(": ")
        or _MAKING.search(before)
        or _EVERY_NOUN.search(before)
    )
    return (noun, end) if noun and (counts or _PER_BEHIND.match(text, end)) else ("", end)


def _read_noun(text: str, start: int, *, most: int, else_first: int) -> str:
    """The words from `start` that make one noun: up to a preposition, a verb or a sign."""
    noun = _NOUN.match(text, start)
    found = noun[0].split() if noun else []
    return " ".join(found if len(found) <= most else found[:else_first])


def _read_per(text: str, end: int, before: str, unit: str) -> tuple[str | None, int]:
    """Per what a number is set, and where its words end: behind it, before it, or a place before a period."""
    behind = _PER_BEHIND.match(text, end)
    further = None if behind else _PER_FURTHER.match(text, end)
    each = _squeeze_per(behind[0] if behind else further[1] if further else "")
    reached = behind.end() if behind else end
    every = _find_every(before, unit)
    if not each:
        return every or None, reached
    if every and re.fullmatch(_PERIODS, each) and re.fullmatch(_PLACES, every):
        each = f"{every}/{each}"
    return each, reached


def _squeeze_per(per: str) -> str:
    each = re.sub(r"\s*/\s*", "/", " ".join(per.split())).lstrip("/")
    return re.sub(r"^(?:mỗi|một|trên|hàng|hằng)(?:\s+một)?\s+", "", each)


def _is_circumstance(unit: str, match: re.Match[str], before: str, after: str) -> bool:
    """A time of day, a time limit, a place of it, a change: "5 giờ 30 phút", "tại 06 xã", "giảm 3%"."""
    if _COMPARED.match(after) or (unit[0] == "%" and _CHANGE.search(before)):
        return True
    if unit in ("giờ", "phút"):
        if unit == "phút" and re.search(r"\d\D+\d", match[0]) and not _OF_CLOCK.search(before):
            return False  # a length from the one to the other
        return bool(_CLOCK_BEFORE.search(before) or (unit == "giờ" and _CLOCK_AFTER.match(after)))
    return bool(_PLACE_NOUN.match(unit)) and not _ASKED_FOR.search(before)


def _find_every(before: str, unit: str) -> str:
    """`mỗi tháng 4 chương trình 15 phút`: the month of the four, the programme of the fifteen minutes."""
    every = _EVERY.search(before) or _PER_DAY.search(before)
    if unit in _LENGTHS and (of := _LENGTH_OF.search(before)):
        return of[1]
    if every:
        each = next(filter(None, every.groups())).lower()
        place = _EVERY_PLACE.search(before[: every.start()]) if re.fullmatch(_PERIODS, each) else None
        return f"{place[1].lower()}/{each}" if place else each
    noun = _EVERY_NOUN.search(before)
    return _read_noun(noun[1], 0, most=3, else_first=0).lower() if noun else ""


def read_number(text: str) -> int | float | None:
    """A Vietnamese number (`1.200`, `2,5`, `02`), or None where it is out of any plan's range."""
    value = float(text.replace(".", "").replace(",", ".")) if len(text) <= 20 else _MAX_QUANTITY
    if value >= _MAX_QUANTITY:
        return None
    return int(value) if value == int(value) else value


def _clause(text: str, number: int, end: int) -> str:
    """The clause around a number: from the last `;` or sentence before it to the next, never very long."""
    first, last = max(0, number - _CLAUSE_MOST), end + _CLAUSE_MOST
    start = max(text.rfind(mark, first, number) + len(mark) for mark in ("; ", ". "))
    start = first if start < 2 else start
    ends = [at for mark in (";", ". ") if (at := text.find(mark, end, last)) >= 0]
    return text[start : min(ends, default=last)].strip(" .;")
