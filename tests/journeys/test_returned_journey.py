"""A hazard reported by hasty fingers, returned, mended, reported again, accepted and counted."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from shared.vocabulary import Role
from tests.support import drawn, photo_cases
from tests.support.desk import open_desk, sign_in
from tests.support.hand_phone import HandPhones
from tests.support.phone_browser import (
    answer,
    button,
    choose,
    fill,
    go_to_tab,
    line,
    pick_photo,
    stand_at,
    tap,
    tap_on,
    wait_for,
)
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PASSWORD = "回头看-后会有期-2026"
NAME = "横坑三号塘"
REASON = "看不清塘边,请补拍一张"


def double_tap(control: Locator) -> None:
    """Two taps of one nervous finger, 60 ms apart, while screens still move."""
    control.scroll_into_view_if_needed()
    box = control.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = control.page.touchscreen
    touch.tap(x, y)
    control.page.wait_for_timeout(60)
    touch.tap(x, y)


def decide(office: Page, choice: str, **fields: str) -> None:
    """Open the decision `choice` on the hazard's page, fill it in and send it."""
    form = office.locator(f"form:has(input[value={choice}])")
    if not form.is_visible():
        office.locator(f"details:has(input[value={choice}]) summary").click()
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    sure = form.locator("input[name=sure]")
    if sure.count():
        sure.check()
    form.locator("button").click()
    office.wait_for_load_state()


def test_what_comes_back_is_mended_reported_again_and_accepted(
    playwright: Playwright, chromium_path: str, phones: HandPhones, serving: Served, tmp_path: Path
) -> None:
    serving.command(
        "person", "add", "审核甲", "--role", Role.REVIEWER.value, "--password-stdin", stdin=PASSWORD
    )
    before, after = tmp_path / "before.jpg", tmp_path / "after.jpg"
    before.write_bytes(drawn.photo(1200, 900, seed=1))
    after.write_bytes(drawn.photo(1200, 900, seed=2))
    desk = open_desk(playwright, chromium_path)
    phone = phones.take(serving.port, reduced_motion="no-preference", every_frame=True)
    phone.enrol(serving.code(), "一号手机")
    page = phone.page

    tap(page, "新增隐患")
    with page.expect_file_chooser() as chooser:
        tap(page, "选择照片")
    chooser.value.set_files(Path(photo_cases.__file__).with_name("pond.heic"))
    wait_for(page, "兼容性最佳")
    pick_photo(page, before)
    tap(page, "手工录入经纬度")
    fill(page, "坐标", "113.7832，23.0421")
    tap(page, "使用这个位置")
    fill(page, "水域名称", NAME)
    answer(page, "水域类型", "山塘")
    choose(page, "园区(镇街)", "道滘镇")
    double_tap(button(page, "保存"))
    wait_for(page, "已离线保存")
    line(page, NAME, "已上传", within_ms=120_000)
    expect(page.get_by_role("button", name=re.compile(NAME))).to_have_count(1)

    office = sign_in(desk, serving, "审核甲", PASSWORD)
    office.goto(f"{serving.url}/ledger")
    expect(office.get_by_text(NAME)).to_have_count(1)
    office.get_by_text(NAME).click()
    decide(office, "return", comment=REASON)
    expect(office.locator(".chip.status-returned").first).to_be_visible()

    tap(page, "立即同步")
    line(page, NAME, "已退回")
    go_to_tab(page, "今日")
    wait_for(page, "退回我的 · 1 处")
    tap_on(button(page, "获取定位").or_(button(page, "重新定位")).first)  # the form may have asked before
    line(page, NAME, "10 米以内", REASON)
    tap(page, NAME)
    wait_for(page, REASON)
    expect(page.get_by_role("heading", name="下一步", exact=True)).to_be_attached()
    tap(page, "重新上报")
    double_tap(button(page, "保存"))
    wait_for(page, "已离线保存")
    wait_for(page, "隐患详情")
    stand_at(page)
    tap(page, "整改")
    fill(page, "已采取的措施", "已加装护栏")
    pick_photo(page, after, shown="整改后照片 1")
    answer(page, "没有现场新照片的原因", "施工单位等提供的")
    fill(page, "说明原因", "施工队昨天拍的")
    double_tap(button(page, "保存"))
    wait_for(page, "待验收")
    tap(page, "返回")
    wait_for(page, "今天没有要办的隐患")
    go_to_tab(page, "隐患")
    line(page, NAME, "已上传", within_ms=120_000)

    office.reload()
    for step in ("上报", "整改", "报验"):
        expect(office.locator("ol.history strong").get_by_text(step, exact=True)).to_have_count(1)
    expect(office.locator("ul.evidence")).to_contain_text("报验时说明：施工单位等提供的、施工队昨天拍的")
    decide(office, "accept_and_close", comment="现场核对无误")
    expect(office.locator(".chip.status-closed").first).to_be_visible()
    office.goto(f"{serving.url}/")
    expect(office.locator(".count")).to_have_text(re.compile(r"1\s*/\s*2000"))
    office.goto(f"{serving.url}/progress")
    office.locator("a[href^='/ledger?counted=']").first.click()
    expect(office.get_by_text(NAME)).to_have_count(1)
    survey = WirePhone.enrol(serving.url, serving.code())
    assert survey.push([survey.hazard()]).status_code == 200
    tap(page, "立即同步")
    line(page, NAME, "已销号")
    go_to_tab(page, "今日")
    wait_for(page, "待巡查 · 1 处")  # what the other phone reported on 1 June
    go_to_tab(page, "隐患")
    tap_on(page.get_by_role("button", name=re.compile(NAME)))
    wait_for(page, "隐患详情")
    desk.close()
