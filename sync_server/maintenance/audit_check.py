"""Reads the whole audit log and finds what was changed, moved or removed: in one pass, in constant memory.

Whoever can write to the database can also write the whole chain anew, or cut off its last rows and set the
end back. That is found only with an end that was noted outside of the server.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import orjson
from sqlalchemy import Row, Text, cast, select
from sqlmodel import Session

from sync_server.database.audit_chain import GENESIS, Entry, hash_of
from sync_server.database.tables import AuditEndRow, AuditRow

RESTORED = "log_put_back"
_MOST_LISTED = 100
_BATCH = 1000
_AUDIT = AuditRow.metadata.tables["audit"].c
_END = AuditEndRow.metadata.tables["audit_end"].c
_ROWS = select(
    *(_AUDIT.number, _AUDIT.previous, _AUDIT.hash, _AUDIT.id, _AUDIT.at, _AUDIT.person, _AUDIT.device),
    *(_AUDIT.action, _AUDIT.subject, cast(_AUDIT.details, Text).label("details")),
).order_by(_AUDIT.number)


class What(Enum):
    """What is wrong with a row."""

    CHANGED = auto()
    """It does not fit its own hash: changed, or moved to another place."""
    REPLACED = auto()
    """It fits its own hash, but the row after it was written after another one."""
    MISSING = auto()
    AFTER_END = auto()
    """It lies beyond the noted end of the chain."""
    NOT_AS_NOTED = auto()
    """Its hash is not the one that somebody noted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the rows from `number` to `last`."""

    what: What
    number: int
    last: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A row that says that the database was restored from a backup."""

    number: int
    at: str


@dataclass(slots=True)
class AuditReport:
    """How many rows there are, the number and hash of the last one, and what is wrong.

    `faults` lists the first of those `found`; `restored` has the last restores from a backup.
    """

    rows: int = 0
    end: str = f"0:{GENESIS}"
    found: int = 0
    faults: list[Fault] = field(default_factory=list)
    restored: deque[Restored] = field(default_factory=lambda: deque(maxlen=_MOST_LISTED))


def check(session: Session, noted: Mapping[int, str] | None = None) -> AuditReport:
    """Read every row. `noted`: number → hash, of rows that somebody noted."""
    report = AuditReport()
    for fault in _faults(session, noted or {}, report):
        report.found += 1
        if len(report.faults) < _MOST_LISTED:
            report.faults.append(fault)
    return report


def _faults(session: Session, noted: Mapping[int, str], report: AuditReport) -> Iterator[Fault]:
    last, previous, end = 0, GENESIS, session.execute(select(_END.number, _END.hash)).first()
    for row in session.execute(_ROWS.execution_options(yield_per=_BATCH)):
        number: int = row.number
        if number > last + 1:
            yield Fault(What.MISSING, last + 1, number - 1)
        elif row.previous != previous:
            yield Fault(What.REPLACED, last, last)
        if not _fits(row):
            yield Fault(What.CHANGED, number, number)
        if noted.get(number, row.hash) != row.hash:
            yield Fault(What.NOT_AS_NOTED, number, number)
        if row.action == RESTORED:
            report.restored.append(Restored(number, row.at))
        report.rows += 1
        last, previous = number, row.hash
    report.end = f"{last}:{previous}"
    until, hash_at_end = end or (0, GENESIS)
    if until < last:
        yield Fault(What.AFTER_END, until + 1, last)
    elif until == last and hash_at_end != previous:
        yield Fault(What.REPLACED, last, last)
    cut_off = max([until, *noted])
    if cut_off > last:
        yield Fault(What.MISSING, last + 1, cut_off)


def _fits(row: Row[Any]) -> bool:
    """Whether the row's hash is that of what it says."""
    try:
        entry = Entry(
            row.id, row.at, row.person, row.device, row.action, row.subject, orjson.loads(row.details)
        )
        return bool(hash_of(row.previous, row.number, entry) == row.hash)
    except (ValueError, TypeError):  # what was put there is no JSON, or no text
        return False
