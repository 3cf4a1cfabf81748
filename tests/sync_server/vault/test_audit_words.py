"""The audit log says of home visits which ones, where and whose, in words, and nothing about a child."""

import csv
import io
import re

from sqlmodel import Session

from shared.permissions import School
from shared.vocabulary import Role
from sync_server.access import schools
from sync_server.database.transactions import in_transaction
from tests.support.home_visits import CLASS, OTHER_SCHOOL, SCHOOL, browser, school_person, teacher, visit
from tests.support.server import Server

_ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}")
READ = {"reason": "核对记录"}


def test_everything_about_home_visits_is_in_words(server: Server) -> None:
    by = server.person("甲").id

    def name(session: Session) -> None:
        for code in (SCHOOL, OTHER_SCHOOL):
            schools.named(session, code, None)
        schools.change(session, SCHOOL, "虎门新校", None, by)

    in_transaction(server.engine, name)
    phone, of = teacher(server), visit()
    phone.send(phone.seal(of), phone.seal(visit(school=OTHER_SCHOOL)))
    head = school_person(server, "校管", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL), School(OTHER_SCHOOL))
    heir = school_person(server, "新老师", Role.TEACHER, School(OTHER_SCHOOL))
    web, record = browser(server, head), of["record"]
    web.post(f"/home-visits/{record}", data=READ)
    refused = re.findall("/refused/([0-9a-f]{64})/accept", web.get("/home-visits/refused").text)
    web.post(f"/home-visits/refused/{refused[0]}/discard", data=READ)
    web.post("/home-visits/exports", data={"school": SCHOOL, "year": "2026", **READ})
    offer = {"sure": "1", "visits": [record], "school": OTHER_SCHOOL, "class_name": "四(1)班"}
    offer |= {"consent_how": "written", "consent_on": "2026-11-04"}
    browser(server, phone.person).post(f"/home-visits/{record}/handover", data=offer)
    [at] = re.findall("/handovers/([0-9a-f-]{36})/accept", web.get("/home-visits/handovers").text)
    assert browser(server, heir).post(f"/home-visits/handovers/{at}/accept").status_code == 303
    auditor = browser(server, server.person("审计", Role.AUDITOR))
    page = auditor.get("/audit").text
    words = re.sub("<[^>]*>", "", page)
    assert _ID.findall(words) == []
    assert refused[0] not in words
    assert "张" not in words
    for said in (
        f"家访 · 2026-11-03 20:00 · 虎门新校 {CLASS} · 陈老师",
        f"待核查的家访 · 2026-11-03 20:00 · {OTHER_SCHOOL} {CLASS} · 陈老师",
        "虎门新校 2026–2027 · 校管",
        f"虎门新校 {CLASS} → {OTHER_SCHOOL} 四(1)班 · 陈老师",
        "接手的人：新老师",
        "监护人同意方式：书面",
    ):
        assert said in words, said
    link = f"/audit?subject={record}"
    assert link in page
    assert "打开家访记录" in auditor.get(link).text
    rows = csv.DictReader(io.StringIO(auditor.get("/exports/audit.csv", params={"subject": record}).text[1:]))
    assert all(str(record) in row["对象"] for row in rows)
