"""The laws of the merge as one Hypothesis state machine, run over the real code and over its mutants."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from shared import clock, merge
from shared.operations import GENESIS, Kind, Operation, RecordType, Stamp
from tests.shared.merge_world import (
    ATTACHMENT,
    HAZARDS,
    PHOTO,
    Key,
    Known,
    Phone,
    Server,
    heads_by_definition,
    heads_kept,
    made_at,
    visible,
)

DAY_MS = 86_400_000
RECORDS = (*HAZARDS, PHOTO)

phones = st.integers(0, 2)
hazards = st.sampled_from(HAZARDS)
some_fields = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from(["深", "浅", "满"]),
        "depth_m": st.integers(0, 3),
        "position": st.builds(lambda lat: {"lat": lat, "lon": 113.7}, st.sampled_from([23.01, 23.02])),
    },
).filter(bool)


class Laws(RuleBasedStateMachine):
    """Phones with clocks wrong by days; pushes cut short, repeated, their answers lost; pulls cut short."""

    server: Server

    @initialize(skews=st.lists(st.integers(-5 * DAY_MS, 5 * DAY_MS), min_size=3, max_size=3))
    def begin(self, skews: list[int]) -> None:
        self.t = 1_780_000_000_000
        self.server = Server()
        self.phones = [Phone(f"{i:016x}", skew) for i, skew in enumerate(skews)]
        self.made: dict[Key, Operation] = {}
        self.past: dict[Key, set[Key]] = {}  # the ghost: what the author's phone really knew
        self.acknowledged: set[Key] = set()

    def save(self, i: int, record: str, kind: Kind, fields: dict[str, Any]) -> None:
        phone = self.phones[i]
        self.t += 1
        known = set(phone.ops)
        stamps = [(s.hlc if s else o.hlc, o.device, o.number) for o, s in phone.ops.values()]
        type_ = RecordType.PHOTO if record == PHOTO else RecordType.HAZARD
        operation = phone.save(record, type_, kind, fields, self.t)
        key = (operation.device, operation.number)
        self.made[key], self.past[key] = operation, known
        # later than all it saw, however wrong the clock
        assert (operation.hlc, *key) > max(stamps, default=("", "", 0))
        seen = visible(phone.state(record))
        for register, value in merge.registers(operation).items():
            assert seen[register] == [value]  # what I wrote shows, and settles what I saw

    @rule(i=phones, record=hazards, fields=some_fields)
    def edit(self, i: int, record: str, fields: dict[str, Any]) -> None:
        self.save(i, record, Kind.EDIT, fields)

    @rule(i=phones, record=hazards, kind=st.sampled_from([Kind.DELETE, Kind.RESTORE]))
    def delete_or_restore(self, i: int, record: str, kind: Kind) -> None:
        phone = self.phones[i]
        self.save(i, record, kind, {})
        assert merge.deleted(phone.state(record)) == (kind is Kind.DELETE)

    @rule(i=phones, attach=st.booleans())
    def attach_or_detach(self, i: int, attach: bool) -> None:
        self.save(i, PHOTO, Kind.ATTACH if attach else Kind.DETACH, ATTACHMENT if attach else {})

    @rule(i=phones, cut=st.integers(1, 20), times=st.integers(1, 3), answer_lost=st.booleans())
    def push(self, i: int, cut: int, times: int, answer_lost: bool) -> None:
        phone = self.phones[i]
        batch = phone.outbox[:cut]
        for _ in range(times):
            self.t += 1
            answers = self.server.push(batch, self.t)
        if not answer_lost:
            self.acknowledged |= {(operation.device, operation.number) for operation, _ in answers}
            phone.acknowledge(answers)

    @rule(i=phones, limit=st.integers(1, 9), answer_lost=st.booleans())
    def pull(self, i: int, limit: int, answer_lost: bool) -> None:
        phone = self.phones[i]
        lines, cursor = self.server.pull(phone.cursor, limit)
        if not answer_lost:
            phone.receive(lines)
            phone.cursor = cursor

    @invariant()
    def acknowledged_is_kept(self) -> None:
        if not hasattr(self, "server"):
            return
        assert self.acknowledged <= set(self.server.ops)
        for phone in self.phones:
            waiting = {(operation.device, operation.number) for operation in phone.outbox}
            assert {key for key in self.made if key[0] == phone.device} <= waiting | set(self.server.ops)

    @invariant()
    def kept_state_is_what_the_operations_say(self) -> None:
        if not hasattr(self, "server"):
            return
        for phone in self.phones:
            for record in RECORDS:
                expected = heads_by_definition(phone.ops.values(), record)
                assert heads_kept(phone.state(record)) == expected

    def teardown(self) -> None:
        if not hasattr(self, "server"):
            return
        for phone in self.phones:
            self.t += 1
            phone.acknowledge(self.server.push(phone.outbox, self.t))
        for phone in self.phones:
            while True:
                lines, cursor = self.server.pull(phone.cursor, 7)
                if not lines:
                    break
                phone.receive(lines)
                phone.cursor = cursor
        assert set(self.server.ops) == set(self.made)  # nothing invented, nothing lost
        assert [stamp.seq for _, stamp in self.server.ops.values()] == list(range(1, len(self.made) + 1))
        for record in RECORDS:
            self.check_end(record)
        self.check_stamps()

    def check_end(self, record: str) -> None:
        wanted = merge.merge(known for known in self.server.ops.values() if known[0].record == record)
        for phone in self.phones:
            assert merge.to_json(phone.state(record)) == merge.to_json(wanted)  # convergence
        seen = visible(wanted)
        for register, heads in heads_kept(wanted).items():
            writers = {
                key for key, o in self.made.items() if o.record == record and register in merge.registers(o)
            }
            unseen = writers - {past for key in writers for past in self.past[key]}
            assert heads == unseen  # the integer `base` is the true causal past
            values = [merge.registers(self.made[key])[register] for key in unseen]
            if register == merge.ATTACHED:
                assert seen[register] == [any(values)]  # attach wins
                continue
            assert all(value in seen[register] for value in values)  # nothing unseen is hidden
            assert all(value in values for value in seen[register])
            latest = max(unseen, key=lambda key: (self.server.ops[key][1].hlc, *key))
            assert seen[register][0] == merge.registers(self.made[latest])[register]
        if record != PHOTO:
            self.check_deletion(record, merge.deleted(wanted))

    def check_deletion(self, record: str, gone: bool) -> None:
        """Gone only where one deletion had seen every edit that still heads something."""
        keys = {key for key, operation in self.made.items() if operation.record == record}
        by_kind = {kind: {key for key in keys if self.made[key].kind is kind} for kind in Kind}
        if gone:
            edits = by_kind[Kind.EDIT] | by_kind[Kind.RESTORE]
            known = [self.past[key] for key in by_kind[Kind.DELETE]]
            replaced = {past for key in keys for past in self.past[key]}
            assert any(edits - replaced <= past for past in known)

    def check_stamps(self) -> None:
        """The stamp that counts grows along every chain of who had seen what."""
        stamps = {key: (stamp.hlc, *key) for key, (_, stamp) in self.server.ops.items()}
        for key, past in self.past.items():
            assert all(stamps[earlier] < stamps[key] for earlier in past)


@st.composite
def logs(draw: st.DrawFn) -> list[Known]:
    """Operations on one hazard by three phones that sync now and then."""
    server = Server()
    phones = [Phone(f"{i:016x}", DAY_MS * (i - 1)) for i in range(3)]
    t = 1_780_000_000_000
    for _ in range(draw(st.integers(1, 12))):
        t += 1000
        phone = draw(st.sampled_from(phones))
        kind = Kind.DELETE if draw(st.integers(0, 5)) == 0 else Kind.EDIT
        fields: dict[str, Any] = draw(some_fields) if kind is Kind.EDIT else {}
        phone.save(HAZARDS[0], RecordType.HAZARD, kind, fields, t)
        if draw(st.booleans()):
            phone.acknowledge(server.push(phone.outbox, t))
        if draw(st.booleans()):
            reader = draw(st.sampled_from(phones))
            lines, cursor = server.pull(reader.cursor, draw(st.integers(1, 5)))
            reader.receive(lines)
            reader.cursor = cursor
    for phone in phones:
        server.push(phone.outbox, t)
    return list(server.ops.values())


def order_is_free(log: list[Known], data: st.DataObject) -> None:
    """Any order, any repetition, any split of the same operations gives the same state."""
    wanted = merge.to_json(merge.merge(log))
    shuffled = data.draw(st.permutations(log)) + data.draw(st.lists(st.sampled_from(log), max_size=6))
    assert merge.to_json(merge.merge(shuffled)) == wanted
    assert heads_kept(merge.from_json(wanted)) == heads_by_definition(log, HAZARDS[0])
    cut = data.draw(st.integers(0, len(shuffled)))
    state = merge.from_json(merge.to_json(merge.merge(shuffled[:cut])))
    for operation, stamp in shuffled[cut:]:
        state = merge.absorb(state, merge.write_of(operation, stamp))
    assert merge.to_json(state) == wanted


def stamps_may_come_later(log: list[Known], data: st.DataObject) -> None:
    """A phone absorbs its own operations without `seq` first and learns it later, in any order."""
    own = data.draw(st.sampled_from(sorted({operation.device for operation, _ in log})))
    unstamped: list[Known] = [(operation, None) for operation, _ in log if operation.device == own]
    state = merge.merge(unstamped + data.draw(st.permutations(log)))
    assert merge.to_json(state) == merge.to_json(merge.merge(log))


@st.composite
def logs_after_a_restore(draw: st.DrawFn) -> list[Known]:
    """A log in which a device's `base` and `n` may fall, as after a restore.

    The device pulls from the start again, and pushes operations again that come after others on the log; no
    operation has seen a later one of its own device.
    """
    log: list[Known] = []
    length = draw(st.integers(2, 8))
    numbers = draw(st.permutations(range(1, length + 1)))
    for seq in range(1, length + 1):
        device = f"{draw(st.integers(0, 2)):016x}"
        later = [s.seq for o, s in log if s and o.device == device and o.number > numbers[seq - 1]]
        made = Operation(
            campaign="dongguan-2026",
            device=device,
            number=numbers[seq - 1],
            record=HAZARDS[0],
            type=RecordType.HAZARD,
            kind=Kind.EDIT,
            fields=draw(some_fields),
            base=draw(st.integers(0, min(later, default=seq) - 1)),
            base_fingerprint=GENESIS,
            hlc=clock.stamp(draw(st.integers(0, 3))),
            made_at=made_at(0),
            author="a1",
        )
        log.append((made, Stamp(seq, made.hlc)))
    return log


def laws_hold(examples: int) -> None:
    """Run every law; raises where one is broken."""
    how = settings(
        max_examples=examples,
        stateful_step_count=30,
        phases=[Phase.explicit, Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    few = settings(how, max_examples=examples // 8)
    settings(how, max_examples=examples)(given(logs_after_a_restore(), st.data())(order_is_free))()
    few(given(logs(), st.data())(order_is_free))()
    few(given(logs(), st.data())(stamps_may_come_later))()
    run_state_machine_as_test(Laws, settings=how)
