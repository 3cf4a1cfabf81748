"""What the audit log says of refusals and of sign-ins that failed: each, but never more than a few rows."""

import pytest
from sqlmodel import select

from shared.vocabulary import Role
from sync_server.access import refusals
from sync_server.access.refusals import Refusals, Refused
from sync_server.database.tables import AuditRow
from sync_server.database.transactions import reading
from sync_server.maintenance import audit_check
from tests.support.server import Server
from tests.sync_server.deployment import Deployment


def rows(office: Deployment, action: str) -> list[tuple[str | None, dict[str, object]]]:
    """The person and details of an action's rows, without the times."""
    office.app.state.refusals.wait()
    return [
        (row.person, {name: value for name, value in row.details.items() if name != "since"})
        for row in sorted(office.audit(action), key=lambda row: row.number)
    ]


def test_a_page_that_is_not_theirs_is_noted_with_the_person_and_the_route(office: Deployment) -> None:
    browser, person = office.browser(office.reviewer), office.reviewer.person.id
    assert browser.get("/people").status_code == 403
    assert browser.get("/exports/audit.csv").status_code == 403
    assert browser.post(f"/people/{person}/deactivate").status_code == 403
    assert [(who, said["route"]) for who, said in rows(office, "refused")] == [
        (person, "GET /people"),
        (person, "GET /exports/audit.csv"),
        (person, "POST /people/{person}/deactivate"),
    ]


def test_a_phone_is_noted_with_its_device(server: Server) -> None:
    office = server.client.app.state  # type: ignore[attr-defined]
    phone = server.phone()
    answer = server.client.get("/api/v1/home-visits/keys", headers=phone.headers)
    assert answer.status_code == 403
    office.refusals.wait()
    with reading(server.engine) as session:
        [row] = session.exec(select(AuditRow).where(AuditRow.action == "refused")).all()
    assert (row.person, row.device) == (phone.person, phone.device)


def test_repeated_refusals_are_few_rows_that_say_how_often(office: Deployment) -> None:
    browser = office.browser(office.reviewer)
    for _ in range(12):
        browser.get("/people")
    assert [said.get("times", 1) for _, said in rows(office, "refused")] == [1, 10]
    office.app.state.refusals.close()
    closed = sorted(office.audit("refused"), key=lambda row: row.number)
    assert [row.details.get("times", 1) for row in closed] == [1, 10, 12]
    with reading(office.engine) as session:
        assert audit_check.check(session).faults == []


def test_the_sum_of_an_hour_is_noted_when_it_is_over(office: Deployment) -> None:
    now = 0.0
    counting = Refusals(office.engine, lambda: now)
    for _ in range(7):
        counting.count(Refused("refused", "a", None, "GET /x"))
    counting.count(Refused("refused", "b", None, "GET /x"))
    counting.wait()
    now = refusals.WINDOW_S
    counting.count(Refused("refused", "c", None, "GET /x"))
    counting.count(Refused("refused", "a", None, "GET /x"))
    counting.close()
    found = sorted(office.audit("refused"), key=lambda row: row.number)
    assert [(row.person, row.details.get("times", 1)) for row in found] == [
        ("a", 1),
        ("b", 1),
        ("a", 7),
        ("c", 1),
        ("a", 1),
    ]


def test_strangers_make_no_more_rows_than_one_thing(
    office: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = office.browser(None)
    for number in range(9):
        browser.get(f"/welcome/{number}")
    assert len(rows(office, "link_refused")) == 1
    counting = Refusals(office.engine)
    monkeypatch.setattr(refusals, "_MOST_KEYS", 5)
    for number in range(20):
        counting.count(Refused("refused", str(number)))
    counting.wait()
    assert len(counting._tallies) <= 6
    counting.close()


def test_a_sign_in_that_failed_names_the_account_but_never_what_was_typed(office: Deployment) -> None:
    person = office.hand("陈老师", Role.REVIEWER).person
    browser = office.browser(None)
    for name in ("陈老师", "我的密码是这个", " 陈老师 "):
        answer = browser.post("/sign-in", data={"name": name, "password": "not the right one"})
        assert answer.status_code == 401
    assert [who for who, _ in rows(office, "sign_in_failed")] == [person.id, None]
    assert all("我的密码" not in str(said) for _, said in rows(office, "sign_in_failed"))


def test_a_code_that_nobody_gave_is_noted(office: Deployment) -> None:
    said = {"code": "ABCDEFGHJK", "device_name": "小米", "platform": ""}
    assert office.browser(None).post("/api/v1/enrol", json=said).status_code == 403
    assert [who for who, _ in rows(office, "code_refused")] == [None]


def test_who_is_refused_while_nothing_can_be_noted_is_still_answered(
    office: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(refusals, "in_transaction", broken)
    assert office.browser(office.reviewer).get("/people").status_code == 403
    assert rows(office, "refused") == []
