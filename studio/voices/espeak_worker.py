"""The speech worker: one clean process that initialises eSpeak NG once and forks for every sentence.

    python -m studio.voices.espeak_worker

Why a process: eSpeak NG crashes under threads, and a crash must not take Loa along. Why fork: it says the
same sentence differently the second time, but a child of the freshly initialised state says it the same
every time, for the price of a fork. It never forks Loa itself, whose threads a child would not have.

Where there is no fork (Windows) the worker says one sentence and ends, and Loa starts another: the same
bytes, some 100 ms slower each. `once` as argument does so anywhere.

Frames in: `{"text", "timbre", "words_per_minute", "volume", "pitch"}`. Frames out: first `{"rate_hz"}`, then
for each request `{"marks"}` with the PCM as body, `{"error"}`, or `{"exit"}` when the child died. It ends
when its input ends.
"""

import io
import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from studio.voices.espeak_library import Engine, EngineFailed
from studio.voices.frames import read_frame, write_frame

CAN_FORK = hasattr(os, "fork")
TIMBRES = Path(__file__).parent / "timbres"
MAX_SECONDS = 120
"""After so long a sentence is given up: eSpeak NG needs milliseconds."""


def main(*, once: bool) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is Loa's to handle: it closes our input
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    os.chdir(TIMBRES)  # see Engine.speak
    try:
        engine = Engine()
    except (EngineFailed, OSError, AttributeError) as error:
        write_frame(sink, {"error": str(error)})
        return 1
    write_frame(sink, {"rate_hz": engine.rate_hz})
    while request := read_frame(source):
        if once:
            answer(engine, request[0], sink)
            return 0
        sink.write(answer_in_child(engine, request[0]))
        sink.flush()
    return 0


def answer(engine: Engine, request: dict[str, object], sink: BinaryIO) -> None:
    try:
        speech = engine.speak(
            str(request["text"]),
            timbre=Path(str(request["timbre"])),
            words_per_minute=int(str(request["words_per_minute"])),
            volume=int(str(request["volume"])),
            pitch=float(str(request.get("pitch", 1.0))),
        )
    except EngineFailed as error:
        write_frame(sink, {"error": str(error)})
    else:
        write_frame(sink, {"marks": speech.marks}, speech.pcm)


def answer_in_child(engine: Engine, request: dict[str, object]) -> bytes:
    """The whole answer of a child that was forked for `request`; how it ended if it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            os.close(sys.stdout.fileno())  # who waits for the worker is to notice its death before ours
            signal.alarm(MAX_SECONDS)
            with os.fdopen(writing, "wb") as sink:
                answer(engine, request, sink)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as source:
        content = source.read()
    _, status = os.waitpid(child, 0)
    if status == 0:
        return content
    death = io.BytesIO()
    write_frame(death, {"exit": os.waitstatus_to_exitcode(status)})
    return death.getvalue()


if __name__ == "__main__":
    raise SystemExit(main(once="once" in sys.argv[1:] or not CAN_FORK))
