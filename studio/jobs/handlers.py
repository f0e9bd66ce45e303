"""What the kinds of jobs do: each hands its payload to the room that does the work."""

from collections.abc import Callable, Mapping
from datetime import datetime

from assets.messages import say
from assets.store import Store
from playlists.builder import publish_day
from studio.arranging.drafts import Wanted, keep_draft, propose_draft
from studio.clips.keeping import keep_clip
from studio.database import Database
from studio.jobs.daily import make_daily_handlers
from studio.jobs.handler import Handler, Progress
from studio.jobs.payloads import read_day, read_names, read_text, read_whole
from studio.people.accounts import find_user
from studio.production.changes import find_reading
from studio.production.segments import produce_segment
from studio.recordings.register import find_recording
from studio.recordings.shelf import bring, find_material
from studio.settings import Settings
from studio.urgent.voicing import voice_bulletin


def make_handlers(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Mapping[str, Handler]:
    """The registry of kinds, those of the clock among them.

    Payloads: `produce` (code, revision), `clip` (code, revision, shape), `publish` (station, day),
    the others below.
    """

    def produce(
        database: Database, payload: Mapping[str, object], progress: Progress
    ) -> dict[str, object] | None:
        asset = produce_segment(
            database,
            store,
            code=read_text("produce", payload, "code"),
            revision=read_whole("produce", payload, "revision"),
            settings=settings,
            now=clock(),
            progress=progress,
        )
        with database.reading() as session:
            made = find_reading(session, asset.key)
            voicing = (made.voicing if made else None) or {}
        return {"asset": asset.key, "duration_ms": asset.duration_ms, **voicing}

    def publish(
        database: Database, payload: Mapping[str, object], _progress: Progress
    ) -> dict[str, object] | None:
        station, day = read_text("publish", payload, "station"), read_day("publish", payload, "day")
        with database.writing() as session:
            playlist = publish_day(session, station, day, now=clock())
            return {"number": playlist.number, "content_sha256": playlist.content_sha256}

    asked = {
        "produce": produce,
        "clip": make_filming(settings, store),
        "edit-recording": make_editing(settings, store),
        "publish": publish,
        "draft": make_drafting(clock),
        "voice-urgent": make_voicing(settings, store, clock),
    }
    return {**asked, **make_daily_handlers(settings, clock)}


def make_filming(settings: Settings, store: Store) -> Handler:
    """`clip` (code, revision, shape): the clip of a revision."""

    def film(
        database: Database, payload: Mapping[str, object], progress: Progress
    ) -> dict[str, object] | None:
        clip = keep_clip(
            database,
            store,
            code=read_text("clip", payload, "code"),
            revision=read_whole("clip", payload, "revision"),
            shape=read_text("clip", payload, "shape"),
            settings=settings,
            progress=progress,
        )
        return {"shape": clip.shape, "size_bytes": clip.size_bytes}

    return film


def make_editing(settings: Settings, store: Store) -> Handler:
    """`edit-recording` (recording, as FLAC: 0 or 1): the sound of a recording as it is edited now."""

    def edit_recording(
        database: Database, payload: Mapping[str, object], progress: Progress
    ) -> dict[str, object] | None:
        with database.reading() as session:
            number = read_whole("edit-recording", payload, "recording")
            material = find_material(session, find_recording(session, number))
        in_flac = bool(read_whole("edit-recording", payload, "flac"))
        message = say("recordings.making", name=material.name)
        path = bring(
            material,
            store,
            settings.cache,
            in_flac=in_flac,
            progress=lambda share: progress(share, message),
        )
        return {"size_bytes": path.stat().st_size}

    return edit_recording


def make_drafting(clock: Callable[[], datetime]) -> Handler:
    """`draft` (first, last, stations, cause, afresh: 0 or 1, seed, by): days planned anew, as a draft."""

    def draft(
        database: Database, payload: Mapping[str, object], progress: Progress
    ) -> dict[str, object] | None:
        wanted = Wanted(
            read_day("draft", payload, "first"),
            read_day("draft", payload, "last"),
            read_names("draft", payload, "stations"),
            cause=str(payload.get("cause", "")),
            afresh=bool(read_whole("draft", payload, "afresh")),
            seed=read_whole("draft", payload, "seed"),
        )
        now = clock()
        with database.reading() as session:
            proposal = propose_draft(session, wanted, now=now, report=progress)
        with database.writing() as session:
            by = find_user(session, read_text("draft", payload, "by"))
            change = keep_draft(session, proposal, wanted, by=by, now=now)
        return {"draft": change.id if change else None}

    return draft


def make_voicing(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Handler:
    """`voice-urgent` (bulletin, revision): the words of an urgent bulletin made into sound."""

    def voice_urgent(
        database: Database, payload: Mapping[str, object], progress: Progress
    ) -> dict[str, object] | None:
        asset = voice_bulletin(
            database,
            store,
            bulletin_id=read_whole("voice-urgent", payload, "bulletin"),
            revision=read_whole("voice-urgent", payload, "revision"),
            settings=settings,
            now=clock(),
            progress=progress,
        )
        return {"asset": asset.key} if asset else None

    return voice_urgent
