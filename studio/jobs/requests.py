"""Asking for the work that scripts need: one open job a revision, however often it is asked for."""

from datetime import datetime

from sqlmodel import Session

from studio.jobs.models import Job
from studio.jobs.queue import enqueue, find_open
from studio.production.releases import list_segments, segment_key
from studio.scripts.models import Script


def ask_for_segment(session: Session, script: Script, revision: int, *, now: datetime) -> Job:
    """The job that makes the segment of a revision; an open one is returned."""
    return enqueue(
        session,
        kind="produce",
        payload={"code": script.code, "revision": revision},
        dedupe_key=_name_job(script, revision),
        now=now,
    )


def ask_if_unmade(session: Session, script: Script, revision: int, *, now: datetime) -> Job | None:
    """The job that makes the segment of a revision, unless it is made already."""
    if revision in list_segments(session, script):
        return None
    return ask_for_segment(session, script, revision, now=now)


def find_segment_job(session: Session, script: Script, revision: int) -> Job | None:
    """The waiting or running job that makes the segment of a revision."""
    return find_open(session, _name_job(script, revision))


def _name_job(script: Script, revision: int) -> str:
    return f"produce/{segment_key(script.code, revision)}"
