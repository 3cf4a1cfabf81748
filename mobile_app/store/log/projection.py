"""Projects operations into records: absorbs new ones, and folds again when some no longer count."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from mobile_app.store.database.tables import StoredRecord
from mobile_app.store.log import entries
from mobile_app.store.log.entries import Key, LogEntry
from shared import merge
from shared.merge import RecordState
from shared.operations import Operation
from shared.record_types import owner_of


def owners_of(session: Session, operations: Iterable[Operation]) -> dict[str, str | None]:
    """Record → the record it belongs to, maybe itself; None where nothing names one."""
    owners: dict[str, str | None] = {}
    asked: list[str] = []
    for operation in operations:
        if named := owner_of(operation.type, operation.record, operation.fields):
            owners[operation.record] = named
        elif operation.record not in owners:
            asked.append(operation.record)
    for record, row in known(session, asked).items():
        owners.setdefault(record, row.owner)
    for record in asked:
        owners.setdefault(record, None)
    return owners


def known(session: Session, records: Iterable[str]) -> dict[str, Any]:
    """Record → its row, for those of `records` that are here."""
    rows: dict[str, Any] = {}
    columns = (
        col(StoredRecord.id),
        col(StoredRecord.type),
        col(StoredRecord.owner),
        col(StoredRecord.ledger_no),
        col(StoredRecord.state),
        col(StoredRecord.reading),
    )
    for some in entries.slices(sorted(set(records))):
        for row in session.execute(select(*columns).where(col(StoredRecord.id).in_(some))):
            rows[row.id] = row
    return rows


OWN_ONLY = -1
"""The `reading` of a record of which there may be more than this phone's own operations."""


def absorb(
    session: Session, several: Iterable[LogEntry], owners: Mapping[str, str | None], reading: int = 0
) -> None:
    """Add operations to the records they are about; `reading`: that of records which are not here yet."""
    by_record: dict[str, list[LogEntry]] = {}
    for entry in several:
        by_record.setdefault(entry.operation.record, []).append(entry)
    before = known(session, by_record)
    put(
        session,
        [
            _row(record, those, owners[record], before.get(record), state_of(before.get(record)), reading)
            for record, those in by_record.items()
        ],
    )


def remove(session: Session, records: Collection[str], gone: Collection[Key]) -> bool:
    """Remove the operations `gone` from `records`; whether the server must be asked for some of these.

    A record of which this phone has all operations is folded again; without any left it is deleted. From
    other records the writes of `gone` are removed, and what they had superseded must be read again.
    """
    rows, left = known(session, records), entries.counted(session, records)
    whole = True
    for record, row in rows.items():
        those, state = left.get(record, []), state_of(row)
        if _keys(state) <= {entry.key for entry in those} | set(gone):
            session.execute(delete(StoredRecord).where(col(StoredRecord.id) == record))
            state = merge.EMPTY
        else:
            whole = False
            live = tuple(write for write in state.live if (write.device, write.number) not in gone)
            state = replace(state, live=live)
        if those:
            put(session, [_row(record, those, row.owner, row, state)])
        elif state.live:
            put(session, [row_of(record, row.type, row.owner, row.ledger_no, state, row.reading)])
        else:
            session.execute(delete(StoredRecord).where(col(StoredRecord.id) == record))
    return not whole


def state_of(row: Any) -> RecordState:
    """The state in a row of `known`; the empty one where there is none."""
    return merge.EMPTY if row is None else merge.from_json(json.loads(row.state))


def row_of(
    record: str, kind: str, owner: str | None, ledger_no: str | None, state: RecordState, reading: int
) -> dict[str, Any]:
    """The columns of `StoredRecord`."""
    text = json.dumps(merge.to_json(state), ensure_ascii=False, separators=(",", ":"))
    return {
        "id": record,
        "type": kind,
        "owner": owner,
        "sha256": merge.shown(state).get("sha256"),
        "ledger_no": ledger_no,
        "state": text,
        "reading": reading,
    }


def put(session: Session, rows: list[dict[str, Any]]) -> None:
    """Store records as `row_of` made them, in place of the known ones."""
    if rows:
        session.execute(insert(StoredRecord).prefix_with("OR REPLACE"), rows)


def _row(
    record: str, those: list[LogEntry], owner: str | None, before: Any, state: RecordState, reading: int = 0
) -> dict[str, Any]:
    number = before.ledger_no if before else None
    for entry in those:
        state = merge.absorb(state, entry.write)
        number = number or (entry.stamp.ledger_no if entry.stamp else None)
    kind = those[0].operation.type
    return row_of(record, kind, owner, number, state, before.reading if before else reading)


def _keys(state: RecordState) -> set[Key]:
    """The operations that a state mentions: those that head something, and per device the last other one."""
    live = {(write.device, write.number) for write in state.live}
    return live | {key for cover in state.cover.values() for key in cover.devices.items()}
