"""What a phone has not sent comes in as a file, as if the phone sent it: same checks, and nothing twice."""

import hashlib
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from shared.permissions import School
from shared.vocabulary import Role
from sync_server.access import devices, grants, people
from sync_server.access.bursts import Bursts
from sync_server.database.tables import (
    AuditRow,
    HomeVisitRow,
    OperationRow,
    PersonRow,
    PhotoFileRow,
    QuarantineRow,
)
from sync_server.database.transactions import in_transaction, reading
from sync_server.pages.devices import unsent_page
from sync_server.unsent.intake import Intake
from tests.support.drawn import photo as drawn
from tests.support.home_visits import CLASS, SCHOOL, teacher
from tests.support.server import Server, TestPhone
from tests.support.unsent import as_file, contents, lines_of, office_key, unsent_file
from tests.sync_server.access.test_token_renewal import asks, new_token

TRUSTED = {"trusted": "1", "reason": "本人当面交来", "whose": "测试手机"}


def imported(office: TestClient, file: bytes, **said: str) -> httpx2.Response:
    """The answer to a file that is imported."""
    return office.post("/devices/import", files={"file": ("a.anlan", file)}, data=said)


def all_of(server: Server, table: Any) -> list[Any]:
    with reading(server.engine) as session:
        return list(session.exec(select(table)).all())


def refused_for(server: Server) -> list[str]:
    """Why what is in quarantine is there."""
    return sorted(row.code for row in all_of(server, QuarantineRow))


def hazard_with_photo(phone: TestPhone, seed: int = 1) -> tuple[list[dict[str, Any]], bytes]:
    data = drawn(320, 240, seed=seed)
    hazard = phone.op()
    sha256 = hashlib.sha256(data).hexdigest()
    return [hazard, phone.photo(hazard["record"], "before", sha256, bytes=len(data))], data


def test_what_was_not_sent_comes_onto_the_log_with_its_photos(server: Server, phone: TestPhone) -> None:
    office = server.browser(name="张管理")
    ops, data = hazard_with_photo(phone)
    answer = imported(office, unsent_file(phone, ops, [data]))
    assert answer.status_code == 200
    assert "新收下 2" in answer.text
    assert "新收下 1" in answer.text
    assert f"/devices/{phone.device}" in answer.text
    logged = [(op["device"], op["n"], op["author"]) for op in phone.pull()["ops"]]
    assert logged == [(phone.device, op["n"], phone.person) for op in ops]
    assert server.state.photos.store.exists(hashlib.sha256(data).hexdigest())
    assert [row.bytes for row in all_of(server, PhotoFileRow)] == [len(data)]
    assert not all_of(server, QuarantineRow)


def test_the_same_file_twice_adds_nothing_nor_does_the_phone_that_sends_it_later(
    server: Server, phone: TestPhone
) -> None:
    office = server.browser()
    ops, data = hazard_with_photo(phone)
    file = unsent_file(phone, ops, [data])
    imported(office, file)
    answer = imported(office, file)
    assert "以前已收下 2" in answer.text
    assert "以前已收下 1" in answer.text
    assert "新收下" not in answer.text
    assert [result["status"] for result in phone.push(*ops)] == ["duplicate"] * 2
    assert len(phone.pull()["ops"]) == 2


def test_a_file_after_the_phone_sent_it_adds_nothing(server: Server, phone: TestPhone) -> None:
    ops, data = hazard_with_photo(phone)
    phone.push(*ops)
    answer = imported(server.browser(), unsent_file(phone, ops, [data]))
    assert "以前已收下 2" in answer.text
    assert len(phone.pull()["ops"]) == 2


def test_the_checks_are_those_of_a_push(server: Server, phone: TestPhone) -> None:
    office, other = server.browser(), server.phone("二号")
    hazard = phone.op()
    wrong = [
        phone.event(hazard["record"], "register"),
        phone.event(hazard["record"], "submit"),
        phone.op({"water_name": 7}),
        phone.op(author=other.person),
        other.op(),
    ]
    answer = imported(office, unsent_file(phone, [hazard, *wrong]))
    assert "新收下 1" in answer.text
    assert "待核查 5" in answer.text
    assert 'href="/quarantine"' in answer.text
    reasons = ["role_forbidden", "rectification_missing", "invalid", "author_foreign", "device_foreign"]
    assert refused_for(server) == sorted(reasons)


def test_it_is_on_record_who_brought_it(server: Server, phone: TestPhone) -> None:
    person = server.person("张管理", Role.ADMINISTRATOR)
    ops, data = hazard_with_photo(phone)
    imported(server.signed_in(person), unsent_file(phone, ops, [data]))
    [noted] = [row for row in all_of(server, AuditRow) if row.action == "unsent_imported"]
    assert (noted.person, noted.device, noted.subject) == (person.id, phone.device, phone.device)
    assert (noted.details["rows"], noted.details["photos"]) == (2, 1)
    assert "reason" not in noted.details


def ended(server: Server, phone: TestPhone, how: str) -> None:
    """End the access of the phone, or of its person, or replace its token."""
    if how == "revoked":
        in_transaction(server.engine, lambda s: devices.revoke(s, phone.campaign, phone.device, ""))
    elif how == "person":
        in_transaction(server.engine, lambda s: people.deactivate(s, phone.person, None))
    else:
        assert asks(phone, new_token(server, phone)) == 200


@pytest.mark.parametrize("how", ["revoked", "person", "replaced"])
def test_what_comes_for_a_phone_without_access_waits_for_a_person(
    server: Server, phone: TestPhone, how: str
) -> None:
    office = server.browser()
    ops, data = hazard_with_photo(phone)
    file = unsent_file(phone, ops, [data])
    ended(server, phone, how)
    answer = imported(office, file)
    assert "待核查 2" in answer.text
    assert not all_of(server, OperationRow)
    assert set(refused_for(server)) == {"access_ended"}
    assert "待核查 2" in imported(office, file).text, "once more changes nothing"
    assert len(refused_for(server)) == 2


def test_somebody_who_settles_quarantine_may_accept_it_at_once_for_a_reason(
    server: Server, phone: TestPhone
) -> None:
    office = server.browser()
    ops, data = hazard_with_photo(phone)
    file = unsent_file(phone, ops, [data])
    ended(server, phone, "revoked")
    assert imported(office, file, trusted="1").status_code == 422
    assert imported(office, file, trusted="1", reason="本人当面交来").status_code == 422
    assert not all_of(server, QuarantineRow)
    assert "新收下 2" in imported(office, file, **TRUSTED).text
    assert len(all_of(server, OperationRow)) == 2
    noted = [row.details for row in all_of(server, AuditRow) if row.action == "unsent_imported"]
    assert [details["reason"] for details in noted] == [TRUSTED["reason"]]


def test_a_file_of_somebody_elses_phone_is_not_accepted_for_whoever_is_named(
    server: Server, phone: TestPhone
) -> None:
    """A thief hands in the file of a stolen phone as that of a colleague."""
    office, other = server.browser(), server.phone("二号")
    ops, data = hazard_with_photo(phone)
    file = unsent_file(phone, ops, [data])
    ended(server, phone, "revoked")
    answer = imported(office, file, **{**TRUSTED, "whose": person_of(server, other)})
    assert answer.status_code == 409
    assert person_of(server, phone) in answer.text
    for table in (OperationRow, QuarantineRow, PhotoFileRow):
        assert not all_of(server, table)
    assert not [row for row in all_of(server, AuditRow) if row.action == "unsent_imported"]


def person_of(server: Server, phone: TestPhone) -> str:
    with reading(server.engine) as session:
        return session.get_one(PersonRow, phone.person).name


def test_a_reason_does_not_give_back_what_was_taken_from_the_person(server: Server, phone: TestPhone) -> None:
    office = server.browser()
    ops, data = hazard_with_photo(phone)
    file = unsent_file(phone, ops, [data])
    in_transaction(server.engine, lambda session: _without_grants(session, phone.person))
    imported(office, file, **TRUSTED)
    assert not all_of(server, OperationRow)
    assert set(refused_for(server)) == {"role_forbidden"}


def _without_grants(session: Session, person: str) -> None:
    for given in grants.live(session, person):
        grants.withdraw(session, given.id, None)


def test_a_token_that_no_phone_had_brings_nothing(server: Server, phone: TestPhone) -> None:
    ops, _ = hazard_with_photo(phone)
    said = contents(phone, ops, token="a made up token of a stranger")
    answer = imported(server.browser(), as_file(lines_of(office_key(phone), said)))
    assert answer.status_code == 409
    assert "不认识" in answer.text
    assert not all_of(server, OperationRow)
    assert not all_of(server, QuarantineRow)


def test_a_number_that_was_used_for_something_else_is_refused_and_the_others_are_not(
    server: Server, phone: TestPhone
) -> None:
    first = phone.op()
    phone.push(first)
    rewritten, fresh = {**first, "fields": {"water_name": "别的塘"}}, phone.op()
    answer = imported(server.browser(), unsent_file(phone, [rewritten, fresh]))
    assert "新收下 1" in answer.text
    assert "没有收下 1" in answer.text
    assert len(phone.pull()["ops"]) == 2


def test_a_photo_that_is_not_what_it_says_is_refused_and_the_records_come_in(
    server: Server, phone: TestPhone
) -> None:
    ops, data = hazard_with_photo(phone)
    said = contents(phone, ops, [data])
    file = as_file(lines_of(office_key(phone), said, [b"no picture at all"]))
    answer = imported(server.browser(), file)
    assert "新收下 2" in answer.text
    assert "没有收下 1" in answer.text
    assert not server.state.photos.store.exists(hashlib.sha256(data).hexdigest())


def test_what_exceeds_the_persons_allowance_is_left_and_comes_in_later(
    server: Server, phone: TestPhone
) -> None:
    office = server.browser()
    ops = [phone.op() for _ in range(3)]
    file = unsent_file(phone, ops)
    intake: Intake = server.state.unsent_intake
    server.state.unsent_intake = replace(intake, bursts=Bursts(0.002))
    answer = imported(office, file)
    assert "新收下 2" in answer.text
    assert "还没处理 1" in answer.text
    assert "再导入一次" in answer.text
    server.state.unsent_intake = intake
    assert "以前已收下 2" in imported(office, file).text
    assert len(phone.pull()["ops"]) == 3


def test_a_file_larger_than_any_form_comes_in(server: Server, phone: TestPhone) -> None:
    ops = [phone.op({"water_name": "塘", "description": "塘" * 3000}) for _ in range(120)]
    file = unsent_file(phone, ops)
    assert len(file) > 2**20
    assert "新收下 120" in imported(server.browser(), file).text
    assert imported(TestClient(server.client.app, follow_redirects=False), file).status_code in (401, 413)
    assert imported(server.browser(Role.REVIEWER, "王审核"), file).status_code == 403


def test_several_files_are_told_apart(server: Server, phone: TestPhone) -> None:
    good, bad = unsent_file(phone, [phone.op()]), unsent_file(phone, [phone.op()])[:-9]
    files = [("file", (name, data)) for name, data in (("bad.anlan", bad), ("good.anlan", good))]
    answer = server.browser().post("/devices/import", files=files)
    assert answer.status_code == 422
    assert answer.text.index("bad.anlan") < answer.text.index("不完整") < answer.text.index("good.anlan")
    assert "新收下 1" in answer.text
    assert len(phone.pull()["ops"]) == 1


def test_a_file_that_is_too_large_is_not_read(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, file = server.browser(), unsent_file(phone, [phone.op()])
    monkeypatch.setattr("sync_server.unsent.reading.MAX_FILE", len(file) - 1)
    assert imported(office, file).status_code == 413
    assert not all_of(server, OperationRow)
    declared = {
        "Content-Length": str(unsent_page.MOST_BYTES + 1),
        "Content-Type": "multipart/form-data; boundary=x",
    }
    assert office.post("/devices/import", headers=declared, content=b"--x").status_code == 413


def test_home_visits_are_kept_as_when_the_phone_sends_them(server: Server) -> None:
    by = teacher(server, "陈老师", School(SCHOOL, frozenset({CLASS})))
    by.ask_keys()
    said = contents(by.phone, envelopes=[by.seal(), by.seal()])
    file = as_file(lines_of(office_key(by.phone), said))
    assert "新收下 2" in imported(server.browser(), file).text
    assert "以前已收下 2" in imported(server.browser(name="李管理"), file).text
    assert len(all_of(server, HomeVisitRow)) == 2


def test_home_visits_of_a_phone_without_access_wait_too(server: Server) -> None:
    by = teacher(server, "陈老师", School(SCHOOL, frozenset({CLASS})))
    by.ask_keys()
    file = as_file(lines_of(office_key(by.phone), contents(by.phone, envelopes=[by.seal()])))
    ended(server, by.phone, "revoked")
    assert "待核查 1" in imported(server.browser(), file).text
    assert not all_of(server, HomeVisitRow)
