"""Inserts many rows at once."""

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import JSON, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


def insert_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert complete rows: each has every column of the table.

    SQLite gets plain tuples, PostgreSQL one JSON text: SQLAlchemy's own parameter processing takes longer
    than the insert itself.
    """
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(_from_json(table), {"rows": orjson.dumps(rows).decode()})
        return
    statement, values_of, documents = _plain(table)
    tuples: list[tuple[Any, ...]] = []
    for row in rows:
        values = list(values_of(row))
        for index in documents:
            values[index] = orjson.dumps(values[index]).decode()
        tuples.append(tuple(values))
    connection.exec_driver_sql(statement, tuples)


@cache
def _plain(table: Table) -> tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]], list[int]]:
    """The statement with question marks, a getter for a row's values in order, the indexes of JSON values."""
    columns = list(table.columns)
    documents = [index for index, column in enumerate(columns) if isinstance(column.type, JSON)]
    statement = str(insert(table).compile(dialect=sqlite.dialect()))
    return statement, itemgetter(*(column.name for column in columns)), documents


@cache
def _from_json(table: Table) -> str:
    quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
    name, columns = quote(table.name), ", ".join(quote(column.name) for column in table.columns)
    return (
        f"INSERT INTO {name} ({columns})"  # noqa: S608
        f" SELECT {columns} FROM json_populate_recordset(NULL::{name}, %(rows)s::json)"
    )
