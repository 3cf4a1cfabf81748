"""The present state of records, page by page, for a phone that has none.

Events and photos come before hazards, so that a hazard is complete when it appears.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlmodel import Session

from shared.operations import RecordType
from shared.record_types import RECORD_TYPES
from sync_server.database import campaigns
from sync_server.log import scopes
from sync_server.log.pages import MAX_CHARACTERS
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

    A page ends after `MAX_CHARACTERS` characters. Raises ValueError for an invalid key.
    """
    end = campaigns.end(session, campaign)
    start, last = _place(after)
    records: list[dict[str, Any]] = []
    room = MAX_CHARACTERS
    for kind in _order()[start:]:
        lengths = _lengths(session, campaign, kind, last, limit + 1 - len(records), scope)
        fitting = [used for used in accumulate(lengths) if used <= room][: limit - len(records)]
        count = len(fitting) or int(
            bool(lengths) and not records
        )  # one that is longer than a page comes alone
        records += _some(session, campaign, kind, last, count, scope)
        if count < len(lengths):
            final = records[-1]
            return Page(records, f"{final['type']}/{final['record']}", end)
        room -= sum(lengths)
        last = ""
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


def _asked(
    session: Session, campaign: str, kind: str, last: str, limit: int, scope: Scope, *columns: Any
) -> Select[Any]:
    table = table_of(kind)
    asked = (
        select(*columns)
        .where(table.c.campaign == campaign, table.c.id > last)
        .order_by(table.c.id)
        .limit(limit)
    )
    if table is RECORD:
        asked = asked.where(table.c.type == kind)
    if not scope.is_everything:
        asked = asked.where(scopes.in_scope(session, campaign, owner_column(kind), scope))
    return asked


def _lengths(
    session: Session, campaign: str, kind: str, last: str, limit: int, scope: Scope
) -> Sequence[int]:
    """The characters of the states of the next records: those of one with many conflicts are many."""
    characters = func.length(cast(table_of(kind).c.state, Text))
    return session.execute(_asked(session, campaign, kind, last, limit, scope, characters)).scalars().all()


def _some(
    session: Session, campaign: str, kind: str, last: str, limit: int, scope: Scope
) -> list[dict[str, Any]]:
    if not limit:
        return []
    table = table_of(kind)
    number = [table.c.ledger_no] if kind == RecordType.HAZARD else []
    columns = (table.c.id, owner_column(kind).label("owner"), table.c.state, *number)
    rows = session.execute(_asked(session, campaign, kind, last, limit, scope, *columns))
    return [
        {"record": row.id, "type": kind, "owner": row.owner, "state": row.state}
        | ({"ledger_no": row.ledger_no} if number and row.ledger_no else {})
        for row in rows
    ]
