"""What a device did is shown and can be undone; what was deleted is listed and can be brought back."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from shared import merge
from shared.china_time import CHINA_TIME
from shared.merge import from_json
from shared.vocabulary import Role
from sync_server.commands import undo
from sync_server.database.tables import AuditRow, CampaignRow, HazardRow, PhotoRow
from sync_server.database.transactions import reading
from sync_server.pages.hazards import hazard_view
from tests.support.server import Server, TestPhone

SURE = {"reason": "手机被人拿走", "sure": "1"}


def hazard(server: Server, record: str) -> HazardRow:
    with reading(server.engine) as session:
        return session.get_one(HazardRow, (server.campaign, record))


def shown(server: Server, record: str) -> dict[str, Any]:
    return merge.shown(from_json(hazard(server, record).state))


def log(phone: TestPhone) -> int:
    return int(phone.pull(limit=500)["next"])


def caught_up(phone: TestPhone) -> TestPhone:
    phone.seen = log(phone)
    return phone


def undone(server: Server, phone: TestPhone, ago: timedelta = timedelta(minutes=5)) -> str:
    """Undo what a phone wrote since then, on the page; what the page says."""
    browser = server.browser(name=f"管理{phone.device}{log(phone)}")
    since = (datetime.now(CHINA_TIME) - ago).isoformat(timespec="minutes")[:16]
    assert browser.get(f"/devices/{phone.device}", params={"since": since}).status_code == 200
    answer = browser.post(f"/devices/{phone.device}/undo", data={"since": since, **SURE})
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
def honest(server: Server) -> TestPhone:
    return server.phone("李巡查")


@pytest.fixture
def liar(server: Server) -> TestPhone:
    """A reviewer's phone, which may do much."""
    return server.phone("被拿走的手机", server.person("王审核", Role.REVIEWER).id)


def said(server: Server, phone: TestPhone, waiting: str, *, push: bool = False) -> int:
    """Contact the server and say what waits."""
    headers = {**phone.headers, "Anlan-Waiting": waiting}
    path = f"/api/v1/campaigns/{server.campaign}"
    if push:
        message = {"epoch": phone.epoch, "ops": []}
        return server.client.post(f"{path}/push", json=message, headers=headers).status_code
    return server.client.get(f"{path}/pull", headers=headers).status_code


def test_the_page_says_what_waits_on_a_phone_and_when_it_said_so(server: Server, honest: TestPhone) -> None:
    browser = server.browser()
    assert "没有上传" not in browser.get("/devices").text
    assert said(server, honest, "records=3, photos=2", push=True) == 200
    page = browser.get("/devices").text
    assert "还有 3 条记录、2 张照片没有上传" in page
    assert re.search(r"（手机 [-0-9]+ [0-9:]+ 报告）", page)
    assert said(server, honest, "records=0, photos=1") == 200  # within minutes of the contact before
    assert "还有 0 条记录、1 张照片没有上传" in browser.get(f"/devices/{honest.device}").text
    log(honest)  # a phone that does not say
    assert "还有 0 条记录、1 张照片没有上传" in browser.get("/devices").text
    assert said(server, honest, "many") == 422


def test_everything_a_device_wrote_is_undone_at_once(
    server: Server, honest: TestPhone, liar: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "AT_ONCE", 3)  # it takes several transactions
    made = [honest.op({"water_name": f"塘{n}", "depth_m": 1.0, "town_code": "441900003"}) for n in range(6)]
    photo = honest.photo(made[0]["record"], "before", "ab" * 32)
    honest.push(*made, photo)
    records = [one["record"] for one in made]
    before = [shown(server, record) for record in records]
    caught_up(liar)
    junk = [liar.op() for _ in range(4)]
    bad = [
        *(liar.op({}, record=record, kind="delete") for record in records[:2]),
        *(liar.op({"water_name": "假", "town_code": "441900101"}, record=record) for record in records[2:4]),
        liar.op({"description": "假", "depth_m": None}, record=records[4]),
        liar.op({}, record=photo["record"], type="photo", kind="detach"),
        *junk,
        liar.photo(records[5], "after", "cd" * 32),
        liar.op({"depth_m": 9.0}, record=junk[0]["record"]),
    ]
    assert {result["status"] for result in liar.push(*bad)} == {"stored"}
    assert hazard(server, records[0]).deleted
    undone(server, liar)
    for record, values in zip(records, before, strict=True):
        assert not hazard(server, record).deleted
        now = {name: value for name, value in shown(server, record).items() if value is not None}
        assert now == {**values, **({merge.DELETED: False} if merge.DELETED in now else {})}
    assert all(hazard(server, one["record"]).deleted for one in junk)
    with reading(server.engine) as session:
        photos = session.exec(select(PhotoRow)).all()
        noted = session.exec(select(AuditRow).where(AuditRow.action == "device_undone")).all()
    assert {row.sha256: row.attached for row in photos} == {"ab" * 32: True, "cd" * 32: False}
    assert [row.details["reason"] for row in noted] == [SURE["reason"]]
    end = log(honest)
    undone(server, liar)
    assert log(honest) == end, "undoing again changes nothing"


def test_what_others_wrote_since_stays(server: Server, honest: TestPhone, liar: TestPhone) -> None:
    mine = honest.op({"water_name": "石井塘", "depth_m": 1.0, "town_code": "441900003"})
    honest.push(mine)
    theirs = caught_up(liar).op()
    liar.push(liar.op({"water_name": "假", "depth_m": 5.0}, record=mine["record"]), theirs)
    caught_up(honest)
    honest.push(honest.op({"depth_m": 2.0}, record=mine["record"]), honest.event(theirs["record"], "patrol"))
    page = undone(server, liar)
    values = shown(server, mine["record"])
    assert (values["water_name"], values["depth_m"]) == ("石井塘", 2.0)
    assert not hazard(server, theirs["record"]).deleted, "somebody has worked on it"
    assert theirs["record"] in page


def test_what_others_are_merged_into_stays_until_that_is_taken_back(
    server: Server, honest: TestPhone, liar: TestPhone
) -> None:
    reviewer = server.phone("陈审核的手机", server.person("陈审核", Role.REVIEWER).id)
    mine, theirs = honest.op(), liar.op()
    honest.push(mine)
    liar.push(theirs)
    caught_up(reviewer).push(reviewer.event(mine["record"], "merge", merged_into=theirs["record"]))
    assert theirs["record"] in undone(server, liar)
    assert not hazard(server, theirs["record"]).deleted
    caught_up(reviewer).push(reviewer.event(mine["record"], "register"))
    undone(server, liar)
    assert hazard(server, theirs["record"]).deleted


def test_a_dispute_that_a_device_hid_is_there_again(
    server: Server, honest: TestPhone, liar: TestPhone
) -> None:
    other = server.phone("陈巡查")
    made = honest.op({"water_name": "石井塘", "town_code": "441900003"})
    honest.push(made)
    for phone, text in ((honest, "深"), (other, "浅")):
        phone.push(phone.op({"description": text}, record=made["record"], base=1))
    liar.push(caught_up(liar).op({"description": "假"}, record=made["record"]))
    assert hazard(server, made["record"]).conflicts == 0
    undone(server, liar)
    state = from_json(hazard(server, made["record"]).state)
    assert {write.fields["description"] for write in merge.heads(state, "description")} == {"深", "浅"}


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_devices_that_wrote_the_same_nothing_is_left_once_both_are_undone(
    server: Server, honest: TestPhone, liar: TestPhone, first: int
) -> None:
    made = honest.op({"water_name": "石井塘", "description": "深", "town_code": "441900003"})
    photo = honest.photo(made["record"], "before", "ab" * 32)
    honest.push(made, photo)
    twin = server.phone("另一部", liar.person)
    for phone, seen in ((caught_up(liar), 2), (twin, 2)):  # neither has seen the other
        phone.push(
            phone.op({"description": "假", "remark": "假"}, record=made["record"], base=seen),
            phone.op({}, record=photo["record"], type="photo", kind="detach", base=seen),
        )
    liars = [liar, twin]
    for phone in (liars[first], liars[1 - first]):
        undone(server, phone)
    values = shown(server, made["record"])
    assert (values["description"], values["remark"], hazard(server, made["record"]).photo_count) == (
        "深",
        None,
        1,
    )
    assert hazard(server, made["record"]).conflicts == 0
    end = log(honest)
    for phone in liars:
        undone(server, phone)
    assert log(honest) == end, "undoing again changes nothing"


def test_only_what_came_since_the_moment_is_undone(
    server: Server, honest: TestPhone, liar: TestPhone
) -> None:
    made = honest.op()
    honest.push(made)
    liar.push(caught_up(liar).op({"description": "假"}, record=made["record"]))
    undone(server, liar, ago=timedelta(minutes=-5))
    assert shown(server, made["record"])["description"] == "假"


def test_steps_stay_and_are_named_for_a_reviewer(server: Server, honest: TestPhone, liar: TestPhone) -> None:
    made = honest.op()
    honest.push(made)
    liar.push(caught_up(liar).event(made["record"], "invalidate", comment="假"))
    assert made["record"] in undone(server, liar)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"since": "2026-01-01T00:00", "reason": "x"}, 422),
        ({"since": "yesterday", **SURE}, 422),
        ({"since": "2026-01-01T00:00", "reason": " ", "sure": "1"}, 422),
        ({"since": "9999-12-31T23:59", **SURE}, 422),
    ],
)
def test_undoing_takes_a_moment_a_reason_and_a_second_look(
    server: Server, liar: TestPhone, said: dict[str, str], status: int
) -> None:
    liar.push(liar.op())
    answer = server.browser().post(f"/devices/{liar.device}/undo", data=said)
    assert answer.status_code == status
    assert log(liar) == 1


def test_the_page_counts_what_a_device_did(server: Server, honest: TestPhone) -> None:
    made = honest.op()
    honest.push(
        made, honest.op(), honest.event(made["record"], "patrol"), honest.event(made["record"], "close")
    )
    text = server.browser().get(f"/devices/{honest.device}").text
    assert "隐患 · 填写</th><td>2</td>" in text
    assert "巡查/整改记录 · 记录</th><td>1</td>" in text
    assert "待核查数据</dt><dd>1</dd>" in text
    assert server.browser(name="乙").get("/devices/0000000000000000").status_code == 404


def test_a_claim_is_shown_and_an_administrator_confirms_a_restore(server: Server, liar: TestPhone) -> None:
    liar.push(liar.op())
    browser = server.browser()
    assert "/devices/restored" not in browser.get("/devices").text
    path = f"/api/v1/campaigns/{server.campaign}/pull"
    server.client.get(path, params={"since": 1, "tip": "f" * 16}, headers=liar.headers)
    assert "/devices/restored" in browser.get("/devices").text
    assert browser.post("/devices/restored").status_code == 422
    assert browser.post("/devices/restored", data={"sure": "1"}).status_code == 303
    with reading(server.engine) as session:
        assert session.get_one(CampaignRow, server.campaign).epoch != liar.epoch
    assert "/devices/restored" not in browser.get("/devices").text


def test_what_was_deleted_is_listed_and_brought_back(server: Server, honest: TestPhone) -> None:
    made, visit = (
        honest.op(),
        honest.op({"place": "石井小学", "town_code": "441900003"}, type="education_visit"),
    )
    honest.push(made, visit)
    gone = [honest.op({}, record=made["record"], kind="delete")]
    gone.append(honest.op({}, record=visit["record"], type="education_visit", kind="delete"))
    assert {result["status"] for result in honest.push(*gone)} == {"stored"}
    browser = server.browser(Role.REVIEWER, "王审核")
    page = browser.get("/deleted").text
    assert made["record"] in page
    assert "石井小学" in page
    for kind, record in (("hazard", made["record"]), ("education_visit", visit["record"])):
        for _ in range(2):
            assert browser.post(f"/deleted/{kind}/{record}").status_code == 303
    assert made["record"] not in browser.get("/deleted").text
    assert not hazard(server, made["record"]).deleted
    assert log(honest) == 6, "brought back once each"
    assert server.browser(Role.SUPERVISOR, "督导").get("/deleted").status_code == 403
    assert browser.post("/deleted/photo/" + made["record"]).status_code == 404


def test_a_hazard_that_many_devices_wrote_on_has_a_page_of_bounded_size(
    server: Server, honest: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hazard_view, "STEPS_SHOWN", 20)
    made = honest.op()
    honest.push(made)
    browser = server.browser()

    def written_on(times: int) -> int:
        """The page's bytes once so many more phones, unaware of each other, wrote a description."""
        for _ in range(times):
            phone = server.phone()
            phone.push(phone.op({"description": "深" * 200}, record=made["record"], base=1))
        return len(browser.get(f"/hazards/{made['record']}").content)

    some, many = written_on(30), written_on(30)
    assert many < some * 1.05
    assert hazard(server, made["record"]).conflicts == 0, "they agree"
    for count in range(30):
        phone = server.phone()
        phone.push(phone.op({"description": f"深{count}"}, record=made["record"], base=1))
    page = browser.get(f"/hazards/{made['record']}").text
    assert "没有列出" in page
    assert f"/hazards/{made['record']}?skipped=20#history" in page
    assert "首次上报" in browser.get(f"/hazards/{made['record']}?skipped=80").text


def test_deleted_records_come_a_page_at_a_time(
    server: Server, honest: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync_server.pages.review import deleted_page

    monkeypatch.setattr(deleted_page, "SHOWN", 2)
    made = [honest.op() for _ in range(5)]
    honest.push(*made, *(honest.op({}, record=one["record"], kind="delete") for one in made))
    browser, address, seen = server.browser(), "/deleted", list[str]()
    while address:
        page = browser.get(address).text
        seen += [one["record"] for one in made if one["record"] in page]
        address = next(iter(page.split('href="/deleted?before=')[1:]), "").partition('"')[0]
        address = f"/deleted?before={address}" if address else ""
    assert sorted(seen) == sorted(one["record"] for one in made)
