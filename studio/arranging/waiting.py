"""What a night plans by itself, and what planning anew would bring beyond: that is left to a person."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from scheduler import drafts
from scheduler.comparing import weigh_goals
from scheduler.drafts import Proposal, Report
from scheduler.models import Airing, ItemRole
from scheduler.stations import list_stations
from studio.planning.goals import goals_for
from studio.planning.plans import list_plans

_NAMED = ("theme", "audience", "form", "language", "station", "measure")
"""What tells one goal from another, whichever days a night looks at."""


def _say_nothing(_share: float, _words: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Gain:
    """What a draft of the days `first`..`last` would bring."""

    first: date
    last: date
    pieces: tuple[str, ...]
    """Keys of approved pieces that were never placed, and would be."""
    goals: tuple[str, ...]
    """Names of goals that are short, and would get more."""

    @property
    def is_empty(self) -> bool:
        return not self.pieces and not self.goals


def propose_night(
    session: Session,
    first: date,
    last: date,
    *,
    now: datetime,
    mend_only: bool,
    report: Report = _say_nothing,
) -> Proposal:
    """The days of all stations planned anew; with `mend_only` only silence and what may not air any more."""
    codes = [one.code for one in list_stations(session) if (one.valid_until or date.max) >= first]
    goals = [goal for plan in list_plans(session) for goal in goals_for(session, plan, first, last)]
    return drafts.propose(
        session,
        stations=codes,
        first=first,
        last=last,
        goals=goals,
        now=now,
        mend_only=mend_only,
        report=report,
    )


def find_gain(session: Session, first: date, last: date, *, now: datetime) -> Gain:
    """The stations' schedule of these days, planned anew and thrown away."""
    proposal = propose_night(session, first, last, now=now, mend_only=False)
    coming = {
        row["asset_id"]
        for change in proposal.changes
        for row in change.after
        if row["role"] == ItemRole.SEGMENT
    }
    known = set(session.exec(select(Airing.asset_id).where(col(Airing.asset_id).in_(coming)).distinct()))
    keys = {item.asset_id: item.key for item in proposal.ground.items}
    rows = weigh_goals(proposal.ground, proposal.placement.goals, {})
    return Gain(
        first,
        last,
        tuple(sorted(keys[number] for number in coming - known)),
        tuple(
            sorted(
                " ".join(str(row[name] or "-") for name in _NAMED)
                for row in rows
                if row["before"] < row["wanted"] and row["after"] > row["before"]
            )
        ),
    )
