"""A bulletin's words made into sound, before anybody may issue it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from assets.catalogue import add_asset
from assets.models import Asset, AssetKind, Priority
from assets.store import Store
from studio.corrections.register import load_corrections
from studio.database import Database
from studio.jobs.models import Job
from studio.jobs.queue import enqueue
from studio.mixing.render import Verdict
from studio.production.programme import Progress, make_programme, prepare_programme
from studio.production.segments import DELIVERED_PRESETS, Work, deliver_renditions
from studio.settings import Settings
from studio.urgent.bulletins import compose_script, find_bulletin
from studio.urgent.models import UrgentBulletin


def ask_for_voice(session: Session, bulletin: UrgentBulletin, *, now: datetime) -> Job | None:
    """Let the words be voiced before all that waits; None while they are too long or not Vietnamese."""
    if not bulletin.is_speakable:
        return None
    job = enqueue(
        session,
        kind="voice-urgent",
        payload={"bulletin": bulletin.id, "revision": bulletin.revision},
        dedupe_key=f"voice/{bulletin.asset_key}",
        now=now,
    )
    # The queue is in the order of this moment: nothing else waits since the epoch.
    job.run_after = datetime.fromtimestamp(0, now.tzinfo)
    return job


def voice_bulletin(
    database: Database,
    store: Store,
    *,
    bulletin_id: int,
    revision: int,
    settings: Settings,
    now: datetime,
    progress: Progress,
) -> Asset | None:
    """The asset of the bulletin's present words, made as far as it is not there; None if they have changed.

    Raises:
        BulletinMissing, LoaError: what voicing and mixing raise.
    """
    with database.reading() as session:
        bulletin = find_bulletin(session, bulletin_id)
        corrections = load_corrections(session)
    if bulletin.revision != revision:
        return None
    draft = prepare_programme(
        compose_script(bulletin.title, bulletin.text),
        settings=settings,
        presets=DELIVERED_PRESETS,
        corrections=corrections,
    )

    def make(outputs: Mapping[str, Path]) -> Mapping[str, Verdict]:
        return make_programme(draft, outputs, settings=settings, progress=progress).verdicts

    renditions = deliver_renditions(database, store, Work(draft.recipes, make), settings=settings)
    asset = Asset(
        key=bulletin.asset_key,
        kind=AssetKind.SEGMENT,
        title=bulletin.title,
        duration_ms=max(rendition.duration_ms for rendition in renditions),
        priority=Priority.URGENT,
        made_from=[bulletin.asset_key, *draft.materials],
        summary=bulletin.text[:500],
        created_at=now,
    )
    with database.writing() as session:
        return add_asset(session, asset, renditions)
