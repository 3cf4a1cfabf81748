"""Photos that are looked at large, and taken from where another one was taken."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from mobile_app.screens.photos.viewer import ViewedPhoto, counterpart
from mobile_app.services import PickedPhoto, PreparedPhoto
from shared.records.photo_edits import UNEDITED, Edits
from shared.vocabulary import EventType, PhotoRole
from tests.support import drawn
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import OTHER_PHONE, PICTURE, ScriptedPhone
from tests.support.sky import DENIED, Sky

BEFORE, AFTER, SITE = PhotoRole.BEFORE, PhotoRole.AFTER, PhotoRole.SITE
HERE = {"lat": 23.0421, "lon": 113.7832}


async def rectified(device: ScriptedPhone) -> HeadlessPhone:
    """A hazard with two photos of before and one of the finished work, on its details."""
    device.camera.picture = drawn.photo(40, 30, seed=9)
    hazard = await device.add_hazard(2)
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.write("measures_done", "修好护栏")
    await phone.tap("take-photo")
    await phone.tap("shutter")
    await phone.tap("use-photo")
    await phone.save()
    assert device.roles(hazard) == [BEFORE, BEFORE, AFTER]
    return phone


@played
async def test_photos_are_looked_at_one_after_another_and_none_but_the_shown_one_is_loaded(
    device: ScriptedPhone,
) -> None:
    phone = await rectified(device)
    hazard = device.only_hazard()
    await phone.tap("photo-0")
    for place in range(3):
        [shown] = phone.find_all("large")
        assert shown.content.src == device.photo_files.files[device.sha256(hazard, place)]
        assert f"第 {place + 1} 张，共 3 张" in phone.find("photo-name").value
        assert phone.has("photo-previous") is (place > 0)
        if place < 2:
            await phone.tap("photo-next")
    assert not phone.has("photo-next")
    await phone.tap("photo-previous")
    assert "整改前照片 2" in phone.find("photo-name").value
    await phone.go("/")  # as a browser's way back does
    assert not phone.has("large")
    assert phone.page.route == f"/hazards/{hazard}"


@played
async def test_before_and_after_stand_side_by_side_with_what_is_known_of_each(device: ScriptedPhone) -> None:
    phone = await rectified(device)
    hazard = device.only_hazard()
    await phone.tap("photo-2")
    assert not phone.has("large-other")
    await phone.tap("photo-compare")
    pictures = [phone.find(key).content.src for key in ("large-other", "large")]
    assert pictures == [device.photo_files.files[device.sha256(hazard, place)] for place in (1, 2)]
    assert [key for key in phone.all_keys() if key.startswith("large-") and key != "large-close"] == [
        *("large-other", "large-other-about", "large-about")
    ], "the one of before comes first"
    about = phone.find("large-about").value
    assert "整改后照片 3" in about
    assert about.endswith("我")
    assert "相册" in phone.find("large-other-about").value
    await phone.tap("photo-compare")
    assert not phone.has("large-other")


@played
async def test_a_photo_of_another_phone_names_who_took_it(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    await device.hear_photo(hazard)
    device.transport.says("GET /api/v1/photos/", 200, PICTURE)
    phone = await device.start(f"/hazards/{hazard}")
    await phone.tap("photo-0")
    about = phone.find("large-about").value
    for words in ("拍摄时间不明", "没有拍摄位置", OTHER_PHONE.person):
        assert words in about
    assert not phone.has("photo-compare"), "there is none of after"


@played
async def test_a_photo_of_a_form_is_opened_large_and_closing_it_leads_back_to_the_form(
    device: ScriptedPhone,
) -> None:
    phone = await device.start("/new")
    await phone.pick_photos()
    await phone.write("water_name", "黄沙河")
    await phone.tap("view-photo-0")
    assert phone.has("large")
    await phone.go("/")
    assert not phone.has("large")
    assert phone.find("water_name").value == "黄沙河"


def test_the_last_of_the_other_role_is_what_one_compares_with() -> None:
    photos = [ViewedPhoto(f"{at}", "", role) for at, role in enumerate((BEFORE, BEFORE, SITE, AFTER, None))]
    assert [counterpart(photos, place) for place in range(5)] == [3, 3, None, 1, None]
    assert counterpart(photos[:3], 0) is None


@played
async def test_the_camera_shows_what_was_there_before_faintly_so_that_one_stands_where_it_was_taken(
    device: ScriptedPhone,
) -> None:
    hazard = await device.add_hazard(2)
    files = device.photo_files.files
    first, last = (device.sha256(hazard, place) for place in (0, 1))
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.tap("take-photo")
    over = phone.find("reference")
    assert over.content.src == files[last]
    assert 0 < over.opacity < 0.6
    await phone.tap("reference-strength")
    assert phone.find("reference").opacity > 0.6
    await phone.tap("reference-strength")
    assert phone.find("reference").opacity == 0
    await phone.tap("reference-next")
    assert phone.find("reference").content.src == files[first]
    del files[first]
    await phone.tap("back")
    await phone.tap("take-photo")
    await phone.tap("reference-next")
    assert phone.find("reference").content.src == files[f"{first}.preview"], "the small one stands in for it"
    await phone.tap("shutter")
    assert not phone.has("reference-strength")
    await phone.tap("use-photo")
    assert phone.has("view-photo-0")


@pytest.mark.parametrize("form", ["/new", "patrol"])
@played
async def test_other_photos_are_taken_without_a_reference(device: ScriptedPhone, form: str) -> None:
    hazard = await device.add_hazard(1)
    phone = await device.start(form if form == "/new" else f"/hazards/{hazard}/{form}")
    await phone.tap("take-photo")
    assert phone.has("shutter")
    assert not phone.has("reference")


@played
async def test_photos_of_before_that_are_not_on_this_phone_are_no_reference(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    await device.hear_photo(hazard)
    phone = await device.start(f"/hazards/{hazard}/rectify")
    asked = len(device.transport.asked)
    await phone.tap("take-photo")
    assert not phone.has("reference")
    assert len(device.transport.asked) == asked, "nothing is fetched for it"


async def shoot(phone: HeadlessPhone) -> None:
    for key in ("take-photo", "shutter", "use-photo"):
        await phone.tap(key)


@played
async def test_what_the_camera_took_says_when_and_where(device: ScriptedPhone) -> None:
    phone = await device.start("/new")
    await shoot(phone)
    for key in ("water_type-pond", "save"):
        await phone.tap(key)
    [row] = device.card(device.only_hazard()).photos
    assert row.photo.taken_at is not None
    ago = device.clock.wall() - datetime.fromisoformat(row.photo.taken_at)
    assert timedelta(0) <= ago < timedelta(minutes=1)
    assert row.photo.position == device.card(device.only_hazard()).hazard.position


@played
async def test_work_that_was_taken_there_just_now_is_submitted_without_a_question(
    device: ScriptedPhone,
) -> None:
    hazard = await device.add_hazard(position=HERE)
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.write("measures_done", "修好护栏")
    await shoot(phone)
    assert phone.find("photo-closeness").value == "距隐患约 0 米 · 刚拍的"
    assert not phone.has("after_reason-other")
    await phone.tap("save")
    [(_, rectified), (_, submitted)] = device.events(hazard)
    assert rectified.keys() == {"measures_done", "position"}
    assert submitted == {"after_distance_m": 0, "after_age_min": 0}


@played
async def test_a_photo_from_elsewhere_is_submitted_with_a_reason_that_is_kept(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(position=HERE)
    old = device.clock.wall() - timedelta(days=2)
    device.picker.gallery = [drawn.photo(40, 30, seed=9, taken=old, position=(23.0521, 113.7832))]
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.write("measures_done", "修好护栏")
    await phone.pick_photos()
    assert phone.find("photo-closeness").value == "距隐患约 1.1 公里 · 2天前拍的"
    await phone.tap("save")
    assert phone.find("comment").error
    assert device.events(hazard) == []
    await phone.tap("after_reason-from_others")
    await phone.write("comment", "施工队发来的")
    await phone.tap("save")
    [(_, rectified), (_, submitted)] = device.events(hazard)
    assert "comment" not in rectified
    assert submitted == {
        "after_distance_m": 1113,
        "after_age_min": 2 * 24 * 60,
        "after_reason": "from_others",
        "comment": "施工队发来的",
    }
    assert phone.says("施工队发来的")


@played
async def test_work_that_goes_on_needs_no_reason(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(position=HERE)
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.write("measures_done", "修好护栏")
    await phone.pick_photos()
    assert phone.has("after_reason-other")
    phone.session.apply_patch(phone.find("submit")._i, {"value": False})
    await phone.send("submit", "change", False)
    assert not phone.has("after_reason-other")
    await phone.tap("save")
    assert [step for step, _ in device.events(hazard)] == [EventType.RECTIFY]


async def stamps(device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The stamps of the photos that are made ready from now on."""
    services, found = await device.open(), list[Sequence[str]]()
    prepare = services.prepare_photo

    async def noted(picked: PickedPhoto, stamp: Sequence[str] = (), edits: Edits = UNEDITED) -> PreparedPhoto:
        found.append(stamp)
        return await prepare(picked, stamp, edits)

    monkeypatch.setattr(services, "prepare_photo", noted)
    return found


@played
async def test_what_is_taken_in_the_app_is_stamped_with_what_is_known(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard = await device.add_hazard(position=HERE)
    found = await stamps(device, monkeypatch)
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.pick_photos()
    await shoot(phone)
    gallery, (first, second) = found
    assert gallery == ()
    assert first.startswith(device.clock.wall().strftime("%Y-%m-%d "))
    assert first.endswith("  东城街道  石井塘")
    assert second == "23.042100, 113.783200  ±8 m  张三"


@played
async def test_a_place_that_is_not_known_is_not_made_up(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    device.location.sky = Sky(before=DENIED, allowed=DENIED)
    found = await stamps(device, monkeypatch)
    phone = await device.start("/new")
    await shoot(phone)
    assert found[0][1] == "未定位  张三"


@played
async def test_whoever_wants_no_stamp_says_so_once(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await device.start("/me")
    assert phone.find("stamp").value is True
    phone.session.apply_patch(phone.find("stamp")._i, {"value": False})
    await phone.send("stamp", "change", False)
    again = await device.restart("/new")
    found = await stamps(device, monkeypatch)
    await shoot(again)
    assert found == [()]
    await again.go("/me")
    assert again.find("stamp").value is False


@played
async def test_nobody_is_asked_for_a_reason_while_the_position_is_looked_for(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(position=HERE)
    device.location.sky = sky = Sky()
    phone = await device.start(f"/hazards/{hazard}/rectify")
    await phone.write("measures_done", "修好护栏")
    await shoot(phone)
    assert phone.find("photo-closeness").value == "没有拍摄位置 · 刚拍的"
    assert not phone.has("after_reason-no_fix")
    await phone.tap("save")
    assert phone.has("after_reason-no_fix")
    assert device.events(hazard) == []
    sky.end()
