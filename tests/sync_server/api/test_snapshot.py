"""Snapshot and scope: what a phone reads that has nothing, and what one reads that asks for some towns."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared import merge
from shared.operations import Operation, Stamp
from shared.sync import wire
from sync_server.log import pages as log_pages
from sync_server.log import snapshot
from tests.support.server import Server, TestPhone

HERE, THERE = "441900003", "441900101"
SHA256 = "ab" * 32


def pages(phone: TestPhone, **query: Any) -> Iterator[wire.SnapshotAnswer]:
    after: str | None = ""
    while after is not None:
        page = wire.SnapshotAnswer.model_validate(phone.snapshot(after=after, **query))
        yield page
        after = page.next


def read(phone: TestPhone, **query: Any) -> dict[str, wire.SnapshotRecord]:
    return {record.record: record for page in pages(phone, **query) for record in page.records}


def pull(phone: TestPhone, **query: Any) -> list[wire.StampedOperation]:
    """Everything that a pull of some towns brings, page by page."""
    found: list[wire.StampedOperation] = []
    since, more = query.pop("since", 0), True
    while more:
        answer = phone.client.get(
            f"/api/v1/campaigns/{phone.campaign}/pull",
            params={"since": since, **query},
            headers=phone.headers,
        )
        page = wire.PullAnswer.model_validate(answer.json())
        found += page.ops
        since, more = page.next, page.more
    return found


def state_of(ops: list[wire.StampedOperation], record: str) -> dict[str, Any]:
    mine: list[tuple[Operation, Stamp | None]] = [
        (op.operation, op.stamp) for op in ops if op.record == record
    ]
    return merge.to_json(merge.merge(mine))


def test_a_snapshot_is_what_the_log_says_in_pages_of_any_size(server: Server, phone: TestPhone) -> None:
    other = server.phone()
    hazards = [phone.op() for _ in range(4)]
    phone.push(*hazards)
    event = phone.event(hazards[0]["record"], "patrol", result="normal")
    photo = phone.photo(hazards[1]["record"], "before", SHA256)
    phone.push(event, photo)
    other.push(other.op({"depth_m": 2.0}, record=hazards[2]["record"], base=4))
    phone.push(phone.op({"depth_m": 3.0}, record=hazards[2]["record"], base=4))
    log = pull(phone)
    for limit in (1, 2, 3, 500):
        found = read(phone, limit=limit)
        assert set(found) == {op.record for op in log}
        for record, kept in found.items():
            assert kept.state == state_of(log, record)
            assert kept.owner in {hazard["record"] for hazard in hazards}
    numbers = {op["record"]: found[op["record"]].ledger_no for op in hazards}
    assert len(set(numbers.values()) - {None}) == 4


def test_hazards_come_after_what_happened_to_them(phone: TestPhone) -> None:
    hazard = phone.op()
    phone.push(hazard, phone.event(hazard["record"], "patrol"), phone.photo(hazard["record"], "site", SHA256))
    kinds = [record.type for page in pages(phone, limit=1) for record in page.records]
    assert kinds == ["hazard_event", "photo", "hazard"]


def test_what_changes_while_it_is_read_comes_again_by_the_first_pages_place(phone: TestPhone) -> None:
    hazards = [phone.op() for _ in range(3)]
    phone.push(*hazards)
    reading = pages(phone, limit=1)
    first = next(reading)
    phone.push(phone.op({"depth_m": 9.0}, record=first.records[0].record, base=3), phone.op())
    found = {record.record: record for page in [first, *reading] for record in page.records}
    missed = pull(phone, since=first.seq, tip=first.tip)
    assert [op.seq for op in missed] == [4, 5]
    for op in pull(phone):
        state = merge.from_json(found[op.record].state) if op.record in found else merge.EMPTY
        for late in missed:
            if late.record == op.record:
                state = merge.absorb(state, merge.write_of(late.operation, late.stamp))
        assert merge.to_json(state) == state_of(pull(phone), op.record)


def test_it_names_whose_devices_wrote(server: Server) -> None:
    phone = server.phone("小米 13", server.person("李巡查").id)
    phone.push(phone.op())
    [page] = pages(phone)
    assert page.devices == {phone.device: wire.DeviceName(person="李巡查", name="小米 13")}
    assert phone.pull()["devices"] == {phone.device: {"person": "李巡查", "name": "小米 13"}}


def test_odd_keys_and_towns_are_refused(phone: TestPhone) -> None:
    path = f"/api/v1/campaigns/{phone.campaign}"
    for query in ("snapshot?after=dragon/1", "snapshot?after=%00", "snapshot?limit=0", "snapshot?towns=x"):
        answer = phone.client.get(f"{path}/{query}", headers=phone.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    for query in ("towns=441900003;drop", f"towns={'441900003,' * 60}", "tip=zz", f"epoch={'e' * 50}"):
        answer = phone.client.get(f"{path}/pull?{query}", headers=phone.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_scope_holds_its_towns_what_has_none_and_ones_own(server: Server, phone: TestPhone) -> None:
    other = server.phone()
    here, there = other.op({"town_code": HERE}), other.op({"town_code": THERE})
    nowhere, own = other.op({"water_name": "塘"}), phone.op({"town_code": THERE})
    other.push(
        here, there, nowhere, other.event(here["record"], "patrol"), other.event(there["record"], "patrol")
    )
    phone.push(own)
    asked = pull(phone, towns=HERE)
    assert {op.fields.get("hazard") or op.record for op in asked} == {
        here["record"],
        nowhere["record"],
        own["record"],
    }
    assert len(asked) == 4
    assert set(read(phone, towns=HERE)) == {here["record"], nowhere["record"], asked[-2].record}
    assert len(pull(phone, towns=f"{HERE},{THERE}", limit=1)) == len(pull(phone)) == 6


def test_who_enters_a_scope_brings_its_history_and_who_leaves_stays_known(
    server: Server, phone: TestPhone
) -> None:
    other = server.phone()
    hazard = other.op({"town_code": THERE})
    other.push(hazard, other.event(hazard["record"], "patrol"), other.op({"town_code": HERE}))
    cursor = phone.pull()["next"]
    assert len(pull(phone, towns=HERE)) == 1
    other.push(other.op({"town_code": HERE}, record=hazard["record"], base=3))
    brought = pull(phone, towns=HERE, since=cursor)
    assert [op.seq for op in brought] == [1, 2, 4]
    other.push(other.op({"town_code": THERE}, record=hazard["record"], base=4))
    assert [op.seq for op in pull(phone, towns=HERE, since=4)] == [5]
    assert hazard["record"] in read(phone, towns=HERE)
    other.push(other.op({"town_code": HERE}, record=hazard["record"], base=5))  # and back again
    assert [op.seq for op in pull(phone, towns=HERE, since=5)] == [1, 2, 4, 5, 6]  # it may have been dropped


def test_what_enters_a_scope_comes_page_by_page(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = server.phone()
    hazards = [other.op({"town_code": THERE}) for _ in range(3)]
    other.push(*hazards, *(other.event(one["record"], "patrol") for one in hazards for _ in range(5)))
    cursor = phone.pull()["next"]
    other.push(*(other.op({"town_code": HERE}, record=one["record"], base=cursor) for one in hazards))
    monkeypatch.setattr(log_pages, "MAX_CHARACTERS", 3000)
    since, more, seqs = cursor, True, []
    while more:
        path = f"/api/v1/campaigns/{phone.campaign}/pull?since={since}&towns={HERE}"
        page = phone.client.get(path, headers=phone.headers).json()
        assert len(page["ops"]) == 7, "one hazard, its five events and how it came"
        seqs += [op["seq"] for op in page["ops"]]
        since, more = page["next"], page["more"]
    assert sorted(seqs) == list(range(1, 22))


def test_a_long_history_is_not_brought_but_read_as_it_stands(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one hazard, written on for days and then moved, would be in one answer for everybody there."""
    other = server.phone()
    short, long = other.op({"town_code": THERE}), other.op({"town_code": THERE})
    other.push(short, long, *(other.event(long["record"], "patrol") for _ in range(9)))
    cursor = phone.pull()["next"]
    other.push(*(other.op({"town_code": HERE}, record=one["record"], base=cursor) for one in (short, long)))
    monkeypatch.setattr(log_pages, "MAX_CHARACTERS", 3000)
    page = _pulled(phone, cursor)
    assert [op["record"] for op in page["ops"]] == [short["record"]] * 2
    assert page["more"]
    page = _pulled(phone, page["next"])
    assert (page["again"], page["ops"], page["more"]) == (True, [], False)
    assert page["next"] == cursor + 1
    assert long["record"] in read(phone, towns=HERE)
    end = next(pages(phone)).seq
    assert _pulled(phone, end)["ops"] == []
    assert "again" not in _pulled(phone, end)


def _pulled(phone: TestPhone, since: int) -> dict[str, Any]:
    path = f"/api/v1/campaigns/{phone.campaign}/pull?since={since}&towns={HERE}"
    answer: dict[str, Any] = phone.client.get(path, headers=phone.headers).json()
    return answer


def test_a_page_of_long_records_has_fewer_of_them(phone: TestPhone, monkeypatch: pytest.MonkeyPatch) -> None:
    hazards = [phone.op({"water_name": "塘", "description": "深" * 400}) for _ in range(5)]
    phone.push(*hazards, *(phone.event(one["record"], "patrol") for one in hazards))
    monkeypatch.setattr(snapshot, "MAX_CHARACTERS", 800)
    read_so_far = [[record.record for record in page.records] for page in pages(phone)]
    assert all(1 <= len(records) < 5 for records in read_so_far)
    found = [record for records in read_so_far for record in records]
    assert {one["record"] for one in hazards} < set(found)
    assert len(found) == 10


def test_events_that_came_before_their_hazard_come_with_it(server: Server, phone: TestPhone) -> None:
    other = server.phone()
    hazard = other.op({"town_code": HERE})
    other.push(other.event(hazard["record"], "patrol"))
    assert pull(phone, towns=HERE) == []
    other.push(hazard)
    assert {op.seq for op in pull(phone, towns=HERE, since=1)} == {1, 2}
