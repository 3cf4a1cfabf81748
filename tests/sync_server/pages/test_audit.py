"""The audit log's page and exports: who may read them, what a filter finds, and that they say it plainly."""

import csv
import io
import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from shared.vocabulary import Role
from sync_server.access import audit, devices, people
from sync_server.access.policy import SYSTEM
from sync_server.database import audit_chain
from sync_server.database.audit_chain import Entry
from sync_server.database.transactions import in_transaction, reading
from sync_server.exports import workbook
from sync_server.maintenance import audit_check
from sync_server.queries import audit_log
from sync_server.queries.audit_log import AuditEnd, AuditFilter
from tests.sync_server.deployment import Deployment


def note(office: Deployment, action: str, **how: Any) -> None:
    in_transaction(office.engine, lambda session: audit.note(session, action, **how))


def note_at(office: Deployment, at: str, subject: str) -> None:
    entry = Entry(subject, at, office.reviewer.person.id, None, "target_set", subject, {})
    in_transaction(office.engine, lambda session: audit_chain.note(session, entry))


def found(office: Deployment, **asked: Any) -> list[str]:
    """The subjects of all rows that a filter finds, the latest first; every page of them is asked for."""
    auditor = office.browser(office.administrator)
    rows = list(csv.DictReader(io.StringIO(auditor.get("/exports/audit.csv", params=asked).text[1:])))
    address, seen = "/audit", []
    with reading(office.engine) as session:
        after: str | None = None
        while True:
            page, after = audit_log.page(session, SYSTEM, audit_log.parse(asked), after)
            seen += [row.subject for row in page]
            if after is None:
                break
    assert auditor.get(address, params=asked).status_code == 200
    assert len(rows) == len(seen)
    return seen


def test_auditors_and_administrators_read_it_and_nobody_else(office: Deployment) -> None:
    note(office, "target_set", subject="全部")
    for role in Role:
        if role in (Role.TEACHER, Role.SCHOOL_ADMINISTRATOR):
            continue
        browser = office.browser(office.hand(f"某{role.value}", role))
        may = role in (Role.ADMINISTRATOR, Role.AUDITOR)
        for path in ("/audit", "/exports/audit.csv", "/exports/audit.xlsx"):
            assert browser.get(path).status_code == (200 if may else 403), (role, path)
        assert ('href="/audit"' in browser.get("/ledger").text) is may


def test_a_row_says_in_words_who_did_what_to_whom(office: Deployment) -> None:
    someone, by = office.hand("陈老师", Role.INSPECTOR), office.administrator.person.id
    note(office, "grant_changed", person=by, subject=someone.person.id, role="reviewer", towns=["441900101"])
    browser = office.browser(office.administrator)
    page = browser.get("/audit", params={"action": "grant_changed"}).text
    for said in ("更改角色", "张管理", "陈老师", "角色：审核人", "镇街：石碣镇"):
        assert said in page, said
    assert someone.person.id not in page
    browser.cookies.set("anlan_language", "en")
    page = browser.get("/audit", params={"action": "grant_changed"}).text
    for said in ("Changed a role", "Role: ", "Towns: "):
        assert said in page, said


@pytest.mark.parametrize(
    ("details", "zh", "en"),
    [
        ({"scope": "school", "school": "虎门实验小学"}, "范围：学校", "Scope: School"),
        ({"scope": "city"}, "范围：全市", "Scope: Whole city"),
        ({"year": "2026-09-01"}, "年份：2026–2027", "Year: 2026–2027"),
        ({"year": 2026}, "年份：2026", "Year: 2026"),
    ],
)
def test_a_detail_is_said_in_words(office: Deployment, details: dict[str, Any], zh: str, en: str) -> None:
    note(office, "grant_given", subject="x", **details)
    browser = office.browser(office.administrator)
    asked = {"action": "grant_given", "subject": "x"}
    assert f">{zh}<" in browser.get("/audit", params=asked).text
    browser.cookies.set("anlan_language", "en")
    assert f">{en}<" in browser.get("/audit", params=asked).text


def test_filters_find_by_person_action_subject_device_and_day(office: Deployment) -> None:
    inspector, administrator = office.inspector, office.administrator.person
    note(office, "export", person=inspector.person.id, subject="a.csv")
    note(office, "person_renamed", person=administrator.id, subject=inspector.person.id)
    note(office, "device_revoked", person=administrator.id, device=inspector.device, subject="b")
    note(office, "target_set", subject="441900101", year=2026)
    note_at(office, "2026-05-31T15:59:59.999Z", "ends on 31 May in China")
    note_at(office, "2026-05-31T16:00:00.000Z", "begins on 1 June in China")
    assert found(office, person="李巡查") == ["a.csv"]
    assert found(office, person="谁也不是") == []
    assert found(office, action="device_revoked") == ["b"]
    assert found(office, subject="李巡查") == [inspector.person.id]
    assert found(office, subject="李巡查的手机") == ["b"]
    assert found(office, subject=inspector.device) == ["b"]
    assert found(office, subject="石碣镇") == ["441900101"]
    assert found(office, subject="a.csv", action="export") == ["a.csv"]
    assert found(office, subject="a.csv", action="sign_in") == []
    assert found(office, **{"from": "2026-05-31", "to": "2026-05-31"}) == ["ends on 31 May in China"]
    assert found(office, **{"from": "2026-06-01", "to": "2026-06-01"}) == ["begins on 1 June in China"]


def test_every_row_is_on_one_page(office: Deployment) -> None:
    def many(session: Session) -> None:
        for number in range(audit_log.PAGE * 2 + 7):
            audit.note(session, "target_set", subject=str(number), device=office.inspector.device)

    in_transaction(office.engine, many)  # many with the same time
    everything = [str(number) for number in reversed(range(audit_log.PAGE * 2 + 7))]
    assert found(office, action="target_set") == everything
    assert found(office, subject=office.inspector.device) == everything
    page = office.browser(office.administrator).get("/audit", params={"action": "target_set"}).text
    assert page.count('<td class="title">') == audit_log.PAGE
    assert '<p class="only-paper">已筛选：设置目标</p>' in page
    assert 'rel="next" href="/audit?action=target_set&amp;after=' in page


def test_what_is_no_filter_is_refused_with_a_sentence(office: Deployment) -> None:
    browser = office.browser(office.administrator)
    for asked in (
        {"from": "x"},
        {"person": "x" * 101},
        {"after": "x"},
        {"from": "2026-06-02", "to": "2026-06-01"},
    ):
        assert browser.get("/audit", params=asked).status_code == 422, asked
    for asked in ({"person": "'; --"}, {"action": "<script>"}, {"subject": "水\u2028"}, {"subject": "%"}):
        answer = browser.get("/audit", params=asked)
        assert answer.status_code == 200, asked
        assert "<script>" not in answer.text


def test_an_export_is_noted_and_carries_the_end_that_verify_knows(office: Deployment) -> None:
    note(office, "target_set", subject="一")
    auditor = office.browser(office.hand("外审", Role.AUDITOR))
    with reading(office.engine) as session:
        end = audit_log.end(session, SYSTEM)
        assert str(end) == audit_check.check(session).end
    assert f">{end}<" in auditor.get("/audit").text
    book = auditor.get("/exports/audit.xlsx", params={"action": "target_set"})
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        said = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    assert f"日志末条：{end}" in said
    assert "设置目标" in said
    assert "登录网页" not in said
    [row] = office.audit("export")
    assert (row.subject, row.details) == ("audit.xlsx", {"query": "action=target_set", "rows": 1})
    lines = list(csv.DictReader(io.StringIO(auditor.get("/exports/audit.csv").text[1:])))
    assert [line["做了什么"] for line in lines] == ["设置目标", "登录网页", "导出"]


def test_a_workbook_that_would_not_hold_all_rows_is_refused(
    office: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 1)
    for subject in ("a", "b"):
        note(office, "target_set", subject=subject)
    browser = office.browser(office.administrator)
    answer = browser.get("/exports/audit.xlsx", params={"action": "target_set"})
    assert answer.status_code == 413
    assert "导出 CSV" in answer.text
    assert office.audit("export") == []
    assert browser.get("/exports/audit.csv", params={"action": "target_set"}).status_code == 200


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "asked",
    [
        AuditFilter(),
        AuditFilter(person="李巡查"),
        AuditFilter(action="export"),
        AuditFilter(subject="李巡查"),
        AuditFilter(first=date(2026, 1, 1), last=date(2026, 6, 1)),
        AuditFilter(person="李巡查", first=date(2026, 1, 1)),
    ],
)
def test_a_page_follows_an_index_and_sorts_nothing(office: Deployment, asked: AuditFilter) -> None:
    said: list[tuple[str, Any]] = []
    engine = office.engine.get_execution_options()["backend"].reader
    event.listen(engine, "before_cursor_execute", lambda *words: said.append((words[2], words[3])))
    with reading(office.engine) as session:
        audit_log.page(session, SYSTEM, asked, "2026-05-01T00:00:00.000Z_5")
        statements = [one for one in said if "FROM audit \n" in one[0]]
        assert statements
        for statement, values in statements:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = " ".join(row.detail for row in plan)
            assert "USING INDEX audit_" in steps
            assert "TEMP B-TREE" not in steps


def test_names_are_of_people_and_devices_of_the_rows(office: Deployment) -> None:
    def work(session: Session) -> None:
        devices.revoke(session, office.campaign, office.inspector.device, office.administrator.person.id)
        people.deactivate(session, office.inspector.person.id, office.administrator.person.id)

    in_transaction(office.engine, work)
    page = office.browser(office.administrator).get("/audit").text
    assert "停用人员" in page
    assert "李巡查的手机" in page
    with reading(office.engine) as session:
        assert audit_log.count(session, SYSTEM, AuditFilter(subject="李巡查"), AuditEnd(99, "")) == 1
