"""What could not be taken is settled by an administrator: put right, taken as it came, or not taken."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from shared import merge
from shared.operations import GENESIS
from shared.vocabulary import Role
from sync_server.access import sessions
from sync_server.database.tables import AuditRow, HazardRow, OperationRow, QuarantineRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import SESSION_COOKIE
from sync_server.pages.review import quarantine_page
from tests.support.server import Server, TestPhone, new_id


def browser(server: Server, role: Role = Role.ADMINISTRATOR, name: str = "张管理") -> TestClient:
    """A browser in which somebody with that role is signed in."""
    person = server.person(name, role)
    client = TestClient(server.client.app, follow_redirects=False, headers={"Accept": "text/html"})
    client.cookies.set(SESSION_COOKIE, in_transaction(server.engine, lambda s: sessions.open_for(s, person)))
    return client


def refused(phone: TestPhone, fields: dict[str, Any], **other: Any) -> dict[str, Any]:
    """An operation that the server has put into quarantine."""
    op = {**phone.op(fields), **other}
    [result] = phone.push(op)
    assert result["status"] == "quarantined", result
    return op


def form_of(page: str) -> dict[str, Any]:
    """The repair form as it stands on the page."""
    form = re.search(r'<form method="post" action="[^"]*/repair".*?</form>', page, re.S)
    assert form
    said: dict[str, Any] = {}
    for name, text in re.findall(r'<input name="([\w.]+)"[^>]*? value="([^"]*)"', form.group(0)):
        said[name] = text
    for name, text in re.findall(r'<textarea name="([\w.]+)"[^>]*>(.*?)</textarea>', form.group(0), re.S):
        said[name] = text.replace("&#34;", '"')
    for name, options in re.findall(r'<select name="([\w.]+)">(.*?)</select>', form.group(0), re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        said[name] = chosen.group(1) if chosen else ""
    return said


def address(phone: TestPhone, n: int) -> str:
    return f"/quarantine/{phone.device}/{n}"


def row(server: Server, phone: TestPhone, n: int) -> QuarantineRow | None:
    with reading(server.engine) as session:
        return session.get(QuarantineRow, (phone.campaign, phone.device, n))


def audited(server: Server, action: str) -> list[AuditRow]:
    with reading(server.engine) as session:
        return list(session.exec(select(AuditRow).where(AuditRow.action == action)))


def test_the_list_says_in_words_what_came_and_why_not(server: Server, phone: TestPhone) -> None:
    op = refused(phone, {"water_name": "石井塘", "depth_m": -1})
    page = browser(server).get("/quarantine").text
    for word in ("石井塘", "隐患", "填写", "填得不对：水深(米)", "测试手机", address(phone, op["n"])):
        assert word in page, word


def test_what_was_put_right_is_taken_for_its_author_and_the_phone_hears_so(
    server: Server, phone: TestPhone
) -> None:
    place = {"lat": 23.021, "lon": 113.75, "accuracy_m": 8.0}
    op = refused(phone, {"water_name": "石井塘", "depth_m": -1, "position": place, "colour": "blue"})
    office = browser(server)
    page = office.get(address(phone, op["n"])).text
    assert 'class="wrong"' in page
    form = form_of(page)
    assert form["f.depth_m"] == "-1"
    assert '"colour": "blue"' in form["rest"]
    answer = office.post(
        f"{address(phone, op['n'])}/repair",
        data={**form, "f.depth_m": "1.5", "rest": "", "note": "水深应为 1.5 米"},
    )
    assert answer.headers["location"] == "/quarantine"
    [taken] = phone.pull()["ops"]
    assert taken["fields"] == {"water_name": "石井塘", "depth_m": 1.5, "position": place}
    same = ("record", "type", "kind", "base", "tip", "hlc", "made_at", "author")
    assert {name: taken[name] for name in same} == {name: op[name] for name in same}
    assert taken["device"] != phone.device
    [again] = phone.push(op)
    assert again["status"] == "repaired"
    assert again["why"]["details"] == {"reason": "水深应为 1.5 米"}
    [line] = audited(server, "quarantine_repaired")
    assert line.device == phone.device
    assert line.details["instead"] == [taken["device"], taken["n"]]
    page = office.get("/quarantine").text
    assert "没有待核查的数据" in page
    assert "水深应为 1.5 米" in page


def test_a_repair_hides_nothing_of_who_makes_it(server: Server, phone: TestPhone) -> None:
    hazard, other = phone.op(), server.phone("另一部手机")
    record = str(hazard["record"])
    phone.push(hazard)
    where = {"record": record, "base": 1, "tip": phone.tip(1)}
    one, two = phone.op({"depth_m": 1.5}, **where), other.op({"depth_m": 2.5}, **where)
    phone.push(one)
    other.push(two)
    office = browser(server)
    choice = {"field": "depth_m", "base": "3", "chosen": f"{two['device']} {two['n']}", "sure": "1"}
    assert office.post(f"/conflicts/hazard/{record}", data=choice).status_code == 303
    for depth in ("3.5", "4.5"):
        op = refused(phone, {"depth_m": -1}, **where)
        form = form_of(office.get(address(phone, op["n"])).text)
        repair = office.post(f"{address(phone, op['n'])}/repair", data={**form, "f.depth_m": depth})
        assert repair.status_code == 303
    with reading(server.engine) as session:
        state = session.get_one(HazardRow, (phone.campaign, record)).state
    told = merge.conflicts(merge.from_json(state))["depth_m"]
    assert sorted(write.fields["depth_m"] for write in told) == [2.5, 3.5, 4.5]


def test_what_still_cannot_be_taken_says_why_and_keeps_what_was_typed(
    server: Server, phone: TestPhone
) -> None:
    op = refused(phone, {"water_name": "石井塘", "depth_m": -1})
    office = browser(server)
    form = form_of(office.get(address(phone, op["n"])).text)
    answer = office.post(f"{address(phone, op['n'])}/repair", data={**form, "f.depth_m": "-3"})
    assert answer.status_code == 422
    assert "填得不对：水深(米)" in answer.text
    assert form_of(answer.text)["f.depth_m"] == "-3"
    kept = row(server, phone, op["n"])
    assert kept
    assert kept.settled is None
    assert phone.pull()["ops"] == []


def test_a_field_can_be_left_out_and_a_record_called_otherwise(server: Server, phone: TestPhone) -> None:
    hazard = phone.op()
    phone.push(hazard)
    op = refused(phone, {"place": "校门口", "headcount": 7}, type="education_visit", record=hazard["record"])
    office, visit = browser(server), new_id()
    form = form_of(office.get(address(phone, op["n"])).text)
    assert form["record"] == hazard["record"]
    data = {**form, "record": visit, "out.headcount": "1"}
    assert office.post(f"{address(phone, op['n'])}/repair", data=data).status_code == 303
    taken = phone.pull()["ops"][-1]
    assert (taken["record"], taken["fields"]) == (visit, {"place": "校门口"})


def test_an_operation_that_is_no_operation_gets_what_it_lacks(server: Server, phone: TestPhone) -> None:
    broken = {
        "made_at": "yesterday",
        "hlc": "soon",
        "tip": None,
        "base": -5,
        "author": "somebody",
        "schema": 7,
    }
    op = refused(phone, {"water_name": "石井塘"}, **broken)
    office = browser(server)
    form = form_of(office.get(address(phone, op["n"])).text)
    assert office.post(f"{address(phone, op['n'])}/repair", data=form).status_code == 303
    [taken] = phone.pull()["ops"]
    assert (taken["author"], taken["base"], taken["tip"]) == (phone.person, 0, GENESIS)
    assert taken["schema"] == 1


def test_a_role_that_has_changed_lets_it_be_taken_under_its_own_key(server: Server, phone: TestPhone) -> None:
    hazard = phone.op()
    step = phone.event(str(hazard["record"]), "register")
    assert phone.push(hazard, step)[1]["status"] == "quarantined"
    office = browser(server)
    still = office.post(f"{address(phone, step['n'])}/again")
    assert still.status_code == 403
    assert 'role="alert"' in still.text

    server.grant(phone.person, Role.REVIEWER)
    answer = office.post(f"{address(phone, step['n'])}/again")
    assert answer.headers["location"] == "/quarantine"
    assert row(server, phone, step["n"]) is None
    with reading(server.engine) as session:
        kept = session.get_one(OperationRow, (phone.campaign, phone.device, step["n"]))
        hazard_row = session.get_one(HazardRow, (phone.campaign, hazard["record"]))
    assert (kept.seq, hazard_row.status) == (2, "registered")
    [again] = phone.push(step)
    assert (again["status"], again["seq"]) == ("duplicate", 2)
    assert len(audited(server, "quarantine_taken")) == 1


def test_a_repair_that_changes_nothing_is_trying_again(server: Server, phone: TestPhone) -> None:
    hazard = phone.op()
    step = phone.event(str(hazard["record"]), "register", comment="第一行\n第二行")
    phone.push(hazard, step)
    server.grant(phone.person, Role.REVIEWER)
    office = browser(server)
    form = form_of(office.get(address(phone, step["n"])).text)
    form["f.comment"] = "第一行\r\n第二行"  # as browsers send it
    assert office.post(f"{address(phone, step['n'])}/repair", data=form).status_code == 303
    assert phone.push(step)[0]["status"] == "duplicate"


def test_discarding_needs_a_reason_which_the_phone_is_told(server: Server, phone: TestPhone) -> None:
    op = refused(phone, {"depth_m": -1})
    office = browser(server)
    where = f"{address(phone, op['n'])}/discard"
    assert office.post(where, data={"reason": "  "}).status_code == 422
    answer = office.post(where, data={"reason": "试填的，不是真的水塘"})
    assert answer.headers["location"] == "/quarantine"
    [again] = phone.push(op)
    assert (again["status"], again["why"]["details"]["reason"]) == ("discarded", "试填的，不是真的水塘")
    [line] = audited(server, "quarantine_discarded")
    assert line.details["reason"] == "试填的，不是真的水塘"
    assert phone.pull()["ops"] == []


def test_a_home_visit_can_only_be_discarded(server: Server, phone: TestPhone) -> None:
    op = refused(phone, {"student_name": "张小三"}, type="home_visit")
    office = browser(server)
    page = office.get(address(phone, op["n"])).text
    assert "/repair" not in page
    assert "/again" not in page
    assert "张小三" not in page
    for way in ("again", "repair"):
        answer = office.post(f"{address(phone, op['n'])}/{way}", data={"type": "hazard", "rest": "{}"})
        assert answer.status_code == 403, way
    where = f"{address(phone, op['n'])}/discard"
    assert office.post(where, data={"reason": "家访另行登记"}).status_code == 303


@pytest.mark.parametrize("first", ["again", "repair", "discard"])
def test_whoever_comes_second_is_told(server: Server, phone: TestPhone, first: str) -> None:
    hazard = phone.op()
    step = phone.event(str(hazard["record"]), "register")
    phone.push(hazard, step)
    server.grant(phone.person, Role.REVIEWER)
    office = browser(server)
    form = {**form_of(office.get(address(phone, step["n"])).text), "reason": "不要", "f.comment": "改"}
    assert office.post(f"{address(phone, step['n'])}/{first}", data=form).status_code == 303
    before = phone.pull()["next"]
    for way in ("again", "repair", "discard"):
        late = browser(server, name=f"另一位{way}").post(f"{address(phone, step['n'])}/{way}", data=form)
        assert late.status_code == 409, way
        assert "已经处理过" in late.text
    assert office.get(address(phone, step["n"])).status_code == 409
    assert phone.pull()["next"] == before


def test_only_administrators_settle(server: Server, phone: TestPhone) -> None:
    op = refused(phone, {"depth_m": -1})
    for role in (Role.INSPECTOR, Role.REVIEWER):
        other = browser(server, role, role.value)
        assert other.get(address(phone, op["n"])).status_code == 403
        for way in ("again", "repair", "discard"):
            answer = other.post(f"{address(phone, op['n'])}/{way}", data={"reason": "x"})
            assert answer.status_code == 403, way
    kept = row(server, phone, op["n"])
    assert kept
    assert kept.settled is None


def test_whatever_arrived_and_whatever_is_sent_gets_an_answer(server: Server, phone: TestPhone) -> None:
    office = browser(server)
    odd: list[dict[str, Any]] = [
        {"fields": []},
        {
            "fields": {
                "position": "here",
                "kit_sign": [],
                "defect_types": {"a": 1},
                "due_date": 5,
                "depth_m": {},
            }
        },
        {"type": ["hazard"], "record": {"a": 1}, "kind": None},
        {"type": "hazard_event", "kind": "append", "fields": {"event_type": {}, "at": 7, "hazard": None}},
        {"device": "0" * 16},
        {"n": 2**70},
        {"fields": {"observed_use": [{"deep": [1, {"x": []}]}], "description": "<script>alert(1)</script>"}},
    ]
    for change in odd:
        phone.push({**phone.op(), **change})
    with reading(server.engine) as session:
        numbers = [kept.n for kept in session.exec(select(QuarantineRow))]
    assert len(numbers) == len(odd)
    assert "<script>alert" not in office.get("/quarantine").text
    for n in numbers:
        page = office.get(address(phone, n))
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert 400 <= office.post(f"{address(phone, n)}/again").status_code < 500
    n = numbers[0]
    bad: list[dict[str, str]] = [
        {"rest": "["},
        {"rest": "[]"},
        {"rest": "[" * 30_000},
        {"rest": '{"a":' + "[" * 33 + "]" * 33 + "}"},
        {"rest": "9" * 40_001},
        {"type": "home_visit"},
        {"type": "x", "record": "y" * 201},
        {"kind": "append"},
        {"record": "' OR 1"},
        {"note": "x" * 1001},
    ]
    for data in bad:
        answer = office.post(f"{address(phone, n)}/repair", data=data)
        assert 400 <= answer.status_code < 500, data
    for path in ("/quarantine/none/1", f"/quarantine/{phone.device}/999", f"/quarantine/{phone.device}/x"):
        assert 400 <= office.get(path).status_code < 500, path
    assert office.post(f"/quarantine/{phone.device}/999/again").status_code == 404
    assert phone.pull()["ops"] == []


@pytest.mark.parametrize("n", [2**53, 2**63, -(2**64), 10**30, "x"])
def test_a_number_that_no_operation_has_is_no_crash(server: Server, n: object) -> None:
    admin = browser(server)
    for answer in (
        admin.get(f"/quarantine/0123456789abcdef/{n}"),
        admin.post(f"/quarantine/0123456789abcdef/{n}/discard", data={"reason": "x"}),
    ):
        assert answer.status_code == 422


def test_the_quarantine_has_pages(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine_page, "SHOWN", 2)
    phone, admin = server.phone(), browser(server)
    phone.push(*[phone.op({"nonsense": n}) for n in range(5)], phone.op({"remark": "x" * 70_000}))
    seen: set[str] = set()
    address, pages = "/quarantine", 0
    while address:
        shown = admin.get(address).text
        seen |= set(re.findall(r'href="(/quarantine/[0-9a-f]+/\d+)"', shown))
        following = re.search(r'rel="next" href="([^"]+)"', shown)
        address, pages = following[1] if following else "", pages + 1
    assert (len(seen), pages) == (6, 3)
    assert admin.get("/quarantine?page=0").status_code == 422
    assert admin.get(f"/quarantine?page={10**30}").status_code == 422
    for item in seen:
        assert admin.get(item).status_code == 200


def test_no_code_of_the_program_is_shown_instead_of_words(server: Server) -> None:
    phone = server.phone()
    hazard = phone.op()
    phone.push(hazard)
    position = {"lat": 113.8, "lon": 23.0, "source": "typed"}
    refused(phone, {"position": position, "kit_ring": {"state": "good", "count": -2}})
    refused(phone, {"defect_types": ["no_sign", "no_rope", "?"]})
    refused(phone, {"date": "?", "place": "村口", "topics": ["drowning"]}, type="education_visit")
    refused(phone, {"student": "张三"}, type="home_visit")
    phone.push(phone.photo(hazard["record"], "before", "0" * 64, width=-1))
    phone.push(phone.event(hazard["record"], "close"))
    office = browser(server)
    for language in ("zh", "en"):
        office.cookies.set("anlan_language", language)
        page = office.get("/quarantine").text
        for address in re.findall(r'href="(/quarantine/[^"]+)"', page):
            page += re.sub(
                r"<pre>.*?</pre>|problem.?code.*?</code>|代码：.*?</code>", "", office.get(address).text
            )
        said = re.sub(r"<(script|details|textarea).*?</\1>|<[^>]+>", " ", page, flags=re.S)
        assert re.findall(r"\b[a-z]+_[a-z_]+\b", said) == []
        if language == "zh":
            assert re.findall(r"\b(?:lat|lon|state|source|typed|good|place|topics|width|role)\b", said) == []
            for words in ("定位: 113.8、23、手工录入", "无警示牌", "家访", "主题"):
                assert words in said, words


def test_of_an_event_only_what_was_filled_in_is_shown(server: Server) -> None:
    phone = server.phone()
    hazard = phone.op()
    phone.push(hazard, phone.event(hazard["record"], "patrol", people_seen=0, comment="", measures_done=None))
    page = browser(server).get(f"/hazards/{hazard['record']}").text
    history = page[page.index('id="history"') :]
    assert "发现涉水人数" in history
    assert "清空" not in history


def test_a_position_is_repaired_the_right_way_round_and_a_far_one_only_when_sure(server: Server) -> None:
    phone, office = server.phone(), browser(server)
    op = refused(phone, {"water_name": "塘", "position": {"lat": 113.752, "lon": 23.021, "source": "typed"}})
    path = address(phone, op["n"])
    asked = office.post(f"{path}/repair", data=form_of(office.get(path).text))
    assert asked.status_code == 422
    assert "经纬度好像写反了" in asked.text
    form = form_of(asked.text)
    assert (form["f.position.lat"], form["f.position.lon"]) == ("23.021", "113.752")
    far = office.post(f"{path}/repair", data={**form, "f.position.lat": "32.021"})
    assert (far.status_code, "不在东莞附近" in far.text, "位置没有写错" in far.text) == (409, True, True)
    assert form_of(far.text)["f.position.lat"] == "32.021"
    assert "位置没有写错" not in asked.text
    assert office.post(f"{path}/repair", data={**form_of(far.text), "sure": "1"}).status_code == 303
    op = refused(phone, {"water_name": "塘", "position": {"lat": 113.752, "lon": 23.021, "source": "typed"}})
    assert office.post(f"{address(phone, op['n'])}/repair", data=form).status_code == 303
