"""The list, the details, the steps, and what happens when a screen breaks."""

import asyncio
from typing import Any

import flet as ft
import pytest

from mobile_app.store.queries import hazards
from shared.sync.plan import Settled
from shared.sync.wire import Reason
from shared.vocabulary import EventType, PhotoRole
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import OTHER_PHONE, ScriptedPhone

CREEK: dict[str, Any] = {"water_name": "黄沙河1", "water_type": "creek", "due_date": "2020-01-01"}


def broken(*_: object, **__: object) -> None:
    """What a bug does."""
    raise ZeroDivisionError


def lines(phone: HeadlessPhone) -> list[str]:
    return [key for key in phone.all_keys() if key.startswith("hazard-")]


@played
async def test_a_line_says_what_and_where_and_how_far(device: ScriptedPhone) -> None:
    await device.add_hazard(**CREEK)
    phone = await device.start()
    for word in ("黄沙河1", "河涌 · 东城街道", "已上报", "待上传", "已逾期 2020-01-01"):
        assert phone.says(word), word


@played
async def test_a_long_list_is_drawn_as_far_as_it_is_scrolled(device: ScriptedPhone) -> None:
    for number in range(100):
        await device.add_hazard(water_name=f"黄沙河{number}")
    phone = await device.start()
    assert len(lines(phone)) == 30
    scroll = {
        "event_type": "update",
        "pixels": 3000.0,
        "min_scroll_extent": 0.0,
        "max_scroll_extent": 3300.0,
        "viewport_dimension": 600.0,
    }
    await phone.send("records", "scroll", scroll)
    assert len(lines(phone)) == 60


@played
async def test_what_was_saved_just_now_stands_first_until_its_person_goes_on(device: ScriptedPhone) -> None:
    for number in range(40):
        returned = await device.add_hazard(water_name=f"黄沙河{number}")
        await device.hear_event(returned, EventType.RETURN, comment="补拍")
    phone = await device.start()
    await phone.tap("only-closed")
    await phone.tap("new-hazard")
    for key in ("town_code", "option-441900003", "water_type-creek"):
        await phone.tap(key)
    await phone.write("water_name", "新塘")
    await phone.save()
    saved = next(row.id for row in device.services.hazards("新塘"))
    assert lines(phone) == [f"hazard-{saved}"], "it is seen though only those struck off are asked for"
    assert phone.says("刚保存")
    await phone.tap("clear-filters")
    assert f"hazard-{saved}" not in lines(phone)[:30], "what was sent back stands first again"
    assert not phone.says("刚保存")


@played
async def test_searching_and_narrowing(device: ScriptedPhone) -> None:
    first, second, third = [await device.add_hazard(water_name=f"黄沙河{n}") for n in (1, 2, 3)]
    await device.hear_event(second, EventType.SUBMIT)
    phone = await device.start()
    await phone.tap("only-pending-acceptance")
    assert lines(phone) == [f"hazard-{second}"]
    await phone.tap("only-to-rectify")
    assert lines(phone) == [f"hazard-{third}", f"hazard-{first}"]
    await phone.write("search", "河3")
    assert lines(phone) == [f"hazard-{third}"]
    await phone.write("search", "没有")
    assert phone.says("没有符合条件的隐患")


@played
async def test_a_search_finds_what_is_written_otherwise(device: ScriptedPhone) -> None:
    first = await device.add_hazard(water_name="３号鱼塘", nearest_school="石井小学")
    second = await device.add_hazard(water_name="東江北岸", responsible_person="欧阳明", phone="13812345678")
    phone = await device.start()
    for text, found in {
        "3号": [first],
        "三号": [first],
        "东江": [second],
        "歐陽": [second],
        "1381234": [second],
        "石井小学": [first],
        "东城": [second, first],
    }.items():
        await phone.write("search", text)
        assert lines(phone) == [f"hazard-{hazard}" for hazard in found], text


@played
async def test_what_came_back_stands_first_with_its_reason_until_it_is_dealt_with(
    device: ScriptedPhone,
) -> None:
    returned, rejected, latest = [await device.add_hazard(water_name=f"黄沙河{n}") for n in range(3)]
    await device.hear_event(returned, EventType.RETURN, comment="照片看不清")
    await device.hear_event(rejected, EventType.SUBMIT)
    await device.hear_event(rejected, EventType.REJECT, comment="护栏太矮")
    await device.hear_edit(latest, address="村口")
    phone = await device.start()
    assert lines(phone) == [f"hazard-{hazard}" for hazard in (rejected, returned, latest)]
    for words in ("验收不通过", "原因：护栏太矮", "已退回", "原因：照片看不清"):
        assert phone.says(words), words
    await device.services.rectify(rejected, {"measures_done": "加高"}, [], submit=False)
    await device.services.add_event(returned, EventType.REPORT, {}, [])
    await phone.settle()
    assert not phone.says("原因：")
    assert not phone.says("验收不通过")


@played
async def test_hazards_that_sync_brings_appear_by_themselves(device: ScriptedPhone) -> None:
    phone = await device.start()
    await device.hear_edit("", water_name="别人的水库")
    await phone.settle()
    assert phone.says("别人的水库")


@played
async def test_details_offer_the_steps_that_are_open(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start()
    await phone.tap(f"hazard-{hazard}")
    steps = {key for key in phone.all_keys() if key.startswith("step-")}
    assert steps == {"step-rectify", "step-patrol", "step-control", "step-note"}
    await device.hear_event(hazard, EventType.CLOSE)
    await phone.settle()
    steps = {key for key in phone.all_keys() if key.startswith("step-")}
    assert steps == {"step-relapse", "step-recheck", "step-patrol", "step-note"}


@played
async def test_rectifying_needs_measures_and_an_after_photo_to_submit(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.save()
    assert phone.find("measures_done").error == "请写明已采取的措施。"
    assert phone.says("报验需要至少一张整改后照片。")
    await phone.write("measures_done", "修好护栏")
    for key in ("take-photo", "shutter", "use-photo"):
        await phone.tap(key)
    await phone.tap("kit_sign-good")
    await phone.save()
    [(rectify, done), (submit, how)] = device.events(hazard)
    assert done.pop("position")["accuracy_m"] == 8.0
    assert (rectify, done) == (
        EventType.RECTIFY,
        {"measures_done": "修好护栏", "kit_sign": {"state": "good"}},
    )
    assert (submit, how) == (EventType.SUBMIT, {"after_age_min": 0})
    assert device.roles(hazard) == [PhotoRole.AFTER]
    assert phone.says("整改已离线保存")
    assert phone.says("待验收")


@played
async def test_a_patrol_counts_people_and_says_its_result(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start(f"/hazards/{hazard}/patrol")
    await phone.write("people_seen", "两个")
    await phone.save()
    assert phone.find("people_seen").error == "请填整数。"
    assert phone.says("请选择结果。")
    await phone.write("people_seen", "2")
    await phone.tap("result-normal")
    await phone.save()
    assert device.events(hazard) == [(EventType.PATROL, {"people_seen": 2, "result": "normal"})]


@played
async def test_two_fast_taps_take_a_step_once(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start(f"/hazards/{hazard}/patrol")
    await phone.tap("result-normal")
    save = phone.find("save")._i
    await asyncio.gather(*(phone.session.dispatch_event(save, "click", None) for _ in range(3)))
    await phone.settle()
    assert [event for event, _ in device.events(hazard)] == [EventType.PATROL]


@played
async def test_a_step_that_closed_while_it_was_written_says_why(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.write("measures_done", "修好护栏")
    for key in ("take-photo", "shutter", "use-photo"):
        await phone.tap(key)
    await device.hear_event(hazard, EventType.CLOSE)
    await phone.save()
    assert "已销号" in phone.find("form-problem").value
    assert phone.page.route == f"/hazards/{hazard}/rectify"
    assert phone.find("measures_done").value == "修好护栏"


@played
async def test_a_half_written_step_is_there_again_after_the_app_was_left(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start(f"/hazards/{hazard}/patrol")
    await phone.tap("result-problem")
    await phone.pick_photos()
    await phone.write("comment", "三人钓鱼")
    await phone.settle(0.6)
    again = await device.restart()
    assert again.says("巡查 · ")
    await again.tap(f"hazard-{hazard}")
    await again.tap(f"draft-continue-patrol {hazard}")
    assert again.page.route == f"/hazards/{hazard}/patrol"
    assert again.find("comment").value == "三人钓鱼"
    assert again.has("remove-photo-0")
    await again.save()
    assert device.events(hazard) == [(EventType.PATROL, {"result": "problem", "comment": "三人钓鱼"})]
    assert device.services.drafts() == {}
    assert not again.has("draft")


@played
async def test_editing_begins_with_what_is_shown(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start(f"/hazards/{hazard}")
    await phone.tap("edit")
    assert phone.find("water_name").value == "黄沙河1"
    await phone.write("water_name", "黄沙河下游")
    await phone.save()
    assert device.fields(hazard)["water_name"] == "黄沙河下游"


@played
async def test_what_the_server_refused_is_said_on_the_card_and_under_sync(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    [operation] = device.unsent()
    await device.settle(Settled(refused={operation.number: Reason(code="campaign_foreign")}))
    phone = await device.start(f"/hazards/{hazard}")
    assert phone.says("服务器没有接收")
    await phone.go("/sync")
    assert phone.has(f"failed-{hazard}")


@played
async def test_a_screen_that_breaks_says_so_and_the_app_goes_on(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start()
    monkeypatch.setattr(hazards, "card", broken)
    await phone.go(f"/hazards/{hazard}")
    assert phone.has("broken")
    monkeypatch.undo()
    await phone.tap("back")
    assert lines(phone) == [f"hazard-{hazard}"]


@played
async def test_a_part_that_breaks_leaves_the_rest_of_its_screen(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await device.open()
    monkeypatch.setattr(hazards, "listed", broken)
    phone = await device.start("/sync")
    assert phone.has("broken")
    assert phone.says("张三 · 巡查员")


@pytest.mark.parametrize(("status", "body"), [(0, b""), (200, b"<html>Sign in to this network</html>")])
@played
async def test_a_failed_sync_says_why(device: ScriptedPhone, status: int, body: bytes) -> None:
    phone = await device.start("/sync")
    if status:
        device.transport.says("", status, body)
    await phone.tap("sync-now")
    problem = device.services.sync.last_problem
    assert problem is not None
    assert len(phone.find("sync-problem").value) > 8
    assert problem.code not in phone.find("sync-problem").value


@played
async def test_the_language_is_changed_everywhere_at_once(device: ScriptedPhone) -> None:
    await device.add_hazard(**CREEK)
    phone = await device.start("/me")
    await phone.tap("language-en")
    assert phone.says("Language")
    await phone.go("/")
    assert phone.says("Creek · Dongcheng Subdistrict")


@played
async def test_an_address_at_which_there_is_nothing_leads_home(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start("/nowhere")
    assert phone.has("missing")
    await phone.tap("home")
    assert lines(phone) == [f"hazard-{hazard}"]


@played
async def test_towns_are_chosen_under_me_and_none_means_all(device: ScriptedPhone) -> None:
    phone = await device.start("/me")
    assert phone.says("全部园区")
    await phone.tap("choose-towns")
    assert phone.find("town-all").value is True
    for town in ("town-441900004", "town-441900003", "town-441900401", "town-441900401"):
        await phone.send(town, "change")
    assert phone.find("town-all").value is False
    await phone.save()
    assert device.services.towns() == ("441900003", "441900004")
    assert phone.says("东城街道、南城街道")
    await phone.go("/me/towns")
    await phone.send("town-all", "change")
    await phone.save()
    assert not device.services.towns()


@played
async def test_the_history_says_who_wrote_and_on_which_phone(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    await device.hear_event(hazard, EventType.PATROL)
    phone = await device.start(f"/hazards/{hazard}")
    assert phone.says(f"{OTHER_PHONE.person} · {OTHER_PHONE.name}")


@played
async def test_what_was_returned_says_why_and_is_reported_again(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(**CREEK)
    phone = await device.start(f"/hazards/{hazard}")
    assert not phone.has("step-report")
    await device.hear_event(hazard, EventType.RETURN, comment="位置不对")
    await phone.settle()
    assert "位置不对" in phone.find("came-back").value
    await phone.tap("step-report")
    assert phone.says("重新上报")
    await phone.write("comment", "位置已改")
    await phone.tap("save")
    assert device.events(hazard)[-1] == (EventType.REPORT, {"comment": "位置已改"})
    assert phone.says("已上报")
    assert not phone.has("came-back")


@played
async def test_work_that_was_not_accepted_says_why(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(3, **CREEK)
    await device.hear_event(hazard, EventType.SUBMIT)
    await device.hear_event(hazard, EventType.REJECT, comment="围栏太低")
    phone = await device.start(f"/hazards/{hazard}")
    assert "围栏太低" in phone.find("came-back").value
    shown = phone.all_keys()
    assert shown.index("came-back") < shown.index("step-rectify") < shown.index("photo-state-0")


@played
async def test_a_heading_is_one_by_itself_and_not_its_whole_card(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(1, **CREEK)
    phone = await device.start(f"/hazards/{hazard}")
    headings = [one for one in phone.controls() if isinstance(one, ft.Semantics) and one.header]
    said = {one.content.value for one in headings if isinstance(one.content, ft.Text)}
    assert {"下一步", "现场照片", "基本情况", "整改经过"} <= said
    assert all(one.container for one in headings)
