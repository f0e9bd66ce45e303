"""Scripts: the list, the editor, and the way from draft to approval."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session, col, select

from assets.errors import LoaError
from assets.messages import say
from studio.corrections.register import load_corrections
from studio.jobs.requests import approve_and_request, find_segment_job
from studio.people.models import User
from studio.people.permissions import Action, may
from studio.planning.amounts import shorten
from studio.planning.models import Plan
from studio.planning.plans import list_audiences, list_forms, list_plans, list_themes
from studio.production.changes import corrections_of
from studio.production.preview import preview_script
from studio.production.programme import known_names
from studio.production.releases import list_changes
from studio.recordings.register import list_recordings
from studio.recordings.shelf import list_lengths
from studio.scripts import workflow
from studio.scripts.deadlines import set_due
from studio.scripts.models import Decision, Revision, Script, ScriptState
from studio.scripts.parser import check_script
from studio.takes.register import count_takes
from studio.web.access import Allowed, House, In, Now, Reading, Writing, check_form, parse_day
from studio.web.airing_rules import describe_rules
from studio.web.clips import describe_clips
from studio.web.drafting import draft_text, list_cues
from studio.web.segments import find_made
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)

Reader = Annotated[User, Depends(Allowed(Action.READ_SCRIPTS))]
Writer = Annotated[User, Depends(Allowed(Action.WRITE_SCRIPTS))]
Decider = Annotated[User, Depends(Allowed(Action.DECIDE_SCRIPTS))]


@router.get("/scripts")
def list_scripts(
    request: Request, *, session: Reading, _user: Reader, state: str = "", search: str = ""
) -> Response:
    found = workflow.list_scripts(session, search=search)
    chosen = workflow.read_state(state) if state else None
    authors = {user.id: user.full_name for user in session.exec(select(User))}
    themes = _name_themes(session)
    rows = [
        {
            "script": script,
            "author": authors[script.author_id],
            "theme": shorten(themes.get(script.theme or "", "")),
        }
        for script in found
        if chosen is None or script.state is chosen
    ]
    values = {
        "title": say("web.scripts.title"),
        "state": state,
        "search": search,
        "counts": {one.value: sum(script.state is one for script in found) for one in ScriptState},
        "rows": rows,
    }
    return render(request, "scripts.html", values)


@router.get("/scripts/new")
def show_new(request: Request, *, session: Reading, _user: Writer) -> Response:
    plan = _latest_plan(session)
    values = {
        "title": say("web.scripts.new"),
        "themes": [row for row in list_themes(session, plan) if not row.closed_on] if plan else [],
        "audiences": [row for row in list_audiences(session, plan) if not row.closed_on] if plan else [],
        "forms": [row for row in list_forms(session, plan) if not row.closed_on] if plan else [],
    }
    return render(request, "script_new.html", values)


@router.post("/scripts", dependencies=[Depends(check_form)])
def create(
    request: Request,
    *,
    session: Writing,
    user: Writer,
    now: Now,
    title: Annotated[str, Form(max_length=200)],
    theme: Annotated[str, Form()] = "",
    audience: Annotated[str, Form()] = "",
    form: Annotated[str, Form()] = "",
) -> Response:
    text = draft_text(title, theme=theme, audience=audience, form=form)
    script = workflow.create_script(session, text=text, by=user, now=now)
    return redirect(f"/scripts/{script.code}", request)


@router.get("/scripts/{code}")
def show_script(
    request: Request, *, house: In, session: Reading, user: Reader, code: str, revision: int | None = None
) -> Response:
    script = workflow.find_script(session, code)
    return _show_editor(request, house, session, user, script, revision=revision)


@router.post("/scripts/{code}", dependencies=[Depends(check_form)])
def save(
    request: Request,
    *,
    house: In,
    user: Writer,
    now: Now,
    code: str,
    text: Annotated[str, Form()],
    revision: Annotated[int, Form()],
) -> Response:
    text = text.replace("\r\n", "\n")
    try:
        with house.database.writing() as session:
            workflow.save_revision(session, code, text=text, based_on=revision, by=user, now=now)
    except LoaError as error:
        # What was typed must not be lost: it is shown again with what stands in its way.
        with house.database.reading() as session:
            script = workflow.find_script(session, code)
            return _show_editor(request, house, session, user, script, typed=text, error=error)
    return redirect(f"/scripts/{code}", request)


@router.post("/scripts/{code}/due", dependencies=[Depends(check_form)])
def keep_due(
    request: Request, *, session: Writing, user: Writer, now: Now, code: str, due: Annotated[str, Form()] = ""
) -> Response:
    set_due(session, code, parse_day(due) if due.strip() else None, by=user, now=now)
    return redirect(f"/scripts/{code}", request)


@router.post("/scripts/{code}/reading", dependencies=[Depends(check_form)])
def read_typed(
    request: Request,
    *,
    house: In,
    session: Reading,
    user: Writer,
    code: str,
    text: Annotated[str, Form()] = "",
) -> Response:
    """What is typed, as it will be read, and what is wrong with it; nothing is kept."""
    text, script = text.replace("\r\n", "\n"), workflow.find_script(session, code)
    if not request.headers.get("hx-request"):
        return _show_editor(request, house, session, user, script, typed=text)
    lengths = list_lengths(session, text, house.settings.recordings)
    reading = preview_script(text, load_corrections(session), script=code, recordings=lengths)
    return render(
        request, "reading.html", {"reading": reading, "typing": True, **_judge(house, session, text)}
    )


@router.post("/scripts/{code}/submit", dependencies=[Depends(check_form)])
def submit(request: Request, *, house: In, user: Writer, now: Now, code: str) -> Response:
    def decide(session: Session) -> None:
        workflow.submit(session, code, by=user, now=now, **known_names(house.settings, session))

    return _decide(request, house, user, code, decide)


@router.post("/scripts/{code}/approve", dependencies=[Depends(check_form)])
def approve(
    request: Request,
    *,
    house: In,
    user: Decider,
    now: Now,
    code: str,
    comment: Annotated[str, Form(max_length=2000)] = "",
    revision: Annotated[int | None, Form()] = None,
) -> Response:
    def decide(session: Session) -> None:
        approve_and_request(
            session,
            code,
            by=user,
            now=now,
            comment=comment,
            revision=revision,
            own_approval=house.settings.own_approval,
        )

    return _decide(request, house, user, code, decide)


@router.post("/scripts/{code}/reject", dependencies=[Depends(check_form)])
def reject(
    request: Request,
    *,
    house: In,
    user: Decider,
    now: Now,
    code: str,
    comment: Annotated[str, Form(max_length=2000)] = "",
    revision: Annotated[int | None, Form()] = None,
) -> Response:
    def decide(session: Session) -> None:
        workflow.reject(session, code, by=user, now=now, comment=comment, revision=revision)

    return _decide(request, house, user, code, decide)


def _decide(
    request: Request, house: House, user: User, code: str, decide: Callable[[Session], None]
) -> Response:
    """Take one step of the workflow; what stands in its way is shown on the script's own page."""
    try:
        with house.database.writing() as session:
            decide(session)
    except LoaError as error:
        with house.database.reading() as session:
            script = workflow.find_script(session, code)
            return _show_editor(request, house, session, user, script, error=error)
    return redirect(f"/scripts/{code}", request)


def _show_editor(
    request: Request,
    house: House,
    session: Session,
    user: User,
    script: Script,
    *,
    revision: int | None = None,
    typed: str | None = None,
    error: LoaError | None = None,
) -> Response:
    number = revision or script.latest_revision
    text = workflow.text_of(session, script, number) if typed is None else typed
    people = {person.id: person.full_name for person in session.exec(select(User))}
    decisions = session.exec(
        select(Decision).where(Decision.script_id == script.id).order_by(col(Decision.id))
    ).all()
    last = decisions[-1] if decisions else None
    corrections = load_corrections(session) if typed else corrections_of(session, script, number)
    lengths = list_lengths(session, text, house.settings.recordings)
    unmade, corrected = list_changes(session, script)
    values = {
        "title": script.title,
        "script": script,
        "number": number,
        "text": text,
        "error": error,
        "author": people[script.author_id],
        "unsaved": typed is not None,
        "reading": preview_script(text, corrections, script=script.code, recordings=lengths),
        "typing": False,
        "unmade": unmade,
        "corrected": corrected,
        "editable": may(user, Action.WRITE_SCRIPTS) and number == script.latest_revision,
        "palette": list_cues(),
        "recordings": list_recordings(session),
        **_judge(house, session, text),
        "history": _list_history(session, script, decisions, people),
        "last_decision": last,
        "last_decision_by": people[last.by] if last else "",
        "job": find_segment_job(session, script, script.latest_revision),
        "made": find_made(session, script),
        "takes": count_takes(session, script),
        **describe_clips(session, house.settings, script),
        **describe_rules(session, script),
    }
    return render(request, "script.html", values, error.http_status if error else 200)


def _judge(house: House, session: Session, text: str) -> dict[str, object]:
    """What is wrong with a text."""
    return {"problems": check_script(text, **known_names(house.settings, session))}


def _list_history(
    session: Session, script: Script, decisions: Sequence[Decision], people: Mapping[int | None, str]
) -> list[dict[str, object]]:
    """The revisions, the latest first, each with what was decided on it."""
    revisions = session.exec(
        select(Revision).where(Revision.script_id == script.id).order_by(col(Revision.number).desc())
    )
    return [
        {
            "number": revision.number,
            "who": people[revision.made_by],
            "made_at": revision.made_at,
            "decisions": [
                say(f"web.script.decision.{decision.state}", who=people[decision.by])
                for decision in decisions
                if decision.revision == revision.number
            ],
        }
        for revision in revisions
    ]


def _name_themes(session: Session) -> dict[str, str]:
    plan = _latest_plan(session)
    return {theme.code: theme.title for theme in list_themes(session, plan)} if plan else {}


def _latest_plan(session: Session) -> Plan | None:
    return next(iter(list_plans(session)), None)
