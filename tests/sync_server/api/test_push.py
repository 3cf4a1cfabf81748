"""Push: every answer describes what is committed, one bad operation never blocks its neighbours."""

import time

import pytest
from sqlmodel import select

from shared import clock
from shared.vocabulary import Role
from sync_server.database.tables import QuarantineRow
from sync_server.database.transactions import reading
from sync_server.log import ingest
from tests.support.server import Server, TestPhone, new_id
from tests.sync_server.api.test_copies import succeeded


def statuses(results: list[dict[str, object]]) -> list[object]:
    return [result["status"] for result in results]


def test_new_operations_are_stored_in_order_with_numbers_per_town(phone: TestPhone) -> None:
    ops = [
        phone.op({"water_name": "甲", "town_code": "441900003"}),
        phone.op({"water_name": "乙", "town_code": "441900004"}),
        phone.op({"water_name": "丙", "town_code": "441900003"}),
        phone.op({"water_name": "无镇街"}),
        phone.op({"water_name": "去年", "town_code": "441900003", "year": 2025}),
    ]
    results = phone.push(*ops)
    assert statuses(results) == ["stored"] * 5
    assert [result["seq"] for result in results] == [1, 2, 3, 4, 5]
    assert [result["ledger_no"] for result in results] == [
        "DG-441900003-2026-00001",
        "DG-441900004-2026-00001",
        "DG-441900003-2026-00002",
        "DG-441900000-2026-00001",
        "DG-441900003-2025-00001",
    ]


def test_a_number_is_given_once_and_counting_goes_on(phone: TestPhone) -> None:
    first = phone.op()
    again = phone.op({"water_name": "石井塘(北)"}, record=first["record"], base=1)
    assert phone.push(first)[0]["ledger_no"] == "DG-441900003-2026-00001"
    assert "ledger_no" not in phone.push(again)[0]
    assert phone.push(phone.op())[0]["ledger_no"] == "DG-441900003-2026-00002"


def test_a_replay_is_a_duplicate_with_the_same_stamp(phone: TestPhone) -> None:
    ops = [phone.op(), phone.op()]
    stored = phone.push(*ops)
    replayed = phone.push(*ops, phone.op())
    assert statuses(replayed) == ["duplicate", "duplicate", "stored"]
    assert [{**result, "status": "stored"} for result in replayed[:2]] == stored


def test_only_the_names_of_the_protocol_are_understood(phone: TestPhone) -> None:
    op = phone.op()
    [result] = phone.push({**{name: value for name, value in op.items() if name != "n"}, "number": op["n"]})
    assert (result["status"], result["why"]["code"]) == ("quarantined", "invalid")
    assert phone.pull()["ops"] == []


def test_the_same_operation_twice_in_one_push_is_stored_once(phone: TestPhone) -> None:
    op = phone.op()
    results = phone.push(op, op)
    assert statuses(results) == ["stored", "duplicate"]
    assert results[0]["seq"] == results[1]["seq"] == 1
    assert phone.pull()["next"] == 1


def test_other_content_under_a_known_key_refuses_the_whole_push(phone: TestPhone) -> None:
    op = phone.op()
    phone.push(op)
    fresh = phone.op()
    answer = phone.post(fresh, {**op, "fields": {"water_name": "另一个"}})
    assert answer.status_code == 409
    assert answer.json() == {"code": "operation_rewritten", "details": {"device": op["device"], "n": op["n"]}}
    assert phone.pull()["next"] == 1
    assert statuses(phone.push(fresh)) == ["stored"]


def test_two_contents_under_one_key_in_one_push_are_refused(phone: TestPhone) -> None:
    op = phone.op()
    answer = phone.post(op, {**op, "fields": {"water_name": "另一个"}})
    assert answer.json()["code"] == "operation_rewritten"
    assert phone.pull()["next"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fields": {"lat": 91}}, "unknown_field"),
        ({"fields": {"position": {"lat": 91, "lon": 113.7}}}, "invalid"),
        ({"fields": {"position": {"lat": "23", "lon": 113.7}}}, "invalid"),
        ({"fields": {"found_on": "1970-01-01"}}, "invalid"),
        ({"fields": {"found_on": 1735689600}}, "invalid"),
        ({"fields": {"water_name": "名\0字"}}, "invalid"),
        ({"fields": {"water_name": 7}}, "invalid"),
        ({"fields": {"water_type": "volcano"}}, "invalid"),
        ({"fields": {}}, "invalid"),
        ({"extra": 1}, "unknown_field"),
        ({"kind": "append"}, "invalid"),
        ({"type": "dragon"}, "invalid"),
        ({"schema": 2}, "schema_unknown"),
        ({"n": 0}, "invalid"),
        ({"n": -5}, "invalid"),
        ({"n": "1"}, "invalid"),
        ({"n": True}, "invalid"),
        ({"n": 2**60}, "invalid"),
        ({"record": "../../etc/passwd"}, "invalid"),
        ({"made_at": "2026-02-30T00:00:00Z"}, "invalid"),
        ({"hlc": "soon"}, "invalid"),
        ({"tip": "0"}, "invalid"),
        ({"campaign": "dg-1999"}, "campaign_foreign"),
        ({"device": "f" * 16}, "device_foreign"),
        ({"author": "00000000-0000-0000-0000-000000000000"}, "author_foreign"),
        ({"type": "home_visit", "fields": {"student_name": "张三"}}, "record_type_restricted"),
    ],
)
def test_a_bad_operation_is_set_aside_and_its_neighbours_stored(
    phone: TestPhone, change: dict[str, object], code: str
) -> None:
    ops = [phone.op(), phone.op() | change, phone.op()]
    for _ in range(2):
        results = phone.push(*ops)
        assert results[1]["status"] == "quarantined"
        assert results[1]["why"]["code"] == code
        assert set(results[1]["why"]) == {"code", "details"}
        assert {results[0]["status"], results[2]["status"]} <= {"stored", "duplicate"}
    assert phone.pull()["next"] == 2


def test_nothing_of_a_home_visit_is_kept_but_its_key_and_the_reason(server: Server, phone: TestPhone) -> None:
    op = phone.op({"student_name": "张小三"}, type="home_visit")
    phone.push(op)
    with reading(server.engine) as session:
        [kept] = session.exec(select(QuarantineRow)).all()
    assert (kept.n, kept.raw, kept.code) == (op["n"], "", "record_type_restricted")


def test_what_is_set_aside_is_kept_as_it_came(server: Server, phone: TestPhone) -> None:
    phone.push(phone.op({"water_name": "塘" * 300}))
    with reading(server.engine) as session:
        [kept] = session.exec(select(QuarantineRow)).all()
    assert "塘" * 300 in kept.raw


def test_a_quarantined_key_cannot_come_with_other_content(phone: TestPhone) -> None:
    op = phone.op({"depth_m": -1})
    assert statuses(phone.push(op)) == ["quarantined"]
    answer = phone.post({**op, "fields": {"depth_m": 1}})
    assert answer.json()["code"] == "operation_rewritten"


def test_a_record_keeps_its_type(phone: TestPhone) -> None:
    hazard = phone.op()
    phone.push(hazard)
    visit = phone.op({"place": "校门口"}, type="education_visit", record=hazard["record"])
    assert phone.push(visit)[0]["why"]["code"] == "record_type_mismatch"


def test_an_event_is_written_once(phone: TestPhone) -> None:
    hazard = phone.op()
    event = phone.event(str(hazard["record"]), "note", comment="水很深")
    assert statuses(phone.push(hazard, event)) == ["stored", "stored"]
    again = phone.event(str(hazard["record"]), "note", comment="水不深")
    twin = phone.event(str(hazard["record"]), "note", comment="另一条")
    twice = {**phone.event(str(hazard["record"]), "note", comment="改写"), "record": twin["record"]}
    results = phone.push({**again, "record": event["record"]}, twin, twice)
    assert statuses(results) == ["quarantined", "stored", "quarantined"]
    assert {result["why"]["code"] for result in results if "why" in result} == {"event_written"}


def test_only_reviewers_take_reviewers_steps(server: Server, phone: TestPhone) -> None:
    hazard = phone.op()
    results = phone.push(hazard, phone.event(str(hazard["record"]), "register"))
    assert results[1]["why"] == {
        "code": "role_forbidden",
        "details": {"step": "register", "role": "inspector"},
    }
    reviewer = server.phone(person=server.person("审核", Role.REVIEWER).id)
    assert statuses(reviewer.push(reviewer.event(str(hazard["record"]), "register"))) == ["stored"]


def test_nobody_accepts_their_own_rectification(server: Server, phone: TestPhone) -> None:
    reviewer = server.phone(person=server.person("审核", Role.REVIEWER).id)
    hazard = phone.op()
    phone.push(hazard)
    record = str(hazard["record"])
    results = reviewer.push(reviewer.event(record, "rectify"), reviewer.event(record, "accept"))
    assert results[1]["why"] == {"code": "acceptor_is_rectifier", "details": {"step": "accept"}}
    assert reviewer.push(reviewer.event(record, "close"))[0]["why"]["code"] == "acceptor_is_rectifier"


def test_a_demoted_reviewers_replay_is_still_a_duplicate(server: Server, phone: TestPhone) -> None:
    person = server.person("审核", Role.REVIEWER)
    reviewer = server.phone(person=person.id)
    event = reviewer.event(new_id(), "register")
    reviewer.push(event)

    server.grant(person.id, Role.INSPECTOR)
    assert statuses(reviewer.push(event)) == ["duplicate"]


def test_a_clock_that_runs_ahead_is_clamped_to_five_minutes(phone: TestPhone) -> None:
    day_ahead = clock.stamp(int(time.time() * 1000) + 86_400_000)
    [result] = phone.push(phone.op(hlc=day_ahead))
    ahead = clock.parts(str(result["hlc"]))[0] - time.time() * 1000
    assert 290_000 < ahead <= 300_000
    [pulled] = phone.pull()["ops"]
    assert (pulled["hlc"], pulled["hlc_eff"]) == (day_ahead, result["hlc"])


def test_another_epoch_is_refused_with_ours(phone: TestPhone) -> None:
    answer = phone.post(phone.op(), epoch="0" * 16)
    assert answer.status_code == 409
    assert answer.json() == {"code": "epoch_changed", "details": {"epoch": phone.epoch}}
    assert phone.pull()["next"] == 0


def test_another_campaign_than_the_tokens_is_refused(phone: TestPhone) -> None:
    for method, what in (("POST", "push"), ("GET", "pull")):
        answer = phone.client.request(method, f"/api/v1/campaigns/dg-1999/{what}", headers=phone.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "campaign_foreign")


def test_more_than_500_operations_are_refused(phone: TestPhone) -> None:
    answer = phone.post(*(phone.op() for _ in range(501)))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_an_operation_that_is_too_large_is_quarantined_without_its_content(
    server: Server, phone: TestPhone
) -> None:
    large, good = phone.op({"remark": "x" * 70_000}), phone.op()
    for known in (("quarantined", "stored"), ("quarantined", "duplicate")):
        results = phone.push(large, good)
        assert tuple(result["status"] for result in results) == known
        assert results[0]["why"]["code"] == "operation_too_large"
    with reading(server.engine) as session:
        assert [row.raw for row in session.exec(select(QuarantineRow))] == [""]


def test_a_message_of_very_many_values_is_refused_unread(phone: TestPhone) -> None:
    op = phone.op({"remark": [[]] * 700_000})
    answer = phone.post(op)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_what_a_phone_may_leave_in_quarantine_is_bounded(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MOST_OPERATIONS", 3)
    bad = [phone.op({"nonsense": 1}) for _ in range(5)]
    good = phone.op()
    results = phone.push(*bad, good)
    assert [result["n"] for result in results] == [1, 2, 3, 6]
    assert results[-1]["status"] == "stored"
    refused = phone.post(*bad[3:])
    assert (refused.status_code, refused.json()["code"]) == (429, "quarantine_full")
    assert refused.headers["retry-after"] == "600"
    assert [result["status"] for result in phone.push(*bad[:3])] == ["quarantined"] * 3
    copy, _ = succeeded(phone)
    refused = copy.post(copy.op({"nonsense": 1}))
    assert refused.json()["code"] == "quarantine_full", "all phones of a person share their part"
    other = server.phone()
    assert other.push(other.op({"nonsense": 1}))[0]["status"] == "quarantined"
    monkeypatch.setattr(ingest, "MOST_OPERATIONS", 100)
    monkeypatch.setattr(ingest, "MOST_CHARACTERS", 2_500)
    long = [other.op({"nonsense": "x" * 1000}) for _ in range(3)]
    assert len(other.push(*long, other.op())) == 2
