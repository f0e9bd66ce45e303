"""`/api/v1`: the same nouns as the pages, for programs."""

from typing import Any

from fastapi import APIRouter

from studio.api import (
    campaigns,
    corrections,
    coverage,
    grid,
    library,
    people,
    recordings,
    schedule,
    scripts,
    stations,
)
from studio.api.answers import ErrorAnswer

ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorAnswer, "description": "Not signed in, or no longer"},
    403: {"model": ErrorAnswer, "description": "This role may not do this"},
    404: {"model": ErrorAnswer, "description": "What was named is not there"},
    409: {"model": ErrorAnswer, "description": "It contradicts what is there"},
    422: {"model": ErrorAnswer, "description": "The request is wrong"},
}

router = APIRouter(prefix="/api/v1", responses=ERRORS)
ROOMS = (people, scripts, corrections, recordings, library, stations, grid, campaigns, schedule, coverage)
for room in ROOMS:
    router.include_router(room.router)
