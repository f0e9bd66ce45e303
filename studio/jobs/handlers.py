"""What the kinds of jobs do: each hands its payload to the room that does the work.

Invalid
└── JobPayloadUnusable
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from assets.errors import Invalid
from assets.store import Store
from playlists.builder import publish_day
from scheduler.asrun import mark_unconfirmed
from scheduler.filling import fill_schedule, list_airings
from scheduler.stations import list_stations
from studio.clips.keeping import keep_clip
from studio.database import Database
from studio.jobs.handler import Handler, Progress
from studio.planning.goals import goals_for
from studio.planning.plans import list_plans
from studio.production.changes import find_reading
from studio.production.segments import produce_segment
from studio.settings import Settings
from studio.voices.cache import SpeechCache


class JobPayloadUnusable(Invalid):
    pass


def make_handlers(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Mapping[str, Handler]:
    """The registry of kinds, those of the clock among them.

    Payloads: `produce` (code, revision), `clip` (code, revision, shape), `publish` (station, day),
    `fill` (first, last).
    """

    def produce(
        database: Database, payload: Mapping[str, object], progress: Progress
    ) -> dict[str, object] | None:
        asset = produce_segment(
            database,
            store,
            code=_text("produce", payload, "code"),
            revision=_whole("produce", payload, "revision"),
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
        station, day = _text("publish", payload, "station"), _day("publish", payload, "day")
        with database.writing() as session:
            playlist = publish_day(session, station, day, now=clock())
            return {"number": playlist.number, "content_sha256": playlist.content_sha256}

    def fill(
        database: Database, payload: Mapping[str, object], _progress: Progress
    ) -> dict[str, object] | None:
        first, last = _day("fill", payload, "first"), _day("fill", payload, "last")
        with database.writing() as session:
            stations = [station.code for station in list_stations(session)]
            goals = [goal for plan in list_plans(session) for goal in goals_for(session, plan, first, last)]
            result = fill_schedule(
                session, stations=stations, first=first, last=last, goals=goals, now=clock()
            )
            return {"airings": result.airings, "refusals": len(result.refusals)}

    def film(
        database: Database, payload: Mapping[str, object], progress: Progress
    ) -> dict[str, object] | None:
        clip = keep_clip(
            database,
            store,
            code=_text("clip", payload, "code"),
            revision=_whole("clip", payload, "revision"),
            shape=_text("clip", payload, "shape"),
            settings=settings,
            progress=progress,
        )
        return {"shape": clip.shape, "size_bytes": clip.size_bytes}

    asked = {"produce": produce, "clip": film, "publish": publish, "fill": fill}
    return {**asked, **make_daily_handlers(settings, clock)}


def make_daily_handlers(settings: Settings, clock: Callable[[], datetime]) -> Mapping[str, Handler]:
    """What the clock asks for: `publish-day`, `mark-unconfirmed` (day) for every station; `prune-speech`."""

    def publish_everywhere(
        database: Database, payload: Mapping[str, object], progress: Progress
    ) -> dict[str, object] | None:
        day = _day("publish-day", payload, "day")
        with database.reading() as session:
            stations = list_stations(session, on=day)
            planned = [one.code for one in stations if list_airings(session, station=one.code, first=day)]
        for done, code in enumerate(planned):
            progress(done / len(planned), code)
            with database.writing() as session:
                publish_day(session, code, day, now=clock())
        return {"published": len(planned), "empty": len(stations) - len(planned)}

    def mark_everywhere(
        database: Database, payload: Mapping[str, object], _progress: Progress
    ) -> dict[str, object] | None:
        day = _day("mark-unconfirmed", payload, "day")
        with database.writing() as session:
            codes = [station.code for station in list_stations(session, on=day)]
            return {"unconfirmed": sum(mark_unconfirmed(session, code, day, now=clock()) for code in codes)}

    def prune(
        _database: Database, _payload: Mapping[str, object], _progress: Progress
    ) -> dict[str, object] | None:
        cache = SpeechCache(settings.cache / "speech")
        return {"removed": cache.prune(now_s=clock().timestamp())}

    return {"publish-day": publish_everywhere, "mark-unconfirmed": mark_everywhere, "prune-speech": prune}


def _text(kind: str, payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise JobPayloadUnusable(kind=kind, name=name)
    return value


def _whole(kind: str, payload: Mapping[str, object], name: str) -> int:
    value = payload.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise JobPayloadUnusable(kind=kind, name=name)
    return value


def _day(kind: str, payload: Mapping[str, object], name: str) -> date:
    try:
        return date.fromisoformat(_text(kind, payload, name))
    except ValueError as error:
        raise JobPayloadUnusable(kind=kind, name=name) from error
