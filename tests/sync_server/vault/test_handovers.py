"""A pupil changes class or school: the home visits go along, with consent, once the other side accepts."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, select
from sqlmodel import Session

from shared.permissions import Grant, School
from shared.vocabulary import Role
from sync_server.access import grants, schools
from sync_server.access.people import Person
from sync_server.database.tables import AuditRow, HomeVisitHandoverRow, HomeVisitRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.vault import offers
from tests.support.home_visits import (
    CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    browser,
    school_person,
    teacher,
    visit,
)
from tests.support.server import Server, new_id

OTHER_CLASS = "四(1)班"
READ = {"reason": "回访前查看"}
LIST = "/home-visits/handovers"
SAID = {
    **{"sure": "1", "school": OTHER_SCHOOL, "class_name": OTHER_CLASS},
    **{"consent_how": "written", "consent_on": "2026-11-04"},
}


@dataclass(frozen=True)
class Case:
    """A teacher with two visits of one pupil and one of another, and who may have to do with it."""

    server: Server
    record: str
    second: str
    others: str
    author: Person
    heir: Person
    people: dict[str, Person]

    def web(self, who: str) -> TestClient:
        """The browser of somebody."""
        return browser(self.server, self.people[who])

    def offer(self, who: str = "author", **form: Any) -> Any:
        """Offer the pupil's two visits to the other school's class."""
        said = {**SAID, "visits": [self.record, self.second], **form}
        return self.web(who).post(f"/home-visits/{self.record}/handover", data=said)

    def offered(self, who: str = "author", **form: Any) -> str:
        """As `offer`; the address of the offer."""
        answer = self.offer(who, **form)
        assert (answer.status_code, answer.headers.get("location")) == (303, LIST), answer.text
        return f"{LIST}/{rows(self.server)[-1].id}"

    def reads(self, who: str) -> bool:
        """Whether somebody may open the pupil's first visit."""
        return self.web(who).post(f"/home-visits/{self.record}", data=READ).status_code == 200

    @property
    def readers(self) -> set[str]:
        """Who may open the pupil's first visit."""
        return {who for who in self.people if self.reads(who)}


def rows(server: Server) -> list[HomeVisitHandoverRow]:
    with reading(server.engine) as session:
        found = select(HomeVisitHandoverRow).order_by(HomeVisitHandoverRow.offered_at)
        listed = list(session.execute(found).scalars())
        session.expunge_all()
    return listed


def audit(server: Server, prefix: str = "home_visits_handover_") -> list[AuditRow]:
    with reading(server.engine) as session:
        found = [r for r in session.execute(select(AuditRow)).scalars() if r.action.startswith(prefix)]
        session.expunge_all()
    return found


@pytest.fixture
def case(server: Server) -> Case:
    phone = teacher(server)
    first, second, other = visit(), visit(content="第二次"), visit(student_name="李小红")
    phone.send(*(phone.seal(of) for of in (first, second, other)))

    def list_schools(session: Session) -> None:
        for name in (SCHOOL, OTHER_SCHOOL):
            schools.named(session, name, None)

    in_transaction(server.engine, list_schools)
    heir = school_person(server, "新老师", Role.TEACHER, School(OTHER_SCHOOL, frozenset({OTHER_CLASS})))
    people = {
        "author": phone.person,
        "heir": heir,
        "colleague": school_person(server, "同班", Role.TEACHER, School(SCHOOL, frozenset({CLASS}))),
        "head": school_person(server, "原校管", Role.SCHOOL_ADMINISTRATOR, School(SCHOOL)),
        "other head": school_person(server, "新校管", Role.SCHOOL_ADMINISTRATOR, School(OTHER_SCHOOL)),
        "other class": school_person(server, "别班", Role.TEACHER, School(OTHER_SCHOOL, frozenset({"一班"}))),
        "city": server.person("督导", Role.SUPERVISOR),
    }
    named = [str(of["record"]) for of in (first, second, other)]
    return Case(server, named[0], named[1], named[2], phone.person, heir, people)


def test_the_visits_go_to_the_new_teacher_once_they_accept(case: Case) -> None:
    form = case.web("author").post(f"/home-visits/{case.record}/handover")
    listed = set(re.findall(r'name="visits" value="([^"]+)" checked', form.text))
    assert listed == {case.record, case.second}
    assert "张" not in form.text
    before = case.readers
    assert before == {"author", "head"}
    offer = case.offered()
    assert case.readers == before, "an offer moves nothing"
    waiting = case.web("heir").get("/home-visits").text
    assert "有 1 份家访交接等您决定" in waiting
    page = case.web("heir").get(LIST).text
    assert "张*" in page
    assert "小明" not in page
    assert "2 份家访" in page
    assert "2026-11-04" in page
    assert case.web("heir").post(f"{offer}/accept").status_code == 303
    assert case.readers == {"heir", "other head"}
    for who in ("author", "head"):
        web = case.web(who)
        assert case.record not in web.get("/home-visits").text
        assert web.post(f"/home-visits/{case.record}/withdraw").status_code == 404
        assert web.post(f"/home-visits/{case.record}/handover").status_code == 404
    assert case.web("author").post(f"/home-visits/{case.others}", data=READ).status_code == 200
    cover = case.web("heir").get(f"/home-visits/{case.record}").text
    assert OTHER_CLASS in cover
    assert OTHER_SCHOOL in cover
    assert "陈老师" in cover, "who made the visit"
    assert "新老师 于" in case.web("author").get(LIST).text, "the former teacher sees what became of it"
    said = audit(case.server)
    assert [(row.action, row.person) for row in said] == [
        ("home_visits_handover_offered", case.author.id),
        ("home_visits_handover_accepted", case.heir.id),
    ]
    assert said[0].details["consent"] == "written"
    moved = audit(case.server, "home_visit_handed_over")
    assert {row.subject for row in moved} == {case.record, case.second}
    assert moved[0].details["to_school"] == OTHER_SCHOOL


def test_the_envelope_stays_as_it_came_and_comes_again_as_a_duplicate(case: Case) -> None:
    with reading(case.server.engine) as session:
        before = session.get_one(HomeVisitRow, (case.server.campaign, case.record))
        session.expunge_all()
    case.web("heir").post(f"{case.offered()}/accept")
    with reading(case.server.engine) as session:
        after = session.get_one(HomeVisitRow, (case.server.campaign, case.record))
        same = ("sealed", "kid", "person", "school", "class_name", "keep_until", "device", "n")
        assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
        assert after.handover is None
    phone = case.server.phone(person=case.author.id)
    answer = phone.client.post(
        "/api/v1/home-visits", json={"envelopes": [before.sealed]}, headers=phone.headers
    )
    assert [one["status"] for one in answer.json()["results"]] == ["duplicate"]
    assert case.readers == {"heir", "other head"}


def test_who_administers_the_school_gives_them_to_a_teacher(case: Case) -> None:
    offer = case.offered("head")
    web = case.web("other head")
    assert f'value="{case.heir.id}"' in web.get(LIST).text
    wrong = web.post(f"{offer}/accept", data={"holder": case.people["other class"].id})
    assert wrong.status_code == 409
    assert web.post(f"{offer}/accept", data={"holder": case.heir.id}).status_code == 303
    assert case.readers == {"heir", "other head"}


def test_within_a_school_its_administrator_still_reads_them(case: Case) -> None:
    heir = school_person(case.server, "本校新", Role.TEACHER, School(SCHOOL, frozenset({OTHER_CLASS})))
    offer = case.offered(school=SCHOOL)
    assert browser(case.server, heir).post(f"{offer}/accept").status_code == 303
    assert case.readers == {"head"}
    assert browser(case.server, heir).post(f"/home-visits/{case.record}", data=READ).status_code == 200


def test_declining_takes_a_reason_and_leaves_them_where_they_are(case: Case) -> None:
    offer, web = case.offered(), case.web("heir")
    assert web.post(f"{offer}/decline").status_code == 422
    assert web.post(f"{offer}/decline", data={"reason": "不是本班学生"}).status_code == 303
    assert web.post(f"{offer}/accept").status_code == 409
    assert case.readers == {"author", "head"}
    assert "不是本班学生" in case.web("author").get(LIST).text
    assert audit(case.server)[-1].details["reason"] == "不是本班学生"
    case.offered()  # they can be offered again


@pytest.mark.parametrize("who", ["author", "head"])
def test_an_offer_is_withdrawn_until_it_is_accepted(case: Case, who: str) -> None:
    offer = case.offered()
    assert case.web(who).post(f"{offer}/withdraw").status_code == 303
    assert case.web("heir").post(f"{offer}/accept").status_code == 409
    assert case.readers == {"author", "head"}
    again = case.offered()
    case.web("heir").post(f"{again}/accept")
    assert case.web(who).post(f"{again}/withdraw").status_code == 409
    assert case.readers == {"heir", "other head"}


def test_nobody_else_has_to_do_with_it(case: Case) -> None:
    offer = case.offered()
    for who in ("colleague", "other class", "city"):
        web, refused = case.web(who), 403 if who == "city" else 404
        assert "2026-11-04" not in web.get(LIST).text
        assert case.offer(who, sure="1").status_code == refused
        for how in ("accept", "decline", "withdraw"):
            assert web.post(f"{offer}/{how}", data={"reason": "x"}).status_code == refused, (who, how)
    assert case.web("heir").post(f"{offer}/withdraw").status_code == 404
    assert case.web("author").post(f"{offer}/accept").status_code == 404
    assert [row.settled for row in rows(case.server)] == [""]


def test_nobody_accepts_what_they_offered(case: Case) -> None:
    both = Grant(Role.SCHOOL_ADMINISTRATOR, School(OTHER_SCHOOL))
    in_transaction(case.server.engine, lambda s: grants.give(s, case.people["head"].id, both))
    offer = case.offered("head")
    assert case.web("head").post(f"{offer}/accept").status_code == 403
    assert case.readers == {"author", "head"}


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"consent_how": ""}, 422),
        ({"consent_how": "guessed"}, 422),
        ({"consent_on": ""}, 422),
        ({"consent_on": "2999-01-01"}, 422),
        ({"class_name": ""}, 422),
        ({"school": SCHOOL, "class_name": CLASS}, 409),
        ({"school": "没有这所学校"}, 409),
        ({"school": SCHOOL, "class_name": "九(9)班"}, 303),  # its administrator may have them
        ({"visits": []}, 404),
        ({"visits": ["x"]}, 404),
    ],
)
def test_what_is_not_said_whole_is_not_offered(case: Case, form: dict[str, Any], status: int) -> None:
    answer = case.offer(**form)
    assert answer.status_code == status
    assert len(rows(case.server)) == (status == 303)
    if status not in (303, 404):
        assert 'role="alert"' in answer.text
        assert case.record in answer.text, "what was chosen is still there"


def test_what_is_offered_is_not_offered_to_somebody_else(case: Case) -> None:
    case.offered()
    assert case.offer("head", visits=[case.second]).status_code == 409
    other = case.web("head").post(
        f"/home-visits/{case.others}/handover", data={**SAID, "visits": [case.others]}
    )
    assert other.status_code == 303


def test_what_was_deleted_since_is_not_handed_over(case: Case) -> None:
    offer = case.offered()
    for record in (case.record, case.second):
        erase = {"sure": "1", "visits": [record], "reason": "撤回"}
        assert case.web("author").post(f"/home-visits/{record}/withdraw", data=erase).status_code == 303
    assert "已经删除" in case.web("heir").get(LIST).text
    assert case.web("heir").post(f"{offer}/accept").status_code == 404
    assert case.web("author").post(f"{offer}/withdraw").status_code == 303


def test_consent_that_is_withdrawn_later_is_the_new_schools_to_carry_out(case: Case) -> None:
    case.web("heir").post(f"{case.offered()}/accept")
    erase = {"sure": "1", "visits": [case.record, case.second], "reason": "撤回"}
    assert case.web("author").post(f"/home-visits/{case.record}/withdraw", data=erase).status_code == 404
    assert case.web("other head").post(f"/home-visits/{case.record}/withdraw", data=erase).status_code == 303
    assert case.readers == set()


def test_one_guardians_consent_moves_the_visits_of_one_pupil(case: Case) -> None:
    assert case.offer(visits=[case.record, case.others]).status_code == 404
    assert case.offer(visits=[case.record, "x\0"]).status_code == 422
    assert rows(case.server) == []
    case.offered(visits=[case.record, case.record])
    assert [row.visits for row in rows(case.server)] == [1]


def add_offers(case: Case, count: int, to_class: str) -> None:
    """Offers of the school's other teachers, later than all others."""
    common: dict[str, Any] = {
        **{"campaign": case.server.campaign, "from_school": SCHOOL, "from_class": CLASS},
        **{"to_school": OTHER_SCHOOL, "to_class": to_class, "visits": 1, "consent_how": "written"},
        **{"consent_on": "2026-11-04", "offered_by": "somebody", "offered_at": "2099-01-01T00:00:00.000Z"},
    }
    made = [HomeVisitHandoverRow(**common, id=new_id()) for _ in range(count)]
    in_transaction(case.server.engine, lambda session: session.add_all(made))


def test_however_many_are_offered_to_others_ones_own_are_there(case: Case) -> None:
    offer = case.offered()
    add_offers(case, 3 * offers.PAGE, "一班")
    assert "有 1 份家访交接等您决定" in case.web("heir").get("/home-visits").text
    assert f"{offer}/accept" in case.web("heir").get(LIST).text
    assert f"{offer}/withdraw" in case.web("author").get(LIST).text


def test_all_offers_are_listed_page_by_page_at_the_cost_of_few(case: Case) -> None:
    offer, web = case.offered(), case.web("other head")
    statements = counted(case, web)
    add_offers(case, 2 * offers.PAGE, OTHER_CLASS)
    assert counted(case, web) == statements
    pages, address = [], LIST
    while address:
        pages.append(web.get(address).text)
        found = re.search(r'rel="next" href="([^"]+)"', pages[-1])
        address = found[1] if found else ""
    assert [page.count("/accept") for page in pages] == [0, 0, 1]
    assert sum(page.count("/decline") for page in pages) == 2 * offers.PAGE + 1
    assert f"{offer}/accept" in pages[-1]


def counted(case: Case, web: TestClient) -> int:
    """How many statements a page of the list takes."""
    said = list[str]()

    def note(*given: Any) -> None:
        said.append(given[2])

    event.listen(case.server.engine, "before_cursor_execute", note)
    assert web.get(LIST).status_code == 200
    event.remove(case.server.engine, "before_cursor_execute", note)
    return len(said)


@pytest.mark.parametrize("how", ["handover", "withdraw", "plan"])
def test_an_attempt_at_the_visit_of_others_is_noted_however_it_is_made(case: Case, how: str) -> None:
    who = "other head"
    for form in ({}, {"sure": "1", "visits": [case.record], "reason": "x", "approved": "1"}):
        assert case.web(who).post(f"/home-visits/{case.record}/{how}", data=form).status_code == 404
    case.server.state.refusals.wait()
    [noted] = audit(case.server, "home_visit_refused")
    assert (noted.person, noted.subject) == (case.people[who].id, case.record)
    assert case.web("author").post(f"/home-visits/{new_id()}/{how}").status_code in (403, 404)
    case.server.state.refusals.wait()
    assert len(audit(case.server, "home_visit_refused")) == 1
