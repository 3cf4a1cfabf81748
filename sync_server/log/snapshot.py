"""Records as they stand, page by page, for a phone that starts from nothing.

Events and photos come before hazards, so that a hazard appears with all that happened to it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select
from sqlmodel import Session

from shared.operations import RecordType
from sync_server.database import campaigns
from sync_server.database.tables import EducationVisitRow, HazardEventRow, HazardRow, PhotoRow
from sync_server.log import scopes
from sync_server.log.scopes import Scope

_TABLES: dict[RecordType, Table] = {
    kind: row.metadata.tables[str(row.__tablename__)]
    for kind, row in (
        (RecordType.HAZARD_EVENT, HazardEventRow),
        (RecordType.PHOTO, PhotoRow),
        (RecordType.EDUCATION_VISIT, EducationVisitRow),
        (RecordType.HAZARD, HazardRow),
    )
}
_ORDER = list(_TABLES)


@dataclass(frozen=True, slots=True)
class Page:
    """Some records as `wire.SnapshotRecord` JSON; `next`: the key to go on after, None at the end."""

    records: list[dict[str, Any]]
    next: str | None
    end: campaigns.End


def page(session: Session, campaign: str, after: str, limit: int, scope: Scope) -> Page:
    """At most `limit` records after the key `after` ("" for the first), within a scope.

    Raises ValueError for a key that this never gave.
    """
    end = campaigns.end(session, campaign)
    start, last = _place(after)
    records: list[dict[str, Any]] = []
    for kind in _ORDER[start:]:
        some = _some(session, campaign, kind, last, limit + 1 - len(records), scope)
        records += some
        last = ""
        if len(records) > limit:
            final = records[limit - 1]
            return Page(records[:limit], f"{final['type']}/{final['record']}", end)
    return Page(records, None, end)


def _place(after: str) -> tuple[int, str]:
    """(which kind, after which id) a key stands for."""
    if not after:
        return 0, ""
    kind, _, last = after.partition("/")
    return _ORDER.index(RecordType(kind)), last


def _some(
    session: Session, campaign: str, kind: RecordType, last: str, limit: int, scope: Scope
) -> list[dict[str, Any]]:
    table = _TABLES[kind]
    owner = _owner(kind, table)
    number = table.c.ledger_no if kind is RecordType.HAZARD else None
    asked = (
        select(table.c.id, owner.label("owner"), table.c.state, *([number] if number is not None else []))
        .where(table.c.campaign == campaign, table.c.id > last)
        .order_by(table.c.id)
        .limit(limit)
    )
    if not scope.is_everything:
        asked = asked.where(scopes.in_scope(session, campaign, owner, scope))
    return [
        {"record": row.id, "type": kind.value, "owner": row.owner, "state": row.state}
        | ({"ledger_no": row.ledger_no} if number is not None and row.ledger_no else {})
        for row in session.execute(asked)
    ]


def _owner(kind: RecordType, table: Table) -> ColumnElement[Any]:
    match kind:
        case RecordType.HAZARD_EVENT:
            return table.c.hazard
        case RecordType.PHOTO:
            return func.coalesce(table.c.hazard, table.c.visit)
    return table.c.id
