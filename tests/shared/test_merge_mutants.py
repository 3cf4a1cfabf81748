"""The laws are worth something only if broken code breaks them: every mutant must be caught."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared import clock, merge
from shared.merge import RecordState, Write
from shared.operations import Kind, Operation, Stamp
from tests.shared.merge_laws import laws_hold
from tests.shared.merge_world import Phone, Server

Answers = list[tuple[Operation, Stamp]]

push, pull, receive = Server.push, Server.pull, Phone.receive
absorb, shown, registers = merge.absorb, merge.shown, merge.registers


def learn_nothing(self: Phone, hlc: str) -> None:
    """Wall clock in place of the hybrid clock."""


def skip_one(self: Server, since: int, limit: int) -> tuple[list[str], int]:
    page = [key for key in self.log[since : since + limit] if not (since == 2 and key == self.log[2])]
    return [self.line(key) for key in page], min(since + limit, len(self.log))


def answer_before_storing(self: Server, batch: list[Operation], now_ms: int) -> Answers:
    push(self, batch[:2], now_ms)
    return [self.ops.get((o.device, o.n), (o, Stamp(len(self.log) + 1, o.hlc))) for o in batch]


def number_again(self: Server, batch: list[Operation], now_ms: int) -> Answers:
    for operation in batch:
        self.log.append((operation.device, operation.n))
        stamp = Stamp(len(self.log), clock.clamp(operation.hlc, now_ms))
        self.ops[(operation.device, operation.n)] = (operation, stamp)
    return [self.ops[(operation.device, operation.n)] for operation in batch]


def drop_the_older(self: Server, batch: list[Operation], now_ms: int) -> Answers:
    newest = max((stamp.hlc for _, stamp in self.ops.values()), default="")
    push(self, [operation for operation in batch if operation.hlc >= newest], now_ms)
    return [self.ops.get((o.device, o.n), (o, Stamp(len(self.log), o.hlc))) for o in batch]


def never_learn_seq(state: RecordState, write: Write) -> RecordState:
    if any((live.device, live.n) == (write.device, write.n) for live in state.live):
        return state
    return absorb(state, write)


def show_the_last_arrived(state: RecordState, write: Write) -> RecordState:
    after = absorb(state, write)
    mine = [live for live in after.live if (live.device, live.n) == (write.device, write.n)]
    return replace(after, live=(*(live for live in after.live if live not in mine), *mine))


def hide_conflicts(state: RecordState) -> dict[str, list[Write]]:
    return {}


def claim_one_more(self: Phone) -> int:
    return self.cursor + 1


def claim_nothing(self: Phone) -> int:
    return 0


def forget_the_dropped(state: RecordState, write: Write) -> RecordState:
    return replace(absorb(state, write), cover={})


def supersede_by_clock(self: Write, other: Write) -> bool:
    return self.hlc > other.hlc


def own_is_unseen(self: Write, other: Write) -> bool:
    return other.seq is not None and other.seq <= self.base


def detach_wins(state: RecordState) -> dict[str, Any]:
    values = shown(state)
    if merge.ATTACHED in values:
        values[merge.ATTACHED] = all(w.fields[merge.ATTACHED] for w in merge.heads(state, merge.ATTACHED))
    return values


def delete_wins(state: RecordState) -> bool:
    return any(write.fields[merge.DELETED] for write in merge.heads(state, merge.DELETED))


def restore_nothing(operation: Operation) -> dict[str, Any]:
    return {} if operation.kind is Kind.RESTORE else registers(operation)


MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "wall clock instead of hybrid clock": (Phone, "learn", learn_nothing),
    "cursor skips one operation": (Server, "pull", skip_one),
    "answer before storing": (Server, "push", answer_before_storing),
    "replay gets a new seq": (Server, "push", number_again),
    "server drops the older write": (Server, "push", drop_the_older),
    "phone keeps its operation without seq": (merge, "absorb", never_learn_seq),
    "last arrived wins": (merge, "absorb", show_the_last_arrived),
    "conflicts hidden": (merge, "conflicts", hide_conflicts),
    "base one too high": (Phone, "base", claim_one_more),
    "base always 0": (Phone, "base", claim_nothing),
    # and for what the model did not have: states kept step by step, deletion, photos
    "cover forgotten": (merge, "absorb", forget_the_dropped),
    "the later clock supersedes": (Write, "supersedes", supersede_by_clock),
    "own earlier write not superseded": (Write, "supersedes", own_is_unseen),
    "detach wins over a concurrent attach": (merge, "shown", detach_wins),
    "delete wins over a concurrent edit": (merge, "deleted", delete_wins),
    "restore writes nothing": (merge, "registers", restore_nothing),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_laws_catch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, attribute, mutant = MUTANTS[name]
    monkeypatch.setattr(where, attribute, mutant)
    with pytest.raises((AssertionError, KeyError)):
        laws_hold(400)
