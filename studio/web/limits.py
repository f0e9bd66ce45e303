"""How often a sign-in may fail, and how much one person may have said to try it out.

Forbidden
├── TooManyAttempts
└── TooManyHearings
"""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from assets.errors import Forbidden


class TooManyAttempts(Forbidden):
    """So many sign-ins failed that the next one has to wait."""

    http_status = 429


class TooManyHearings(Forbidden):
    http_status = 429


class AttemptLimiter:
    """Counts failures per key in a sliding window, in memory: a restart forgives.

    Names are counted together with the address they are tried from, so that nobody can lock a
    colleague out from elsewhere; the address alone has a larger allowance.
    """

    def __init__(
        self, *, window: timedelta = timedelta(minutes=5), per_name: int = 5, per_address: int = 30
    ) -> None:
        self._window, self._per_name, self._per_address = window, per_name, per_address
        self._failures: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def check(self, address: str, username: str, now: datetime) -> None:
        """Raise TooManyAttempts when this name from this address, or the address, has failed too often."""
        with self._lock:
            for key, allowance in self._keys(address, username):
                failures = self._recent(key, now)
                if len(failures) >= allowance:
                    wait = failures[0] + self._window - now
                    raise TooManyAttempts(seconds=max(1, int(wait.total_seconds())))

    def count_failure(self, address: str, username: str, now: datetime) -> None:
        with self._lock:
            for key, _ in self._keys(address, username):
                self._failures.setdefault(key, deque()).append(now)

    def _keys(self, address: str, username: str) -> tuple[tuple[str, int], tuple[str, int]]:
        return (f"{address} {username.strip().lower()[:60]}", self._per_name), (address, self._per_address)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        failures = self._failures.get(key, deque())
        while failures and failures[0] <= now - self._window:
            failures.popleft()
        if not failures:
            self._failures.pop(key, None)
        return failures


class HearingLimiter:
    """Counts what each person tried out in a sliding window, in memory."""

    def __init__(self, *, window: timedelta = timedelta(minutes=1), most: int = 30) -> None:
        self._window, self._most = window, most
        self._taken: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def take(self, username: str, now: datetime) -> None:
        """Raise TooManyHearings when `username` has had the window's share, else count one more."""
        with self._lock:
            taken = self._taken.setdefault(username, deque())
            while taken and taken[0] <= now - self._window:
                taken.popleft()
            if len(taken) >= self._most:
                wait = taken[0] + self._window - now
                raise TooManyHearings(seconds=max(1, int(wait.total_seconds())))
            taken.append(now)
