"""Many rows at once, as plain tuples: no row becomes an object, no statement is made for each.

Values are what the columns' own types make of them, so the database holds the same as if the session had
written each row. The session does not see it: the rollup wants a `touch`.
"""

import gc
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Table
from sqlmodel import Session, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

_COPIED = {"INTEGER": "int4", "BIGINT": "int8", "DATE": "date", "TIMESTAMP WITH TIME ZONE": "timestamptz"}
"""What PostgreSQL takes in binary under a name of its own; text, enums and JSON it takes as text."""


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
    """Insert rows whose values stand in the order of `columns`; on PostgreSQL by COPY, in binary.

    Columns that are not named take what the database gives them.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    table: Table = model.__table__  # type: ignore[attr-defined]
    written = _write_columns(connection, table, columns, rows)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        kinds = [table.columns[name].type.compile(connection.dialect) for name in columns]
        statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([_COPIED.get(kind, "text") for kind in kinds])
            for row in zip(*written, strict=True):
                copy.write_row(row)
        return
    connection.exec_driver_sql(_word_insert(table, columns), list(zip(*written, strict=True)))


def upsert_rows(
    session: Session,
    model: type[SQLModel],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    adding: Collection[str] = (),
) -> None:
    """Insert rows; one that has its key already takes the new values, or adds those of the columns `adding`.

    A key comes once. In one statement, so that two writers never overwrite each other's sums; on PostgreSQL
    rows that all writers give in the same order let nobody wait in a circle.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    table: Table = model.__table__  # type: ignore[attr-defined]
    key = table.primary_key.columns.keys()
    changes = [
        f"{name} = {table.name}.{name} + excluded.{name}" if name in adding else f"{name} = excluded.{name}"
        for name in columns
        if name not in key
    ]
    conflict = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(changes)}"
    if connection.dialect.name == "postgresql":
        names = ", ".join(columns)
        into = f"INSERT INTO {table.name} ({names}) SELECT {names}"
        given = json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=str)
        statement = f"{into} FROM json_populate_recordset(NULL::{table.name}, %s) {conflict}"
        connection.exec_driver_sql(statement, (given,))
        return
    written = _write_columns(connection, table, columns, rows)
    connection.exec_driver_sql(f"{_word_insert(table, columns)} {conflict}", list(zip(*written, strict=True)))


def update_rows(session: Session, model: type[SQLModel], ids: Sequence[int], values: dict[str, Any]) -> None:
    """Give all of the rows the same values, in one statement however many they are.

    Those that the session holds are read anew when they are looked at.
    """
    session.flush()
    connection = session.connection()
    table: Table = model.__table__  # type: ignore[attr-defined]
    written = _write_columns(connection, table, tuple(values), [tuple(values.values())])
    wanted: Any = list(ids)
    mark, chosen = "%s", "= ANY(%s)"
    if connection.dialect.name == "sqlite":
        wanted = json.dumps(wanted)
        mark, chosen = "?", "IN (SELECT value FROM json_each(?))"
    changes = ", ".join(f"{name} = {mark}" for name in values)
    statement = f"UPDATE {table.name} SET {changes} WHERE id {chosen}"  # noqa: S608  names of ours
    connection.exec_driver_sql(statement, (*(one for (one,) in written), wanted))
    changed = set(ids)
    for row in session.identity_map.values():
        if isinstance(row, model) and row.id in changed:  # type: ignore[attr-defined]
            session.expire(row, values)


def _word_insert(table: Table, columns: Sequence[str]) -> str:
    """For one row of SQLite."""
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


def _write_columns(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[Sequence[Any]]:
    """The values of each column as the driver takes them."""
    return [
        _write_all(connection, table.columns[name].type, values)
        for name, values in zip(columns, zip(*rows, strict=True), strict=True)
    ]


def _write_all(connection: Connection, kind: Any, values: Sequence[Any]) -> Sequence[Any]:
    """The values of a column as the driver takes them; what many rows share is written once."""
    dialect = connection.dialect
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return [moment and write_moment(moment) for moment in values]
    # As the column's type writes it, which hands JSON to the driver of PostgreSQL unwritten.
    write: Callable[[Any], Any] | None = (
        json.dumps if isinstance(kind, JSON) else kind.dialect_impl(dialect).bind_processor(dialect)
    )
    if write is None:
        return values
    keys = list(map(id, values))
    written = {key: write(value) for key, value in dict(zip(keys, values, strict=True)).items()}
    return [written[key] for key in keys]


def write_moment(moment: datetime) -> str:
    """As SQLite keeps it: what the column's type writes too, but ten times as quickly."""
    if moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return "%04d-%02d-%02d %02d:%02d:%02d.%06d" % (  # noqa: UP031  half of what isoformat takes with a zone
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond
    )  # fmt: skip


def read_moment(kept: datetime | str) -> datetime:
    """A moment that was read past its column's type: text on SQLite, aware on PostgreSQL."""
    if isinstance(kept, str):
        return datetime.fromisoformat(kept + "Z")
    return kept.astimezone(UTC)


def read_day(kept: date | str) -> date:
    """A day that was read past its column's type: text on SQLite."""
    return date.fromisoformat(kept) if isinstance(kept, str) else kept
