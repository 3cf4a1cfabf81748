"""What reviewers decide at the water: which steps they are offered, and what is left to the office."""

import pytest

from mobile_app.store.database import given_roles
from mobile_app.texts.choice import texts_for
from shared.sync.wire import GivenRole
from shared.vocabulary import EventType, Role, Status
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

ZH = texts_for("zh")
REVIEWING = {"step-register", "step-assign", "step-transfer", "step-extend", "step-return", "step-reject"}
REPORTED = "00000000-0000-7000-8000-00000000bbb1"


async def at(device: ScriptedPhone, role: Role, *steps: EventType) -> HeadlessPhone:
    """The page of another's hazard to which that happened, on the phone of somebody with that role."""
    await device.open()
    await given_roles.keep(device.database, [GivenRole(role=role)])
    await device.hear_edit(REPORTED, water_name="黄沙河", water_type="creek", town_code="441900003")
    for step in steps:
        await device.hear_event(REPORTED, step, comment="补拍")
    return await device.start(f"/hazards/{REPORTED}")


def offered(phone: HeadlessPhone) -> set[str]:
    return {key for key in phone.all_keys() if key.startswith("step-")}


def status(device: ScriptedPhone) -> Status:
    return device.services.hazard(REPORTED).row.status


@played
async def test_an_inspector_is_offered_no_decision(device: ScriptedPhone) -> None:
    phone = await at(device, Role.INSPECTOR)
    assert not offered(phone) & REVIEWING
    assert {"step-rectify", "step-control", "step-patrol", "step-note"} <= offered(phone)


@played
async def test_a_reviewer_registers_and_then_assigns_with_a_unit_and_a_deadline(
    device: ScriptedPhone,
) -> None:
    phone = await at(device, Role.REVIEWER)
    assert {"step-register", "step-return", "step-assign"} <= offered(phone)
    await phone.tap("step-register")
    await phone.save()
    assert status(device) is Status.REGISTERED
    await phone.tap("step-assign")
    await phone.tap("save")
    assert phone.says("请选择整改时限。")
    await phone.write("assignee_unit", "石井村委会")
    await phone.tap("due_date-7")
    await phone.save()
    card = device.services.hazard(REPORTED)
    assert (card.row.status, card.history.assignee_unit) == (Status.ASSIGNED, "石井村委会")
    assert card.row.due_date


@pytest.mark.parametrize(
    ("steps", "step", "after"),
    [
        ((), EventType.RETURN, Status.RETURNED),
        ((EventType.RECTIFY, EventType.SUBMIT), EventType.REJECT, Status.IN_PROGRESS),
    ],
)
def test_what_goes_back_says_why(
    device: ScriptedPhone, steps: tuple[EventType, ...], step: EventType, after: Status
) -> None:
    @played
    async def play() -> None:
        phone = await at(device, Role.REVIEWER, *steps)
        await phone.tap(f"step-{step.value}")
        await phone.tap("save")
        assert phone.says("请写明原因。")
        await phone.write("comment", "看不清水面")
        await phone.save()
        assert status(device) is after

    play()


@played
async def test_accepting_is_for_the_office_and_the_phone_says_so(device: ScriptedPhone) -> None:
    phone = await at(device, Role.REVIEWER, EventType.RECTIFY, EventType.SUBMIT)
    assert not {"step-accept", "step-close"} & offered(phone)
    assert phone.find("accept-in-office").value == ZH.accept_in_office


@played
async def test_control_needs_words_on_how(device: ScriptedPhone) -> None:
    phone = await at(device, Role.INSPECTOR)
    await phone.tap("step-control")
    await phone.tap("save")
    assert phone.says("请写明管控措施。")
    await phone.write("comment", "拉起警戒线，派人值守")
    await phone.save()
    assert status(device) is Status.CONTROLLED
