"""Where people turn to: telephone numbers, hotlines, addresses on the net, plates, account numbers."""

import re

from studio.speech.labels import split_label
from studio.speech.numbers import say_cardinal, say_digits
from studio.speech.reading import Kind
from studio.speech.scanner import Place, Rule, Said
from studio.speech.syllables import LOWER, UPPER, is_syllable, spell_letters

_HOTLINE_WORDS = re.compile(
    r"(?<!\w)(?:tổng đài|hotline|đường dây nóng|điện thoại|đầu số|số máy|sđt|đt|gọi|bấm số"
    r"|nhắn tin|soạn tin|khẩn cấp|cứu hỏa|cấp cứu|cứu thương|liên hệ|liên lạc|fax)"
    r"[^.;!?]{0,60}$"
)
_COUNTED = re.compile(
    r"\s*(?:%|hộ|người|đồng|triệu|nghìn|tỷ|em|học|giờ|phút|ngày|tháng|năm|lượt|cuộc|lần|bà|cán|thôn|xã)\b"
)
_CODE_WORDS = re.compile(
    r"(?:số tài khoản|stk|tài khoản|cccd|căn cước(?: công dân)?|cmnd|mã số thuế|mst|mã số"
    r"|số thẻ|số sổ(?: bhxh)?|hộ chiếu|mật khẩu|mã(?: (?:bưu chính|bưu điện|vùng|định danh|hồ sơ|xác nhận|otp"
    r"|vạch|đơn vị|thẻ|dự thưởng|khách hàng|điểm|hộ))?)\W{0,3}(?:số\W{0,3})?(?:là\W{0,3})?$"
)
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})"
_TOP = r"(?:vn|com|net|org|gov|edu|info|io|me|asia|tv|app|dev|biz|name|pro|health|ai|co|us|uk|cn|la|kh)"


def _read_phone(match: re.Match[str], _: Place) -> Said | None:
    digits = re.sub(r"[^0-9]", "", match[0])
    if not 9 <= len(digits) <= 12:
        return None
    groups = re.findall(r"[0-9]+", match[0])
    spoken = " ".join(say_digits(group) for group in groups)
    return Said(f"cộng {spoken}" if "+" in match[0] else spoken, Kind.CONTACT)


def _read_hotline(match: re.Match[str], place: Place) -> Said | None:
    if _COUNTED.match(place.right(match.end())):
        return None
    return Said(", ".join(say_digits(group) for group in re.findall(r"[0-9]+", match[0])), Kind.CONTACT)


def _read_short_number(match: re.Match[str], place: Place) -> Said | None:
    if not _HOTLINE_WORDS.search(place.left()) or _COUNTED.match(place.right(match.end())):
        return None
    if place.before() in ("năm", "trước", "thứ", "khoảng", "hơn", "gần"):
        return None
    return Said(", ".join(say_digits(number) for number in re.findall(r"[0-9]+", match[0])), Kind.CONTACT)


def _read_code(match: re.Match[str], place: Place) -> Said | None:
    digits = re.sub(r"[^0-9]", "", match[0])
    if len(digits) < 3 or not _CODE_WORDS.search(place.left()):
        return None
    return Said(say_digits(digits), Kind.CONTACT)


def _read_plate(match: re.Match[str], _: Place) -> Said:
    letters = spell_letters(match["series"][:1]) + (
        f" {spell_letters(match['series'][1:])}" if match["series"][1:].isalpha() else ""
    )
    tail = "".join(char for char in match["series"][1:] if char.isdigit())
    parts = [
        say_cardinal(match["area"]),
        letters,
        say_digits(tail),
        say_digits(match["number"].replace(".", "")),
    ]
    return Said(" ".join(part for part in parts if part), Kind.CONTACT)


def _read_plate_word(_: re.Match[str], __: Place) -> Said:
    """BS before a plate is no doctor."""
    return Said("biển số", Kind.ABBREVIATION)


def _read_url(match: re.Match[str], place: Place) -> Said:
    address = match[0].rstrip(".,;:!?)'\"")
    bare = re.sub(r"^(?i:https?://)", "", address).rstrip("/")
    return Said(_say_address(bare, place), Kind.CONTACT, match.start() + len(address))


def _read_email(match: re.Match[str], place: Place) -> Said:
    name, _, host = match[0].partition("@")
    return Said(f"{_say_address(name, place)} a còng {_say_address(host, place)}", Kind.CONTACT)


def _read_hashtag(match: re.Match[str], _: Place) -> Said:
    words = re.findall(rf"[^\W\d_]+?(?=[{UPPER}][{LOWER}]|_|\d|$)|[0-9]+", match["tag"])
    return Said(
        " ".join(
            say_cardinal(word) if word.isdigit() else _say_label(word.lower())
            for word in words
            if word.isalnum()
        ),
        Kind.CONTACT,
    )


def _read_keys(match: re.Match[str], _: Place) -> Said:
    """*101#, as pressed."""
    return Said(" ".join(_KEYS.get(char) or say_digits(char) for char in match[0]), Kind.CONTACT)


def _read_key(match: re.Match[str], place: Place) -> Said | None:
    return Said(_KEYS[match[0]], Kind.CONTACT) if place.before() in ("phím", "bấm", "nhấn") else None


def _read_military(match: re.Match[str], place: Place) -> Said | None:
    if not re.search(r"(?:biển|bks|xe|biển số|kiểm soát)\W*$", place.left(20)):
        return None
    letters, first, second = match[0].split("-")
    return Said(f"{spell_letters(letters)} {say_digits(first)} {say_digits(second)}", Kind.CONTACT)


_KEYS = {"*": "sao", "#": "thăng"}
_SIGNS = {
    ".": "chấm",
    "/": "gạch chéo",
    "-": "gạch ngang",
    "_": "gạch dưới",
    "@": "a còng",
    ":": "hai chấm",
    "+": "cộng",
    "&": "và",
    "=": "bằng",
    "?": "hỏi",
    "#": "thăng",
    "%": "phần trăm",
    "~": "ngã",
}
_LABELS = {
    "vn": "vê en nờ",
    "www": "vê kép vê kép vê kép",
    "gov": "gov",
    "com": "com",
    "tv": "tê vê",
    "io": "i o",
    "me": "me",
}


def _say_address(address: str, place: Place) -> str:
    words: list[str] = []
    for part in re.findall(r"[^\W\d_]+|[0-9]+|[^\w\s]|_", address):
        lower = part.lower()
        if part.isdigit():
            words.append(say_digits(part))
        elif not part.isalpha():
            words.append(_SIGNS.get(part, ""))
        else:
            name = place.lexicon.names.get(part) or place.lexicon.names.get(part.capitalize())
            words.append(
                _LABELS.get(lower) or name or split_label(lower, place.lexicon.labels) or _say_label(lower)
            )
    return " ".join(word for word in words if word)


def _say_label(label: str) -> str:
    """A name on the net: said as it stands when it has vowels enough to be said, else spelled."""
    pronounceable = is_syllable(label) or (
        re.search(r"[aeiouyăâêôơư]", label) and not re.search(r"[^aeiouy]{6}", label)
    )
    return label if pronounceable else spell_letters(label)


RULES = (
    Rule("url", "A", re.compile(r"(?:[Hh][Tt][Tt][Pp][Ss]?://|[Ww]{3}\.)[^\s<>\"()]{1,300}"), _read_url),
    Rule(
        "e-mail",
        "A0",
        re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}"),
        _read_email,
    ),
    Rule(
        "domain",
        "A0",
        re.compile(rf"(?:{_DOMAIN}\.){{1,6}}{_TOP}(?![\w-])(?:/[^\s<>\"()]{{0,300}})?"),
        _read_url,
    ),
    Rule("hashtag", ".", re.compile(r"#(?P<tag>[^\W\d_]\w{1,80})"), _read_hashtag),
    Rule(
        "phone",
        "0.",
        re.compile(
            r"(?:\(?\+84\)?|\(\+?84[ .-]?[0-9]{0,3}\)"
            r"|\(0[0-9]{1,3}\)|0[0-9]{1,9})(?:[ .-]?[0-9]{1,7}){0,5}(?![0-9])(?!/[0-9])"
        ),
        _read_phone,
    ),
    Rule(
        "hotline",
        "0",
        re.compile(
            r"1[89]00(?:[ .-]?(?:[0-9]{4}(?:[ .-]?[0-9]{2})?|[0-9]{2}[ .-][0-9]{2}(?:[ .-][0-9]{2})?"
            r"|[0-9]{3}[ .-]?[0-9]{3}))(?![0-9]|[.,-][0-9])"
        ),
        _read_hotline,
    ),
    Rule(
        "plate",
        "0",
        re.compile(
            r"(?P<area>[1-9][0-9])[ -]?(?P<series>[A-ZĐ][A-Z0-9]?)(?:\s-\s|[- .]{1,2})"
            r"(?P<number>[0-9]{3}\.?[0-9]{2}"
            r"|[0-9]{4})(?![0-9])"
        ),
        _read_plate,
    ),
    Rule(
        "plate word",
        "A",
        re.compile(r"BS(?=:?\s?[1-9][0-9][ -]?[A-ZĐ][A-Z0-9]?[- .][0-9]{3})"),
        _read_plate_word,
    ),
    Rule("keys", ".", re.compile(r"\*[0-9*]{2,16}#?"), _read_keys),
    Rule("key", ".", re.compile(r"[#*]"), _read_key),
    Rule("military plate", "A", re.compile(r"[A-Z]{2}-[0-9]{2}-[0-9]{2}(?![\w-])"), _read_military),
    Rule("code number", "0", re.compile(r"[0-9]+(?:[ .][0-9]{3,4}){0,6}(?![0-9/])"), _read_code),
    Rule(
        "short number",
        "0",
        re.compile(r"[0-9]{3,5}(?:/[0-9]{3,5}){0,4}(?![0-9/%-]|[.,][0-9])"),
        _read_short_number,
    ),
)
