"""How much of the log a person has seen of a record they write; an operation may never claim more."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from mobile_app.store.database import meta
from mobile_app.store.database.tables import StoredRecord
from mobile_app.store.queries import listing
from shared.operations import GENESIS, RecordType
from shared.record_types import owner_of


def of(session: Session, kind: str, record: str, fields: Mapping[str, Any]) -> tuple[int, str]:
    """(base, tip) for an operation on a record.

    Usually the cursor. Records of the snapshot being read are newer. Hazards and visits outside the chosen
    towns are not pulled, and those that left this phone are not shown, so nothing is claimed for them.
    """
    where, towns = meta.progress(session), meta.towns(session)
    owner = owner_of(kind, record, fields) or _owner_of(session, record)
    line = listing.line(session, owner) if owner else None
    if towns and line is not None and line.town_code and line.town_code not in towns:
        return 0, GENESIS
    if line is None and kind == RecordType.HAZARD_EVENT:
        return 0, GENESIS
    if where.snapshot:
        stored = session.get(StoredRecord, owner) if owner else None
        if stored is not None and stored.reading == where.reading:
            return where.ahead, where.ahead_fingerprint
    return where.cursor, where.fingerprint


def _owner_of(session: Session, record: str) -> str | None:
    known = session.get(StoredRecord, record)
    return known.owner if known else None
