"""Whole đồng: read from what people type, written in figures and in words. No fraction anywhere.

Invalid
└── AmountUnreadable
"""

import re

from assets.errors import Invalid
from assets.messages import current_language, say
from studio.speech.numbers import say_cardinal

MOST = 10**15
"""More than any budget: what is above is a slip of the finger."""
_PLAIN = re.compile(r"-?\d{1,16}")
_GROUPED = re.compile(r"-?\d{1,3}([. ]\d{3}){1,5}")
_UNITS = re.compile(r"\s*(đồng|đ|vnđ|vnd|₫)\.?\s*$", re.IGNORECASE)


class AmountUnreadable(Invalid):
    """Not a whole number of đồng, or out of bounds."""


def read_amount(text: str) -> int:
    """`1.200.000 đ`, `1200000`, `-50 000`: whole đồng, with groups of three or without any.

    Raises:
        AmountUnreadable: also of `1,5` and `1.20`, which could be read in two ways.
    """
    bare = _UNITS.sub("", text.strip()).strip()
    if not bare.isascii() or not (_PLAIN.fullmatch(bare) or _GROUPED.fullmatch(bare)):
        raise AmountUnreadable(text=text[:40])
    return check_amount(int(re.sub(r"[. ]", "", bare)), text)


def check_amount(amount: int, text: str | None = None) -> int:
    """Raises: AmountUnreadable, beyond `MOST` on either side."""
    if not -MOST <= amount <= MOST:
        raise AmountUnreadable(text=(text or str(amount))[:40])
    return amount


def write_money(amount: int) -> str:
    """`1.200.000`, in English `1,200,000`."""
    grouped = f"{amount:,}"
    return grouped if current_language() == "en" else grouped.replace(",", ".")


def spell_money(amount: int) -> str:
    """In Vietnamese words, as a settlement has it: `Một triệu hai trăm nghìn đồng`."""
    words = f"{say_cardinal(str(abs(amount)))} đồng"
    words = f"âm {words}" if amount < 0 else words
    return words[:1].upper() + words[1:]


def write_sum(amount: int) -> str:
    """In figures, with the words in brackets."""
    return say("money.sum", amount=write_money(amount), words=spell_money(amount))
