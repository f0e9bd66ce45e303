"""One session: opened with its tunes, told about, and settled to the millisecond. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assets.messages import say
from assets.models import Priority
from scheduler.board import OpenSession, PassedOver, room_ms
from scheduler.calendar import SlotOccurrence
from scheduler.frames import find_greeting, find_place, find_short, is_greeting
from scheduler.items import Item
from scheduler.models import ItemRole
from scheduler.reasons import NOT_CHOSEN, Reason

WORTH_TELLING_MS = 60_000
"""Less time left over than this is not reported as a refusal; it stands with its session."""


@dataclass(frozen=True, slots=True)
class PlannedAiring:
    """One piece at its moment, gapless after the one before it; aware UTC, half open."""

    occurrence: SlotOccurrence
    position: int
    role: ItemRole
    item: Item
    starts_at: datetime
    ends_at: datetime
    reason: Reason
    passed_over: tuple[PassedOver, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """One occurrence as it is filled; `left_ms` is what remains of its length, or of the cap, at its end."""

    occurrence: SlotOccurrence
    airings: tuple[PlannedAiring, ...]
    left_ms: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """What could not be done.

    `subject` is `item`, `goal`, `occurrence`, `station` or `pin`; `name` says which one by its codes, `title`
    as people know it.
    """

    subject: str
    name: str
    reason: Reason
    title: str = ""

    @property
    def wording(self) -> str:
        subject, name = say(f"scheduler.subject.{self.subject}"), self.title or self.name
        line = say("scheduler.refusal.line", subject=subject, name=name, reason=self.reason.wording)
        return f"{line}; {self.reason.mend}" if self.reason.mend else line

    def as_row(self) -> dict[str, object]:
        """The refusal as it is kept in a JSON column."""
        return {"subject": self.subject, "name": self.name, "title": self.title, **self.reason.as_row()}


def keep_refusals(refusals: Iterable[Refusal]) -> list[dict[str, object]]:
    """The refusals as rows; a piece that nothing refused but others were before is told of, not kept."""
    return [one.as_row() for one in refusals if one.reason.code != NOT_CHOSEN]


def read_refusal(row: Mapping[str, Any]) -> Refusal:
    """What `as_row` wrote; rows of old have no title."""
    return Refusal(row["subject"], row["name"], Reason(row["code"], row["data"]), row.get("title", ""))


def refuse(occurrence: SlotOccurrence, reason: Reason) -> Refusal:
    when = f"{occurrence.local_date:%d/%m/%Y} {occurrence.slot}"
    title = f"{occurrence.rules.title} {when}"
    return Refusal("occurrence", f"{occurrence.station} {when}", reason, title)


def open_session(
    occurrence: SlotOccurrence, candidates: Sequence[Item], barred: frozenset[str] = frozenset()
) -> tuple[OpenSession, list[Reason]]:
    """The session with its tunes and greeting, and which of them is missing and why."""
    left_ms = room_ms(occurrence)
    tunes: list[Item | None] = []
    missing: list[Reason] = []
    for key in (occurrence.signature_key, occurrence.closing_key, find_greeting(occurrence.frame)):
        tune = next((item for item in candidates if _is_tune(item, key, occurrence)), None)
        if key is not None and tune is None:
            missing.append(Reason("tune-missing", {"key": key}))
        elif tune is not None and tune.duration_ms > left_ms:
            missing.append(Reason("tune-too-long", {"key": key}))
            tune = None
        left_ms -= tune.duration_ms if tune else 0
        tunes.append(tune)
    signature, closing, greeting = tunes
    return OpenSession(occurrence, signature, closing, left_ms, barred=barred, greeting=greeting), missing


def _is_tune(item: Item, key: str | None, occurrence: SlotOccurrence) -> bool:
    return (
        is_greeting(item, key)
        and item.may_air_on(occurrence.station)
        and item.is_valid(occurrence.local_date)
    )


def tell_room(session: OpenSession) -> Iterator[Refusal]:
    if any(choice.reason.code == "relaxed" for choice in session.chosen):
        yield refuse(session.occurrence, Reason("separation-relaxed"))
    if not session.chosen:
        yield refuse(session.occurrence, Reason("nothing-fits"))
    elif session.left_ms >= WORTH_TELLING_MS:
        yield refuse(session.occurrence, Reason("time-left", {"seconds": session.left_ms // 1000}))
    for part, short_ms in find_short(session.occurrence.frame, [choice.item for choice in session.chosen]):
        data = {"code": part.code, "minutes": part.minutes, "missing": -(-short_ms // 60_000)}
        yield refuse(session.occurrence, Reason(f"frame-short-{part.kind}", data))


def settle(session: OpenSession) -> Session:
    """The pieces in their order, each at its exact millisecond."""
    ranks: Mapping[Priority, int] = {Priority.URGENT: 0, Priority.PRIORITY: 1, Priority.NORMAL: 2}
    entries: list[tuple[ItemRole, Item, Reason, tuple[PassedOver, ...]]] = []
    if session.signature is not None:
        entries.append((ItemRole.SIGNATURE, session.signature, Reason("signature"), ()))
    if session.greeting is not None:
        entries.append((ItemRole.SIGNATURE, session.greeting, Reason("greeting"), ()))
    frame = session.occurrence.frame
    entries += [
        (ItemRole.SEGMENT, choice.item, choice.reason, choice.passed_over)
        for choice in sorted(
            session.chosen, key=lambda one: (find_place(frame, one.item), ranks[one.item.priority])
        )
    ]
    if session.closing is not None:
        entries.append((ItemRole.CLOSING, session.closing, Reason("closing"), ()))
    clock = session.occurrence.starts_at
    airings = []
    for position, (role, item, reason, passed_over) in enumerate(entries, start=1):
        ends_at = clock + timedelta(milliseconds=item.duration_ms)
        airings.append(
            PlannedAiring(session.occurrence, position, role, item, clock, ends_at, reason, passed_over)
        )
        clock = ends_at
    return Session(session.occurrence, tuple(airings), session.left_ms)
