"""安全教育 on the phone: from door to door in two taps, a hazard on the way, editing, conflicts, deleting."""

import asyncio
from datetime import date, datetime
from typing import Any

from mobile_app.screens.late_taps import LATE_S
from mobile_app.store.queries import visits
from mobile_app.store.queries.visits import VisitCard
from shared import problems
from shared.china_time import CHINA_TIME
from shared.operations import Kind, RecordType
from shared.sync.plan import Settled
from shared.sync.wire import Reason
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

HOUSEHOLD: dict[str, Any] = {
    "visit_type": "family",
    "town_code": "441900003",
    "place": "石井村",
    "presenter": "李老师",
    "topics": ["drowning", "fire"],
    "method": ["door_to_door"],
    "households": 1,
    "leaflets": 2,
    "position": {"lat": 23.021, "lon": 113.752},
}


def today() -> date:
    return datetime.now(CHINA_TIME).date()


async def saved(device: ScriptedPhone, **more: Any) -> str:
    """A household visit of today that was saved here."""
    services = await device.open()
    return await services.visits.save({**HOUSEHOLD, "date": today().isoformat(), **more})


def card(device: ScriptedPhone, visit: str) -> VisitCard:
    return device.services.visits.card(visit)


def fields(device: ScriptedPhone, visit: str) -> dict[str, Any]:
    return card(device, visit).visit.model_dump(mode="json", exclude_none=True)


def lines(phone: HeadlessPhone) -> list[str]:
    return [key for key in phone.all_keys() if key.startswith("visit-") and key != "visit-details"]


async def hear(device: ScriptedPhone, visit: str, kind: Kind = Kind.EDIT, **written: Any) -> None:
    """Another phone wrote something of a visit, and knew nothing of what was written here."""
    await device.hear(device._pulled(RecordType.EDUCATION_VISIT, kind, visit, written))


async def past_late_taps() -> None:
    await asyncio.sleep(LATE_S)


@played
async def test_a_visit_is_written_and_saved(device: ScriptedPhone) -> None:
    phone = await device.start("/visits")
    assert phone.says("还没有安全教育记录")
    await phone.tap("new-visit")
    await past_late_taps()
    for hidden in ("households", "headcount", "start", "position-locate"):
        assert not phone.has(hidden), hidden
    await phone.tap("visit_type-school_class")
    await phone.tap("save")
    assert phone.says("请填写地点。")
    assert phone.says("请填写人数。")
    assert not phone.says("请填写户数。")
    await phone.tap("town_code")
    await phone.tap("option-441900003")
    await phone.write("place", "石井小学")
    await phone.write("headcount", "45")
    await phone.write("start", "930")
    await phone.pick_photos()
    await phone.tap("save")
    assert phone.page.route == "/visits"
    [row] = device.services.visits.listed()
    assert fields(device, row.id) == {
        "visit_type": "school_class",
        "town_code": "441900003",
        "place": "石井小学",
        "headcount": 45,
        "start": "09:30",
        "topics": ["drowning"],
        "date": today().isoformat(),
    }
    assert row.photos_total == 1
    for words in ("石井小学 · 进校园", "45 人", "待上传", "待上传：1 条安全教育 · 1 张照片"):
        assert phone.says(words), words
    assert device.services.drafts() == {}


@played
async def test_the_second_household_takes_two_taps(device: ScriptedPhone) -> None:
    await saved(device, letters_issued=1, feedback="家长支持")
    phone = await device.start("/visits")
    assert phone.find("door-to-door").value == "1 户 · 发放 2 份"
    for _ in range(3):
        await phone.tap("next-household")
        await phone.tap("save")
    assert phone.find("door-to-door").value == "4 户 · 发放 8 份"
    found = [fields(device, row.id) for row in device.services.visits.listed()]
    assert found[:3] == [{**HOUSEHOLD, "date": today().isoformat(), "position": found[0]["position"]}] * 3
    assert found[3]["feedback"] == "家长支持"


@played
async def test_two_fast_taps_on_save_make_one_household(device: ScriptedPhone) -> None:
    await saved(device)
    phone = await device.start("/visits/next")
    save = phone.find("save")._i
    await asyncio.gather(*(phone.session.dispatch_event(save, "click", None) for _ in range(2)))
    await phone.settle()
    assert device.services.visits.count() == 2


@played
async def test_a_late_tap_chooses_nothing_in_the_form_that_opened(device: ScriptedPhone) -> None:
    await saved(device)
    phone = await device.start("/visits")
    await phone.tap("next-household")
    await phone.tap("visit_type-online")
    assert phone.has("households")
    await past_late_taps()
    await phone.tap("visit_type-online")
    assert not phone.has("households")


@played
async def test_the_sum_is_of_this_day_and_this_person(device: ScriptedPhone) -> None:
    await saved(device, date="2020-01-01")
    phone = await device.start("/visits")
    assert not phone.has("next-household")
    await saved(device, households=3)
    await hear(device, "", **HOUSEHOLD, date=today().isoformat())
    gone = await saved(device)
    await device.services.visits.delete(gone)
    await phone.settle()
    assert phone.find("door-to-door").value == "3 户 · 发放 2 份"
    assert len(lines(phone)) == 3


@played
async def test_a_new_visit_starts_where_the_last_one_was(device: ScriptedPhone) -> None:
    await saved(device, organiser="东城街道")
    phone = await device.restart("/visits/new")
    assert phone.find("place").value == "石井村"
    assert phone.find("organiser").value == "东城街道"
    assert not phone.has("households")


@played
async def test_a_hazard_seen_on_the_way_is_linked(device: ScriptedPhone) -> None:
    phone = await device.start("/visits/new")
    await phone.tap("visit_type-family")
    await phone.write("place", "石井村")
    await phone.tap("link-new-hazard")
    assert phone.page.route.endswith("/hazard")
    await past_late_taps()
    await phone.write("water_name", "村口塘")
    await phone.tap("town_code")
    await phone.tap("option-441900003")
    await phone.tap("water_type-pond")
    await phone.save()
    hazard = device.only_hazard()
    assert phone.find(f"linked-{hazard}").value == "村口塘"
    assert phone.find("place").value == "石井村"
    await phone.write("households", "1")
    await phone.tap("town_code")
    await phone.tap("option-441900003")
    await phone.tap("save")
    [row] = device.services.visits.listed()
    assert fields(device, row.id)["hazards"] == [hazard]
    assert device.services.drafts() == {}
    await phone.tap(f"visit-{row.id}")
    await phone.tap(f"open-hazard-{hazard}")
    assert phone.says("隐患详情")


@played
async def test_a_hazard_left_as_a_draft_is_linked_when_it_is_saved(device: ScriptedPhone) -> None:
    visit = await saved(device)
    phone = await device.start(f"/visits/record/{visit}/edit")
    await phone.tap("link-new-hazard")
    await past_late_taps()
    await phone.write("water_name", "村口塘")
    await phone.tap("back")
    await phone.tap("leave-keep")
    phone = await device.restart("/")
    [name] = [name for name in device.services.drafts() if name.startswith("new")]
    await phone.tap(f"draft-continue-{name}")
    await phone.tap("town_code")
    await phone.tap("option-441900003")
    await phone.tap("water_type-pond")
    await phone.save()
    assert phone.page.route == f"/visits/record/{visit}/edit"
    await phone.tap("save")
    assert fields(device, visit)["hazards"] == [device.only_hazard()]


@played
async def test_a_hazard_that_is_here_is_linked_and_unlinked(device: ScriptedPhone) -> None:
    hazard, visit = await device.add_hazard(), await saved(device)
    phone = await device.start(f"/visits/record/{visit}/edit")
    await phone.tap("link-hazard")
    await phone.tap(f"option-{hazard}")
    await phone.tap("save")
    assert fields(device, visit)["hazards"] == [hazard]
    await phone.tap("edit")
    await phone.tap(f"unlink-{hazard}")
    await phone.tap("save")
    assert "hazards" not in fields(device, visit)


@played
async def test_another_kind_clears_the_numbers_of_the_old_one(device: ScriptedPhone) -> None:
    visit = await saved(device)
    phone = await device.start(f"/visits/record/{visit}/edit")
    await phone.tap("visit_type-online")
    await phone.tap("save")
    left = fields(device, visit)
    assert left["visit_type"] == "online"
    assert left.keys().isdisjoint({"households", "leaflets", "position"})


@played
async def test_a_form_that_was_only_looked_at_writes_nothing(device: ScriptedPhone) -> None:
    visit = await saved(device)
    before = len(device.unsent())
    phone = await device.start(f"/visits/record/{visit}/edit")
    await phone.tap("save")
    assert len(device.unsent()) == before


@played
async def test_a_killed_app_goes_on_with_the_draft(device: ScriptedPhone) -> None:
    phone = await device.start("/visits/new")
    await phone.tap("visit_type-village")
    await phone.write("place", "沙腰村")
    await phone.settle(0.6)
    phone = await device.restart("/visits")
    [name] = device.services.drafts()
    assert phone.says("新增安全教育 · 沙腰村")
    await phone.go("/")
    assert not phone.has(f"draft-{name}")
    await phone.go("/visits")
    await phone.tap(f"draft-continue-{name}")
    assert phone.find("place").value == "沙腰村"
    assert phone.has("audience")


@played
async def test_concurrent_values_are_shown_and_settled(device: ScriptedPhone) -> None:
    visit = await saved(device)
    await device.acknowledge()
    await device.services.visits.save({"households": 2}, [], visit)
    await hear(device, visit, households=5)
    phone = await device.start("/visits")
    await phone.tap("only-in-conflict")
    assert lines(phone) == [f"visit-{visit}"]
    await phone.tap(f"visit-{visit}")
    assert phone.says("存在冲突：户数")
    [mine] = [
        place
        for place, write in enumerate(card(device, visit).conflicts["households"])
        if write.fields["households"] == 2
    ]
    await phone.tap(f"keep-households-{mine}")
    assert phone.says("石井村 · 进家庭的“户数”将写为：2")
    await phone.tap("conflict-confirm")
    assert fields(device, visit)["households"] == 2
    assert card(device, visit).conflicts == {}


@played
async def test_deleting_is_asked_about_and_leaves_the_list(device: ScriptedPhone) -> None:
    visit = await saved(device)
    phone = await device.start(f"/visits/record/{visit}")
    await phone.tap("delete")
    await phone.tap("delete-no")
    assert device.services.visits.count() == 1
    await phone.tap("delete")
    await phone.tap("delete-yes")
    assert phone.page.route == "/visits"
    assert lines(phone) == []
    assert [one.kind for one in device.unsent()] == [Kind.EDIT, Kind.DELETE]
    await phone.go(f"/visits/record/{visit}")
    assert phone.says("已不在这部手机上")


@played
async def test_what_the_server_refused_is_said_with_the_visit(device: ScriptedPhone) -> None:
    visit = await saved(device)
    [made] = device.unsent()
    refused = Reason(code=problems.not_found.code, details={})
    await device.settle(Settled(refused={made.number: refused}))
    phone = await device.start("/sync")
    assert phone.says("上传失败：1 条安全教育")
    await phone.tap(f"failed-{visit}")
    assert phone.page.route == f"/visits/record/{visit}"
    assert phone.has("notice-0")


@played
async def test_a_long_evening_is_summed_in_the_store(device: ScriptedPhone) -> None:
    for _ in range(40):
        await saved(device)
    phone = await device.start("/visits")
    assert len(lines(phone)) == 30
    assert phone.find("door-to-door").value == "40 户 · 发放 80 份"
    who = device.services.identity
    assert who is not None
    day = today().isoformat()
    assert device.database.read(lambda session: visits.door_to_door(session, who.person, day)).visits == 40
