"""The way back of the phone or the browser: to where one was, never to a form that was saved."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.support.hand_phone import HandPhone
from tests.support.phone_browser import (
    FLAGS,
    answer,
    button,
    choose,
    fill,
    line,
    new_phone,
    open_app,
    tap,
    wait_for,
)
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NAME = "滘联村后山塘"


@pytest.fixture
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    yield browser
    browser.close()


def fill_hazard(page: Page, name: str = NAME) -> None:
    tap(page, "新增隐患")
    choose(page, "园区(镇街)", "道滘镇")
    fill(page, "水域名称", name)
    choose(page, "水域类型", "山塘")


def save(page: Page) -> None:
    tap(page, "保存")
    tap(page, "仍要保存")
    wait_for(page, "已离线保存")


def back(page: Page) -> None:
    page.evaluate("history.back()")
    page.wait_for_timeout(1500)


def test_the_way_back_closes_the_calendar_and_never_leads_to_a_saved_form(
    browser: Browser, serving: Served
) -> None:
    phone = HandPhone(new_phone(browser), serving.url)
    phone.enrol(serving.code(), "一号手机")
    page = phone.page
    fill_hazard(page)
    save(page)
    line(page, NAME, "刚保存")
    page.go_back()
    assert "/app/" not in page.url, "the list was where the app began"

    open_app(page, f"{serving.url}/app/")
    tap(page, NAME)
    wait_for(page, "隐患详情")
    tap(page, "巡查")
    answer(page, "结果", "正常")
    tap(page, "保存")
    wait_for(page, "隐患详情")
    back(page)
    expect(page.get_by_role("button", name=re.compile(NAME))).to_be_visible()
    expect(button(page, "保存")).to_have_count(0)
    closes_the_calendar_and_keeps_the_form(page)


def closes_the_calendar_and_keeps_the_form(page: Page) -> None:
    fill_hazard(page, "横坑三号塘")
    tap(page, "选择日期")
    expect(button(page, "下个月")).to_be_visible()
    back(page)
    expect(button(page, "下个月")).to_have_count(0)
    save(page)
    line(page, "横坑三号塘")
