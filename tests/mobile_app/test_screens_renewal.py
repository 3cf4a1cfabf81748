"""重新登记: a phone whose access ended is not left alone with what it holds."""

from shared import problems
from shared.sync.wire import Person
from shared.vocabulary import Role
from tests.support.fake_phone import INSPECTOR, FakeApp, FakeServices
from tests.support.headless_phone import HeadlessPhone, played

OTHER = Person(id="02", name="李静", role=Role.INSPECTOR)


async def ended(waiting: int = 2) -> tuple[FakeServices, HeadlessPhone]:
    services = FakeServices()
    services.sync.changed(waiting, 0, 0)
    services.sync.ended(problems.token_invalid(), None)
    return services, await HeadlessPhone.open(FakeApp, services, route="/sync")


@played
async def test_only_a_phone_whose_access_ended_is_asked_for_a_code() -> None:
    services = FakeServices()
    services.sync.ended(problems.server_unreachable(), None)
    phone = await HeadlessPhone.open(FakeApp, services, route="/sync")
    assert not phone.has("enrol-code")
    services.sync.ended(problems.token_invalid(), None)
    await phone.settle()
    assert phone.has("enrol-code")
    assert phone.has("renew-text")
    assert not phone.has("sync-problem"), "it would say the same once more"
    assert phone.find("device-name").value == INSPECTOR.device_name


@played
async def test_the_same_person_is_enrolled_at_once() -> None:
    services, phone = await ended()
    await phone.write("enrol-code", "K7Q2 M9TX")
    await phone.tap("enrol")
    [taken] = services.renewal.taken
    assert (taken.answer.token, taken.device_name) == ("K7Q2M9TX", INSPECTOR.device_name)
    assert not phone.has("enrol-code")


@played
async def test_another_person_is_enrolled_only_when_it_was_said_what_becomes_of_the_unsent() -> None:
    services, phone = await ended()
    services.renewal.person = OTHER
    await phone.write("enrol-code", "K7Q2M9TX")
    await phone.tap("enrol")
    assert phone.says("这个登记码是李静的")
    assert phone.says(f"手机上还有{INSPECTOR.name}的 2 条记录没有上传")
    assert services.renewal.taken == []
    await phone.tap("renew-no")
    assert services.renewal.taken == []
    await phone.tap("enrol")
    await phone.tap("renew-yes")
    assert len(services.renewal.taken) == 1


@played
async def test_a_refused_code_is_said_at_the_field() -> None:
    services, phone = await ended()
    services.renewal.fails = problems.code_invalid()
    await phone.write("enrol-code", "WRONG")
    await phone.tap("enrol")
    assert "登记码" in phone.find("enrol-problem").value
    assert services.renewal.taken == []


@played
async def test_nothing_that_moves_while_a_round_runs_stands_above_the_fields() -> None:
    services, phone = await ended()
    services.sync.begun()
    await phone.settle()
    keys = phone.all_keys()
    assert keys.index("enrol-code") < keys.index("device-name") < keys.index("sync-step")
