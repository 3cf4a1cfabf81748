"""The outbox: own operations that are not on the server's log, and the server's answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select, update
from sqlmodel import Session, col

from mobile_app.store.database.tables import StoredOperation
from mobile_app.store.log import entries, projection, snapshot, writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.queries import listing
from mobile_app.store.queries.upload_states import UNSTORED, OperationState
from shared.operations import Operation
from shared.sync.plan import Settled
from shared.sync.wire import Reason


@dataclass(frozen=True, slots=True)
class Offer:
    """An own operation for the server: its key, and its canonical JSON."""

    device: str
    n: int
    wire: str


def unsent(session: Session, limit: int) -> list[Offer]:
    """Own operations without an answer from the server, in the order they were saved."""
    return _offers(session, _in_order(OperationState.UNSENT).limit(limit))


def refused(session: Session) -> list[Offer]:
    """Own operations that the server refused, in the order they were saved: a later answer may differ."""
    return _offers(session, _in_order(OperationState.QUARANTINED))


def _in_order(state: OperationState) -> Select[str, int, str]:
    return (
        select(col(StoredOperation.device), col(StoredOperation.n), col(StoredOperation.wire))
        .where(col(StoredOperation.state) == state)
        .order_by(col(StoredOperation.hlc), col(StoredOperation.n))
    )


def _offers(session: Session, asked: Select[str, int, str]) -> list[Offer]:
    return [Offer(device, n, wire) for device, n, wire in session.execute(asked)]


def count_unsent(session: Session) -> int:
    """How many own operations have no answer from the server."""
    statement = select(func.count()).where(col(StoredOperation.state) == OperationState.UNSENT)
    return int(session.execute(statement).scalar_one())


def settle(session: Session, device: str, settled: Settled) -> None:
    """Store the server's answers to operations of `device`.

    Operations that the office has discarded or repaired no longer count in their records.
    """
    numbers = [*settled.stamps, *settled.refused, *settled.discarded, *settled.repaired]
    rows = {row.n: row for row in _unstored(session, device, numbers)}
    writer.append(
        session,
        [
            LogEntry(Operation.model_validate_json(rows[n].wire), stamp, OperationState.ACKED)
            for n, stamp in settled.stamps.items()
            if n in rows
        ],
    )
    _mark(session, device, settled.refused, OperationState.QUARANTINED)
    _mark(session, device, settled.discarded, OperationState.DISCARDED)
    _mark(session, device, settled.repaired, OperationState.REPAIRED)
    gone = {n for n in (*settled.discarded, *settled.repaired) if n in rows}
    records = {rows[n].record for n in gone}
    if projection.remove(session, records, {(device, n) for n in gone}):
        snapshot.begin(session)
    changed = {n for n in (*settled.refused, *gone) if n in rows}
    listing.refresh(session, {owner for n in changed if (owner := rows[n].owner)})


def _unstored(session: Session, device: str, numbers: list[int]) -> list[StoredOperation]:
    found: list[StoredOperation] = []
    for some in entries.slices(numbers):
        found += session.execute(
            select(StoredOperation)
            .where(col(StoredOperation.device) == device, col(StoredOperation.n).in_(some))
            .where(col(StoredOperation.state).in_(UNSTORED))
        ).scalars()
    for row in found:
        session.expunge(row)
    return found


def _mark(session: Session, device: str, whys: Mapping[int, Reason], state: OperationState) -> None:
    for n, why in whys.items():
        session.execute(
            update(StoredOperation)
            .where(col(StoredOperation.device) == device, col(StoredOperation.n) == n)
            .where(col(StoredOperation.state).in_(UNSTORED))
            .values(state=state, code=why.code, details=json.dumps(why.details, ensure_ascii=False))
        )


def refusals(session: Session, hazard: str) -> list[Reason]:
    """Why the server refused operations of this hazard."""
    rows = session.execute(
        select(col(StoredOperation.code), col(StoredOperation.details))
        .where(col(StoredOperation.owner) == hazard)
        .where(col(StoredOperation.state) == OperationState.QUARANTINED)
        .order_by(col(StoredOperation.hlc))
    )
    return [found for code, details in rows if (found := listing.why(code, details))]
