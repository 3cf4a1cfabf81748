"""The laws that hold at every moment, and those that hold at rest, when everything has been synced."""

import hashlib
import json
from collections import Counter
from typing import Any

from mobile_app.store.database import meta
from shared import clock, merge, problems
from shared.merge import RecordState
from shared.operations import GENESIS, Kind, Operation, canonical, next_fingerprint
from tests.laws.ghost import Id, id_of
from tests.laws.handset import Handset
from tests.laws.network import Asked
from tests.laws.world import World
from tests.shared.merge_world import heads_by_definition, heads_kept

REFUSALS = {"role_forbidden", "record_of_others", "record_removed"}
"""Why the log refuses what the state machine lets an inspector try."""


def of_a_phone(world: World, phone: Handset) -> None:
    """Everything a phone claims at any moment is true."""
    held = phone.held()
    assert phone.told <= held, "an operation reported as saved is gone from the phone"
    if phone.life != world.office.life:
        return  # the server was restored, and this phone cannot know
    there = {entry.wire for entry in world.office.log()}
    assert phone.wires("acked") <= there, "an acknowledged operation is not on the server"
    for (hazard,) in phone.rows("SELECT id FROM hazard WHERE upload = 'uploaded'"):
        own = phone.rows("SELECT wire FROM operation WHERE owner = ? AND state <> 'moved'", hazard)
        assert {wire for (wire,) in own} <= there, "a hazard is shown as uploaded, but an operation is not"
    for (sha256,) in phone.rows("SELECT sha256 FROM photo_file WHERE state = 'delivered'"):
        _photo_is_there(world, sha256)


def _photo_is_there(world: World, sha256: str) -> None:
    data = world.office.photo(sha256)
    assert data is not None, "a photo shown as delivered is not on the server"
    assert hashlib.sha256(data).hexdigest() == sha256, "a photo's bytes are wrong"


def has_a_token(phone: Handset) -> None:
    """A phone that was neither copied nor revoked has a token that works, whatever became of the last one."""
    problem = phone.heard.problem
    assert problem is None or problem.kind is not problems.token_invalid, "locked out"


def shows(phone: Handset, record: str, register: str, count: int) -> None:
    """A phone shows `count` values of a register."""
    assert len(merge.heads(phone.state(record), register)) == count


def at_rest(world: World, *, exact: bool) -> None:
    """Everybody has everything. `exact`: the log was never restored, so there are no spurious conflicts."""
    log = world.office.log()
    _log_is_whole(world)
    records = world.office.records()
    for record, state in records.items():
        by_definition = heads_by_definition((entry.known for entry in log), record)
        assert heads_kept(state) == by_definition, "the server's state does not follow from its operations"
    refused = set()
    for raw, code in world.office.refused():
        assert code in REFUSALS, "quarantined, although its author may do it"
        refused.add((raw["made_at"], raw["record"]))
    there = {id_of(entry.operation) for entry in log}
    for phone in world.phones:
        of_a_phone(world, phone)
        assert phone.told <= there | refused, "an operation reported as saved is not on the server"
        _same(records, phone, {record for _, record in refused})
    _nothing_is_hidden(world, records, there, exact=exact)
    for entry in log:
        if entry.operation.kind is Kind.ATTACH:
            _photo_is_there(world, entry.operation.fields["sha256"])


def _log_is_whole(world: World) -> None:
    """Gap-free, with valid fingerprints, no duplicates, nothing invented, no clock too far ahead."""
    log, tip = world.office.log(), GENESIS
    assert [entry.stamp.seq for entry in log] == list(range(1, len(log) + 1))
    for entry in log:
        operation = entry.operation
        tip = next_fingerprint(tip, entry.wire)
        assert entry.tip == tip
        saved = world.ghost.saved_operations.get(id_of(operation))
        assert saved is not None, "an operation that nobody made"
        assert _content(operation) == _content(saved.operation), "an operation that was changed"
        assert entry.stamp.hlc <= clock.stamp(world.t + clock.MAX_AHEAD_MS), "a stamp from the future"
    times = Counter(id_of(entry.operation) for entry in log)
    assert all(count == 1 for count in times.values()), "duplicate operation"


def _content(operation: Operation) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(canonical(operation))
    return {name: content[name] for name in ("record", "type", "kind", "fields", "made_at", "author")}


def _same(records: dict[str, RecordState], phone: Handset, refused: set[str]) -> None:
    towns = phone.database.read(meta.towns)
    here = {record: state for record, state in phone.states().items() if record not in refused}
    there = {
        record: state
        for record, state in records.items()
        if record not in refused and (not towns or _town(records, record) in towns)
    }
    assert here.keys() >= there.keys(), "a record is not on the phone"
    assert towns or here.keys() == there.keys(), "a record is only on the phone"
    for record, state in there.items():
        assert here[record].live == state.live, "phone and server show different states"


def _town(records: dict[str, RecordState], record: str) -> Any:
    shown = merge.shown(records[record])
    hazard = shown.get("hazard", record)
    return merge.shown(records.get(hazard, merge.EMPTY)).get("town_code")


def _nothing_is_hidden(world: World, records: dict[str, RecordState], there: set[Id], *, exact: bool) -> None:
    for record, registers in world.ghost.unseen(there).items():
        state = records[record]
        for register, unseen in registers.items():
            shown = {(write.made_at, record) for write in merge.heads(state, register)}
            assert unseen <= shown, "a value that nobody has seen is hidden"
            assert not exact or shown == unseen, "a spurious conflict"
        if merge.deleted(state):
            _gone_rightly(world, record, there, registers)


def _gone_rightly(world: World, record: str, there: set[Id], registers: dict[str, set[Id]]) -> None:
    saved_operations = [world.ghost.saved_operations[one] for one in there if one[1] == record]
    last = set().union(*registers.values())
    edits = {
        id_of(saved.operation) for saved in saved_operations if saved.operation.kind is not Kind.DELETE
    } & last
    known = [saved.knew for saved in saved_operations if saved.operation.kind is Kind.DELETE]
    assert any(edits <= knew for knew in known), "deleted, although nobody who deleted it had seen all edits"


def replays_change_nothing(world: World, most: int = 12) -> None:
    """Old requests that arrive again do not change the server."""

    def standing() -> Any:
        return [(entry.wire, entry.stamp) for entry in world.office.log()], world.office.records()

    before, past = standing(), [asked for asked in world.network.past if "/push" in asked.path]
    for asked in past[:: max(1, len(past) // most)]:
        world.play(world.network.ask(asked))
    assert standing() == before, "a replay changed something"


def cursor_gives_each_once(world: World, since: int, limit: int) -> None:
    """Pulling from any cursor with any page size gives every later operation once and in order."""
    got: list[int] = []
    more, at = True, since
    token = json.loads(world.phones[0].rows("SELECT value FROM meta WHERE key = 'identity'")[0][0])["token"]
    headers = {"Authorization": f"Bearer {token}"}
    while more:
        path = f"/api/v1/campaigns/{world.office.campaign}/pull?since={at}&limit={limit}"
        page = json.loads(world.play(world.network.ask(Asked("GET", path, headers, b""))).body)
        got += [operation["seq"] for operation in page["ops"]]
        at, more = page["next"], page["more"]
    assert got == list(range(since + 1, len(world.office.log()) + 1)), "the cursor skips or repeats"
