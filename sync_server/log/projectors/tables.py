"""Which table holds the records of a type."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, func

from shared.operations import RecordType
from shared.record_types import RECORD_TYPES, owner_of
from sync_server.database.tables import EducationVisitRow, HazardEventRow, HazardRow, PhotoRow, RecordRow

TABLES: dict[str, Table] = {
    name: row.metadata.tables[str(row.__tablename__)]
    for name, row in (
        (RecordType.HAZARD_EVENT, HazardEventRow),
        (RecordType.PHOTO, PhotoRow),
        (RecordType.EDUCATION_VISIT, EducationVisitRow),
        (RecordType.HAZARD, HazardRow),
    )
}
"""The types that pages list and count, with a table of their own."""

RECORD = RecordRow.metadata.tables["record"]
"""The records of all other types."""


def table_of(name: str) -> Table:
    """The table of a type."""
    return TABLES.get(name, RECORD)


def owner_column(name: str) -> ColumnElement[Any]:
    """The column of a type's table that says which record a record belongs to."""
    table = table_of(name)
    if table is RECORD:
        return table.c.owner
    columns = [table.c[field] for field in RECORD_TYPES[name].owner] or [table.c.id]
    return func.coalesce(*columns) if len(columns) > 1 else columns[0]


def owner_of_row(name: str, row: Mapping[str, Any]) -> str:
    """The record that a row's record belongs to; "" where it names none."""
    if table_of(name) is RECORD:
        return str(row["owner"])
    return owner_of(name, row["id"], row)
