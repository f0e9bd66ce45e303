"""Asking for the work that takes long: one open job for each thing, however often it is asked for."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session

from studio.arranging.drafts import Wanted
from studio.clips.film import choose_look
from studio.clips.keeping import HEIGHT
from studio.jobs.models import Job
from studio.jobs.queue import enqueue, find_open
from studio.people.audit import record
from studio.people.models import User
from studio.production.releases import approve_script, list_segments, segment_key
from studio.recordings.models import Recording
from studio.scripts.models import Script

AHEAD = timedelta(days=1)
"""What was asked for since then is passed by what a person waits for; an urgent bulletin passes all."""


def request_segment(session: Session, script: Script, revision: int, *, by: User, now: datetime) -> Job:
    """Ask for the segment of a revision and record who did; an open job is returned."""
    record(
        session,
        at=now,
        by=by.username,
        action="script.produce",
        subject=f"script/{script.code}",
        after={"revision": revision},
    )
    return _ask_for_segment(session, script, revision, now=now)


def approve_and_request(
    session: Session,
    code: str,
    *,
    by: User,
    now: datetime,
    own_approval: bool,
    comment: str = "",
    revision: int | None = None,
) -> Script:
    """Approve, and see to it that the approved revision can be placed: release its segment or ask for it.

    Raises:
        what `studio.scripts.workflow.approve` raises.
    """
    script = approve_script(
        session, code, by=by, now=now, own_approval=own_approval, comment=comment, revision=revision
    )
    if script.latest_revision not in list_segments(session, script):
        _ask_for_segment(session, script, script.latest_revision, now=now)
    return script


def find_segment_job(session: Session, script: Script, revision: int) -> Job | None:
    """The waiting or running job that makes the segment of a revision."""
    return find_open(session, _name_job(script, revision))


def request_clip(
    session: Session, script: Script, revision: int, *, shape: str, by: User, now: datetime
) -> Job:
    """Ask for the clip of a revision, one at a time, and record who did; an open job is returned.

    Raises:
        ClipUnfit: no such shape.
    """
    choose_look(shape, HEIGHT, pictures=None, logo=None)
    record(
        session,
        at=now,
        by=by.username,
        action="script.clip",
        subject=f"script/{script.code}",
        after={"revision": revision, "shape": shape},
    )
    return enqueue(
        session,
        kind="clip",
        payload={"code": script.code, "revision": revision, "shape": shape},
        dedupe_key=_name_clip(script, revision),
        now=now,
    )


def find_clip_job(session: Session, script: Script, revision: int) -> Job | None:
    """The waiting or running job that makes a clip of a revision."""
    return find_open(session, _name_clip(script, revision))


def request_sound(session: Session, recording: Recording, *, in_flac: bool, now: datetime) -> Job:
    """Ask for a recording as it is edited now, to be heard; it changes nothing, so nobody is on record."""
    return enqueue(
        session,
        kind="edit-recording",
        payload={"recording": recording.id, "flac": int(in_flac)},
        dedupe_key=f"edit-recording/{recording.id}@{recording.version}",
        now=now,
    )


def request_draft(session: Session, wanted: Wanted, *, by: User, now: datetime) -> Job:
    """Ask for a draft of many days and stations; somebody waits for it, so it passes what waits already."""
    payload: dict[str, object] = {
        "first": wanted.first.isoformat(),
        "last": wanted.last.isoformat(),
        "stations": sorted(wanted.stations),
        "cause": wanted.cause,
        "afresh": int(wanted.afresh),
        "seed": wanted.seed,
        "by": by.username,
    }
    key = f"draft/{sha256(repr(sorted(payload.items())).encode()).hexdigest()[:32]}"
    job = enqueue(session, kind="draft", payload=payload, dedupe_key=key, now=now)
    job.run_after = min(job.run_after, now - AHEAD)
    session.add(job)
    session.flush()
    return job


def _name_clip(script: Script, revision: int) -> str:
    return f"clip/{segment_key(script.code, revision)}"


def _ask_for_segment(session: Session, script: Script, revision: int, *, now: datetime) -> Job:
    return enqueue(
        session,
        kind="produce",
        payload={"code": script.code, "revision": revision},
        dedupe_key=_name_job(script, revision),
        now=now,
    )


def _name_job(script: Script, revision: int) -> str:
    return f"produce/{segment_key(script.code, revision)}"
