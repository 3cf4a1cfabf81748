"""What a batch of operations changes in one record."""

from dataclasses import dataclass
from typing import Any

from shared.merge import RecordState


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record's new state. `before`: its row so far, None for a new one.

    `first_seq`, `last_seq`: places in the log of the first and the last of the batch's operations on it; the
    first is known only where the record is new.
    """

    campaign: str
    type: str
    record: str
    state: RecordState
    before: dict[str, Any] | None
    first_seq: int
    last_seq: int
