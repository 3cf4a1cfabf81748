"""The laws of merging must catch faults in the product's code.

Faults in phones and servers, of cursors, answers and bases, are put into the real ones in tests/laws.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared import clock, merge
from shared.merge import Cover, RecordState, Write
from shared.operations import Kind, Operation
from tests.shared.merge_laws import laws_hold

absorb, shown, registers, to_json = merge.absorb, merge.shown, merge.registers, merge.to_json
with_write = Cover.with_write


def wall_clock(last: str, now_ms: int) -> str:
    """The device's clock alone, whatever its stamps were."""
    return clock.stamp(now_ms)


def forget_the_rest(state: RecordState, write: Write) -> RecordState:
    """A superseded write loses the registers that nobody wrote over, too."""
    after = absorb(state, write)
    touched = [other for other in state.live if other.fields.keys() & write.fields.keys()]
    gone = {(w.device, w.number) for w in touched if write.supersedes(w)} - {(write.device, write.number)}
    return replace(after, live=tuple(live for live in after.live if (live.device, live.number) not in gone))


def cover_the_lowest_base(self: Cover, write: Write) -> Cover:
    return replace(with_write(self, write), base=min(self.base, write.base))


def cover_no_device(self: Cover, write: Write) -> Cover:
    return replace(with_write(self, write), devices=self.devices)


def keep_no_cover(state: RecordState) -> dict[str, Any]:
    return {"live": to_json(state)["live"]}


def deletion_writes_nothing(operation: Operation) -> dict[str, Any]:
    return {} if operation.kind is Kind.DELETE else registers(operation)


def never_learn_seq(state: RecordState, write: Write) -> RecordState:
    if any((live.device, live.number) == (write.device, write.number) for live in state.live):
        return state
    return absorb(state, write)


def show_the_last_arrived(state: RecordState, write: Write) -> RecordState:
    after = absorb(state, write)
    mine = [live for live in after.live if (live.device, live.number) == (write.device, write.number)]
    return replace(after, live=(*(live for live in after.live if live not in mine), *mine))


def hide_conflicts(state: RecordState) -> dict[str, list[Write]]:
    return {}


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
    "wall clock instead of hybrid clock": (clock, "tick", wall_clock),
    "phone keeps its operation without seq": (merge, "absorb", never_learn_seq),
    "last arrived wins": (merge, "absorb", show_the_last_arrived),
    "conflicts hidden": (merge, "conflicts", hide_conflicts),
    "what nobody wrote over is lost": (merge, "absorb", forget_the_rest),
    "cover remembers the lowest base": (Cover, "with_write", cover_the_lowest_base),
    "cover remembers no device": (Cover, "with_write", cover_no_device),
    "cover is not kept": (merge, "to_json", keep_no_cover),
    "deletion writes nothing": (merge, "registers", deletion_writes_nothing),
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
