"""A teacher seals home visits with no server in reach, in the built app in Chromium, which is killed over it.

What she wrote reaches the server and can be opened there, and is nowhere else: not in the browser's profile,
not in what a page of the app can read, not in the server's folder. She reads one of them there with a reason;
the city sees a count that says nothing, and the auditor who read what, when and why.
"""

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from sqlmodel import Session

from mobile_app.screens.late_taps import LATE_S
from shared.home_visits.form import LABELS
from shared.home_visits.model import HomeVisit
from shared.permissions import School
from shared.vocabulary import Role
from sync_server.access import people, sessions
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from sync_server.maintenance import setup
from sync_server.settings import Settings
from sync_server.vault import key_file, sealing
from tests.support.hand_phone import HandPhone, HandPhones
from tests.support.phone_browser import FLAGS, answer, button, choose, fill, tap, tap_on, wait_for
from tests.support.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

TEACHER, REASON = "李老师", "回访前查看"
SCHOOL, CLASS = "虎门实验小学", "三(2)班"
PUPILS = ("甲乙丙一", "甲乙丙二", "甲乙丙三")
CANARIES = {
    "学生代号": "canary-ref-7f3a",
    "家访人员": "canary-visitors-91bc",
    "受访人": "canary-met-55de",
    "家庭情况": "金丝雀家庭情况",
    "家访内容": "金丝雀家访内容",
    "家长意见": "金丝雀家长意见",
    "后续措施": "金丝雀后续措施",
}
FIELDS = {name: label.zh for name, label in LABELS.items() if label.zh in CANARIES}
PIN, DRAFT = "271828", "金丝雀草稿姓名"
SECRETS = [*PUPILS, DRAFT, *CANARIES.values()]
READ_ALL = """async () => {
    const told = [];
    const decoded = (bytes, form) => new TextDecoder(form).decode(bytes);
    const text = (bytes) => decoded(bytes, "utf-8") + decoded(bytes, "utf-16le");
    const readable = (_key, part) => (ArrayBuffer.isView(part) ? text(part) : part);
    const walk = async (folder) => {
        for await (const handle of folder.values()) {
            told.push(handle.name);
            if (handle.kind === "directory") await walk(handle);
            else told.push(text(await (await handle.getFile()).arrayBuffer()));
        }
    };
    await walk(await navigator.storage.getDirectory());
    told.push("-- IndexedDB");
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((done, bad) => {
            const opening = indexedDB.open(name);
            opening.onsuccess = () => done(opening.result);
            opening.onerror = () => bad(opening.error);
        });
        for (const store of database.objectStoreNames) {
            const all = await new Promise((done) => {
                const asking = database.transaction(store).objectStore(store).getAll();
                asking.onsuccess = () => done(asking.result);
            });
            for (const value of all) told.push(JSON.stringify(value, readable));
        }
    }
    told.push("-- storage", JSON.stringify(localStorage), JSON.stringify(sessionStorage), location.href);
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) told.push(request.url);
    }
    return told.join("\\n");
}"""
"""Everything that a script of the app's page can read."""


def teacher(served: Served) -> str:
    """The code of a new teacher of one class."""
    engine = setup.open_database(Settings.from_environment(served.data, os.environ))
    place = School(SCHOOL, frozenset({CLASS}))
    in_transaction(engine, lambda s: people.add(s, TEACHER, Role.TEACHER, scope=place))
    code = setup.phone_code(engine, TEACHER)
    engine.dispose()
    return code


def seal(page: Page, pupil: str, texts: dict[str, str]) -> None:
    """Fill in a home visit and save it."""
    tap(page, "新增家访")
    button(page, "保存").wait_for()
    page.wait_for_timeout(LATE_S * 1000)  # until a choice is not taken for a second tap on the button before
    if texts:
        answer(page, "处理依据", "监护人单独同意")
    answer(page, "同意方式", "口头")
    fill(page, "学生姓名", pupil)
    answer(page, "未满14周岁", "是")
    if texts:
        answer(page, "家访方式", "入户")
        choose(page, "家访原因", "安全")
    for label, text in texts.items():
        if label == "后续措施":  # half under the button until something below it was tapped
            answer(page, "完成期限", "7天")
        fill(page, label, text)
    tap(page, "保存")
    wait_for(page, "已加密保存")


def leave_a_draft_and_die(phone: HandPhone) -> None:
    """Set a PIN, begin a visit, be killed over it, and find it again behind the PIN; then forget the PIN."""
    page = phone.page
    tap(page, "家访列表")
    tap(page, "草稿密码")
    fill(page, "新密码", PIN)
    fill(page, "再输一次", PIN)
    tap(page, "设好密码")
    wait_for(page, "会加密留作草稿")
    tap(page, "新增家访")
    fill(page, "草稿密码", PIN)
    tap(page, "打开")
    fill(page, "学生姓名", DRAFT)
    page.wait_for_timeout(2000)  # until it is kept
    phone.kill()
    phone.open()
    page = phone.page
    tap(page, "新增家访")
    fill(page, "草稿密码", f"{PIN}0")
    tap(page, "打开")
    wait_for(page, "密码不对")
    fill(page, "草稿密码", PIN)
    tap(page, "打开")
    button(page, "保存").wait_for()
    tap_on(page.get_by_label("学生姓名", exact=True))  # a field says what it holds once it has the focus
    page.wait_for_function("text => document.activeElement.value === text", arg=DRAFT)
    tap(page, "返回")
    wait_for(page, "1 份未完成的草稿")
    tap(page, "新增家访")
    tap(page, "忘记密码")
    tap(page, "删除草稿")
    wait_for(page, "没保存的家访不留草稿")
    tap(page, "返回")


def office(browser: Browser, served: Served, name: str, role: Role | None = None) -> Page:
    """The browser of somebody in the office, signed in; with a role, of a new person."""
    engine = setup.open_database(Settings.from_environment(served.data, os.environ))

    def token(session: Session) -> str:
        who = people.add(session, name, role) if role else people.by_name(session, name)
        assert who is not None
        return sessions.open_for(session, who)

    value = in_transaction(engine, token)
    engine.dispose()
    context = browser.new_context(locale="zh-CN")
    context.add_cookies([{"name": SESSION_COOKIE, "value": value, "url": served.url}])
    return context.new_page()


def read_one_and_be_seen(browser: Browser, served: Served) -> None:
    """The teacher opens her first visit; the city learns less than five, the auditor that she read it."""
    page = office(browser, served, TEACHER)
    page.goto(f"{served.url}/home-visits")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="甲*")).to_have_count(3)
    rows.last.get_by_role("link").click()
    page.wait_for_url("**/home-visits/*")
    visit = page.url.rpartition("/")[2]
    page.locator("select[name=reason]").select_option(REASON)
    page.get_by_role("button", name="打开", exact=True).click()
    for text in (PUPILS[0], CANARIES["家访内容"]):
        expect(page.get_by_text(text)).to_be_visible()

    page = office(browser, served, "周督导", Role.SUPERVISOR)
    page.goto(f"{served.url}/home-visits")
    expect(page.get_by_text("都少于 5 次，或不公布")).not_to_have_count(0)
    expect(page.locator("tbody tr")).to_have_count(0)
    assert not [pupil for pupil in PUPILS if pupil in page.content()]

    page = office(browser, served, "吴审计", Role.AUDITOR)
    page.goto(f"{served.url}/audit?person={TEACHER}&action=home_visit_opened")
    [line] = page.locator("tbody tr").all()
    for told in (TEACHER, REASON, SCHOOL):
        expect(line).to_contain_text(told)
    expect(line.locator(f"a[href='/audit?subject={visit}']")).to_have_count(1)
    assert line.locator("time").inner_text()
    assert not [secret for secret in SECRETS if secret in page.content()]


def found(places: Iterable[Path], texts: Iterable[str]) -> list[tuple[str, str]]:
    """(file, text) for every text that stands in a file, in whatever way texts are written."""
    sought = [
        (text, form)
        for text in texts
        for form in (text.encode(), text.encode("utf-16le"), ascii(text)[1:-1].encode())
    ]
    hits = []
    for place in places:
        for path in place.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                hits += [(str(path.relative_to(place)), text) for text, form in sought if form in data]
    return hits


def stored(data: Path) -> list[HomeVisit]:
    """What the server can open with its key file, in the order it was sealed."""
    keys = key_file.read(Settings.from_environment(data, os.environ).keys)
    database = sqlite3.connect(f"file:{data / 'anlan.sqlite3'}?mode=ro", uri=True)
    rows: list[Any] = database.execute("SELECT sealed FROM home_visit ORDER BY n").fetchall()
    database.close()
    return [sealing.opened(row, keys) for (row,) in rows]


def test_three_visits_sealed_offline_survive_a_kill_and_are_read_at_the_server_alone(
    playwright: Playwright, chromium_path: str, phones: HandPhones, serving: Served
) -> None:
    phone = phones.take(serving.port)
    phone.enrol(teacher(serving), "李老师的手机")
    button(phone.page, "新增家访").wait_for(timeout=60_000)
    serving.kill()
    leave_a_draft_and_die(phone)
    seal(phone.page, PUPILS[0], CANARIES)
    for pupil in PUPILS[1:]:  # what says nothing about a child is filled in already
        seal(phone.page, pupil, {})
    phone.kill()

    phone.open()
    page = phone.page
    wait_for(page, "3 份家访")
    tap(page, "家访列表")
    expect(page.get_by_text(f"{SCHOOL} · {CLASS}")).to_have_count(3)
    wait_for(page, "这部手机不能再看内容")
    serving.start()
    tap(page, "立即同步")
    expect(page.get_by_text("已上传")).to_have_count(3, timeout=60_000)
    wait_for(page, "没有待上传的内容")
    said = page.evaluate(READ_ALL)
    assert SCHOOL in said, "the search does not find what is there"
    assert [secret for secret in SECRETS if secret in said] == []

    assert [visit.student_name for visit in stored(serving.data)] == list(PUPILS)
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    read_one_and_be_seen(browser, serving)
    browser.close()
    first = stored(serving.data)[0]
    assert {label: getattr(first, name) for name, label in FIELDS.items()} == CANARIES
    phone.close()
    serving.kill()
    assert found([phone.profile], [SCHOOL]), "the search does not find what is there"
    keys = Settings.from_environment(serving.data, os.environ).keys.parent
    assert found([phone.profile, serving.data, keys], SECRETS) == []
