"""From door to door for an evening, without a network: a photo at every household, then the server's sums."""

import csv
import hashlib
import io
import sqlite3
import time

import pytest
from playwright.sync_api import Page, Playwright

from mobile_app.screens.late_taps import LATE_S
from shared.vocabulary import Role
from tests.support.desk import open_desk, sign_in
from tests.support.hand_phone import HandPhones
from tests.support.phone_browser import (
    answer,
    button,
    choose,
    fill,
    go_to_tab,
    locate,
    take_photo,
    tap,
    wait_for,
)
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3_000)]

PASSWORD = "挨家挨户-一户不漏-2026"
SITE_PHOTO = "现场照片 1"
_SYNCED_MS = 600_000
_COUNTING = """() => {
    window.taps = 0;
    window.addEventListener('pointerdown', () => { window.taps++; }, {capture: true});
}"""


def _first_household(page: Page) -> None:
    tap(page, "新增安全教育")
    page.wait_for_timeout(LATE_S * 1000)
    answer(page, "活动类型", "进家庭")
    take_photo(page, shown=SITE_PHOTO)
    choose(page, "园区(镇街)", "道滘镇")
    fill(page, "地点", "滘联村")
    fill(page, "主讲人", "李老师")
    fill(page, "户数", "1")
    fill(page, "发放份数", "2")
    locate(page)
    wait_for(page, "±8 米")
    tap(page, "保存")
    _counted(page, 1)


def _counted(page: Page, households: int) -> None:
    """Wait until the evening's sum says so many."""
    wait_for(page, f"{households} 户 · 发放 {2 * households} 份")


def _taps(page: Page) -> int:
    return int(page.evaluate("window.taps"))


def _evening(
    playwright: Playwright, chromium: str, phones: HandPhones, served: Served, households: int
) -> list[int]:
    """The taps for the second household and each that follows, the last of them without a photo."""
    served.command(
        "person", "add", "审核甲", "--role", Role.REVIEWER.value, "--password-stdin", stdin=PASSWORD
    )
    phone = phones.take(served.port)
    page = phone.page
    phone.enrol(served.code(), "一号手机")
    served.kill()
    go_to_tab(page, "隐患")
    tap(page, "记录 安全教育")
    _first_household(page)
    page.evaluate(_COUNTING)
    taps: list[int] = []
    for number in range(2, households + 1):
        before = _taps(page)
        tap(page, "下一户")
        if number < households:
            take_photo(page, shown=SITE_PHOTO)
        tap(page, "保存")
        _counted(page, number)
        taps.append(_taps(page) - before)
    phone.kill()
    phone.open()
    served.start()
    go_to_tab(phone.page, "同步")
    wait_for(phone.page, "没有待上传的内容", within_ms=_SYNCED_MS)
    go_to_tab(phone.page, "隐患")
    tap(phone.page, "记录 安全教育")
    _counted(phone.page, households)
    assert button(phone.page, "下一户").is_visible()
    assert phone.asked_outside() == []
    phone.close()
    desk = open_desk(playwright, chromium)
    _sums(sign_in(desk, served, "审核甲", PASSWORD), served, households)
    desk.close()
    return taps


def _sums(office: Page, served: Served, households: int) -> None:
    """The office counts what was done, and every photo has arrived."""
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    asked = f"town=441900124&kind=family&from={day}&to={day}"
    told = office.request.get(f"{served.url}/exports/visits.csv?{asked}").body().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(told)))
    columns = next(row for row in rows if row and row[0] == "序号")
    visits = [dict(zip(columns, row, strict=True)) for row in rows if row and row[0].isdigit()]
    assert len(visits) == households
    assert sum(int(visit["户数"]) for visit in visits) == households
    assert sum(int(visit["发放份数"]) for visit in visits) == 2 * households
    assert {visit["地点"] for visit in visits} == {"滘联村"}
    assert sum(int(visit["照片数"]) for visit in visits) == households - 1
    database = sqlite3.connect(f"file:{served.data / 'anlan.sqlite3'}?mode=ro", uri=True)
    taken = database.execute("SELECT sha256 FROM photo WHERE visit IS NOT NULL").fetchall()
    database.close()
    assert len(taken) == households - 1
    for (sha256,) in taken:  # the fake camera may show the same picture twice
        data = (served.data / "photos" / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256
    office.goto(f"{served.url}/visits?{asked}")
    assert office.get_by_text("滘联村").count() == households


def test_an_evening_from_door_to_door(
    playwright: Playwright, chromium_path: str, phones: HandPhones, serving: Served
) -> None:
    with_photo, without = 5, 2
    assert _evening(playwright, chromium_path, phones, serving, 4) == [with_photo, with_photo, without]


@pytest.mark.soak
def test_an_evening_of_thirty_households(
    playwright: Playwright, chromium_path: str, phones: HandPhones, serving: Served
) -> None:
    taps = _evening(playwright, chromium_path, phones, serving, 30)
    print(f"taps for the 2nd to the 30th household: {taps}")
    assert taps == [5] * 28 + [2]
