"""我的: what a person sets for this phone, and what they can send to whoever helps."""

import io

from PIL import Image

from mobile_app.device.photos import PickedPhoto
from mobile_app.screens.me.settings_cards import SMALL_SIDE
from shared import problems
from shared.vocabulary import PhotoSource
from tests.mobile_app.enrolled_store import DEVICE, ENROLLED, PERSON
from tests.support import drawn
from tests.support.headless_phone import played
from tests.support.scripted_phone import ScriptedPhone


async def longest_side(device: ScriptedPhone) -> int:
    """That of the next photo, as it is kept."""
    taken = PickedPhoto(drawn.photo(2600, 1900), "", PhotoSource.CAMERA)
    photo = await device.services.prepare_photo(taken)
    with Image.open(io.BytesIO(device.photo_files.files[photo.sha256])) as kept:
        return max(kept.size)


@played
async def test_photos_are_as_large_as_the_person_chose_and_the_office_allows(device: ScriptedPhone) -> None:
    phone = await device.start("/me")
    assert await longest_side(device) == ENROLLED.settings.photo_max_side
    await phone.tap("photo-size-small")
    assert await longest_side(device) == SMALL_SIDE
    await device.restart("/me")
    assert await longest_side(device) == SMALL_SIDE, "it is kept"
    phone = await device.start("/me")
    await phone.tap("photo-size-usual")
    assert await longest_side(device) == ENROLLED.settings.photo_max_side


@played
async def test_a_choice_is_never_more_than_the_office_allows(device: ScriptedPhone) -> None:
    small = ENROLLED.settings.model_copy(update={"photo_max_side": 800})
    await device.choose_programme(small)
    phone = await device.start("/me")
    await phone.tap("photo-size-small")
    assert await longest_side(device) == 800


@played
async def test_the_size_of_texts_is_chosen(device: ScriptedPhone) -> None:
    phone = await device.start("/me")
    assert "100%" in phone.find("diagnostics").value
    await phone.tap("text-size-150")
    assert "150%" in phone.find("diagnostics").value
    await phone.tap("text-size-150")
    assert "150%" in phone.find("diagnostics").value, "what is chosen stays chosen"


@played
async def test_diagnostics_say_what_is_wrong_and_nothing_of_anybody(device: ScriptedPhone) -> None:
    await device.add_hazard(2, water_name="秘密塘", responsible_person="王某某", phone="13912345678")
    phone = await device.start("/me")
    device.transport.refuses("", problems.token_invalid())
    await device.services.sync_now()
    await phone.settle()
    said = phone.find("diagnostics").value
    assert "anlan 0.1.0" in said
    assert "waiting 3 saves, 2 photos" in said
    assert "problem token_invalid" in said
    assert phone.find("copy-diagnostics").action.data == said
    hazard = device.only_hazard()
    secrets = ["秘密塘", "王某某", "13912345678", "441900003", ENROLLED.token, ENROLLED.person.name]
    for secret in (*secrets, DEVICE, PERSON, hazard, device.sha256(hazard), "张老师", "http"):
        assert secret not in said


@played
async def test_the_way_to_what_is_set_elsewhere(device: ScriptedPhone) -> None:
    phone = await device.start("/me")
    await phone.tap("settings-sync")
    assert phone.has("wifi-only")
