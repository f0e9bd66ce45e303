"""What a command says: results on stdout, progress on stderr."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

Report = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done."""


def now() -> datetime:
    """The moment of a command; everything below takes it as a value."""
    return datetime.now(UTC)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None
) -> None:
    """A table that fits the terminal, or tab-separated lines when another program reads."""
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for row in rows:
            print("\t".join(" ".join(str(cell).split()) for cell in row))
        return
    table = Table(*columns, title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console(markup=False, highlight=False).print(table)


@contextmanager
def show_progress(*, quiet: bool = False) -> Iterator[Report]:
    """A bar on a terminal, a plain line for each new message elsewhere, nothing when `quiet`."""
    if quiet:
        yield lambda _share, _message: None
        return
    if not sys.stderr.isatty():
        yield _PlainProgress()
        return
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=1.0)
        yield lambda share, message: bar.update(task, completed=share, description=message)


class _PlainProgress:
    """Lines for a log: one when the message changes, none for each percent."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, _share: float, message: str) -> None:
        if message != self._last:
            self._last = message
            print(message, file=sys.stderr, flush=True)


def as_json(value: Any) -> Any:
    """Dataclasses as plain values, for `--json`."""
    from dataclasses import asdict, is_dataclass

    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
