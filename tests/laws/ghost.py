"""What people really knew: beside every saved operation, what its author's phone showed just before.

It is the measure for the integers and fingerprints by which the product says the same. An operation is
recognised by its moment, which the laws make unique, and its record: its key may change when two copies of
one phone live.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared import merge
from shared.merge import RecordState
from shared.operations import Operation

Id = tuple[str, str]


def id_of(operation: Operation) -> Id:
    """By what the laws know an operation."""
    return operation.made_at, operation.record


@dataclass(frozen=True, slots=True)
class Deed:
    """A saved operation. `saw`: by register, what its author saw and thus replaced; `knew`: of the record."""

    operation: Operation
    saw: dict[str, frozenset[Id]]
    knew: frozenset[Id]


@dataclass
class Ghost:
    """All that was ever saved."""

    deeds: dict[Id, Deed] = field(default_factory=dict)

    def saved(self, operation: Operation, before: RecordState) -> None:
        """Somebody saved `operation` on a phone that showed `before` of its record."""
        saw = {
            register: self._closed(
                [(write.made_at, operation.record) for write in merge.heads(before, register)], register
            )
            for register in merge.registers(operation)
        }
        knew = self._closed([(write.made_at, operation.record) for write in before.live])
        self.deeds[id_of(operation)] = Deed(operation, saw, knew)

    def _closed(self, heads: Iterable[Id], register: str | None = None) -> frozenset[Id]:
        known: set[Id] = set()
        for head in heads:
            deed = self.deeds.get(head)
            assert deed is not None, "a phone shows what nobody saved"
            known |= {head} | (deed.knew if register is None else deed.saw[register])
        return frozenset(known)

    def unseen(self, there: Iterable[Id]) -> dict[str, dict[str, set[Id]]]:
        """Record → register → the writes among `there` that no author among them had seen."""
        writers: dict[str, dict[str, set[Id]]] = defaultdict(lambda: defaultdict(set))
        replaced: dict[str, dict[str, set[Id]]] = defaultdict(lambda: defaultdict(set))
        for deed in (self.deeds[one] for one in there):
            record = deed.operation.record
            for register, saw in deed.saw.items():
                writers[record][register].add(id_of(deed.operation))
                replaced[record][register] |= saw
        return {
            record: {register: those - replaced[record][register] for register, those in registers.items()}
            for record, registers in writers.items()
        }
