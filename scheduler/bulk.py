"""Many rows at once, as plain tuples: no row becomes an object, no statement is made for each.

Values are what the columns' own types make of them, so the database holds the same as if the session had
written each row. The session does not see it: the rollup wants a `touch`.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table
from sqlmodel import Session, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime


@contextmanager
def many_objects() -> Iterator[None]:
    """While thousands of rows are made: none of them is a cycle, and looking for cycles costs a quarter."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def insert_rows(
    session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows whose values stand in the order of `columns`; on PostgreSQL by COPY.

    Columns that are not named take what the database gives them.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    table: Table = model.__table__  # type: ignore[attr-defined]
    written = [
        _write_all(connection, table.columns[name].type, values)
        for name, values in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in zip(*written, strict=True):
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608  names of ours
    connection.exec_driver_sql(statement, list(zip(*written, strict=True)))


def _write_all(connection: Connection, kind: Any, values: Sequence[Any]) -> Sequence[Any]:
    """The values of a column as the driver takes them; what many rows share is written once."""
    dialect = connection.dialect
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return [moment and write_moment(moment) for moment in values]
    write: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    if write is None:
        return values
    known = {id(value): value for value in values}
    written = {key: write(value) for key, value in known.items()}
    return [written[id(value)] for value in values]


def write_moment(moment: datetime) -> str:
    """As SQLite keeps it: what the column's type writes too, but ten times as quickly."""
    if moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[:26]


def read_moment(kept: datetime | str) -> datetime:
    """A moment that was read past its column's type: text on SQLite, aware on PostgreSQL."""
    if isinstance(kept, str):
        return datetime.fromisoformat(kept).replace(tzinfo=UTC)
    return kept.astimezone(UTC)
