"""Long work as rows: asked for, looked up, never asked for twice.

Missing
└── JobMissing
"""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from assets.errors import Missing
from studio.jobs.models import Job, JobState


class JobMissing(Missing):
    pass


def enqueue(
    session: Session,
    *,
    kind: str,
    payload: dict[str, object],
    dedupe_key: str | None,
    now: datetime,
    asked_by: str | None = None,
) -> Job:
    """Ask for work in the caller's transaction; an open job with the same key is returned instead."""
    open_job = find_open(session, dedupe_key)
    if open_job is not None:
        return open_job
    job = Job(
        kind=kind,
        payload=payload,
        dedupe_key=dedupe_key,
        asked_by=asked_by,
        run_after=now,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:  # on PostgreSQL somebody else may have asked between the look and the insert
        open_job = find_open(session, dedupe_key)
        if open_job is None:
            raise
        return open_job
    return job


def find_open(session: Session, dedupe_key: str | None) -> Job | None:
    """The waiting or running job with this key; a job frees its key when it ends."""
    if dedupe_key is None:
        return None
    return session.exec(select(Job).where(Job.dedupe_key == dedupe_key)).first()


def list_open(session: Session, kind: str) -> list[Job]:
    """The waiting and running jobs of a kind, the first asked for first."""
    open_states = (JobState.WAITING, JobState.RUNNING)
    return list(
        session.exec(
            select(Job).where(Job.kind == kind, col(Job.state).in_(open_states)).order_by(col(Job.id))
        )
    )


def find_job(session: Session, job_id: int) -> Job:
    job = session.get(Job, job_id)
    if job is None:
        raise JobMissing(id=job_id)
    return job


def list_jobs(
    session: Session, *, state: JobState | None = None, limit: int = 50, offset: int = 0
) -> list[Job]:
    """The latest jobs first."""
    query = select(Job).order_by(col(Job.id).desc()).limit(limit).offset(offset)
    if state is not None:
        query = query.where(Job.state == state)
    return list(session.exec(query))
