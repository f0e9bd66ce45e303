"""The words of a report that a person answers for: who writes to whom, number, date, signature.

The figures never stand here. What a person has not written is drafted from the plan and the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

LINES = ("legal_bases", "assessment", "difficulties", "proposals", "recipients", "capacity")
"""Fields of several lines or paragraphs."""
MOST_LETTERS = 20_000


@dataclass(frozen=True, slots=True)
class Letter:
    """In the order of Decree 30/2020/ND-CP, appendix I. Empty is not said yet."""

    superior: str = ""
    """The body above the one that issues."""
    issuer: str = ""
    number: str = ""
    """`12/BC-UBND`; without one, room is left to write it in."""
    place: str = ""
    signed_on: date | None = None
    subject: str = ""
    addressee: str = ""
    legal_bases: tuple[str, ...] = ()
    assessment: tuple[str, ...] = ()
    """A general judgement, before the results."""
    difficulties: tuple[str, ...] | None = None
    """None: as drafted from the figures."""
    proposals: tuple[str, ...] | None = None
    recipients: tuple[str, ...] = ()
    capacity: tuple[str, ...] = ()
    """The lines above the role: `TM. …`, `KT. …`."""
    role: str = ""
    signer: str = ""

    def to_json(self) -> dict[str, object]:
        found: dict[str, object] = {one.name: getattr(self, one.name) for one in fields(self)}
        found["signed_on"] = self.signed_on.isoformat() if self.signed_on else None
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def lay_over(letter: Letter, written: Mapping[str, object]) -> Letter:
    """The letter with what a person wrote in place of what was drafted."""
    changes: dict[str, object] = {}
    for one in fields(Letter):
        if one.name not in written:
            continue
        value = written[one.name]
        if one.name == "signed_on":
            value = date.fromisoformat(str(value)) if value else None
        elif one.name in LINES and value is not None:
            value = tuple(str(line) for line in value) if isinstance(value, list) else ()
        changes[one.name] = value
    return replace(letter, **changes)  # type: ignore[arg-type]


def split_lines(text: str) -> list[str]:
    """Paragraphs as a person types them: one a line, empty lines and dashes in front left out."""
    lines = (line.strip().removeprefix("- ").strip() for line in text[:MOST_LETTERS].splitlines())
    return [line for line in lines if line]
