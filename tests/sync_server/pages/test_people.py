"""People on the page 人员: deactivated, given another role; and names that nobody can mistake."""

import re

import pytest
from sqlmodel import col, select

from shared.vocabulary import Role
from sync_server.access import grants, people, schools, sessions
from sync_server.database.tables import AuditRow, PersonRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import SESSION_COOKIE
from sync_server.pages.people import people_page
from tests.support.server import Server


def granted(server: Server, person: str) -> list[str]:
    """The ids of a person's grants."""
    with reading(server.engine) as session:
        return [given.id for given in grants.live(session, person)]


def test_who_is_deactivated_is_out_at_once_and_what_they_recorded_stays(server: Server) -> None:
    office = server.browser()
    person = server.person("李巡查", Role.REVIEWER)
    phone = server.phone("李的手机", person.id)
    phone.push(phone.op())
    their = server.browser(Role.REVIEWER, "另一个")
    their.cookies.set(SESSION_COOKIE, in_transaction(server.engine, lambda s: sessions.open_for(s, person)))
    assert their.get("/ledger").status_code == 200
    code = server.code(person.id)
    assert office.post(f"/people/{person.id}/deactivate").status_code == 303
    assert "已停用" in office.get("/people").text
    assert their.get("/ledger").status_code == 303
    assert phone.post(phone.op()).status_code == 401
    enrolling = {"code": code, "device_name": "又一部", "platform": "test"}
    assert server.client.post("/api/v1/enrol", json=enrolling).status_code == 403
    assert "李巡查" in office.get(f"/hazards/{server.phone().pull()['ops'][0]['record']}").text
    assert office.post(f"/people/{person.id}/reactivate").status_code == 303
    assert phone.post(phone.op()).status_code == 401, "a phone is enrolled anew"
    again = server.phone("李的新手机", person.id)
    assert again.push(again.op())[0]["status"] == "stored"


def test_another_role_holds_at_once_for_browser_and_phone(server: Server) -> None:
    office = server.browser()
    person = server.person("王审核", Role.REVIEWER)
    phone = server.phone("王的手机", person.id)
    hazard = phone.op()
    phone.push(hazard)
    their = server.signed_in(person)
    assert their.get(f"/hazards/{hazard['record']}").status_code == 200
    [before] = granted(server, person.id)
    said = {"role": "inspector", "towns": ["441900003"]}
    assert office.post(f"/people/{person.id}/grants", data=said).status_code == 303
    assert office.post(f"/people/{person.id}/grants", data=said).status_code == 303
    assert office.post(f"/people/{person.id}/grants/{before}/withdraw").status_code == 303
    assert len(granted(server, person.id)) == 1, "given twice is given once"
    assert "东城街道</small>" in office.get("/people").text
    assert "/decisions" not in their.get(f"/hazards/{hazard['record']}").text, "the next page, no new sign-in"
    closing = phone.event(hazard["record"], "close")
    elsewhere = phone.op({"water_name": "塘", "town_code": "441900101"})
    assert [one["why"]["code"] for one in phone.push(closing, elsewhere)] == [
        "role_forbidden",
        "out_of_scope",
    ]
    for wrong in (
        {"role": "inspector", "towns": ["999"]},
        {"role": "teacher"},
        {"role": "inspector", "school": "东城小学"},
        {"role": "teacher", "school": "东城小学", "towns": ["441900003"]},
    ):
        assert office.post(f"/people/{person.id}/grants", data=wrong).status_code == 422
    with reading(server.engine) as session:
        noted = session.exec(select(AuditRow).where(col(AuditRow.action).startswith("grant_"))).all()
        assert not schools.listed(session), "what was refused leaves no school behind"
    assert {(row.action, row.details["role"]) for row in noted} == {
        ("grant_given", "inspector"),
        ("grant_withdrawn", "reviewer"),
    }


def test_nobody_locks_themselves_out_or_touches_who_is_not_there(server: Server) -> None:
    office = server.browser()
    with reading(server.engine) as session:
        own = people.by_name(session, "张管理")
    assert own
    [only] = granted(server, own.id)
    changes: dict[str, dict[str, str]] = {
        "deactivate": {},
        "grants": {"role": "auditor"},
        f"grants/{only}/withdraw": {},
    }
    for path, said in changes.items():
        assert office.post(f"/people/{own.id}/{path}", data=said).status_code == 409
        assert office.post(f"/people/nobody/{path}", data=said).status_code == 404
    assert office.get("/people").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "adm\u200b",
        "王\u202e核审",
        "李\u2066巡查",
        "\u3164\u3164",
        "Аdam",
        "王\ufe01",
        "Anlan 管理员",
        "安澜系统",
        "ADMIN 2",
    ],
)
def test_a_name_that_misleads_is_refused_and_spends_no_code(server: Server, name: str) -> None:
    office, code = server.browser(), server.code()
    added = office.post("/people", data={"name": name, "role": "inspector"})
    assert added.status_code == 422
    enrolling = {"code": code, "device_name": name, "platform": "test"}
    answer = server.client.post("/api/v1/enrol", json=enrolling)
    assert (answer.status_code, answer.json()["code"] in ("name_unclear", "invalid")) == (422, True)
    right = server.client.post("/api/v1/enrol", json={**enrolling, "device_name": "李安澜"})
    assert right.status_code == 201


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("张三", "张 三"),
        ("Adam", "ａｄａｍ"),
        ("e\u0301lan", "\u00e9lan"),
        ("欧阳·娜", "欧阳娜"),
        ("張　三", "張 三"),
    ],
)
def test_two_people_cannot_have_names_that_look_the_same(server: Server, first: str, second: str) -> None:
    office = server.browser()
    assert office.post("/people", data={"name": first, "role": "inspector"}).status_code == 200
    assert office.post("/people", data={"name": second, "role": "inspector"}).status_code == 409


def test_two_phones_with_one_long_name_become_two_people(server: Server) -> None:
    phones = [server.phone("巡" * 60) for _ in range(3)]
    with reading(server.engine) as session:
        names = [session.get_one(PersonRow, phone.person).name for phone in phones]
    assert names == ["巡" * 60, "巡" * 58 + " 2", "巡" * 58 + " 3"]


def test_a_decomposed_name_signs_in_as_the_composed_one(server: Server) -> None:
    server.person("\u00c9lan", Role.REVIEWER, "correct horse")
    with reading(server.engine) as session:
        assert sessions.check(session, "E\u0301lan ", "correct horse").person.name == "\u00c9lan"


def test_somebody_is_renamed_signs_in_with_the_new_name_and_it_shows_on_what_they_recorded(
    server: Server,
) -> None:
    office = server.browser()
    person = server.person("李巡査", Role.REVIEWER, "long enough here")
    server.person("王审核", Role.REVIEWER)
    phone = server.phone("手机", person.id)
    hazard = phone.op()
    phone.push(hazard)
    for wrong, status in (("王 审核", 409), ("安澜系统", 422), ("", 422)):
        assert office.post(f"/people/{person.id}/rename", data={"name": wrong}).status_code == status
    assert office.post("/people/nobody/rename", data={"name": "李巡查"}).status_code == 404
    assert office.post(f"/people/{person.id}/rename", data={"name": " 李巡查 "}).status_code == 303
    page = office.get(f"/people/{person.id}").text
    assert "已更改。" in page
    assert "已更改。" not in office.get(f"/people/{person.id}").text
    assert "李巡査" not in page
    assert "李巡查" in office.get(f"/hazards/{hazard['record']}").text
    signing = {"password": "long enough here", "next": "/"}
    codes = [
        server.client.post("/sign-in", data={"name": name, **signing}, follow_redirects=False).status_code
        for name in ("李巡査", "李巡查")
    ]
    assert codes == [401, 303]


def test_the_unit_of_somebody_is_kept_and_offered_where_hazards_are_assigned(server: Server) -> None:
    office, person, phone = server.browser(), server.person("李巡查"), server.phone()
    address = f"/people/{person.id}/unit"
    assert office.post(address, data={"unit": "长" * 61}).status_code == 422
    assert office.post("/people/nobody/unit", data={"unit": "水务中心"}).status_code == 404
    assert office.post(address, data={"unit": " 道滘 水务中心 "}).status_code == 303
    assert 'value="道滘 水务中心"' in office.get(f"/people/{person.id}").text
    hazard = phone.op()
    phone.push(hazard)
    assert '<option value="道滘 水务中心">' in office.get(f"/hazards/{hazard['record']}").text
    assert office.post(address, data={"unit": ""}).status_code == 303
    assert "道滘 水务中心" not in office.get(f"/hazards/{hazard['record']}").text


def test_somebody_is_added_for_towns_at_once(server: Server) -> None:
    office = server.browser()
    wrong = office.post("/people", data={"name": "赵巡查", "role": "inspector", "towns": ["999"]})
    assert wrong.status_code == 422
    added = office.post("/people", data={"name": "赵巡查", "role": "inspector", "towns": ["441900003"]})
    assert "已添加：赵巡查" in added.text
    with reading(server.engine) as session:
        row = people.by_name(session, "赵巡查")
    assert row
    phone = server.phone("手机", row.id)
    elsewhere = phone.op({"water_name": "塘", "town_code": "441900101"})
    assert phone.push(elsewhere)[0]["why"]["code"] == "out_of_scope"


def test_a_code_says_whose_it_is_and_how_long_it_holds(server: Server) -> None:
    office = server.browser()
    person = server.person("李巡查", Role.INSPECTOR)
    for whose, title in ((f"/{person.id}", "李巡查 的手机登记码"), ("", "新巡查员的手机登记码")):
        page = office.post(f"/people{whose}/phone-code").text
        assert f"<h2>{title}</h2>" in page
        assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d 前有效", page)
    link = office.post(f"/people/{person.id}/password-link").text
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d 前有效", link)


def test_people_are_found_by_part_of_their_names(server: Server) -> None:
    office = server.browser()
    for name in ("李巡查", "王审核", "Adam Li"):
        server.person(name, Role.INSPECTOR)
    for search, found in (("审核", {"王审核"}), ("ａｄａｍ", {"Adam Li"}), ("赵", set())):
        page = office.get("/people", params={"q": search}).text
        assert set(re.findall(r'<a href="/people/[^>]*><strong>(.*?)</strong>', page)) == found
    assert "没有叫这个名字的人" in office.get("/people?q=赵").text


def test_people_come_a_page_at_a_time_and_are_searched(server: Server) -> None:
    office = server.browser()
    for n in range(people_page.SHOWN + 5):
        server.person(f"巡查{n:02}号")
    first, second = office.get("/people").text, office.get(f"/people?skipped={people_page.SHOWN}").text
    shown = [re.findall(r"<strong>(巡查\d\d号)</strong>", page) for page in (first, second)]
    assert len(shown[0]) == people_page.SHOWN - 1, "besides the administrator"
    assert len(set(shown[0] + shown[1])) == people_page.SHOWN + 5
    assert f"/people?skipped={people_page.SHOWN}" in first
    assert "/people?skipped=0" in second
    found = office.get("/people", params={"q": "巡查07"}).text
    assert re.findall(r"<strong>(巡查\d\d号)</strong>", found) == ["巡查07号"]
    assert '<details class="card">' in first
    refused = office.post("/people", data={"name": "", "role": "inspector"})
    assert '<details class="card" open>' in refused.text, "what was typed is not folded away"
