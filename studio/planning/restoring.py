"""A plan document from its JSON: what was kept when it was read is a value again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from studio.planning.document import (
    Heading,
    LedgerLine,
    Note,
    PlanDocument,
    PlanForm,
    PlanTheme,
    PlanUnit,
    Quantity,
    Reference,
    Signatory,
    Unread,
)
from studio.planning.source import Doubt

_FIELDS = ("title", "number", "issuer", "place", "year", "programme", "project", "sub_project")
_TEXTS = ("purposes", "requirements", "reporting", "recipients")


def restore_document(found: Mapping[str, Any]) -> PlanDocument:
    """The document that `to_json` wrote down."""
    signed = found["signatory"] or []
    plain: dict[str, Any] = {name: found.get(name) for name in _FIELDS}
    plain |= {name: tuple(found[name]) for name in _TEXTS}
    return PlanDocument(
        **plain,
        date=_day(found["date"]),
        legal_bases=tuple(map(_reference, found["legal_bases"])),
        funding=tuple(map(_reference, found["funding"])),
        audiences=_headings(found["audiences"]),
        themes=tuple(
            PlanTheme(theme["code"], theme["title"], _headings(theme["topics"])) for theme in found["themes"]
        ),
        forms=tuple(
            PlanForm(form["code"], form["title"], _headings(form["products"])) for form in found["forms"]
        ),
        units=tuple(PlanUnit(unit["name"], tuple(unit["duties"])) for unit in found["units"]),
        signatories=tuple(
            Signatory(person["role"], person["name"], tuple(person["capacity"]))
            for person in (signed if isinstance(signed, list) else [signed])
        ),
        targets=tuple(Quantity(**target) for target in found["targets"]),
        notes=tuple(Note(**note) for note in found.get("notes", ())),
        doubts=tuple(
            Doubt(doubt["code"], doubt["line"], doubt["data"]) for doubt in found.get("warnings", ())
        ),
        unread=tuple(Unread(**rest) for rest in found["unread"]),
        lines=tuple(
            LedgerLine(line["line"], line["text"], tuple(line["parts"]), line["page"])
            for line in found.get("lines", ())
        ),
    )


def _headings(found: list[dict[str, str]]) -> tuple[Heading, ...]:
    return tuple(Heading(**heading) for heading in found)


def _reference(found: dict[str, Any]) -> Reference:
    return Reference(
        found["kind"],
        found["number"],
        _day(found["date"]),
        found["issuer"],
        found["title"],
        found.get("date_text"),
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
