"""The outbox side of the log: what is unsent, and what the server answered."""

import json
from collections.abc import Mapping

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from mobile_app.store import listing, log, meta
from mobile_app.store.log import Entry
from mobile_app.store.meta import Progress
from mobile_app.store.tables import ListedHazard, PhotoFile, StoredOperation, StoredRecord
from mobile_app.store.uploads import OperationState, PhotoState
from shared.operations import Operation, Stamp
from shared.wire import Why


def unsent(session: Session, limit: int) -> list[tuple[int, str]]:
    """(n, canonical JSON) of own operations the server has not answered for, in the order they were saved."""
    rows = session.execute(
        select(col(StoredOperation.n), col(StoredOperation.wire))
        .where(col(StoredOperation.state) == OperationState.UNSENT)
        .order_by(col(StoredOperation.n))
        .limit(limit)
    )
    return [(n, wire) for n, wire in rows]


def amount_unsent(session: Session) -> int:
    """How many own operations the server has not answered for."""
    statement = select(func.count()).where(col(StoredOperation.state) == OperationState.UNSENT)
    return int(session.execute(statement).scalar_one())


def settle(session: Session, stamps: Mapping[int, Stamp], refused: Mapping[int, Why]) -> None:
    """Take the server's answer: n → the stamp of what it stored, n → why it refused."""
    numbers = [*stamps, *refused]
    rows = session.execute(
        select(col(StoredOperation.n), col(StoredOperation.wire), col(StoredOperation.hazard))
        .where(col(StoredOperation.state) == OperationState.UNSENT)
        .where(col(StoredOperation.n).in_(numbers))
    ).all()
    log.take(
        session,
        [
            Entry(Operation.model_validate_json(wire), stamps[n], OperationState.ACKED)
            for n, wire, _ in rows
            if n in stamps
        ],
    )
    for n, why in refused.items():
        session.execute(
            update(StoredOperation)
            .where(col(StoredOperation.state) == OperationState.UNSENT, col(StoredOperation.n) == n)
            .values(
                state=OperationState.QUARANTINED,
                code=why.code,
                details=json.dumps(why.details, ensure_ascii=False),
            )
        )
    listing.refresh(session, [hazard for n, _, hazard in rows if n in refused and hazard])


def refusals(session: Session, hazard: str) -> list[Why]:
    """Why the server refused operations of this hazard."""
    rows = session.execute(
        select(col(StoredOperation.code), col(StoredOperation.details))
        .where(col(StoredOperation.hazard) == hazard)
        .where(col(StoredOperation.state) == OperationState.QUARANTINED)
        .order_by(col(StoredOperation.n))
    )
    return [found for code, details in rows if (found := listing.why(code, details))]


def start_over(session: Session, epoch: str) -> None:
    """The server was restored from a backup: offer all own operations again, pull everything again.

    What others wrote comes back from the server or from their own phones.
    """
    own = session.execute(
        select(col(StoredOperation.wire))
        .where(col(StoredOperation.state) != OperationState.PULLED)
        .order_by(col(StoredOperation.n))
    ).scalars()
    operations = [Operation.model_validate_json(wire) for wire in own]
    for table in (StoredOperation, StoredRecord, ListedHazard):
        session.execute(delete(table))
    session.execute(delete(PhotoFile).where(col(PhotoFile.state) == PhotoState.REMOTE))
    session.execute(
        update(PhotoFile).values(state=PhotoState.WAITING, sent=0, upload=None, code=None, details=None)
    )
    where = meta.progress(session)
    log.take(session, [Entry(operation, None, OperationState.UNSENT) for operation in operations])
    meta.set_progress(session, Progress(n=where.n, hlc=where.hlc, epoch=epoch, offset_ms=where.offset_ms))
