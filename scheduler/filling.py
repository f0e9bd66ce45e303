"""The schedule in the database: planned and written at once, where nobody has to look at it before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from scheduler.changes import ChangeState
from scheduler.drafts import describe_change, propose, write_changes
from scheduler.goals import Goal, GoalResult
from scheduler.groundwork import PeriodBackwards
from scheduler.models import Airing, PlacementRun
from scheduler.proof import Proof
from scheduler.sessions import Refusal, keep_refusals
from scheduler.stations import find_station

__all__ = ["FillResult", "PeriodBackwards", "fill_schedule", "list_airings"]


@dataclass(frozen=True, slots=True)
class FillResult:
    """What a filling came to. `airings` stand in the filled sessions; `added`, `removed` say what changed."""

    run_id: int
    airings: int
    added: int
    removed: int
    goals: tuple[GoalResult, ...]
    refusals: tuple[Refusal, ...]
    proofs: tuple[dict[str, object], ...] = ()
    """Rows of the goals that stay short, the heaviest first; only if it was asked for."""


def fill_schedule(
    session: Session,
    *,
    stations: Sequence[str],
    first: date,
    last: date,
    goals: Sequence[Goal],
    now: datetime,
    seed: int = 0,
    by: str = "system",
    cause: str = "",
    mend_only: bool = False,
    explain: bool = False,
) -> FillResult:
    """Plan the broadcast days `first`..`last` of these stations and write it at once, as a version.

    What stands and may stay stays (see `keeping`, `replanning`); with `mend_only` only silence is filled and
    what may not air any more replaced. With `explain` it is proven why goals stay short. Goals of other
    stations and other days are left out. With unchanged input nothing is written: rows keep their ids.

    Raises:
        StationUnknown, PeriodBackwards
    """
    proposal = propose(
        session,
        stations=stations,
        first=first,
        last=last,
        goals=goals,
        now=now,
        seed=seed,
        mend_only=mend_only,
        explain=explain,
    )
    placement, ground = proposal.placement, proposal.ground
    added, removed = write_changes(session, ground, proposal.changes)
    if proposal.changes:
        change = describe_change(proposal, by=by, now=now, cause=cause, seed=seed, afresh=False)
        change.state, change.closed_at, change.closed_by = ChangeState.APPLIED, now, by
        session.add(change)
    refusals = [*placement.refusals, *ground.refusals]
    period = PlacementRun(
        made_at=now,
        first_date=first,
        last_date=last,
        stations=sorted(ground.stations),
        seed=seed,
        refusals=keep_refusals(refusals),
        goals=[_describe_goal(result, proposal.proofs.get(result.goal)) for result in placement.goals],
    )
    run = _keep_run(session, period, changed=bool(proposal.changes))
    assert run.id is not None
    proofs = tuple(
        {"goal": goal.label, "name": goal.name, **proof.as_row()} for goal, proof in proposal.proofs.items()
    )
    return FillResult(
        run.id, len(placement.airings), added, removed, placement.goals, tuple(refusals), proofs
    )


def list_airings(session: Session, *, station: str, first: date, last: date | None = None) -> list[Airing]:
    """The station's airings of the broadcast days `first`..`last` (default: the one), in order of time."""
    query = select(Airing).where(
        Airing.station_id == find_station(session, station).id,
        col(Airing.local_date).between(first, last or first),
    )
    return list(session.exec(query.order_by(col(Airing.starts_at), col(Airing.position))))


def _describe_goal(result: GoalResult, proof: Proof | None) -> dict[str, object]:
    goal = result.goal
    return {
        "label": goal.label,
        "first_date": goal.first_date.isoformat(),
        "last_date": goal.last_date.isoformat(),
        "measure": goal.measure,
        "wanted": result.wanted,
        "placed": result.placed,
        "missing": result.missing,
        "why": result.why.as_row() if result.why else None,
        "proof": proof.as_row() if proof else None,
    }


def _keep_run(session: Session, run: PlacementRun, *, changed: bool) -> PlacementRun:
    """The run, kept; the last one is returned if it was for the same period and says the same."""
    last = session.exec(select(PlacementRun).order_by(col(PlacementRun.id).desc())).first()
    ignored = {"id", "made_at"}
    if (
        last is not None
        and not changed
        and last.model_dump(exclude=ignored) == run.model_dump(exclude=ignored)
    ):
        return last
    session.add(run)
    session.flush()
    return run
