"""扫码: the sign of a water leads to its 巡查, the scan is on record, and no code is a dead end."""

from typing import Any

import pytest

from mobile_app.texts.choice import texts_for
from shared.hazards import sign_code
from shared.records.models import Position
from shared.vocabulary import EventType, PatrolValidity, Role
from tests.mobile_app.test_screens_today import give, sync
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone
from tests.support.sky import DENIED, Sky

ZH = texts_for("zh").scan
HERE = {"lat": 23.0421, "lon": 113.7832, "accuracy_m": 8.0}
OTHERS = "00000000-0000-7000-8000-00000000aaa1"
POND: dict[str, Any] = {"water_name": "石井塘", "water_type": "pond", "town_code": "441900003"}


def code(hazard: str) -> str:
    return sign_code.code_of(hazard)


async def patrolled(phone: HeadlessPhone) -> None:
    await phone.tap("result-normal")
    await phone.save()


@played
async def test_a_scanned_sign_opens_the_patrol_and_is_on_record(device: ScriptedPhone) -> None:
    kit: dict[str, Any] = {"kit_sign": {"state": "good", "count": 2}, "kit_ring": {"state": "missing"}}
    hazard = await device.add_hazard(position=HERE, **kit)
    phone = await device.start(f"/scan/{code(hazard)}")
    assert phone.page.route == f"/hazards/{hazard}/patrol/scanned/{code(hazard)}"
    assert phone.find("water").value == "石井塘"
    assert sign_code.in_groups(code(hazard)) in phone.find("sign").value
    await phone.write("people_seen", "3")
    await phone.write("dissuaded", "2")
    await patrolled(phone)
    [(step, said)] = device.events(hazard)
    position = Position.model_validate(said.pop("position"))
    assert (position.lat, position.lon) == (HERE["lat"], HERE["lon"])
    assert step is EventType.PATROL
    assert said == {
        **{"result": "normal", "people_seen": 3, "dissuaded": 2},
        **{"sign_code": code(hazard), **kit},
    }
    assert phone.says(f"巡查已离线保存 · {PatrolValidity.SCANNED.zh}")
    assert phone.page.route == f"/hazards/{hazard}"
    assert phone.says(f"标牌编码: {sign_code.in_groups(code(hazard))}"), "the history says it too"


@played
async def test_what_was_found_last_is_changed_item_by_item_or_all_at_once(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(kit_sign={"state": "good"}, kit_ring={"state": "missing"})
    await device.hear_event(hazard, EventType.PATROL, kit_ring={"state": "damaged"})
    phone = await device.start(f"/scan/{code(hazard)}")
    await phone.tap("kit_sign-damaged")
    await patrolled(phone)
    found = device.events(hazard)[-1][1]
    assert (found["kit_sign"], found["kit_ring"]) == ({"state": "damaged"}, {"state": "damaged"})
    phone = await device.start(f"/scan/{code(hazard)}")
    await phone.tap("kit_all-good")
    await patrolled(phone)
    found = device.events(hazard)[-1][1]
    assert found["kit_sign"] == found["kit_ring"] == found["kit_pole"] == {"state": "good"}


@played
async def test_a_code_may_be_typed_and_that_is_on_record_too(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    phone = await device.start("/today")
    await phone.tap("scan")
    assert phone.page.route == "/scan"
    assert phone.says("100 米以内"), "the rule is printed"
    await phone.write("sign-code", f" {code(hazard)[:4].lower()} {code(hazard)[4:].lower()} ")
    await phone.tap("open-water")
    await patrolled(phone)
    said = device.events(hazard)[0][1]
    assert (said["sign_code"], said["sign_code_typed"]) == (code(hazard), True)
    assert phone.says(PatrolValidity.SCANNED.zh)
    assert phone.says("编码为手工输入")


@played
async def test_the_list_has_the_button_too(device: ScriptedPhone) -> None:
    phone = await device.start()
    padding = phone.find("scan").style.padding
    assert padding.top == padding.bottom == 0, "texts twice as large fit into the bar"
    await phone.tap("scan")
    assert phone.page.route == "/scan"
    await phone.tap("back")
    assert phone.page.route == "/"


@played
async def test_a_mistyped_code_says_so_and_is_mended(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    right = code(hazard)
    phone = await device.start("/scan")
    await phone.tap("open-water")
    assert phone.find("sign-code").error == ZH.missing
    await phone.write(
        "sign-code", right[1] + right[0] + right[2:] if right[0] != right[1] else "0" + right[1:]
    )
    await phone.tap("open-water")
    assert phone.find("sign-code").error == ZH.mistyped
    assert not phone.has("unknown-water")
    await phone.write("sign-code", right)
    await phone.tap("open-water")
    assert phone.page.route.startswith(f"/hazards/{hazard}/patrol/typed/")


@played
async def test_a_damaged_link_says_so(device: ScriptedPhone) -> None:
    phone = await device.start("/scan/K7QM")
    assert phone.find("sign-code").error == ZH.mistyped
    assert phone.find("sign-code").value == "K7QM"


@played
async def test_a_water_that_is_not_here_is_no_dead_end(device: ScriptedPhone) -> None:
    phone = await device.start(f"/scan/{code(OTHERS)}")
    assert phone.find("unknown-water").value == ZH.unknown
    assert not phone.has("water-towns"), "this phone has all towns"
    await phone.tap("sync-water")
    assert device.transport.asked, "it asks the server"
    await device.hear_edit(OTHERS, **POND)
    await phone.settle()
    assert phone.page.route == f"/hazards/{OTHERS}/patrol/scanned/{code(OTHERS)}"


@played
async def test_other_towns_are_named_as_a_reason(device: ScriptedPhone) -> None:
    await (await device.open()).choose_towns(["441900004"])
    phone = await device.start(f"/scan/{code(OTHERS)}")
    assert phone.says(ZH.unknown_towns)
    await phone.tap("water-towns")
    assert phone.page.route == "/me/towns"


@played
async def test_the_sign_of_a_merged_water_leads_to_the_one_that_stays(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    await device.hear_edit(OTHERS, **{**POND, "water_name": "石井大塘"})
    await device.hear_event(OTHERS, EventType.MERGE, merged_into=hazard)
    phone = await device.start(f"/scan/{code(OTHERS)}")
    assert phone.page.route == f"/hazards/{hazard}/patrol/scanned/{code(OTHERS)}"
    await patrolled(phone)
    assert device.events(hazard)[0][1]["sign_code"] == code(OTHERS)
    assert phone.says(PatrolValidity.SCANNED.zh)


@played
async def test_a_deleted_water_is_not_opened(device: ScriptedPhone) -> None:
    await device.hear_edit(OTHERS, **POND)
    await device.hear_deletion(OTHERS)
    phone = await device.start(f"/scan/{code(OTHERS)}")
    assert phone.has("unknown-water")


def test_of_waters_with_one_code_a_person_chooses(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    @played
    async def play() -> None:
        hazards = [await device.add_hazard(water_name=name) for name in ("石井塘", "后山水库")]
        shared = code(hazards[0])
        monkeypatch.setattr(sign_code, "code_of", lambda _hazard: shared)
        phone = await device.start(f"/scan/{shared}")
        assert phone.page.route == f"/scan/{shared}"
        assert phone.says(ZH.several)
        assert all(phone.has(f"hazard-{hazard}") for hazard in hazards)
        await phone.tap(f"hazard-{hazards[1]}")
        await patrolled(phone)
        assert [len(device.events(hazard)) for hazard in hazards] == [0, 1]

    play()


@played
async def test_who_records_no_patrols_sees_the_water(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    await give(device, Role.SUPERVISOR)
    phone = await device.start("/today")
    assert not phone.has("scan")
    await phone.go(f"/scan/{code(hazard)}")
    assert phone.page.route == f"/hazards/{hazard}"


@played
async def test_a_check_in_that_was_left_keeps_its_sign(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    phone = await device.start(f"/scan/{code(hazard)}")
    await phone.write("comment", "两人钓鱼")
    await phone.settle(0.6)
    again = await device.restart(f"/hazards/{hazard}/patrol")
    assert again.find("comment").value == "两人钓鱼"
    assert again.has("sign")
    await patrolled(again)
    assert device.events(hazard)[0][1]["sign_code"] == code(hazard)


@played
async def test_a_patrol_without_sign_and_position_says_that_it_does_not_count(device: ScriptedPhone) -> None:
    device.location.sky = Sky(before=DENIED, allowed=DENIED)
    hazard = await device.add_hazard(position=HERE)
    await sync(device)
    phone = await device.start(f"/hazards/{hazard}/patrol")
    await patrolled(phone)
    assert phone.says(PatrolValidity.UNPROVEN.zh)
    assert device.events(hazard) == [(EventType.PATROL, {"result": "normal"})], (
        "as phones before this wrote it"
    )


@played
async def test_a_second_patrol_of_the_day_says_that_it_does_not_count_again(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(position=HERE)
    for validity in (PatrolValidity.SCANNED, PatrolValidity.REPEATED):
        phone = await device.start(f"/scan/{code(hazard)}")
        await patrolled(phone)
        assert phone.says(f"巡查已离线保存 · {validity.zh}")


@played
async def test_a_position_at_the_water_counts(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(position=HERE)
    phone = await device.start(f"/hazards/{hazard}/patrol")
    await phone.tap("locate")
    await patrolled(phone)
    assert phone.says(f"巡查已离线保存 · {PatrolValidity.NEAR.zh}")


@played
async def test_a_picture_of_the_sign_leads_to_the_water(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    device.camera.code = ""
    phone = await device.start("/scan")
    await take_picture(phone)
    assert phone.says(ZH.no_code)
    device.camera.code = "https://example.org/menu"
    await take_picture(phone)
    assert phone.page.route == "/scan", "it is the code of something else"
    device.camera.code = f"https://anlan.example.org/app/?water={code(hazard)}"
    await take_picture(phone)
    assert phone.page.route == f"/hazards/{hazard}/patrol/scanned/{code(hazard)}"


@played
async def test_the_way_back_from_the_camera_leads_to_the_code(device: ScriptedPhone) -> None:
    device.camera.code = ""
    phone = await device.start("/scan")
    await phone.tap("take-code")
    assert not phone.has("sign-code")
    await phone.tap("back")
    assert phone.has("sign-code")


@played
async def test_a_device_that_reads_no_codes_offers_none(device: ScriptedPhone) -> None:
    phone = await device.start("/scan")
    assert not phone.has("take-code")


async def take_picture(phone: HeadlessPhone) -> None:
    await phone.tap("take-code")
    await phone.tap("shutter")
