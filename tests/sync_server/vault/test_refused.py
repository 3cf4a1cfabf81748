"""Refused envelopes: the school's administrator makes home visits of those that belong to the school."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from shared.permissions import School
from shared.vocabulary import Role
from sync_server.database.tables import HomeVisitRow, SealedQuarantineRow
from sync_server.database.transactions import reading
from tests.support.home_visits import OTHER_SCHOOL, SCHOOL, browser, grant, school_person, teacher, visit
from tests.support.server import Server

LIST = "/home-visits/refused"


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
    page = office.get(LIST).text
    assert "李老师" in page
    assert f"/home-visits/refused/{row.sha256}/accept" in page
    answer = office.post(f"/home-visits/refused/{row.sha256}/accept")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/home-visits/{of['record']}")
    assert "已收下" in office.get(answer.headers["location"]).text
    assert "已收下" not in office.get(answer.headers["location"]).text, "said once"
    with reading(server.engine) as session:
        kept = session.get_one(HomeVisitRow, (server.campaign, of["record"]))
        assert (kept.person, kept.sealed) == (phone.person.id, left)
    assert (
        browser(server, phone.person).post(f"/home-visits/{of['record']}", data={"reason": "x"}).status_code
        == 200
    )
    assert browser(server, heir.person).get(f"/home-visits/{of['record']}").status_code == 404
    assert "李老师" not in office.get(LIST).text
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
    assert "/home-visits/refused/" not in office.get(LIST).text


def test_what_cannot_be_a_visit_is_not_accepted(server: Server, office: TestClient) -> None:
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of))
    phone.send(phone.seal(of), phone.seal(n=1), phone.seal(kid="lost"), phone.seal(campaign="elsewhere"))
    assert len(refused(server)) == 4
    page = office.get(LIST).text
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
        assert row.sha256 not in web.get(LIST).text
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


def test_what_another_phone_brought_takes_no_number_of_the_phone_it_names(
    server: Server, office: TestClient
) -> None:
    phone = teacher(server)
    forger = teacher(server, "李老师", School(OTHER_SCHOOL))
    forged, true = visit(content="伪造"), visit(content="真的")
    envelope = forger.seal(forged, device=phone.phone.device, n=1)
    assert forger.statuses(envelope) == ["device_mismatch"]
    [row] = refused(server)
    assert office.post(f"/home-visits/refused/{row.sha256}/accept").status_code == 303
    own = phone.seal(true, n=1)
    assert phone.statuses(own) == ["stored"]
    assert phone.statuses(own) == ["duplicate"]
    assert phone.statuses(phone.seal(visit(), n=1)) == ["envelope_rewritten"]
    assert forger.statuses(envelope) == ["duplicate"]
    with reading(server.engine) as session:
        kept = {one.id: one.proven for one in session.execute(select(HomeVisitRow)).scalars()}
    assert kept == {forged["record"]: False, true["record"]: True}


def test_the_number_is_taken_once_the_phone_itself_brought_a_visit(
    server: Server, office: TestClient
) -> None:
    phone = teacher(server)
    phone.send(phone.seal(visit(), n=1))
    forger = teacher(server, "李老师", School(OTHER_SCHOOL))
    forger.send(forger.seal(visit(), device=phone.phone.device, n=1))
    [row] = refused(server)
    assert row.sent_with == forger.phone.device
    assert office.post(f"/home-visits/refused/{row.sha256}/accept").status_code == 303


def test_the_list_goes_on_page_by_page(server: Server, office: TestClient) -> None:
    phone = teacher(server, "陈老师", School(OTHER_SCHOOL))
    for _ in range(3):
        phone.send(*(phone.seal(visit()) for _ in range(40)))
    assert "有 120 份" in office.get("/home-visits").text
    address, seen = LIST, []
    while address:
        text = office.get(address).text
        seen += re.findall("/refused/([0-9a-f]{64})/accept", text)
        address = text.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in text else ""
    assert len(seen) == len(set(seen)) == 120
    assert office.get(LIST, params={"before": "x"}).status_code == 422


def test_what_cannot_be_read_at_all_is_shown_to_the_administrator(server: Server, office: TestClient) -> None:
    phone = teacher(server)
    phone.send("not an envelope", "密封<script>")
    web = browser(server, server.person("管理员", Role.ADMINISTRATOR))
    assert "有 2 份" in web.get("/home-visits").text
    page = web.get(LIST).text
    assert "陈老师 的手机“测试手机”" in page
    assert "15 个字符" in page
    assert "<script>" not in page
    assert "密封<" not in page
    rows = refused(server)
    for row in rows:
        address = f"/home-visits/refused/{row.sha256}"
        assert row.sha256 not in office.get(LIST).text
        assert office.post(f"{address}/discard", data={"reason": "x"}).status_code == 404
        assert web.post(f"{address}/accept").status_code == 422
        assert web.post(f"{address}/discard", data={"reason": "老版本"}).status_code == 303
    assert {row.settled for row in refused(server)} == {"discarded"}
    assert "/discard" not in web.get(LIST).text
