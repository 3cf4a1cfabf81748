"""The office's browser, for journeys."""

from playwright.sync_api import Browser, Page, Playwright

from tests.support import phone_browser
from tests.support.served import Served


def open_desk(playwright: Playwright, chromium: str) -> Browser:
    """A browser on a desk."""
    return playwright.chromium.launch(executable_path=chromium, headless=True, args=phone_browser.FLAGS)


def sign_in(desk: Browser, served: Served, name: str, password: str) -> Page:
    """A page in which that person is signed in, on the map."""
    page = desk.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.goto(f"{served.url}/sign-in")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.locator("form button").first.click()
    page.wait_for_url(f"{served.url}/")
    return page
