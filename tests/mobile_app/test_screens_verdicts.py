"""办公室的处理: nobody misses what became of a refused save."""

from mobile_app.services import PickedPhoto
from shared.sync.plan import Settled
from shared.sync.wire import Reason
from shared.vocabulary import PhotoRole, PhotoSource
from tests.mobile_app.enrolled_store import DEVICE
from tests.support.headless_phone import played
from tests.support.scripted_phone import PICTURE, POND, ScriptedPhone

DISCARDED = Reason(code="discarded", details={"reason": "重复上报"})
REPAIRED = Reason(code="repaired", details={"reason": "改到黄沙河"})


async def with_discarded(device: ScriptedPhone) -> tuple[str, str]:
    """A hazard of which the office has discarded an edit: the hazard, and how screens name the edit."""
    hazard = await device.add_hazard(water_name="黄沙河")
    await device.acknowledge()
    await device.services.save_hazard({"water_name": "黄沙河二", "address": "村口"}, [], hazard)
    [edit] = device.unsent()
    await device.settle(Settled(discarded={edit.number: DISCARDED}))
    return hazard, f"{DEVICE}-{edit.number}"


async def with_repaired(device: ScriptedPhone) -> str:
    """A repaired photo of a hazard that is not here any more: how screens name it."""
    photo = await device.services.prepare_photo(PickedPhoto(PICTURE, "", PhotoSource.GALLERY))
    await device.services.save_hazard(POND, [(photo, PhotoRole.SITE)])
    made, attached = device.unsent()
    await device.settle(Settled(discarded={made.number: DISCARDED}, repaired={attached.number: REPAIRED}))
    keys = [verdict.key for verdict in device.services.verdicts()]
    await device.services.acknowledge(
        [one for one in device.services.verdicts() if one.key[1] == made.number]
    )
    assert (DEVICE, attached.number) in keys
    return f"{DEVICE}-{attached.number}"


@played
async def test_a_verdict_says_what_was_saved_what_became_of_it_and_why(device: ScriptedPhone) -> None:
    hazard, discarded = await with_discarded(device)
    repaired = await with_repaired(device)
    phone = await device.start("/sync")
    assert phone.says("办公室的处理")
    assert phone.says("未采纳")
    assert phone.find(f"verdict-{discarded}").value == "办公室没有采纳这次保存：重复上报。"
    assert phone.find(f"verdict-saved-{discarded}").value.endswith("保存：具体位置、水域名称")
    assert phone.says("已更正")
    assert "改到黄沙河" in phone.find(f"verdict-{repaired}").value
    assert phone.find(f"verdict-saved-{repaired}").value.endswith("保存：现场照片")
    assert not phone.has(f"verdict-record-{repaired}")
    await phone.tap(f"verdict-record-{discarded}")
    assert phone.page.route == f"/hazards/{hazard}"


@played
async def test_what_was_read_goes_one_by_one_or_all_at_once(device: ScriptedPhone) -> None:
    _, discarded = await with_discarded(device)
    repaired = await with_repaired(device)
    phone = await device.start("/sync")
    await phone.tap(f"verdict-heard-{discarded}")
    assert not phone.has(f"verdict-{discarded}")
    assert phone.has(f"verdict-{repaired}")
    assert not phone.has("verdicts-heard")
    await with_discarded(device)
    await phone.settle()
    await phone.tap("verdicts-heard")
    assert device.services.verdicts() == ()
    assert not phone.says("办公室的处理")


@played
async def test_the_list_says_that_there_is_something_to_read_until_it_was(device: ScriptedPhone) -> None:
    phone = await device.start()
    assert not phone.has("verdicts-unread")
    _, discarded = await with_discarded(device)
    await phone.settle()
    assert "1" in phone.find("verdicts-unread").content
    await phone.tap("verdicts-unread")
    assert phone.page.route == "/sync"
    await phone.tap(f"verdict-heard-{discarded}")
    await phone.go("/")
    assert not phone.has("verdicts-unread")


@played
async def test_verdicts_speak_english_too(device: ScriptedPhone) -> None:
    _, discarded = await with_discarded(device)
    phone = await device.start("/me")
    await phone.tap("language-en")
    await phone.go("/sync")
    assert phone.says("Discarded")
    assert "Name of the water" in phone.find(f"verdict-saved-{discarded}").value
