"""Writing many rows at once."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


def insert_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert whole rows: each names every column of the table.

    SQLite gets them as plain tuples, PostgreSQL as one JSON text: SQLAlchemy's own preparing takes longer
    than the inserting.
    """
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(_from_json(table), {"rows": orjson.dumps(rows).decode()})
        return
    statement, columns, documents = _plain(table)
    if documents:
        rows = [row | {name: orjson.dumps(row[name]).decode() for name in documents} for row in rows]
    connection.exec_driver_sql(statement, [tuple([row[name] for name in columns]) for row in rows])


@cache
def _plain(table: Table) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The statement with its question marks, the columns in their order, and those that hold JSON."""
    columns = tuple(column.name for column in table.columns)
    documents = tuple(column.name for column in table.columns if isinstance(column.type, JSON))
    return str(insert(table).compile(dialect=sqlite.dialect())), columns, documents


@cache
def _from_json(table: Table) -> str:
    quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
    name, columns = quote(table.name), ", ".join(quote(column.name) for column in table.columns)
    return (
        f"INSERT INTO {name} ({columns})"  # noqa: S608
        f" SELECT {columns} FROM json_populate_recordset(NULL::{name}, %(rows)s::json)"
    )
