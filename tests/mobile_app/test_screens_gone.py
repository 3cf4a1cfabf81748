"""What was half written about a hazard that has left the phone's towns, or that is gone."""

from typing import Any

import flet as ft
from sqlmodel import Session

from mobile_app.store.log import snapshot
from shared.operations import GENESIS
from shared.vocabulary import EventType
from tests.mobile_app.enrolled_store import record
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import POND, ScriptedPhone

KEPT = 0.6  # seconds until a draft is kept


async def others_pond(device: ScriptedPhone) -> str:
    """A hazard that another phone saved."""
    await device.hear_edit("", **POND)
    return device.only_hazard()


async def leaves(device: ScriptedPhone, hazard: str) -> None:
    """The hazard is none of those that this phone wants or may see."""
    await device.services.choose_towns(["441900004"])

    def work(session: Session) -> None:
        snapshot.drop(session, [hazard])

    await device.database.write(work)
    device.services._sync_loop.saved()


async def half_written(device: ScriptedPhone, hazard: str, step: str, **fields: str) -> HeadlessPhone:
    """The phone's list, after something half written was left and the hazard went."""
    phone = await device.start(f"/hazards/{hazard}/{step}")
    for name, text in fields.items():
        await phone.write(name, text)
    await phone.settle(KEPT)
    await leaves(device, hazard)
    await device.services.settle()
    return await device.restart()


@played
async def test_a_half_written_note_can_still_be_saved(device: ScriptedPhone) -> None:
    hazard = await others_pond(device)
    phone = await half_written(device, hazard, "note", comment="东岸有人钓鱼")
    await phone.tap(f"draft-continue-note {hazard}")
    assert phone.has("gone")
    assert phone.find("comment").value == "东岸有人钓鱼"
    await phone.save()
    assert phone.page.route == "/"
    [made] = device.unsent()
    assert (made.fields["hazard"], made.fields["event_type"]) == (hazard, EventType.NOTE)
    assert made.fields["comment"] == "东岸有人钓鱼"
    assert (made.base, made.base_fingerprint) == (0, GENESIS)
    assert device.services.drafts() == {}
    assert device.services.hazards() == []


@played
async def test_a_half_written_note_can_be_discarded(device: ScriptedPhone) -> None:
    hazard = await others_pond(device)
    phone = await half_written(device, hazard, "note", comment="东岸有人钓鱼")
    await phone.tap(f"draft-drop-note {hazard}")
    assert device.services.drafts() == {}


@played
async def test_a_half_written_step_is_shown_copied_and_discarded(device: ScriptedPhone) -> None:
    hazard = await others_pond(device)
    phone = await half_written(device, hazard, "rectify", measures_done="修好护栏")
    await phone.tap(f"draft-continue-rectify {hazard}")
    assert phone.has("gone")
    assert phone.says("修好护栏")
    assert not phone.has("save")
    action = phone.find(f"copy-rectify {hazard}").action
    assert isinstance(action, ft.CopyToClipboard)
    assert action.data.startswith("已采取的措施: 修好护栏\n定位: ")
    await phone.tap("gone-towns")
    assert phone.page.route == "/me/towns"
    await phone.go(f"/hazards/{hazard}/rectify")
    await phone.tap(f"draft-drop-rectify {hazard}")
    assert device.services.drafts() == {}
    assert phone.page.route == "/"
    assert not phone.says("修好护栏")


@played
async def test_what_is_half_written_about_no_hazard_can_only_be_discarded(device: ScriptedPhone) -> None:
    name = "education_visit 1"
    kept = {"title": "滘联小学宣讲", "fields": {"place": "滘联小学"}, "photos": []}
    await device.start("/")
    await device.services.save_draft(name, kept)
    phone = await device.restart()
    assert phone.says("滘联小学宣讲")
    assert not phone.says("新增隐患 · 滘联小学宣讲")
    assert not phone.has(f"draft-continue-{name}")
    await phone.tap(f"draft-drop-{name}")
    assert device.services.drafts() == {}


@played
async def test_a_half_written_edit_is_shown(device: ScriptedPhone) -> None:
    hazard = await others_pond(device)
    phone = await half_written(device, hazard, "edit", address="学校东侧")
    await phone.tap(f"draft-continue-edit {hazard}")
    assert phone.says("学校东侧")
    assert phone.says("修改隐患 · 石井塘")
    assert not phone.says("鱼塘")


@played
async def test_it_goes_on_when_the_hazard_comes_back(device: ScriptedPhone) -> None:
    hazard = await others_pond(device)
    phone = await half_written(device, hazard, "rectify", measures_done="修好护栏")
    await device.hear_edit(hazard, **POND)
    await phone.tap(f"draft-continue-rectify {hazard}")
    assert phone.find("measures_done").value == "修好护栏"


@played
async def test_an_address_of_a_hazard_that_is_not_here_says_so(device: ScriptedPhone) -> None:
    unknown = record(77)
    found: dict[str, Any] = {}
    for route in (f"/hazards/{unknown}", f"/hazards/{unknown}/edit", f"/hazards/{unknown}/note"):
        phone = await device.start(route)
        found[route] = (phone.has("gone"), phone.has("broken"))
    assert set(found.values()) == {(True, False)}
