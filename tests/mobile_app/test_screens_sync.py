"""The sync screen and the photos of a hazard: how each photo stands, and what a person can do about it."""

import pytest

from mobile_app.services import PreparedPhoto
from mobile_app.state.sync import PhotoProgress
from mobile_app.store.queries.photos import FailedPhoto
from mobile_app.store.queries.upload_states import PhotoState
from shared import problems
from shared.sync.link_quality import LinkQuality, Network, Quality
from shared.sync.wire import Reason
from shared.vocabulary import PhotoRole, PhotoSource
from tests.support.fake_phone import FakeApp, FakeServices
from tests.support.headless_phone import HeadlessPhone, played

SHA = "a" * 64
GONE = Reason(code="photo_gone")


def with_photo() -> FakeServices:
    services = FakeServices()
    services.saved["h1"] = {"water_name": "黄沙河"}
    photo = PreparedPhoto(SHA, SHA, "image/jpeg", 8, 6, 1000, None, None, PhotoSource.CAMERA, b"")
    services.photos["h1"] = [(photo, PhotoRole.BEFORE)]
    return services


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"state": PhotoState.LOCAL}, "整改前 · 本地"),
        ({"state": PhotoState.WAITING}, "整改前 · 待上传"),
        ({"state": PhotoState.UPLOADING, "sent": 400}, "整改前 · 待上传(已传 40%)"),
        ({"state": PhotoState.DELIVERED, "sent": 1000}, "整改前 · 已送达"),
        ({"state": PhotoState.DELIVERED, "freed": True}, "整改前 · 已送达 · 原图在服务器"),
        ({"state": PhotoState.FAILED, "why": GONE}, "整改前 · 上传失败"),
        ({"state": PhotoState.REMOTE}, "整改前 · 在服务器上"),
    ],
)
def test_a_tile_says_how_its_photo_stands(row: dict[str, object], words: str) -> None:
    @played
    async def play() -> None:
        services = with_photo()
        services.photo_rows[0] = row
        phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1")
        assert phone.find("photo-state-0").value == words

    play()


@played
async def test_a_tile_follows_its_photo_on_its_way() -> None:
    services = with_photo()
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1")
    services.sync.photo_progress = PhotoProgress(SHA, "h1", 250, 1000)
    await phone.settle()
    assert phone.find("photo-state-0").value == "整改前 · 上传中 25%"
    services.sync.photo_progress = None
    await phone.settle()
    assert phone.find("photo-state-0").value == "整改前 · 待上传"


@played
async def test_a_failed_photo_says_why_and_can_be_sent_again_from_its_tile() -> None:
    services = with_photo()
    services.photo_rows[0] = {"state": PhotoState.FAILED, "why": GONE}
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1")
    assert phone.says("请补拍一张")
    await phone.tap("photo-retry-0")
    assert services.sending.asked == [f"retry {SHA}"]


@played
async def test_a_photo_is_opened_large_and_closed() -> None:
    services = with_photo()
    phone = await HeadlessPhone.open(FakeApp, services, route="/hazards/h1")
    await phone.tap("photo-0")
    assert phone.find("large").content.src == SHA.encode()
    await phone.tap("large-close")
    assert not phone.has("large")
    services.fails["photo_large"] = problems.server_unreachable()
    await phone.tap("photo-0")
    assert phone.find("large-problem").value


@played
async def test_what_runs_is_said_with_its_hazard_and_its_share() -> None:
    services = with_photo()
    phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
    services.sync.begun()
    services.sync.doing("photos")
    services.sync.changed(0, 2, 1500)
    services.sync.sending(SHA, "h1", 250, 1000)
    await phone.settle()
    assert phone.find("sync-step").value == "正在上传照片，还有 2 张…"
    assert phone.find("sync-going").value == "黄沙河的照片 · 25%"


@played
async def test_failed_photos_are_listed_with_their_sentence_and_sent_again() -> None:
    services = with_photo()
    services.sending.failed = [FailedPhoto(SHA, "h1", "黄沙河", GONE), FailedPhoto("b" * 64, None, "", GONE)]
    services.sync.last_problem = problems.photo_gone()
    phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
    assert phone.says("请补拍一张")
    assert not phone.has("sync-problem")
    await phone.tap(f"failed-photo-retry-{SHA}")
    await phone.tap("retry-all")
    assert services.sending.asked == [f"retry {SHA}", "retry None"]
    assert not phone.has(f"failed-photo-record-{'b' * 64}")
    await phone.tap(f"failed-photo-record-{SHA}")
    assert phone.page.route == "/hazards/h1"


@played
async def test_what_failed_is_not_called_nothing() -> None:
    services = with_photo()
    services.refused["h1"] = (GONE,)
    phone = await HeadlessPhone.open(FakeApp, services, route="/")
    assert phone.find("sync-waiting").value == "上传失败：1 处隐患"


@played
async def test_without_a_network_nothing_is_called_wrong() -> None:
    services = with_photo()
    services.sync.changed(1, 1, 1000)
    services.sync.last_problem = problems.server_unreachable()
    phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
    assert phone.has("sync-problem")
    assert not phone.has("sync-offline")
    services.sync.network, services.sync.online = Network.NONE, False
    await phone.settle()
    assert phone.has("sync-offline")
    assert not phone.has("sync-problem")
    assert phone.find("sync-rest").value.startswith("没有网络")


@played
async def test_photos_that_wait_for_wifi_are_said_and_can_be_sent_all_the_same() -> None:
    services = with_photo()
    services.sync.photos_waiting, services.sync.bytes_waiting = 3, 3 * 2**20
    phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
    assert not phone.has("held")
    services.sync.holding(True)
    await phone.settle()
    assert phone.find("held").value == "等待 Wi-Fi：3 张照片"
    assert "3.0 MB" in phone.find("held-send").content
    await phone.tap("held-send")
    assert services.sending.asked == ["send held"]
    await phone.go("/")
    assert phone.says("等待 Wi-Fi：3 张照片")


@played
async def test_wifi_only_is_chosen_and_says_where_it_cannot_hold() -> None:
    services = with_photo()
    services.sync.network = Network.UNKNOWN
    phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
    assert phone.find("wifi-hint").value.startswith("记录总是马上上传")
    switch = phone.find("wifi-only")
    phone.session.apply_patch(switch._i, {"value": True})
    await phone.send("wifi-only", "change", True)
    assert services.sending.choices.wifi_only
    assert phone.find("wifi-hint").value.startswith("这台设备不告诉")
    services.sync.network = Network.MOBILE
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
def test_the_link_is_said_in_a_word_and_in_figures(link: LinkQuality, word: str, figures: str) -> None:
    @played
    async def play() -> None:
        services = with_photo()
        services.sync.measured(link)
        phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
        assert phone.says(word)
        assert phone.find("link-figures").value == figures

    play()


@played
async def test_freeing_is_off_and_asked_before_it_begins() -> None:
    services = with_photo()
    phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
    await phone.tap("freeing-30")
    assert phone.says("现在就可清理 12 张，约 4.8 MB")
    assert services.sending.choices.free_after_days is None
    await phone.tap("freeing-no")
    assert services.sending.choices.free_after_days is None
    await phone.tap("freeing-90")
    await phone.tap("freeing-yes")
    assert services.sending.choices.free_after_days == 90
    await phone.tap("freeing-never")
    assert services.sending.choices.free_after_days is None
