"""A centre's process on a clock that its parent sets: `python -m tests.studio.jobs.centre HOME HOLDER`.

Each line on stdin is a moment (ISO 8601), answered with `done` when all that was due is done, or
`die PLACE COUNT`: at the COUNT-th pass of that place from now on, this process is killed as by `kill -9`.
Places: `asking` (a turn is in the journal, the next is not), `publishing` (a station's day is written, its
transaction open), `published` (a station's day is committed).
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import studio.jobs.daily as daily
from studio.database import open_database
from studio.jobs.desk import DatabaseDesk
from studio.settings import read_settings
from tests.studio.jobs.month import Centre

_left: dict[str, int] = {}


def pass_place(place: str) -> None:
    """Where the process may be told to die: no handler runs, no transaction ends, nothing is flushed."""
    if place in _left:
        _left[place] -= 1
        if _left[place] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def watch() -> None:
    """The real functions, with a place beside each."""
    publish_one: Callable[..., str] = daily._publish_one
    ask = DatabaseDesk.ask

    def publish(*args: Any, **options: Any) -> str:
        pass_place("published")  # of the station before: its block has ended
        outcome = publish_one(*args, **options)
        pass_place("publishing")
        return outcome

    def ask_one(self: DatabaseDesk, firing: Any) -> None:
        ask(self, firing)
        pass_place("asking")

    daily._publish_one = publish
    DatabaseDesk.ask = ask_one


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    home, holder = sys.argv[1:]
    watch()
    settings = read_settings(os.environ, home=Path(home))
    with closing(open_database(settings)) as database:
        centre = Centre(database, settings, holder)
        _say("ready")
        for line in sys.stdin:
            if line.startswith("die "):
                _, place, count = line.split()
                _left[place] = int(count)
                continue
            centre.look(datetime.fromisoformat(line.strip()))
            _say("done")


if __name__ == "__main__":
    main()
