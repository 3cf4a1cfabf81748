"""How much of the log a person has seen of a record they write; an operation may never claim more."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from mobile_app.store.database import meta
from mobile_app.store.database.tables import StoredRecord
from mobile_app.store.log.projection import OWN_ONLY
from mobile_app.store.queries import listing
from shared.operations import GENESIS, RecordType
from shared.record_types import owner_of


def of(session: Session, kind: str, record: str, fields: Mapping[str, Any]) -> tuple[int, str]:
    """(base, tip) for an operation on a record.

    Usually the cursor. Records of the snapshot being read are newer. Nothing is claimed for what this phone
    does not hold whole: hazards and visits outside the chosen towns, which are not pulled; those that left
    this phone; and those of which it shows its own operations only.
    """
    where, towns = meta.progress(session), meta.towns(session)
    known = session.get(StoredRecord, record)
    owner = owner_of(kind, record, fields) or (known.owner if known else None)
    held = session.get(StoredRecord, owner) if owner else None
    line = listing.line(session, owner) if owner else None
    if towns and line is not None and line.town_code and line.town_code not in towns:
        return 0, GENESIS
    if held is None and (known is not None or kind == RecordType.HAZARD_EVENT):
        return 0, GENESIS
    if held is not None and held.reading == OWN_ONLY:
        return 0, GENESIS
    if where.snapshot and held is not None and held.reading == where.reading:
        return where.ahead, where.ahead_fingerprint
    return where.cursor, where.fingerprint
