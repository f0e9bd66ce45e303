"""A communication plan as a value: what the importer found, where it stood, and what it could not place.

The keys of `to_json` are a contract of `loa plan import --json`. Nothing in here is guessed: what the
source does not say is None or empty, and every line of the source is in `lines` with where it went.
"""

from dataclasses import dataclass
from datetime import date

from studio.planning.source import Doubt


@dataclass(frozen=True, slots=True)
class Reference:
    """A legal document that the plan names: `90/QĐ-TTg`, its date, who issued it, what it is about."""

    kind: str
    """Quyết định, Thông tư, Kế hoạch ..., as written."""
    number: str | None
    date: date | None
    issuer: str | None
    title: str
    date_text: str | None = None
    """The date as written, also where no calendar has such a day."""

    def to_json(self) -> dict[str, object]:
        return {
            "number": self.number,
            "date": _iso(self.date),
            "issuer": self.issuer,
            "title": self.title,
            "kind": self.kind,
            "date_text": self.date_text,
        }


@dataclass(frozen=True, slots=True)
class Heading:
    """A coded line of the plan: an audience, a topic, a product."""

    code: str
    title: str

    def to_json(self) -> dict[str, object]:
        return {"code": self.code, "title": self.title}


@dataclass(frozen=True, slots=True)
class PlanTheme:
    code: str
    title: str
    topics: tuple[Heading, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {"code": self.code, "title": self.title, "topics": [topic.to_json() for topic in self.topics]}


@dataclass(frozen=True, slots=True)
class PlanForm:
    code: str
    title: str
    products: tuple[Heading, ...] = ()

    def to_json(self) -> dict[str, object]:
        products = [product.to_json() for product in self.products]
        return {"code": self.code, "title": self.title, "products": products}


@dataclass(frozen=True, slots=True)
class PlanUnit:
    """An organisation and what the plan gives it to do."""

    name: str
    duties: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {"name": self.name, "duties": list(self.duties)}


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed. `capacity` keeps the lines above the role: `TM. ...`, `KT. ...` (Decree 30/2020)."""

    role: str | None
    name: str | None
    capacity: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {"role": self.role, "name": self.name, "capacity": list(self.capacity)}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that the plan sets: `24`, `tin, bài`, `xã/năm`."""

    text: str
    quantity: int | float
    unit: str
    per: str | None
    line: int | None = None
    """Its line in the source (from 1)."""
    whose: str | None = None
    """The organisation or place that a table sets it for."""

    def to_json(self) -> dict[str, object]:
        return {
            "text": self.text,
            "quantity": self.quantity,
            "unit": self.unit,
            "per": self.per,
            "line": self.line,
            "whose": self.whose,
        }


@dataclass(frozen=True, slots=True)
class Unread:
    """Words that found no place, with their line in the source (from 1)."""

    line: int
    text: str

    def to_json(self) -> dict[str, object]:
        return {"line": self.line, "text": self.text}


@dataclass(frozen=True, slots=True)
class Note:
    """Words that belong to a part without being one of its members: a remark, a formula, a footnote."""

    part: str
    line: int
    text: str

    def to_json(self) -> dict[str, object]:
        return {"part": self.part, "line": self.line, "text": self.text}


@dataclass(frozen=True, slots=True)
class Placed:
    """Which lines of the source (from 1) became which part: `themes.3`, `heading`, `signatory`."""

    part: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the source and every part it went to; `unread` is one of them."""

    line: int
    text: str
    parts: tuple[str, ...]
    page: int | None = None

    def to_json(self) -> dict[str, object]:
        return {"line": self.line, "text": self.text, "parts": list(self.parts), "page": self.page}


@dataclass(frozen=True, slots=True)
class PlanDocument:
    title: str | None
    number: str | None
    issuer: str | None
    place: str | None
    date: date | None
    year: int | None
    programme: str | None
    """The national target programme that the plan carries out, its project and sub-project."""
    project: str | None
    sub_project: str | None
    legal_bases: tuple[Reference, ...]
    purposes: tuple[str, ...]
    requirements: tuple[str, ...]
    audiences: tuple[Heading, ...]
    themes: tuple[PlanTheme, ...]
    forms: tuple[PlanForm, ...]
    funding: tuple[Reference, ...]
    units: tuple[PlanUnit, ...]
    reporting: tuple[str, ...]
    recipients: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    targets: tuple[Quantity, ...]
    notes: tuple[Note, ...]
    doubts: tuple[Doubt, ...]
    unread: tuple[Unread, ...]
    lines: tuple[LedgerLine, ...]
    """The ledger: every line of the source once, with where it went."""

    def to_json(self) -> dict[str, object]:
        """The document in plain values; `signatory` is an object, or a list where several sign."""
        signed = [person.to_json() for person in self.signatories]
        return {
            "title": self.title,
            "number": self.number,
            "issuer": self.issuer,
            "place": self.place,
            "date": _iso(self.date),
            "year": self.year,
            "programme": self.programme,
            "project": self.project,
            "sub_project": self.sub_project,
            "legal_bases": [basis.to_json() for basis in self.legal_bases],
            "purposes": list(self.purposes),
            "requirements": list(self.requirements),
            "audiences": [audience.to_json() for audience in self.audiences],
            "themes": [theme.to_json() for theme in self.themes],
            "forms": [form.to_json() for form in self.forms],
            "funding": [decision.to_json() for decision in self.funding],
            "units": [unit.to_json() for unit in self.units],
            "reporting": list(self.reporting),
            "recipients": list(self.recipients),
            "signatory": (signed[0] if signed else None) if len(signed) < 2 else signed,
            "targets": [target.to_json() for target in self.targets],
            "notes": [note.to_json() for note in self.notes],
            "warnings": [doubt.to_json() for doubt in self.doubts],
            "unread": [rest.to_json() for rest in self.unread],
            "lines": [line.to_json() for line in self.lines],
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
