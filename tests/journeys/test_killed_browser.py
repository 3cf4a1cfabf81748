"""A browser is killed while the app in it saves and syncs: what the app called saved reaches the server once.

The built app in Chromium, whose profile stays; the server a process that is never down.
"""

import hashlib
import random
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.support import drawn
from tests.support.hand_phone import HandPhone
from tests.support.phone_browser import button, choose, fill, pick_photo, tap, tap_on, wait_for
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

SYNCED_MS = 120_000


def _save_and_die(phone: HandPhone, name: str, photo: Path, after_s: float) -> bool:
    """Report a hazard and die so long after the tap that saves it; whether the app called it saved."""
    page = phone.page
    tap(page, "新增隐患")
    button(page, "丢弃").or_(button(page, "选择照片")).first.wait_for()
    if button(page, "丢弃").count():  # the form it died over was kept
        tap(page, "丢弃")
        tap_on(page.get_by_role("button", name="丢弃").last)
    pick_photo(page, photo)
    fill(page, "水域名称", name)
    choose(page, "水域类型", "山塘")
    choose(page, "园区(镇街)", "道滘镇")
    save = button(page, "保存")
    save.scroll_into_view_if_needed()
    page.wait_for_timeout(600)
    save.click(no_wait_after=True)
    end, told = time.monotonic() + after_s, False
    while time.monotonic() < end:
        told = told or page.get_by_text("已离线保存").count() > 0
        page.wait_for_timeout(20)
    phone.kill()
    return told


def _die_again_and_again(phone: HandPhone, served: Served, folder: Path, moments: list[float]) -> str:
    phone.enrol(served.code(), "一号手机")
    told: list[str] = []
    for number, after_s in enumerate(moments):
        photo = folder / f"{number}.jpg"
        photo.write_bytes(drawn.photo(900 + 10 * number, 700))
        name = f"第{number}处水塘"
        if _save_and_die(phone, name, photo, after_s):
            told.append(name)
        phone.open()
    wait_for(phone.page, told[-1])
    database = served.data / "anlan.sqlite3"
    end = time.monotonic() + SYNCED_MS / 1000
    while not _is_there(database, told) and time.monotonic() < end:
        phone.page.wait_for_timeout(500)
    names = [name for (name,) in _rows(database, "SELECT water_name FROM hazard")]
    assert set(told) <= set(names)
    assert len(names) == len(set(names)) <= len(moments)
    photos = _rows(database, "SELECT p.hazard, f.sha256 FROM photo p LEFT JOIN photo_file f USING (sha256)")
    assert len(photos) == len({hazard for hazard, _ in photos}) == len(names)
    for _, sha256 in photos:
        data = (served.data / "photos" / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256
    assert phone.context is not None
    phone.context.close()
    return f"{len(moments)} kills, {len(told)} told to be saved, {len(names)} there"


def _is_there(database: Path, told: list[str]) -> bool:
    asked = (
        "SELECT h.water_name FROM hazard h JOIN photo p ON p.hazard = h.id JOIN photo_file f USING (sha256)"
    )
    lacking = "SELECT 1 FROM photo WHERE sha256 NOT IN (SELECT sha256 FROM photo_file)"
    return set(told) <= {name for (name,) in _rows(database, asked)} and not _rows(database, lacking)


def _rows(database: Path, question: str) -> list[Any]:
    server = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    found = server.execute(question).fetchall()
    server.close()
    return found


def test_a_killed_browser_loses_nothing_it_called_saved(
    playwright: Playwright, chromium_path: str, serving: Served, tmp_path: Path
) -> None:
    phone = HandPhone(playwright, chromium_path, tmp_path / "phone", serving)
    print(_die_again_and_again(phone, serving, tmp_path, [0.05, 0.3, 0.7, 1.5]))


@pytest.mark.soak
def test_a_killed_browser_loses_nothing_at_many_moments(
    playwright: Playwright, chromium_path: str, serving: Served, tmp_path: Path
) -> None:
    chance = random.Random()
    moments = [chance.uniform(0.0, 2.5) for _ in range(40)]
    phone = HandPhone(playwright, chromium_path, tmp_path / "phone", serving)
    print(_die_again_and_again(phone, serving, tmp_path, moments))
