"""The frame of a slot's programme (khung chương trình): its parts in order, some with minutes. Pure.

Between the signature and the closing tune a frame may ask for a greeting, for priority pieces, for pieces of
a form (news), of a theme, in a language, and for the rest. Urgent pieces stand before all parts, any other in
the first that takes it; what no part takes stands where the rest does, or at the end. A part with minutes is
filled before the goals are, with at least so many, the longest unheard first; where pieces or room are
wanting, that is said.

Invalid
└── FrameUnusable
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assets.catalogue import name_piece
from assets.errors import Invalid
from assets.messages import say
from assets.models import Priority
from scheduler.goals import MINUTE_MS, covers
from scheduler.items import Item

MAX_PARTS = 12
MAX_MINUTES = 240
MAX_CODE = 80


class PartKind(StrEnum):
    GREETING = "greeting"
    PRIORITY = "priority"
    FORM = "form"
    THEME = "theme"
    LANGUAGE = "language"
    REST = "rest"


CODED = frozenset({PartKind.GREETING, PartKind.FORM, PartKind.THEME, PartKind.LANGUAGE})
TIMED = frozenset({PartKind.FORM, PartKind.THEME, PartKind.LANGUAGE})


class FrameUnusable(Invalid):
    """A part of a frame cannot be meant: `part` says which, by its text."""


@dataclass(frozen=True, slots=True)
class FramePart:
    """`code` is a form, theme or language, of a greeting the key of its piece; `minutes` are the least."""

    kind: PartKind
    code: str = ""
    minutes: int = 0

    def takes(self, item: Item) -> bool:
        """Whether the piece belongs to the part; a code takes what lies under it: `3` takes `3.health`."""
        if self.kind is PartKind.PRIORITY:
            return item.priority is not Priority.NORMAL
        if self.kind is PartKind.LANGUAGE:
            return item.language == self.code
        label = {PartKind.FORM: item.form, PartKind.THEME: item.theme}.get(self.kind)
        return covers(self.code, label)

    @property
    def text(self) -> str:
        code = f":{self.code}" if self.code else ""
        return f"{self.kind}{code}{f'={self.minutes}' if self.minutes else ''}"


Frame = tuple[FramePart, ...]
FRAME_REASONS = frozenset(f"frame-{kind}" for kind in TIMED)
"""Reasons of pieces that were placed for the minutes of a part."""


def read_frame(text: str) -> Frame:
    """The frame that `greeting:sound/chao, priority, form:2.news, language:jra=10, rest` says.

    Raises:
        FrameUnusable
    """
    parts = []
    for one in (piece.strip() for piece in text.split(",")):
        if one:
            name, _, minutes = one.partition("=")
            kind, _, code = name.partition(":")
            parts.append((kind.strip(), code.strip(), minutes.strip()))
    return make_frame(parts)


def make_frame(parts: Iterable[tuple[str, str, str]]) -> Frame:
    """The frame of parts as (kind, code, minutes), in words.

    Raises:
        FrameUnusable: an unknown kind, a code that is missing or out of place, minutes that are none, a part
            or a rest that stands twice.
    """
    frame: list[FramePart] = []
    for kind, code, minutes in parts:
        text = ":".join(word for word in (kind, code) if word)[:MAX_CODE]
        if kind not in set(PartKind):
            raise _refuse(text)
        known = PartKind(kind)
        number = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else 0
        is_timed = minutes not in ("", "0")
        if (known in CODED) is not bool(code) or len(code) > MAX_CODE or set(code) & set(",=\n\r\0"):
            raise _refuse(text)
        if is_timed and (known not in TIMED or not 1 <= number <= MAX_MINUTES):
            raise _refuse(f"{text}={minutes[:5]}")
        part = FramePart(known, code, number)
        if any((one.kind, one.code) == (part.kind, part.code) for one in frame):
            raise _refuse(text)
        frame.append(part)
    if len(frame) > MAX_PARTS or sum(part.kind is PartKind.GREETING for part in frame) > 1:
        raise _refuse(frame[-1].text)
    return tuple(frame)


def _refuse(part: str) -> FrameUnusable:
    kinds = ((one, ":…" if one in CODED else "", say(f"scheduler.part.{one}")) for one in PartKind)
    return FrameUnusable(part=part, valid=", ".join(f"{name} ({one}{code})" for one, code, name in kinds))


def write_frame(frame: Frame) -> str:
    return ", ".join(part.text for part in frame)


def keep_frame(frame: Frame) -> list[dict[str, object]]:
    """The frame as it is kept in a JSON column."""
    return [{"kind": part.kind.value, "code": part.code, "minutes": part.minutes} for part in frame]


def find_frame(kept: Sequence[Mapping[str, Any]]) -> Frame:
    """The frame that was kept so."""
    return tuple(FramePart(PartKind(one["kind"]), one["code"], one["minutes"]) for one in kept)


def find_greeting(frame: Frame) -> str | None:
    return next((part.code for part in frame if part.kind is PartKind.GREETING), None)


def is_greeting(item: Item, code: str | None) -> bool:
    """By its key, whichever version of a script it is."""
    return code is not None and code in (item.key, name_piece(item.key))


def find_place(frame: Frame, item: Item) -> int:
    """The number of the part in which the piece stands; urgent ones stand before all others."""
    if item.priority is Priority.URGENT:
        return -1
    for at, part in enumerate(frame):
        if part.takes(item):
            return at
    if item.priority is not Priority.NORMAL:
        return -1
    rest = (at for at, part in enumerate(frame) if part.kind is PartKind.REST)
    return next(rest, len(frame))


def find_short(frame: Frame, items: Sequence[Item]) -> list[tuple[FramePart, int]]:
    """The parts with fewer minutes than they ask for, and how many milliseconds are wanting."""
    found = []
    for part in frame:
        short_ms = part.minutes * MINUTE_MS - sum(item.duration_ms for item in items if part.takes(item))
        if short_ms > 0:
            found.append((part, short_ms))
    return found
