"""Scripts over the API: the same workflow as the pages."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from assets.models import AiringRules
from studio.api.answers import JobAnswer, Page, ProblemAnswer, ScriptAnswer, ScriptTextAnswer
from studio.api.paging import Limit, Offset, cut
from studio.arranging.airing_rules import set_airing_rules
from studio.jobs.requests import approve_and_request, request_segment
from studio.people.models import User
from studio.people.permissions import Action
from studio.production.programme import known_names
from studio.scripts import workflow
from studio.scripts.models import Script, ScriptState
from studio.scripts.parser import MAX_CHARACTERS, check_script
from studio.web.access import Allowed, In, Now, Reading, Writing, check_request

router = APIRouter(prefix="/scripts", tags=["scripts"])

Reader = Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_SCRIPTS))]
Decider = Annotated[User, Depends(Allowed(Action.DECIDE_SCRIPTS))]
SENT = [Depends(check_request)]


class Text(BaseModel):
    text: Annotated[str, Field(max_length=MAX_CHARACTERS)]


class NewScript(Text):
    code: Annotated[str | None, Field(description="Made from the title if it is left out")] = None


class NewRevision(Text):
    based_on: Annotated[int, Field(description="The revision that was edited; a later one is a conflict")]


class Decision(BaseModel):
    comment: Annotated[str, Field(max_length=2000)] = ""
    revision: Annotated[int | None, Field(description="The revision that was read, if known")] = None


class GivenRules(BaseModel):
    valid_from: date | None = None
    valid_until: date | None = None
    stations: Annotated[list[str], Field(description="Codes; none named is every station")] = []
    separation_days: Annotated[int, Field(description="1 is not twice in a day")] = 1
    max_airings: Annotated[int | None, Field(description="On each station, in all")] = None


@router.get("")
def list_scripts(
    session: Reading,
    _user: Reader,
    *,
    state: ScriptState | None = None,
    search: str = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[ScriptAnswer]:
    """Scripts, the latest changed first; `search` in titles, with or without diacritics."""
    found = workflow.list_scripts(session, state=state, search=search)
    return cut(found, limit, offset, ScriptAnswer.model_validate)


@router.post("", status_code=201, dependencies=SENT)
def create_script(session: Writing, user: Writer, now: Now, new: NewScript) -> ScriptAnswer:
    script = workflow.create_script(session, code=new.code, text=new.text, by=user, now=now)
    return ScriptAnswer.model_validate(script)


@router.post("/check", dependencies=SENT)
def check(house: In, session: Reading, _user: Writer, given: Text) -> list[ProblemAnswer]:
    """Everything that is wrong with a text, by line and column."""
    return [
        ProblemAnswer(
            code=problem.code,
            message=str(problem),
            line=int(str(problem.data["line"])),
            column=int(str(problem.data["column"])),
        )
        for problem in check_script(given.text, **known_names(house.settings, session))
    ]


@router.get("/{code}")
def show_script(session: Reading, _user: Reader, code: str, revision: int | None = None) -> ScriptTextAnswer:
    script = workflow.find_script(session, code)
    number = revision or script.latest_revision
    text = workflow.text_of(session, script, number)
    return ScriptTextAnswer(**_describe(script), revision=number, text=text)


@router.post("/{code}/revisions", status_code=201, dependencies=SENT)
def save_revision(session: Writing, user: Writer, now: Now, code: str, new: NewRevision) -> ScriptAnswer:
    script = workflow.save_revision(session, code, text=new.text, based_on=new.based_on, by=user, now=now)
    return ScriptAnswer.model_validate(script)


@router.put("/{code}/airing-rules", dependencies=SENT)
def set_rules(
    session: Writing,
    user: Annotated[User, Depends(Allowed(Action.FILL_SCHEDULE))],
    now: Now,
    *,
    code: str,
    given: GivenRules,
) -> ScriptAnswer:
    """When, where and how often its piece may air, in all revisions; what is left out is without limit."""
    rules = AiringRules(**given.model_dump())
    return ScriptAnswer.model_validate(set_airing_rules(session, code, rules, by=user, now=now))


@router.post("/{code}/submit", dependencies=SENT)
def submit(house: In, session: Writing, user: Writer, now: Now, code: str) -> ScriptAnswer:
    script = workflow.submit(session, code, by=user, now=now, **known_names(house.settings, session))
    return ScriptAnswer.model_validate(script)


@router.post("/{code}/approve", dependencies=SENT)
def approve(
    house: In, session: Writing, user: Decider, now: Now, *, code: str, given: Decision
) -> ScriptAnswer:
    """Approve the submitted revision; its segment is made if it is not there yet."""
    script = approve_and_request(
        session,
        code,
        by=user,
        now=now,
        comment=given.comment,
        revision=given.revision,
        own_approval=house.settings.own_approval,
    )
    return ScriptAnswer.model_validate(script)


@router.post("/{code}/reject", dependencies=SENT)
def reject(session: Writing, user: Decider, now: Now, *, code: str, given: Decision) -> ScriptAnswer:
    script = workflow.reject(session, code, by=user, now=now, comment=given.comment, revision=given.revision)
    return ScriptAnswer.model_validate(script)


@router.post("/{code}/produce", status_code=202, dependencies=SENT)
def produce(
    session: Writing,
    user: Annotated[User, Depends(Allowed(Action.PRODUCE))],
    now: Now,
    code: str,
    revision: int | None = None,
) -> JobAnswer:
    """Ask for the segment of a revision (the latest by default); follow the job until it is done."""
    script = workflow.find_script(session, code)
    number = revision or script.latest_revision
    workflow.text_of(session, script, number)
    return JobAnswer.model_validate(request_segment(session, script, number, by=user, now=now))


def _describe(script: Script) -> dict[str, Any]:
    return ScriptAnswer.model_validate(script).model_dump()
