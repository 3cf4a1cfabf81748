"""The one way into the log: saving, replaying, acknowledging and pulling all pass here.

Whatever arrives, in whatever order and however often, the phone ends in the same state.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update
from sqlmodel import Session, col

from mobile_app.store import listing, meta, photos
from mobile_app.store.tables import StoredOperation, StoredRecord
from mobile_app.store.uploads import OperationState
from shared import merge
from shared.merge import RecordState
from shared.operations import Operation, RecordType, Stamp, canonical

_LOOKUP = 400  # keys per question: SQLite bounds the variables of a statement


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation as it came, with the stamp the server gave it, None while it has given none."""

    operation: Operation
    stamp: Stamp | None
    state: OperationState


def take(session: Session, entries: Sequence[Entry]) -> set[str]:
    """Bring operations into the log and into the records they are about; return the hazards they touch.

    Known operations change nothing, unless a stamp is news.
    """
    known = _known(session, entries)
    if _numbers_taken(known, entries):
        renumber(session, max(entry.operation.n for entry in entries))
        known = _known(session, entries)
    fresh: dict[tuple[str, str, int], Entry] = {}
    for entry in entries:
        key = entry.operation.key
        before = known.get(key)
        if before is not None and (before.seq is not None or entry.stamp is None):
            continue
        if key not in fresh or fresh[key].stamp is None:
            fresh[key] = entry
    if not fresh:
        return set()
    owners = _owners(session, (entry.operation for entry in fresh.values()))
    touched = {owner for owner in owners.values() if owner}
    _write_operations(session, fresh.values(), known, owners)
    _absorb(session, fresh.values(), owners)
    photos.expect(session, [e.operation for e in fresh.values()], owners)
    _count(session, fresh.values())
    listing.refresh(session, touched)
    return touched


def _known(session: Session, entries: Sequence[Entry]) -> dict[tuple[str, str, int], Any]:
    columns = (col(StoredOperation.campaign), col(StoredOperation.device), col(StoredOperation.n))
    keys = [entry.operation.key for entry in entries]
    found: dict[tuple[str, str, int], Any] = {}
    for start in range(0, len(keys), _LOOKUP // 2):
        some = keys[start : start + _LOOKUP // 2]
        also = (col(StoredOperation.seq), col(StoredOperation.state), col(StoredOperation.wire))
        rows = session.execute(select(*columns, *also).where(tuple_(*columns).in_(some)))
        found.update({(row.campaign, row.device, row.n): row for row in rows})
    return found


def _numbers_taken(known: Mapping[tuple[str, str, int], Any], entries: Iterable[Entry]) -> bool:
    """Whether the server has other content under the number of something that is unsent here.

    So it is after a phone was restored from a copy of itself: it counts on from an older number.
    """
    for entry in entries:
        before = known.get(entry.operation.key)
        if entry.stamp is None or before is None or before.state != OperationState.UNSENT:
            continue
        if before.wire != canonical(entry.operation):
            return True
    return False


def renumber(session: Session, above: int = 0) -> None:
    """Save what is unsent anew under numbers greater than `above` and than all that this phone has used."""
    where = meta.progress(session)
    unsent = col(StoredOperation.state) == OperationState.UNSENT
    rows = session.execute(select(StoredOperation).where(unsent).order_by(col(StoredOperation.n)))
    moved = [Operation.model_validate_json(row.wire) for row in rows.scalars()]
    first = max(where.n, above) + 1
    moved = [operation.model_copy(update={"n": n}) for n, operation in enumerate(moved, first)]
    session.execute(delete(StoredOperation).where(unsent))
    meta.set_progress(session, replace(where, n=first + len(moved) - 1))
    records = list({operation.record for operation in moved})
    owners = _owners(session, moved)
    entries = [Entry(operation, None, OperationState.UNSENT) for operation in moved]
    _write_operations(session, entries, {}, owners)
    for start in range(0, len(records), _LOOKUP):
        some = records[start : start + _LOOKUP]
        session.execute(delete(StoredRecord).where(col(StoredRecord.id).in_(some)))
        written = session.execute(select(StoredOperation).where(col(StoredOperation.record).in_(some)))
        _absorb(session, [_entry(row) for row in written.scalars()], owners)
    listing.refresh(session, {owner for owner in owners.values() if owner})


def _entry(row: StoredOperation) -> Entry:
    stamp = None if row.seq is None else Stamp(row.seq, row.hlc, row.ledger_no)
    return Entry(Operation.model_validate_json(row.wire), stamp, OperationState(row.state))


def _owners(session: Session, operations: Iterable[Operation]) -> dict[str, str | None]:
    """Record → the hazard it belongs to, itself where it is one, None where it belongs to none."""
    owners: dict[str, str | None] = {}
    asked: list[str] = []
    for operation in operations:
        if operation.type is RecordType.HAZARD:
            owners[operation.record] = operation.record
        elif (named := operation.fields.get("hazard")) and operation.type is not RecordType.HOME_VISIT:
            owners[operation.record] = named
        elif operation.record not in owners:
            asked.append(operation.record)
    for start in range(0, len(asked), _LOOKUP):
        some = asked[start : start + _LOOKUP]
        rows = session.execute(
            select(col(StoredRecord.id), col(StoredRecord.hazard)).where(col(StoredRecord.id).in_(some))
        )
        for record, hazard in rows:
            owners.setdefault(record, hazard)
    for record in asked:
        owners.setdefault(record, None)
    return owners


def _write_operations(
    session: Session,
    entries: Iterable[Entry],
    known: dict[tuple[str, str, int], Any],
    owners: dict[str, str | None],
) -> None:
    new: list[dict[str, Any]] = []
    for entry in entries:
        operation, stamp = entry.operation, entry.stamp
        learnt = {
            "seq": stamp.seq if stamp else None,
            "hlc": stamp.hlc if stamp else operation.hlc,
            "ledger_no": stamp.ledger_no if stamp else None,
        }
        if operation.key in known:
            campaign, device, n = operation.key
            session.execute(
                update(StoredOperation)
                .where(col(StoredOperation.campaign) == campaign)
                .where(col(StoredOperation.device) == device)
                .where(col(StoredOperation.n) == n)
                .values(**learnt, state=entry.state, code=None, details=None)
            )
            continue
        new.append(
            {
                "campaign": operation.campaign,
                "device": operation.device,
                "n": operation.n,
                "record": operation.record,
                "type": operation.type.value,
                "hazard": owners[operation.record],
                "wire": canonical(operation),
                "state": entry.state,
                "code": None,
                "details": None,
                **learnt,
            }
        )
    if new:
        session.execute(insert(StoredOperation), new)


def _absorb(session: Session, entries: Iterable[Entry], owners: dict[str, str | None]) -> None:
    by_record: dict[str, list[Entry]] = {}
    for entry in entries:
        by_record.setdefault(entry.operation.record, []).append(entry)
    ids = list(by_record)
    before: dict[str, Any] = {}
    for start in range(0, len(ids), _LOOKUP):
        some = ids[start : start + _LOOKUP]
        columns = (col(StoredRecord.id), col(StoredRecord.state), col(StoredRecord.ledger_no))
        rows = session.execute(select(*columns).where(col(StoredRecord.id).in_(some)))
        before.update({row.id: row for row in rows})
    rows_now: list[dict[str, Any]] = []
    for record, those in by_record.items():
        state = merge.from_json(json.loads(before[record].state)) if record in before else merge.EMPTY
        number = before[record].ledger_no if record in before else None
        for entry in those:
            state = merge.absorb(state, merge.write_of(entry.operation, entry.stamp))
            number = number or (entry.stamp.ledger_no if entry.stamp else None)
        first = those[0].operation
        rows_now.append(_record_row(record, first.type, owners[record], number, state))
    session.execute(insert(StoredRecord).prefix_with("OR REPLACE"), rows_now)


def _record_row(
    record: str, kind: RecordType, hazard: str | None, ledger_no: str | None, state: RecordState
) -> dict[str, Any]:
    text = json.dumps(merge.to_json(state), ensure_ascii=False, separators=(",", ":"))
    return {
        "id": record,
        "type": kind.value,
        "hazard": hazard,
        "sha256": merge.shown(state).get("sha256"),
        "ledger_no": ledger_no,
        "state": text,
    }


def _count(session: Session, entries: Iterable[Entry]) -> None:
    """Never fall behind what was seen: own numbers and stamps go on from the greatest."""
    where, who = meta.progress(session), meta.identity(session)
    n, hlc = where.n, where.hlc
    for entry in entries:
        if who and entry.operation.device == who.device:
            n = max(n, entry.operation.n)
        hlc = max(hlc, entry.stamp.hlc if entry.stamp else entry.operation.hlc)
    if (n, hlc) != (where.n, where.hlc):
        meta.set_progress(session, replace(where, n=n, hlc=hlc))
