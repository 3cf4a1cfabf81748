"""Follow-up plans of home visits, where the school asks that they are approved: by another, with a reason."""

import hashlib
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, select, update
from sqlmodel import Session

from shared.home_visits.model import HomeVisit
from shared.permissions import Grant, School
from shared.vocabulary import Role
from sync_server.access import grants, policy, schools
from sync_server.database.tables import AuditRow, HomeVisitRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.vault import plans, sealing, visits
from sync_server.vault.key_file import Keys
from tests.support.home_visits import (
    CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    TeacherPhone,
    browser,
    school_person,
    sealed,
    teacher,
    visit,
)
from tests.support.server import Server

READ = {"reason": "核对记录"}
PLAN = "下周再去一次"


@pytest.fixture
def office(server: Server) -> TestClient:
    """The browser of the administrator of a school that asks for approval."""
    in_transaction(server.engine, lambda s: schools.named(s, SCHOOL, None))
    web = browser(server, school_person(server, "校管", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL)))
    assert web.post("/home-visits/plans", data={"school": SCHOOL, "on": "1"}).status_code == 303
    return web


def planned(phone: TeacherPhone, **fields: Any) -> str:
    """A home visit that came in with a plan; its record."""
    of = visit(**{"follow_up": PLAN, **fields})
    assert phone.statuses(phone.seal(of)) == ["stored"]
    return str(of["record"])


def actions(server: Server) -> list[tuple[str, str, dict[str, Any]]]:
    with reading(server.engine) as session:
        rows = session.execute(select(AuditRow)).scalars()
        return [(row.action, row.subject, row.details) for row in rows if "plan" in row.action]


def test_a_plan_waits_and_is_approved_by_the_schools_administrator(
    server: Server, office: TestClient
) -> None:
    phone = teacher(server)
    record = planned(phone)
    planned(phone, follow_up=None)
    own = browser(server, phone.person)
    assert own.get("/home-visits").text.count("等学校审批") == 1
    listed = office.get("/home-visits").text
    assert "等审批 1 份，已批准 0 份，退回 0 份" in listed
    assert "有 1 份等您审批" in listed
    opened = office.post(f"/home-visits/{record}", data=READ).text
    assert PLAN in opened
    assert f"/home-visits/{record}/plan" in opened
    assert f"/home-visits/{record}/plan" not in own.post(f"/home-visits/{record}", data=READ).text
    assert office.post(f"/home-visits/{record}/plan", data={"approved": "1"}).status_code == 303
    assert "等审批 0 份，已批准 1 份，退回 0 份" in office.get("/home-visits").text
    assert "校管 已批准" in own.get(f"/home-visits/{record}").text
    assert office.post(f"/home-visits/{record}/plan", data={"approved": "1"}).status_code == 409
    assert actions(server) == [
        ("plan_approval_set", SCHOOL, {"on": True}),
        ("home_visit_plan_approved", record, {"school": SCHOOL}),
    ]


def test_a_plan_is_returned_with_a_reason_and_may_be_approved_after_all(
    server: Server, office: TestClient
) -> None:
    phone = teacher(server)
    record = planned(phone)
    address = f"/home-visits/{record}/plan"
    assert office.post(address, data={"approved": "0"}).status_code == 422
    assert office.post(address, data={"reason": "请写明时间"}).status_code == 303
    assert "校管 退回：请写明时间" in browser(server, phone.person).get("/home-visits").text
    assert actions(server)[-1][2] == {"school": SCHOOL, "reason": "请写明时间"}
    assert office.post(address, data={"approved": "1"}).status_code == 303
    assert "校管 已批准" in office.get("/home-visits").text


def test_nobody_approves_their_own(server: Server, office: TestClient) -> None:
    phone = teacher(server, "兼任", School(SCHOOL))
    both = Grant(Role.SCHOOL_ADMINISTRATOR, School(SCHOOL))
    in_transaction(server.engine, lambda s: grants.give(s, phone.person.id, both))
    record = planned(phone)
    web = browser(server, phone.person)
    assert "等您审批" not in web.get("/home-visits").text
    assert web.post(f"/home-visits/{record}/plan", data={"approved": "1"}).status_code == 403
    assert "有 1 份等您审批" in office.get("/home-visits").text


def test_nobody_else_decides_or_sets_it(server: Server, office: TestClient) -> None:
    phone = teacher(server)
    record = planned(phone)
    elsewhere = School(OTHER_SCHOOL)
    asked = [
        (phone.person, 403),
        (school_person(server, "别校管", Role.SCHOOL_ADMINISTRATOR, elsewhere), 404),
        (server.person("督导", Role.SUPERVISOR), 403),
    ]
    for person, status in asked:
        web = browser(server, person)
        assert web.post(f"/home-visits/{record}/plan", data={"approved": "1"}).status_code == status
        off = {"school": SCHOOL, "on": "0"}
        assert web.post("/home-visits/plans", data=off).status_code == status
    of_class = School(SCHOOL, frozenset({CLASS}))
    web = browser(server, school_person(server, "年级", Role.SCHOOL_ADMINISTRATOR, of_class))
    assert web.post("/home-visits/plans", data={"school": SCHOOL, "on": "0"}).status_code == 404
    assert web.post(f"/home-visits/{record}/plan", data={"approved": "1"}).status_code == 303


def test_a_school_that_does_not_ask_sees_nothing_of_it(server: Server, office: TestClient) -> None:
    phone, warning = teacher(server), "正在等审批的也不再审批"
    assert warning in office.get("/home-visits").text
    office.post("/home-visits/plans", data={"school": SCHOOL, "on": "0"})
    assert warning not in office.get("/home-visits").text
    record = planned(phone)
    assert "等学校审批" not in office.get("/home-visits").text
    assert office.post(f"/home-visits/{record}/plan", data={"approved": "1"}).status_code == 409
    office.post("/home-visits/plans", data={"school": SCHOOL, "on": "1"})
    assert "等学校审批" not in office.get("/home-visits").text, "what came before is not asked for"


def test_plans_are_counted_without_their_notes_too(server: Server, office: TestClient) -> None:
    planned(teacher(server))

    def forget(session: Session) -> None:
        session.execute(update(HomeVisitRow).values(counted=None))

    in_transaction(server.engine, forget)
    assert "等审批 1 份" in office.get("/home-visits").text
    server.settings.keys.rename(server.settings.keys.with_name("away"))
    assert office.get("/home-visits").status_code == 200


def test_nobody_approves_what_their_own_phone_brought_as_that_of_another(
    server: Server, office: TestClient
) -> None:
    colleague, phone = teacher(server), teacher(server, "兼任", School(SCHOOL))
    both = Grant(Role.SCHOOL_ADMINISTRATOR, School(SCHOOL))
    in_transaction(server.engine, lambda s: grants.give(s, phone.person.id, both))
    of = visit(follow_up=PLAN)
    sealed = phone.seal(of, device=colleague.phone.device)
    assert phone.statuses(sealed) == ["device_mismatch"]
    web = browser(server, phone.person)
    envelope = hashlib.sha256(sealed.encode()).hexdigest()
    assert web.post(f"/home-visits/refused/{envelope}/accept").status_code == 303
    address = f"/home-visits/{of['record']}/plan"
    assert web.post(address, data={"approved": "1"}).status_code == 403
    assert office.post(address, data={"approved": "1"}).status_code == 303


def test_lists_leave_the_envelopes_where_they_are(
    server: Server, office: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone can bring thousands of 64 KiB that do not open: no page may hold or open them all each time."""
    phone = teacher(server)
    record, other = planned(phone), planned(phone, follow_up=None)
    phone.send(*(sealed(phone.keys[0]["jwk"], phone.header(visit()), "x") for _ in range(3)))
    opened, really = list[str](), sealing.opened

    def noted(envelope: str, keys: Keys) -> HomeVisit:
        opened.append(envelope)
        return really(envelope, keys)

    monkeypatch.setattr(sealing, "opened", noted)
    path = server.settings.keys
    with reading(server.engine) as session:
        access = policy.of_person(session, phone.person.id)
        assert plans.of_own_schools(session, access, server.campaign, path).counts == {"waiting": 1}
        assert opened == []
    with reading(server.engine) as session:
        same = {row.id: row for row in visits.of_same_pupil(session, access, server.campaign, record, path)}
    head = school_person(server, "主任", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL))
    with reading(server.engine) as session:
        boss = policy.of_person(session, head.id)
        [waits] = plans.of_own_schools(session, boss, server.campaign, path).to_decide
    assert all("sealed" in inspect(row).unloaded for row in (same[other], waits))
