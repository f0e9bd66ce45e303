"""From approval to the schedule: the segment of the approved revision may be placed, older ones no more."""

from datetime import datetime

from sqlmodel import Session, col, select

from assets.catalogue import approve_asset, retire_asset
from assets.models import Asset
from studio.jobs.models import Job
from studio.jobs.queue import enqueue
from studio.scripts.models import Script


def ask_for_segment(session: Session, script: Script, revision: int, *, now: datetime) -> Job:
    """The job that makes the segment of a revision; an open one is returned."""
    return enqueue(
        session,
        kind="produce",
        payload={"code": script.code, "revision": revision},
        dedupe_key=segment_key(script, revision),
        now=now,
    )


def release_segment(session: Session, script: Script, *, now: datetime) -> bool:
    """Let the segment of the approved revision be placed instead of earlier ones; False if it is not made."""
    revision = script.approved_revision
    if revision is None:
        return False
    made = list_segments(session, script)
    if revision not in made:
        return False
    approve_asset(session, made[revision].key, now=now)
    for number, asset in made.items():
        if number < revision and asset.retired_at is None:
            retire_asset(session, asset.key, now=now)
    return True


def list_segments(session: Session, script: Script) -> dict[int, Asset]:
    """The segments made of a script, by revision."""
    prefix = f"script/{script.code}@"
    found = session.exec(select(Asset).where(col(Asset.key).startswith(prefix, autoescape=True)))
    return {int(asset.key.removeprefix(prefix)): asset for asset in found if asset.renditions}


def segment_key(script: Script, revision: int) -> str:
    """The dedupe key of the job that makes a segment."""
    return f"produce/{script.code}@{revision}"
