"""办公室的处理: nobody misses what became of a refused save."""

from dataclasses import replace

from mobile_app.store.log.verdicts import Verdict
from shared.operations import Kind, RecordType
from shared.sync.wire import Reason
from tests.support.fake_phone import FakeApp, FakeServices
from tests.support.headless_phone import HeadlessPhone, played

DISCARDED = Verdict(
    key=("aa", 3),
    hazard="h1",
    title="黄沙河",
    type=RecordType.HAZARD,
    kind=Kind.EDIT,
    fields=("water_name", "address"),
    saved_at="2026-11-20T10:00:00+08:00",
    repaired=False,
    why=Reason(code="discarded", details={"reason": "重复上报"}),
)
REPAIRED = replace(
    DISCARDED,
    key=("aa", 4),
    hazard=None,
    title="",
    type=RecordType.PHOTO,
    kind=Kind.ATTACH,
    repaired=True,
    why=Reason(code="repaired", details={"reason": "改到黄沙河"}),
)


def with_verdicts(*verdicts: Verdict) -> FakeServices:
    services = FakeServices()
    services.saved["h1"] = {"water_name": "黄沙河"}
    services.told = list(verdicts)
    return services


@played
async def test_a_verdict_says_what_was_saved_what_became_of_it_and_why() -> None:
    phone = await HeadlessPhone.open(FakeApp, with_verdicts(DISCARDED, REPAIRED), route="/sync")
    assert phone.says("办公室的处理")
    assert phone.says("未采纳")
    assert phone.find("verdict-aa-3").value == "办公室没有采纳这次保存：重复上报。"
    assert phone.find("verdict-saved-aa-3").value.endswith("保存：水域名称、具体位置")
    assert phone.says("已更正")
    assert "改到黄沙河" in phone.find("verdict-aa-4").value
    assert phone.find("verdict-saved-aa-4").value.endswith("保存：现场照片")
    assert not phone.has("verdict-record-aa-4")
    await phone.tap("verdict-record-aa-3")
    assert phone.page.route == "/hazards/h1"


@played
async def test_what_was_read_goes_one_by_one_or_all_at_once() -> None:
    services = with_verdicts(DISCARDED, REPAIRED)
    phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
    await phone.tap("verdict-heard-aa-3")
    assert services.told == [REPAIRED]
    assert not phone.has("verdict-aa-3")
    assert not phone.has("verdicts-heard")
    services.told = [DISCARDED, REPAIRED]
    services.sync.revision += 1
    await phone.settle()
    await phone.tap("verdicts-heard")
    assert services.told == []
    assert not phone.says("办公室的处理")


@played
async def test_the_list_says_that_there_is_something_to_read_until_it_was() -> None:
    services = with_verdicts()
    phone = await HeadlessPhone.open(FakeApp, services)
    assert not phone.has("verdicts-unread")
    services.told = [DISCARDED]
    services.sync.revision += 1
    await phone.settle()
    assert "1" in phone.find("verdicts-unread").content
    await phone.tap("verdicts-unread")
    assert phone.page.route == "/sync"
    await phone.tap("verdict-heard-aa-3")
    await phone.go("/")
    assert not phone.has("verdicts-unread")


@played
async def test_verdicts_speak_english_too() -> None:
    phone = await HeadlessPhone.open(FakeApp, with_verdicts(DISCARDED), route="/me")
    await phone.tap("language-en")
    await phone.go("/sync")
    assert phone.says("Discarded")
    assert "Name of the water" in phone.find("verdict-saved-aa-3").value
