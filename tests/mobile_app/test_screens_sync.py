"""The sync screen and the photos of a hazard: how each photo stands, and what a person can do about it."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlmodel import Session

from mobile_app.state.sync import PhotoProgress
from mobile_app.store.database.tables import PhotoFile
from mobile_app.store.queries import photos
from mobile_app.store.queries.photos import waiting
from mobile_app.store.queries.upload_states import PhotoState
from shared import problems
from shared.problems import Problem
from shared.sync.link_quality import LinkQuality, Network, Quality
from shared.sync.plan import Settled
from shared.sync.wire import Reason
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import PICTURE, ScriptedPhone

DELIVERED_AT = "2020-01-01T00:00:00+00:00"


def advanced(session: Session, sha256: str) -> None:
    size = waiting(session)[0].bytes
    photos.advanced(session, sha256, "/api/v1/photos/u1", -(-size * 2 // 5))


def delivered(session: Session, sha256: str) -> None:
    photos.delivered(session, sha256, DELIVERED_AT)


def freed(session: Session, sha256: str) -> None:
    delivered(session, sha256)
    photos.freed(session, sha256)


def to_a_visit(session: Session) -> None:
    session.execute(update(PhotoFile).values(owner="a visit"))


def failed(session: Session, sha256: str) -> None:
    photos.failed(session, sha256, problems.photo_gone())


async def with_photo(device: ScriptedPhone, count: int = 1) -> str:
    """A hazard that the server has, with so many photos that it lacks."""
    hazard = await device.add_hazard(count, water_name="黄沙河")
    await device.acknowledge()
    return hazard


async def details(device: ScriptedPhone) -> HeadlessPhone:
    return await device.start(f"/hazards/{device.only_hazard()}")


@played
async def test_a_photo_whose_record_is_not_at_the_server_is_local(device: ScriptedPhone) -> None:
    await device.add_hazard(1)
    phone = await details(device)
    assert phone.find("photo-state-0").value == "整改前 · 本地"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda _session, _sha256: None, "整改前 · 待上传"),
        (advanced, "整改前 · 待上传(已传 40%)"),
        (delivered, "整改前 · 已送达"),
        (freed, "整改前 · 已送达 · 原图在服务器"),
        (failed, "整改前 · 上传失败"),
    ],
)
@played
async def test_a_tile_says_how_its_photo_stands(
    device: ScriptedPhone, change: Callable[[Session, str], None], words: str
) -> None:
    await with_photo(device)
    await device.photo(change)
    phone = await details(device)
    assert phone.find("photo-state-0").value == words


@played
async def test_a_photo_of_another_phone_is_at_the_server(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    await device.hear_photo(hazard)
    phone = await details(device)
    assert phone.find("photo-state-0").value == "整改前 · 在服务器上"


@played
async def test_a_tile_follows_its_photo_on_its_way(device: ScriptedPhone) -> None:
    hazard = await with_photo(device)
    phone = await details(device)
    sync, sha256 = device.services.sync, device.sha256(hazard)
    size = len(device.photo_files.files[sha256])
    sync.photo_progress = PhotoProgress(sha256, hazard, -(-size // 4), size)
    await phone.settle()
    assert phone.find("photo-state-0").value == "整改前 · 上传中 25%"
    sync.photo_progress = None
    await phone.settle()
    assert phone.find("photo-state-0").value == "整改前 · 待上传"


@played
async def test_a_failed_photo_says_why_and_can_be_sent_again_from_its_tile(device: ScriptedPhone) -> None:
    hazard = await with_photo(device)
    await device.photo(failed)
    phone = await details(device)
    assert phone.says("请补拍一张")
    await phone.tap("photo-retry-0")
    assert device.card(hazard).photos[0].why is None
    assert phone.find("photo-state-0").value == "整改前 · 待上传"


@played
async def test_a_small_picture_that_is_shown_twice_is_fetched_once(device: ScriptedPhone) -> None:
    services = await device.open()
    device.transport.says("GET /api/v1/photos/", 200, PICTURE)
    small = [services.pictures.small("a" * 64) for _ in range(2)]
    assert await asyncio.gather(*small) == [PICTURE, PICTURE]
    assert len(device.transport.asked) == 1
    assert await services.pictures.small("a" * 64) == PICTURE
    assert len(device.transport.asked) == 1


@played
async def test_a_small_picture_that_did_not_come_is_fetched_again(device: ScriptedPhone) -> None:
    services = await device.open()
    with pytest.raises(Problem):
        await services.pictures.small("a" * 64)
    device.transport.says("GET /api/v1/photos/", 200, PICTURE)
    assert await services.pictures.small("a" * 64) == PICTURE


@played
async def test_a_browser_that_may_evict_the_data_is_named_on_the_sync_screen(device: ScriptedPhone) -> None:
    phone = await device.start("/sync")
    assert not phone.has("storage-evictable")
    device.storage.promised = False
    again = await device.restart("/sync")
    assert "添加到主屏幕" in again.find("storage-evictable").value


@played
async def test_a_photo_is_opened_large_and_closed(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(1)
    await device.hear_photo(hazard)
    phone = await details(device)
    rows = device.card(hazard).photos
    here = next(n for n, row in enumerate(rows) if row.state is PhotoState.LOCAL)
    sha256, elsewhere = device.sha256(hazard, here), f"photo-{1 - here}"
    await phone.tap(f"photo-{here}")
    assert phone.find("large").content.src == device.photo_files.files[sha256]
    await phone.tap("large-close")
    assert not phone.has("large")
    await phone.tap(f"photo-{here}")
    await phone.go("/")  # as a browser's way back does
    assert not phone.has("large")
    assert phone.page.route == f"/hazards/{hazard}"
    await phone.tap(elsewhere)
    assert phone.find("large-problem").value == "大图在服务器上，有网络时再打开就能看到。"
    assert not phone.has("small")
    await phone.tap("large-close")
    device.photo_files.files["a" * 64 + ".preview"] = PICTURE
    await phone.tap(elsewhere)
    assert phone.find("small").src == PICTURE
    assert phone.find("large-problem").value == "大图在服务器上，有网络时再打开就能看到。"
    await phone.tap("large-close")
    device.transport.says("GET /api/v1/photos/", 200, PICTURE)
    await phone.tap(elsewhere)
    assert phone.find("large").content.src == PICTURE


@played
async def test_what_runs_is_said_with_its_hazard_and_its_share(device: ScriptedPhone) -> None:
    hazard = await with_photo(device, 2)
    phone = await device.start("/sync")
    sync, sha256 = device.services.sync, device.sha256(hazard)
    sync.begun()
    sync.doing("photos")
    sync.sending(sha256, hazard, 250, 1000)
    await phone.settle()
    assert phone.find("sync-step").value == "正在上传照片，还有 2 张…"
    assert phone.find("sync-going").value == "黄沙河的照片 · 25%"


@played
async def test_failed_photos_are_listed_with_their_sentence_and_sent_again(device: ScriptedPhone) -> None:
    hazard = await with_photo(device, 3)
    first, *others = [await device.photo(failed, place) for place in range(3)]
    device.services.sync.last_problem = problems.photo_gone()
    phone = await device.start("/sync")
    assert phone.says("请补拍一张")
    assert not phone.has("sync-problem")
    await phone.tap(f"failed-photo-retry-{first}")
    assert [photo.sha256 for photo in device.database.read(waiting)] == [first]
    await phone.tap("retry-all")
    assert {photo.sha256 for photo in device.database.read(waiting)} == {first, *others}
    await device.photo(failed)
    await phone.settle()
    await phone.tap(f"failed-photo-record-{first}")
    assert phone.page.route == f"/hazards/{hazard}"


@played
async def test_a_photo_of_another_record_than_a_hazard_goes_and_fails_like_any(device: ScriptedPhone) -> None:
    hazard = await with_photo(device)
    sha256 = await device.photo(failed)
    await device.database.write(to_a_visit)
    phone = await device.start("/sync")
    sync = device.services.sync
    sync.begun()
    sync.doing("photos")
    sync.sending(device.sha256(hazard), "a visit", 250, 1000)
    await phone.settle()
    assert phone.find("sync-going").value == "未填名称的照片 · 25%"
    assert not phone.has("broken")
    assert phone.has(f"failed-photo-retry-{sha256}")
    assert not phone.has(f"failed-photo-record-{sha256}")


@played
async def test_what_failed_is_not_called_nothing(device: ScriptedPhone) -> None:
    await device.add_hazard()
    [operation] = device.unsent()
    await device.settle(Settled(refused={operation.number: Reason(code="campaign_foreign")}))
    phone = await device.start("/")
    assert phone.find("sync-waiting").value == "上传失败：1 处隐患"


@played
async def test_without_a_network_nothing_is_called_wrong(device: ScriptedPhone) -> None:
    await with_photo(device)
    phone = await device.start("/sync")
    await phone.tap("sync-now")
    assert phone.has("sync-problem")
    assert phone.find("sync-rest").value.startswith("连不上服务器")
    assert not phone.has("sync-offline")
    device.services._network(Network.NONE)
    await phone.settle()
    assert phone.has("sync-offline")
    assert not phone.has("sync-problem")
    assert phone.find("sync-rest").value.startswith("没有网络")


@played
async def test_photos_that_wait_for_wifi_are_said_and_can_be_sent_all_the_same(device: ScriptedPhone) -> None:
    await with_photo(device, 3)
    phone = await device.start("/sync")
    device.services._network(Network.MOBILE)
    await phone.settle()
    assert not phone.has("held")
    await device.services.sending.choose_wifi_only(True)
    await phone.settle()
    assert phone.find("held").value == "等待 Wi-Fi：3 张照片"
    assert "KB" in phone.find("held-send").content
    await phone.go("/")
    assert phone.says("等待 Wi-Fi：3 张照片")
    await phone.go("/sync")
    await phone.tap("held-send")
    assert not device.services.sync.held


@played
async def test_wifi_only_is_chosen_and_says_where_it_cannot_hold(device: ScriptedPhone) -> None:
    await with_photo(device)
    phone = await device.start("/sync")
    assert phone.find("wifi-hint").value.startswith("记录总是马上上传")
    switch = phone.find("wifi-only")
    phone.session.apply_patch(switch._i, {"value": True})
    await phone.send("wifi-only", "change", True)
    assert device.services.sending.choices.wifi_only
    assert phone.find("wifi-hint").value.startswith("这台设备识别不出")
    device.services._network(Network.MOBILE)
    await phone.settle()
    assert phone.find("wifi-hint").value.startswith("记录总是马上上传")


@pytest.mark.parametrize(
    ("link", "word", "figures"),
    [
        (LinkQuality(), "还没有测到", ""),
        (LinkQuality(Quality.POOR, 0.34, 48 * 1024), "差", "48 kB/s · 应答 0.3 秒"),
        (LinkQuality(Quality.GOOD, 0.02), "好", "应答 0.1 秒"),
        (LinkQuality(Quality.NONE, 0.2, 10**6), "连不上服务器", ""),
    ],
)
@played
async def test_the_link_is_said_in_a_word_and_in_figures(
    device: ScriptedPhone, link: LinkQuality, word: str, figures: str
) -> None:
    phone = await device.start("/sync")
    device.services.sync.measured(link)
    await phone.settle()
    assert phone.says(word)
    assert phone.find("link-figures").value == figures


@played
async def test_freeing_is_off_and_asked_before_it_begins(device: ScriptedPhone) -> None:
    await with_photo(device, 2)
    originals = [await device.photo(delivered, place) for place in (0, 1)]
    phone = await device.start("/sync")
    await phone.tap("freeing-30")
    assert phone.says("现在就可清理 2 张")
    sending = device.services.sending
    assert sending.choices.free_after_days is None
    await phone.tap("freeing-no")
    assert sending.choices.free_after_days is None
    assert set(originals) <= set(device.photo_files.files)
    await phone.tap("freeing-90")
    await phone.tap("freeing-yes")
    assert sending.choices.free_after_days == 90
    assert not set(originals) & set(device.photo_files.files)
    await phone.tap("freeing-never")
    assert sending.choices.free_after_days is None
