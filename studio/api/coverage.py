"""Coverage of the plan over the API."""

from typing import Annotated

from fastapi import APIRouter, Depends

from studio.api.answers import CoverageAnswer, CoverageRowAnswer
from studio.people.models import User
from studio.people.permissions import Action
from studio.planning.coverage import compute_coverage
from studio.planning.plans import find_plan
from studio.web.access import Allowed, In, Now, Reading
from studio.web.coverage import read_period

router = APIRouter(tags=["coverage"])


@router.get("/coverage")
def show_coverage(
    house: In,
    session: Reading,
    _user: Annotated[User, Depends(Allowed(Action.READ_COVERAGE))],
    now: Now,
    *,
    plan: str = "",
    first: str = "",
    last: str = "",
) -> CoverageAnswer:
    """The plan's targets against what aired, what is short first; by default over the whole plan."""
    chosen = find_plan(session, plan or None)
    since, until = read_period(session, chosen, first, last, zone=house.settings.timezone, now=now)
    coverage = compute_coverage(session, chosen, since, until, now=now, with_rows=False)
    met = [row for row in coverage.rows if row not in coverage.short]
    return CoverageAnswer(
        plan=coverage.plan_code,
        first=coverage.first,
        last=coverage.last,
        met=coverage.met,
        rows=[CoverageRowAnswer.model_validate(row) for row in (*coverage.short, *met)],
    )
