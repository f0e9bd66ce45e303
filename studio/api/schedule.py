"""Drafts of the schedule over the API: make, compare, apply, discard, undo; pins and bans."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from scheduler.changes import ScheduleChange
from scheduler.drafts import DraftStale, find_change, list_changes
from studio.api.answers import ErrorAnswer, JobAnswer
from studio.arranging.drafts import Wanted, apply_draft, discard_draft, undo_change
from studio.arranging.hands import ban_piece, lift_rule, pin_piece
from studio.arranging.showing import ShownRule, describe_shown, show_change, show_rules
from studio.jobs.models import Job
from studio.people.models import User
from studio.people.permissions import Action
from studio.web.access import Allowed, In, Now, Reading, Writing, check_request, read_day
from studio.web.replanning import plan_again, plan_anew

router = APIRouter(prefix="/schedule", tags=["schedule"])

Reader = Annotated[User, Depends(Allowed(Action.READ_TODAY))]
Planner = Annotated[User, Depends(Allowed(Action.FILL_SCHEDULE))]
SENT = [Depends(check_request)]
STALE = (
    "`DraftStale`: what the draft rests on has changed, and it is discarded; `data.draft` is the number of a "
    "fresh draft of the same days, or `data.job` the job that makes it, and both are null if nothing would "
    "change any more. `ChangeClosed`: it was applied or discarded before"
)


class NewDraft(BaseModel):
    """Without stations all that serve on the first day; `afresh` keeps nothing that may change."""

    first: date
    last: date
    stations: list[str] = []
    cause: Annotated[str, Field(max_length=200)] = ""
    afresh: bool = False


class NewPin(BaseModel):
    asset: str
    station: str
    slot: str
    day: date
    reason: Annotated[str, Field(max_length=200)] = ""


class NewBan(BaseModel):
    """Without station everywhere, without slot in all of its slots, without days always."""

    asset: str
    station: str | None = None
    slot: str | None = None
    first: date | None = None
    last: date | None = None
    reason: Annotated[str, Field(max_length=200)] = ""


class ChangeAnswer(BaseModel):
    """A draft or a change in short; its difference is at its own address."""

    number: int | None
    state: str
    first: date
    last: date
    cause: str
    made_by: str
    added: int
    removed: int
    moved: int
    unchanged: int


class RuleAnswer(BaseModel):
    number: int | None
    kind: str
    asset: str
    where: str
    reason: str
    made_by: str
    warning: str
    """What speaks against a pin; empty if nothing does."""


@router.get("/changes")
def list_all(session: Reading, _user: Reader) -> list[ChangeAnswer]:
    """The latest drafts and changes, the newest first."""
    return [_answer(one) for one in list_changes(session)]


@router.post(
    "/changes",
    status_code=201,
    dependencies=SENT,
    responses={202: {"model": JobAnswer, "description": "It takes long: the job whose result is `draft`"}},
)
def make(
    house: In, now: Now, user: Planner, response: Response, given: NewDraft
) -> ChangeAnswer | JobAnswer | None:
    """A draft of these days planned anew; null if nothing would change.

    Many stations or a long time are planned by a job: follow it under `/jobs/{id}`; its result `draft` is the
    number of the draft, or null.
    """
    wanted = Wanted(given.first, given.last, given.stations, given.cause, given.afresh)
    made = plan_anew(house, wanted, by=user, now=now)
    if isinstance(made, Job):
        response.status_code = 202
        return JobAnswer.model_validate(made)
    return _answer(made) if made else None


@router.get("/changes/{number}")
def show_one(session: Reading, _user: Reader, number: int) -> dict[str, Any]:
    """What comes, goes and moves by station and day, and the goals before and after."""
    return describe_shown(show_change(session, find_change(session, number)))


@router.post(
    "/changes/{number}/apply",
    dependencies=SENT,
    responses={409: {"model": ErrorAnswer, "description": STALE}},
)
def apply(house: In, now: Now, user: Planner, number: int) -> ChangeAnswer:
    """All of the draft, or nothing where what it rests on has changed (`DraftStale`)."""
    try:
        with house.database.writing() as session:
            return _answer(apply_draft(session, number, by=user, now=now))
    except DraftStale as stale:
        fresh = plan_again(house, number, by=user, now=now)
        job = fresh.id if isinstance(fresh, Job) else None
        draft = fresh.id if isinstance(fresh, ScheduleChange) else None
        raise DraftStale(**stale.data, draft=draft, job=job) from stale


@router.post("/changes/{number}/discard", dependencies=SENT)
def discard(session: Writing, now: Now, user: Planner, number: int) -> ChangeAnswer:
    return _answer(discard_draft(session, number, by=user, now=now))


@router.post("/changes/{number}/undo", dependencies=SENT)
def undo(session: Writing, now: Now, user: Planner, number: int) -> ChangeAnswer:
    """409 once something of it was published, aired or changed again."""
    return _answer(undo_change(session, number, by=user, now=now))


@router.get("/hand")
def list_hand(house: In, session: Reading, _user: Reader, now: Now) -> list[RuleAnswer]:
    """The pins and bans that still matter."""
    since = read_day(None, house.settings.timezone, now)
    return [_answer_rule(one) for one in show_rules(session, since=since, now=now)]


@router.post("/pins", status_code=201, dependencies=SENT)
def pin(house: In, session: Writing, now: Now, user: Planner, given: NewPin) -> RuleAnswer:
    rule = pin_piece(
        session,
        given.asset,
        station=given.station,
        slot=given.slot,
        day=given.day,
        by=user,
        now=now,
        reason=given.reason,
    )
    since = read_day(None, house.settings.timezone, now)
    return next(
        _answer_rule(one) for one in show_rules(session, since=since, now=now) if one.rule.id == rule.id
    )


@router.post("/bans", status_code=201, dependencies=SENT)
def ban(house: In, session: Writing, now: Now, user: Planner, given: NewBan) -> RuleAnswer:
    rule = ban_piece(
        session,
        given.asset,
        by=user,
        now=now,
        zone=house.settings.timezone,
        station=given.station,
        slot=given.slot,
        first=given.first,
        last=given.last,
        reason=given.reason,
    )
    since = read_day(None, house.settings.timezone, now)
    return next(
        _answer_rule(one) for one in show_rules(session, since=since, now=now) if one.rule.id == rule.id
    )


@router.delete("/hand/{number}", status_code=204, dependencies=SENT)
def lift(session: Writing, now: Now, user: Planner, number: int) -> None:
    lift_rule(session, number, by=user, now=now)


def _answer(change: ScheduleChange) -> ChangeAnswer:
    return ChangeAnswer(
        number=change.id,
        state=change.state.value,
        first=change.first_date,
        last=change.last_date,
        cause=change.cause,
        made_by=change.made_by,
        **{name: change.counts[name] for name in ("added", "removed", "moved", "unchanged")},
    )


def _answer_rule(one: ShownRule) -> RuleAnswer:
    return RuleAnswer(
        number=one.rule.id,
        kind=one.rule.kind.value,
        asset=one.key,
        where=one.where,
        reason=one.rule.reason,
        made_by=one.rule.made_by,
        warning=one.warning,
    )
