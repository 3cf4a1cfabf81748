"""Answers of Flutter that come when their control has left, or that say that it was never drawn."""

import asyncio

import pytest

from mobile_app.screens.late_answers import take_late_answers
from mobile_app.texts.choice import texts_for
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

NEVER_DRAWN = "TimeoutException: no listener for ListView.scroll_to"


async def saved(device: ScriptedPhone) -> tuple[HeadlessPhone, str]:
    """A phone on which a hazard was saved just now: whatever shows the list scrolls to it."""
    phone = await device.start("/new")
    for key in ("town_code", "option-441900003", "water_type-creek"):
        await phone.tap(key)
    await phone.write("water_name", "新塘")
    await phone.save()
    return phone, device.only_hazard()


@played
async def test_an_answer_for_a_control_that_has_left_reaches_who_waits_for_it(device: ScriptedPhone) -> None:
    phone = await device.start()
    take_late_answers(phone.page)
    phone.connection.held = []
    phone.connection.errors["scroll_to"] = NEVER_DRAWN
    waiting = asyncio.create_task(phone.find("records").scroll_to(offset=0))
    await phone.settle()
    await phone.go("/me")
    assert not waiting.done()
    phone.connection.answer_held()
    await phone.settle()
    assert waiting.done()
    with pytest.raises(RuntimeError, match="no listener"):
        waiting.result()


@played
async def test_a_list_that_was_never_drawn_below_a_hazard_is_no_fault(device: ScriptedPhone) -> None:
    phone, hazard = await saved(device)
    phone.connection.errors["scroll_to"] = NEVER_DRAWN
    await phone.go("/today")
    before = len(phone.connection.calls)
    await phone.go(f"/hazards/{hazard}")
    assert "scroll_to" in [name for name, _ in phone.connection.calls[before:]]
    assert not phone.says(texts_for("zh").something_broke)
