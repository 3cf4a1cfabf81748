"""地图: marks, cards, moving, and where one is, without a network."""

from typing import Any

import pytest

from mobile_app.screens.map.marks import SIGNS
from mobile_app.store.database import given_roles
from mobile_app.texts.choice import texts_for
from mobile_app.widgets.bars import TABS
from shared.sync.wire import GivenRole
from shared.vocabulary import EventType, Role, Status
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone
from tests.support.sky import DENIED, Sky

ZH = texts_for("zh")
HERE = (23.0421, 113.7832)
"""Where the phone is."""


def at(north_m: float = 0, east_m: float = 0) -> dict[str, float]:
    """So far from where the phone is."""
    lat, lon = HERE[0] + north_m / 111_320, HERE[1] + east_m / 102_440
    return {"lat": round(lat, 6), "lon": round(lon, 6), "accuracy_m": 8.0}


def marks(phone: HeadlessPhone, kind: str = "mark") -> list[str]:
    return [key.removeprefix(f"{kind}-") for key in phone.all_keys() if key.startswith(f"{kind}-")]


def moves(phone: HeadlessPhone) -> list[dict[str, Any]]:
    """Where the map was told to go."""
    return [args for name, args in phone.connection.calls if name == "move_to"]


async def pan(phone: HeadlessPhone, place: dict[str, float], zoom: float) -> None:
    """A finger moved the map there, and let go."""
    middle = {"latitude": place["lat"], "longitude": place["lon"]}
    camera = {"center": middle, "zoom": zoom, "min_zoom": 8, "max_zoom": 19, "rotation": 0}
    await phone.send("map", "position_change", {"coordinates": middle, "has_gesture": True, "camera": camera})
    await phone.settle(0.5)


@played
async def test_a_hazard_says_by_colour_and_sign_how_it_stands_and_opens_by_its_card(
    device: ScriptedPhone,
) -> None:
    hazard = await device.add_hazard(position=at(320))
    device.services.today.fix = await device.services.location.locate()
    phone = await device.start("/map")
    assert marks(phone) == [hazard]
    icon = phone.find(f"mark-{hazard}").content
    assert icon.icon == SIGNS[Status.REPORTED]
    assert not phone.has("chosen")
    await phone.tap(f"mark-{hazard}")
    for words in ("石井塘", "已上报", "风险等级：", "北 320 米"):
        assert phone.says(words), words
    assert phone.has("directions")
    assert not phone.has("zoom-in"), "they make room for the card"
    await phone.tap(f"hazard-{hazard}")
    assert phone.page.route == f"/hazards/{hazard}"
    await phone.tap("back")
    assert phone.page.route == "/map"


@pytest.mark.parametrize("way", ["close-chosen", "map"])
@played
async def test_the_card_closes_by_its_button_and_by_a_tap_beside_it(device: ScriptedPhone, way: str) -> None:
    hazard = await device.add_hazard(position=at())
    phone = await device.start("/map")
    await phone.tap(f"mark-{hazard}")
    if way == "map":
        place = {"latitude": HERE[0], "longitude": HERE[1]}
        await phone.send("map", "tap", {"coordinates": place, "gx": 1, "gy": 1, "lx": 1, "ly": 1})
    else:
        await phone.tap(way)
    assert not phone.has("chosen")
    assert phone.has("zoom-in")


@played
async def test_many_in_one_place_are_one_mark_that_leads_nearer(device: ScriptedPhone) -> None:
    near = [await device.add_hazard(position=at(60 * n)) for n in range(3)]
    far = await device.add_hazard(position=at(-30_000))
    phone = await device.start("/map")
    assert marks(phone) == [far]
    [cell] = marks(phone, "cell")
    assert "3" in phone.texts()
    await phone.tap(f"cell-{cell}")
    assert moves(phone)[-1]["zoom"] > 15
    assert set(marks(phone)) == set(near)


@played
async def test_hazards_that_no_zoom_tells_apart_are_listed(device: ScriptedPhone) -> None:
    both = [await device.add_hazard(position=at()) for _ in range(2)]
    phone = await device.start("/map")
    [cell] = marks(phone, "cell")
    await phone.tap(f"cell-{cell}")
    assert phone.says("这里有 2 处")
    assert set(marks(phone, "hazard")) == set(both)
    assert not phone.has("directions"), "to which of them?"


@played
async def test_a_mark_of_many_says_what_needs_somebody(device: ScriptedPhone) -> None:
    first, _ = [await device.add_hazard(position=at()) for _ in range(2)]
    phone = await device.start("/map")
    names = [control.label for control in phone.controls() if getattr(control, "button", None)]
    assert "2 处隐患" in names
    await device.hear_event(first, EventType.RETURN, comment="补拍")
    await phone.settle()
    names = [control.label for control in phone.controls() if getattr(control, "button", None)]
    assert "2 处隐患 · 退回或反弹 1 处" in names


@played
async def test_the_map_can_be_moved_away_and_brought_back(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(position=at())
    phone = await device.start("/map")
    await pan(phone, at(90_000), 14)
    assert marks(phone) == []
    await phone.tap("show-all")
    assert marks(phone) == [hazard]
    before = moves(phone)[-1]["zoom"]
    await phone.tap("zoom-in")
    assert moves(phone)[-1]["zoom"] == round(before) + 1
    await phone.tap("zoom-out")
    await phone.tap("zoom-out")
    assert moves(phone)[-1]["zoom"] == round(before) - 1


@played
async def test_it_opens_where_it_was_left(device: ScriptedPhone) -> None:
    await device.add_hazard(position=at())
    phone = await device.start("/map")
    await pan(phone, at(5_000), 13)
    await phone.go("/me")
    await phone.go("/map")
    shown = phone.find("map")
    assert shown.initial_zoom == 13
    assert shown.initial_center.latitude == pytest.approx(at(5_000)["lat"])


@played
async def test_where_one_is_is_asked_for_and_shown(device: ScriptedPhone) -> None:
    await device.add_hazard(position=at(9_000))
    phone = await device.start("/map")
    assert not phone.has("me-here")
    await phone.tap("where-am-i")
    await phone.settle(0.1)
    assert phone.has("me-here")
    there = moves(phone)[-1]["destination"]
    assert (there.latitude, there.longitude) == pytest.approx(HERE, abs=1e-4)


@played
async def test_without_a_position_it_says_why_and_still_shows_hazards(device: ScriptedPhone) -> None:
    device.location.sky = Sky(before=DENIED, allowed=DENIED)
    hazard = await device.add_hazard(position=at())
    phone = await device.start("/map")
    await phone.tap("where-am-i")
    await phone.settle(0.1)
    assert phone.has("position-problem")
    assert marks(phone) == [hazard]


@played
async def test_an_empty_map_says_why_and_names_towns(device: ScriptedPhone) -> None:
    await device.add_hazard()
    phone = await device.start("/map")
    assert phone.says(ZH.map.none)
    assert phone.says("虎门")
    assert phone.says(ZH.map.purpose)
    await phone.tap("show-all")
    assert phone.says("虎门")
    hazard = await device.add_hazard(position=at())
    await phone.settle()
    assert not phone.says(ZH.map.none)
    assert marks(phone) == [hazard]


@played
async def test_a_hazard_that_was_deleted_has_no_mark(device: ScriptedPhone) -> None:
    hazard = "00000000-0000-7000-8000-00000000aaa1"
    await device.hear_edit(hazard, water_name="黄沙河", town_code="441900003", position=at())
    phone = await device.start("/map")
    assert marks(phone) == [hazard]
    await device.hear_deletion(hazard)
    await phone.settle()
    assert marks(phone) == []


@played
async def test_who_sees_no_hazards_sees_none_here_either(device: ScriptedPhone) -> None:
    await device.add_hazard(position=at())
    role = GivenRole.model_validate({"role": Role.TEACHER, "school": "s1"})
    await given_roles.keep(device.database, [role])
    phone = await device.start("/map")
    assert marks(phone) == []
    assert phone.has("map-empty")


@played
async def test_the_legend_names_every_sign(device: ScriptedPhone) -> None:
    phone = await device.start("/map")
    await phone.tap("map-legend")
    for status in Status:
        assert phone.says(ZH.of(status))
    await phone.tap("legend-close")
    assert not phone.has("legend-close")


def test_every_status_has_a_sign_of_its_own() -> None:
    assert set(SIGNS) == set(Status)
    assert len(set(SIGNS.values())) == len(SIGNS)


@played
async def test_education_is_reached_beside_the_hazards(device: ScriptedPhone) -> None:
    phone = await device.start("/")
    await phone.tap("kind-education_visit")
    assert phone.page.route == "/visits"
    assert phone.has("new-visit")
    assert phone.find("tabs").selected_index == TABS.index("/")
    await phone.tap("kind-education_visit")
    assert phone.page.route == "/visits"
    await phone.tap("kind-hazard")
    assert phone.page.route == "/"
    assert phone.has("new-hazard")
