"""Putting a plan in as the document it is: upload, source beside result, correct, compare, confirm."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Protocol
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import FileResponse
from sqlmodel import Session

from assets.errors import LoaError
from assets.messages import say
from studio.people.models import User
from studio.people.permissions import Action
from studio.planning.plans import list_plans
from studio.planning.review.confirming import confirm_import, propose_for
from studio.planning.review.corrections import Deed
from studio.planning.review.imports import (
    choose_plan,
    compare_import,
    correct_import,
    discard_import,
    find_import,
    list_imports,
    read_corrected,
    read_upload,
    redo_correction,
    reopen_import,
    start_import,
    undo_correction,
)
from studio.planning.review.models import PlanImport
from studio.web.access import Allowed, In, Now, Reading, Writing, check_form
from studio.web.plan_sheets import list_fields, list_lines, list_parts, list_places
from studio.web.templating import redirect, render

router = APIRouter(include_in_schema=False)
Importer = Annotated[User, Depends(Allowed(Action.IMPORT_PLAN))]
LINES_A_PAGE = 400


@router.get("/plans/imports")
def show_imports(request: Request, *, session: Reading, _user: Importer) -> Response:
    values = {"title": say("web.plan_imports.title"), "rows": list_imports(session)}
    return render(request, "plan_imports.html", values)


@router.post("/plans/imports", dependencies=[Depends(check_form)])
def take_plan(request: Request, *, house: In, user: Importer, now: Now, document: UploadFile) -> Response:
    # Reading a long document takes its time: no transaction is open meanwhile.
    reading = read_upload(house.store, document.file.read(), document.filename or "-")
    with house.database.writing() as session:
        number = start_import(session, reading, by=user.username, now=now).id
    return redirect(f"/plans/imports/{number}", request)


@router.get("/plans/imports/{number}")
def show_import(
    request: Request,
    *,
    session: Reading,
    _user: Importer,
    now: Now,
    number: int,
    line: int = 0,
    item: str = "",
    page: int = 1,
) -> Response:
    return _show(request, session, find_import(session, number), now, line=line, item=item, page=page)


def _show(
    request: Request,
    session: Session,
    row: PlanImport,
    now: datetime,
    *,
    line: int = 0,
    item: str = "",
    page: int = 1,
    given: Mapping[str, object] | None = None,
    problem: LoaError | None = None,
) -> Response:
    """The import; after a refusal with what was chosen, and why it was refused."""
    document, missed = read_corrected(row)
    pages = max(1, -(-len(document.lines) // LINES_A_PAGE))
    page = min(max(1, page), pages)
    if line:
        at = next((n for n, one in enumerate(document.lines) if one.line == line), 0)
        page = at // LINES_A_PAGE + 1
    year = document.year or now.year
    proposals, problems = propose_for(session, row, year)
    values = {
        "title": say("web.plan_imports.review", name=row.file_name),
        "row": row,
        "document": document,
        "missed": missed,
        "lines": list_lines(document)[(page - 1) * LINES_A_PAGE : page * LINES_A_PAGE],
        "fields": list_fields(document),
        "parts": list_parts(document),
        "places": list_places(document, line),
        "line": line,
        "item": item,
        "page": page,
        "pages": pages,
        "year": year,
        "changes": compare_import(session, row),
        "plans": list_plans(session),
        "proposals": proposals,
        "problems": problems,
        "is_open": row.state == "open",
        "given": given or {},
        "problem": problem,
    }
    return render(request, "plan_import.html", values, problem.http_status if problem else 200)


@router.get("/plans/imports/{number}/source")
def send_source(*, house: In, session: Reading, _user: Importer, number: int) -> Response:
    row = find_import(session, number)
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(row.file_name, safe='')}"}
    path = house.store.path(row.source_sha256)
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


@router.post("/plans/imports/{number}/correct", dependencies=[Depends(check_form)])
def correct(
    request: Request,
    *,
    session: Writing,
    user: Importer,
    now: Now,
    number: int,
    deed: Annotated[Deed, Form()],
    at: Annotated[str, Form(max_length=60)],
    to: Annotated[str, Form(max_length=20_000)] = "",
    page: Annotated[int, Form()] = 1,
) -> Response:
    row = find_import(session, number)
    correct_import(session, row, deed, at, to, by=user.username, now=now)
    anchor = f"line-{at}" if deed is Deed.MOVE else f"item-{at}"
    return redirect(f"/plans/imports/{number}?page={page}#{quote(anchor)}", request)


@router.post("/plans/imports/{number}/version", dependencies=[Depends(check_form)])
def choose_version(
    request: Request,
    *,
    session: Writing,
    user: Importer,
    now: Now,
    number: int,
    plan: Annotated[str, Form()] = "",
) -> Response:
    choose_plan(session, find_import(session, number), plan or None, by=user.username, now=now)
    return redirect(f"/plans/imports/{number}#changes", request)


@router.post("/plans/imports/{number}/confirm", dependencies=[Depends(check_form)])
def confirm(
    request: Request,
    *,
    session: Writing,
    user: Importer,
    now: Now,
    number: int,
    code: Annotated[str, Form(max_length=60)],
    year: Annotated[int, Form(ge=1990, le=2100)],
    targets: Annotated[list[int] | None, Form()] = None,
) -> Response:
    row = find_import(session, number)
    kept = set(targets or ())
    try:
        with session.begin_nested():
            confirm_import(
                session, row, code=code.strip(), year=year, targets=kept, by=user.username, now=now
            )
    except LoaError as error:
        given = {"code": code, "year": year, "targets": kept}
        return _show(request, session, row, now, given=given, problem=error)
    return redirect(f"/plans/imports/{number}", request)


@router.post("/plans/imports/{number}/undo", dependencies=[Depends(check_form)])
def undo(request: Request, *, session: Writing, user: Importer, now: Now, number: int) -> Response:
    return _take_step(undo_correction, number, request=request, session=session, user=user, now=now)


@router.post("/plans/imports/{number}/redo", dependencies=[Depends(check_form)])
def redo(request: Request, *, session: Writing, user: Importer, now: Now, number: int) -> Response:
    return _take_step(redo_correction, number, request=request, session=session, user=user, now=now)


@router.post("/plans/imports/{number}/discard", dependencies=[Depends(check_form)])
def discard(request: Request, *, session: Writing, user: Importer, now: Now, number: int) -> Response:
    return _take_step(discard_import, number, request=request, session=session, user=user, now=now)


@router.post("/plans/imports/{number}/reopen", dependencies=[Depends(check_form)])
def reopen(request: Request, *, session: Writing, user: Importer, now: Now, number: int) -> Response:
    return _take_step(reopen_import, number, request=request, session=session, user=user, now=now)


class _Step(Protocol):
    def __call__(self, session: Session, row: PlanImport, *, by: str, now: datetime) -> None: ...


def _take_step(
    step: _Step, number: int, *, request: Request, session: Session, user: User, now: datetime
) -> Response:
    step(session, find_import(session, number), by=user.username, now=now)
    return redirect(f"/plans/imports/{number}", request)
