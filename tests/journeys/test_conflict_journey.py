"""Two phones write different things offline: both are shown everywhere, and settled by whoever sees both.

The built app in two Chromium phones, a real server, the office at a desk.
"""

import re

import pytest
from playwright.sync_api import Playwright, expect

from shared.vocabulary import Role
from tests.support.desk import open_desk, sign_in
from tests.support.hand_phone import HandPhone, HandPhones
from tests.support.phone_browser import fill, line, tap, tap_on, wait_for
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PASSWORD = "回头看-后会有期-2026"
TORN = "存在冲突"


def offline(phone: HandPhone, yes: bool) -> None:
    phone.context.set_offline(yes)


def edit(phone: HandPhone, name: str, value: str) -> None:
    """Offline, write another name of the water `name`, and come back to the list."""
    offline(phone, True)
    wait_for(phone.page, "没有网络")
    tap(phone.page, name)
    tap(phone.page, "修改")
    fill(phone.page, "水域名称", value)
    tap(phone.page, "保存")
    wait_for(phone.page, "已离线保存")
    wait_for(phone.page, "隐患详情")
    tap(phone.page, "返回")
    line(phone.page, value)


def online(phone: HandPhone, name: str) -> None:
    """The network is back: what was saved goes up by itself."""
    offline(phone, False)
    line(phone.page, name, "已上传")


def sync(*phones: HandPhone) -> None:
    for phone in phones:
        tap(phone.page, "立即同步")


def test_a_conflict_is_seen_everywhere_and_settled_in_the_office_and_on_a_phone(
    playwright: Playwright, chromium_path: str, serving: Served, phones: HandPhones
) -> None:
    serving.command(
        "person", "add", "审核甲", "--role", Role.REVIEWER.value, "--password-stdin", stdin=PASSWORD
    )
    survey = WirePhone.enrol(serving.url, serving.code())
    pond = survey.hazard(water_name="后山塘", water_type="hill_pond")
    assert survey.push([pond]).status_code == 200
    desk = open_desk(playwright, chromium_path)
    first, second = (phones.take(serving.port, name) for name in ("first", "second"))
    for phone, name in ((first, "一号手机"), (second, "二号手机")):
        phone.enrol(serving.code(), name)
        line(phone.page, "后山塘")

    edit(first, "后山塘", "甲塘")
    edit(second, "后山塘", "乙塘")
    online(first, "甲塘")
    online(second, "塘")
    line(second.page, "塘", TORN)
    sync(first)
    line(first.page, "塘", TORN)

    office = sign_in(desk, serving, "审核甲", PASSWORD)
    office.get_by_role("link", name=f"{TORN} 1").click()
    for words in ("甲塘", "乙塘", "一号手机", "二号手机"):
        expect(office.locator(".versus").get_by_text(words).first).to_be_visible()
    office.get_by_text("都不对，另填一个").click()
    office.locator("details[open] input[name=value]").fill("丙塘")
    office.get_by_role("button", name="下一步").click()
    expect(office.get_by_text("“水域名称”将写为：丙塘")).to_be_visible()
    office.get_by_role("button", name="确定写入").click()
    expect(office.get_by_text("冲突已解决")).to_be_visible()

    sync(first, second)
    for phone in (first, second):
        assert TORN not in line(phone.page, "丙塘")

    edit(first, "丙塘", "丁塘")
    edit(second, "丙塘", "戊塘")
    online(first, "丁塘")
    online(second, "塘")
    line(second.page, "塘", TORN)
    tap_on(second.page.get_by_role("button", name=re.compile("塘.*" + TORN, re.S)).first)
    wait_for(second.page, "一号手机")
    wait_for(second.page, "本机")
    offline(second, True)
    tap(second.page, "采用这一份")  # the first of the two
    wait_for(second.page, "将写为：丁塘")
    tap(second.page, "确定")
    wait_for(second.page, "已离线保存")
    tap(second.page, "返回")
    assert TORN not in line(second.page, "丁塘")
    online(second, "丁塘")
    sync(first)
    assert TORN not in line(first.page, "丁塘")
    office.goto(f"{serving.url}/conflicts")
    expect(office.get_by_text("没有互相矛盾的内容")).to_be_visible()
    desk.close()
