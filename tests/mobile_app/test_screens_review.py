"""A photo before it is kept: what a finger draws on it, turning it, taking back, and one after another."""

import hashlib
import io
from collections.abc import Sequence

import pytest
from PIL import Image

from mobile_app.screens.photos.picture_area import fitted
from mobile_app.services import PickedPhoto
from shared.records.photo_edits import UNEDITED, Edits, Mark, MarkKind
from shared.vocabulary import PhotoSource
from tests.support import drawn, photo_cases
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

SIZE = (400, 300)
"""Of the area that the picture is shown in, in logical pixels."""


async def reviewing(device: ScriptedPhone, picture: bytes) -> HeadlessPhone:
    """A picture that the camera has just taken, on the glass."""
    device.camera.picture = picture
    phone = await device.start("/new")
    await phone.tap("take-photo")
    await phone.tap("shutter")
    await phone.send("photo-canvas", "resize", {"w": SIZE[0], "h": SIZE[1]})
    return phone


async def draw(phone: HeadlessPhone, *points: tuple[float, float]) -> None:
    """Move a finger over the picture, from point to point (shares of the area)."""
    places = [{"x": x * SIZE[0], "y": y * SIZE[1]} for x, y in points]
    await phone.send("photo-draw", "pan_start", {"k": "touch", "l": places[0], "g": places[0]})
    for place in places[1:]:
        await phone.send("photo-draw", "pan_update", {"l": place, "g": place})
    end = {"l": places[-1], "g": places[-1], "v": {"x": 0, "y": 0}}
    await phone.send("photo-draw", "pan_end", end)


async def kept(phone: HeadlessPhone, device: ScriptedPhone) -> bytes:
    """What is kept of the photo once the hazard is saved."""
    await phone.tap("use-photo")
    await phone.tap("water_type-pond")
    await phone.save()
    return device.photo_files.files[device.sha256(device.only_hazard(), 0)]


@played
async def test_what_a_finger_draws_is_in_the_kept_photo_and_nothing_else_of_it_is_kept(
    device: ScriptedPhone,
) -> None:
    phone = await reviewing(device, photo_cases.NOISY)
    for mark in photo_cases.EDITS.marks:
        await phone.tap(f"tool-{mark.kind}")
        await draw(phone, mark.start, (0.5, 0.5), mark.end)
    await phone.tap("photo-turn")
    photo_cases.check_edits(await kept(phone, device))
    [row] = device.card(device.only_hazard()).photos
    assert row.photo.original_sha256 == hashlib.sha256(photo_cases.NOISY).hexdigest()
    assert len(device.photo_files.files) == 2, "the photo and its preview"


@played
async def test_the_photo_is_shown_as_it_will_be_kept(device: ScriptedPhone) -> None:
    phone = await reviewing(device, photo_cases.NOISY)
    await phone.tap("photo-turn")
    for _ in range(200):
        await phone.settle(0.02)
        with Image.open(io.BytesIO(phone.find("photo-edited").src)) as shown:
            if shown.width < shown.height:
                break
    else:
        pytest.fail("it is not shown turned")


@played
async def test_what_was_drawn_is_taken_back_step_by_step(device: ScriptedPhone) -> None:
    picture = drawn.photo(40, 30, seed=3)
    await (await device.open()).sending.choose_stamp(stamp=False)
    phone = await reviewing(device, picture)
    await phone.tap("photo-turn")
    await phone.tap("tool-arrow")
    await draw(phone, (0.1, 0.1), (0.6, 0.6))
    for _ in range(3):  # once more than there is
        await phone.tap("photo-undo")
    untouched = await device.services.prepare_photo(PickedPhoto(picture, "", PhotoSource.CAMERA))
    assert await kept(phone, device) == device.photo_files.files[untouched.sha256]


@played
async def test_a_tap_on_the_photo_draws_nothing_and_without_a_tool_nothing_is_drawn(
    device: ScriptedPhone,
) -> None:
    picture = drawn.photo(40, 30, seed=3)
    await (await device.open()).sending.choose_stamp(stamp=False)
    phone = await reviewing(device, picture)
    assert not phone.has("photo-draw")
    await phone.tap("tool-blur")
    await draw(phone, (0.5, 0.5), (0.51, 0.51))
    await phone.tap("tool-blur")
    assert not phone.has("photo-draw")
    untouched = await device.services.prepare_photo(PickedPhoto(picture, "", PhotoSource.CAMERA))
    assert await kept(phone, device) == device.photo_files.files[untouched.sha256]


def widths(device: ScriptedPhone) -> Sequence[int | None]:
    return [row.photo.width for row in device.card(device.only_hazard()).photos]


@played
async def test_picked_photos_are_looked_at_one_after_another_and_may_be_left_out(
    device: ScriptedPhone,
) -> None:
    device.picker.gallery = [drawn.photo(8 + n, 6, seed=n) for n in range(3)]
    phone = await device.start("/new")
    await phone.tap("pick-photos")
    await phone.tap("use-photo")
    await phone.tap("skip-photo")
    await phone.tap("photo-turn")
    assert not phone.has("use-all-photos"), "it is the last"
    await phone.tap("use-photo")
    await phone.tap("water_type-pond")
    await phone.save()
    assert widths(device) == [8, 6]


@played
async def test_many_picked_photos_are_used_with_one_tap(device: ScriptedPhone) -> None:
    device.picker.gallery = [drawn.photo(8 + n, 6, seed=n) for n in range(4)]
    phone = await device.start("/new")
    await phone.tap("pick-photos")
    await phone.tap("photo-turn")
    await phone.tap("use-all-photos")
    await phone.tap("water_type-pond")
    await phone.save()
    assert widths(device) == [6, 9, 10, 11]


@played
async def test_the_way_back_from_picked_photos_takes_none_of_them(device: ScriptedPhone) -> None:
    device.picker.gallery = [drawn.photo(8 + n, 6, seed=n) for n in range(2)]
    phone = await device.start("/new")
    await phone.tap("pick-photos")
    await phone.go("/")  # as a browser's way back does
    assert phone.page.route == "/new"
    assert not phone.has("view-photo-0")
    await phone.pick_photos()
    assert phone.has("view-photo-1")


def test_marks_stay_where_they_were_drawn_when_the_photo_is_turned_after_or_before() -> None:
    first = UNEDITED.marked(MarkKind.BLUR, (0.1, 0.2), (0.3, 0.4)).turned()
    # What was drawn at the upper left is at the upper right after a turn to the right.
    then = UNEDITED.turned().marked(MarkKind.BLUR, (0.8, 0.1), (0.6, 0.3))
    assert first.marks == (Mark(MarkKind.BLUR, (0.1, 0.2), (0.3, 0.4)),)
    assert [round(one, 9) for one in then.marks[0].box] == [0.1, 0.2, 0.3, 0.4]
    assert Edits(turns=4 % 4) == UNEDITED.turned().turned().turned().turned()


def test_a_picture_is_shown_whole_in_the_middle_of_its_area() -> None:
    place = fitted((400, 400), (200, 100))
    assert (place.left, place.top, place.width, place.height) == (0, 100, 400, 200)
    assert place.share((200, 200)) == (0.5, 0.5)
    assert place.share((-20, 500)) == (0, 1)
