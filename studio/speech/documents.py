"""Numbers of official documents: 90/QĐ-TTg, 06/2022/TT-BTTTT, 05-NQ/TU, 34/2019/QH14.

Number and year are said; the code is for the archive and is dropped when the sentence names the type and
the issuer of the document, else it is spelled.
"""

import re

from studio.speech.lexicon import squeeze_key
from studio.speech.numbers import DIGITS, say_cardinal, say_count
from studio.speech.overlay import find_own
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said
from studio.speech.syllables import spell_letters

_CODE = r"(?=[A-ZĐƯ]{2})[A-ZĐƯ][A-Za-zĐđƯ]{0,11}(?:[0-9]{1,2})?(?:[.&-][A-ZĐƯ][A-Za-zĐđƯ&]{0,15}){0,4}"
_PARTY = (
    r"(?:NQ|NQLT|CT|QĐ|QĐi|KL|HD|KH|BC|CTr|CTrPH|TB|QC|QCPH|TT|CV|TTr|ĐA|ĐAn|GM|KHPH|BB"
    r"|TTLT|QyĐ|QĐNS|TC|CTHĐ|PA|TM|ĐK)"
)
_TYPE = (
    r"(?:nghị quyết|nghị định|quyết định|thông tư(?: liên tịch)?|chỉ thị|kế hoạch|công văn"
    r"|công điện|báo cáo|tờ trình|thông báo"
    r"|hướng dẫn|kết luận|chương trình(?: hành động| phối hợp)?|quy định|quy chế|luật"
    r"|pháp lệnh|lệnh|giấy mời|đề án|phương án|thư|văn bản"
    r"|biên bản|giấy phép|hợp đồng|tờ trình|thông tri|quy ước|điều lệ|công bố|ủy quyền)"
)
_TYPES = re.compile(rf"{_TYPE}[\w\s]{{0,40}}$")
_ISSUED = re.compile(r"[^.;!?]{0,90}?(?:của|do)\s+[^\W\d_]")
_ONE_ISSUER = re.compile(r"luật\b.*QH[0-9]{2}$|nghị định\b.*NĐ-CP$|pháp lệnh\b.*UBTVQH[0-9]{2}$")
"""Laws come from the National Assembly and decrees from the Government, always."""
_SEPARATED = re.compile(r"[^\W\d_]+|[0-9]+")


def _read_document(match: re.Match[str], place: Place) -> Said:
    return _say_document(match["number"], match.groupdict().get("year"), match["code"], match.end(), place)


def _say_document(number: str, year: str | None, code: str, end: int, place: Place) -> Said:
    spoken = _say_number(number)
    if year:
        spoken += f" năm {say_cardinal(year)}"
    if not _is_named(code, end, place):
        spoken += f", {_say_code(code, place)}"
    return Said(spoken, Kind.DOCUMENT)


def _is_named(code: str, end: int, place: Place) -> bool:
    """Whether a listener knows type and issuer without the code."""
    if not _TYPES.search(place.left(60)):
        return False
    if _ISSUED.match(place.right(end)) or _ONE_ISSUER.search(f"{place.left(60)} {code}"):
        return True
    around = place.around(end)
    issuer = re.split(r"[-/]", code)[-1]
    meaning = place.lexicon.expand(issuer, "", "")
    return meaning is not None and (meaning in around or issuer.lower() in re.findall(r"\w+", around))


def _say_number(number: str) -> str:
    digits = re.match(r"[0-9]+", number)
    assert digits
    spoken = (
        f"{DIGITS[0]} {say_cardinal(digits[0])}"
        if re.fullmatch("0[1-9]", digits[0])
        else say_count(digits[0])
    )
    return f"{spoken} {spell_letters(number[digits.end() :])}".strip()


def _say_code(code: str, place: Place) -> str:
    """In the words an organisation chose, else in words when all of them are known, else in letters."""
    own = find_own(place.lexicon.overlay, code, 0)
    if own and own[1] == len(code):
        return own[0].spoken
    groups = re.split(r"[-/]", code)
    words = [
        _say_group(group, groups[index - 1] if index else "", place) for index, group in enumerate(groups)
    ]
    return " ".join(words) if all(words) else _spell_code(code)


def _say_group(group: str, before: str, place: Place) -> str:
    """UBTVQH15 -> ủy ban thường vụ quốc hội khóa mười lăm; "" when it is not known for certain."""
    name = group.rstrip("0123456789")
    codes = place.lexicon.codes
    words = codes.get(f"{before}-{name}") or codes.get(squeeze_key(name), "")
    term = group[len(name) :]
    return f"{words} khóa {say_cardinal(term)}" if words and term else words


def _spell_code(code: str) -> str:
    return ", ".join(
        " ".join(
            say_cardinal(part) if part.isdigit() else spell_letters(part)
            for part in _SEPARATED.findall(group)
        )
        for group in re.split(r"[-/]", code)
    )


def _read_numbered_year(match: re.Match[str], place: Place) -> Said | None:
    """`Nghị định số 49/2024`, without a code."""
    if not re.search(rf"{_TYPE}(?:\s+số)?\W*$", place.left(60)):
        return None
    return Said(f"{_say_number(match['number'])} năm {say_cardinal(match['year'])}", Kind.DOCUMENT)


def _read_standard(match: re.Match[str], place: Place) -> Said:
    """TCVN 11892-1:2017, QCVN 01-1:2024/BYT."""
    kind = "tiêu chuẩn" if match["kind"] == "TCVN" else "quy chuẩn"
    words = ["việt nam" if place.before(2).endswith(kind) else f"{kind} việt nam"]
    words.append(" gạch ngang ".join(_say_number(part) for part in match["number"].split("-")))
    if match["year"]:
        words.append(f"năm {say_cardinal(match['year'])}")
    if match["code"]:
        words.append(_say_code(match["code"], place))
    return Said(" ".join(words), Kind.DOCUMENT)


def _read_iso(match: re.Match[str], _: Place) -> Said:
    """ISO 9001:2015: the edition is a year."""
    edition = say_cardinal(match["year"])
    return Said(f"i sô {say_cardinal(match['number'])} năm {edition}", Kind.DOCUMENT)


RULES = (
    Rule(
        "international standard",
        "A",
        re.compile(r"ISO\s?(?P<number>[0-9]{3,5})\s?:\s?(?P<year>(?:19|20)[0-9]{2})(?!\w)"),
        _read_iso,
    ),
    Rule(
        "standard",
        "A",
        re.compile(
            r"(?P<kind>TCVN|QCVN)\s?(?P<number>[0-9]{1,5}(?:-[0-9]{1,3}){0,2})"
            r"(?:\s?:\s?(?P<year>[0-9]{4}))?(?:/(?P<code>[A-ZĐ]{2,12}))?(?!\w)"
        ),
        _read_standard,
    ),
    Rule(
        "document number",
        "0",
        re.compile(
            rf"(?P<number>[0-9]{{1,6}}[a-z]?)\s?/\s?(?:(?P<year>(?:19|20)[0-9]{{2}})\s?/\s?)?(?P<code>{_CODE}(?:/{_CODE})?)(?!\w)"
        ),
        _read_document,
    ),
    Rule(
        "party document number",
        "0",
        re.compile(rf"(?P<number>[0-9]{{1,6}}[a-z]?)\s?-\s?(?P<code>{_PARTY}/{_CODE})(?!\w)"),
        _read_document,
    ),
    Rule(
        "document of a year",
        "0",
        re.compile(r"(?P<number>[0-9]{1,6})/(?P<year>(?:19|20)[0-9]{2})(?![\w/])"),
        _read_numbered_year,
    ),
)
