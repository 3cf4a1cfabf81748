"""The first journey: logged offline on a phone, killed, synced, mapped, rectified, accepted, counted.

Everything is real: the built app in Chromium with a phone's screen, a fake GPS and a fake camera; the
server a process that is killed and started again.
"""

import csv
import io
import json
import re
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from shared.china_time import CHINA_TIME
from shared.hazards import sign_code
from shared.problem_texts import sentence
from shared.vocabulary import PatrolValidity, Role
from tests.support import drawn
from tests.support.desk import open_desk, sign_in
from tests.support.hand_phone import HandPhone, HandPhones
from tests.support.phone_browser import (
    PLACE,
    answer,
    button,
    choose,
    fill,
    go_to_tab,
    locate,
    pick_photo,
    take_photo,
    tap,
    tap_on,
    wait_for,
)
from tests.support.served import Served
from tests.support.tiles import mbtiles
from tests.support.unsent import imported_at, office_cookies

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PASSWORD = "回头看-后会有期-2026"
NAME = "滘联村后山塘"
SYNCED_MS = 120_000
AROUND = (113.75, 23.01, 113.82, 23.07)
"""The pond and what lies around it: west, south, east, north."""


def _log_hazard(phone: HandPhone, photo: Path) -> None:
    page = phone.page
    tap(page, "新增隐患")
    pick_photo(page, photo)
    locate(page)
    wait_for(page, "±8 米")
    expect(button(page, "园区(镇街) 东城街道")).to_be_attached()
    fill(page, "水域名称", NAME)
    answer(page, "水域类型", "山塘")
    choose(page, "园区(镇街)", "道滘镇")
    fill(page, "具体位置", "村委会后山,小学东侧 200 米")
    fill(page, "隐患描述", "岸坡陡,无护栏,常有学生钓鱼")
    answer(page, "警示牌", "破损")
    for item in ("救生圈", "救生绳", "救生杆"):
        answer(page, item, "缺失")
    answer(page, "整改时限", "7天")
    tap(page, "保存")
    wait_for(page, "已离线保存")


def _patrol_by_its_sign(phone: HandPhone) -> None:
    """The phone's own camera reads the sign and opens its link, with the server dead."""
    page = phone.page
    [hazard] = re.findall(r"#/hazards/([0-9a-f-]{36})", page.url)
    phone.visit(f"?water={sign_code.code_of(hazard)}")
    wait_for(page, f"已扫码 {sign_code.in_groups(sign_code.code_of(hazard))}")
    wait_for(page, "±8 米")
    fill(page, "发现涉水人数", "2")
    answer(page, "结果", "正常")
    tap(page, "保存")
    wait_for(page, PatrolValidity.SCANNED.zh)
    assert "water=" not in page.url, "a reload scans nothing again"


def _export(page: Page) -> bytes:
    """The file with what was not sent, as the phone downloads it."""
    tap(page, "导出未上传的内容")
    with page.expect_download() as download:
        tap_on(page.get_by_role("button", name=re.compile("^保存文件")))
    wait_for(page, "文件已交给系统保存")
    tap(page, "返回")
    return download.value.path().read_bytes()


def _keep_the_map(page: Page, serving: Served) -> None:
    """Tiles of the office are drawn; those of the pond are kept, and are there with the server dead."""
    go_to_tab(page, "地图")
    tap(page, "存这一片地图")
    tap(page, "开始下载")
    wait_for(page, "这一片地图已存好")
    kept = page.evaluate("async () => (await (await caches.open('map area')).keys()).map(one => one.url)")
    serving.kill()
    offline = "async url => { const answer = await fetch(url); return [answer.status, answer.url]; }"
    assert page.evaluate(offline, kept[-1])[0] == 200
    serving.start()
    seen = page.evaluate("async () => (await (await caches.open('map tiles')).keys()).length")
    assert seen > 0, "what was looked at is kept too"
    go_to_tab(page, "隐患")


def test_first_journey(
    playwright: Playwright,
    chromium_path: str,
    serving: Served,
    phones: HandPhones,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANLAN_TILES_FILE", str(mbtiles(tmp_path / "pond.mbtiles", range(14, 17), AROUND)))
    serving.kill()
    serving.start()
    serving.command(
        "person", "add", "审核甲", "--role", Role.REVIEWER.value, "--password-stdin", stdin=PASSWORD
    )
    before, after = tmp_path / "before.jpg", tmp_path / "after.jpg"
    before.write_bytes(drawn.huge(8192, 6144))  # 50 megapixels
    here = (PLACE["latitude"], PLACE["longitude"])
    after.write_bytes(drawn.photo(2400, 1800, seed=2, taken=datetime.now(CHINA_TIME), position=here))

    first = phones.take(serving.port)
    first.enrol(serving.code(), "一号手机")
    serving.kill()

    _log_hazard(first, before)
    wait_for(first.page, NAME)
    wait_for(first.page, "待上传")
    first.kill()

    first.open()  # the server is still dead
    wait_for(first.page, NAME)
    wait_for(first.page, "待上传")
    go_to_tab(first.page, "地图")
    tap(first.page, f"{NAME} · 已上报")
    tap_on(first.page.get_by_role("button", name=re.compile(f"{NAME}.*道滘镇", re.S)).first)
    expect(first.page.get_by_role("img", name="整改前照片 1")).to_be_visible()
    _patrol_by_its_sign(first)
    tap(first.page, "返回")
    go_to_tab(first.page, "同步")
    tap(first.page, "立即同步")
    wait_for(first.page, sentence("server_unreachable", {}))
    exported = _export(first.page)
    serving.start()
    tap(first.page, "立即同步")
    go_to_tab(first.page, "隐患")
    wait_for(first.page, "照片 1/1 已送达", within_ms=SYNCED_MS)
    wait_for(first.page, "已上传")
    _keep_the_map(first.page, serving)

    assert "以前已收下 3" in imported_at(serving, office_cookies(serving), exported)
    desk = open_desk(playwright, chromium_path)
    office = sign_in(desk, serving, "审核甲", PASSWORD)
    mark = office.locator(".mark.status-reported")
    expect(mark).to_have_count(1, timeout=20_000)
    mark.click()
    popup = office.locator(".leaflet-popup")
    expect(popup).to_contain_text(NAME)
    expect(popup).to_contain_text("已上报")
    expect(popup.locator("img")).to_have_js_property("complete", True)
    assert popup.locator("img").evaluate("image => image.naturalWidth") > 0
    office.wait_for_timeout(1000)  # the map has made room for the popup
    popup.get_by_role("link").click()
    expect(office.locator("h1")).to_contain_text(NAME)
    expect(office.get_by_text("登记本机")).to_have_count(0)
    hazard_page = office.url
    assert office.locator("figure img").first.evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )

    page = first.page
    tap(page, NAME)
    tap(page, "整改")
    fill(page, "已采取的措施", "已加装护栏和警示牌,补齐救生设施")
    take_photo(page, shown="整改后照片 1")
    pick_photo(page, after, shown="整改后照片 2")
    tap(page, "保存")
    wait_for(page, "已离线保存")
    wait_for(page, "待验收")
    tap(page, "返回")
    wait_for(page, "已上传", within_ms=SYNCED_MS)

    office.goto(f"{serving.url}/")
    expect(office.locator(".mark.status-pending_acceptance")).to_have_count(1, timeout=20_000)
    expect(office.locator(".count")).to_have_text(re.compile(r"0\s*/\s*2000"))
    office.goto(hazard_page)
    acceptance = office.locator("form:has(input[value=accept_and_close])")
    if not acceptance.is_visible():
        office.locator("details:has(input[value=accept_and_close]) summary").click()
    acceptance.locator("textarea").fill("现场核对无误")
    acceptance.locator("input[name=sure]").check()
    acceptance.locator("button").click()
    expect(office.locator(".chip.status-closed").first).to_be_visible()

    office.goto(f"{serving.url}/")
    expect(office.locator(".mark.status-closed")).to_have_count(1, timeout=20_000)
    expect(office.locator(".count")).to_have_text(re.compile(r"1\s*/\s*2000"))
    _hand_in(office, serving)

    go_to_tab(first.page, "同步")
    tap(first.page, "立即同步")
    go_to_tab(first.page, "隐患")
    wait_for(first.page, "已销号", within_ms=SYNCED_MS)

    assert first.asked_outside() == []
    desk.close()


def _hand_in(office: Page, served: Served) -> None:
    """The ledger in all its forms tells the same story, filtered and not."""
    office.goto(f"{served.url}/ledger?status=closed")
    expect(office.get_by_text(NAME).first).to_be_visible()
    asked = office.request
    told = asked.get(f"{served.url}/exports/ledger.csv?status=closed").body()
    assert told.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(told.decode("utf-8-sig"))))
    columns = next(row for row in rows if row and row[0] == "序号")
    [line] = rows[rows.index(columns) + 1 :]
    hazard = dict(zip(columns, line, strict=True))
    assert hazard["水域名称"] == NAME
    assert hazard["园区(镇街)"] == "道滘镇"
    assert hazard["整改状态"] == "已销号"
    assert hazard["警示牌"].startswith("破损")
    assert hazard["验收人"] == "审核甲"
    assert hazard["销号日期"] == time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    assert re.fullmatch(r"DG-441900124-\d{4}-00001", hazard["编号"])

    book = zipfile.ZipFile(io.BytesIO(asked.get(f"{served.url}/exports/ledger.xlsx").body()))
    assert sum(name.startswith("xl/media/") for name in book.namelist()) == 2  # before and after
    points = json.loads(asked.get(f"{served.url}/exports/hazards.geojson").body())
    [feature] = points["features"]
    lon, lat = feature["geometry"]["coordinates"]
    assert (round(lat, 4), round(lon, 4)) == (23.0421, 113.7832)
    none = asked.get(f"{served.url}/exports/ledger.csv?status=reported").body().decode("utf-8-sig")
    assert NAME not in none
