"""Ghost state: for every saved operation, what its author's phone showed just before.

The product tracks the same knowledge with causal bases and log fingerprints; the ghost is what those are
checked against. An operation is identified by its time, which the laws make unique, and its record, because
its key may change when a phone is cloned.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared import merge
from shared.merge import RecordState
from shared.operations import Operation

Id = tuple[str, str]


def id_of(operation: Operation) -> Id:
    """The identity of an operation in the laws."""
    return operation.made_at, operation.record


@dataclass(frozen=True, slots=True)
class SavedOperation:
    """A saved operation. `saw`: by register, what its author saw and thus replaced; `knew`: of the record."""

    operation: Operation
    saw: dict[str, frozenset[Id]]
    knew: frozenset[Id]


@dataclass
class Ghost:
    """Every operation that was ever saved."""

    saved_operations: dict[Id, SavedOperation] = field(default_factory=dict)

    def saved(self, operation: Operation, before: RecordState) -> None:
        """Record that `operation` was saved on a phone that showed `before` of its record."""
        saw = {
            register: self._closed(
                [(write.made_at, operation.record) for write in merge.heads(before, register)], register
            )
            for register in merge.registers(operation)
        }
        knew = self._closed([(write.made_at, operation.record) for write in before.live])
        self.saved_operations[id_of(operation)] = SavedOperation(operation, saw, knew)

    def _closed(self, heads: Iterable[Id], register: str | None = None) -> frozenset[Id]:
        known: set[Id] = set()
        for head in heads:
            saved = self.saved_operations.get(head)
            assert saved is not None, "a phone shows what nobody saved"
            known |= {head} | (saved.knew if register is None else saved.saw[register])
        return frozenset(known)

    def unseen(self, there: Iterable[Id]) -> dict[str, dict[str, set[Id]]]:
        """Record → register → the writes among `there` that none of their authors had seen."""
        writers: dict[str, dict[str, set[Id]]] = defaultdict(lambda: defaultdict(set))
        replaced: dict[str, dict[str, set[Id]]] = defaultdict(lambda: defaultdict(set))
        for saved in (self.saved_operations[one] for one in there):
            record = saved.operation.record
            for register, saw in saved.saw.items():
                writers[record][register].add(id_of(saved.operation))
                replaced[record][register] |= saw
        return {
            record: {register: those - replaced[record][register] for register, those in registers.items()}
            for record, registers in writers.items()
        }
