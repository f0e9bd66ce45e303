"""Long lists in pages."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from studio.api.answers import Page

Row = TypeVar("Row")
Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many items to pass over")]


def cut(rows: Sequence[Row], limit: int, offset: int, describe: Callable[[Row], Item]) -> Page[Item]:
    """The page of `rows` from `offset` on."""
    items = [describe(row) for row in rows[offset : offset + limit]]
    return Page(items=items, total=len(rows), limit=limit, offset=offset)
