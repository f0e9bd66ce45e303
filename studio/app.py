"""The composition root of the server: settings in, one application out, everything wired here."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from assets.messages import speaking
from assets.store import Store
from studio.api.router import router as api_router
from studio.database import open_database
from studio.jobs.handlers import make_handlers
from studio.jobs.timers import make_clock
from studio.jobs.worker import Worker, utc_now
from studio.logs import start_logs
from studio.settings import Settings
from studio.voices.registry import look_in
from studio.web import (
    activities,
    airing_rules,
    clips,
    corrections,
    coverage,
    grid_edges,
    grids,
    leaflets,
    logs,
    media,
    money,
    plan_imports,
    recordings,
    recordings_desk,
    replanning,
    reports,
    schedule,
    scripts,
    segments,
    sign_in,
    stations,
    takes,
    targets,
    today,
    turns,
    urgent,
    weeks,
)
from studio.web.access import House
from studio.web.failures import add_failures, answer_crash
from studio.web.headers import Envelope
from studio.web.limits import AttemptLimiter, HearingLimiter
from studio.web.templating import STATIC

MAX_BODY_BYTES = 16 * 1024 * 1024

ROOMS = (
    activities,
    airing_rules,
    clips,
    corrections,
    coverage,
    grid_edges,
    grids,
    leaflets,
    logs,
    media,
    money,
    plan_imports,
    recordings,
    recordings_desk,
    replanning,
    reports,
    schedule,
    scripts,
    segments,
    sign_in,
    stations,
    takes,
    targets,
    today,
    turns,
    urgent,
    weeks,
)
"""Whose pages there are."""


def create_app(
    settings: Settings, *, embedded_worker: bool = True, clock: Callable[[], datetime] = utc_now
) -> FastAPI:
    """The server on `settings.home`: pages, `/api/v1`, media, and (by default) a worker in a thread."""
    start_logs(settings.log_level)
    look_in(settings.voices)
    database = open_database(settings)
    store = Store(settings.store)
    worker = Worker(database, make_handlers(settings, store, clock), clock=clock)
    timers = make_clock(database, settings, clock)

    @asynccontextmanager
    async def live(_app: FastAPI) -> AsyncIterator[None]:
        if embedded_worker:
            with speaking(settings.language):
                worker.start()
                timers.start()
        try:
            yield
        finally:
            if embedded_worker:
                timers.stop()
            worker.stop()
            database.close()

    app = FastAPI(
        title="Loa",
        version="1",
        lifespan=live,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        max_body_size=MAX_BODY_BYTES,
    )
    app.state.house = House(settings, database, store, clock, AttemptLimiter(), HearingLimiter())
    add_failures(app)
    app.add_middleware(Envelope, language=settings.language, on_crash=answer_crash)
    for room in ROOMS:
        app.include_router(room.router)
    app.include_router(api_router)
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC), minimum_size=1000))
    return app
