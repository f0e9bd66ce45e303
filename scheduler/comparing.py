"""What a change of the schedule comes to, in numbers: by station and day, and for each goal."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from scheduler.goals import MINUTE_MS, Goal, GoalResult, Tally
from scheduler.groundwork import Ground, length_ms, make_item
from scheduler.keeping import SessionKey
from scheduler.models import Airing, ItemRole
from scheduler.proof import Proof
from scheduler.writing import Rows, SessionChange

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Played:
    """One piece in one session."""

    asset_id: int
    slot_id: int
    day: date
    starts_at: datetime
    duration_ms: int
    reason_code: str
    reason_data: dict[str, Any]


@dataclass(slots=True)
class DayDifference:
    """What changes at a station on one day; a move is told on the day on which the piece is to air."""

    station: str
    day: date
    added: list[Played] = field(default_factory=list)
    removed: list[Played] = field(default_factory=list)
    moved: list[tuple[Played, Played]] = field(default_factory=list)
    """From, to."""
    shifted: list[tuple[Played, Played]] = field(default_factory=list)
    """In the same session at another moment."""


def find_differences(changes: Sequence[SessionChange]) -> list[DayDifference]:
    """What comes, goes and moves, of pieces (tunes left out), by day and station.

    What leaves one session and enters another of the same station, in the period, has moved.
    """
    days: dict[tuple[date, str], DayDifference] = {}
    gone: dict[tuple[str, int], list[Played]] = defaultdict(list)
    fresh: list[tuple[DayDifference, Played]] = []
    for change in changes:
        day = days.setdefault((change.day, change.station), DayDifference(change.station, change.day))
        before = {one.asset_id: one for one in _list_played(change, change.before)}
        for one in _list_played(change, change.after):
            old = before.pop(one.asset_id, None)
            if old is None:
                fresh.append((day, one))
            elif old.starts_at != one.starts_at:
                day.shifted.append((old, one))
        for one in before.values():
            gone[change.station, one.asset_id].append(one)
    for day, one in fresh:
        olds = gone[day.station, one.asset_id]
        if olds:
            day.moved.append((olds.pop(0), one))
        else:
            day.added.append(one)
    for (station, _), olds in gone.items():
        for one in olds:
            days[one.day, station].removed.append(one)
    return [days[key] for key in sorted(days)]


def count_changes(ground: Ground, changes: Sequence[SessionChange]) -> dict[str, Any]:
    """Totals, and a row for each station and day that changes: pieces and milliseconds before and after."""
    differences = find_differences(changes)
    by_day = {(one.day, one.station): one for one in differences}
    codes = {number: code for code, number in ground.stations.items()}
    stood: dict[tuple[date, str], list[int]] = defaultdict(list)
    for rows in ground.within.values():
        for airing in rows:
            if airing.role is ItemRole.SEGMENT:
                stood[airing.local_date, codes[airing.station_id]].append(length_ms(airing))
    days: list[dict[str, Any]] = []
    for key, one in by_day.items():
        ms = sum(stood[key])
        left = [old for other in differences for old, _ in other.moved if (old.day, other.station) == key]
        away, come = [*one.removed, *left], [*one.added, *(new for _, new in one.moved)]
        days.append(
            {
                "station": one.station,
                "day": one.day.isoformat(),
                "added": len(one.added),
                "removed": len(one.removed),
                "moved": len(one.moved),
                "unchanged": len(stood[key]) - len(away),
                "before_ms": ms,
                "after_ms": ms - sum(old.duration_ms for old in away) + sum(new.duration_ms for new in come),
            }
        )
    total = sum(len(lengths) for lengths in stood.values())
    totals = {name: sum(day[name] for day in days) for name in ("added", "removed", "moved")}
    before_ms = sum(sum(lengths) for lengths in stood.values())
    grown = sum(day["after_ms"] - day["before_ms"] for day in days)
    return {
        **totals,
        "unchanged": total - totals["removed"] - totals["moved"],
        "sessions": len(changes),
        "kept": len(ground.kept),
        "before_ms": before_ms,
        "after_ms": before_ms + grown,
        "days": days,
    }


def weigh_goals(
    ground: Ground, results: Sequence[GoalResult], proofs: Mapping[Goal, Proof]
) -> list[dict[str, Any]]:
    """Each goal with how much of it stands before and after, in its own measure."""
    tally = Tally(result.goal for result in results)
    for one in ground.past:
        if one.counted:
            tally.add(one.item, one.station, one.local_date)
    codes = {number: code for code, number in ground.stations.items()}
    for airing in _list_open(ground.open_sessions.items()):
        if airing.role is ItemRole.SEGMENT:
            item = make_item(ground.assets[airing.asset_id], length_ms(airing))
            tally.add(item, codes[airing.station_id], airing.local_date)
    return [
        {
            **_describe_goal(result.goal),
            "wanted": result.wanted,
            "before": tally.placed[number] // (MINUTE_MS if result.goal.measure == "minutes" else 1),
            "after": result.placed,
            "missing": result.missing,
            "why": result.why.as_row() if result.why else None,
            "proof": proofs[result.goal].as_row() if result.goal in proofs else None,
        }
        for number, result in enumerate(results)
    ]


def _list_open(sessions: Iterable[tuple[SessionKey, list[Airing]]]) -> Iterable[Airing]:
    return (airing for _, airings in sessions for airing in airings)


def _describe_goal(goal: Goal) -> dict[str, Any]:
    return {
        "label": goal.label,
        "theme": goal.theme,
        "audience": goal.audience,
        "form": goal.form,
        "language": goal.language,
        "station": goal.station,
        "measure": goal.measure,
        "weight": goal.weight,
        "first_date": goal.first_date.isoformat(),
        "last_date": goal.last_date.isoformat(),
    }


def _list_played(change: SessionChange, rows: Rows) -> list[Played]:
    found = []
    for row in rows:
        if row["role"] == ItemRole.SEGMENT:
            starts_at = datetime.fromisoformat(row["starts_at"])
            length = (datetime.fromisoformat(row["ends_at"]) - starts_at) // _MILLISECOND
            found.append(
                Played(
                    row["asset_id"],
                    change.slot_id,
                    change.day,
                    starts_at,
                    length,
                    row["reason_code"],
                    row["reason_data"],
                )
            )
    return found
