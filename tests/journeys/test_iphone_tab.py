"""Enrolling in an iPhone's tab, and where a browser keeps nothing."""

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.phone_browser import FLAGS, button, new_phone, open_app, wait_for
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)
WECHAT = f"{IPHONE} MicroMessenger/8.0.50"
KEEPS_NOTHING = """
navigator.storage.getDirectory = () => Promise.reject(new DOMException("not here", "SecurityError"));
"""
"""As a private window does, or a browser that may not store anything."""


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


def test_where_a_browser_keeps_nothing_the_code_stays_unused_too(
    playwright: Playwright, chromium_path: str, serving: Served
) -> None:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    code = serving.code()
    for agent, advice in ((None, "退出无痕模式"), (WECHAT, "在浏览器打开")):
        context = new_phone(browser, user_agent=agent)
        context.add_init_script(KEEPS_NOTHING)
        page = context.new_page()
        page.goto(f"{serving.url}/app/?code={code}")
        expect(page.locator("#loading-zh")).to_contain_text(advice)
        context.close()
    browser.close()
    assert WirePhone.enrol(serving.url, code).identity.token, "it was used"
