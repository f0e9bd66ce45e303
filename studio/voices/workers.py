"""Speech engines in processes of their own: started when needed, kept while idle, replaced when they die.

A worker is any program that writes one frame when it is ready (`{"rate_hz"}`, or `{"error"}` and it ends),
then answers every frame on its input with one on its output (see `frames`). `{"exit": N}` as an answer says
that a child of the worker ended so, in the manner of `Popen.returncode`.

A worker may die at any time. Was it the request that killed it, or somebody outside? A crash (SIGSEGV,
SIGABRT, a status other than 0), an error and silence count against the request: after `ATTEMPTS` of them it
has failed. What comes from outside (SIGKILL, SIGTERM, a machine without room for a process) does not, as
long as `PATIENCE_S` last: under load one sentence can lose many fresh workers without any fault of its own.
"""

import atexit
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import studio
from studio.voices.frames import read_frame, write_frame

ATTEMPTS = 3
PATIENCE_S = 60.0
"""How long one request outlasts deaths that are not its own doing."""
ANSWER_S = 180.0
"""After so long without an answer, or without being ready, a worker is stuck and is ended."""
_PAUSES_S = (0.0, 0.01, 0.05, 0.2, 0.5)
"""Before each further try; the last one for all that follow."""
_FROM_OUTSIDE = frozenset(
    -number
    for name in ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGPIPE")
    if (number := getattr(signal, name, None))
)


class WorkerGone(Exception):
    """The process ended, or could not begin; whether somebody outside did it."""

    def __init__(self, reason: str, *, from_outside: bool, at_start: bool = False) -> None:
        super().__init__(reason)
        self.from_outside, self.at_start = from_outside, at_start


class NoAnswer(Exception):
    """The request failed for good, or no worker even began; the reason in few words."""

    def __init__(self, reason: str, *, at_start: bool) -> None:
        super().__init__(reason)
        self.at_start = at_start


@dataclass(frozen=True, slots=True)
class Answer:
    head: dict[str, Any]
    body: bytes
    rate_hz: int
    """Of the engine, as it said when it was ready."""


class Worker:
    """One running process: our own interpreter with `arguments`."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 our own interpreter and modules
            (sys.executable, *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(studio.__path__[0]).parent,
        )
        self._is_stuck = False
        self.has_answered = False
        head, _ = self._read()
        if "rate_hz" not in head:
            self.close()
            raise WorkerGone(str(head.get("error")), from_outside=False, at_start=True)
        self.rate_hz = int(head["rate_hz"])

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Raises: WorkerGone."""
        assert self._process.stdin
        self.has_answered = True
        try:
            write_frame(self._process.stdin, request)
        except OSError as error:
            raise self._gone() from error
        head, body = self._read()
        if "exit" in head:
            raise WorkerGone(f"exit {head['exit']}", from_outside=head["exit"] in _FROM_OUTSIDE)
        return head, body

    def _read(self) -> tuple[dict[str, Any], bytes]:
        assert self._process.stdout
        watch = threading.Timer(ANSWER_S, self._end_stuck)
        watch.daemon = True
        watch.start()
        try:
            frame = read_frame(self._process.stdout)
        finally:
            watch.cancel()
        if frame is None:
            raise self._gone()
        return frame

    def _end_stuck(self) -> None:
        self._is_stuck = True
        self._process.kill()

    def _gone(self) -> WorkerGone:
        self.close()
        status = self._process.returncode
        if self._is_stuck:
            return WorkerGone(f"{ANSWER_S:g} s", from_outside=False)
        return WorkerGone(f"exit {status}", from_outside=status in _FROM_OUTSIDE)

    def close(self) -> None:
        """End the process: it ends by itself when its input does."""
        assert self._process.stdin
        assert self._process.stdout
        with suppress(OSError):  # what it had not read yet is lost with it
            self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class WorkerPool:
    """Idle workers of one kind; as many run as requests are being answered at the same time."""

    def __init__(self, start: Callable[[], Worker], *, serve_once: bool = False) -> None:
        """`serve_once`: a worker that has answered is not asked again."""
        self._start, self._serve_once = start, serve_once
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        atexit.register(self.close)

    def ask(self, request: dict[str, Any]) -> Answer:
        """The answer to `request`, whatever befalls the workers meanwhile.

        Raises:
            NoAnswer: the request itself failed `ATTEMPTS` times, or no worker lived for `PATIENCE_S`.
        """
        give_up_at = time.monotonic() + PATIENCE_S
        own_failures = tries = 0
        at_start = False
        while True:
            time.sleep(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
            tries += 1
            try:
                answer = self._ask_once(request)
            except WorkerGone as gone:
                reason, at_start = str(gone), gone.at_start
                own_failures += not gone.from_outside
            else:
                if "error" not in answer.head:
                    return answer
                reason, at_start = str(answer.head["error"]), False
                own_failures += 1
            if own_failures >= ATTEMPTS or time.monotonic() > give_up_at:
                raise NoAnswer(reason, at_start=at_start)

    def _ask_once(self, request: dict[str, Any]) -> Answer:
        worker = self.take()
        try:
            head, body = worker.ask(request)
        finally:
            self.give_back(worker)
        return Answer(head, body, worker.rate_hz)

    def take(self) -> Worker:
        """Raises: WorkerGone: none could be started."""
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                try:
                    return self._start()
                except OSError as error:  # no room for another process now
                    raise WorkerGone(str(error), from_outside=True) from error
            if self._is_usable(worker):
                return worker
            worker.close()

    def give_back(self, worker: Worker) -> None:
        if self._is_usable(worker):
            self._idle.put(worker)
        else:
            worker.close()

    def _is_usable(self, worker: Worker) -> bool:
        return worker.is_running and not (self._serve_once and worker.has_answered)

    def close(self) -> None:
        """End the idle workers."""
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()
