"""Starting over without losing anything: in another epoch of the log, or as another device."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, delete, func, select, true, update
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.meta import Enrolment, Identity
from mobile_app.store.database.tables import StoredOperation, StoredRecord
from mobile_app.store.log import entries, projection, snapshot, writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.queries import listing, photos
from mobile_app.store.queries.upload_states import UNSTORED, OperationState, PhotoState
from shared.operations import GENESIS
from shared.sync.wire import EnrolAnswer

_BULK = {"synchronize_session": False}
_OFFERED = (*UNSTORED, OperationState.ACKED, OperationState.REPAIRED)
_HELD = tuple(state for state in PhotoState if state is not PhotoState.REMOTE)


def start_over(session: Session, epoch: str) -> None:
    """The server's log was restored: offer all own operations and read all records again.

    What others wrote comes from the server or from their own phones. This phone's operations had seen another
    log; until the server has stamped them again, they count as having seen nothing.
    """
    own = select(StoredOperation).where(col(StoredOperation.state).in_(_OFFERED))
    session.execute(
        update(StoredOperation)
        .where(col(StoredOperation.state).in_(_OFFERED))
        .values(
            state=OperationState.UNSENT,
            seq=None,
            hlc=func.json_extract(col(StoredOperation.wire), "$.hlc"),
            base=0,
            ledger_no=None,
            code=None,
            details=None,
        ),
        execution_options=_BULK,
    )
    session.execute(delete(StoredOperation).where(col(StoredOperation.state) == OperationState.PULLED))
    for table in (StoredRecord, *listing.LINES):
        session.execute(delete(table))
    rows = session.execute(own).scalars().all()
    owners = {row.record: row.owner for row in rows}
    projection.absorb(session, map(entries.of_row, rows), owners, projection.OWN_ONLY)
    listing.refresh(session, {row.owner for row in rows if row.owner})
    photos.restart_uploads(session, *_HELD)
    where = meta.progress(session)
    meta.set_progress(
        session,
        replace(
            where,
            cursor=0,
            fingerprint=GENESIS,
            epoch=epoch,
            farthest=0,
            farthest_fingerprint=GENESIS,
            receipt="",
        ),
    )
    snapshot.begin(session)


def succeed(session: Session, answer: EnrolAnswer, device: str, first: int) -> Identity:
    """Become the device in `answer`, because a copy of this phone goes on as `device`.

    Operations of `device` from number `first` on that are not on the log are issued again under the new
    device: the same record, fields, base, stamp, time and author. Earlier ones are the past of both copies
    and keep their keys. Must be durable before anything is sent under the new device.
    """
    was = meta.identity(session)
    if was is None:
        raise ValueError(device)
    moving = (col(StoredOperation.device) == device) & (col(StoredOperation.n) >= first)
    return _renew(session, Enrolment(answer, was.origin, was.device_name), moving)


def enrol_again(session: Session, enrolment: Enrolment) -> Identity:
    """Become the device in `enrolment`, because the access of the one before ended.

    Where the server knows what this phone was, all operations keep their keys: one whose answer was lost is
    on the log already. Where it does not, as another person was enrolled, all that is not on the log is
    issued again under the new device, as by `succeed`, and keeps its author: the server quarantines it.
    Must be durable as there.
    """
    was, answer = meta.identity(session), enrolment.answer
    if was is None or was.device not in (answer.device, answer.predecessor):
        return _renew(session, enrolment, true())
    who = meta.set_identity(session, answer, enrolment.origin, enrolment.device_name)
    if who.device != was.device:
        meta.set_progress(session, replace(meta.progress(session), n=0))
    return who


def _renew(session: Session, enrolment: Enrolment, moving: ColumnElement[bool]) -> Identity:
    who = meta.set_identity(session, enrolment.answer, enrolment.origin, enrolment.device_name)
    unstored = col(StoredOperation.state).in_(UNSTORED)
    rows = session.execute(
        select(StoredOperation)
        .where(moving, unstored)
        .order_by(col(StoredOperation.hlc), col(StoredOperation.n))
    ).scalars()
    old = [entries.of_row(row) for row in rows]
    session.execute(
        update(StoredOperation)
        .where(moving, unstored)
        .values(state=OperationState.MOVED, code=None, details=None),
        execution_options=_BULK,
    )
    session.expire_all()
    records = {entry.operation.record for entry in old}
    projection.remove(session, records, {entry.key for entry in old})
    meta.set_progress(session, replace(meta.progress(session), n=0))
    writer.append(session, _under(who.device, old))
    photos.restart_uploads(session, PhotoState.UPLOADING)
    snapshot.begin(session)
    return who


def _under(device: str, old: Sequence[LogEntry]) -> list[LogEntry]:
    return [
        LogEntry(
            entry.operation.model_copy(update={"device": device, "number": n}),
            None,
            OperationState.UNSENT,
            entry.base,
        )
        for n, entry in enumerate(old, 1)
    ]
