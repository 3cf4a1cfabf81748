"""The list of hazards, narrowed: by chips, by every choice, together with a search, and remembered."""

from typing import Any

from shared.vocabulary import EventType
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

LATE = "2020-01-01"


def lines(phone: HeadlessPhone) -> set[str]:
    return {key.removeprefix("hazard-") for key in phone.all_keys() if key.startswith("hazard-")}


def found(phone: HeadlessPhone) -> str:
    return str(phone.find("found").value)


@played
async def test_chips_narrow_together_say_how_many_are_found_and_go_with_one_tap(
    device: ScriptedPhone,
) -> None:
    late, handed_in = [await device.add_hazard(due_date=LATE) for _ in range(2)]
    await device.hear_event(handed_in, EventType.SUBMIT)
    await device.hear_edit("", water_name="别人的水库", due_date=LATE)
    fresh = await device.add_hazard()
    phone = await device.start()
    assert not phone.has("found")
    await phone.tap("only-own")
    assert lines(phone) == {late, handed_in, fresh}
    assert found(phone) == "找到 3 处"
    await phone.tap("only-overdue")
    assert lines(phone) == {late}, "what is handed in is not overdue, as in the office"
    assert found(phone) == "找到 1 处"
    assert phone.find("asked").value == "已逾期 · 我上报的"
    await phone.tap("only-own")
    assert len(lines(phone)) == 2
    await phone.tap("clear-filters")
    assert len(lines(phone)) == 4
    assert not phone.has("found")


@played
async def test_every_choice_counts_at_once_and_the_button_says_how_many_are_found(
    device: ScriptedPhone,
) -> None:
    far: dict[str, Any] = {"town_code": "441900004", "water_type": "reservoir"}
    pond = await device.add_hazard(risk_override="major", risk_override_reason="去年有孩子落水")
    reservoir = await device.add_hazard(**far, due_date=LATE)
    closed = await device.add_hazard(**far)
    await device.hear_event(closed, EventType.CLOSE)
    phone = await device.start()
    await phone.tap("filter")
    assert phone.page.route == "/filter"
    for key, count in {
        "statuses-reported": 2,
        "statuses-closed": 3,
        "risks-major": 1,
    }.items():
        await phone.tap(key)
        assert phone.says(f"看 {count} 处"), key
    await phone.tap("show-found")
    assert lines(phone) == {pond}
    assert phone.says("筛选 · 2")
    assert phone.find("asked").value == "已上报、已销号 · 重大"
    await phone.tap("filter")
    await phone.tap("risks-major")
    await phone.tap("filter-town")
    await phone.tap("option-441900004")
    assert phone.says("看 2 处")
    await phone.tap("filter-kind")
    await phone.tap("option-reservoir")
    await phone.tap("due-overdue")
    await phone.tap("back")
    assert lines(phone) == {reservoir}
    await phone.tap("filter")
    await phone.tap("filter-town")
    await phone.tap("option-")
    assert phone.says("看 1 处")
    await phone.tap("clear-filters")
    assert phone.says("看 3 处")
    assert not phone.has("clear-filters")


@played
async def test_what_was_searched_and_narrowed_is_remembered_while_the_app_is_open(
    device: ScriptedPhone,
) -> None:
    first = await device.add_hazard(water_name="黄沙河1")
    second = await device.add_hazard(water_name="黄沙河2")
    await device.hear_edit("", water_name="别人的黄沙河1")
    phone = await device.start()
    await phone.write("search", "黄沙河")
    await phone.tap("only-own")
    assert lines(phone) == {first, second}
    await phone.write("search", "黄沙河1")
    await phone.go("/sync")
    await phone.go("/")
    assert lines(phone) == {first}
    assert phone.find("search").value == "黄沙河1"
    await phone.tap("clear-search")
    assert phone.find("search").value == ""
    assert lines(phone) == {first, second}
    await phone.write("search", "没有")
    assert phone.says("清除筛选")
    assert found(phone) == "找到 0 处"
    await phone.tap("clear-filters")
    assert phone.find("search").value == ""
    assert len(lines(phone)) == 3
    again = await device.restart()
    assert not again.has("found")


@played
async def test_all_that_is_found_is_counted_however_far_the_list_was_scrolled(device: ScriptedPhone) -> None:
    for number in range(40):
        await device.add_hazard(water_name=f"黄沙河{number}")
    phone = await device.start()
    await phone.tap("only-to-rectify")
    assert len(lines(phone)) == 30
    assert found(phone) == "找到 40 处"
    await device.add_hazard(water_name="黄沙河40")
    await phone.settle()
    assert found(phone) == "找到 41 处"


@played
async def test_everything_is_said_in_english_too(device: ScriptedPhone) -> None:
    await device.add_hazard(due_date=LATE)
    phone = await device.start("/me")
    await phone.tap("language-en")
    await phone.go("/")
    await phone.tap("only-overdue")
    assert found(phone) == "1 site found"
    assert phone.find("asked").value == "Overdue"
    await phone.tap("filter")
    assert phone.says("Filter hazards")
    assert phone.says("Show 1 site")
