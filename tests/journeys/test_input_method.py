"""Chinese is composed in fields: letters become characters, and neither a redraw nor a limit takes part."""

import pytest
from playwright.sync_api import CDPSession, Page, Playwright

from tests.support.desk import open_desk
from tests.support.hand_phone import HandPhone
from tests.support.phone_browser import choose, fill, line, new_phone, tap, wait_for
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

LONGEST = 200
"""Characters of a single line, see `shared/forms/model_fields.py`."""


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


def test_what_an_input_method_composes_is_what_is_kept(
    playwright: Playwright, chromium_path: str, serving: Served
) -> None:
    phone = HandPhone(new_phone(open_desk(playwright, chromium_path)), serving.url)
    phone.enrol(serving.code(), "一号手机")
    page = phone.page
    keyboard = phone.context.new_cdp_session(page)

    tap(page, "新增隐患")
    fill(page, "水域名称", "")
    compose(page, keyboard, "shi", "石", pause_ms=900)  # the draft is kept meanwhile
    compose(page, keyboard, "jing", "井", enter=True)
    compose(page, keyboard, "tang", "塘")
    assert shown(page) == "石井塘"

    long = "一" * (LONGEST - 2)
    fill(page, "具体位置", long)
    page.keyboard.press("End")
    compose(page, keyboard, "heyantangbian", "河沿塘边")
    assert shown(page) == long + "河沿塘边", "nothing is cut off unseen"

    fill(page, "隐患描述", "")
    compose(page, keyboard, "shui'shen", "水深", enter=True)
    compose(page, keyboard, "2", "2")
    compose(page, keyboard, "mi", "米", enter=True)
    assert shown(page) == "水深2米"

    choose(page, "水域类型", "山塘")
    choose(page, "园区(镇街)", "道滘镇")
    tap(page, "保存")
    wait_for(page, f"最多 {LONGEST} 个字，现在有 {LONGEST + 2} 个")
    fill(page, "具体位置", "河沿塘边")
    tap(page, "保存")
    tap(page, "仍要保存")
    wait_for(page, "已离线保存")
    line(page, "石井塘", "已上传", within_ms=120_000)
    tap(page, "石井塘")
    for words in ("河沿塘边", "水深2米"):
        wait_for(page, words)
