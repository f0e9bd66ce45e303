"""A draft made while a person waits: a small one at once, a large one as a job with its own page."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from assets.messages import say
from scheduler.changes import ScheduleChange
from scheduler.drafts import find_change
from studio.arranging.drafts import (
    AT_ONCE,
    Wanted,
    discard_draft,
    keep_draft,
    measure_draft,
    propose_draft,
    read_wanted,
)
from studio.jobs.models import Job, JobState
from studio.jobs.queue import JobMissing, find_job
from studio.jobs.requests import request_draft
from studio.people.models import User
from studio.people.permissions import Action, require
from studio.web.access import Allowed, House, Reading, parse_day
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Planner = Annotated[User, Depends(Allowed(Action.FILL_SCHEDULE))]


def plan_anew(
    house: House, wanted: Wanted, *, by: User, now: datetime, instead: int | None = None
) -> ScheduleChange | Job | None:
    """The draft, or the job that makes it where that takes long; None if nothing would change.

    The draft `instead` is discarded with it.

    Raises:
        NotAllowed, StationUnknown, PeriodBackwards, PeriodTooLong, ChangeUnknown, ChangeClosed
    """
    require(by, Action.FILL_SCHEDULE)
    proposal = None
    with house.database.reading() as session:
        if measure_draft(session, wanted) <= AT_ONCE:
            proposal = propose_draft(session, wanted, now=now)
    with house.database.writing() as session:
        if instead is not None:
            discard_draft(session, instead, by=by, now=now)
        if proposal is None:
            return request_draft(session, wanted, by=by, now=now)
        return keep_draft(session, proposal, wanted, by=by, now=now)


def plan_again(house: House, number: int, *, by: User, now: datetime) -> ScheduleChange | Job | None:
    """As `plan_anew`, what a draft was about that does not fit any more; that one is discarded."""
    with house.database.reading() as session:
        wanted = read_wanted(find_change(session, number))
    return plan_anew(house, wanted, by=by, now=now, instead=number)


def open_draft(
    request: Request, made: ScheduleChange | Job | None, *, instead: int | None = None
) -> Response:
    """To the page where the draft is, or comes to be."""
    query = f"?instead={instead}" if instead else ""
    if made is None:
        return redirect("/schedule?done=nothing", request)
    if isinstance(made, Job):
        return redirect(f"/schedule/making/{made.id}{query}", request)
    return redirect(f"/schedule/drafts/{made.id}{query}", request)


@router.get("/schedule/making/{number}")
def follow(request: Request, *, session: Reading, _user: Planner, number: int, instead: str = "") -> Response:
    """How far a large draft is; when it is made, the way to it."""
    job = find_job(session, number)
    if job.kind != "draft":
        raise JobMissing(id=number)
    replaced = int(instead) if instead.isascii() and instead.isdigit() else None
    if job.state is JobState.DONE:
        made = (job.result or {}).get("draft")
        return open_draft(
            request, find_change(session, made) if isinstance(made, int) else None, instead=replaced
        )
    values = {
        "title": say("web.schedule.making"),
        "job": job,
        "first": parse_day(str(job.payload["first"])),
        "last": parse_day(str(job.payload["last"])),
        "instead": replaced,
    }
    part = bool(request.headers.get("hx-request"))
    return render(request, "schedule_progress.html" if part else "schedule_making.html", values)
