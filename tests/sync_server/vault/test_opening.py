"""Who reads a home visit: the visiting teacher and the school's administrator, each time with a reason."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from shared.permissions import Grant, School, Towns
from shared.vocabulary import Role
from sync_server.access import grants
from sync_server.access.people import Person
from sync_server.database.tables import AuditRow, SchoolRow
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
from tests.support.server import Server, new_id

SECRETS = {
    "student_name": "欧阳小明",
    "student_ref": "代号九七",
    "family_note": "父母在外地打工",
    "content": "孩子放学后去水塘边",
    "parent_feedback": "会多看着孩子",
    "follow_up": "下周再去一次",
    "visitors": "陈老师和李主任",
    "met_with": "孩子的奶奶",
}
REASON = "回访前查看"


def audit(server: Server) -> list[tuple[str, str | None, str, dict[str, Any]]]:
    server.state.refusals.wait()
    with reading(server.engine) as session:
        rows = session.execute(select(AuditRow)).scalars()
        return [
            (row.action, row.person, row.subject, row.details)
            for row in rows
            if row.action.startswith("home_visit_")
        ]


@pytest.fixture
def author(server: Server) -> Person:
    return teacher(server).person


def sent(server: Server, author: Person) -> str:
    phone = teacher(server, "临时")
    grant(server, author, Role.TEACHER, School(SCHOOL, frozenset({CLASS})))
    of = visit(**SECRETS)
    phone.phone = server.phone(person=author.id)
    assert phone.statuses(phone.seal(of)) == ["stored"]
    return str(of["record"])


def test_the_teacher_opens_the_own_visit_and_the_audit_log_says_so(server: Server, author: Person) -> None:
    record = sent(server, author)
    web = browser(server, author)
    listed = web.get("/home-visits").text
    assert "欧*" in listed
    assert f"/home-visits/{record}" in listed
    cover = web.get(f"/home-visits/{record}").text
    assert not any(secret in listed + cover for secret in SECRETS.values())
    assert audit(server) == []
    opened = web.post(f"/home-visits/{record}", data={"reason": REASON})
    assert opened.status_code == 200
    assert opened.headers["cache-control"] == "no-store"
    assert all(secret in opened.text for secret in SECRETS.values())
    said = {"reason": REASON, "school": SCHOOL}
    assert audit(server) == [("home_visit_opened", author.id, record, said)]
    again = web.post(f"/home-visits/{record}", data={"reason": "x", "other": "家长来电"})
    assert again.status_code == 200
    assert audit(server)[1][3]["reason"] == "家长来电"


def test_whoever_sees_no_hazards_begins_with_home_visits_and_is_offered_no_hazards(
    server: Server, author: Person
) -> None:
    web, links = browser(server, author), ('href="/ledger"', 'href="/visits"', 'href="/conflicts"')
    assert (web.get("/").status_code, web.get("/").headers["location"]) == (303, "/home-visits")
    assert not [link for link in links if link in web.get("/home-visits").text]
    grant(server, author, Role.TEACHER, School(SCHOOL))
    in_transaction(server.engine, lambda s: grants.give(s, author.id, Grant(Role.INSPECTOR)))
    assert web.get("/").status_code == 200
    assert [link for link in links if link in web.get("/home-visits").text] == list(links)


@pytest.mark.parametrize("form", [{}, {"reason": ""}, {"reason": "  ", "other": " "}])
def test_without_a_reason_nothing_opens(server: Server, author: Person, form: dict[str, str]) -> None:
    record = sent(server, author)
    answer = browser(server, author).post(f"/home-visits/{record}", data=form)
    assert answer.status_code == 422
    assert not any(secret in answer.text for secret in SECRETS.values())
    assert audit(server) == []


ALLOWED = {
    "school administrator": (Role.SCHOOL_ADMINISTRATOR, School(SCHOOL)),
    "administrator of the class": (Role.SCHOOL_ADMINISTRATOR, School(SCHOOL, frozenset({CLASS}))),
}
REFUSED = {
    "another teacher of the class": (Role.TEACHER, School(SCHOOL, frozenset({CLASS}))),
    "a teacher of another school": (Role.TEACHER, School(OTHER_SCHOOL)),
    "administrator of another school": (Role.SCHOOL_ADMINISTRATOR, School(OTHER_SCHOOL)),
    "administrator of another class": (Role.SCHOOL_ADMINISTRATOR, School(SCHOOL, frozenset({"四(1)班"}))),
    **{role.value: (role, None) for role in Role if role not in (Role.TEACHER, Role.SCHOOL_ADMINISTRATOR)},
    "reviewer of a town": (Role.REVIEWER, Towns(frozenset({"441900121"}))),
}


def reader(server: Server, role: Role, scope: Any) -> Person:
    if isinstance(scope, School):
        return school_person(server, "某人", role, scope)
    person = server.person("某人", role)
    if scope is not None:
        in_transaction(server.engine, lambda s: grants.replace(s, person.id, Grant(role, scope)))
    return person


@pytest.mark.parametrize("who", ALLOWED)
def test_the_schools_administrator_opens_every_visit(server: Server, author: Person, who: str) -> None:
    record = sent(server, author)
    person = reader(server, *ALLOWED[who])
    web = browser(server, person)
    assert "欧*" in web.get("/home-visits").text
    assert SECRETS["content"] in web.post(f"/home-visits/{record}", data={"reason": REASON}).text
    assert [row[:3] for row in audit(server)] == [("home_visit_opened", person.id, record)]


@pytest.mark.parametrize("who", REFUSED)
def test_nobody_else_sees_anything_and_each_attempt_is_noted(
    server: Server, author: Person, who: str
) -> None:
    record = sent(server, author)
    person = reader(server, *REFUSED[who])
    web = browser(server, person)
    answers = [
        web.get("/home-visits"),
        web.get(f"/home-visits/{record}"),
        web.post(f"/home-visits/{record}", data={"reason": REASON}),
    ]
    assert [answer.status_code for answer in answers[1:]] == [404, 404]
    assert record not in answers[0].text
    for answer in answers:
        assert not any(secret in answer.text for secret in (*SECRETS.values(), "欧*"))
    assert [row[:3] for row in audit(server)] == [("home_visit_refused", person.id, record)] * 2
    assert audit(server)[1][3]["reason"] == REASON
    unknown = web.post(f"/home-visits/{new_id()}", data={"reason": REASON})
    assert unknown.status_code == 404
    assert len(audit(server)) == 2


def test_a_teacher_whose_grant_ended_reads_no_more(server: Server, author: Person) -> None:
    record = sent(server, author)
    web = browser(server, author)
    grant(server, author, Role.TEACHER, School(OTHER_SCHOOL))
    assert web.get(f"/home-visits/{record}").status_code == 404
    grant(server, author, Role.TEACHER, School(SCHOOL, frozenset({"四(2)班"})))  # the class has a new name
    assert web.post(f"/home-visits/{record}", data={"reason": REASON}).status_code == 200


def test_a_stranger_signs_in_first(server: Server, author: Person) -> None:
    record = sent(server, author)
    for method in ("GET", "POST"):
        answer = server.client.request(method, f"/home-visits/{record}", headers={"Accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


def test_without_the_key_file_the_list_is_there_and_nothing_opens(server: Server, author: Person) -> None:
    record = sent(server, author)
    server.settings.keys.rename(server.settings.keys.with_name("away"))
    web = browser(server, author)
    listed = web.get("/home-visits")
    assert listed.status_code == 200
    assert "欧" not in listed.text
    assert web.get(f"/home-visits/{record}").status_code == 200
    assert web.post(f"/home-visits/{record}", data={"reason": REASON}).status_code == 503
    assert audit(server)[0][3]["code"] == "keys_unavailable"


def test_every_page_of_the_list_goes_on_where_the_last_one_ended(server: Server) -> None:
    phone = teacher(server)
    moments = [f"2026-11-03T20:00:{second:02d}+08:00" for second in range(60) for _ in range(1)]
    envelopes = [phone.seal(visit(), sealed_at=moments[number // 2]) for number in range(110)]
    for start in range(0, 110, 50):
        phone.send(*envelopes[start : start + 50])
    web, address, seen = browser(server, phone.person), "/home-visits", []
    while address:
        text = web.get(address).text
        seen += re.findall('href="/home-visits/([0-9a-f-]{36})"', text)
        address = text.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in text else ""
    assert len(seen) == len(set(seen)) == 110


@pytest.mark.parametrize("before", ["x", "2026-11-03T12:00:00.000Z", "' OR 1=1 --_" + "a" * 36])
def test_what_is_no_place_of_the_list_is_refused(server: Server, before: str) -> None:
    answer = browser(server, teacher(server).person).get("/home-visits", params={"before": before})
    assert answer.status_code == 422


def test_a_school_is_called_by_its_present_name(server: Server, author: Person) -> None:
    record = sent(server, author)
    row = SchoolRow(code=SCHOOL, name="虎门新校", town_code=None, created_at="2026-09-01T00:00:00.000Z")
    in_transaction(server.engine, lambda session: session.merge(row))
    web = browser(server, author)
    for address in ("/home-visits", f"/home-visits/{record}"):
        assert "虎门新校" in web.get(address).text
    assert "虎门新校" in web.post(f"/home-visits/{record}", data={"reason": REASON}).text


def test_who_asks_for_the_same_visit_again_and_again_is_noted_a_few_times(
    server: Server, author: Person
) -> None:
    record = sent(server, author)
    person = school_person(server, "好奇", Role.TEACHER, School(OTHER_SCHOOL))
    web = browser(server, person)
    for _ in range(25):
        assert web.get(f"/home-visits/{record}").status_code == 404
    assert web.post(f"/home-visits/{record}", data={"reason": REASON}).status_code == 404
    rows = audit(server)
    assert [row[:3] for row in rows] == [("home_visit_refused", person.id, record)] * 3
    assert [row[3].get("times") for row in rows] == [None, 10, None]
    assert rows[2][3]["reason"] == REASON
    assert rows[0][3]["school"] == SCHOOL
    server.state.refusals.close()  # as at the end of the hour
    with reading(server.engine) as session:
        last = list(session.execute(select(AuditRow)).scalars())[-1]
        assert (last.subject, last.details["times"]) == (record, 25)
