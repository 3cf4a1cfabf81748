"""Faces that are found and blurred before a photo is kept, and the mark of a photo in which nobody looked."""

import asyncio
import io

import pytest
from PIL import Image, ImageStat

from mobile_app.screens.photos import faces as faces_module
from mobile_app.screens.photos.faces import get_ready
from mobile_app.texts.photos.photo_texts import ZH
from shared.records.photo_edits import Mark, MarkKind
from shared.sync.link_quality import Network
from tests.support import drawn, photo_cases
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

LEFT, RIGHT = (Mark(MarkKind.BLUR, (x, 0.6), (x + 0.2, 0.8)) for x in (0.2, 0.6))


async def reviewing(device: ScriptedPhone, *faces: Mark) -> HeadlessPhone:
    """A picture in which these faces are found, on the glass."""
    device.camera.picture = photo_cases.NOISY
    device.faces.can, device.faces.faces = True, list(faces)
    phone = await device.start("/new")
    await phone.tap("take-photo")
    await phone.tap("shutter")
    await phone.settle(0.05)
    return phone


async def use(phone: HeadlessPhone) -> None:
    await phone.tap("use-photo")
    await phone.tap("water_type-pond")
    await phone.save()


def kept(device: ScriptedPhone) -> Image.Image:
    """The photo that was kept."""
    data = device.photo_files.files[device.sha256(device.only_hazard(), 0)]
    return Image.open(io.BytesIO(data)).convert("L")


def is_blurred(picture: Image.Image, mark: Mark) -> bool:
    """Whether the middle of the part that `mark` covers is of one colour, where it was noise."""
    x, y = ((one + other) / 2 for one, other in zip(mark.start, mark.end, strict=True))
    middle = (round(x * picture.width), round(y * picture.height))
    part = picture.crop((middle[0] - 8, middle[1] - 8, middle[0] + 8, middle[1] + 8))
    return ImageStat.Stat(part).stddev[0] < 8


def unchecked(device: ScriptedPhone) -> bool | None:
    return device.card(device.only_hazard()).photos[0].photo.faces_unchecked


@played
async def test_the_faces_that_were_found_are_blurred_but_for_those_that_are_spared(
    device: ScriptedPhone,
) -> None:
    phone = await reviewing(device, LEFT, RIGHT)
    assert phone.find("photo-faces").value.startswith("找到 2 张人脸，已打码")
    await phone.tap("face-1")
    await use(phone)
    picture = kept(device)
    assert is_blurred(picture, LEFT)
    assert not is_blurred(picture, RIGHT)
    assert unchecked(device) is None


@played
async def test_a_tap_on_a_face_spares_it_and_another_blurs_it_again(device: ScriptedPhone) -> None:
    phone = await reviewing(device, LEFT, RIGHT)
    await phone.send("photo-canvas", "resize", {"w": 400, "h": 300})
    tap = {"k": "touch", "l": {"x": 280, "y": 210}, "g": {"x": 0, "y": 0}}
    for spared in (True, False):
        await phone.send("photo-draw", "tap_up", tap)
        frames = [shape for shape in phone.find("photo-canvas").shapes if hasattr(shape, "width")]
        assert [frame.paint.stroke_width == 1 for frame in frames] == [False, spared]
    await use(phone)
    assert is_blurred(kept(device), RIGHT)


@played
async def test_a_photo_that_is_used_at_once_waits_for_its_faces(device: ScriptedPhone) -> None:
    device.faces.held = asyncio.Event()
    phone = await reviewing(device, LEFT)
    assert phone.find("photo-faces").value == ZH.faces_looking
    using = asyncio.create_task(phone.tap("use-photo"))
    await phone.settle(0.05)
    assert not phone.has("remove-photo-0")
    device.faces.held.set()
    await using
    await phone.tap("water_type-pond")
    await phone.save()
    assert is_blurred(kept(device), LEFT)


@played
async def test_many_picked_photos_are_looked_through_for_faces_as_well(device: ScriptedPhone) -> None:
    device.faces.can, device.faces.faces = True, [LEFT]
    device.picker.gallery = [photo_cases.NOISY, drawn.photo(noise=True)]
    phone = await device.start("/new")
    await phone.tap("pick-photos")
    await phone.tap("use-all-photos")
    await phone.tap("water_type-pond")
    await phone.save()
    hazard = device.only_hazard()
    assert {row.photo.faces_unchecked for row in device.card(hazard).photos} == {None}
    assert is_blurred(kept(device), LEFT)


async def _fail(_picture: bytes) -> None:
    raise RuntimeError("no memory")


@pytest.mark.parametrize("why", ["no browser", "not here", "too slow", "broken", "not wanted"])
@played
async def test_where_nobody_can_look_for_faces_the_photo_is_kept_and_says_so(
    device: ScriptedPhone, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = await device.open()
    faces = device.faces
    faces.reachable = faces.model = why != "not here"
    if why == "broken":
        monkeypatch.setattr(faces, "find", _fail)
    if why == "not wanted":
        await services.sending.choose_blur_faces(blur=False)
    phone = await reviewing(device)
    if why == "no browser":
        faces.can = False
        await phone.tap("retake")
        await phone.tap("shutter")
        await phone.settle(0.05)
    if why == "too slow":
        faces.faces = None
        await phone.tap("retake")
        await phone.tap("shutter")
        await phone.settle(0.05)
    assert phone.find("photo-faces").value == ZH.faces_not_looked_for
    await use(phone)
    assert unchecked(device) is True
    await phone.go(f"/hazards/{device.only_hazard()}")
    await phone.tap("photo-0")
    assert ZH.faces_unchecked in phone.find("large-about").value


@played
async def test_what_finds_faces_comes_by_itself_but_not_over_mobile_data(device: ScriptedPhone) -> None:
    services = await device.open()
    device.faces.can, device.faces.model = True, False
    services.sync.network = Network.MOBILE
    await get_ready(services)
    assert not await device.faces.is_here()
    phone = await device.start("/me")
    assert phone.find("faces-here").value == ZH.faces_away
    await phone.tap("get-faces")
    assert phone.find("faces-here").value == ZH.faces_here
    assert not phone.has("get-faces")
    device.faces.model = False
    services.sync.network = Network.WIFI
    await get_ready(services)
    assert await device.faces.is_here()


@played
async def test_nobody_waits_long_for_what_finds_faces(
    device: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = await device.open()
    never = asyncio.Event()

    async def get() -> bool:
        return await never.wait()

    monkeypatch.setattr(faces_module, "_PATIENCE", 0.01)
    monkeypatch.setattr(device.faces, "get", get)
    device.faces.model = False
    services.sync.network = Network.WIFI
    phone = await reviewing(device, LEFT)
    await use(phone)
    assert unchecked(device) is True


@played
async def test_whoever_wants_no_faces_blurred_says_so_once(device: ScriptedPhone) -> None:
    device.faces.can = True
    phone = await device.start("/me")
    assert phone.find("blur-faces").value is True
    phone.session.apply_patch(phone.find("blur-faces")._i, {"value": False})
    await phone.send("blur-faces", "change", False)
    again = await device.restart("/me")
    assert again.find("blur-faces").value is False


@played
async def test_a_device_that_cannot_find_faces_says_so(device: ScriptedPhone) -> None:
    phone = await device.start("/me")
    assert not phone.has("blur-faces")
    assert phone.says(ZH.faces_impossible)
