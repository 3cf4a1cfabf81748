"""What a phone is told and may save follows what its person was granted, and the towns that it asks for."""

from typing import Any

import pytest

from shared.vocabulary import Role
from tests.support.server import Server, TestPhone, new_id

A, B = "441900003", "441900101"


@pytest.fixture
def in_a(server: Server) -> TestPhone:
    """The phone of an inspector who works in town A."""
    phone = server.phone()
    server.grant(phone.person, Role.INSPECTOR, [A])
    return phone


@pytest.fixture
def city(server: Server) -> TestPhone:
    """The phone of somebody who works in the whole city."""
    return server.phone(person=server.person("市级", Role.REVIEWER).id)


def hazard(phone: TestPhone, town: str | None, **other: Any) -> dict[str, Any]:
    return phone.op({"water_name": f"水域{town}", "town_code": town}, **other)


def edit(phone: TestPhone, record: str, **fields: Any) -> dict[str, Any]:
    return phone.op(fields, record=record)


def records(page: dict[str, Any]) -> set[str]:
    return {op["record"] for op in page["ops"]}


def why(result: dict[str, Any]) -> str:
    return str(result["why"]["code"]) if result["status"] == "quarantined" else str(result["status"])


def test_saving_outside_the_granted_towns_is_quarantined_and_blocks_no_neighbour(
    in_a: TestPhone, city: TestPhone
) -> None:
    there, nowhere = hazard(city, B), hazard(city, None)
    city.push(there, nowhere)
    photo = in_a.photo(there["record"], "site", "0" * 64)
    results = in_a.push(
        hazard(in_a, A),
        hazard(in_a, B),
        edit(in_a, there["record"], description="越界"),
        in_a.event(there["record"], "patrol"),
        photo,
        in_a.op({}, record=there["record"], kind="delete"),
        edit(in_a, nowhere["record"], description="没有镇街"),
        in_a.event(nowhere["record"], "patrol"),
    )
    assert [why(result) for result in results] == ["stored", *["out_of_scope"] * 5, "stored", "stored"]
    assert results[1]["why"]["details"] == {"town": B}
    assert results[2]["why"]["details"] == {}


def test_a_record_is_not_moved_out_of_the_granted_towns(in_a: TestPhone) -> None:
    mine, free = hazard(in_a, A), hazard(in_a, None)
    results = in_a.push(
        mine,
        free,
        edit(in_a, mine["record"], town_code=B),
        edit(in_a, free["record"], town_code=B),
        edit(in_a, free["record"], town_code=A),
        edit(in_a, mine["record"], town_code=None),
    )
    assert [why(result) for result in results] == ["stored", "stored", "out_of_scope", "out_of_scope"] + [
        "stored"
    ] * 2


def test_a_photo_of_another_town_is_neither_detached_nor_taken_over(in_a: TestPhone, city: TestPhone) -> None:
    there, here = hazard(city, B), hazard(in_a, A)
    photo = city.photo(there["record"], "site", "1" * 64)
    city.push(there, photo)
    detach = in_a.op({}, record=photo["record"], type="photo", kind="detach")
    over = in_a.op(
        {**photo["fields"], "hazard": here["record"]}, record=photo["record"], type="photo", kind="attach"
    )
    assert [why(result) for result in in_a.push(here, detach, over)] == ["stored"] + ["out_of_scope"] * 2


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPERVISOR])
def test_a_role_that_writes_nothing_has_what_it_saves_quarantined(server: Server, role: Role) -> None:
    phone = server.phone(person=server.person("旁观", role).id)
    [result] = phone.push(hazard(phone, A))
    assert result["why"] == {"code": "role_forbidden", "details": {"role": role.value}}


def test_a_phone_is_told_of_its_towns_and_of_what_has_none(in_a: TestPhone, city: TestPhone) -> None:
    here, there, nowhere = (hazard(city, town) for town in (A, B, None))
    city.push(here, there, nowhere, city.event(there["record"], "patrol"))
    page = in_a.pull()
    assert records(page) == {here["record"], nowhere["record"]}
    assert page["next"] == 4
    assert {one["record"] for one in in_a.snapshot()["records"]} == records(page)
    assert records(in_a.client.get(**asking(in_a, towns=B)).json()) == {nowhere["record"]}
    assert {one["record"] for one in in_a.snapshot(towns=B)["records"]} == {nowhere["record"]}


def asking(phone: TestPhone, **query: Any) -> dict[str, Any]:
    return {"url": f"/api/v1/campaigns/{phone.campaign}/pull", "params": query, "headers": phone.headers}


def test_whoever_may_see_no_hazards_gets_nothing_but_their_own_operations(
    server: Server, city: TestPhone
) -> None:
    phone = server.phone()
    mine = hazard(phone, A)
    phone.push(mine)
    city.push(hazard(city, A), hazard(city, None))
    in_another = server.person("别处")
    server.grant(in_another.id, Role.INSPECTOR, ["441900119"])
    server.grant(phone.person, Role.INSPECTOR, ["441900119"])
    assert mine["record"] in records(phone.pull())
    assert len(records(phone.pull())) == 2
    assert len(records(server.phone(person=in_another.id).pull())) == 1


def test_what_leaves_the_granted_towns_is_named_once_and_comes_back_whole(
    in_a: TestPhone, city: TestPhone
) -> None:
    moving = hazard(city, A)
    record = moving["record"]
    city.push(moving, city.event(record, "patrol"))
    first = in_a.pull()
    assert (records(first) >= {record}, first["left"]) == (True, [])
    for _ in range(2):  # away and back, and once more
        since = in_a.pull()["next"]
        city.push(edit(city, record, town_code=B), edit(city, record, description="在别处"))
        gone = in_a.pull(since)
        assert (gone["ops"], gone["left"]) == ([], [record])
        assert in_a.pull(gone["next"])["left"] == []
        city.push(edit(city, record, town_code=A))
        back = in_a.pull(gone["next"])
        assert back["left"] == []
        told = [op for op in back["ops"] if op["record"] == record]
        assert len(told) == len([op for op in city.pull()["ops"] if op["record"] == record])
        assert len(back["ops"]) == len(told) + 1


def test_what_never_was_in_the_granted_towns_is_not_even_named(in_a: TestPhone, city: TestPhone) -> None:
    elsewhere = hazard(city, B)
    city.push(elsewhere)
    city.push(edit(city, elsewhere["record"], town_code="441900119"))
    page = in_a.pull()
    assert (page["ops"], page["left"]) == ([], [])


def test_answers_say_which_scope_they_are_of(server: Server, in_a: TestPhone, city: TestPhone) -> None:
    assert city.pull()["scope"] == city.snapshot()["scope"] == ""
    before = in_a.pull()["scope"]
    assert before == in_a.snapshot()["scope"] != ""
    server.grant(in_a.person, Role.INSPECTOR, [A, B])
    assert in_a.pull()["scope"] not in (before, "")
    server.grant(in_a.person, Role.REVIEWER, [A])
    assert in_a.pull()["scope"] == before


def test_ones_own_operations_come_back_from_outside_too(
    server: Server, in_a: TestPhone, city: TestPhone
) -> None:
    mine = hazard(in_a, A)
    in_a.push(mine)
    city.push(edit(city, mine["record"], town_code=B))
    page = in_a.pull()
    assert [op["n"] for op in page["ops"]] == [mine["n"]]
    assert page["left"] == [mine["record"]]


def test_a_guessed_record_of_another_town_is_not_told_apart_when_reading(
    in_a: TestPhone, city: TestPhone
) -> None:
    there = hazard(city, B)
    city.push(there)
    for record in (there["record"], new_id()):
        assert in_a.snapshot(after=f"hazard/{record}")["records"] == []


def test_a_phone_reads_contacts_as_its_persons_browser_does(server: Server, city: TestPhone) -> None:
    contacts = {"responsible_person": "欧阳明明", "phone": "13812345678"}
    masked = {"responsible_person": "欧***", "phone": "138****5678"}
    texts = {"description": "13812345678 是电话", "depth_m": 1e-7}
    here, there = (city.op({"town_code": town, **contacts, **texts}) for town in (A, B))
    city.push(here, there, city.event(here["record"], "patrol"))
    browsing = server.person("外审", Role.AUDITOR)
    auditor, inspector = server.phone(person=browsing.id), server.phone()
    server.grant(inspector.person, Role.INSPECTOR, [A])

    def told(phone: TestPhone) -> list[dict[str, Any]]:
        pulled = {op["record"]: op["fields"] for op in phone.pull()["ops"]}
        taken = {one["record"]: one["state"]["live"] for one in phone.snapshot()["records"]}
        found = []
        for record in (here["record"], there["record"]):
            if record in pulled:
                [[*_, registers]] = taken[record]
                assert {name: registers[name] for name in pulled[record]} == pulled[record]
                found.append({name: pulled[record][name] for name in contacts})
                assert {name: pulled[record][name] for name in texts} == texts
        return found

    assert told(city) == [contacts, contacts]
    assert told(inspector) == [contacts]
    assert told(auditor) == [masked, masked]
    scope = auditor.pull()["scope"]
    server.grant(browsing.id, Role.REVIEWER)
    assert auditor.pull()["scope"] == "" != scope
    assert told(auditor) == [contacts, contacts]
