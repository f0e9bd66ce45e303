"""A change of the schedule as a person reads it: what comes, goes and moves, why, and what goals gain."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from assets.messages import say
from assets.models import Asset
from scheduler.by_hand import find_near, list_hand_rules
from scheduler.changes import HandKind, HandRule, ScheduleChange
from scheduler.comparing import Played, find_differences
from scheduler.keeping import read_freeze
from scheduler.models import Airing, ItemRole, Slot, Station
from scheduler.reasons import Reason
from scheduler.sessions import read_refusal
from scheduler.writing import SessionChange, read_changes
from studio.arranging.goals import ShownGoal, show_goal


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """`starts_at` has the station's offset; `why` is why it comes, or why it goes."""

    title: str
    key: str
    slot: str
    day: date
    starts_at: datetime
    duration_ms: int
    why: str


@dataclass(slots=True)
class ShownDay:
    """A station's day; `kept` pieces stay in their session, `shifted` of them at another minute."""

    station: str
    station_name: str
    day: date
    kept: int
    before_ms: int
    after_ms: int
    added: list[ShownPiece] = field(default_factory=list)
    removed: list[ShownPiece] = field(default_factory=list)
    moved: list[tuple[ShownPiece, ShownPiece]] = field(default_factory=list)
    shifted: list[tuple[ShownPiece, ShownPiece]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PieceChange:
    """How often a piece comes, goes and moves, and why mostly."""

    title: str
    counts: Counter[str] = field(default_factory=Counter)
    whys: Counter[str] = field(default_factory=Counter)

    @property
    def why(self) -> str:
        return next((why for why, _ in self.whys.most_common(1)), "")


@dataclass(frozen=True, slots=True)
class ShownChange:
    change: ScheduleChange
    days: tuple[ShownDay, ...]
    goals: tuple[ShownGoal, ...]
    refused_pins: tuple[str, ...]
    idle: tuple[str, ...]
    """Stations on which nothing can be placed, and why."""

    @property
    def counts(self) -> dict[str, Any]:
        return self.change.counts

    @property
    def met(self) -> tuple[int, int]:
        """How many goals are met before and after."""
        return (
            sum(goal.before >= goal.wanted for goal in self.goals),
            sum(goal.is_met for goal in self.goals),
        )

    @property
    def headline(self) -> str:
        """The whole change in one sentence."""
        parts = [
            say(f"arranging.count.{name}", count=self.counts[name])
            for name in ("added", "removed", "moved")
            if self.counts[name]
        ]
        if not parts:
            parts = [say("arranging.count.times")]
        parts.append(say("arranging.count.unchanged", count=self.counts["unchanged"]))
        told = ", ".join(parts)
        return say("arranging.headline", parts=told[:1].upper() + told[1:])

    @property
    def pieces(self) -> list["PieceChange"]:
        """What becomes of each piece over all days, the most changed first."""
        found: dict[str, PieceChange] = {}
        for day in self.days:
            for name, ones in (
                ("removed", day.removed),
                ("added", day.added),
                ("moved", [new for _, new in day.moved]),
            ):
                for one in ones:
                    row = found.setdefault(one.key, PieceChange(one.title))
                    row.counts[name] += 1
                    row.whys[one.why] += 1
        return sorted(found.values(), key=lambda row: (-row.counts.total(), row.title))

    @property
    def changed_days(self) -> list[ShownDay]:
        """Without those in which only minutes shift."""
        return [day for day in self.days if day.added or day.removed or day.moved]

    @property
    def by_station(self) -> list[tuple[str, list[ShownDay]]]:
        """The changed days of each station, for changes of many days."""
        found: dict[str, list[ShownDay]] = defaultdict(list)
        for day in self.changed_days:
            found[day.station_name].append(day)
        return sorted(found.items())

    @property
    def telling_goals(self) -> list[ShownGoal]:
        """Those that change or are short; the others are met and stay."""
        return [goal for goal in self.goals if goal.turn != "same" or not goal.is_met]


def show_change(session: Session, change: ScheduleChange) -> ShownChange:
    """The change with names and reasons, the most pressing first."""
    changes = read_changes(change.before, change.after)
    names = _Names(session, changes)
    counted = {(row["station"], row["day"]): row for row in change.counts.get("days", ())}
    days = []
    for one in find_differences(changes):
        figures = counted[one.station, one.day.isoformat()]
        days.append(
            ShownDay(
                station=one.station,
                station_name=names.stations[one.station].name,
                day=one.day,
                kept=figures["unchanged"],
                before_ms=figures["before_ms"],
                after_ms=figures["after_ms"],
                added=[names.show(one.station, new, names.tell_coming(new)) for new in one.added],
                removed=[names.show(one.station, old, names.tell_going(old)) for old in one.removed],
                moved=[
                    (names.show(one.station, old), names.show(one.station, new, names.tell_coming(new)))
                    for old, new in one.moved
                ],
                shifted=[
                    (names.show(one.station, old), names.show(one.station, new)) for old, new in one.shifted
                ],
            )
        )
    goals = [show_goal(session, row, names.stations) for row in change.goals]
    order = {"worse": 0, "better": 1, "same": 2}
    refusals = [read_refusal(row) for row in change.refusals]
    return ShownChange(
        change,
        tuple(days),
        tuple(sorted(goals, key=lambda goal: (order[goal.turn], goal.is_met, goal.name))),
        tuple(
            say("arranging.pin_refused", piece=one.title or one.name, why=one.reason.wording)
            for one in refusals
            if one.subject == "pin"
        ),
        tuple(one.wording for one in refusals if one.subject == "station"),
    )


def describe_shown(shown: ShownChange) -> dict[str, Any]:
    """The change as plain JSON values."""
    change = shown.change
    return {
        "number": change.id,
        "state": change.state.value,
        "first": change.first_date.isoformat(),
        "last": change.last_date.isoformat(),
        "stations": change.stations,
        "made_at": change.made_at.isoformat(),
        "made_by": change.made_by,
        "cause": change.cause,
        "closed_at": change.closed_at.isoformat() if change.closed_at else None,
        "closed_by": change.closed_by,
        "undone_at": change.undone_at.isoformat() if change.undone_at else None,
        "undone_by": change.undone_by,
        **{
            name: change.counts.get(name)
            for name in ("added", "removed", "moved", "unchanged", "before_ms", "after_ms")
        },
        "days": [
            {
                "station": day.station,
                "day": day.day.isoformat(),
                "unchanged": day.kept,
                "before_ms": day.before_ms,
                "after_ms": day.after_ms,
                "added": [_describe_piece(one) for one in day.added],
                "removed": [_describe_piece(one) for one in day.removed],
                "moved": [
                    {"from": _describe_piece(old), "to": _describe_piece(new)} for old, new in day.moved
                ],
            }
            for day in shown.days
        ],
        "goals": change.goals,
        "refused_pins": list(shown.refused_pins),
    }


def _describe_piece(one: ShownPiece) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "slot": one.slot,
        "day": one.day.isoformat(),
        "starts_at": one.starts_at.isoformat(),
        "duration_ms": one.duration_ms,
        "why": one.why,
    }


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A pin or ban with the names of what it is about."""

    rule: HandRule
    title: str
    key: str
    where: str
    warning: str = ""
    """What speaks against a pin, in words."""

    @property
    def is_pin(self) -> bool:
        return self.rule.kind is HandKind.PIN


def show_rules(session: Session, *, since: date, now: datetime) -> list[ShownRule]:
    """The pins and bans that still matter."""
    rules = list_hand_rules(session, since=since)
    assets = _find_assets(session, {rule.asset_id for rule in rules})
    stations = {one.id: one for one in session.exec(select(Station))}
    slots = {one.id: one for one in session.exec(select(Slot))}
    return [
        ShownRule(
            rule,
            assets[rule.asset_id].title,
            assets[rule.asset_id].key,
            _tell_where(rule, stations, slots),
            warn_of(session, rule, now=now),
        )
        for rule in rules
    ]


def warn_of(session: Session, rule: HandRule, *, now: datetime) -> str:
    """What speaks against a pin, in words; empty if nothing does."""
    near = find_near(session, rule, now=now) if rule.kind is HandKind.PIN else None
    return near.wording if near else ""


def _tell_where(
    rule: HandRule, stations: Mapping[int | None, Station], slots: Mapping[int | None, Slot]
) -> str:
    parts = [stations[rule.station_id].name if rule.station_id else say("arranging.everywhere")]
    if rule.slot_id:
        parts.append(slots[rule.slot_id].name)
    if rule.first_date and rule.first_date == rule.last_date:
        parts.append(f"{rule.first_date:%d/%m/%Y}")
    elif rule.first_date or rule.last_date:
        first = f"{rule.first_date:%d/%m/%Y}" if rule.first_date else "…"
        last = f"{rule.last_date:%d/%m/%Y}" if rule.last_date else "…"
        parts.append(f"{first} – {last}")
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class SessionHand:
    """What a hand may do in a session: `fixed` says why nothing, `pins` are rules by the key of the piece."""

    fixed: str
    pins: Mapping[str, int]


def read_hands(session: Session, station: Station, day: date, *, now: datetime) -> dict[int, SessionHand]:
    """For each slot that has airings at the station on that day."""
    rows = session.exec(select(Airing).where(Airing.station_id == station.id, Airing.local_date == day)).all()
    freeze = read_freeze(session, [station], day, now=now)
    pins: dict[int, dict[str, int]] = defaultdict(dict)
    pinned = select(HandRule, Asset.key).join(Asset, col(Asset.id) == col(HandRule.asset_id))
    for rule, key in session.exec(
        pinned.where(
            HandRule.kind == HandKind.PIN,
            HandRule.station_id == station.id,
            HandRule.first_date == day,
            col(HandRule.removed_at).is_(None),
        )
    ):
        pins[rule.slot_id or 0][key] = rule.id or 0
    by_slot: dict[int, list[Airing]] = defaultdict(list)
    for row in rows:
        by_slot[row.slot_id].append(row)
    hands = {}
    for slot_id, airings in by_slot.items():
        why = freeze.find_why(station.code, day, min(one.starts_at for one in airings), airings)
        hands[slot_id] = SessionHand(why.wording if why else "", pins[slot_id])
    return hands


class _Names:
    """What ids are called, and why pieces come and go."""

    def __init__(self, session: Session, changes: Iterable[SessionChange]) -> None:
        changes = list(changes)
        rows = [row for one in changes for row in (*one.before, *one.after)]
        self.assets = _find_assets(session, {row["asset_id"] for row in rows})
        self.stations = {one.code: one for one in session.exec(select(Station))}
        ids = {one.slot_id for one in changes}
        self.slots = {one.id: one for one in session.exec(select(Slot).where(col(Slot.id).in_(ids)))}
        self._gone_sessions = {one.key for one in changes if not one.after}
        self._passed = {
            (one.key, passed["key"]): row
            for one in changes
            for row in one.after
            if row["role"] == ItemRole.SEGMENT
            for passed in row["passed_over"]
            if passed["code"] == "ranked-lower"
        }

    def show(self, station: str, one: Played, why: str = "") -> ShownPiece:
        asset = self.assets[one.asset_id]
        return ShownPiece(
            title=asset.title,
            key=asset.key,
            slot=self.slots[one.slot_id].name,
            day=one.day,
            starts_at=one.starts_at.astimezone(ZoneInfo(self.stations[station].timezone)),
            duration_ms=one.duration_ms,
            why=why,
        )

    def tell_coming(self, one: Played) -> str:
        return Reason(one.reason_code, one.reason_data).wording

    def tell_going(self, one: Played) -> str:
        asset = self.assets[one.asset_id]
        key = (one.slot_id, one.day)
        if asset.retired_at is not None:
            return say("arranging.gone.withdrawn")
        if not (asset.valid_from or date.min) <= one.day <= (asset.valid_until or date.max):
            return say("arranging.gone.expired")
        if key in self._gone_sessions:
            return say("arranging.gone.session")
        winner = self._passed.get((key, asset.key))
        if winner is not None:
            return say("arranging.gone.gave_way", piece=self.assets[winner["asset_id"]].title)
        return say("arranging.gone.other")


def _find_assets(session: Session, ids: set[int]) -> dict[int, Asset]:
    found = session.exec(select(Asset).where(col(Asset.id).in_(ids))).all()
    return {asset.id or 0: asset for asset in found}
