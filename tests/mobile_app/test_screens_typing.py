"""What is typed stays, however the page is drawn meanwhile."""

from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft
import pytest

from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone


def values_sent(phone: HeadlessPhone) -> list[Any]:
    """Every value of a field that the app wrote over the one on the glass; what texts say may change."""
    patches, phone.connection.patches = phone.connection.patches, []
    said = phone.texts_only()
    sent = [change[3] for patch in patches for change in patch[1:] if change[2] == "value"]
    return [value for value in sent if value not in said]


async def in_a_new_form(phone: HeadlessPhone) -> None:
    await phone.tap("new-hazard")


async def in_a_step(phone: HeadlessPhone) -> None:
    [row] = [key for key in phone.all_keys() if key.startswith("hazard-")]
    await phone.go(f"/hazards/{row.removeprefix('hazard-')}/patrol")


@pytest.mark.parametrize(
    ("opened", "field"), [(in_a_new_form, "water_name"), (in_a_step, "comment")], ids=["form", "step"]
)
@played
async def test_a_drawing_between_two_strokes_takes_neither_back(
    device: ScriptedPhone, opened: Callable[[HeadlessPhone], Awaitable[None]], field: str
) -> None:
    await device.add_hazard()
    phone = await device.start()
    await opened(phone)
    await phone.write(field, "护")
    values_sent(phone)
    control = phone.find(field)._i
    phone.session.apply_patch(control, {"value": "护栏"})  # on the glass, and not yet heard of
    await phone.tap("kit_sign-good")
    assert phone.find(field).value == "护栏"
    assert values_sent(phone) == []
    await phone.session.dispatch_event(control, "change", "护栏")
    await phone.tap("kit_sign-missing")
    assert phone.find(field).value == "护栏"
    assert values_sent(phone) == []


@played
async def test_the_first_stroke_in_a_form_draws_nothing(device: ScriptedPhone) -> None:
    phone = await device.start()
    await in_a_new_form(phone)
    phone.connection.patches.clear()
    await phone.write("water_name", "护")
    assert phone.connection.patches == []


@played
async def test_a_cleared_search_is_empty_and_takes_new_words(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(water_name="黄沙河")
    phone = await device.start()
    await phone.write("search", "没有")
    assert not phone.has(f"hazard-{hazard}")
    await phone.tap("clear-search")
    assert phone.find("search").value == ""
    assert phone.has(f"hazard-{hazard}")
    await phone.write("search", "黄沙")
    assert phone.find("search").value == "黄沙"


@played
async def test_fields_for_numbers_eat_nothing_and_bring_the_keypad_that_they_need(
    device: ScriptedPhone,
) -> None:
    await device.add_hazard()
    phone = await device.start()
    await in_a_step(phone)
    people = phone.find("people_seen")
    await phone.go("/new")
    await phone.tap("unfold-depth_m")
    depth = phone.find("depth_m")
    assert people.keyboard_type is ft.KeyboardType.NUMBER
    assert depth.keyboard_type is ft.KeyboardType.TEXT, "an iPhone's keypad of digits has no point"
    for field in (people, depth):
        assert (field.input_filter, field.max_length) == (None, None)
    values_sent(phone)
    for typed in ("１", "１．", "１．５"):
        await phone.write("depth_m", typed)
        assert phone.find("depth_m").value == typed
    assert values_sent(phone) == []
