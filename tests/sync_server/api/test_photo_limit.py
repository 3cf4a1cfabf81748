"""Nobody attaches photos without end to one hazard: what is too many waits for the office."""

from typing import Any

import pytest

from sync_server.log.checks import photo_check
from tests.support.server import Server, TestPhone


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_check, "MOST_PHOTOS", 3)


def hazard_of(phone: TestPhone) -> str:
    hazard = phone.op()
    phone.push(hazard)
    return str(hazard["record"])


def photos(phone: TestPhone, hazard: str, count: int, first: int = 0) -> list[dict[str, Any]]:
    return [phone.photo(hazard, "site", f"{number:064x}") for number in range(first, first + count)]


def refused(results: list[dict[str, Any]]) -> int:
    codes = [one["why"]["code"] for one in results if one["status"] == "quarantined"]
    assert set(codes) <= {"too_many_photos"}
    return len(codes)


@pytest.mark.parametrize("at_once", [True, False])
def test_one_person_attaches_only_so_many_photos_to_a_hazard(phone: TestPhone, at_once: bool) -> None:
    hazard, other = hazard_of(phone), hazard_of(phone)
    some = photos(phone, hazard, 5)
    results = phone.push(*some) if at_once else [phone.push(one)[0] for one in some]
    assert [one["status"] for one in results] == [*["stored"] * 3, *["quarantined"] * 2]
    assert refused(results) == 2
    assert refused(phone.push(*photos(phone, other, 3, first=9))) == 0


def test_others_and_what_is_there_already_are_not_hindered(server: Server, phone: TestPhone) -> None:
    hazard = hazard_of(phone)
    mine = photos(phone, hazard, 3)
    phone.push(*mine)
    other = server.phone("二号")
    assert refused(other.push(*photos(other, hazard, 3, first=9))) == 0
    again = phone.op(mine[0]["fields"], type="photo", kind="attach", record=mine[0]["record"])
    assert refused(phone.push(again)) == 0
    assert refused(phone.push(phone.op({}, type="photo", kind="detach", record=mine[0]["record"]))) == 0
    assert refused(phone.push(*photos(phone, hazard, 1, first=20))) == 1, "removing makes no room"


def test_another_phone_of_the_same_person_makes_no_room(server: Server, phone: TestPhone) -> None:
    hazard = hazard_of(phone)
    phone.push(*photos(phone, hazard, 3))
    second = server.phone("备用", phone.person)
    assert refused(second.push(*photos(second, hazard, 2, first=9))) == 2


def test_photos_moved_here_count_too(phone: TestPhone) -> None:
    hazard, elsewhere = hazard_of(phone), hazard_of(phone)
    some = photos(phone, elsewhere, 2)
    phone.push(*photos(phone, hazard, 2, first=9), *some)
    moved = [
        phone.op({**one["fields"], "hazard": hazard}, type="photo", kind="attach", record=one["record"])
        for one in some
    ]
    assert refused(phone.push(*moved)) == 1


def test_an_administrator_may_accept_what_waits(server: Server, phone: TestPhone) -> None:
    hazard = hazard_of(phone)
    phone.push(*photos(phone, hazard, 3))
    [late] = photos(phone, hazard, 1, first=9)
    phone.push(late)
    office = server.browser()
    page = office.get(f"/quarantine/{phone.device}/{late['n']}")
    assert "照片太多" in page.text
    assert office.post(f"/quarantine/{phone.device}/{late['n']}/again").status_code == 303
    assert [one["status"] for one in phone.push(late)] == ["duplicate"]


def test_a_visit_has_its_limit_too(phone: TestPhone) -> None:
    visit = phone.op({"visit_type": "village", "date": "2026-06-01"}, type="education_visit")
    phone.push(visit)
    some = [
        phone.op({**one["fields"], "visit": visit["record"]}, type="photo", kind="attach")
        for one in photos(phone, visit["record"], 4)
    ]
    for one in some:
        del one["fields"]["hazard"]
    assert refused(phone.push(*some)) == 1
