"""Jobs and assets over the API: what is being made, and what is there."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlmodel import func, select

from assets.catalogue import find_asset
from assets.catalogue import list_assets as list_catalogue
from assets.models import AssetKind
from studio.api.answers import AssetAnswer, JobAnswer, Page
from studio.api.paging import Limit, Offset, cut
from studio.jobs.models import Job, JobState
from studio.jobs.queue import find_job
from studio.jobs.queue import list_jobs as list_queue
from studio.people.models import User
from studio.people.permissions import Action
from studio.web.access import Allowed, Reading

router = APIRouter()

Watcher = Annotated[User, Depends(Allowed(Action.READ_JOBS))]
Listener = Annotated[User, Depends(Allowed(Action.READ_ASSETS))]


@router.get("/jobs", tags=["jobs"])
def list_jobs(
    session: Reading, _user: Watcher, *, state: JobState | None = None, limit: Limit = 50, offset: Offset = 0
) -> Page[JobAnswer]:
    """Jobs, the latest first."""
    query = select(func.count()).select_from(Job)
    total = session.exec(query if state is None else query.where(Job.state == state)).one()
    found = list_queue(session, state=state, limit=limit, offset=offset)
    items = [JobAnswer.model_validate(job) for job in found]
    return Page(items=items, total=total, limit=limit, offset=offset)


@router.get("/jobs/{job_id}", tags=["jobs"])
def show_job(session: Reading, _user: Watcher, job_id: int) -> JobAnswer:
    return JobAnswer.model_validate(find_job(session, job_id))


@router.get("/assets", tags=["assets"])
def list_assets(
    session: Reading,
    _user: Listener,
    *,
    kind: AssetKind | None = None,
    search: str = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[AssetAnswer]:
    """Assets by title; `search` in key, title and summary, with or without diacritics."""
    found = list_catalogue(session, kind=kind, search=search)
    return cut(found, limit, offset, AssetAnswer.model_validate)


@router.get("/assets/{key:path}", tags=["assets"])
def show_asset(session: Reading, _user: Listener, key: str) -> AssetAnswer:
    return AssetAnswer.model_validate(find_asset(session, key))
