"""The built web app in a real Chromium: no external hosts, works without a server, never mixes versions."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from mobile_app.packaging.web import service_worker
from mobile_app.packaging.web.build import DESCRIPTION
from tests.mobile_app.packaging.web_server import Served, serve
from tests.support import phone_browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NO_EXTERNAL_HOSTS = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1"
START_TIMEOUT_S = 240
# The loading screen's text; null once it is gone, and empty while the page itself is still being read.
SPLASH = """() => document.readyState === 'loading'
  ? '' : document.getElementById('loading')?.innerText ?? null"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def open_phone(
    playwright: Playwright, tmp_path: Path, chromium_path: str
) -> Iterator[Callable[[], BrowserContext]]:
    """Opens a phone that resolves no external host name; its data persists between phones."""
    phones: list[BrowserContext] = []

    def open_it() -> BrowserContext:
        phones.append(_phone(playwright, chromium_path, tmp_path / "profile"))
        return phones[-1]

    yield open_it
    for phone in phones:
        phone.close()


@dataclass(frozen=True)
class Started:
    """The app once it has started for the first time, and what its loading screen showed meanwhile."""

    page: Page
    served: Served
    shown: set[str]


@pytest.fixture(scope="module")
def started(
    playwright: Playwright, web_app: Path, tmp_path_factory: pytest.TempPathFactory, chromium_path: str
) -> Iterator[Started]:
    with serve(web_app) as served:
        phone = _phone(playwright, chromium_path, tmp_path_factory.mktemp("started"))
        page = phone.pages[0]
        page.goto(served.origin + "/app/", wait_until="commit")
        shown: set[str] = set()
        for _ in range(START_TIMEOUT_S * 10):
            splash = page.evaluate(SPLASH)
            if splash is None:
                break
            if splash:
                shown.add(splash)
            page.wait_for_timeout(100)
        wait_for_app(page)
        yield Started(page, served, shown)
        phone.close()


def _phone(playwright: Playwright, chromium: str, profile: Path) -> BrowserContext:
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium,
        headless=True,
        args=[*phone_browser.FLAGS, NO_EXTERNAL_HOSTS],
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        device_scale_factor=0.5,
    )
    context.add_init_script(phone_browser.FEW_FRAMES)
    return context


def wait_for_app(page: Page) -> None:
    """Wait until the loading screen is gone. The page's policy forbids Playwright's own waiting."""
    for _ in range(START_TIMEOUT_S * 4):
        splash = page.evaluate(SPLASH)
        if splash is None:
            return
        assert "Try again" not in splash, splash
        page.wait_for_timeout(250)
    pytest.fail(f"the app did not start: {splash}")


def modified(web_app: Path, folder: Path, name: str, old: str, new: str) -> Path:
    """Another version of the app that differs in the file `name`."""
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


def test_the_app_starts_without_the_server_and_contacts_no_external_host(
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
        requested = set(served.requested)
        assert "/app/python/packages.zip" not in requested  # only phones that cannot use the snapshot need it
        phone.close()
    assert not [path for path in requested if not path.startswith("/app/") and path != "/favicon.ico"]

    phone = open_phone()  # a new browser process, with the server down
    phone.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page = phone.pages[0]
    page.goto(served.origin + "/app/?code=ABC", wait_until="commit")
    wait_for_app(page)
    assert page.evaluate("() => location.search") == "?code=ABC"
    page.reload(wait_until="commit")
    wait_for_app(page)
    assert hosts - {""} == {urlsplit(served.origin).netloc}
    assert not [line for line in warned if "Security Policy" in line or "snapshot" in line]


def test_the_service_worker_passes_api_requests_through_and_answers_for_unknown_fonts(
    started: Started,
) -> None:
    started.served.requested.clear()
    statuses = started.page.evaluate(
        """async () => {
            const status = async (path, more) => (await fetch(path, more)).status;
            return [await status("/api/v1/nothing"), await status("assets/fonts/nothing.ttf"),
                    await status("manifest.json?x=1"), await status("nothing.txt")];
        }"""
    )
    assert statuses == [404, 404, 200, 404]
    assert started.served.requested == ["/api/v1/nothing", "/app/nothing.txt"]


def test_a_new_version_takes_over_at_the_next_start_and_downloads_only_changed_files(
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
    following = modified(web_app, tmp_path / "next", "manifest.json", "standalone", "fullscreen")
    with serve(following, port) as served:
        page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update(); }")
        for _ in range(240):
            if page.evaluate("async () => !!(await navigator.serviceWorker.getRegistration()).waiting"):
                break
            page.wait_for_timeout(250)
        assert len(caches_of(page)) == 2  # the old version still runs
        assert set(served.requested) == {"/app/service_worker.js", "/app/manifest.json"}
        phone.close()

        page = open_phone().pages[0]
        page.goto(served.origin + "/app/", wait_until="commit")
        wait_for_app(page)
        new = caches_of(page)
        assert len(new) == 1
        assert new != old


def test_an_interrupted_download_shows_an_error_and_resumes(
    web_app: Path, open_phone: Callable[[], BrowserContext]
) -> None:
    with serve(web_app) as served:
        page = open_phone().pages[0]
        served.refused.add("/app/main.dart.wasm")
        page.goto(served.origin + "/app/", wait_until="commit")
        for _ in range(START_TIMEOUT_S * 4):
            splash = page.evaluate(SPLASH)
            if "下载中断" in splash:
                break
            page.wait_for_timeout(250)
        assert "The download was interrupted" in splash
        served.refused.clear()
        served.requested.clear()
        page.get_by_role("button", name="重试").click()
        wait_for_app(page)
        assert served.requested.count("/app/main.dart.wasm") == 1
        assert "/app/python/snapshot-00.bin" not in served.requested


def test_the_loading_screen_shows_progress_in_both_languages(started: Started) -> None:
    assert any("正在准备离线应用" in splash and "%" in splash for splash in started.shown)
    assert all("安澜" in splash for splash in started.shown)
    assert any("Preparing the offline app" in splash for splash in started.shown)


def test_the_app_starts_without_the_snapshot_if_it_does_not_fit(
    web_app: Path, tmp_path: Path, open_phone: Callable[[], BrowserContext]
) -> None:
    other = modified(web_app, tmp_path / "other", "python/snapshot.json", '"table":', '"table":1')
    with serve(other) as served:
        warned: list[str] = []
        page = open_phone().pages[0]
        page.on("console", lambda line: warned.append(line.text))
        page.goto(served.origin + "/app/", wait_until="commit")
        wait_for_app(page)
        assert [line for line in warned if "starting without the snapshot" in line]
        assert served.requested.count("/app/python/packages.zip") == 1
    page.reload(wait_until="commit")  # the server is down
    wait_for_app(page)


DAMAGE = """async path => {
  const [name] = await caches.keys();
  const cache = await caches.open(name);
  const kept = await cache.match(path);
  const bytes = new Uint8Array(await kept.arrayBuffer());
  bytes.fill(0, bytes.length >> 1);
  await cache.put(path, new Response(bytes, { headers: kept.headers }));
}"""


def wait_for_words(page: Page, words: str) -> None:
    for _ in range(START_TIMEOUT_S * 4):
        splash = page.evaluate(SPLASH)
        if splash is not None and words in splash:
            return
        page.wait_for_timeout(250)
    pytest.fail(f"{words} is not said but {splash}")


def test_damaged_files_are_downloaded_again_and_nothing_else(started: Started) -> None:
    damaged = {"/app/python/app.zip", "/app/main.dart.wasm"}
    page, served = started.page, started.served
    for path in damaged:
        page.evaluate(DAMAGE, path)
    served.refused |= damaged
    page.reload(wait_until="commit")
    wait_for_words(page, "应用未能启动")
    page.get_by_role("button", name="重试").click()
    wait_for_words(page, "文件已损坏")
    served.refused.clear()
    served.requested.clear()
    with page.expect_navigation(wait_until="commit", timeout=START_TIMEOUT_S * 1000):
        page.get_by_role("button", name="重试").click()
    wait_for_app(page)
    assert {path for path in served.requested if path.endswith((".zip", ".wasm", ".bin"))} == damaged
