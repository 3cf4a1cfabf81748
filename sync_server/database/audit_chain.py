"""The chain of the audit log: each row's hash covers the row before it, so no row changes unnoticed.

Rows are put on the chain as the last thing before the commit. Whoever does so locks the chain's end until
then: no two servers continue it from the same row, and as it is the last lock that a transaction takes, none
waits in a circle for it.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy import insert, select, update
from sqlmodel import Session

from sync_server.database.tables import AuditEndRow, AuditRow

GENESIS = "0" * 64
"""What the first row has as the hash of the row before it."""
_AUDIT = AuditRow.metadata.tables["audit"]
_END = AuditEndRow.metadata.tables["audit_end"]
_NOTED = "audit"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row of the audit log says; `details` is JSON-ready."""

    id: str
    at: str
    person: str | None
    device: str | None
    action: str
    subject: str
    details: dict[str, Any]


def hash_of(previous: str, number: int, entry: Entry) -> str:
    """The hash (SHA-256, in hex) of row `number`, which follows a row with the hash `previous`.

    It is taken of a JSON array without spaces, in UTF-8, the keys of objects sorted: previous, number, id,
    at, person, device, action, subject, details.
    """
    content = [previous, number, *asdict(entry).values()]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def begin(session: Session) -> None:
    """Let `note` be called in a session, which `append` ends."""
    session.info[_NOTED] = []


def note(session: Session, entry: Entry) -> None:
    """Add an entry when the transaction is committed. The session must be one of `in_transaction`."""
    session.info[_NOTED].append(entry)


def append(session: Session) -> None:
    """Put what was noted on the chain; the last statements before the commit."""
    noted: list[Entry] = session.info[_NOTED]
    if not noted:
        return
    number, previous = session.execute(select(_END.c.number, _END.c.hash).with_for_update()).one()
    rows = []
    for entry in noted:
        number += 1
        values = {**asdict(entry), "details": orjson.loads(orjson.dumps(entry.details))}
        chained = hash_of(previous, number, Entry(**values))
        rows.append({**values, "number": number, "previous": previous, "hash": chained})
        previous = chained
    session.execute(insert(_AUDIT), rows)
    session.execute(update(_END).values(number=number, hash=previous))
