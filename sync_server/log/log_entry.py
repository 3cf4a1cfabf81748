"""One operation on its way onto the log, with all that is known of it."""

from dataclasses import dataclass
from typing import Any

from shared.operations import Operation, Stamp
from shared.problems import Problem
from sync_server.access.bursts import Burst
from sync_server.log.canonical_json import canonical_json


@dataclass(slots=True)
class LogEntry:
    """What validation, the writer and the projectors find out about one operation, each adding to it.

    `raw`: as it came. `number`: its key on the device, negative where it came without one of ours;
    `sent_number`: the number it came with, None where it had none. `read`: the operation, None where `raw` is
    none. `json`: its canonical text. `record`: its fields as a record. `problem`: why it is not taken.
    `given`: its stamp once it is stored. `fingerprint`: the log's up to it. `owner`: the id of the record it
    is about, itself or by what belongs to it; "" where it names none. `bursts`: the allowances it counts for.
    """

    raw: dict[str, Any]
    number: int = 0
    sent_number: int | None = None
    read: Operation | None = None
    json: str = ""
    record: Any = None
    problem: Problem | None = None
    given: Stamp | None = None
    fingerprint: str = ""
    owner: str = ""
    bursts: tuple[Burst, ...] = ()

    @classmethod
    def of(cls, operation: Operation) -> "LogEntry":
        """An operation that was made here, and so is valid."""
        return cls({}, operation.number, operation.number, operation, canonical_json(operation))

    @property
    def operation(self) -> Operation:
        """The operation, of an entry that could be read."""
        if self.read is None:
            raise LookupError(self.number)
        return self.read

    @property
    def stamp(self) -> Stamp:
        """The stamp, of an entry that is stored."""
        if self.given is None:
            raise LookupError(self.number)
        return self.given
