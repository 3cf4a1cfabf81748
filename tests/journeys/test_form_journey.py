"""A form on one phone: the way back from it, Chinese that is composed in it, and the positions that it takes.

The way back leads to where one was, never to a form that was saved. Letters become characters, and neither a
redraw nor a limit takes part. Each pond gets its own position.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.support.hand_phone import HandPhone, HandPhones
from tests.support.phone_browser import (
    answer,
    button,
    choose,
    fill,
    line,
    locate,
    save_apart,
    tap,
    wait_for,
)
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NAME = "滘联村后山塘"
LONGEST = 200
"""Characters of a single line, see `shared/forms/model_fields.py`."""
POND_A = {"latitude": 23.0421, "longitude": 113.7832, "accuracy": 8}
POND_B = {"latitude": 23.0499, "longitude": 113.7901, "accuracy": 9}
INDOORS = {"latitude": 23.0499, "longitude": 113.7901, "accuracy": 60}
NOWHERE = {"latitude": 23.0, "longitude": 113.7, "accuracy": 3000}


def fill_hazard(page: Page, name: str = NAME) -> None:
    tap(page, "新增隐患")
    choose(page, "园区(镇街)", "道滘镇")
    fill(page, "水域名称", name)
    answer(page, "水域类型", "山塘")


def save(page: Page) -> None:
    save_apart(page)
    wait_for(page, "已离线保存")


def back(page: Page) -> None:
    page.evaluate("history.back()")
    page.wait_for_timeout(1500)


def compose(
    page: Page, keyboard: CDPSession, letters: str, chosen: str, *, pause_ms: int = 60, enter: bool = False
) -> None:
    """Type `letters` into the input method and take the candidate `chosen`, by Enter or by a tap on it."""
    for count in range(1, len(letters) + 1):
        place = {"selectionStart": count, "selectionEnd": count}
        keyboard.send("Input.imeSetComposition", {"text": letters[:count], **place})
        page.wait_for_timeout(pause_ms)
    if enter:  # what a browser tells of a key that the input method took
        taken = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
        keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **taken})
    keyboard.send("Input.insertText", {"text": chosen})
    if enter:
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **taken, "key": "Enter"})
    page.wait_for_timeout(pause_ms)


def shown(page: Page) -> str:
    """What the field with the focus holds."""
    return str(page.evaluate("() => document.activeElement.value"))


def held(page: Page, label: str, typing: Callable[[], None]) -> str:
    """What the field `label` holds after `typing` into it; that begins anew where the field lost the focus,
    as it now and then does on a machine that is too busy to draw."""
    for _ in range(3):
        fill(page, label, "1")
        page.keyboard.press("Backspace")
        typing()
        if page.evaluate("() => document.activeElement.matches('input, textarea')"):
            break
    return shown(page)


def test_the_way_back_input_methods_and_positions_do_what_is_expected_of_a_form(
    phones: HandPhones, serving: Served
) -> None:
    phone = phones.take(serving.port)
    phone.enrol(serving.code(), "一号手机")
    page = phone.page
    the_way_back_never_leads_to_a_saved_form(phone)
    closes_the_calendar_and_keeps_the_form(page)
    what_an_input_method_composes_is_what_is_kept(page)
    tap(page, "返回")
    each_pond_gets_its_own_position(page, phone.context)
    what_was_discarded_can_be_had_back(page)


def the_way_back_never_leads_to_a_saved_form(phone: HandPhone) -> None:
    page = phone.page
    fill_hazard(page)
    save(page)
    line(page, NAME, "刚保存")
    page.go_back()
    assert "/app/" not in page.url, "the list was where the app began"

    phone.visit()
    tap(page, NAME)
    wait_for(page, "隐患详情")
    tap(page, "巡查")
    answer(page, "结果", "正常")
    tap(page, "保存")
    wait_for(page, "隐患详情")
    back(page)
    expect(page.get_by_role("button", name=re.compile(NAME))).to_be_visible()
    expect(button(page, "保存")).to_have_count(0)


def closes_the_calendar_and_keeps_the_form(page: Page) -> None:
    fill_hazard(page, "横坑三号塘")
    tap(page, "选择日期")
    expect(button(page, "下个月")).to_be_visible()
    back(page)
    expect(button(page, "下个月")).to_have_count(0)
    save(page)
    line(page, "横坑三号塘")


def what_an_input_method_composes_is_what_is_kept(page: Page) -> None:
    keyboard = page.context.new_cdp_session(page)
    tap(page, "新增隐患")

    def name() -> None:
        compose(page, keyboard, "shi", "石", pause_ms=900)  # the draft is kept meanwhile
        compose(page, keyboard, "jing", "井", enter=True)
        compose(page, keyboard, "tang", "塘")

    assert held(page, "水域名称", name) == "石井塘"

    long = "一" * (LONGEST - 2)
    fill(page, "具体位置", long)
    page.keyboard.press("End")
    compose(page, keyboard, "heyantangbian", "河沿塘边")
    assert shown(page) == long + "河沿塘边", "nothing is cut off unseen"

    def depth() -> None:
        compose(page, keyboard, "shui'shen", "水深", enter=True)
        compose(page, keyboard, "2", "2")
        compose(page, keyboard, "mi", "米", enter=True)

    assert held(page, "隐患描述", depth) == "水深2米"

    answer(page, "水域类型", "山塘")
    choose(page, "园区(镇街)", "道滘镇")
    tap(page, "保存")
    wait_for(page, f"最多 {LONGEST} 个字，现在有 {LONGEST + 2} 个")
    fill(page, "具体位置", "河沿塘边")
    save_apart(page)
    wait_for(page, "已离线保存")
    line(page, "石井塘", "已上传", within_ms=120_000)
    tap(page, "石井塘")
    for words in ("河沿塘边", "水深2米"):
        wait_for(page, words)


def each_pond_gets_its_own_position(page: Page, context: BrowserContext) -> None:
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


def what_was_discarded_can_be_had_back(page: Page) -> None:
    tap(page, "返回")
    tap(page, "丢弃")
    wait_for(page, "草稿已丢弃")
    tap(page, "撤销")
    tap(page, "继续填写")
    wait_for(page, "23.021000, 113.752000")
