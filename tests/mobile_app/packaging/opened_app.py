"""The built web app in a Chromium that resolves no external host name; its data stay in a folder."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.support import phone_browser

NO_EXTERNAL_HOSTS = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1"
START_TIMEOUT_S = 240
# The loading screen's text; null once it is gone, and empty while the page itself is still being read.
SPLASH = """() => document.readyState === 'loading'
  ? '' : document.getElementById('loading')?.innerText ?? null"""
CACHED = """async path => {
  for (const name of await caches.keys()) {
    if (await (await caches.open(name)).match(path)) return true;
  }
  return false;
}"""


def open_browser(playwright: Playwright, chromium: str, profile: Path) -> BrowserContext:
    """A phone's browser, which keeps what it stores in the folder `profile`."""
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


def wait_for_words(page: Page, words: str, *, or_app: bool = False) -> bool:
    """Wait until the loading screen says `words`; with `or_app`, False once it is gone instead."""
    for _ in range(START_TIMEOUT_S * 4):
        splash = page.evaluate(SPLASH)
        if splash is None and or_app:
            return False
        if splash is not None and words in splash:
            return True
        page.wait_for_timeout(250)
    pytest.fail(f"{words} is not said but {splash}")


def wait_for_cached(page: Page, *paths: str) -> None:
    """Wait until the phone has these, which it gets or makes a while after its first screen."""
    for path in paths:
        for _ in range(START_TIMEOUT_S * 4):
            if page.evaluate(CACHED, path):
                break
            page.wait_for_timeout(250)
        else:
            pytest.fail(f"{path} did not come")
