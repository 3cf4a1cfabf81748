"""A small world around the real merge: phones with wrong clocks and a server with a gap-free log."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shared import clock, merge
from shared.merge import RecordState, Write
from shared.operations import GENESIS, Kind, Operation, Stamp, canonical
from shared.record_types import check_fields
from shared.sync.wire import StampedOperation

Key = tuple[str, int]
Known = tuple[Operation, Stamp | None]

HAZARDS = ("00000000-0000-7000-8000-00000000000a", "00000000-0000-7000-8000-00000000000b")
PHOTO = "00000000-0000-7000-8000-0000000000ff"
ATTACHMENT: dict[str, Any] = {
    "hazard": "00000000-0000-0000-0000-000000000001",
    **{"role": "before", "sha256": "0" * 64, "mime": "image/jpeg", "bytes": 1},
}


def made_at(now_ms: int) -> str:
    return f"2026-06-01T08:00:{now_ms // 1000 % 60:02d}+08:00"


class Server:
    """One log: `seq` is the place in it, given once per key."""

    def __init__(self) -> None:
        self.log: list[Key] = []
        self.ops: dict[Key, tuple[Operation, Stamp]] = {}

    def push(self, batch: list[Operation], now_ms: int) -> list[tuple[Operation, Stamp]]:
        for operation in batch:
            key = (operation.device, operation.number)
            if key in self.ops:
                assert canonical(self.ops[key][0]) == canonical(operation)
                continue
            self.log.append(key)
            self.ops[key] = (operation, Stamp(len(self.log), clock.clamp(operation.hlc, now_ms)))
        return [self.ops[(operation.device, operation.number)] for operation in batch]

    def pull(self, since: int, limit: int) -> tuple[list[str], int]:
        page = self.log[since : since + limit]
        return [self.line(key) for key in page], since + len(page)

    def line(self, key: Key) -> str:
        operation, stamp = self.ops[key]
        beside = {"seq": stamp.seq, "hlc_eff": stamp.hlc}
        return json.dumps({**json.loads(canonical(operation)), **beside})


@dataclass
class Phone:
    """One device: what it knows, what it has not handed over, and the states it kept one step at a time."""

    device: str
    skew_ms: int
    ops: dict[Key, Known] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    outbox: list[Operation] = field(default_factory=list)
    cursor: int = 0
    n: int = 0
    last: str = clock.ZERO

    def state(self, record: str) -> RecordState:
        kept = self.states.get(record)
        return merge.from_json(json.loads(kept)) if kept else merge.EMPTY

    def save(self, record: str, type_: str, kind: Kind, fields: dict[str, Any], t: int) -> Operation:
        self.n += 1
        self.last = clock.tick(self.last, t + self.skew_ms)
        operation = Operation(
            campaign="dongguan-2026",
            device=self.device,
            number=self.n,
            record=record,
            type=type_,
            kind=kind,
            fields=fields,
            base=self.base(),
            base_fingerprint=GENESIS,
            hlc=self.last,
            made_at=made_at(t),
            author="a1",
        )
        check_fields(operation)
        self.keep(operation, None)
        self.outbox.append(operation)
        return operation

    def base(self) -> int:
        return self.cursor

    def keep(self, operation: Operation, stamp: Stamp | None) -> None:
        self.ops[(operation.device, operation.number)] = (operation, stamp)
        state = merge.absorb(self.state(operation.record), merge.write_of(operation, stamp))
        self.states[operation.record] = json.dumps(merge.to_json(state))

    def receive(self, lines: Iterable[str]) -> None:
        for line in lines:
            arrived = StampedOperation.model_validate_json(line)
            self.keep(arrived.operation, arrived.stamp)
            self.learn(arrived.stamp.hlc)

    def learn(self, hlc: str) -> None:
        self.last = max(self.last, hlc)

    def acknowledge(self, answers: list[tuple[Operation, Stamp]]) -> None:
        keys = {(operation.device, operation.number) for operation, _ in answers}
        self.outbox = [o for o in self.outbox if (o.device, o.number) not in keys]
        for operation, stamp in answers:
            self.keep(operation, stamp)


def writes(known: Iterable[Known], record: str) -> list[Write]:
    return [merge.write_of(o, stamp) for o, stamp in known if o.record == record]


def heads_by_definition(known: Iterable[Known], record: str) -> dict[str, set[Key]]:
    """Register → keys of its heads, straight from the definition, over all operations at once."""
    all_writes = writes(known, record)
    heads: dict[str, set[Key]] = {}
    for register in {name for write in all_writes for name in write.fields}:
        mine = [write for write in all_writes if register in write.fields]
        heads[register] = {
            (h.device, h.number) for h in mine if not any(_over(x, h) for x in mine if x is not h)
        }
    return heads


def _over(x: Write, h: Write) -> bool:
    return (h.seq is not None and h.seq <= x.base) or (h.device == x.device and h.number < x.number)


def heads_kept(state: RecordState) -> dict[str, set[Key]]:
    """Register → keys of its heads, as the state that was kept step by step says."""
    heads: dict[str, set[Key]] = {}
    for write in state.live:
        for register in write.fields:
            heads.setdefault(register, set()).add((write.device, write.number))
    return heads


def visible(state: RecordState) -> dict[str, list[Any]]:
    """Register → the shown value and the values in conflict with it, each once, the shown one first."""
    shown, conflicts = merge.shown(state), merge.conflicts(state)
    seen: dict[str, list[Any]] = {}
    for register, value in shown.items():
        seen[register] = [value]
        for write in reversed(conflicts.get(register, [])):
            if write.fields[register] not in seen[register]:
                seen[register].append(write.fields[register])
    return seen
