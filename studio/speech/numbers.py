"""Numbers into words, from digits as text: no number is too long and no zero is lost.

The reading is the one of the national radio: `linh` for a zero among the tens, hundreds said inside a
number even when they are zero (hai nghìn không trăm hai mươi hai), `mốt`, `tư`, `lăm` after `mươi`.
"""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
LONGEST_CARDINAL = 27
"""Beyond tỷ tỷ nobody follows: longer numbers are said digit by digit."""


def say_cardinal(digits: str) -> str:
    """`digits` (only 0-9) as a count: "1024" -> một nghìn không trăm hai mươi tư."""
    digits = digits.lstrip("0") or "0"
    if digits == "0":
        return DIGITS[0]
    if len(digits) > LONGEST_CARDINAL:
        return say_digits(digits)
    blocks = _split(digits, 9)
    words: list[str] = []
    for rank, block in zip(range(len(blocks) - 1, -1, -1), blocks, strict=True):
        if block.strip("0"):
            words += [_say_block(block, first=not words), *["tỷ"] * rank]
    return " ".join(words)


def say_digits(digits: str) -> str:
    """One by one, as telephone numbers are read: "0260" -> không hai sáu không."""
    return " ".join(DIGITS[int(digit)] for digit in digits)


def say_count(digits: str) -> str:
    """As say_cardinal, but "007" and "00" are codes, said digit by digit; "05" is five, as forms write it."""
    if digits[0] == "0" and (len(digits) > 2 or digits == "00"):
        return say_digits(digits)
    return say_cardinal(digits)


def say_decimal(whole: str, fraction: str, mark: str = "phẩy") -> str:
    """4 and 5 -> bốn phẩy năm; two decimals as a number, more or with a zero in front one by one."""
    tail = say_digits(fraction) if fraction[0] == "0" or len(fraction) > 2 else say_cardinal(fraction)
    return f"{say_cardinal(whole)} {mark} {tail}"


def say_ordinal(digits: str) -> str:
    """What follows `thứ`: nhất, tư, else the cardinal."""
    number = digits.lstrip("0") or "0"
    return {"1": "nhất", "4": "tư"}.get(number) or say_cardinal(number)


def say_month(digits: str) -> str:
    """What follows `tháng`: the fourth is `tư`."""
    number = digits.lstrip("0")
    return "tư" if number == "4" else say_cardinal(number)


def _split(digits: str, size: int) -> list[str]:
    padded = digits.zfill(-(-len(digits) // size) * size)
    return [padded[i : i + size] for i in range(0, len(padded), size)]


def _say_block(block: str, *, first: bool) -> str:
    """Nine digits, not all zero; `first` when nothing of the number was said before."""
    words: list[str] = []
    for name, triple in zip((" triệu", " nghìn", ""), _split(block, 3), strict=True):
        if triple != "000":
            words.append(_say_triple(triple, first=first and not words) + name)
    return " ".join(words)


def _say_triple(triple: str, *, first: bool) -> str:
    hundreds, tens, ones = (int(digit) for digit in triple)
    words = []
    if hundreds or not first:
        words += [DIGITS[hundreds], "trăm"]
    if tens == 0:
        if ones and words:
            words.append("linh")
    elif tens == 1:
        words.append("mười")
    else:
        words += [DIGITS[tens], "mươi"]
    if ones:
        words.append(_say_ones(tens, ones))
    return " ".join(words)


def _say_ones(tens: int, ones: int) -> str:
    if ones == 5 and tens:
        return "lăm"
    if tens > 1:
        return {1: "mốt", 4: "tư"}.get(ones, DIGITS[ones])
    return DIGITS[ones]
