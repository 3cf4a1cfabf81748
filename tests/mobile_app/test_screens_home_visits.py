"""家访 on the glass: who is offered it, what is asked first, and what the phone shows once it is sealed."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mobile_app.texts.choice import texts_for
from shared.home_visits.model import HomeVisit
from tests.mobile_app.test_home_visits import ANSWER, KEYS, NEXT, answered, envelopes, exchange, opened
from tests.support.headless_phone import HeadlessPhone
from tests.support.scripted_phone import ScriptedPhone

pytestmark = pytest.mark.anyio

ZH = texts_for("zh").home_visits
TWO_SCHOOLS: list[dict[str, Any]] = [
    {"school": "虎门实验小学", "classes": ["三(2)班", "三(3)班"]},
    {"school": "厚街中学", "classes": []},
]


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[ScriptedPhone]:
    made = ScriptedPhone(tmp_path / "phone")
    services = await made.open()
    made.transport.says(KEYS, 200, ANSWER)
    await exchange(services)
    yield made
    made.drop()


async def fill(glass: HeadlessPhone) -> None:
    """Everything that must be filled in, at the only school and class."""
    await glass.tap("legal_basis-guardian_consent")
    await glass.tap("consent_how-spoken")
    await glass.write("student_name", "张小明")
    await glass.tap("under_14-true")
    await glass.tap("mode-in_person")
    await glass.tap("reason")
    await glass.tap("option-safety")


def sealed(phone: ScriptedPhone) -> HomeVisit:
    """The only visit that was sealed."""
    [one] = envelopes(phone.sealed_files.files)
    return opened(one)[1]


async def test_only_those_who_may_record_home_visits_are_offered_them(tmp_path: Path) -> None:
    phone = ScriptedPhone(tmp_path / "phone")
    glass = await phone.start()
    assert not glass.has("new-home-visit")
    phone.transport.says(KEYS, 200, ANSWER)
    await exchange(phone.services)
    await glass.settle()
    await glass.tap("new-home-visit")
    assert glass.page.route == "/home-visits/new"


async def test_a_phone_that_may_not_says_so_at_the_address_of_the_form(tmp_path: Path) -> None:
    glass = await ScriptedPhone(tmp_path / "phone").start("/home-visits/new")
    assert glass.says(ZH.no_grant)
    assert not glass.has("save")


async def test_where_it_cannot_encrypt_it_says_why_and_offers_no_form(
    phone: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobile_app.device.sealing.NativeSealing.available", lambda _self: False)
    glass = await phone.start("/home-visits")
    assert glass.says("https")
    assert not glass.has("new-home-visit")
    await glass.go("/home-visits/new")
    assert glass.says("https")
    assert not glass.has("save")


async def test_purpose_and_consent_stand_first_and_nothing_is_saved_without(phone: ScriptedPhone) -> None:
    glass = await phone.start("/home-visits/new")
    fields = [key for key in glass.all_keys() if key in HomeVisit.model_fields or key.startswith("legal")]
    assert fields[0].startswith("legal_basis")
    assert not glass.has("consent_how-spoken")
    await fill(glass)
    await glass.tap("consent_how-spoken")  # off again
    await glass.save()
    assert glass.says("请先征得监护人同意。")
    assert phone.sealed_files.files == {}
    await glass.tap("consent_how-written")
    await glass.save()
    visit = sealed(phone)
    assert (visit.consent_how, visit.legal_basis) == ("written", "guardian_consent")
    assert visit.consent_at


async def test_a_duty_by_law_needs_no_consent(phone: ScriptedPhone) -> None:
    glass = await phone.start("/home-visits/new")
    await fill(glass)
    await glass.tap("legal_basis-statutory_duty")
    await glass.save()
    visit = sealed(phone)
    assert (visit.legal_basis, visit.consent_how, visit.consent_at) == ("statutory_duty", None, None)


async def test_a_saved_visit_is_a_line_without_a_name(phone: ScriptedPhone) -> None:
    glass = await phone.start("/home-visits/new")
    await fill(glass)
    await glass.tap("six_donts-alone")
    await glass.tap("four_knows-where")
    await glass.write("content", f"  {NEXT}\t一\r\n二  ")
    await glass.write("follow_up", "再访")
    await glass.tap("follow_up_due-7")
    await glass.save()
    assert glass.page.route == "/home-visits"
    assert glass.says(ZH.where)
    assert glass.says("虎门实验小学 · 三(2)班")
    assert glass.says("待上传")
    for secret in ("张小明", NEXT, "再访"):
        assert not glass.says(secret)
    visit = sealed(phone)
    assert (visit.content, visit.class_name, visit.under_14) == (f"{NEXT} 一\n二", "三(2)班", True)
    assert (visit.six_donts, visit.four_knows) == (("alone",), ("where",))
    assert visit.follow_up_due is not None


async def test_a_quarantined_visit_says_why(phone: ScriptedPhone) -> None:
    glass = await phone.start("/home-visits/new")
    await fill(glass)
    await glass.save()
    answered(phone, "quarantined")
    await exchange(phone.services)
    await glass.settle()
    assert glass.says(ZH.quarantined)
    assert glass.says("同一编号的家访记录")


async def test_the_classes_are_those_of_the_chosen_school(phone: ScriptedPhone) -> None:
    phone.transport.says(KEYS, 200, {**ANSWER, "places": TWO_SCHOOLS})
    phone.services.home_visits.ask_again()
    await exchange(phone.services)
    glass = await phone.start("/home-visits/new")
    assert not glass.has("class_name")
    await glass.tap("school")
    await glass.tap("option-虎门实验小学")
    await glass.tap("class_name")
    await glass.tap("option-三(3)班")
    await glass.tap("school")
    await glass.tap("option-厚街中学")
    await glass.write("class_name", "初一(1)班")
    await fill(glass)
    await glass.save()
    visit = sealed(phone)
    assert (visit.school, visit.class_name) == ("厚街中学", "初一(1)班")


async def test_the_next_visit_starts_with_what_says_nothing_about_a_child(phone: ScriptedPhone) -> None:
    glass = await phone.start("/home-visits/new")
    await fill(glass)
    await glass.write("visitors", "李老师")
    await glass.write("content", NEXT)
    await glass.save()
    await glass.tap("new-home-visit")
    assert glass.find("visitors").value == "李老师"
    assert not glass.says("张小明")
    assert not glass.says(NEXT)


async def test_a_hazard_can_be_linked_and_knows_nothing_of_it(phone: ScriptedPhone) -> None:
    hazard = await phone.add_hazard()
    before = phone.unsent()
    glass = await phone.start("/home-visits/new")
    await fill(glass)
    await glass.tap("hazard")
    await glass.tap(f"option-{hazard}")
    await glass.save()
    assert sealed(phone).hazard == hazard
    assert phone.unsent() == before


async def test_an_unfinished_visit_is_asked_about_and_kept_nowhere(phone: ScriptedPhone) -> None:
    glass = await phone.start("/home-visits/new")
    await glass.write("content", NEXT)
    await glass.settle(0.6)
    await phone.services.settle()
    kept = [path.read_bytes() for path in phone.disk.folder.parent.rglob("*") if path.is_file()]
    assert not [data for data in kept if NEXT.encode() in data]
    assert phone.services.drafts() == {}
    await glass.tap("back")
    assert glass.says(ZH.leaving)
    await glass.tap("leave-stay")
    assert glass.page.route == "/home-visits/new"
    await glass.tap("back")
    await glass.tap("leave-lose")
    assert glass.page.route == "/home-visits"
    assert phone.sealed_files.files == {}


async def test_the_browsers_way_back_asks_before_everything_is_lost(phone: ScriptedPhone) -> None:
    glass = await phone.start("/home-visits/new")
    await glass.write("content", NEXT)
    await glass.go("/home-visits")
    assert glass.page.route == "/home-visits/new"
    assert glass.says(ZH.leaving)
    await glass.tap("leave-lose")
    assert glass.page.route == "/home-visits"
    await glass.go("/home-visits/new")
    await fill(glass)
    await glass.save()
    assert glass.page.route == "/home-visits", "what is saved is left without a question"


async def test_a_device_that_cannot_keep_drafts_says_so(
    phone: ScriptedPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone.draft_cipher, "available", lambda: False)
    glass = await phone.start("/home-visits")
    assert glass.says(ZH.never_kept)
    assert not glass.has("set-pin")
    await glass.go("/home-visits/new")
    assert glass.says(ZH.never_kept)
    assert not glass.says(ZH.not_kept)


async def test_what_waits_is_said_with_the_rest(phone: ScriptedPhone) -> None:
    glass = await phone.start("/home-visits/new")
    await fill(glass)
    await glass.save()
    await glass.go("/sync")
    assert glass.says("1 份家访")
    answered(phone, "stored")
    await exchange(phone.services)
    await glass.settle()
    assert not glass.says("1 份家访")
    [line] = [data for name, data in phone.sealed_files.files.items() if name.endswith("-settled")]
    assert json.loads(line)["state"] == "stored"
    await glass.go("/home-visits")
    assert glass.says("现有 1 份，共 1 KB")
