"""What the kinds of jobs do: each hands its payload to the room that does the work.

Invalid
└── JobPayloadUnusable
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from assets.errors import Invalid
from assets.store import Store
from playlists.builder import publish_day
from scheduler.filling import fill_schedule
from scheduler.stations import list_stations
from studio.database import Database
from studio.jobs.handler import Handler, Progress
from studio.planning.goals import goals_for
from studio.planning.plans import list_plans
from studio.production.segments import produce_segment
from studio.settings import Settings


class JobPayloadUnusable(Invalid):
    pass


def make_handlers(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Mapping[str, Handler]:
    """The registry of kinds: `produce` (code, revision), `publish` (station, day), `fill` (first, last)."""

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
        return {"asset": asset.key, "duration_ms": asset.duration_ms}

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

    return {"produce": produce, "publish": publish, "fill": fill}


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
