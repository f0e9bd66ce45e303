"""Finished pieces in the catalogue: a script's revision as a segment, a bundled tune as an asset.

Each is made once per recipe; its bytes are in the store before its row is written, and no transaction is
open while it is made.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlmodel import Session, col, select

from assets.catalogue import add_asset
from assets.models import AiringRules, Asset, AssetKind, Rendition
from assets.store import ContentMissing, Store
from studio.database import Database
from studio.mixing.render import Verdict
from studio.mixing.timeline import Timeline
from studio.production.changes import corrections_of, describe_sentences, find_reading, keep_reading
from studio.production.engines import Voicing
from studio.production.fallback import make_with_fallback
from studio.production.programme import (
    Draft,
    Progress,
    give_engine,
    make_programme,
    prepare_programme,
    voice_programme,
)
from studio.production.releases import release_segment, segment_key
from studio.production.tunes import TuneDraft, make_tune, prepare_tune
from studio.recordings.shelf import bring_all, list_material
from studio.scripts.document import ScriptDocument
from studio.scripts.models import Script
from studio.scripts.workflow import find_script, text_of
from studio.settings import Settings
from studio.takes.models import Take
from studio.takes.register import list_takes, make_shelf, match_takes
from studio.takes.shelf import TakeShelf
from studio.voices.registry import voices_of

DELIVERED_PRESETS = ("loudspeaker", "radio")
"""What communes and the district radio play."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be made: the recipe of each preset, and how to make some of them."""

    recipes: Mapping[str, str]
    make: Callable[[Mapping[str, Path]], Mapping[str, Verdict]]


def produce_segment(
    database: Database,
    store: Store,
    *,
    code: str,
    revision: int,
    settings: Settings,
    now: datetime,
    progress: Progress,
) -> Asset:
    """The asset `script/<code>@<revision>` with a rendition per preset, made as far as it is not there.

    It may be placed from the moment that its revision is approved, whichever comes first.

    Raises:
        ScriptMissing, RevisionMissing: there is no such script or revision.
        LoaError: the script's first problem, or what voicing and mixing raise.
    """
    while True:
        with database.reading() as session:
            script = find_script(session, code)
            text, corrections = text_of(session, script, revision), corrections_of(session, script, revision)
            held = list_takes(session, script)
            material = list_material(session, text)
            approved_as = _find_voicing(session, script, revision)
        draft = prepare_programme(
            text,
            settings=settings,
            presets=DELIVERED_PRESETS,
            corrections=corrections,
            script=code,
            takes=partial(shelve_takes, held, store),
            recordings=bring_all(material, store, settings.cache),
        )
        if approved_as and approved_as.engine != draft.voicing.engine:
            draft = give_engine(draft, approved_as)  # it is to sound as it was approved
        draft, renditions, timeline = make_with_fallback(
            draft,
            partial(_attempt, database=database, store=store, settings=settings, progress=progress),
            settings=settings,
            progress=progress,
        )
        texts = [read.passage.text for read in draft.passages]
        organisation = draft.document.header.organisation
        used = corrections.for_script(code, organisation).concerning(texts)
        with database.writing() as session:
            script = find_script(session, code)
            present = corrections_of(session, script, revision).for_script(code, organisation)
            if script.approved_revision == revision and present.concerning(texts) != used:
                continue  # it was approved meanwhile, and is to sound as it was approved
            asset = _describe_segment(script, revision, draft, renditions, now=now)
            asset = add_asset(session, asset, renditions)
            sentences = describe_sentences(timeline.captions, draft.passages)
            keep_reading(session, asset.key, used, sentences, draft.voicing)
            if script.approved_revision == revision:
                release_segment(session, script, now=now)
            return asset


def shelve_takes(held: Sequence[Take], store: Store, document: ScriptDocument) -> TakeShelf:
    return make_shelf(match_takes(document, held), store)


def _find_voicing(session: Session, script: Script, revision: int) -> Voicing | None:
    """The engine that speaks an approved revision as it was heard."""
    made = find_reading(session, segment_key(script.code, revision))
    if made is None or made.voicing is None or script.approved_revision != revision:
        return None
    voicing = Voicing.from_row(made.voicing)
    return voicing if voices_of(voicing.engine) else None


def _attempt(
    draft: Draft, *, database: Database, store: Store, settings: Settings, progress: Progress
) -> tuple[Draft, list[Rendition], Timeline]:
    timelines: list[Timeline] = []
    work = Work(draft.recipes, partial(_make_segment, draft, timelines, settings, progress))
    renditions = deliver_renditions(database, store, work, settings=settings)
    if not timelines:  # all was made before: the times of its sentences are found in the cache
        timelines.append(voice_programme(draft, settings=settings, progress=progress)[1])
    return draft, renditions, timelines[0]


def _make_segment(
    draft: Draft,
    timelines: list[Timeline],
    settings: Settings,
    progress: Progress,
    outputs: Mapping[str, Path],
) -> Mapping[str, Verdict]:
    programme = make_programme(draft, outputs, settings=settings, progress=progress)
    timelines.append(programme.timeline)
    return programme.verdicts


def catalogue_tune(
    database: Database, store: Store, name: str, *, settings: Settings, now: datetime
) -> Asset:
    """The bundled sound `name` as the asset `sound/<name>`, mastered for each preset and ready to place.

    Raises:
        SoundUnknown: there is no bundled sound of that name.
    """
    draft = prepare_tune(name, presets=DELIVERED_PRESETS)
    work = Work(draft.recipes, lambda outputs: make_tune(draft, outputs, settings=settings))
    renditions = deliver_renditions(database, store, work, settings=settings)
    with database.writing() as session:
        return add_asset(session, _describe_tune(draft, renditions, now=now), renditions)


def deliver_renditions(
    database: Database, store: Store, work: Work, *, settings: Settings
) -> list[Rendition]:
    """A rendition for each recipe: the one that was made before, or a new one with its bytes stored."""
    with database.reading() as session:
        found = _find_made(session, store, work.recipes)
    missing = [preset for preset in work.recipes if preset not in found]
    if missing:
        settings.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings.cache, prefix="made-") as folder:
            outputs = {preset: Path(folder) / f"{preset}.mp3" for preset in missing}
            for preset, verdict in work.make(outputs).items():
                found[preset] = Rendition(
                    asset_id=0,
                    preset=preset,
                    recipe=work.recipes[preset],
                    sha256=store.put(outputs[preset]),
                    size_bytes=outputs[preset].stat().st_size,
                    duration_ms=verdict.duration_ms,
                    integrated_lufs=verdict.integrated_lufs,
                    true_peak_dbtp=verdict.true_peak_dbtp,
                    loudness_range_lu=verdict.loudness_range_lu,
                    channels=verdict.channels,
                )
    return [found[preset] for preset in work.recipes]


def _find_made(session: Session, store: Store, recipes: Mapping[str, str]) -> dict[str, Rendition]:
    """Renditions of any asset made by these recipes whose bytes are still there, as new rows."""
    rows = session.exec(select(Rendition).where(col(Rendition.recipe).in_(recipes.values())))
    return {
        row.preset: Rendition(**row.model_dump(exclude={"id", "asset_id"}), asset_id=0)
        for row in rows
        if _holds(store, row.sha256)
    }


def _holds(store: Store, sha256: str) -> bool:
    try:
        store.path(sha256)
    except ContentMissing:
        return False
    return True


def _describe_segment(
    script: Script, revision: int, draft: Draft, renditions: Sequence[Rendition], *, now: datetime
) -> Asset:
    header = draft.document.header
    return Asset(
        key=segment_key(script.code, revision),
        kind=AssetKind.SEGMENT,
        title=header.title,
        duration_ms=max(rendition.duration_ms for rendition in renditions),
        theme=header.theme,
        audience=header.audience,
        form=header.form,
        language=header.language,
        priority=header.priority,
        made_from=[segment_key(script.code, revision), *draft.materials],
        is_sample=script.is_sample,
        created_at=now,
        **{name: getattr(script, name) for name in AiringRules.model_fields},
    )


def _describe_tune(draft: TuneDraft, renditions: Sequence[Rendition], *, now: datetime) -> Asset:
    return Asset(
        key=f"sound/{draft.sound.name}",
        kind=draft.sound.kind,
        title=draft.sound.title,
        duration_ms=max(rendition.duration_ms for rendition in renditions),
        approved_at=now,
        made_from=[draft.sha256],
        created_at=now,
    )
