"""The built web app in a real Chromium: no outside host, no server, no mixing of versions."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from mobile_app.packaging.web import service_worker
from mobile_app.packaging.web.build import DESCRIPTION
from tests.mobile_app.packaging.web_server import serve
from tests.support import phone_browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NO_NAMES = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1"
PATIENCE_S = 240
SPLASH = "() => document.getElementById('loading')?.innerText ?? null"


@pytest.fixture
def open_phone(tmp_path: Path, chromium_path: str) -> Iterator[Callable[[], BrowserContext]]:
    """Opens a phone that knows no outside name; its data outlive it."""
    phones: list[BrowserContext] = []
    with sync_playwright() as playwright:

        def open_it() -> BrowserContext:
            phones.append(_phone(playwright, chromium_path, tmp_path / "profile"))
            return phones[-1]

        yield open_it
        for phone in phones:
            phone.close()


def _phone(playwright: Playwright, chromium: str, profile: Path) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium,
        headless=True,
        args=[*phone_browser.FLAGS, NO_NAMES],
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
    )


def wait_for_app(page: Page) -> None:
    """Wait until the loading screen has left. The page's policy forbids Playwright's own waiting."""
    for _ in range(PATIENCE_S * 4):
        said = page.evaluate(SPLASH)
        if said is None:
            return
        assert "Try again" not in said, said
        page.wait_for_timeout(250)
    pytest.fail(f"the app did not start: {said}")


def changed(web_app: Path, folder: Path, name: str, old: str, new: str) -> Path:
    """Another version of the app, which differs in the file `name`."""
    shutil.copytree(web_app, folder, ignore=shutil.ignore_patterns("*.br", "*.gz", service_worker.NAME))
    described = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    (folder / DESCRIPTION).unlink()
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")
    described["version"] = service_worker.write(folder, described["base_url"])
    (folder / DESCRIPTION).write_text(json.dumps(described), "utf-8")
    return folder


def caches_of(page: Page) -> list[str]:
    names: list[str] = page.evaluate("() => caches.keys()")
    return sorted(names)


def test_it_starts_with_the_server_dead_and_asks_no_outside_host(
    web_app: Path, open_phone: Callable[[], BrowserContext]
) -> None:
    hosts, warned = set(), []
    with serve(web_app) as served:
        phone = open_phone()
        phone.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page = phone.pages[0]
        page.on("console", lambda line: warned.append(line.text))
        page.goto(served.origin + "/app/?code=ABC#/", wait_until="commit")
        wait_for_app(page)
        assert page.evaluate("() => location.search") == "?code=ABC"
        asked = set(served.asked)
        assert "/app/python/packages.zip" not in asked  # only phones that cannot use the snapshot need it
        phone.close()
    assert not [path for path in asked if not path.startswith("/app/") and path != "/favicon.ico"]

    phone = open_phone()  # a new browser process, and nobody listens
    phone.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page = phone.pages[0]
    page.goto(served.origin + "/app/?code=ABC", wait_until="commit")
    wait_for_app(page)
    assert page.evaluate("() => location.search") == "?code=ABC"
    page.reload(wait_until="commit")
    wait_for_app(page)
    assert hosts - {""} == {urlsplit(served.origin).netloc}
    assert not [line for line in warned if "Security Policy" in line or "snapshot" in line]


def test_the_service_worker_leaves_the_interface_alone_and_answers_for_unknown_fonts(
    web_app: Path, open_phone: Callable[[], BrowserContext]
) -> None:
    with serve(web_app) as served:
        page = open_phone().pages[0]
        page.goto(served.origin + "/app/", wait_until="commit")
        wait_for_app(page)
        served.asked.clear()
        statuses = page.evaluate(
            """async () => {
                const status = async (path, more) => (await fetch(path, more)).status;
                return [await status("/api/v1/nothing"), await status("assets/fonts/nothing.ttf"),
                        await status("manifest.json?x=1"), await status("nothing.txt")];
            }"""
        )
        assert statuses == [404, 404, 200, 404]
        assert served.asked == ["/api/v1/nothing", "/app/nothing.txt"]


def test_a_new_version_takes_over_at_the_next_start_and_brings_only_what_changed(
    web_app: Path, tmp_path: Path, open_phone: Callable[[], BrowserContext]
) -> None:
    with serve(web_app) as served:
        phone = open_phone()
        page = phone.pages[0]
        page.goto(served.origin + "/app/", wait_until="commit")
        wait_for_app(page)
        old = caches_of(page)
        assert len(old) == 1
    port = int(urlsplit(served.origin).port or 0)
    following = changed(web_app, tmp_path / "next", "manifest.json", "standalone", "fullscreen")
    with serve(following, port) as served:
        page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update(); }")
        for _ in range(240):
            if page.evaluate("async () => !!(await navigator.serviceWorker.getRegistration()).waiting"):
                break
            page.wait_for_timeout(250)
        assert len(caches_of(page)) == 2  # beside the old one, which still answers
        assert set(served.asked) == {"/app/service_worker.js", "/app/manifest.json"}
        phone.close()

        page = open_phone().pages[0]
        page.goto(served.origin + "/app/", wait_until="commit")
        wait_for_app(page)
        new = caches_of(page)
        assert len(new) == 1
        assert new != old


def test_a_broken_download_says_so_and_goes_on_from_there(
    web_app: Path, open_phone: Callable[[], BrowserContext]
) -> None:
    with serve(web_app) as served:
        page = open_phone().pages[0]
        served.refused.add("/app/main.dart.wasm")
        page.goto(served.origin + "/app/", wait_until="commit")
        for _ in range(PATIENCE_S * 4):
            said = page.evaluate(SPLASH)
            if "下载中断" in said:
                break
            page.wait_for_timeout(250)
        assert "The download was interrupted" in said
        served.refused.clear()
        served.asked.clear()
        page.get_by_role("button", name="重试").click()
        wait_for_app(page)
        assert served.asked.count("/app/main.dart.wasm") == 1
        assert "/app/python/snapshot-00.bin" not in served.asked


def test_the_loading_screen_is_seen_at_once_with_its_share_and_in_both_languages(
    web_app: Path, open_phone: Callable[[], BrowserContext]
) -> None:
    with serve(web_app) as served:
        page = open_phone().pages[0]
        page.goto(served.origin + "/app/", wait_until="commit")
        seen: set[str] = set()
        for _ in range(PATIENCE_S * 10):
            said = page.evaluate(SPLASH)
            if said is None:
                break
            seen.add(said)
            page.wait_for_timeout(100)
    assert any("正在准备离线应用" in said and "%" in said for said in seen)
    assert all("安澜" in said for said in seen)
    assert any("Preparing the offline app" in said for said in seen)


def test_where_the_snapshot_does_not_fit_the_app_starts_without_it(
    web_app: Path, tmp_path: Path, open_phone: Callable[[], BrowserContext]
) -> None:
    other = changed(web_app, tmp_path / "other", "python/snapshot.json", '"table":', '"table":1')
    with serve(other) as served:
        warned: list[str] = []
        page = open_phone().pages[0]
        page.on("console", lambda line: warned.append(line.text))
        page.goto(served.origin + "/app/", wait_until="commit")
        wait_for_app(page)
        assert [line for line in warned if "starting without the snapshot" in line]
        assert served.asked.count("/app/python/packages.zip") == 1
    page.reload(wait_until="commit")  # nobody listens any more
    wait_for_app(page)
