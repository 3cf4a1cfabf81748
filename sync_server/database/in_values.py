"""An efficient SQL `IN` for long lists of values."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, func, select
from sqlmodel import Session


def in_values(
    session: Session, column: ColumnElement[Any], values: Iterable[str | int]
) -> ColumnElement[bool]:
    """The condition that the column's value is one of `values`.

    The values are sent as one parameter, JSON for SQLite and an array for PostgreSQL: one parameter per value
    would cost more than the query.
    """
    if session.get_bind().dialect.name != "sqlite":
        return column == any_(bindparam(None, list(values), type_=ARRAY(column.type)))
    listed = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))
