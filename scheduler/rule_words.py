"""Recurrence rules as people say them, and as they choose them on a form."""

from collections.abc import Sequence
from datetime import date

from assets.messages import say
from scheduler.recurrence import read_rule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def describe_rule(rule: str) -> str:
    """The rule in the reader's language; one too odd for words stands as it is written."""
    parts = read_rule(rule)
    kind, known = parts.pop("FREQ"), dict(parts)
    every = int(known.pop("INTERVAL", "1"))
    days = known.pop("BYDAY", "")
    dates = known.pop("BYMONTHDAY", "")
    until, count = known.pop("UNTIL", ""), known.pop("COUNT", "")
    known.pop("WKST", "")
    words = "" if known else _describe(kind, every, days, dates)
    if not words:
        return rule
    if until:
        words += " " + say("scheduler.rule.until", day=f"{until[6:]}/{until[4:6]}/{until[:4]}")
    return words + (" " + say("scheduler.rule.count", count=count) if count else "")


def _describe(kind: str, every: int, days: str, dates: str) -> str:
    if kind in ("DAILY", "WEEKLY") and not dates:
        named = _name_days(days)
        if kind == "DAILY":
            base = say("scheduler.rule.daily") if every == 1 else say("scheduler.rule.days", every=every)
            return base + (" " + say("scheduler.rule.only", days=named) if named else "")
        if named:
            key = "scheduler.rule.weekly" if every == 1 else "scheduler.rule.weeks"
            return say(key, days=named, every=every)
    if kind == "MONTHLY" and bool(dates) != bool(days):
        months = "" if every == 1 else " " + say("scheduler.rule.months", every=every)
        if dates:
            return say("scheduler.rule.monthly_dates", dates=dates.replace(",", ", ")) + months
        place, day = days[:-2].lstrip("+"), days[-2:]
        if "," not in days and place in ("1", "2", "3", "4", "5", "-1"):
            which = say(f"scheduler.rule.place.{'last' if place == '-1' else place}")
            return say("scheduler.rule.monthly_day", day=_name_days(day), place=which) + months
    return ""


def _name_days(days: str) -> str:
    if not days:
        return ""
    if days == "MO,TU,WE,TH,FR":
        return say("scheduler.rule.workweek")
    return ", ".join(say(f"scheduler.rule.day.{one}") for one in days.split(",") if one in WEEKDAYS)


def weekly_rule(days: Sequence[str], every: int = 1) -> str:
    """The rule of some weekdays, in the order of the week; all of them every week is every day."""
    chosen = [day for day in WEEKDAYS if day in days]
    if len(chosen) == len(WEEKDAYS) and every == 1:
        return "FREQ=DAILY"
    step = f";INTERVAL={every}" if every > 1 else ""
    return f"FREQ=WEEKLY{step};BYDAY={','.join(chosen)}"


def read_weekdays(rule: str) -> tuple[str, ...] | None:
    """The weekdays of a rule that a form can show as seven boxes; None of another rule."""
    parts = read_rule(rule)
    if parts == {"FREQ": "DAILY"}:
        return WEEKDAYS
    if parts.keys() == {"FREQ", "BYDAY"} and parts["FREQ"] == "WEEKLY":
        return tuple(parts["BYDAY"].split(","))
    return None


def describe_span(first: date, last: date | None) -> str:
    """From when to when, in the reader's language."""
    if last is None:
        return say("scheduler.rule.since", first=f"{first:%d/%m/%Y}")
    return say("scheduler.rule.span", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
