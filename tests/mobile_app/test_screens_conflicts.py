"""存在冲突 on the phone: told in words, settled by choosing or by writing."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import flet as ft
from sqlmodel import Session

from mobile_app.screens.form.draft import restore, to_draft
from mobile_app.screens.form.form_state import FormState
from mobile_app.store.database import meta
from mobile_app.store.log import recording, writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.queries import devices, hazards
from mobile_app.store.queries.hazards import HazardCard
from mobile_app.store.queries.narrowing import Narrowing
from mobile_app.store.queries.upload_states import OperationState
from shared import problems
from shared.profiles.drowning import DROWNING
from shared.sync.wire import DeviceName
from shared.vocabulary import EventType
from tests.mobile_app.enrolled_store import DEVICE, OTHER, POND, enrolled, moment, operation, stamp
from tests.support.headless_phone import played
from tests.support.scripted_phone import ScriptedPhone

UNKNOWN_PHONE = "cccccccccccccccc"


async def torn(device: ScriptedPhone, field: str, here: Any, there: Any) -> str:
    """A hazard of which the value `here` that was written on this phone contradicts another phone's."""
    hazard = await device.add_hazard(water_name="黄沙河")
    await device.acknowledge()
    await device.services.save_hazard({field: here}, [], hazard)
    await device.hear_edit(hazard, **{field: there})
    return hazard


@played
async def test_the_list_can_show_only_what_is_in_conflict(device: ScriptedPhone) -> None:
    hazard, other = await torn(device, "depth_m", 1, 2), await device.add_hazard()
    phone = await device.start()
    assert phone.has(f"hazard-{other}")
    await phone.tap("only-in-conflict")
    assert [key for key in phone.all_keys() if key.startswith("hazard-")] == [f"hazard-{hazard}"]


@played
async def test_a_conflict_says_each_value_who_and_when(device: ScriptedPhone) -> None:
    hazard = await torn(device, "kit_ring", {"state": "missing"}, {"state": "good", "count": 2})
    phone = await device.start(f"/hazards/{hazard}")
    for words in ("救生圈", "缺失", "完好 × 2", "本机", "王巡查 · 二号手机", "当前显示", "采用这一份"):
        assert phone.says(words), words
    await device.hear_edit(hazard, by=UNKNOWN_PHONE, kit_ring=None)
    await phone.settle()
    assert phone.says("其他手机")
    assert phone.says("（清空）")


@played
async def test_each_version_and_the_question_have_a_name_of_their_own(device: ScriptedPhone) -> None:
    hazard = await torn(device, "depth_m", 1.5, 2.0)
    phone = await device.start(f"/hazards/{hazard}")
    names = [control.label for control in phone.controls() if isinstance(control, ft.Semantics)]
    assert "采用这一份 1.5（本机）" in names
    assert "采用这一份 2（王巡查 · 二号手机）" in names
    await phone.tap("keep-depth_m-0")
    [dialog] = [control for control in phone.controls() if isinstance(control, ft.AlertDialog)]
    assert isinstance(dialog.title, ft.Text)
    assert dialog.semantics_label == dialog.title.value


@played
async def test_choosing_asks_saves_offline_and_ends_the_conflict(device: ScriptedPhone) -> None:
    hazard = await torn(device, "depth_m", 1.5, 2.0)
    phone = await device.start(f"/hazards/{hazard}")
    await phone.tap("keep-depth_m-0")
    assert phone.says("黄沙河的“水深(米)”将写为：1.5")
    await phone.tap("conflict-cancel")
    assert phone.has("conflict-depth_m")
    await phone.tap("keep-depth_m-0")
    await phone.tap("conflict-confirm")
    assert device.fields(hazard)["depth_m"] == 1.5
    assert phone.says("已离线保存")
    assert not phone.has("conflict-depth_m")
    assert not phone.has("other-depth_m")  # the form has no such field


@played
async def test_two_taps_on_a_choice_write_it_once(device: ScriptedPhone) -> None:
    hazard = await torn(device, "depth_m", 1.5, 2.0)
    phone = await device.start(f"/hazards/{hazard}")
    await phone.tap("keep-depth_m-0")
    waiting, sure = len(device.unsent()), phone.find("conflict-confirm")._i
    await asyncio.gather(*(phone.session.dispatch_event(sure, "click", None) for _ in range(2)))
    await phone.settle()
    assert len(device.unsent()) == waiting + 1
    assert not phone.has("conflict-depth_m")


@played
async def test_a_save_that_fails_is_said_and_the_conflict_stays(device: ScriptedPhone) -> None:
    hazard = await torn(device, "depth_m", 1.5, 2.0)
    phone = await device.start(f"/hazards/{hazard}")
    device.disk.problem = problems.device_storage_full()
    await phone.tap("keep-depth_m-1")
    await phone.tap("conflict-confirm")
    assert phone.says("手机的存储空间不够")
    assert phone.has("conflict-depth_m")


@played
async def test_another_value_is_written_in_the_form(device: ScriptedPhone) -> None:
    hazard = await torn(device, "address", "村口", "村尾")
    phone = await device.start(f"/hazards/{hazard}")
    await phone.tap("other-address")
    await phone.settle(0.2)
    assert ("scroll_to", "at-address") in [
        (name, given.get("scroll_key")) for name, given in phone.connection.calls if isinstance(given, dict)
    ]
    await phone.write("address", "祠堂后")
    await phone.save()
    assert device.fields(hazard)["address"] == "祠堂后"
    assert not phone.has("conflict-address")


@played
async def test_a_deletion_in_dispute_is_told_and_left_to_the_office(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    await device.acknowledge()
    await device.services.save_hazard({"depth_m": 2}, [], hazard)
    await device.hear_deletion(hazard)
    phone = await device.start(f"/hazards/{hazard}")
    for words in ("存在冲突：删除", "保留", "由审核人在网页上决定"):
        assert phone.says(words), words
    assert not phone.has("keep-deleted-0")


@played
async def test_a_closing_and_a_relapse_at_once_are_both_told(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    await device.hear_event(hazard, EventType.CLOSE, by=UNKNOWN_PHONE)
    await device.hear_event(hazard, EventType.RELAPSE, comment="围蔽又倒了")
    phone = await device.start(f"/hazards/{hazard}")
    for words in ("已销号", "反弹", "围蔽又倒了", "王巡查 · 二号手机", "这几种状态都在"):
        assert phone.says(words), words


@played
async def test_the_store_names_the_writers_and_forgets_a_settled_conflict(tmp_path: Path) -> None:
    database = await enrolled(tmp_path)
    hazard, _ = await database.write(lambda session: recording.add_hazard(session, POND, [], moment()))
    number = int(hazard[-12:], 16)
    theirs = LogEntry(operation(7, {"depth_m": 9}, hazard=number), stamp(5), OperationState.PULLED)
    told = {OTHER: DeviceName(person="王巡查", name="二号手机")}

    def meanwhile(session: Session) -> None:
        recording.edit_hazard(session, hazard, {"depth_m": 4}, [], moment(1))
        writer.append(session, [theirs])
        devices.note(session, told)

    def card(session: Session) -> HazardCard:
        return hazards.card(session, hazard)

    await database.write(meanwhile)
    found = database.read(card)
    assert {write.fields["depth_m"] for write in found.conflicts["depth_m"]} == {4, 9}
    assert found.writers[OTHER] == told[OTHER]
    assert found.writers[DEVICE].person == "张三"
    assert len(database.read(lambda session: hazards.listed(session, only=Narrowing(in_conflict=True)))) == 1

    def settled(session: Session) -> None:
        progress = meta.progress(session)
        meta.set_progress(session, replace(progress, cursor=5))
        recording.edit_hazard(session, hazard, {"depth_m": 4}, [], moment(2))

    await database.write(settled)
    assert database.read(card).conflicts == {}
    assert database.read(lambda session: hazards.listed(session, only=Narrowing(in_conflict=True))) == []
    await database.close()


def test_editing_saves_only_what_was_changed() -> None:
    shown = {"water_name": "甲", "address": "乙"}
    form = FormState(DROWNING.hazard_form, dict(shown), editing=True)
    form.write("address", "丙")
    assert form.to_save() == {"address": "丙"}
    again = FormState(DROWNING.hazard_form, dict(shown), editing=True)
    assert restore(again, to_draft(form)).to_save() == {"address": "丙"}
