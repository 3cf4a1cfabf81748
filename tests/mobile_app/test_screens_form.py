"""新增隐患: what is asked, what is kept, and what is said when."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import flet as ft
import pytest
from sqlmodel import Session

from mobile_app.screens import late_taps
from mobile_app.screens.form import keeping
from mobile_app.screens.formatting import clock_words
from mobile_app.store.database import meta
from mobile_app.texts import zh
from mobile_app.widgets import segments
from mobile_app.widgets.bars import TABS
from shared import problems
from shared.china_time import CHINA_TIME
from shared.vocabulary import KitItem, PhotoRole
from tests.mobile_app.enrolled_store import ENROLLED
from tests.support import drawn, photo_cases
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import NO_PICTURE, ScriptedPhone
from tests.support.sky import DENIED, Sky

KEPT = 0.6  # seconds until a draft is kept
OLD_DRAFT = {"at": "2026-11-23T10:00:00+08:00", "fields": {"water_name": "旧"}, "photos": []}


@pytest.mark.parametrize(
    ("word", "tiled"),
    [("蓄水池/灌溉水池", True), ("Fish pond", True), ("Abandoned quarry", False), ("Swimming venue", False)],
)
def test_no_word_is_broken_by_a_narrow_tile(word: str, tiled: bool) -> None:
    drawn_as = segments.tiles(
        "水域类型", [("one", "River"), ("two", word)], None, lambda _code: None, key="type"
    )
    assert isinstance(drawn_as, ft.Column)
    assert isinstance(drawn_as.controls[1], ft.ResponsiveRow) is tiled


async def new_form(device: ScriptedPhone) -> HeadlessPhone:
    phone = await device.start()
    await phone.tap("new-hazard")
    return phone


async def choose(phone: HeadlessPhone, field: str, code: str) -> None:
    await phone.tap(field)
    await phone.tap(f"option-{code}")


async def fill(phone: HeadlessPhone) -> None:
    await choose(phone, "town_code", "441900003")
    await phone.tap("water_type-creek")
    await phone.write("water_name", "  黄沙河 ")


@played
async def test_a_whole_hazard_is_saved_as_it_was_written(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.pick_photos()
    await phone.tap("locate")
    await fill(phone)
    await phone.write("description", "护栏缺口")
    await phone.tap("kit_sign-damaged")
    await phone.tap("kit_ring-missing")
    await phone.tap("kit_ring-missing")  # taken back
    await phone.tap("due_date-7")
    await phone.save()
    hazard = device.only_hazard()
    saved = device.fields(hazard)
    due = saved.pop("due_date")
    assert len(due) == 10
    assert saved["position"].pop("fix_time")
    assert saved == {
        "position": {
            "lat": 23.0421,
            "lon": 113.7832,
            "accuracy_m": 8.0,
            "source": "gnss",
        },
        "town_code": "441900003",
        "water_type": "creek",
        "water_name": "黄沙河",
        "description": "护栏缺口",
        "kit_sign": {"state": "damaged"},
    }
    assert device.roles(hazard) == [PhotoRole.BEFORE]
    assert phone.page.route == "/"
    assert phone.has(f"hazard-{hazard}")


@played
async def test_a_whole_hazard_takes_six_taps_and_no_typing(device: ScriptedPhone) -> None:
    phone = await device.start()
    taps = ["new-hazard", "take-photo", "shutter", "use-photo", "water_type-pond", "save"]
    for key in taps:
        await phone.tap(key)
    hazard = device.only_hazard()
    saved = device.fields(hazard)
    assert saved["position"]["accuracy_m"] == 8.0
    assert (saved["town_code"], saved["water_type"]) == ("441900003", "pond")
    assert saved["water_name"] == "东城街道池塘"
    assert device.roles(hazard) == [PhotoRole.BEFORE]
    assert phone.page.route == "/"
    assert len(taps) <= 6


@played
async def test_a_day_of_another_month_is_chosen_in_the_calendar(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await fill(phone)
    today = device.services.server_clock.now().astimezone(CHINA_TIME).date()
    after = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    await phone.tap("due_date-pick")
    assert not phone.has("due_date-days-before"), "no deadline lies in the past"
    await phone.tap("due_date-days-after")
    await phone.tap(f"due_date-days-{after}")
    assert not phone.has("due_date-days")
    await phone.save()
    assert device.fields(device.only_hazard())["due_date"] == after.isoformat()


@played
async def test_days_go_by_the_servers_clock_whatever_the_phones_shows(device: ScriptedPhone) -> None:
    year_ms = 365 * 24 * 3600 * 1000
    phone = await new_form(device)

    def learn(session: Session) -> None:
        meta.set_progress(session, replace(meta.progress(session), offset_ms=-year_ms))

    before = datetime.now(CHINA_TIME) - timedelta(days=365)
    await device.database.write(learn)
    await fill(phone)
    await phone.tap("due_date-7")
    await phone.save()
    saved = device.card(device.only_hazard()).hazard
    assert saved.due_date in {(before + timedelta(days=days)).date() for days in (7, 8)}
    assert saved.year == saved.found_on.year == before.year
    assert not phone.says("已逾期 20")
    assert phone.says("手机时间快了约365天")
    for offset_ms, said in {
        5 * 60_000: "",
        3 * 3600_000: "慢了约3小时",
        -25 * 60_000: "快了约25分钟",
    }.items():
        words = clock_words(zh.TEXTS, timedelta(milliseconds=offset_ms))
        assert said in words
        assert bool(said) == bool(words)
    assert device.services.server_clock.ahead == timedelta(days=-365)


@played
async def test_a_hazard_without_photo_and_position_is_saved_knowingly(device: ScriptedPhone) -> None:
    device.location.refused = True
    phone = await new_form(device)
    await fill(phone)
    await phone.tap("save")
    assert phone.says("还缺：照片、定位。")
    await phone.tap("save-not-yet")
    assert not phone.has("save-anyway")
    assert device.services.hazards() == []
    await phone.tap("locate")
    await phone.tap("save")
    assert phone.says("还缺：照片。")
    await phone.tap("save-anyway")
    assert phone.says("已离线保存")
    assert device.roles(device.only_hazard()) == []


@played
async def test_a_whole_hazard_and_an_edit_are_saved_without_a_question(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.pick_photos()
    await phone.tap("locate")
    await fill(phone)
    await phone.tap("save")
    bare = await device.add_hazard(water_name="石井塘")
    await phone.go(f"/hazards/{bare}/edit")
    await phone.write("water_name", "石井塘二号")
    await phone.tap("save")
    assert not phone.has("save-anyway")
    assert device.fields(bare)["water_name"] == "石井塘二号"


@played
async def test_a_photo_from_before_is_remarked_as_one_from_after(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(photos=1)
    device.picker.gallery = [drawn.photo(40, 30, seed=0)]
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.write("measures_done", "护栏已修好")
    await phone.pick_photos()
    assert phone.find("photo-same").value == "第 1 张和这处隐患的整改前照片是同一张，请核对。"
    await phone.tap("save")
    await phone.tap("save-not-yet")
    assert device.roles(hazard) == [PhotoRole.BEFORE]
    await phone.save()
    assert "已有的照片不能再作整改后照片" in phone.find("form-problem").value
    assert device.roles(hazard) == [PhotoRole.BEFORE], "it is no evidence for 报验"
    phone.session.apply_patch(phone.find("submit")._i, {"value": False})
    await phone.send("submit", "change", False)
    await phone.save()
    assert device.roles(hazard) == [PhotoRole.BEFORE, PhotoRole.AFTER]


@played
async def test_saved_offline_is_said_only_when_the_save_is_durable(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await fill(phone)
    device.disk.held = asyncio.Event()
    saving = asyncio.create_task(phone.save())
    await phone.settle(0.05)
    assert phone.says("正在保存…")
    assert not phone.says("已离线保存")
    device.disk.held.set()
    await saving
    await phone.settle()
    assert phone.says("已离线保存")


@played
async def test_a_failed_save_says_why_and_keeps_the_form(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await fill(phone)
    device.disk.problem = problems.device_storage_full()
    await phone.save()
    assert "空间" in phone.find("form-problem").value
    assert not phone.says("已离线保存")
    assert phone.find("water_name").value == "  黄沙河 "
    device.disk.problem = None
    await phone.save()
    assert device.fields(device.only_hazard())["water_name"] == "黄沙河"


@played
async def test_a_fault_nobody_foresaw_is_said_plainly_and_the_app_goes_on(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await new_form(device)
    await fill(phone)

    async def fails(_line: bytes) -> None:
        raise OSError("the disk does not answer")

    monkeypatch.setattr(device.disk, "append", fails)
    await phone.save()
    assert phone.says("已保存的记录不受影响")
    monkeypatch.undo()
    await phone.save()
    assert phone.has(f"hazard-{device.only_hazard()}")


@played
async def test_required_fields_are_named_and_scrolled_to(device: ScriptedPhone) -> None:
    device.location.refused = True
    phone = await new_form(device)
    await phone.save()
    await phone.settle(0.3)
    assert phone.find("water_name").error == "请填写水域名称。"
    assert phone.find("water_type-error").value == "请选择：水域类型。"
    assert phone.find("town_code-below").value == "请选择：园区(镇街)。"
    assert device.services.hazards() == []
    assert "scroll_to" in [name for name, _ in phone.connection.calls]
    await phone.write("water_name", "黄沙河")
    assert phone.find("water_name").error is None


@played
async def test_the_position_suggests_a_town_until_a_person_chooses(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.tap("locate")
    assert phone.find("accuracy").value == "±8 米 · 精确"
    assert phone.find("town_code-below").value == "按位置推荐，请核对"
    await choose(phone, "town_code", "441900121")
    await phone.tap("locate")
    await fill_rest(phone)
    assert device.fields(device.only_hazard())["town_code"] == "441900121"


async def fill_rest(phone: HeadlessPhone) -> None:
    await phone.tap("water_type-pond")
    await phone.write("water_name", "鱼塘")
    await phone.save()


@played
async def test_a_refused_position_is_said_and_can_be_typed_instead(device: ScriptedPhone) -> None:
    device.location.sky = Sky(allowed=DENIED)
    phone = await new_form(device)
    await phone.tap("locate")
    assert phone.find("position-problem").value
    await phone.tap("type-position")
    await phone.write("coordinates", "1e1, 113.75719293")
    await phone.tap("use-position")
    assert "认不出" in phone.find("coordinates").error
    await phone.write("coordinates", "113.75719293，23.01827754。")
    assert phone.find("coordinates").error is None
    assert phone.find("coordinates").keyboard_type is ft.KeyboardType.TEXT
    assert phone.find("read").value == "读作：纬度 23.018278，经度 113.757193"
    await phone.tap("datum-GCJ-02")
    await phone.tap("use-position")
    assert phone.find("position").value == "23.021000, 113.752000"


@played
async def test_a_draft_survives_the_app_being_killed(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.pick_photos()
    await phone.tap("kit_pole-missing")
    await phone.write("water_name", "没写完的河")
    await phone.settle(KEPT)
    again = await device.restart()
    assert again.says("还没有保存")
    [draft] = device.services.drafts()
    await again.tap(f"draft-continue-{draft}")
    assert again.find("water_name").value == "没写完的河"
    await choose(again, "town_code", "441900003")
    await again.tap("water_type-creek")
    await again.save()
    assert device.fields(device.only_hazard())["kit_pole"] == {"state": "missing"}
    assert len(device.roles(device.only_hazard())) == 1
    assert device.services.drafts() == {}


@played
async def test_what_is_typed_without_a_pause_is_kept_meanwhile(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LONGEST", 0.5)
    phone = await new_form(device)
    for length in range(1, 6):
        await phone.write("water_name", "河" * length)
        await phone.settle(0.2)
    [draft] = device.services.drafts().values()
    assert draft["fields"]["water_name"].startswith("河")


@played
async def test_a_draft_is_discarded_at_once_and_one_tap_has_it_back(device: ScriptedPhone) -> None:
    await (await device.open()).save_draft("new", OLD_DRAFT)
    phone = await device.start()
    await phone.tap("draft-drop-new")
    assert device.services.drafts() == {}
    assert not phone.says("还没有保存")
    assert phone.says("草稿已丢弃")
    await phone.tap("undo")
    assert device.services.drafts() == {"new": OLD_DRAFT}
    again = await device.restart()
    await again.tap("draft-continue-new")
    assert again.find("water_name").value == "旧"


@played
async def test_a_discarded_draft_does_not_overwrite_what_was_written_after_it(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(water_name="黄沙河")
    draft = {**OLD_DRAFT, "hazard": hazard, "touched": ["water_name"]}
    await device.services.save_draft(f"edit {hazard}", draft)
    phone = await device.start(f"/hazards/{hazard}/edit")
    assert phone.find("water_name").value == "旧"
    await phone.tap("draft-drop")
    assert phone.find("water_name").value == "黄沙河"
    await phone.write("water_name", "黄沙河支流")
    await phone.settle(KEPT)
    await phone.tap("undo")
    assert phone.says("没有恢复")
    [kept] = device.services.drafts().values()
    assert kept["fields"]["water_name"] == "黄沙河支流"


@played
async def test_a_draft_that_was_discarded_in_its_form_stands_there_again(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(water_name="黄沙河")
    draft = {**OLD_DRAFT, "hazard": hazard, "touched": ["water_name"]}
    await device.services.save_draft(f"edit {hazard}", draft)
    phone = await device.start(f"/hazards/{hazard}/edit")
    await phone.tap("draft-drop")
    await phone.tap("undo")
    assert phone.find("water_name").value == "旧"


@played
async def test_the_second_of_two_taps_on_discard_is_not_meant_for_the_next_draft(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await device.open()
    for name in ("new", "new 2"):
        await device.services.save_draft(name, OLD_DRAFT)
    phone = await device.start()
    for name in ("new", "new 2"):
        await phone.tap(f"draft-drop-{name}")
    assert set(device.services.drafts()) == {"new 2"}
    monkeypatch.setattr(late_taps, "LATE_S", 0.0)
    await phone.tap("draft-drop-new 2")
    assert device.services.drafts() == {}


@played
async def test_leaving_an_unsaved_form_asks(device: ScriptedPhone) -> None:
    device.location.refused = True
    phone = await new_form(device)
    await phone.write("water_name", "黄沙河")
    await phone.tap("back")
    assert phone.has("leave-stay")
    await phone.tap("leave-stay")
    assert phone.page.route == "/new"
    await phone.tap("back")
    await phone.tap("leave-keep")
    assert phone.page.route == "/"
    assert [draft["fields"] for draft in device.services.drafts().values()] == [{"water_name": "黄沙河"}]


@played
async def test_what_is_discarded_on_the_way_back_can_be_had_back_as_it_was(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.write("water_name", "黄沙河")
    await phone.settle(KEPT)
    await phone.write("address", "村口")  # not kept yet
    await phone.tap("back")
    await phone.tap("leave-drop")
    assert phone.page.route == "/"
    await phone.settle(KEPT)
    assert device.services.drafts() == {}
    await phone.tap("undo")
    [(name, draft)] = device.services.drafts().items()
    assert draft["fields"]["address"] == "村口"
    await phone.tap(f"draft-continue-{name}")
    assert phone.find("water_name").value == "黄沙河"


@played
async def test_several_new_hazards_are_begun_side_by_side(device: ScriptedPhone) -> None:
    await (await device.open()).save_draft("new", OLD_DRAFT)  # as a phone of before kept its only one
    phone = await new_form(device)
    assert phone.find("water_name").value == ""
    assert phone.says("新增隐患 · 旧")
    for name in ("黄沙河", "石井塘"):
        await phone.write("water_name", name)
        await phone.tap("back")
        await phone.tap("leave-keep")
        await phone.tap("new-hazard")
    await phone.tap("back")
    drafts = {draft["fields"]["water_name"]: name for name, draft in device.services.drafts().items()}
    assert len(drafts) == 3
    assert all(phone.has(f"draft-{name}") for name in drafts.values())
    await phone.tap(f"draft-continue-{drafts['旧']}")
    assert phone.find("water_name").value == "旧"
    await phone.tap("back")
    await phone.tap(f"draft-continue-{drafts['黄沙河']}")
    await choose(phone, "town_code", "441900003")
    await phone.tap("water_type-creek")
    await phone.save()
    assert device.fields(device.only_hazard())["water_name"] == "黄沙河"
    assert set(device.services.drafts()) == {"new", drafts["石井塘"]}
    await phone.tap(f"draft-drop-{drafts['石井塘']}")
    await device.restart()
    assert set(device.services.drafts()) == {"new"}


@played
async def test_leaving_an_untouched_form_asks_nothing(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.tap("back")
    assert phone.page.route == "/"


@played
async def test_a_photo_is_removed_only_after_asking(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.pick_photos()
    await phone.tap("remove-photo-0")
    await phone.tap("remove-no")
    assert phone.has("remove-photo-0")
    await phone.tap("remove-photo-0")
    await phone.tap("remove-yes")
    assert not phone.has("remove-photo-0")


@played
async def test_a_picture_is_taken_looked_at_and_used(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.write("water_name", "黄沙河")
    await phone.tap("take-photo")
    await phone.tap("shutter")
    await phone.tap("retake")
    await phone.tap("shutter")
    await phone.tap("use-photo")
    assert phone.has("remove-photo-0")
    assert phone.find("water_name").value == "黄沙河"


@played
async def test_the_way_back_from_the_camera_leads_to_the_form(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.write("water_name", "黄沙河")
    await phone.tap("take-photo")
    await phone.go("/")  # as a browser's way back does
    assert phone.page.route == "/new"
    assert not phone.has("shutter")
    assert phone.find("water_name").value == "黄沙河"
    await phone.settle(KEPT)
    await phone.tap("take-photo")
    await phone.tap("back")
    assert not phone.says("还没有保存")  # its own draft is no other
    await phone.tap("town_code")
    await phone.go("/")
    assert not phone.has("option-441900003")
    assert phone.find("water_name").value == "黄沙河"
    await phone.go("/")
    assert not phone.has("water_name")


@played
async def test_a_list_of_choices_is_closed_without_a_choice(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.tap("town_code")
    await phone.tap("picker-close")
    assert not phone.has("option-441900003")
    assert phone.page.route == "/new"


@played
async def test_what_was_said_before_does_not_lie_over_the_next_form(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await fill(phone)
    await phone.save()
    assert phone.says("已离线保存")
    await phone.tap("new-hazard")
    assert not phone.says("已离线保存")


@played
async def test_a_water_without_a_name_is_called_by_its_town_and_type(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await choose(phone, "town_code", "441900101")
    assert not phone.has("water_name-fallback")
    await phone.tap("water_type-pond")
    assert phone.find("water_name-fallback").value == "不填就用“石碣镇池塘”。"
    await phone.tap("water_type-other")
    assert phone.find("water_name-fallback").value == "不填就用“石碣镇未命名水域”。"
    await phone.tap("water_type-creek")
    await phone.write("water_name", "  ")
    await phone.save()
    assert device.fields(device.only_hazard())["water_name"] == "石碣镇河涌"


@played
async def test_what_stands_in_for_a_name_takes_the_place_of_none(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await fill(phone)
    await phone.save()
    hazard = device.only_hazard()
    assert device.fields(hazard)["water_name"] == "黄沙河"
    await phone.go(f"/hazards/{hazard}/edit")
    await phone.write("water_name", "")
    await phone.tap("save")
    assert phone.find("water_name").error == "请填写水域名称。"


@played
async def test_one_tap_fills_in_the_kit_that_nobody_chose_item_by_item(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await fill(phone)
    await phone.tap("kit_rope-damaged")
    await phone.tap("kit_all-missing")
    await phone.tap("kit_all-good")
    await phone.tap("kit_pole-missing")
    await phone.tap("kit_all-missing")
    await phone.tap("kit_ring-good")
    await phone.save()
    saved = device.fields(device.only_hazard())
    assert {name: saved[name]["state"] for name in saved if name.startswith("kit_")} == {
        "kit_sign": "missing",
        "kit_ring": "good",
        "kit_rope": "damaged",
        "kit_pole": "missing",
    }


@played
async def test_one_tap_for_the_kit_overwrites_nothing_that_was_saved(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(kit_sign={"state": "good"})
    phone = await device.start(f"/hazards/{hazard}/edit")
    await phone.tap("kit_all-missing")
    await phone.tap("save")
    saved = device.fields(hazard)
    assert saved["kit_sign"] == {"state": "good"}
    assert saved["kit_pole"] == {"state": "missing"}


@played
async def test_patrols_are_there_or_not(device: ScriptedPhone) -> None:
    settings = ENROLLED.settings.model_copy(update={"kit": (KitItem.SIGN, KitItem.PATROL)})
    await device.choose_programme(settings)
    phone = await new_form(device)
    assert not phone.has("kit_patrol-damaged")
    await phone.tap("kit_patrol-missing")
    await fill(phone)
    await phone.save()
    hazard = device.only_hazard()
    await phone.tap(f"hazard-{hazard}")
    assert phone.says("巡查值守")
    assert "无" in phone.texts()
    assert device.fields(hazard)["kit_patrol"] == {"state": "missing"}


@played
async def test_without_a_camera_one_may_choose_a_photo(device: ScriptedPhone) -> None:
    device.camera.problem = problems.camera_unavailable()
    phone = await new_form(device)
    await phone.tap("take-photo")
    assert "相机" in phone.find("camera-problem").value
    await phone.pick_photos("pick-instead")
    assert phone.has("remove-photo-0")


@played
async def test_a_file_that_is_no_picture_is_refused_in_a_sentence(device: ScriptedPhone) -> None:
    device.picker.gallery = [NO_PICTURE]
    phone = await new_form(device)
    await phone.pick_photos()
    assert not phone.has("remove-photo-0")
    assert phone.says("图片") or phone.says("照片")
    assert not phone.has("preparing-photo")


@played
async def test_a_file_without_bytes_is_refused_in_a_sentence(device: ScriptedPhone) -> None:
    device.picker.gallery = [b""]
    phone = await new_form(device)
    await phone.pick_photos()
    assert phone.find("photo-refused").value.startswith("这张照片是空的")


@played
async def test_a_heic_photo_is_refused_with_the_setting_of_the_camera_that_helps(
    device: ScriptedPhone,
) -> None:
    device.picker.gallery = [photo_cases.HEIC]
    phone = await new_form(device)
    await phone.tap("pick-photos")
    assert "兼容性最佳" in phone.find("photo-refused").value
    assert not phone.has("remove-photo-0")


@played
async def test_photos_stay_in_the_order_they_were_picked(device: ScriptedPhone) -> None:
    device.picker.gallery = [drawn.photo(8 + n, 6, seed=n) for n in (3, 1, 2)]
    phone = await new_form(device)
    await phone.pick_photos()
    await fill(phone)
    await phone.save()
    photos = device.card(device.only_hazard()).photos
    assert [row.photo.width for row in photos] == [11, 9, 10]


@played
async def test_one_bad_file_keeps_no_other_photo_out(device: ScriptedPhone) -> None:
    device.picker.gallery = [drawn.photo(8, 6, seed=1), NO_PICTURE, drawn.photo(8, 6, seed=2)]
    phone = await new_form(device)
    await phone.pick_photos()
    assert phone.has("remove-photo-1")
    assert not phone.has("remove-photo-2")
    assert phone.has("photo-refused")


@played
async def test_nothing_is_saved_while_a_photo_is_being_prepared(device: ScriptedPhone) -> None:
    device.photo_files.held = asyncio.Event()
    phone = await new_form(device)
    await fill(phone)
    await phone.tap("pick-photos")
    picking = asyncio.create_task(phone.tap("use-photo"))
    await phone.settle()
    await phone.save()
    assert device.services.hazards() == []
    assert phone.says("正在处理照片")
    device.photo_files.held.set()
    await picking
    await phone.save()
    assert len(device.roles(device.only_hazard())) == 1


@played
async def test_editing_a_hazard_leaves_the_draft_of_a_new_one_alone(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(water_name="黄沙河")
    await (await device.open()).save_draft("new", OLD_DRAFT)
    phone = await device.start()
    await phone.tap(f"hazard-{hazard}")
    await phone.tap("edit")
    await phone.write("water_name", "黄沙河支流")
    await phone.settle(KEPT)
    assert set(device.services.drafts()) == {"new", f"edit {hazard}"}
    again = await device.restart(f"/hazards/{hazard}/edit")
    assert again.find("water_name").value == "黄沙河支流"
    await again.tap("draft-drop")
    assert again.find("water_name").value == "黄沙河"
    assert set(device.services.drafts()) == {"new"}


@played
async def test_two_fast_taps_save_one_hazard(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await fill(phone)
    await phone.pick_photos()
    await phone.tap("locate")
    save = phone.find("save")._i
    await asyncio.gather(*(phone.session.dispatch_event(save, "click", None) for _ in range(3)))
    await phone.settle()
    assert phone.has(f"hazard-{device.only_hazard()}")


@played
async def test_the_second_of_two_taps_on_save_chooses_no_tab_of_the_list(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await new_form(device)
    await fill(phone)
    await phone.pick_photos()
    await phone.tap("locate")
    await phone.tap("save")

    async def choose(tab: str) -> None:
        phone.session.apply_patch(phone.find("tabs")._i, {"selected_index": TABS.index(tab)})
        await phone.session.dispatch_event(phone.find("tabs")._i, "change", None)
        await phone.settle()

    await choose("/map")
    assert phone.has("new-hazard")
    monkeypatch.setattr(late_taps, "LATE_S", 0.0)
    await choose("/map")
    assert not phone.has("new-hazard")


@played
async def test_a_picture_that_is_used_twice_is_one(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.tap("take-photo")
    await phone.tap("shutter")
    use = phone.find("use-photo")._i
    await asyncio.gather(*(phone.session.dispatch_event(use, "click", None) for _ in range(2)))
    await phone.settle()
    assert phone.has("remove-photo-0")
    assert not phone.has("remove-photo-1")
