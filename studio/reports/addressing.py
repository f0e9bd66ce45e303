"""The letter around a report as far as the plan says it: who writes, on what basis, to whom."""

from datetime import date
from typing import Any

from sqlmodel import Session

from assets.messages import say
from studio.planning.amendments import list_amendments
from studio.planning.amounts import write_day
from studio.planning.models import Plan
from studio.reports.letter import Letter
from studio.reports.models import ReportKind

_LEVELS = frozenset({"tỉnh", "huyện", "xã", "phường", "trấn", "phố"})
"""What stands before the name of a place: words after it are written large."""


def address_letter(session: Session, plan: Plan | None, kind: ReportKind, first: date, last: date) -> Letter:
    """What can be said without asking anybody; the rest stays empty, to be written by hand."""
    days = {"first": write_day(first), "last": write_day(last)}
    if plan is None:
        return Letter(subject=say(f"reports.letter.subject.{kind}", plan="", **days).replace("  ", " "))
    document: dict[str, Any] = plan.document
    signed = document.get("signatory") or {}
    chief = (signed[0] if signed else {}) if isinstance(signed, list) else signed
    issuer = write_name(plan.issuer or "")
    return Letter(
        issuer=issuer,
        place=str(document.get("place") or ""),
        subject=say(f"reports.letter.subject.{kind}", plan=_name_plan(plan), **days),
        legal_bases=tuple(_list_bases(session, plan)),
        recipients=tuple(
            str(one).rstrip(" ;.").removeprefix("- ") for one in document.get("recipients") or ()
        ),
        capacity=(say("reports.letter.on_behalf", body=issuer).upper(),) if issuer else (),
        role=str(chief.get("role") or ""),
        signer=str(chief.get("name") or ""),
    )


def write_name(name: str) -> str:
    """A body's name as it stands in a sentence, where a letterhead gave it in capitals."""
    if not name.isupper():
        return name
    words = name.lower().split()
    is_place = False
    for at, word in enumerate(words):
        if is_place and not word.startswith("("):
            words[at] = "'".join(part.capitalize() for part in word.split("'"))
        is_place = (is_place and not word.startswith("(")) or word in _LEVELS
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _name_plan(plan: Plan) -> str:
    if plan.number:
        return say("reports.letter.plan", number=plan.number)
    return say("reports.letter.plan_of_year", year=plan.year)


def _list_bases(session: Session, plan: Plan) -> list[str]:
    """The plan and what amended it."""
    bases = []
    if plan.number and plan.signed_on:
        bases.append(
            say(
                "reports.letter.basis",
                number=plan.number,
                day=write_day(plan.signed_on),
                issuer=write_name(plan.issuer or ""),
                title=plan.title,
            )
        )
    bases += [
        say("reports.letter.basis_amended", number=one.number, day=write_day(one.signed_on))
        for one in list_amendments(session, plan)
    ]
    return bases
