"""重新登记: a phone whose access ended is not left alone with what it holds."""

import json

from shared import problems
from shared.sync.wire import Person
from shared.vocabulary import Role
from tests.mobile_app.enrolled_store import ENROLLED
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

OTHER = Person(id="02", name="李静", role=Role.INSPECTOR)
ENROL = "POST /api/v1/enrol"


async def ended(device: ScriptedPhone, waiting: int = 2, person: Person = ENROLLED.person) -> HeadlessPhone:
    """A phone whose access ended while `waiting` records wait; the next code is of `person`."""
    for _ in range(waiting):
        await device.add_hazard()
    phone = await device.start("/sync")
    device.transport.refuses("", problems.token_invalid())
    await phone.tap("sync-now")
    answer = ENROLLED.model_copy(update={"token": "another token", "person": person})
    device.transport.answers.clear()
    device.transport.says(ENROL, 201, json.loads(answer.model_dump_json()))
    return phone


def token(device: ScriptedPhone) -> str:
    identity = device.services.identity
    assert identity is not None
    return identity.token


@played
async def test_only_a_phone_whose_access_ended_is_asked_for_a_code(device: ScriptedPhone) -> None:
    phone = await device.start("/sync")
    await phone.tap("sync-now")
    assert phone.has("sync-problem"), "the server is not reached"
    assert not phone.has("enrol-code")
    device.transport.refuses("", problems.token_invalid())
    await phone.tap("sync-now")
    assert phone.has("enrol-code")
    assert phone.has("renew-text")
    assert not phone.has("sync-problem"), "it would say the same once more"
    assert phone.find("device-name").value == "张老师的手机"


@played
async def test_the_same_person_is_enrolled_at_once(device: ScriptedPhone) -> None:
    phone = await ended(device)
    await phone.write("enrol-code", "K7Q2 M9TX")
    await phone.tap("enrol")
    asked = next(told for line, told in device.transport.asked if line == ENROL)
    assert (asked["code"], asked["device_name"]) == ("K7Q2M9TX", "张老师的手机")
    assert token(device) == "another token"
    assert not phone.has("enrol-code")


@played
async def test_another_person_is_enrolled_only_when_it_was_said_what_becomes_of_the_unsent(
    device: ScriptedPhone,
) -> None:
    phone = await ended(device, person=OTHER)
    await phone.write("enrol-code", "K7Q2M9TX")
    await phone.tap("enrol")
    assert phone.says("这个登记码是李静的")
    assert phone.says(f"手机上还有{ENROLLED.person.name}的 2 条记录没有上传")
    assert token(device) == ENROLLED.token
    await phone.tap("renew-no")
    assert token(device) == ENROLLED.token
    await phone.tap("enrol")
    await phone.tap("renew-yes")
    assert token(device) == "another token"


@played
async def test_a_refused_code_is_said_at_the_field(device: ScriptedPhone) -> None:
    phone = await ended(device)
    device.transport.refuses(ENROL, problems.code_invalid())
    await phone.write("enrol-code", "WRONGWRONG")
    await phone.tap("enrol")
    assert "登记码" in phone.find("enrol-problem").value
    assert token(device) == ENROLLED.token


@played
async def test_nothing_that_moves_while_a_round_runs_stands_above_the_fields(device: ScriptedPhone) -> None:
    phone = await ended(device)
    device.services.sync.begun()
    await phone.settle()
    keys = phone.all_keys()
    assert keys.index("enrol-code") < keys.index("device-name") < keys.index("sync-step")
