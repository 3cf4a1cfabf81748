"""Operations become records: heads, the shown value, and conflicts, by what each author had seen.

Every register (a field, or a group of fields that only make sense together) keeps the operations that
nobody has superseded. `base` is the cursor of the author's device when the person saved; as the log has no
gaps, that integer is the operation's whole causal past:

    X supersedes H  ⇔  H.seq ≤ X.base, or both are of one device and H.number < X.number

heads = the writes superseded by none; shown = the head with the greatest (hlc, device, number); other heads
with another value are a conflict, kept until an edit made by someone who saw them supersedes them. The clock
only chooses which of several concurrent values is shown first; it can lose nothing.

A record's state is a set: the same operations in any order, any number of times, give the same state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shared.operations import Kind, Operation, Stamp

ATTACHED = "attached"
DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Write:
    """An operation that still heads some register, with the registers it heads and their values."""

    device: str
    number: int
    seq: int | None
    base: int
    hlc: str
    author: str
    made_at: str
    fields: dict[str, Any]

    @property
    def rank(self) -> tuple[str, str, int]:
        return (self.hlc, self.device, self.number)

    def supersedes(self, other: "Write") -> bool:
        return (other.seq is not None and other.seq <= self.base) or (
            other.device == self.device and other.number < self.number
        )


@dataclass(frozen=True, slots=True)
class Cover:
    """What the dropped writes of one register superseded: the highest base, the last number per device."""

    base: int = 0
    devices: Mapping[str, int] = field(default_factory=dict)

    def with_write(self, write: Write) -> "Cover":
        number = max(write.number, self.devices.get(write.device, 0))
        return Cover(max(self.base, write.base), {**self.devices, write.device: number})

    def supersedes(self, write: Write) -> bool:
        return (write.seq is not None and write.seq <= self.base) or write.number < self.devices.get(
            write.device, 0
        )


@dataclass(frozen=True, slots=True)
class RecordState:
    """One record as its operations say: the writes that head something, and the cover of those dropped."""

    live: tuple[Write, ...] = ()
    cover: Mapping[str, Cover] = field(default_factory=dict)


EMPTY = RecordState()
_NO_COVER = Cover()


def registers(operation: Operation) -> dict[str, Any]:
    """The registers an operation writes, with their values."""
    match operation.kind:
        case Kind.DELETE:
            return {DELETED: True}
        case Kind.RESTORE:
            return {DELETED: False}
        case Kind.ATTACH:
            return {**operation.fields, ATTACHED: True}
        case Kind.DETACH:
            return {ATTACHED: False}
        case _:
            return operation.fields


def write_of(operation: Operation, stamp: Stamp | None = None) -> Write:
    """The write an operation makes; `stamp` is what the server gave it, None until it has answered."""
    return Write(
        operation.device,
        operation.number,
        stamp.seq if stamp else None,
        operation.base if stamp is None or stamp.base is None else stamp.base,
        stamp.hlc if stamp else operation.hlc,
        operation.author,
        operation.made_at,
        registers(operation),
    )


def absorb(state: RecordState, write: Write) -> RecordState:
    """The state after one more write.

    Absorbing a write again changes nothing; absorbing it again with the `seq` the server has given it
    learns that. (Do not absorb a copy without `seq` of a write whose `seq` was already absorbed: a store
    keyed by (device, n) knows it has it.)
    """
    if not state.live and not state.cover:
        return RecordState((write,))
    kept: list[Write] = []
    cover = dict(state.cover)
    mine = dict(write.fields)
    for other in state.live:
        if (other.device, other.number) == (write.device, write.number):
            if write.seq is None and other.seq is not None:
                return state
            continue
        shared = [name for name in other.fields if name in write.fields]
        if shared and write.supersedes(other):
            for name in shared:
                cover[name] = cover.get(name, _NO_COVER).with_write(other)
            rest = {name: value for name, value in other.fields.items() if name not in write.fields}
            if rest:
                kept.append(replace(other, fields=rest))
            continue
        kept.append(other)
        if other.supersedes(write):
            for name in shared:
                mine.pop(name, None)
    for name in list(mine):
        if name in state.cover and state.cover[name].supersedes(write):
            del mine[name]
    for name in write.fields.keys() - mine.keys():
        cover[name] = cover.get(name, _NO_COVER).with_write(write)
    if mine:
        kept.append(replace(write, fields=mine))
    return RecordState(tuple(sorted(kept, key=lambda live: live.rank)), cover)


def heads(state: RecordState, register: str) -> list[Write]:
    """The writes of `register` that nobody has superseded; the shown one last."""
    return [write for write in state.live if register in write.fields]


def shown(state: RecordState) -> dict[str, Any]:
    """Register → the value people see."""
    values: dict[str, Any] = {}
    for write in state.live:
        values.update(write.fields)
    if ATTACHED in values:
        values[ATTACHED] = any(write.fields[ATTACHED] for write in heads(state, ATTACHED))
    return values


def conflicts(state: RecordState) -> dict[str, list[Write]]:
    """Register → its heads (the shown one last), where they carry more than one value."""
    if len(state.live) < 2:
        return {}
    by_register: dict[str, list[Write]] = {}
    for write in state.live:
        for name in write.fields:
            by_register.setdefault(name, []).append(write)
    return {
        name: writes
        for name, writes in by_register.items()
        if name != ATTACHED and any(write.fields[name] != writes[-1].fields[name] for write in writes[:-1])
    }


def disputes(state: RecordState) -> dict[str, list[Write]]:
    """`conflicts`, and under DELETED a deletion that came while others wrote: those they had not seen last.

    Of its writes those without a value for DELETED want the record kept.
    """
    found = conflicts(state)
    deletions = [write for write in heads(state, DELETED) if write.fields[DELETED]]
    if deletions and DELETED not in found and not deleted(state):
        found[DELETED] = [*deletions, *(write for write in state.live if write not in deletions)]
    return found


def deleted(state: RecordState) -> bool:
    """Whether the record is deleted: by someone who had seen everything that still heads it.

    A record that somebody edited concurrently with the deletion stays, for review.
    """
    deletions = [write for write in heads(state, DELETED) if write.fields[DELETED]]
    return any(
        all(other is deletion or deletion.supersedes(other) or other in deletions for other in state.live)
        for deletion in deletions
    )


def merge(operations: Iterable[tuple[Operation, Stamp | None]]) -> RecordState:
    """The state of one record from its operations, in any order."""
    state = EMPTY
    for operation, stamp in operations:
        state = absorb(state, write_of(operation, stamp))
    return state


def to_json(state: RecordState) -> dict[str, Any]:
    """A JSON-ready form of the state; `from_json` reads it back."""
    document: dict[str, Any] = {
        "live": [
            [w.device, w.number, w.seq, w.base, w.hlc, w.author, w.made_at, w.fields] for w in state.live
        ]
    }
    if state.cover:
        document["cover"] = {name: [c.base, dict(c.devices)] for name, c in state.cover.items()}
    return document


def from_json(document: Mapping[str, Any]) -> RecordState:
    """The state that `to_json` wrote."""
    return RecordState(
        tuple(Write(*parts) for parts in document["live"]),
        {name: Cover(base, devices) for name, (base, devices) in document.get("cover", {}).items()},
    )
