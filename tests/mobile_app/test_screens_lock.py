"""应用密码: it keeps others from looking, and costs nobody a record."""

import json

import pytest

from mobile_app.device.clock import Clock
from shared.sync.wire import Person
from shared.vocabulary import Role
from tests.mobile_app.enrolled_store import ENROLLED
from tests.mobile_app.test_unsent import opened, with_key
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

PIN = "271828"
ENROL = "POST /api/v1/enrol"


class MovedClock(Clock):
    """A clock that the test moves on."""

    later = set_back = 0.0

    def seconds(self) -> float:
        return super().seconds() + self.later - self.set_back

    def steady(self) -> float:
        return super().steady() + self.later


async def with_pin(device: ScriptedPhone) -> tuple[HeadlessPhone, MovedClock]:
    """A phone whose app has a PIN."""
    clock = device.clock = MovedClock()
    phone = await device.start("/me")
    await phone.tap("lock-settings")
    await phone.write("pin-new", PIN)
    await phone.write("pin-again", PIN)
    await phone.tap("pin-save")
    return phone, clock


async def away(phone: HeadlessPhone, device: ScriptedPhone, clock: MovedClock, seconds: float) -> None:
    """The app goes to the background for so long."""
    device.services.lock.left()
    clock.later += seconds
    device.services.lock.came_back()
    await phone.settle()


async def give(phone: HeadlessPhone, pin: str) -> None:
    await phone.write("lock-pin", pin)
    await phone.tap("lock-open")


@played
async def test_without_a_pin_nobody_is_asked(device: ScriptedPhone) -> None:
    clock = device.clock = MovedClock()
    phone = await device.start("/me")
    await away(phone, device, clock, 10**6)
    assert not phone.has("lock-pin")
    assert phone.has("me")


@played
async def test_at_the_start_nothing_is_shown_before_the_pin(device: ScriptedPhone) -> None:
    await device.add_hazard(water_name="石井塘")
    await with_pin(device)
    assert not (await device.start("/me")).has("lock-pin"), "it was just given"
    phone = await device.restart("/")
    assert phone.has("lock-pin")
    assert not phone.says("石井塘")
    await give(phone, "000000")
    assert "密码" in phone.find("lock-problem").value
    assert not phone.says("石井塘")
    await give(phone, PIN)
    assert not phone.has("lock-pin")
    assert phone.says("石井塘")


@pytest.mark.parametrize(("seconds", "asked"), [(10, False), (290, False), (310, True), (-100, True)])
@played
async def test_after_minutes_in_the_background_it_asks(
    device: ScriptedPhone, seconds: float, asked: bool
) -> None:
    phone, clock = await with_pin(device)
    await away(phone, device, clock, seconds)
    assert phone.has("lock-pin") is asked


@played
async def test_setting_the_clock_back_by_as_long_as_one_was_away_opens_nothing(device: ScriptedPhone) -> None:
    phone, clock = await with_pin(device)
    device.services.lock.left()
    clock.later, clock.set_back = 3600, 3590
    device.services.lock.came_back()
    await phone.settle()
    assert phone.has("lock-pin")


@played
async def test_how_long_is_chosen_and_kept(device: ScriptedPhone) -> None:
    phone, clock = await with_pin(device)
    await phone.go("/me/lock")
    await phone.tap("lock-after-15")
    await away(phone, device, clock, 600)
    assert not phone.has("lock-pin")
    phone = await device.restart("/me")
    await give(phone, PIN)
    assert device.services.lock.minutes == 15


@played
async def test_what_was_being_written_is_still_there_behind_the_question(device: ScriptedPhone) -> None:
    phone, clock = await with_pin(device)
    await phone.go("/new")
    await phone.write("water_name", "石井塘")
    await away(phone, device, clock, 1000)
    assert phone.has("lock-pin")
    await give(phone, PIN)
    assert not phone.has("lock-pin")
    assert phone.find("water_name").value == "石井塘"


@played
async def test_wrong_pins_slow_down_as_those_of_drafts_do(device: ScriptedPhone) -> None:
    await with_pin(device)
    phone = await device.restart("/")
    for _ in range(3):
        await give(phone, "000000")
    await give(phone, PIN)
    assert "秒" in phone.find("lock-problem").value or "分" in phone.find("lock-problem").value
    assert phone.has("lock-pin")


@played
async def test_the_pin_turns_it_off(device: ScriptedPhone) -> None:
    phone, _ = await with_pin(device)
    await phone.go("/me/lock")
    await phone.write("lock-pin-now", "000000")
    await phone.tap("lock-turn-off")
    assert phone.has("lock-off-problem")
    await phone.write("lock-pin-now", PIN)
    await phone.tap("lock-turn-off")
    phone = await device.restart("/me")
    assert not phone.has("lock-pin")


async def forgotten(device: ScriptedPhone, person: Person) -> HeadlessPhone:
    """A phone that was opened again, whose person has a code of the office but no PIN."""
    await device.add_hazard(1)
    await with_pin(device)
    phone = await device.restart("/")
    await phone.tap("lock-forgotten")
    answer = ENROLLED.model_copy(update={"token": "another token", "person": person})
    device.transport.says(ENROL, 201, json.loads(answer.model_dump_json()))
    await phone.write("lock-code", "K7Q2 M9TX")
    await phone.tap("lock-confirm")
    return phone


@played
async def test_a_forgotten_pin_costs_no_record(device: ScriptedPhone) -> None:
    phone = await forgotten(device, ENROLLED.person)
    assert not phone.has("lock-code")
    assert len(device.unsent()) == 2
    assert phone.has("new-hazard")
    assert not (await device.restart("/")).has("lock-pin")


@played
async def test_somebody_elses_code_does_not_open_it(device: ScriptedPhone) -> None:
    phone = await forgotten(device, Person(id="02", name="李静", role=Role.INSPECTOR))
    assert "别人" in phone.find("lock-problem").value
    assert phone.has("lock-code")
    assert len(device.unsent()) == 2


@played
async def test_without_a_network_a_forgotten_pin_opens_nothing(device: ScriptedPhone) -> None:
    await with_pin(device)
    phone = await device.restart("/")
    await phone.tap("lock-forgotten")
    await phone.write("lock-code", "K7Q2M9TX")
    await phone.tap("lock-confirm")
    assert phone.has("lock-problem")
    await phone.tap("lock-back")
    await give(phone, PIN)
    assert phone.has("new-hazard")


@played
async def test_no_address_opens_a_screen_over_the_question(device: ScriptedPhone) -> None:
    phone, clock = await with_pin(device)
    hazard = await device.add_hazard(water_name="石井塘")
    await away(phone, device, clock, 1000)
    for address in (f"/hazards/{hazard}", "/", "/sync/export", "/scan/ABCDEFGH"):
        await phone.go(address)
        assert phone.has("lock-pin")
        assert not phone.says("石井塘"), address
        assert phone.page.route == "/me"
    await give(phone, PIN)
    assert phone.has("me")
    await phone.go(f"/hazards/{hazard}")
    assert phone.says("石井塘")


@played
async def test_who_forgot_the_pin_and_has_no_network_hands_in_what_is_there(device: ScriptedPhone) -> None:
    await with_key(device)
    await device.database.settle()
    hazard = await device.add_hazard(1, water_name="石井塘")
    await with_pin(device)
    phone = await device.restart("/")
    await phone.tap("lock-forgotten")
    await phone.tap("lock-export")
    [file] = device.saver.saved.values()
    contents, photos = opened(file)
    assert hazard in {op["record"] for op in contents.ops}
    assert len(photos) == 1
    assert "1" in phone.find("lock-exported").value
    assert phone.has("lock-code")
    assert not phone.says("石井塘")
    assert len(device.unsent()) == 2, "and goes on waiting"
