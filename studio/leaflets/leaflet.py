"""A script on paper: an A5 leaflet to hand out or an A4 handout to read from, with a code to the sound.

Invalid
└── LeafletUnfit
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno

from assets.errors import Invalid
from assets.messages import say
from assets.typesetting import fit_pages
from assets.whole import put_whole
from studio.mixing.render import FileNotWritten
from studio.scripts.document import Heading, Passage, ScriptDocument

SIZES = ("a5", "a4")
LONGEST_ADDRESS = 300
"""A code of more is too fine for a phone to read from cheap paper."""
SCALES = (1.0, 0.97, 0.94, 0.91)
"""A page of two lines is paper wasted: the type shrinks a little where that saves a page."""
_VOICES_ONLY = frozenset({"NỮ", "NAM", "NU", "PTV", "MC", "BTV", "GIỌNG NỮ", "GIỌNG NAM", "NGƯỜI DẪN"})
"""Roles that name a voice and no person: on paper they say nothing."""


class LeafletUnfit(Invalid):
    """A size or an address of which no leaflet is made."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands around the words."""

    size: str = "a5"
    issuer: str = ""
    """Who answers for it, in the foot of every page."""
    label: str = ""
    """A line above the title, such as the theme of the plan."""
    address: str = ""
    """Where the sound can be heard; its code is printed at the end."""
    logo: bytes = b""
    """PNG."""
    approved: bool = True


def make_leaflet(document: ScriptDocument, imprint: Imprint) -> bytes:
    """The pages as a PDF with its fonts in it; the same bytes each time.

    Tunes, pauses and recordings are for the ear and are left out; headings become sections.

    Raises:
        LeafletUnfit, PagesNotSet
    """
    if imprint.size not in SIZES:
        raise LeafletUnfit(what=imprint.size)
    pictures = {"logo.png": imprint.logo} if imprint.logo else {}
    if imprint.address:
        pictures["code.svg"] = _draw_code(imprint.address)
    template = files("studio.leaflets").joinpath("leaflet.typ").read_text("utf-8")
    return fit_pages(template, _lay_out(document, imprint), pictures, scales=SCALES)


def write_leaflet(pages: bytes, target: Path) -> None:
    """The file whole under its name, or not at all.

    Raises:
        LeafletUnfit, FileNotWritten
    """
    if target.suffix.lower() != ".pdf":
        raise LeafletUnfit(what=target.name)
    try:
        put_whole(target, pages)
    except OSError as error:
        raise FileNotWritten(path=str(target), reason=error.strerror) from error


def _draw_code(address: str) -> bytes:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or len(address) > LONGEST_ADDRESS:
        raise LeafletUnfit(what=address)
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=2, dark="#083733", light="#fff"
    )
    return drawn.getvalue()


def _lay_out(document: ScriptDocument, imprint: Imprint) -> dict[str, Any]:
    sections = list(_cut_sections(document))
    numbered = sum(bool(title) for title, _ in sections) > 1
    host = next((cue.role for cue in document.cues if isinstance(cue, Passage)), "")
    rows, number = [], 0
    for title, passages in sections:
        number += bool(title)
        rows.append(
            {
                "title": title,
                "number": str(number) if numbered and title else "",
                "turns": list(_join_turns(passages, host)),
            }
        )
    return {
        "title": document.header.title,
        "size": imprint.size,
        "issuer": imprint.issuer,
        "label": imprint.label,
        "logo": "logo.png" if imprint.logo else "",
        "draft": "" if imprint.approved else say("leaflets.draft"),
        "sections": rows,
        "qr": "code.svg" if imprint.address else "",
        "listen": say("leaflets.listen"),
        "address": imprint.address,
    }


def _cut_sections(document: ScriptDocument) -> Iterator[tuple[str, list[Passage]]]:
    """Heading and passages; a heading over nothing that is said is no section of a page."""
    title, passages = "", list[Passage]()
    for cue in document.cues:
        if isinstance(cue, Passage):
            passages.append(cue)
        elif isinstance(cue, Heading):
            if passages:
                yield title, passages
            title, passages = cue.title, []
    if passages:
        yield title, passages


def _join_turns(passages: Sequence[Passage], host: str) -> Iterator[dict[str, Any]]:
    """Whoever is not the first voice stands beside a rule; a role that is a name is printed once a turn."""
    for role, turn in groupby(passages, key=lambda passage: passage.role):
        yield {
            "role": "" if role.upper() in _VOICES_ONLY else role,
            "paragraphs": [passage.text for passage in turn],
            "answer": role != host,
        }
