"""The language in which a plan asks for a number of pieces: `03 chuyên mục tiếng Gia Rai/tháng`."""

import re

from assets.languages import list_languages
from studio.planning.quantities import NUMBER, read_number
from studio.planning.source import fold

_OTHER_NAMES = {
    "viet": "vi", "kinh": "vi", "pho thong": "vi", "j'rai": "jra", "jrai": "jra", "gia lai": "jra",
    "ja rai": "jra", "xe dang": "sed", "so dra": "sed", "bahnar": "bdq", "ba-na": "bdq", "gie-trieng": "jeh",
    "e-de": "rad", "mnong": "cmo", "k'ho": "kpm", "h'mong": "hmn", "hmong": "hmn", "co-tu": "ktv",
    "van kieu": "bru", "khmer": "km", "kho me": "km", "kho-me": "km",
}  # fmt: skip
_CODES = {
    fold(name).replace("’", "'"): code for code, name in list_languages() if code != "vi"
} | _OTHER_NAMES
_NAMED = re.compile(rf"(?:\btieng|,|\bva|\bhoac)\s+({'|'.join(sorted(_CODES, key=len, reverse=True))})(?!\w)")
_NUMBER = re.compile(rf"(?<![\w.,/])(?:{NUMBER})(?![\w]|[.,]\d)")


def find_language(text: str, quantity: float) -> str | None:
    """The one language said of the number, behind it or before all numbers; None for none or several."""
    numbers = list(_NUMBER.finditer(text))
    place = next((at for at, one in enumerate(numbers) if read_number(one[0]) == quantity), None)
    if place is None:
        return None
    ends = [one.start() for one in numbers[1:]] + [len(text)]
    own, before = text[numbers[place].end() : ends[place]], text[: numbers[0].start()]
    return _name(own) or _name(before)


def _name(text: str) -> str | None:
    plain = fold(text).replace("’", "'")
    if (first := plain.find("tieng ")) < 0:
        return None
    found = {_CODES[one[1]] for one in _NAMED.finditer(plain[first:])}
    return found.pop() if len(found) == 1 else None
