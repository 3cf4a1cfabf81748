"""Roles given and withdrawn one by one: at once, never the last administrator's, never a wider one."""

import re
import threading
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from shared import permissions
from shared.permissions import CITY, Action, Grant, School, Scope, Towns
from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.access import grants, people
from sync_server.access.people import Person
from sync_server.database.transactions import in_transaction, reading
from tests.support.server import Server

A, B = "441900003", "441900101"
scopes = st.one_of(
    st.just(CITY),
    st.builds(Towns, st.frozensets(st.sampled_from([A, B]))),
    st.builds(School, st.sampled_from(["s", "t"]), st.frozensets(st.sampled_from(["1", "2"]))),
)


@given(scopes, scopes, scopes)
def test_what_lies_within_a_scope(one: Scope, two: Scope, three: Scope) -> None:
    assert permissions.holds(one, one)
    assert permissions.holds(CITY, one)
    if permissions.holds(one, two) and permissions.holds(two, three):
        assert permissions.holds(one, three)
    if permissions.holds(one, two) and permissions.holds(two, one):
        assert one == two


@given(st.lists(st.builds(Grant, st.sampled_from(list(Role)), scopes), max_size=3), scopes)
def test_nobody_gives_what_is_wider_than_where_they_manage_people(held: list[Grant], scope: Scope) -> None:
    given = Grant(Role.INSPECTOR, scope)
    managing = [one for one in held if permissions.permits([one], Action.MANAGE_PEOPLE)]
    assert permissions.may_give(held, given) == any(permissions.holds(one.scope, scope) for one in managing)


def administrators(server: Server, number: int) -> list[Person]:
    return [server.person(f"主任{n}", Role.ADMINISTRATOR) for n in range(number)]


def withdraw_all(session: Session, person: str, by: str | None) -> None:
    for one in grants.live(session, person):
        people.withdraw_grant(session, person, one.id, by)


def test_the_last_administrator_stays_whoever_asks(server: Server) -> None:
    first, second = administrators(server, 2)
    in_transaction(server.engine, lambda s: people.deactivate(s, second.id, first.id))
    with pytest.raises(Problem, match="last_administrator"):
        in_transaction(server.engine, lambda s: withdraw_all(s, first.id, None))
    with pytest.raises(Problem, match="last_administrator"):
        in_transaction(server.engine, lambda s: people.deactivate(s, first.id, None))
    in_transaction(server.engine, lambda s: people.reactivate(s, second.id, first.id))
    in_transaction(server.engine, lambda s: withdraw_all(s, first.id, second.id))
    with pytest.raises(Problem, match="last_administrator"):
        in_transaction(server.engine, lambda s: withdraw_all(s, second.id, None))


def test_administrators_who_end_each_other_at_once_leave_one(server: Server) -> None:
    several = administrators(server, 4)
    start = threading.Barrier(4)

    def end(by: Person, whom: Person) -> None:
        start.wait()
        with suppress(Problem):
            in_transaction(server.engine, lambda s: people.deactivate(s, whom.id, by.id))

    ring = pairwise([*several, several[0]])
    threads = [threading.Thread(target=end, args=pair) for pair in ring]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(server.engine) as session:
        left = [one for one in several if people.by_name(session, one.name)]
    assert left


def test_an_administrator_of_a_town_gives_nothing(server: Server) -> None:
    [chief] = administrators(server, 1)
    town = server.person("镇管理", Role.INSPECTOR)
    server.grant(town.id, Role.ADMINISTRATOR, [A])
    other = server.person("李巡查")
    with pytest.raises(Problem, match="grant_too_wide"):
        in_transaction(server.engine, lambda s: people.give_grant(s, other.id, Grant(Role.AUDITOR), town.id))
    assert server.signed_in(town).get(f"/people/{other.id}").status_code == 403
    assert server.signed_in(chief).get(f"/people/{other.id}").status_code == 200


def test_a_role_withdrawn_holds_for_a_phones_next_push_and_pull_and_for_the_next_page(server: Server) -> None:
    office, person = server.browser(), server.person("王巡查", Role.INSPECTOR)
    phone, their = server.phone("手机", person.id), server.signed_in(person)
    here, there = phone.op(), phone.op({"water_name": "远塘", "town_code": B})
    phone.push(here, there)
    assert len(phone.snapshot()["records"]) == 2
    assert their.get(f"/hazards/{there['record']}").status_code == 200
    with reading(server.engine) as session:
        [city] = grants.live(session, person.id)
    office.post(f"/people/{person.id}/grants", data={"role": "inspector", "towns": [A]})
    assert phone.push(phone.op({"water_name": "又一塘", "town_code": B}))[0]["status"] == "stored"
    office.post(f"/people/{person.id}/grants/{city.id}/withdraw")
    assert phone.push(phone.op({"water_name": "再一塘", "town_code": B}))[0]["why"]["code"] == "out_of_scope"
    assert {one["record"] for one in phone.snapshot()["records"]} == {here["record"]}
    assert their.get(f"/hazards/{there['record']}").status_code == 404
    with reading(server.engine) as session:
        [town] = grants.live(session, person.id)
    office.post(f"/people/{person.id}/grants/{town.id}/withdraw")
    assert phone.post(phone.op()).json()["code"] == "token_invalid"
    assert their.get("/ledger").status_code == 303
    office.post(f"/people/{person.id}/grants", data={"role": "inspector"})
    assert phone.push(phone.op())[0]["status"] == "stored", "the phone goes on without being enrolled again"


def test_what_a_phone_still_holds_is_said_before_its_person_is_deactivated(server: Server) -> None:
    office, person = server.browser(), server.person("王巡查", Role.INSPECTOR)
    phone = server.phone("红米手机", person.id)
    pulled = server.client.get(
        f"/api/v1/campaigns/{phone.campaign}/pull",
        headers={**phone.headers, "Anlan-Waiting": "records=3, photos=2"},
    )
    assert pulled.status_code == 200
    page = office.get(f"/people/{person.id}").text
    deactivating = page[page.index("/deactivate") :]
    assert "红米手机" in deactivating
    assert re.search(r"3 条记录、 ?2 张照片没有上传", deactivating)
    revoked = office.post(f"/devices/{phone.device}/revoke", data={"next": f"/people/{person.id}"})
    assert revoked.headers["location"] == f"/people/{person.id}"
    assert phone.post(phone.op()).status_code == 401


def teacher(server: Server, office_name: str = "东城小学", classes: str = "三（1）班、三(2)班") -> Person:
    person = server.person("陈老师", Role.INSPECTOR)
    server.browser().post(
        f"/people/{person.id}/grants", data={"role": "teacher", "school": office_name, "classes": classes}
    )
    return person


def of_teacher(server: Server, person: Person) -> set[Scope]:
    with reading(server.engine) as session:
        return {one.grant.scope for one in grants.live(session, person.id)} - {CITY}


def test_a_school_keeps_its_code_and_a_class_gets_its_new_name_everywhere(server: Server) -> None:
    person = teacher(server)
    first = School("东城小学", frozenset({"三(1)班", "三(2)班"}))
    assert of_teacher(server, person) == {first}
    office = server.browser(name="另一管理")
    changed = {"code": "东城小学", "name": "东城第一小学", "town": A}
    assert office.post("/schools/change", data=changed).status_code == 303
    assert of_teacher(server, person) == {first}
    assert "东城第一小学 · 三(1)班、三(2)班" in office.get(f"/people/{person.id}").text
    taken = {"code": "东城小学", "before": "三(1)班", "after": "三（2）班"}
    assert office.post("/schools/class", data=taken).status_code == 409
    for before, after in (("三(2)班", "四(2)班"), ("三(1)班", "三(2)班")):
        said = {"code": "东城小学", "before": before, "after": after}
        assert office.post("/schools/class", data=said).status_code == 303
    assert of_teacher(server, person) == {School("东城小学", frozenset({"三(2)班", "四(2)班"}))}
    gone = {"code": "东城小学", "before": "九班", "after": "十班"}
    assert office.post("/schools/class", data=gone).status_code == 404
    assert office.post("/schools/change", data={**changed, "town": "9"}).status_code == 422


def test_a_new_school_may_have_the_former_name_of_another(server: Server) -> None:
    teacher(server)
    office = server.browser(name="另一管理")
    office.post("/schools/change", data={"code": "东城小学", "name": "东城第一小学"})
    other = server.person("李老师")
    office.post(f"/people/{other.id}/grants", data={"role": "teacher", "school": "东城小学"})
    assert of_teacher(server, other) == {School("东城小学 2")}
    assert (
        office.post("/schools/change", data={"code": "东城小学 2", "name": "东城第一小学"}).status_code == 409
    )
    assert office.get("/schools").text.count('class="title"') == 2
