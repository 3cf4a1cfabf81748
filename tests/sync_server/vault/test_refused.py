"""Refused envelopes: the school's administrator makes home visits of those that belong to the school."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from shared.permissions import School
from shared.vocabulary import Role
from sync_server.database.tables import HomeVisitRow, SealedQuarantineRow
from sync_server.database.transactions import reading
from tests.support.home_visits import OTHER_SCHOOL, SCHOOL, browser, grant, school_person, teacher, visit
from tests.support.server import Server


def refused(server: Server) -> list[SealedQuarantineRow]:
    with reading(server.engine) as session:
        found = list(session.execute(select(SealedQuarantineRow)).scalars())
        session.expunge_all()
    return found


@pytest.fixture
def office(server: Server) -> TestClient:
    return browser(server, school_person(server, "校管", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL)))


def test_what_a_phone_that_was_handed_on_brought_becomes_the_visit_of_its_teacher(
    server: Server, office: TestClient
) -> None:
    phone, of = teacher(server), visit()
    left = phone.seal(of)
    heir = teacher(server, "李老师", School(OTHER_SCHOOL))
    assert heir.statuses(left) == ["device_mismatch"]
    [row] = refused(server)
    page = office.get("/home-visits").text
    assert "李老师" in page
    assert f"/home-visits/refused/{row.sha256}/accept" in page
    answer = office.post(f"/home-visits/refused/{row.sha256}/accept")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/home-visits/{of['record']}")
    with reading(server.engine) as session:
        kept = session.get_one(HomeVisitRow, (server.campaign, of["record"]))
        assert (kept.person, kept.sealed) == (phone.person.id, left)
    assert (
        browser(server, phone.person).post(f"/home-visits/{of['record']}", data={"reason": "x"}).status_code
        == 200
    )
    assert browser(server, heir.person).get(f"/home-visits/{of['record']}").status_code == 404
    assert "李老师" not in office.get("/home-visits").text.split("<tbody>")[0]
    assert heir.statuses(left) == ["duplicate"]
    assert phone.statuses(left) == ["duplicate"]
    assert office.post(f"/home-visits/refused/{row.sha256}/accept").status_code == 409


def test_what_was_never_granted_is_accepted_or_discarded(server: Server, office: TestClient) -> None:
    phone = teacher(server, "陈老师", School(OTHER_SCHOOL))
    phone.send(phone.seal(visit()), phone.seal(visit()))
    first, second = refused(server)
    assert {first.code, second.code} == {"out_of_scope"}
    assert office.post(f"/home-visits/refused/{first.sha256}/accept").status_code == 303
    address = f"/home-visits/refused/{second.sha256}/discard"
    assert office.post(address).status_code == 422
    assert office.post(address, data={"reason": "不是本校学生"}).status_code == 303
    assert {row.settled for row in refused(server)} == {"accepted", "discarded"}
    assert office.post(address, data={"reason": "x"}).status_code == 409
    assert "/home-visits/refused/" not in office.get("/home-visits").text


def test_what_cannot_be_a_visit_is_not_accepted(server: Server, office: TestClient) -> None:
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of))
    phone.send(phone.seal(of), phone.seal(n=1), phone.seal(kid="lost"), phone.seal(campaign="elsewhere"))
    assert len(refused(server)) == 4
    page = office.get("/home-visits").text
    for row in refused(server):
        assert f"/home-visits/refused/{row.sha256}/discard" in page
        assert f"/home-visits/refused/{row.sha256}/accept" not in page
        answer = office.post(f"/home-visits/refused/{row.sha256}/accept")
        assert answer.status_code in (403, 409)
    assert {row.settled for row in refused(server)} == {None}


def test_nobody_else_settles_them(server: Server) -> None:
    phone = teacher(server, "陈老师", School(OTHER_SCHOOL))
    phone.send(phone.seal(visit()))
    [row] = refused(server)
    others = [
        phone.person,
        school_person(server, "别校管", Role.SCHOOL_ADMINISTRATOR, School(OTHER_SCHOOL)),
        server.person("管理", Role.ADMINISTRATOR),
    ]
    grant(server, phone.person, Role.TEACHER, School(SCHOOL))
    for person in others:
        web = browser(server, person)
        assert row.sha256 not in web.get("/home-visits").text
        assert web.post(f"/home-visits/refused/{row.sha256}/accept").status_code == 404
        assert web.post(f"/home-visits/refused/{row.sha256}/discard", data={"reason": "x"}).status_code == 404
    assert refused(server)[0].settled is None


def test_what_two_phones_brought_is_settled_for_both(server: Server, office: TestClient) -> None:
    left = teacher(server).seal()
    for name in ("李老师", "周老师"):
        assert teacher(server, name, School(OTHER_SCHOOL)).statuses(left) == ["device_mismatch"]
    address = f"/home-visits/refused/{refused(server)[0].sha256}/discard"
    for _ in range(2):
        assert office.post(address, data={"reason": "重复"}).status_code == 303
    assert [row.settled for row in refused(server)] == ["discarded", "discarded"]
    assert office.post(address, data={"reason": "重复"}).status_code == 409
