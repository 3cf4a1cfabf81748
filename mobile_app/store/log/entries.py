"""Operations as the phone's log stores them: with the server's stamp, and their upload state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import Session, col

from mobile_app.store.database.tables import StoredOperation
from mobile_app.store.queries.upload_states import COUNTED, OperationState
from shared import merge
from shared.merge import Write
from shared.operations import Operation, Stamp, canonical

T = TypeVar("T")

Key = tuple[str, int]
"""The device and the n of an operation: the phone knows one campaign only."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An operation with its stamp, None until the server has given one.

    `base`: the one that counts until then, if it is not the operation's own.
    """

    operation: Operation
    stamp: Stamp | None
    state: OperationState
    base: int | None = None

    @property
    def key(self) -> Key:
        return (self.operation.device, self.operation.number)

    @property
    def write(self) -> Write:
        """What it does to its record, as far as is known."""
        write = merge.write_of(self.operation, self.stamp)
        return write if self.stamp or self.base is None else replace(write, base=self.base)

    def row(self, owner: str | None) -> dict[str, Any]:
        """The columns of `StoredOperation`; `owner` is the record that its record belongs to."""
        operation, write = self.operation, self.write
        return {
            "campaign": operation.campaign,
            "device": operation.device,
            "n": operation.number,
            "seq": write.seq,
            "hlc": write.hlc,
            "base": write.base,
            "ledger_no": self.stamp.ledger_no if self.stamp else None,
            "record": operation.record,
            "type": operation.type,
            "owner": owner,
            "wire": canonical(operation),
            "state": self.state,
            "code": None,
            "details": None,
        }


def of_row(row: StoredOperation) -> LogEntry:
    """The entry of a row."""
    operation = Operation.model_validate_json(row.wire)
    base = None if row.base == operation.base else row.base
    if row.seq is None:
        return LogEntry(operation, None, OperationState(row.state), base)
    return LogEntry(operation, Stamp(row.seq, row.hlc, row.ledger_no, base), OperationState(row.state))


def counted(
    session: Session, records: Iterable[str], states: Sequence[OperationState] = COUNTED
) -> dict[str, list[LogEntry]]:
    """Record → its operations that are in one of `states`."""
    found: dict[str, list[LogEntry]] = {}
    for some in slices(sorted(set(records))):
        rows = session.execute(
            select(StoredOperation).where(
                col(StoredOperation.record).in_(some), col(StoredOperation.state).in_(states)
            )
        ).scalars()
        for row in rows:
            found.setdefault(row.record, []).append(of_row(row))
    return found


def slices(items: Sequence[T], size: int = 400) -> Iterator[Sequence[T]]:
    """`items` in parts that fit into one query: SQLite limits the variables of a statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
