"""The list, the details, the steps, and what happens when a screen breaks."""

from dataclasses import replace

import pytest

from shared import problems
from shared.problems import Problem
from shared.sync.wire import DeviceName, Reason
from shared.vocabulary import EventType, PhotoRole
from tests.support.fake_phone import INSPECTOR, FakeApp, FakeServices
from tests.support.headless_phone import HeadlessPhone, played


def with_hazards(count: int = 1) -> FakeServices:
    services = FakeServices()
    for n in range(1, count + 1):
        services.saved[f"h{n}"] = {
            "water_name": f"黄沙河{n}",
            "water_type": "creek",
            "town_code": "441900003",
            "due_date": "2020-01-01",
        }
    return services


def lines(phone: HeadlessPhone) -> list[str]:
    return [key for key in phone.all_keys() if key.startswith("hazard-")]


@played
async def test_a_line_says_what_and_where_and_how_far() -> None:
    phone = await HeadlessPhone.open(FakeApp, with_hazards())
    for word in ("黄沙河1", "河涌 · 东城街道", "已上报", "待上传", "已逾期 2020-01-01"):
        assert phone.says(word), word


@played
async def test_a_long_list_is_drawn_as_far_as_it_is_scrolled() -> None:
    phone = await HeadlessPhone.open(FakeApp, with_hazards(100))
    assert len(lines(phone)) == 30
    scroll = {
        "event_type": "update",
        "pixels": 3000.0,
        "min_scroll_extent": 0.0,
        "max_scroll_extent": 3300.0,
        "viewport_dimension": 600.0,
    }
    await phone.send("hazards", "scroll", scroll)
    assert len(lines(phone)) == 60


@played
async def test_searching_and_narrowing() -> None:
    services = with_hazards(3)
    services.events["h2"] = [(EventType.RECTIFY, {}), (EventType.SUBMIT, {})]
    phone = await HeadlessPhone.open(FakeApp, services)
    await phone.tap("only-pending-acceptance")
    assert lines(phone) == ["hazard-h2"]
    await phone.tap("only-to-rectify")
    assert lines(phone) == ["hazard-h3", "hazard-h1"]
    await phone.write("search", "河3")
    assert lines(phone) == ["hazard-h3"]
    await phone.write("search", "没有")
    assert phone.says("没有符合条件的隐患")


@played
async def test_hazards_that_sync_brings_appear_by_themselves() -> None:
    services = with_hazards()
    phone = await HeadlessPhone.open(FakeApp, services)
    services.saved["h9"] = {"water_name": "别人的水库"}
    services.sync.revision += 1
    await phone.settle()
    assert phone.says("别人的水库")


@played
async def test_details_offer_the_steps_that_are_open() -> None:
    services = with_hazards()
    phone = await HeadlessPhone.open(FakeApp, services)
    await phone.tap("hazard-h1")
    steps = {key for key in phone.all_keys() if key.startswith("step-")}
    assert steps == {"step-rectify", "step-patrol", "step-note"}
    services.events["h1"] = [(EventType.CLOSE, {})]
    services.sync.revision += 1
    await phone.settle()
    steps = {key for key in phone.all_keys() if key.startswith("step-")}
    assert steps == {"step-relapse", "step-recheck", "step-patrol", "step-note"}


@played
async def test_rectifying_needs_measures_and_an_after_photo_to_submit() -> None:
    services = with_hazards()
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1/rectify")
    await phone.tap("save")
    assert phone.find("measures_done").error == "请写明已采取的措施。"
    assert phone.says("报验需要至少一张整改后照片。")
    await phone.write("measures_done", "修好护栏")
    await phone.tap("pick-photos")
    await phone.tap("kit_sign-good")
    await phone.tap("save")
    assert [step for step, _ in services.events["h1"]] == [EventType.RECTIFY, EventType.SUBMIT]
    assert services.events["h1"][0][1] == {"measures_done": "修好护栏", "kit_sign": {"state": "good"}}
    assert [role for _, role in services.photos["h1"]] == [PhotoRole.AFTER]
    assert phone.says("整改已离线保存")
    assert phone.says("待验收")


@played
async def test_a_patrol_counts_people_and_says_its_result() -> None:
    services = with_hazards()
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1/patrol")
    await phone.write("people_seen", "两个")
    await phone.tap("save")
    assert phone.find("people_seen").error == "请填整数。"
    assert phone.says("请选择结果。")
    await phone.write("people_seen", "2")
    await phone.tap("result-normal")
    await phone.tap("save")
    assert services.events["h1"] == [(EventType.PATROL, {"people_seen": 2, "result": "normal"})]


@played
async def test_a_step_that_is_refused_says_why() -> None:
    services = with_hazards()
    services.fails["add_event"] = problems.step_not_open(step="note", status="closed")
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1/note")
    await phone.write("comment", "看过了")
    await phone.tap("save")
    assert phone.find("form-problem").value
    assert phone.page.route == "/hazards/h1/note"


@played
async def test_a_half_written_step_is_there_again_after_the_app_was_left() -> None:
    services = with_hazards()
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1/patrol")
    await phone.tap("result-problem")
    await phone.tap("pick-photos")
    await phone.write("comment", "三人钓鱼")
    await phone.settle(0.6)
    again = await HeadlessPhone.open(FakeApp, services)
    assert again.says("巡查 · ")
    await again.tap("hazard-h1")
    await again.tap("draft-continue")
    assert again.page.route == "/hazards/h1/patrol"
    assert again.find("comment").value == "三人钓鱼"
    assert again.has("remove-photo-0")
    await again.tap("save")
    assert services.events["h1"] == [(EventType.PATROL, {"result": "problem", "comment": "三人钓鱼"})]
    assert services.kept == {}
    assert not again.has("draft")


@played
async def test_editing_begins_with_what_is_shown() -> None:
    services = with_hazards()
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1")
    await phone.tap("edit")
    assert phone.find("water_name").value == "黄沙河1"
    await phone.write("water_name", "黄沙河下游")
    await phone.tap("save")
    assert services.saved["h1"]["water_name"] == "黄沙河下游"


@played
async def test_what_the_server_refused_is_said_on_the_card_and_under_sync() -> None:
    services = with_hazards()
    services.refused["h1"] = (Reason(code="campaign_foreign"),)
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1")
    assert phone.says("服务器没有接收")
    await phone.go("/sync")
    assert phone.has("failed-h1")


@played
async def test_a_screen_that_breaks_says_so_and_the_app_goes_on() -> None:
    services = with_hazards()
    phone = await HeadlessPhone.open(FakeApp, services)
    services.fails["hazard"] = ZeroDivisionError("bug")
    await phone.go("/hazards/h1")
    assert phone.has("broken")
    services.fails.clear()
    await phone.tap("back")
    assert lines(phone) == ["hazard-h1"]


@played
async def test_a_part_that_breaks_leaves_the_rest_of_its_screen() -> None:
    services = with_hazards()
    services.fails["hazards"] = ZeroDivisionError("bug")
    phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
    assert phone.has("broken")
    assert phone.says("张晓明 · 巡查员")


@pytest.mark.parametrize("problem", [problems.server_unreachable(), problems.not_our_server()])
def test_a_failed_sync_says_why(problem: Problem) -> None:
    @played
    async def play() -> None:
        services = with_hazards()
        services.sync.last_problem = problem
        phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
        assert len(phone.find("sync-problem").value) > 8
        assert problem.code not in phone.find("sync-problem").value

    play()


@played
async def test_the_language_is_changed_everywhere_at_once() -> None:
    phone = await HeadlessPhone.open(FakeApp, with_hazards(), route="/me")
    await phone.tap("language-en")
    assert phone.says("Language")
    await phone.go("/")
    assert phone.says("Creek · Dongcheng Subdistrict")


@played
async def test_an_address_at_which_there_is_nothing_leads_home() -> None:
    phone = await HeadlessPhone.open(FakeApp, with_hazards(), route="/nowhere")
    assert phone.has("missing")
    await phone.tap("home")
    assert lines(phone) == ["hazard-h1"]


@played
async def test_towns_are_chosen_under_me_and_none_means_all() -> None:
    services = with_hazards()
    phone = await HeadlessPhone.open(FakeApp, services, route="/me")
    assert phone.says("全部园区")
    await phone.tap("choose-towns")
    assert phone.find("town-all").value is True
    for town in ("town-441900004", "town-441900003", "town-441900401", "town-441900401"):
        await phone.send(town, "change")
    assert phone.find("town-all").value is False
    await phone.tap("save")
    assert services.wanted == ("441900003", "441900004")
    assert phone.says("东城街道、南城街道")
    await phone.go("/me/towns")
    await phone.send("town-all", "change")
    await phone.tap("save")
    assert not services.wanted


@played
async def test_the_history_says_who_wrote_and_on_which_phone() -> None:
    services = with_hazards()
    services.events["h1"] = [(EventType.PATROL, {})]
    services.writers["aa"] = DeviceName(person="李四", name="旧手机")
    services.identity = replace(INSPECTOR, person="02")
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1")
    assert phone.says("李四 · 旧手机")
