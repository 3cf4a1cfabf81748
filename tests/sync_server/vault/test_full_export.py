"""Full exports of home visits: a reason, a second person, a day, and who took it all over the file."""

import io
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import select, update

from shared.permissions import Grant, School, Towns
from shared.vocabulary import Role
from sync_server.access import grants
from sync_server.access.people import Person
from sync_server.database.tables import AuditRow, HomeVisitExportRow, SchoolRow
from sync_server.database.timestamps import today
from sync_server.database.transactions import in_transaction, reading
from tests.support.home_visits import (
    CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    browser,
    grant,
    school_person,
    teacher,
    visit,
)
from tests.support.server import Server

REASON = "上级检查 =1+1"
FORM = {"school": SCHOOL, "year": "2026", "reason": REASON}


@pytest.fixture
def head(server: Server) -> Person:
    """The school's administrator; two home visits came in, one of them of the school year before."""
    phone = teacher(server)
    day, before = "2026-11-03", "2026-03-03"
    some = (visit(visit_date=day, content="=HYPERLINK(1)"), visit(visit_date=before, student_name="去年的"))
    phone.send(*(phone.seal(of) for of in some))
    assert today() >= "2026-09-01"
    return school_person(server, "王校长", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL))


def asked(server: Server, web: TestClient) -> str:
    assert web.post("/home-visits/exports", data=FORM).status_code == 303
    with reading(server.engine) as session:
        [row] = session.execute(select(HomeVisitExportRow)).scalars()
        return str(row.id)


def actions(server: Server) -> list[tuple[str, str | None]]:
    with reading(server.engine) as session:
        rows = session.execute(select(AuditRow)).scalars()
        return [(row.action, row.person) for row in rows if "export" in row.action]


def test_a_second_person_approves_and_the_file_says_who_took_it(server: Server, head: Person) -> None:
    web = browser(server, head)
    export = asked(server, web)
    address = f"/home-visits/exports/{export}"
    assert web.get(address).status_code == 403
    assert web.post(f"{address}/decide", data={"approved": "1"}).status_code == 403
    supervisor = server.person("督导员", Role.SUPERVISOR)
    city = browser(server, supervisor)
    assert REASON in city.get("/home-visits").text
    assert city.post(f"{address}/decide", data={"approved": "1"}).status_code == 303
    assert city.post(f"{address}/decide", data={"approved": "0"}).status_code == 409
    assert city.get(address).status_code == 404
    assert address in web.get("/home-visits").text
    answer = web.get(address)
    assert answer.headers["cache-control"] == "no-store"
    sheet: Any = load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 4, "a title, the mark, the headings, and one visit of that year"
    mark = rows[1][0]
    assert all(part in mark for part in ("王校长", "督导员", REASON))
    assert rows[3][-1] == mark
    assert "王校长" in str(sheet.oddHeader.center.text)
    assert "=HYPERLINK(1)" in rows[3]
    assert all(cell.data_type == "s" for cell in sheet[4] if cell.value)
    assert "去年的" not in str(rows)
    assert actions(server) == [
        ("home_visits_export_asked", head.id),
        ("home_visits_export_approved", supervisor.id),
        ("home_visits_exported", head.id),
    ]


def test_what_is_refused_or_over_cannot_be_taken(server: Server, head: Person) -> None:
    web = browser(server, head)
    address = f"/home-visits/exports/{asked(server, web)}"
    second = browser(server, school_person(server, "李副校长", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL)))
    second.post(f"{address}/decide", data={"approved": "0"})
    assert web.get(address).status_code == 403
    table = HomeVisitExportRow.metadata.tables["home_visit_export"]
    over = update(table).values(approved=True, expires_at="2026-01-01T00:00:00.000Z")
    in_transaction(server.engine, lambda session: session.execute(over))
    answer = web.get(address)
    assert (answer.status_code, "过期" in answer.text) == (410, True)


def test_who_is_no_longer_of_the_school_takes_nothing(server: Server, head: Person) -> None:
    web = browser(server, head)
    address = f"/home-visits/exports/{asked(server, web)}"
    browser(server, server.person("督导员", Role.SUPERVISOR)).post(
        f"{address}/decide", data={"approved": "1"}
    )
    grant(server, head, Role.SCHOOL_ADMINISTRATOR, School(OTHER_SCHOOL))
    assert web.get(address).status_code == 404


def test_who_does_not_administer_the_school_neither_asks_nor_approves(server: Server, head: Person) -> None:
    address = f"/home-visits/exports/{asked(server, browser(server, head))}"
    town = server.person("镇审核", Role.REVIEWER)
    grant_of_town = Grant(Role.REVIEWER, Towns(frozenset({"441900121"})))
    in_transaction(server.engine, lambda s: grants.replace(s, town.id, grant_of_town))
    others = [
        teacher(server, "李老师").person,
        school_person(server, "别校管", Role.SCHOOL_ADMINISTRATOR, School(OTHER_SCHOOL)),
        town,
    ]
    for person in others:
        web = browser(server, person)
        assert REASON not in web.get("/home-visits").text
        assert web.post("/home-visits/exports", data=FORM).status_code == 403
        assert web.post(f"{address}/decide", data={"approved": "1"}).status_code == 404
        assert web.get(address).status_code == 404
    assert browser(server, others[0]).post("/home-visits/exports", data={}).status_code == 422


def test_a_request_says_why(server: Server, head: Person) -> None:
    answer = browser(server, head).post("/home-visits/exports", data={**FORM, "reason": " "})
    assert answer.status_code == 422


def test_the_file_speaks_the_readers_language_and_calls_the_school_by_its_present_name(
    server: Server, head: Person
) -> None:
    row = SchoolRow(code=SCHOOL, name="虎门新校", town_code=None, created_at="2026-09-01T00:00:00.000Z")
    in_transaction(server.engine, lambda session: session.merge(row))
    web = browser(server, head)
    address = f"/home-visits/exports/{asked(server, web)}"
    browser(server, server.person("督导员", Role.SUPERVISOR)).post(
        f"{address}/decide", data={"approved": "1"}
    )
    web.get("/language/en")
    sheet: Any = load_workbook(io.BytesIO(web.get(address).content)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    own = ("王校长", "督导员", REASON, "陈老师", "张小明", "虎门新校", CLASS)
    words = [*cells[0], *cells[1], *cells[2], sheet.title, sheet.oddFooter.center.text]
    words = [str(one) for one in words if one]
    for word in own:
        words = [one.replace(word, "") for one in words]
    assert not [one for one in words if re.search("[\\u4e00-\\u9fff]", one)]
    assert "虎门新校" in cells[0][0]
    assert "虎门新校" in cells[3]
    assert SCHOOL not in str(cells)
