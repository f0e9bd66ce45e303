"""A bulletin called off: what has not begun is taken back, what it pushed aside gets its place again."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlmodel import Session, col, select

from scheduler.calendar import Interval
from scheduler.models import Airing, AiringState
from scheduler.preempting import COPIES, OPEN, find_airings
from scheduler.reasons import URGENT


def call_off(session: Session, row: dict[str, Any], *, now: datetime) -> set[date]:
    """Take back what of a preemption has not begun, and give the sessions back what was pushed aside.

    A session in which the bulletin has sounded already, or another one is to sound, keeps its order; what
    was planned otherwise since keeps its place. Returns the days that change.
    """
    plays = find_airings(session, row["plays"])
    fixed = {_session_of(one) for one in plays if one.starts_at <= now or one.state not in OPEN}
    days = {one.local_date for one in plays}
    others = select(Airing).where(
        Airing.reason_code == URGENT,
        col(Airing.local_date).in_(days),
        col(Airing.id).not_in(row["plays"]),
    )
    fixed |= {_session_of(one) for one in session.exec(others)}
    changed = set()
    for airing in plays:
        if airing.starts_at > now and airing.state in OPEN:
            changed.add(airing.local_date)
            session.delete(airing)
    for airing in find_airings(session, row["added"]):
        # A re-planning may have taken the copy out since, and its number may be another airing's by now.
        if airing.reason_code not in COPIES:
            continue
        if airing.starts_at > now and airing.state in OPEN and _session_of(airing) not in fixed:
            changed.add(airing.local_date)
            session.delete(airing)
    session.flush()
    back: dict[tuple[int, int, date], dict[int, Interval]] = defaultdict(dict)
    for airing in find_airings(session, [int(key) for key in row["before"]]):
        stood = row["before"][str(airing.id)]
        starts_at = datetime.fromisoformat(stood["starts_at"])
        moved_since = airing.starts_at.isoformat() != stood["left_at"]
        if starts_at > now and _session_of(airing) not in fixed and not moved_since:
            ends_at = datetime.fromisoformat(stood["ends_at"])
            back[_session_of(airing)][airing.id or 0] = Interval(starts_at, ends_at)
    for key, moments in back.items():
        if _put_back(session, key, moments):
            changed.add(key[2])
    session.flush()
    return changed


def _put_back(session: Session, key: tuple[int, int, date], moments: Mapping[int, Interval]) -> bool:
    """Give a session back what was pushed aside in it, if what was planned there since leaves the room."""
    rows = session.exec(
        select(Airing).where(
            Airing.station_id == key[0], Airing.slot_id == key[1], Airing.local_date == key[2]
        )
    ).all()
    then = [
        moments.get(one.id or 0, Interval(one.starts_at, one.ends_at))
        for one in rows
        if one.id in moments or one.state is not AiringState.PREEMPTED
    ]
    in_order = sorted(then, key=lambda one: one.starts_at)
    if any(one.overlaps(other) for one, other in pairwise(in_order)):
        return False
    for airing in rows:
        play = moments.get(airing.id or 0)
        if play is not None:
            airing.starts_at, airing.ends_at = play.starts_at, play.ends_at
            airing.state, airing.state_code, airing.state_data = AiringState.PLANNED, "", {}
            session.add(airing)
    return True


def _session_of(airing: Airing) -> tuple[int, int, date]:
    return airing.station_id, airing.slot_id, airing.local_date
