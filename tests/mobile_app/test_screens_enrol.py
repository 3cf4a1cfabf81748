"""登记本机, and the gates before the phone is open."""

import re
from pathlib import Path

import flet as ft

from mobile_app.app import code_in
from mobile_app.packaging import web
from mobile_app.screens.app_context import AppContext, PhoneContext
from mobile_app.screens.enrol import where
from mobile_app.screens.routes import routes_for
from shared import problems
from tests.mobile_app.enrolled_store import ENROLLED
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import AppOn, ScriptedPhone

ENROL = "POST /api/v1/enrol"


@played
async def test_an_unknown_phone_asks_for_its_code_whatever_the_address(new_device: ScriptedPhone) -> None:
    for route in ("/", "/sync", "/hazards/1/edit"):
        phone = await new_device.start(route)
        assert phone.has("enrol-code"), route


@played
async def test_the_code_of_the_link_stands_in_the_field(new_device: ScriptedPhone) -> None:
    phone = await new_device.start(link_code="K7Q2M9TX")
    assert phone.find("enrol-code").value == "K7Q2M9TX"


@played
async def test_enrolling_leads_to_the_list(new_device: ScriptedPhone) -> None:
    new_device.transport.says(ENROL, 201, ENROLLED.model_dump(mode="json"))
    phone = await new_device.start()
    await phone.write("enrol-code", " k7q2 m9tx ")
    await phone.write("device-name", " 张老师的手机 ")
    await phone.tap("enrol")
    [(_, asked)] = new_device.transport.asked
    assert (asked["code"], asked["device_name"]) == ("K7Q2M9TX", "张老师的手机")
    assert phone.has("new-hazard")


@played
async def test_what_is_missing_is_said_at_the_field_and_nothing_is_sent(new_device: ScriptedPhone) -> None:
    phone = await new_device.start()
    await phone.tap("enrol")
    assert phone.find("enrol-code").error == "请输入登记码。"
    assert phone.find("device-name").error
    assert new_device.transport.asked == []


@played
async def test_a_refused_code_is_said_in_a_sentence_and_can_be_tried_again(new_device: ScriptedPhone) -> None:
    new_device.transport.refuses(ENROL, problems.code_invalid())
    phone = await new_device.start()
    await phone.write("enrol-code", "WRONGWRONG")
    await phone.write("device-name", "手机")
    await phone.tap("enrol")
    assert "登记码" in phone.find("enrol-problem").value
    new_device.transport.says(ENROL, 201, ENROLLED.model_dump(mode="json"))
    await phone.tap("enrol")
    assert phone.has("new-hazard")


@played
async def test_a_phone_that_cannot_open_says_why_and_tries_again() -> None:
    asked: list[bool] = []

    @ft.component
    def Shut() -> ft.Control:
        app = AppContext(closed=problems.opened_elsewhere(), reopen=lambda: asked.append(True))
        shown: ft.Control = PhoneContext(app, lambda: ft.Router(routes_for(app), manage_views=True))
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


IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
)
WECHAT = f"{IPHONE} MicroMessenger/8.0.50"


async def in_browser(phone: ScriptedPhone, agent: str, pwa: bool = False) -> HeadlessPhone:
    """The app in a browser that calls itself `agent`, opened with a link that carries a code."""
    about = {"web": True, "pwa": pwa}
    return await HeadlessPhone.open(AppOn, await phone.open(), "K7Q2M9TX", agent, about=about)


@played
async def test_in_an_iphones_tab_the_home_screen_comes_before_the_code(new_device: ScriptedPhone) -> None:
    phone = await in_browser(new_device, IPHONE)
    assert "添加到主屏幕" in phone.find("wrong-place-tab").value
    assert phone.find("code-to-take").value == "K7Q2M9TX"
    assert not phone.has("enrol")
    assert new_device.transport.asked == []
    await phone.tap("enrol-here")
    assert phone.find("enrol-code").value == "K7Q2M9TX"


@played
async def test_inside_another_app_the_browser_comes_before_the_code(new_device: ScriptedPhone) -> None:
    phone = await in_browser(new_device, WECHAT)
    assert "在浏览器打开" in phone.find("wrong-place-in_app").value
    assert new_device.transport.asked == []


@played
async def test_from_the_home_screen_the_code_is_asked_for_at_once(new_device: ScriptedPhone) -> None:
    phone = await in_browser(new_device, IPHONE, pwa=True)
    assert phone.has("enrol")


def test_the_page_and_the_app_know_the_same_browsers_inside_other_apps() -> None:
    page = (Path(web.__path__[0]) / "page/browser.js").read_text("utf-8")
    [pattern] = re.findall(r"const IN_APP = /(.+)/i;", page)
    assert pattern.replace(r"\/", "/") == where._IN_APP.pattern
