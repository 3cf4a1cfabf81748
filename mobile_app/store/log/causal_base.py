"""How much of the log a person has seen of what they write about; an operation may never claim more."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from mobile_app.store.database import meta
from mobile_app.store.database.tables import ListedHazard, StoredRecord
from shared.operations import GENESIS
from shared.record_types import owner_of


def of(session: Session, kind: str, record: str, fields: Mapping[str, Any]) -> tuple[int, str]:
    """(base, tip) for an operation on a record.

    The cursor, as a rule. What the server told in the reading under way is already further on. Of a hazard
    outside the chosen towns no news come, so nothing can be claimed.
    """
    where, towns = meta.progress(session), meta.towns(session)
    owner = owner_of(kind, record, fields) or _owner_of(session, record)
    line = session.get(ListedHazard, owner) if owner else None
    if towns and line is not None and line.town_code and line.town_code not in towns:
        return 0, GENESIS
    if where.snapshot:
        told = session.get(StoredRecord, owner) if owner else None
        if told is not None and told.reading == where.reading:
            return where.ahead, where.ahead_tip
    return where.cursor, where.tip


def _owner_of(session: Session, record: str) -> str | None:
    known = session.get(StoredRecord, record)
    return known.owner if known else None
