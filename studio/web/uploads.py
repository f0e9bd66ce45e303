"""Large files over the web: who sends is known before the first byte is taken, and the file goes to disk."""

import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import Request, Response, UploadFile
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from studio.people.permissions import Action, require
from studio.web.access import House, get_house, get_user

FORM_BYTES = 1_000_000
"""What a form needs beside its file."""
MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "matroska,webm": "audio/webm",
    "mov,mp4,m4a,3gp,3g2,mj2": "audio/mp4",
    "aac": "audio/aac",
}
"""Containers that browsers play, as ffmpeg names them."""


class UploadRoute(APIRoute):
    """A route that reads no body of somebody who may not send one: forms are read before dependencies are."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def check_first(request: Request) -> Response:
            if request.method == "POST":
                await run_in_threadpool(_check_sender, request)
            return await answer(request)

        return check_first


def _check_sender(request: Request) -> None:
    house = get_house(request)
    require(get_user(request, house, house.clock()), Action.WRITE_SCRIPTS)


@contextmanager
def receive(house: House, file: UploadFile) -> Iterator[Path]:
    """What was uploaded as a file of its own, gone afterwards."""
    house.settings.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=house.settings.cache, prefix="upload-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target, 1 << 20)
        yield path
