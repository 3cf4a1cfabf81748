"""同一处？ before a new hazard is saved: one question, two answers, and nothing that was entered is lost."""

import asyncio
from typing import Any

import pytest

from mobile_app.store.queries import drafts
from shared import problems
from shared.operations import Kind, RecordType
from shared.vocabulary import EventType, PhotoRole
from tests.mobile_app.test_screens_form import KEPT, fill
from tests.mobile_app.test_screens_visits import past_late_taps
from tests.support import drawn
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

HERE = {"lat": 23.0425, "lon": 113.7832}
RIVER: dict[str, Any] = {
    "water_name": "黄沙河",
    "water_type": "river",
    "town_code": "441900003",
    "position": HERE,
}


async def entered(device: ScriptedPhone) -> HeadlessPhone:
    """The form of a new hazard at the phone's place, with all that an inspector enters."""
    phone = await device.start()
    await phone.tap("new-hazard")
    await phone.pick_photos()
    await phone.tap("locate")
    await fill(phone)
    await phone.write("description", "护栏缺口")
    await phone.tap("kit_sign-missing")
    await phone.tap("save")
    return phone


@played
async def test_a_hazard_nearby_is_shown_before_the_new_one_is_saved(device: ScriptedPhone) -> None:
    old = await device.add_hazard(photos=1, **RIVER)
    phone = await entered(device)
    assert phone.has(f"same-{old}")
    assert phone.says("同一处？")
    assert phone.says("相距约 45 米")
    assert phone.says("江河")
    assert phone.says("已上报")
    assert [row.id for row in device.services.hazards()] == [old]


@played
async def test_a_hazard_far_away_with_another_name_is_no_question(device: ScriptedPhone) -> None:
    await device.add_hazard(**{**RIVER, "water_name": "石井塘", "position": {"lat": 23.1, "lon": 113.7832}})
    await entered(device)
    assert len(device.services.hazards()) == 2


@played
async def test_what_is_missing_and_what_is_nearby_are_one_question(device: ScriptedPhone) -> None:
    device.location.refused = True
    await device.add_hazard(**RIVER)
    phone = await device.start()
    await phone.tap("new-hazard")
    await fill(phone)
    await phone.tap("save")
    assert phone.says("还缺：照片、定位。")
    assert phone.says("同一处？")
    assert len(phone.find_all("save-anyway")) == 1
    await phone.tap("save-anyway")
    assert len(device.services.hazards()) == 2


@played
async def test_another_place_is_saved_apart_and_says_so_for_good(device: ScriptedPhone) -> None:
    old = await device.add_hazard(**RIVER)
    phone = await entered(device)
    await phone.tap("save-anyway")
    [new] = [row.id for row in device.services.hazards() if row.id != old]
    assert device.fields(new)["distinct_from"] == [old]
    assert device.fields(new)["description"] == "护栏缺口"
    assert device.events(old) == []
    assert phone.page.route == "/"
    assert device.services.drafts() == {}


@played
async def test_the_same_place_gets_what_was_entered_as_a_patrol(device: ScriptedPhone) -> None:
    old = await device.add_hazard(photos=2, kit_sign={"state": "good"}, **RIVER)
    device.picker.gallery = [drawn.photo(40, 30, seed=1), drawn.photo(40, 30, seed=9)]  # one is there already
    phone = await entered(device)
    await phone.tap(f"join-{old}")
    assert device.only_hazard() == old
    [(step, patrol)] = device.events(old)
    assert step is EventType.PATROL
    assert patrol["result"] == "problem"
    assert patrol["kit_sign"] == {"state": "missing"}
    assert patrol["position"]["lat"] == 23.0421
    assert patrol["comment"] == "水域类型：河涌"
    fields = device.fields(old)
    assert fields["description"] == "护栏缺口", "what it did not say is filled in"
    assert fields["kit_sign"] == {"state": "missing"}, "as it was found last"
    assert (fields["water_type"], fields["position"]["lat"]) == ("river", HERE["lat"]), "what it said stays"
    assert device.roles(old) == [PhotoRole.BEFORE, PhotoRole.BEFORE, PhotoRole.SITE]
    assert phone.says("已加入“黄沙河”，已离线保存")
    assert phone.page.route == "/"
    assert device.services.drafts() == {}


@played
async def test_a_name_that_nobody_wrote_is_not_told_of_the_same_place(device: ScriptedPhone) -> None:
    old = await device.add_hazard(**RIVER)
    phone = await device.start()
    await phone.tap("new-hazard")
    await phone.tap("locate")
    await phone.tap("water_type-river")
    await phone.tap("save")
    await phone.tap(f"join-{old}")
    [(_, patrol)] = device.events(old)
    assert "comment" not in patrol
    assert device.fields(old)["water_name"] == RIVER["water_name"]


@played
async def test_a_closed_hazard_is_not_edited_and_loses_nothing(device: ScriptedPhone) -> None:
    old = await device.add_hazard(**RIVER)
    await device.hear_event(old, EventType.CLOSE)
    phone = await entered(device)
    await phone.tap(f"join-{old}")
    edits = [made for made in device.unsent() if made.kind is Kind.EDIT and made.type == RecordType.HAZARD]
    assert len(edits) == 1, "the first saving"
    patrol = device.events(old)[-1][1]
    assert set(patrol["comment"].split("\n")) == {"水域类型：河涌", "隐患描述：护栏缺口"}


@played
async def test_words_without_room_in_one_comment_go_on_in_a_note(device: ScriptedPhone) -> None:
    old = await device.add_hazard(**RIVER, description="旧")
    phone = await device.start()
    await phone.tap("new-hazard")
    await phone.tap("locate")
    await fill(phone)
    text = "深" * 4000
    await phone.write("description", text)
    await phone.tap("save")
    await phone.tap(f"join-{old}")
    assert [step for step, _ in device.events(old)] == [EventType.PATROL, EventType.NOTE]
    assert text in "".join(event["comment"] for _, event in device.events(old))


@pytest.mark.parametrize("answer", ["join", "save-anyway"])
def test_two_taps_are_one_answer(device: ScriptedPhone, answer: str) -> None:
    @played
    async def play() -> None:
        old = await device.add_hazard(**RIVER)
        phone = await entered(device)
        first, second = (f"join-{old}", "save-anyway") if answer == "join" else ("save-anyway", f"join-{old}")
        taps = [phone.find(key).on_click for key in (first, first, second)]
        await asyncio.gather(*(tap() for tap in taps))
        await phone.settle()
        joined, apart = len(device.events(old)), len(device.services.hazards()) - 1
        assert (joined, apart) == ((1, 0) if answer == "join" else (0, 1))

    play()


@played
async def test_an_app_killed_at_the_question_asks_again(device: ScriptedPhone) -> None:
    old = await device.add_hazard(**RIVER)
    await entered(device)
    await asyncio.sleep(KEPT)
    [name] = device.services.drafts()
    phone = await device.restart(f"/draft/{drafts.mark_of(name)}")
    assert phone.find("description").value == "护栏缺口"
    await phone.tap("save")
    await phone.tap(f"join-{old}")
    assert [step for step, _ in device.events(old)] == [EventType.PATROL]
    assert device.roles(old) == [PhotoRole.SITE]
    assert device.services.drafts() == {}


@played
async def test_going_back_from_the_question_keeps_the_form(device: ScriptedPhone) -> None:
    old = await device.add_hazard(**RIVER)
    phone = await entered(device)
    await phone.tap("save-not-yet")
    assert not phone.has(f"same-{old}")
    assert phone.find("description").value == "护栏缺口"
    assert [row.id for row in device.services.hazards()] == [old]


@played
async def test_a_full_phone_asks_nothing_twice_about_the_same_hazards(device: ScriptedPhone) -> None:
    old = await device.add_hazard(**RIVER)
    phone = await entered(device)
    device.disk.problem = problems.device_storage_full()
    await phone.tap("save-anyway")
    assert phone.has("form-problem")
    device.disk.problem = None
    await phone.tap("save")
    [new] = [row.id for row in device.services.hazards() if row.id != old]
    assert device.fields(new)["distinct_from"] == [old]


@played
async def test_a_hazard_that_went_away_meanwhile_costs_nothing(device: ScriptedPhone) -> None:
    old = await device.add_hazard(**RIVER)
    phone = await entered(device)
    await device.hear_event(old, EventType.INVALIDATE)
    await phone.tap(f"join-{old}")
    assert phone.has("form-problem")
    await phone.tap("water_type-creek")
    await phone.tap("save")
    assert len(device.services.hazards()) == 2


@played
async def test_the_same_place_seen_on_the_way_is_linked_with_the_visit(device: ScriptedPhone) -> None:
    old = await device.add_hazard(**RIVER)
    phone = await device.start("/visits/new")
    await phone.tap("link-new-hazard")
    await past_late_taps()
    await fill(phone)
    await phone.tap("save")
    await phone.tap(f"join-{old}")
    assert phone.find(f"linked-{old}").value == "黄沙河"
    assert device.only_hazard() == old
