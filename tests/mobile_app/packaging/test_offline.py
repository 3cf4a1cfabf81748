"""The built web app in a real Chromium: no external hosts, works without a server, never mixes versions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.mobile_app.packaging.opened_app import (
    SPLASH,
    START_TIMEOUT_S,
    open_browser,
    wait_for_app,
    wait_for_cached,
    wait_for_words,
)
from tests.mobile_app.packaging.web_server import Served, first_visit_bytes, listed, modified, serve

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

BYTES_TO_CUT = 4_000_000
SNAPSHOT = "/app/python/snapshot.bin"
COMPLETE = """async () => (await import("/app/offline.js")).complete()"""


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
        phones.append(open_browser(playwright, chromium_path, tmp_path / "profile"))
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
        phone = open_browser(playwright, chromium_path, tmp_path_factory.mktemp("started"))
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
        assert page.evaluate(COMPLETE), "something did not come"  # from here on nothing is downloaded
        yield Started(page, served, shown)
        phone.close()


def caches_of(page: Page) -> list[str]:
    names: list[str] = page.evaluate("() => caches.keys()")
    return sorted(names)


def slices(described: dict[str, Any]) -> set[str]:
    """The fonts of rare characters."""
    return {
        described["base_url"] + name
        for name in described["files"]
        if name.startswith("assets/fonts/noto") and name.endswith(".woff2") and name.count("/") > 2
    }


def test_the_app_starts_without_the_server_and_contacts_no_external_host(
    web_app: Path, described: dict[str, Any], open_phone: Callable[[], BrowserContext]
) -> None:
    hosts, warned, rare = set(), [], slices(described)
    assert len(rare) > 100
    with serve(web_app) as served:
        phone = open_phone()
        phone.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page = phone.pages[0]
        page.on("console", lambda line: warned.append(line.text))
        page.goto(served.origin + "/app/?code=ABC#/", wait_until="commit")
        wait_for_app(page)
        assert page.evaluate("() => location.search") == "?code=ABC"
        assert not rare & set(served.requested), "the first screen does not wait for rare characters"
        wait_for_cached(page, SNAPSHOT, *rare)
        requested = set(served.requested)
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
        assert page.evaluate(COMPLETE)
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
        scripts = {"/app/service_worker.js", "/app/kept_tiles.js"}  # the second is part of the first
        assert set(served.requested) == {*scripts, "/app/manifest.json"}
        other = phone.new_page()  # while the tab with the old version hangs on
        other.goto(served.origin + "/app/", wait_until="commit")
        wait_for_app(other)
        assert len(caches_of(other)) == 2, "nothing is taken away under an open tab"
        phone.close()

        page = open_phone().pages[0]
        page.goto(served.origin + "/app/", wait_until="commit")
        wait_for_app(page)
        new = caches_of(page)
        assert len(new) == 1
        assert new != old


def test_a_first_visit_that_is_cut_again_and_again_goes_on_where_it_was(
    web_app: Path, open_phone: Callable[[], BrowserContext]
) -> None:
    with serve(web_app) as served:
        page = open_phone().pages[0]
        served.allowance = BYTES_TO_CUT
        page.goto(served.origin + "/app/", wait_until="commit")
        cuts = 0
        while wait_for_words(page, "下载中断", or_app=True):
            assert "The download was interrupted" in page.evaluate(SPLASH)
            cuts += 1
            served.allowance = BYTES_TO_CUT
            with page.expect_navigation(wait_until="commit", timeout=START_TIMEOUT_S * 1000):
                page.get_by_role("button", name="重试").click()
        print(f"{cuts} cuts, {served.sent / 1e6:.1f} MB sent")
        assert cuts >= 3
        assert served.sent < 1.3 * first_visit_bytes(web_app)


def test_the_loading_screen_shows_progress_in_both_languages(started: Started) -> None:
    assert any("正在准备离线应用" in splash and "%" in splash for splash in started.shown)
    assert all("安澜" in splash for splash in started.shown)
    assert any("Preparing the offline app" in splash for splash in started.shown)


MAKE_SNAPSHOT = """async () => (await import("/app/next_start.js")).prepareNextStart()"""
SPOIL = """async path => {
  const [name] = await caches.keys();
  const cache = await caches.open(name);
  const snapshot = await cache.match(path);
  const description = JSON.parse(snapshot.headers.get("x-anlan-snapshot"));
  const spoilt = JSON.stringify({ ...description, table: description.table + 1 });
  await cache.put(path, new Response(await snapshot.blob(), { headers: { "x-anlan-snapshot": spoilt } }));
}"""


def test_a_snapshot_that_does_not_fit_is_made_again(started: Started) -> None:
    warned: list[str] = []
    page = started.page
    page.on("console", lambda line: warned.append(line.text))
    page.evaluate(MAKE_SNAPSHOT)
    wait_for_cached(page, SNAPSHOT)  # where it was being made already
    page.evaluate(SPOIL, SNAPSHOT)
    page.reload(wait_until="commit")
    wait_for_app(page)
    assert [line for line in warned if "starting without the snapshot" in line]
    page.evaluate(MAKE_SNAPSHOT)
    wait_for_cached(page, SNAPSHOT)
    warned.clear()
    page.reload(wait_until="commit")
    wait_for_app(page)
    assert not [line for line in warned if "snapshot" in line]


TRIES = """async () => {
  const { isWanted } = await import("/app/kept_snapshot.js");
  const cache = await caches.open("a cache without a snapshot");
  const wanted = [];
  for (let count = 0; count < 4; count++) wanted.push(await isWanted(cache));
  await caches.delete("a cache without a snapshot");
  return wanted;
}"""
WITH_ANOTHER_TAB_AT_IT = """path => navigator.locks.request("anlan snapshot", async () => {
  const [name] = await caches.keys();
  const cache = await caches.open(name);
  await cache.delete(path);
  await (await import("/app/next_start.js")).prepareNextStart();
  return !!(await cache.match(path));
})"""
WITH_LITTLE_MEMORY = """async () => {
  const { whenAffordable } = await import("/app/next_start.js");
  const begun = [];
  for (const memory of [undefined, 4, 2]) {
    Object.defineProperty(navigator, "deviceMemory", { value: memory, configurable: true });
    whenAffordable(() => begun.push(memory ?? "unknown"));
  }
  delete navigator.deviceMemory;
  const watched = [...begun];
  document.dispatchEvent(new Event("visibilitychange"));
  return [watched, begun];
}"""


def test_a_snapshot_is_made_where_it_disturbs_nobody_and_not_again_and_again(started: Started) -> None:
    assert started.page.evaluate(TRIES) == [True, True, True, False]
    assert not started.page.evaluate(WITH_ANOTHER_TAB_AT_IT, SNAPSHOT), "two at once"
    watched, unwatched = started.page.evaluate(WITH_LITTLE_MEMORY)
    assert watched == ["unknown", 4]
    assert unwatched == ["unknown", 4, 2]


DAMAGE = """async path => {
  const [name] = await caches.keys();
  const cache = await caches.open(name);
  const kept = await cache.match(path);
  const bytes = new Uint8Array(await kept.arrayBuffer());
  bytes.fill(0, bytes.length >> 1);
  await cache.put(path, new Response(bytes, { headers: kept.headers }));
}"""


def test_damaged_files_are_downloaded_again_and_nothing_else(web_app: Path, started: Started) -> None:
    damaged, files = ("python/app.zip", "main.dart.wasm"), listed(web_app)
    downloads = {f"/app/{path}" for name in damaged for path in files[name].downloads()}
    page, served = started.page, started.served
    for name in damaged:
        page.evaluate(DAMAGE, f"/app/{name}")
    served.refused |= downloads
    page.reload(wait_until="commit")
    wait_for_words(page, "应用未能启动")
    page.get_by_role("button", name="重试").click()
    wait_for_words(page, "文件已损坏")
    served.refused.clear()
    served.requested.clear()
    with page.expect_navigation(wait_until="commit", timeout=START_TIMEOUT_S * 1000):
        page.get_by_role("button", name="重试").click()
    wait_for_app(page)
    assert {path for path in served.requested if path.endswith((".zip", ".wasm", ".bin"))} == downloads
