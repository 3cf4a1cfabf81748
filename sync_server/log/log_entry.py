"""One operation on its way to the log, with everything that is known about it."""

from dataclasses import dataclass
from typing import Any

from shared.operations import Operation, Stamp
from shared.problems import Problem
from sync_server.access.bursts import Burst
from sync_server.log.canonical_json import canonical_json


@dataclass(slots=True)
class LogEntry:
    """What validation, the writer and the projectors find out about one operation, each adding to it.

    `raw`: as received. `number`: its key on the device, negative if the device is not the sender's or the
    number is invalid; `sent_number`: the number in `raw`, None if it had none. `read`: the parsed operation,
    None if `raw` is not one. `json`: its canonical text. `record`: its fields as a record. `problem`: why it
    is refused. `given`: its stamp once it is stored. `fingerprint`: the log's up to it. `owner`: the id of
    the hazard or visit that it is about; "" if it names none. `bursts`: the allowances it counts against.
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
        """The entry of an operation that was made on the server, and so is valid."""
        return cls({}, operation.number, operation.number, operation, canonical_json(operation))

    @property
    def operation(self) -> Operation:
        """The parsed operation; LookupError if it could not be parsed."""
        if self.read is None:
            raise LookupError(self.number)
        return self.read

    @property
    def stamp(self) -> Stamp:
        """The stamp; LookupError if it is not stored yet."""
        if self.given is None:
            raise LookupError(self.number)
        return self.given
