"""The app as its owner wants to see it: dark, with large text, on its side, on a small screen."""

import io

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Locator, Page, expect

from tests.support.hand_phone import HandPhones
from tests.support.phone_browser import (
    answer,
    button,
    choose,
    fill,
    go_to_tab,
    line,
    save_apart,
    switch_on_semantics,
    tap,
    tap_on,
    wait_for,
)
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

_IPHONE_AT_200_PERCENT = """
const supports = CSS.supports.bind(CSS), computed = window.getComputedStyle.bind(window);
CSS.supports = (name, value) => value === '-apple-system-body' || supports(name, value);
window.getComputedStyle = (element, ...more) =>
    element.matches('body > p') ? {fontSize: '34px'} : computed(element, ...more);
"""
"""What an iPhone would tell, whose owner chose texts twice as large."""
_LIST_END = """control => {
    let list = control;
    while (list && getComputedStyle(list).overflowY !== 'scroll') list = list.parentElement;
    return list ? list.getBoundingClientRect().bottom : 0;
}"""
"""The lower edge of the list in which something lies, 0 where it lies in none."""
_KIT = ("警示牌 完好", "警示牌 破损", "警示牌 缺失")


def brightness(page: Page) -> float:
    """Of the whole screen, 0–255."""
    page.wait_for_timeout(1000)
    return ImageStat.Stat(Image.open(io.BytesIO(page.screenshot())).convert("L")).mean[0]


def height(control: Locator) -> float:
    box = control.bounding_box()
    assert box
    return box["height"]


def inside(page: Page, control: Locator) -> bool:
    """Whether no side of it lies beyond the screen's."""
    box, screen = control.bounding_box(), page.viewport_size
    assert box
    assert screen
    return box["x"] >= 0 and box["x"] + box["width"] <= screen["width"]


def log_hazard(page: Page) -> None:
    tap(page, "新增隐患")
    choose(page, "园区(镇街)", "道滘镇")
    fill(page, "水域名称", "滘联村后山塘")
    answer(page, "水域类型", "山塘")
    fill(page, "隐患描述", "岸坡陡，无护栏")
    answer(page, "警示牌", "破损")
    answer(page, "整改时限", "30天")
    save_apart(page)
    wait_for(page, "已离线保存")
    line(page, "滘联村后山塘", "道滘镇")


def is_as_dark_as_the_device_wants_it(page: Page) -> None:
    assert brightness(page) < 70
    page.emulate_media(color_scheme="light")
    assert brightness(page) > 200
    page.emulate_media(color_scheme="dark")
    assert brightness(page) < 70


def the_button_for_a_new_hazard_covers_nothing_of_the_list(page: Page) -> None:
    below = button(page, "新增隐患").bounding_box()
    assert below
    lowest = page.get_by_role("button", name="滘联村后山塘").last.evaluate(_LIST_END)
    assert 0 < lowest <= below["y"]
    assert height(page.get_by_role("checkbox", name="待上传")) >= 48


def narrows_the_list(page: Page) -> None:
    tap(page, "筛选")
    reported = page.get_by_role("checkbox", name="已上报")
    assert height(reported) >= 48
    assert inside(page, reported)
    tap_on(reported)
    tap(page, "看")
    wait_for(page, "找到")
    line(page, "滘联村后山塘", "道滘镇")
    tap(page, "清除筛选")
    expect(button(page, "清除筛选")).to_have_count(0)


def logs_hazards_on_its_side(page: Page) -> None:
    page.set_viewport_size({"width": 844, "height": 390})
    for _ in range(2):
        log_hazard(page)
    page.mouse.move(400, 135)  # clear of what was said
    page.mouse.wheel(0, 1000)
    page.wait_for_timeout(1000)
    last = page.get_by_role("button", name="滘联村后山塘").last
    expect(last).to_be_visible()
    assert height(last) > 100  # nothing of it lies behind the bars
    the_button_for_a_new_hazard_covers_nothing_of_the_list(page)


def chooses_larger_texts(page: Page) -> None:
    """In the app itself; at once, and when it is opened again."""
    size = "document.documentElement.style.fontSize"
    go_to_tab(page, "我的")
    before = height(button(page, "文字大小 标准 100%"))
    tap(page, "文字大小 特大 150%")
    page.wait_for_function(f"{size} === '24px'")
    page.wait_for_timeout(1000)
    assert height(button(page, "文字大小 标准 100%")) > before
    page.reload()
    switch_on_semantics(page)
    assert page.evaluate(size) == "24px"


def test_a_hazard_is_logged_in_the_dark_on_its_side_and_on_a_small_phone_with_texts_twice_as_large(
    phones: HandPhones, serving: Served
) -> None:
    small = {"width": 360, "height": 640}
    phone = phones.take(serving.port, "first", viewport=small, color_scheme="dark")
    phone.enrol(serving.code(), "一号手机")
    page = phone.page
    is_as_dark_as_the_device_wants_it(page)
    tap(page, "新增隐患")
    usual = {
        name: height(button(page, name))
        for name in ("拍照", "获取定位", "保存", "水域类型 山塘", "全缺", *_KIT)
    }
    assert min(usual.values()) >= 56
    tap(page, "返回")
    logs_hazards_on_its_side(page)
    chooses_larger_texts(page)
    phone.close()

    large = phones.take(serving.port, "second", viewport=small)
    large.page.add_init_script(_IPHONE_AT_200_PERCENT)
    large.enrol(serving.code(), "二号手机")
    page = large.page
    assert page.evaluate("document.documentElement.style.fontSize") == "32px"
    tap(page, "新增隐患")
    for name, before in usual.items():
        control = button(page, name)
        assert height(control) >= before + 16, f"{name} does not grow with its text"
        assert inside(page, control), f"{name} is cut off"
    tap(page, "返回")
    log_hazard(page)
    narrows_the_list(page)
    tap(page, "立即同步")
    go_to_tab(page, "地图")
    for name in ("显示全部隐患", "我在哪", "放大", "缩小"):
        control = button(page, name)
        assert height(control) >= 56
        assert inside(page, control), f"{name} is cut off"
