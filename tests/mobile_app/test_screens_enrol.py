"""登记本机, and the gates before the phone is open."""

import flet as ft

from mobile_app.app import code_in
from mobile_app.screens.app_context import AppContext, PhoneContext
from mobile_app.screens.routes import routes_for
from shared import problems
from tests.support.fake_phone import FakeApp, FakeServices
from tests.support.headless_phone import HeadlessPhone, played


@played
async def test_an_unknown_phone_asks_for_its_code_whatever_the_address() -> None:
    for route in ("/", "/sync", "/hazards/1/edit"):
        phone = await HeadlessPhone.open(FakeApp, FakeServices(None), route=route)
        assert phone.has("enrol-code"), route


@played
async def test_the_code_of_the_link_stands_in_the_field() -> None:
    phone = await HeadlessPhone.open(FakeApp, FakeServices(None), None, "K7Q2M9TX")
    assert phone.find("enrol-code").value == "K7Q2M9TX"


@played
async def test_enrolling_leads_to_the_list() -> None:
    services = FakeServices(None)
    phone = await HeadlessPhone.open(FakeApp, services)
    await phone.write("enrol-code", " k7q2 m9tx ")
    await phone.write("device-name", " 张老师的手机 ")
    await phone.tap("enrol")
    assert services.enrolled_with == ("k7q2m9tx", "张老师的手机")
    assert phone.has("new-hazard")


@played
async def test_what_is_missing_is_said_at_the_field_and_nothing_is_sent() -> None:
    services = FakeServices(None)
    phone = await HeadlessPhone.open(FakeApp, services)
    await phone.tap("enrol")
    assert phone.find("enrol-code").error == "请输入登记码。"
    assert phone.find("device-name").error
    assert services.enrolled_with is None


@played
async def test_a_refused_code_is_said_in_a_sentence_and_can_be_tried_again() -> None:
    services = FakeServices(None)
    services.fails["enrol"] = problems.code_invalid()
    phone = await HeadlessPhone.open(FakeApp, services)
    await phone.write("enrol-code", "WRONG")
    await phone.write("device-name", "手机")
    await phone.tap("enrol")
    assert "登记码" in phone.find("enrol-problem").value
    services.fails.clear()
    await phone.tap("enrol")
    assert phone.has("new-hazard")


@played
async def test_a_phone_that_cannot_open_says_why_and_tries_again() -> None:
    asked: list[bool] = []

    @ft.component
    def Shut() -> ft.Control:
        phone = AppContext(closed=problems.opened_elsewhere(), reopen=lambda: asked.append(True))
        shown: ft.Control = PhoneContext(phone, lambda: ft.Router(routes_for(phone), manage_views=True))
        return shown

    phone = await HeadlessPhone.open(Shut, route="/hazards/1")
    assert "另一个窗口" in phone.find("closed").value
    await phone.tap("reopen")
    assert asked == [True]


def test_the_code_is_read_from_the_address_or_from_the_route() -> None:
    assert code_in("https://x/app/?code=K7Q2") == "K7Q2"
    assert code_in("https://x/app/#/?code=K7Q2") == "K7Q2"
    assert code_in("https://x/app/", "/?code=K7Q2") == "K7Q2"
    assert code_in("https://x/app/?other=1") == ""
