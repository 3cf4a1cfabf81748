"""The position of a form: live while it is looked for, taken early, doubted, kept with its doubts."""

import asyncio
from datetime import datetime, timedelta

from shared.vocabulary import EventType
from tests.support import drawn
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone
from tests.support.sky import DENIED, Seen, Sky

OTHER_PICTURE = drawn.photo(40, 30, seed=2)
ROUND = 0.6  # seconds until the next answer is asked for
KEPT = 0.6  # seconds until a draft is kept


async def opened(device: ScriptedPhone) -> HeadlessPhone:
    """A new form, which looks for the position by itself."""
    phone = await device.start()
    await phone.tap("new-hazard")
    return phone


async def new_form(device: ScriptedPhone) -> HeadlessPhone:
    """A new form that looks for the position only when it is told to."""
    device.location.refused = True
    return await opened(device)


async def save(phone: HeadlessPhone) -> None:
    for key in ("town_code", "option-441900003", "water_type-creek"):
        await phone.tap(key)
    await phone.write("water_name", "黄沙河")
    await phone.tap("save")


@played
async def test_the_accuracy_is_live_and_the_best_so_far_can_be_taken(device: ScriptedPhone) -> None:
    device.location.sky = Sky(Seen(60.0), Seen(25.0))
    phone = await new_form(device)
    waiting = asyncio.create_task(phone.tap("locate"))
    await phone.settle(ROUND / 3)
    assert "±60 米" in phone.find("locating").value
    await phone.settle(ROUND)
    assert "±25 米" in phone.find("locating").value
    await phone.tap("use-now")
    await waiting
    assert phone.find("accuracy").value.startswith("±25 米")
    assert not phone.has("use-now")


@played
async def test_a_new_form_looks_for_the_position_and_nobody_loses_what_it_found(
    device: ScriptedPhone,
) -> None:
    phone = await opened(device)
    assert phone.find("accuracy").value == "±8 米 · 精确"
    assert phone.find("town_code-below").value == "按位置推荐，请核对"
    await phone.settle(KEPT)
    assert device.services.drafts() == {}
    await phone.tap("back")
    assert phone.page.route == "/", "nothing was entered, nothing is asked"
    await phone.tap("new-hazard")
    await phone.write("description", "护栏缺口")
    await phone.settle(KEPT)
    [draft] = device.services.drafts().values()
    assert draft["fields"]["position"]["accuracy_m"] == 8.0
    assert draft["fields"]["town_code"] == "441900003"


@played
async def test_a_form_looks_on_while_the_camera_covers_it(device: ScriptedPhone) -> None:
    device.location.sky = Sky(Seen(60.0), Seen(25.0))
    phone = await opened(device)
    assert "±60 米" in phone.find("locating").value
    await phone.tap("take-photo")
    await phone.tap("shutter")
    await phone.settle(ROUND)
    await phone.tap("use-photo")
    assert "±25 米" in phone.find("locating").value
    await phone.tap("use-now")
    await phone.settle(ROUND)
    assert phone.find("accuracy").value.startswith("±25 米")
    assert not phone.has("locating")


@played
async def test_who_refused_the_position_is_not_asked_by_the_next_form(device: ScriptedPhone) -> None:
    sky = device.location.sky = Sky(allowed=DENIED)
    phone = await opened(device)
    assert not phone.has("position-problem")
    assert not phone.find("locate").disabled
    await phone.tap("back")
    await phone.tap("new-hazard")
    assert sky.requests == 1
    await phone.tap("locate")
    assert sky.requests == 2, "who taps the button is asked"
    assert phone.has("position-problem")


@played
async def test_a_draft_keeps_the_position_that_it_has_or_has_not(device: ScriptedPhone) -> None:
    device.location.sky = Sky(allowed=DENIED)
    phone = await opened(device)
    await phone.write("description", "护栏缺口")
    await phone.settle(KEPT)
    [name] = device.services.drafts()
    device.location.sky = Sky(Seen(), again=True)
    again = await device.restart("/")
    await again.tap(f"draft-continue-{name}")
    assert again.find("description").value == "护栏缺口"
    assert not again.has("position")


@played
async def test_a_position_of_elsewhere_and_before_is_not_taken(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.tap("locate")
    here = Seen(9.0, lat=23.05)
    device.location.sky = Sky(Seen(8.0, age_s=200), here)
    await phone.tap("locate")
    assert phone.find("position").value == "23.050000, 113.783200"


@played
async def test_a_less_exact_position_of_the_same_place_changes_nothing(device: ScriptedPhone) -> None:
    device.location.sky = Sky(Seen(4.0), Seen(10.0))
    phone = await new_form(device)
    await phone.tap("locate")
    await phone.tap("locate")
    assert phone.find("accuracy").value.startswith("±4 米")
    assert "保留原来的" in phone.find("position-notice").value


@played
async def test_a_vague_position_is_refused_with_the_switch_to_turn(device: ScriptedPhone) -> None:
    device.location.sky = Sky(Seen(3000.0))
    phone = await new_form(device)
    phone.session.apply_page_patch({"platform": "ios"})
    waiting = asyncio.create_task(phone.tap("locate"))
    await phone.settle(ROUND / 3)
    assert "±3000 米" in phone.find("locating").value
    assert not phone.has("use-now")
    device.location.sky.end()
    await waiting
    assert "精确位置" in phone.find("position-problem").value
    assert "Safari 网站" in phone.find("location-switches").value
    assert not phone.has("position")


@played
async def test_a_position_that_never_comes_is_given_up_with_what_helps(device: ScriptedPhone) -> None:
    device.location.sky = Sky()
    phone = await new_form(device)
    phone.session.apply_page_patch({"platform": "android"})
    waiting = asyncio.create_task(phone.tap("locate"))
    await phone.settle(ROUND / 3)
    assert phone.has("locating")
    assert not phone.has("use-now")
    device.location.sky.end()
    await waiting
    assert "一直没有新的定位" in phone.find("position-problem").value
    assert phone.find("location-switches").value
    assert not phone.find("locate").disabled
    assert phone.has("type-position")


@played
async def test_a_position_that_was_typed_meanwhile_stays(device: ScriptedPhone) -> None:
    device.location.sky = Sky(Seen(60.0))
    phone = await opened(device)
    assert phone.has("locating")
    await phone.tap("type-position")
    await phone.write("coordinates", "23.021, 113.752")
    await phone.tap("use-position")
    await phone.settle(ROUND)
    assert phone.find("position").value == "23.021000, 113.752000"


@played
async def test_latitude_and_longitude_in_each_others_place_can_be_swapped(device: ScriptedPhone) -> None:
    phone = await new_form(device)
    await phone.tap("type-position")
    await phone.write("coordinates", "北纬113.752，东经23.021")
    assert phone.find("swapped").value == "经纬度好像写反了：纬度应为 23.021000，经度应为 113.752000。"
    await phone.tap("use-position")
    assert phone.find("coordinates").error is None
    assert not phone.has("position")
    await phone.tap("swap")
    assert phone.find("coordinates").value == "23.021, 113.752"
    assert not phone.has("swapped")
    await phone.tap("use-position")
    assert phone.find("position").value == "23.021000, 113.752000"


@played
async def test_a_made_up_position_is_kept_as_such_with_the_photos_taken_there(device: ScriptedPhone) -> None:
    device.location.sky = Sky(Seen(mocked=True))
    phone = await new_form(device)
    await phone.tap("locate")
    assert phone.has("position-mocked")
    await phone.tap("take-photo")
    await phone.tap("shutter")
    await phone.tap("use-photo")
    device.picker.gallery = [OTHER_PICTURE]
    await phone.pick_photos()
    await save(phone)
    card = device.card(device.only_hazard())
    assert card.hazard.position is not None
    assert card.hazard.position.mock_location is True
    assert [row.photo.mock_location for row in card.photos] == [True, None]


@played
async def test_an_old_position_in_a_form_is_pointed_out(device: ScriptedPhone) -> None:
    before = datetime.now().astimezone() - timedelta(minutes=30)
    place = {"lat": 23.02, "lon": 113.75, "accuracy_m": 8.0, "fix_time": before.isoformat(timespec="seconds")}
    services = await device.open()
    fields = {"position": place}
    await services.save_draft("new", {"at": before.isoformat(), "fields": fields, "photos": []})
    phone = await device.start("/draft")
    assert phone.has("position-old")


@played
async def test_a_patrol_keeps_where_it_was(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    phone = await device.start(f"/hazards/{hazard}/patrol")
    await phone.tap("result-normal")
    await phone.tap("locate")
    await phone.tap("save")
    fields = next(fields for event, fields in device.events(hazard) if event is EventType.PATROL)
    assert (fields["position"]["lat"], fields["position"]["accuracy_m"]) == (23.0421, 8.0)
