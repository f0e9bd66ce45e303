"""Alerts in the Common Alerting Protocol, version 1.2 (OASIS Standard, 1 July 2010), read into plain values.

Invalid
├── CapTooLarge
├── CapUnreadable        not XML, or XML with a document type or entities
├── CapNotAlert          another root, another version, or an Ack or Error, which alert nobody
└── CapFieldUnusable     an element is missing or has a value that the standard does not know

The file comes from outside: it is bounded in size and depth, and a document type or an entity is refused
before anything of it is looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from assets.errors import Invalid

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MAX_BYTES = 1_000_000
MAX_ELEMENTS = 5_000
MAX_TEXT = 10_000
MAX_INFOS = 50

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE",
    "Other",
)  # fmt: skip
_FORBIDDEN = frozenset(" ,<&\t\n\r")
"""In identifier and sender (section 3.2.1)."""


class CapTooLarge(Invalid):
    pass


class CapUnreadable(Invalid):
    pass


class CapNotAlert(Invalid):
    pass


class CapFieldUnusable(Invalid):
    pass


@dataclass(frozen=True, slots=True)
class Area:
    """A place; polygons, circles and codes are kept as they are written."""

    name: str
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """What is said to some audience in one language."""

    language: str
    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    headline: str
    description: str
    instruction: str
    sender_name: str
    effective: datetime | None
    expires: datetime | None
    areas: tuple[Area, ...]

    @property
    def is_vietnamese(self) -> bool:
        return self.language.lower().split("-")[0] == "vi"


@dataclass(frozen=True, slots=True)
class Reference:
    """Which alert an Update or Cancel is about."""

    sender: str
    identifier: str
    sent: datetime

    @property
    def key(self) -> str:
        return make_key(self.sender, self.identifier, self.sent)


@dataclass(frozen=True, slots=True)
class Alert:
    identifier: str
    sender: str
    sent: datetime
    status: str
    message: str
    scope: str
    note: str
    references: tuple[Reference, ...]
    infos: tuple[Info, ...]

    @property
    def key(self) -> str:
        """By these three an alert is known, and referred to (section 3.2.1)."""
        return make_key(self.sender, self.identifier, self.sent)

    @property
    def is_real(self) -> bool:
        """Whether it may ever sound: a test or exercise must not, nor what is not for the public."""
        return self.status == "Actual" and self.scope == "Public"

    def choose_infos(self) -> tuple[Info, ...]:
        """The blocks in Vietnamese; without any, those in the language of the first."""
        vietnamese = tuple(info for info in self.infos if info.is_vietnamese)
        if vietnamese or not self.infos:
            return vietnamese
        first = self.infos[0].language
        return tuple(info for info in self.infos if info.language == first)


def make_key(sender: str, identifier: str, sent: datetime) -> str:
    return f"{sender},{identifier},{sent.astimezone(UTC).isoformat()}"


def read_alert(content: bytes) -> Alert:
    """The alert of a file.

    Raises:
        CapTooLarge, CapUnreadable, CapNotAlert, CapFieldUnusable
    """
    if len(content) > MAX_BYTES:
        raise CapTooLarge(size=f"{len(content) / 1e6:.1f} MB", most=f"{MAX_BYTES / 1e6:.0f} MB")
    try:
        root = fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise CapUnreadable(reason="DOCTYPE, ENTITY") from error
    except (ParseError, ValueError, LookupError, UnicodeError) as error:
        raise CapUnreadable(reason=str(error)[:120]) from error
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise CapTooLarge(size=f"> {MAX_ELEMENTS} XML", most=MAX_ELEMENTS)
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise CapNotAlert(found=root.tag.replace("{", "").replace("}", " ")[:120])
    message = _choice(root, "msgType", MESSAGES)
    if message in ("Ack", "Error"):
        raise CapNotAlert(found=message)
    infos = tuple(_read_info(one) for one in _all(root, "info"))
    if len(infos) > MAX_INFOS:
        raise CapFieldUnusable(field="info", value=len(infos))
    if not infos and message != "Cancel":
        raise CapFieldUnusable(field="info", value="-")
    references = tuple(_read_references(_text(root, "references")))
    if message != "Alert" and not references:
        raise CapFieldUnusable(field="references", value="-")
    return Alert(
        identifier=_name(root, "identifier"),
        sender=_name(root, "sender"),
        sent=_moment("sent", _text(root, "sent")),
        status=_choice(root, "status", STATUSES),
        message=message,
        scope=_choice(root, "scope", SCOPES),
        note=_text(root, "note"),
        references=references,
        infos=infos,
    )


def _read_info(info: Element) -> Info:
    categories = tuple(_check("category", one, CATEGORIES) for one in _texts(info, "category"))
    event = _text(info, "event")
    if not categories or not event:
        raise CapFieldUnusable(field="category" if not categories else "event", value="-")
    return Info(
        language=_text(info, "language") or "en-US",  # the default of the standard
        categories=categories,
        event=event,
        urgency=_choice(info, "urgency", URGENCIES),
        severity=_choice(info, "severity", SEVERITIES),
        certainty=_choice(info, "certainty", CERTAINTIES),
        headline=_text(info, "headline"),
        description=_text(info, "description"),
        instruction=_text(info, "instruction"),
        sender_name=_text(info, "senderName"),
        effective=_maybe_moment(info, "effective"),
        expires=_maybe_moment(info, "expires"),
        areas=tuple(_read_area(one) for one in _all(info, "area")),
    )


def _read_area(area: Element) -> Area:
    name = _text(area, "areaDesc")
    if not name:
        raise CapFieldUnusable(field="areaDesc", value="-")
    codes = tuple((_text(one, "valueName"), _text(one, "value")) for one in _all(area, "geocode"))
    return Area(name, tuple(_texts(area, "polygon")), tuple(_texts(area, "circle")), codes)


def _read_references(written: str) -> Iterator[Reference]:
    for one in written.split():
        parts = one.split(",")
        if len(parts) != 3 or not all(parts):
            raise CapFieldUnusable(field="references", value=one[:120])
        yield Reference(parts[0], parts[1], _moment("references", parts[2]))


def _all(parent: Element, name: str) -> list[Element]:
    return parent.findall(f"{{{NAMESPACE}}}{name}")


def _texts(parent: Element, name: str) -> list[str]:
    found = ["".join(one.itertext()).strip() for one in _all(parent, name)]
    for text in found:
        if len(text) > MAX_TEXT:
            raise CapFieldUnusable(field=name, value=f"{text[:40]}… ({len(text)})")
    return [text for text in found if text]


def _text(parent: Element, name: str) -> str:
    return next(iter(_texts(parent, name)), "")


def _choice(parent: Element, name: str, known: tuple[str, ...]) -> str:
    return _check(name, _text(parent, name), known)


def _check(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise CapFieldUnusable(field=name, value=value[:60] or "-")
    return value


def _name(parent: Element, name: str) -> str:
    value = _text(parent, name)
    if not value or len(value) > 200 or _FORBIDDEN & set(value):
        raise CapFieldUnusable(field=name, value=value[:60] or "-")
    return value


def _maybe_moment(parent: Element, name: str) -> datetime | None:
    text = _text(parent, name)
    return _moment(name, text) if text else None


def _moment(name: str, text: str) -> datetime:
    """An XML dateTime with its offset; the standard asks for numbers, "Z" is met all the same."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and "T" in text:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise CapFieldUnusable(field=name, value=text[:60] or "-")
