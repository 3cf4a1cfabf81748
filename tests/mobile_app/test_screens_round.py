"""The round of the day on the map: numbered from the nearest on, and reached from 今日."""

import pytest

from mobile_app import today
from mobile_app.texts.choice import texts_for
from tests.mobile_app.test_screens_map import at, marks, moves
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

ZH = texts_for("zh")
LATE = "2020-01-01"


def numbered(phone: HeadlessPhone) -> list[str]:
    """The hazards by their numbers."""
    names = {
        control.content.key.removeprefix("stop-"): int(control.label.split(" · ")[0])
        for control in phone.controls()
        if str(getattr(getattr(control, "content", None), "key", "")).startswith("stop-")
    }
    return sorted(names, key=lambda hazard: names[hazard])


@played
async def test_the_nearest_is_number_one_whatever_is_most_urgent(device: ScriptedPhone) -> None:
    late = await device.add_hazard(position=at(3_000), due_date=LATE)
    near = await device.add_hazard(position=at(-200))
    middle = await device.add_hazard(position=at(0, 900))
    await device.add_hazard()
    phone = await device.start("/today")
    await phone.tap("round-open")
    assert phone.page.route == "/round"
    assert numbered(phone)[0] == late, "without a position the most urgent comes first"
    assert phone.says(ZH.map.round_unlocated)
    assert phone.says("还有 1 处没有定位")
    await phone.tap("where-am-i")
    await phone.settle(0.1)
    assert numbered(phone) == [near, middle, late]
    assert phone.says(ZH.map.round_nearest)
    assert phone.has("me-here")


@played
async def test_a_stop_opens_its_card_and_the_way_back_leads_to_the_round(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(position=at(), due_date=LATE)
    phone = await device.start("/round")
    await phone.tap(f"stop-{hazard}")
    assert phone.has("directions")
    await phone.tap(f"hazard-{hazard}")
    await phone.tap("back")
    assert phone.page.route == "/round"
    await phone.tap("back")
    assert phone.page.route == "/today"


@played
async def test_a_long_round_keeps_the_nearest_and_says_so(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today, "STOPS", 2)
    hazards = [await device.add_hazard(position=at(100 * n)) for n in range(3)]
    device.services.today.fix = await device.services.location.locate()
    phone = await device.start("/round")
    assert numbered(phone) == hazards[:2]
    assert phone.says("还有 1 处更远")


@played
async def test_all_stops_and_oneself_are_in_view(device: ScriptedPhone) -> None:
    for place in (at(20_000), at(0, 15_000)):
        await device.add_hazard(position=place)
    phone = await device.start("/round")
    assert len(marks(phone, "stop")) == 2
    first = phone.find("map").initial_zoom
    await phone.tap("zoom-in")
    await phone.tap("show-all")
    assert moves(phone)[-1]["zoom"] == pytest.approx(first)


@played
async def test_where_no_hazard_has_a_position_there_is_no_round(device: ScriptedPhone) -> None:
    await device.add_hazard(due_date=LATE)
    phone = await device.start("/today")
    assert not phone.has("round-open")
