"""Amounts in the words of the reader: lượt, phút, per cent, dates, with Vietnamese separators."""

from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import format_decimal, format_percent

from assets.messages import current_language, say
from studio.planning.models import Measure

MS_PER_MINUTE = 60_000


def to_minutes(duration_ms: int, *, up: bool = False) -> Decimal:
    """Minutes with one decimal, rounded half up, or up where less would not be enough."""
    rounding = ROUND_CEILING if up else ROUND_HALF_UP
    return (Decimal(duration_ms) / MS_PER_MINUTE).quantize(Decimal("0.1"), rounding=rounding)


def write_number(value: int | Decimal) -> str:
    """`1.234,5` in Vietnamese, `1,234.5` in English; one decimal, rounded half up."""
    return _write_number(value, current_language())


@lru_cache(maxsize=4096)
def _write_number(value: int | Decimal, language: str) -> str:
    rounded = Decimal(value).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return format_decimal(rounded, format="#,##0.#", locale=language)


def write_minutes(duration_ms: int, *, up: bool = False) -> str:
    return write_number(to_minutes(duration_ms, up=up))


def write_share(share: float) -> str:
    """A share of 1 as per cent without decimals; what is not whole never reads as 100 %."""
    if 0.99 < share < 1:
        share = 0.99
    return format_percent(share, format="#,##0%", locale=current_language())


def write_amount(measure: Measure, amount: int, *, up: bool = False) -> str:
    """An amount of a measure: minutes from milliseconds, all else as a count."""
    value = write_minutes(amount, up=up) if measure == Measure.MINUTES else write_number(amount)
    return say(f"planning.amount.{measure.value}", amount=value)


def write_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def write_moment(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%H:%M %d/%m/%Y}"


def write_span(span: timedelta) -> str:
    """As people say it, in its two largest parts: `2 ngày 3 giờ`, `22 giờ 40 phút`, `5 phút`."""
    minutes = span // timedelta(minutes=1)
    parts = {"days": minutes // 1440, "hours": minutes // 60 % 24}
    if not parts["days"]:
        parts["minutes"] = minutes % 60
    words = [say(f"planning.span.{name}", count=count) for name, count in parts.items() if count]
    return " ".join(words) or say("planning.span.minutes", count=0)


def shorten(title: str, most: int = 64) -> str:
    """The first clause of a long title, at most `most` letters, cut between words."""
    clause = title
    for mark in (";", ","):
        if len(clause) > most:
            clause = clause.split(mark, 1)[0]
    if len(clause) > most:
        clause = clause[:most].rsplit(" ", 1)[0].rstrip(" ,;-") + "…"
    return clause[:1].upper() + clause[1:]
