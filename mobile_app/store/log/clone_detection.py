"""Finds in answers whether there is a clone of this phone, or the log was restored.

Both come from restoring old data. A clone goes on counting from the time of the copy, so one number gets two
contents; a restored log lacks operations that it had acknowledged.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from mobile_app.store.database.meta import Progress
from mobile_app.store.database.tables import StoredOperation
from mobile_app.store.log import entries
from mobile_app.store.queries.upload_states import OperationState
from shared import merge, problems
from shared.operations import Operation, canonical
from shared.sync.wire import PullAnswer, SnapshotRecord


def check_pulled(session: Session, device: str, where: Progress, page: PullAnswer) -> None:
    """Check a page of the log, requested from `where`, for operations of this phone's `device`.

    Problems: epoch_changed if an acknowledged operation is not in its place; operation_rewritten {device, n}
    if this phone never made an operation, or made another.
    """
    shown = {stamped.number: stamped for stamped in page.ops if stamped.device == device}
    columns = (col(StoredOperation.n), col(StoredOperation.seq), col(StoredOperation.wire))
    should = (
        select(*columns)
        .where(col(StoredOperation.state) == OperationState.ACKED, col(StoredOperation.device) == device)
        .where(col(StoredOperation.seq) > where.cursor)
    )
    if page.more:
        should = should.where(col(StoredOperation.seq) <= page.next)
    for n, seq, wire in session.execute(should):
        if n not in shown or shown[n].seq != seq or canonical(shown[n].operation) != wire:
            raise problems.epoch_changed(epoch=where.epoch)
    made = _made(session, device, sorted(shown))
    for n, stamped in sorted(shown.items()):
        if made.get(n) != canonical(stamped.operation):
            raise problems.operation_rewritten(device=device, n=n)


def check_snapshot(session: Session, device: str, n: int, records: Sequence[SnapshotRecord]) -> None:
    """Check records of a snapshot for writes of this phone's `device`, which has counted up to `n`.

    Problem: operation_rewritten {device, n}.
    """
    writes: dict[int, merge.Write] = {}
    covered = 0
    for one in records:
        state = merge.from_json(one.state)
        writes |= {write.number: write for write in state.live if write.device == device}
        covered = max(covered, *(cover.devices.get(device, 0) for cover in state.cover.values()), 0)
    made = _made(session, device, sorted(writes))
    for number, write in sorted(writes.items()):
        if number not in made or not _by(write, made[number]):
            raise problems.operation_rewritten(device=device, n=number)
    if covered > n:
        raise problems.operation_rewritten(device=device, n=n + 1)


def _by(write: merge.Write, wire: str) -> bool:
    """Whether a write, possibly reduced to some registers, is that of the operation with this JSON."""
    operation = Operation.model_validate_json(wire)
    values: Mapping[str, Any] = merge.registers(operation)
    return write.made_at == operation.made_at and write.fields.items() <= values.items()


def _made(session: Session, device: str, ns: Sequence[int]) -> dict[int, str]:
    """n → canonical JSON, of those that this phone knows."""
    found: dict[int, str] = {}
    for some in entries.slices(ns):
        rows = session.execute(
            select(col(StoredOperation.n), col(StoredOperation.wire)).where(
                col(StoredOperation.device) == device, col(StoredOperation.n).in_(some)
            )
        )
        found |= {row.n: row.wire for row in rows}
    return found
