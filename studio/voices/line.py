"""The way to an outside service: bounded in every direction, patient within reason, left alone when it fails.

Certificates are checked. One sentence is under way at a time, with a gap after each. What may pass is asked
again, later each time, as long as the service itself asks (Retry-After, RFC 9110 10.2.3) if that is not too
long; after some failures in a row the line rests (a circuit breaker). The breaker counts for one process: a
worker that starts anew may try anew.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus

import requests
from urllib3.exceptions import HTTPError as ReplyFailed
from urllib3.exceptions import TimeoutError as ReplyTimeout

from assets.messages import say

MAX_ANSWER_BYTES = 4_000_000


class Outcome(StrEnum):
    """How a request may end, each with a sentence `voices.outcome.<value>`; a table in docs/voices.md."""

    SOUND = "sound"
    BUSY = "busy"
    BROKEN = "broken"
    SILENT = "silent"
    SLOW = "slow"
    BROKEN_OFF = "broken-off"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TOO_LARGE = "too-large"
    PAGE = "page"
    NO_SOUND = "no-sound"
    GARBAGE = "garbage"
    CUT = "cut"
    RESTING = "resting"


ASKED_AGAIN = frozenset(
    {
        Outcome.BUSY,
        Outcome.BROKEN,
        Outcome.SILENT,
        Outcome.SLOW,
        Outcome.BROKEN_OFF,
        Outcome.UNREACHABLE,
    }
)
"""What may be better in a moment."""


class LineFailed(Exception):
    """No sound to be had, or not now; perhaps after `wait_s`."""

    def __init__(self, outcome: Outcome, *, wait_s: float = 0.0, **data: object) -> None:
        super().__init__(outcome)
        self.outcome, self.wait_s, self.data = outcome, wait_s, data

    def __str__(self) -> str:
        return say(f"voices.outcome.{self.outcome}", **self.data)


@dataclass(frozen=True, slots=True)
class Reply:
    content: bytes
    media_type: str
    """What the service calls it, as it stands."""


@dataclass(slots=True)
class Line:
    tries: int = 3
    connect_s: float = 5.0
    silence_s: float = 15.0
    """Between two pieces of an answer."""
    answer_s: float = 30.0
    """For the whole of it, from looking the name up to the last byte."""
    backoff_s: float = 1.0
    """Before the second try; doubled for each further one, up to half as much again by chance."""
    longest_wait_s: float = 20.0
    """A service that asks for more patience is taken for out of reach."""
    gap_s: float = 0.5
    opens_after: int = 3
    """Sentences that failed one after the other."""
    closed_for_s: float = 60.0
    _failed: int = 0
    _open_until: float = 0.0
    _free_at: float = 0.0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def fetch(
        self,
        address: str,
        bodies: Sequence[str],
        *,
        headers: Mapping[str, str],
        read: Callable[[Reply], bytes],
    ) -> list[bytes]:
        """The sound of each body, in order, as `read` finds it in the reply.

        Raises:
            LineFailed: also from `read`.
        """
        with self._turn:
            if time.monotonic() < self._open_until:
                raise LineFailed(Outcome.RESTING, count=self._failed)
            try:
                sounds = [read(self._ask(address, body, headers)) for body in bodies]
            except LineFailed:
                self._failed += 1
                if self._failed >= self.opens_after:  # after the pause one sentence tries the line again
                    self._open_until = time.monotonic() + self.closed_for_s
                raise
            self._failed = 0
            return sounds

    def _ask(self, address: str, body: str, headers: Mapping[str, str]) -> Reply:
        for attempt in range(1, self.tries + 1):
            time.sleep(max(0.0, self._free_at - time.monotonic()))
            self._free_at = time.monotonic() + self.gap_s
            try:
                return self._post_within(address, body, headers)
            except LineFailed as failed:
                wait_s = self.backoff_s * 2 ** (attempt - 1) * random.uniform(1, 1.5)  # noqa: S311 no secret
                wait_s = max(wait_s, failed.wait_s)
                if failed.outcome not in ASKED_AGAIN or attempt == self.tries or wait_s > self.longest_wait_s:
                    raise
                time.sleep(wait_s)
        raise AssertionError

    def _post_within(self, address: str, body: str, headers: Mapping[str, str]) -> Reply:
        """The reply, or the end of patience: neither looking a name up nor the head of an answer has a bound.

        A thread that is given up ends soon after by the bounds of its own, and never holds the process.
        """
        told: list[Reply | LineFailed] = []

        def post() -> None:
            try:
                told.append(self._post(address, body, headers))
            except LineFailed as failed:
                told.append(failed)

        asking = threading.Thread(target=post, name="outside line", daemon=True)
        asking.start()
        asking.join(self.answer_s)
        if not told:
            raise LineFailed(Outcome.SLOW, seconds=f"{self.answer_s:g}")
        if isinstance(told[0], LineFailed):
            raise told[0]
        return told[0]

    def _post(self, address: str, body: str, headers: Mapping[str, str]) -> Reply:
        deadline = time.monotonic() + self.answer_s
        begun = False
        try:
            with requests.post(
                address,
                data=body,
                headers=dict(headers),
                timeout=(self.connect_s, self.silence_s),
                stream=True,
                allow_redirects=False,
            ) as answer:
                _refuse_status(answer)
                begun = True
                pieces: list[bytes] = []
                size = 0
                # What has arrived, not a full block: a drip is noticed at every drop.
                while piece := answer.raw.read1(65_536, decode_content=True):
                    pieces.append(piece)
                    size += len(piece)
                    if size > MAX_ANSWER_BYTES:
                        raise LineFailed(Outcome.TOO_LARGE, most=MAX_ANSWER_BYTES)
                    if time.monotonic() > deadline:
                        raise LineFailed(Outcome.SLOW, seconds=f"{self.answer_s:g}")
                return Reply(b"".join(pieces), answer.headers.get("Content-Type", ""))
        except requests.ConnectTimeout as error:
            raise LineFailed(Outcome.UNREACHABLE) from error
        except (requests.Timeout, ReplyTimeout) as error:
            raise LineFailed(Outcome.SILENT) from error
        except (requests.RequestException, ReplyFailed, OSError) as error:
            raise LineFailed(Outcome.BROKEN_OFF if begun else Outcome.UNREACHABLE) from error


def _refuse_status(answer: requests.Response) -> None:
    status = answer.status_code
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise LineFailed(Outcome.BUSY, wait_s=read_wait(answer.headers), status=status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise LineFailed(Outcome.BROKEN, wait_s=read_wait(answer.headers), status=status)
    raise LineFailed(Outcome.REFUSED, status=status)


def read_wait(headers: Mapping[str, str]) -> float:
    """The seconds that `Retry-After` asks for, given as such or as a date; 0 if it says nothing clear.

    A date is held against the service's own `Date`: the clock of an office may be wrong by days.
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    until = _read_date(asked)
    if until is None:
        return 0.0
    now = _read_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _read_date(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
