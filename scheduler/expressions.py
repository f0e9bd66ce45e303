"""What both databases can say of moments and days, each in its own words."""

from typing import Any

from sqlalchemy import BigInteger, Integer, String, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def not_aired(state: Any) -> Any:
    """As the indexes of what did not air whole say it, word for word: else SQLite does not use them."""
    return state.op("<>")(literal_column("'AIRED'"))


class milliseconds_between(FunctionElement[int]):  # noqa: N801  named as it reads in a query
    """Whole milliseconds from one moment to another, on either database."""

    type = BigInteger()
    inherit_cache = True


@compiles(milliseconds_between, "sqlite")
def _between_sqlite(element: FunctionElement[int], compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(ROUND((julianday({later}) - julianday({earlier})) * 86400000) AS INTEGER)"


@compiles(milliseconds_between, "postgresql")
def _between_postgresql(element: FunctionElement[int], compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(ROUND(EXTRACT(EPOCH FROM ({later} - {earlier})) * 1000) AS BIGINT)"


class month_of_date(FunctionElement[str]):  # noqa: N801
    """The month of a day as `2026-03`; `extract` reads a date of SQLite ten times as slowly."""

    type = String()
    inherit_cache = True


class day_of_date(FunctionElement[int]):  # noqa: N801
    """Which day of its month, from 1."""

    type = Integer()
    inherit_cache = True


@compiles(month_of_date, "sqlite")
def _month_sqlite(element: FunctionElement[str], compiler: Any, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 7)"


@compiles(month_of_date, "postgresql")
def _month_postgresql(element: FunctionElement[str], compiler: Any, **options: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **options)}, 'YYYY-MM')"


@compiles(day_of_date, "sqlite")
def _day_sqlite(element: FunctionElement[int], compiler: Any, **options: Any) -> str:
    return f"CAST(substr({compiler.process(element.clauses, **options)}, 9, 2) AS INTEGER)"


@compiles(day_of_date, "postgresql")
def _day_postgresql(element: FunctionElement[int], compiler: Any, **options: Any) -> str:
    return f"CAST(EXTRACT(DAY FROM {compiler.process(element.clauses, **options)}) AS INTEGER)"
