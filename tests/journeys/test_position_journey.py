"""Walking from one pond to the next, and enrolling in an iPhone's tab."""

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.hand_phone import HandPhone
from tests.support.phone_browser import FLAGS, button, fill, locate, new_phone, open_app, tap, wait_for
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

POND_A = {"latitude": 23.0421, "longitude": 113.7832, "accuracy": 8}
POND_B = {"latitude": 23.0499, "longitude": 113.7901, "accuracy": 9}
INDOORS = {"latitude": 23.0499, "longitude": 113.7901, "accuracy": 60}
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)
NOWHERE = {"latitude": 23.0, "longitude": 113.7, "accuracy": 3000}


def test_each_pond_gets_its_own_position(playwright: Playwright, chromium_path: str, serving: Served) -> None:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    context = new_phone(browser)
    phone = HandPhone(context, serving.url)
    phone.enrol(serving.code(), "一号手机")
    page = phone.page
    tap(page, "新增隐患")
    locate(page, POND_A)
    wait_for(page, "23.042100, 113.783200")

    locate(page, POND_B)
    wait_for(page, "23.049900, 113.790100")
    wait_for(page, "±9 米")

    locate(page, NOWHERE)
    wait_for(page, "±3000 米")
    expect(button(page, "就用这个")).to_have_count(0)
    context.set_geolocation(INDOORS)  # type: ignore[arg-type]  # a TypedDict
    wait_for(page, "±60 米")
    tap(page, "就用这个")
    wait_for(page, "保留原来的")
    wait_for(page, "23.049900, 113.790100")

    tap(page, "手工录入经纬度")
    fill(page, "坐标", "113°45′07.2″E，23°01′15.6″N")
    wait_for(page, "纬度 23.021000，经度 113.752000")
    field = page.get_by_label("坐标", exact=True)
    assert field.get_attribute("inputmode") in (None, "text")
    tap(page, "使用这个位置")
    wait_for(page, "23.021000, 113.752000")
    browser.close()


def test_in_an_iphones_tab_the_code_stays_unused(
    playwright: Playwright, chromium_path: str, serving: Served
) -> None:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    code = serving.code()
    context = new_phone(browser, user_agent=IPHONE)
    page = context.new_page()
    open_app(page, f"{serving.url}/app/?code={code}")
    wait_for(page, "添加到主屏幕")
    wait_for(page, code)
    expect(button(page, "登记本机")).to_have_count(0)
    browser.close()
    assert WirePhone.enrol(serving.url, code).identity.token, "it was used"
