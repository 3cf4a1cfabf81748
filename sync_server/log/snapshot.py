"""The present state of records, page by page, for a phone that has none.

Events and photos come before hazards, so that a hazard is complete when it appears.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from shared.operations import RecordType
from shared.record_types import RECORD_TYPES
from sync_server.database import campaigns
from sync_server.log import scopes
from sync_server.log.projectors.tables import RECORD, owner_column, table_of
from sync_server.log.scopes import Scope


@dataclass(frozen=True, slots=True)
class Page:
    """Some records as `wire.SnapshotRecord` JSON; `next`: the key for the next page, None at the end."""

    records: list[dict[str, Any]]
    next: str | None
    end: campaigns.End


def page(session: Session, campaign: str, after: str, limit: int, scope: Scope) -> Page:
    """At most `limit` records after the key `after` ("" for the first page), within a scope.

    Raises ValueError for an invalid key.
    """
    end = campaigns.end(session, campaign)
    start, last = _place(after)
    records: list[dict[str, Any]] = []
    for kind in _order()[start:]:
        some = _some(session, campaign, kind, last, limit + 1 - len(records), scope)
        records += some
        last = ""
        if len(records) > limit:
            final = records[limit - 1]
            return Page(records[:limit], f"{final['type']}/{final['record']}", end)
    return Page(records, None, end)


def _order() -> list[str]:
    """The types in reading order: those that belong to others first."""
    return sorted(RECORD_TYPES, key=lambda name: (not RECORD_TYPES[name].owner, name))


def _place(after: str) -> tuple[int, str]:
    """(index of the type, id) that a key stands for."""
    if not after:
        return 0, ""
    kind, _, last = after.partition("/")
    return _order().index(kind), last


def _some(
    session: Session, campaign: str, kind: str, last: str, limit: int, scope: Scope
) -> list[dict[str, Any]]:
    table, owner = table_of(kind), owner_column(kind)
    number = table.c.ledger_no if kind == RecordType.HAZARD else None
    asked = (
        select(table.c.id, owner.label("owner"), table.c.state, *([number] if number is not None else []))
        .where(table.c.campaign == campaign, table.c.id > last)
        .order_by(table.c.id)
        .limit(limit)
    )
    if table is RECORD:
        asked = asked.where(table.c.type == kind)
    if not scope.is_everything:
        asked = asked.where(scopes.in_scope(session, campaign, owner, scope))
    return [
        {"record": row.id, "type": kind, "owner": row.owner, "state": row.state}
        | ({"ledger_no": row.ledger_no} if number is not None and row.ledger_no else {})
        for row in session.execute(asked)
    ]
