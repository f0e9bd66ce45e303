"""Around every answer: its language, its id in the log, and what the browser must not do with it."""

import secrets
import time
from collections.abc import Callable

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assets.messages import speaking

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
}
_log = structlog.get_logger()


class Envelope:
    """ASGI middleware; pure, so that what it binds reaches the endpoint's thread."""

    def __init__(self, app: ASGIApp, *, language: str, on_crash: Callable[[Request], Response]) -> None:
        self._app, self._language, self._on_crash = app, language, on_crash

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, started = secrets.token_hex(8), time.monotonic()
        status, started_answer = 500, False

        async def send_wrapped(message: Message) -> None:
            nonlocal status, started_answer
            if message["type"] == "http.response.start":
                status, started_answer = message["status"], True
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", _caching(scope))
                headers["x-request-id"] = request_id
            await send(message)

        with speaking(self._language), structlog.contextvars.bound_contextvars(request=request_id):
            try:
                await self._app(scope, receive, send_wrapped)
            except Exception:
                _log.exception("request broke", method=scope["method"], path=scope["path"])
                if started_answer:
                    raise
                await self._on_crash(Request(scope, receive))(scope, receive, send_wrapped)
            finally:
                _log.info(
                    "answered",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    ms=round((time.monotonic() - started) * 1000),
                )


def _caching(scope: Scope) -> str:
    """Static files are named with a digest of their content; pages are for this person and this moment."""
    if scope["path"].startswith("/static/"):
        return "public, max-age=31536000, immutable" if b"v=" in scope["query_string"] else "no-cache"
    return "no-store"
