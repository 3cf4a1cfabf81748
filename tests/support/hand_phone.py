"""An inspector's phone in Chromium, for journeys; one that is kept can be killed, and is opened again."""

import os
import signal
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright

from tests.support.phone_browser import fill, kept_phone, open_app, tap


class HandPhone:
    """The app that the server at `url` serves, in the browser of one phone."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self._outside: list[str] = []
        self._url = url
        self._take(context)

    def _take(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.pages[0] if context.pages else context.new_page()
        context.on("request", lambda request: self._note(request.url))

    def enrol(self, code: str, name: str) -> None:
        """Open the link, name the phone, be registered, and have the app kept for offline use."""
        open_app(self.page, f"{self._url}/app/?code={code}")
        fill(self.page, "本机名称", name)
        tap(self.page, "登记本机")
        self.page.get_by_role("tab", name="我的").wait_for()
        self.page.evaluate("async () => { await navigator.serviceWorker.ready }")

    def asked_outside(self) -> list[str]:
        """Every address outside the server that the browser was asked for."""
        return self._outside

    def close(self) -> None:
        """Say goodbye."""
        self.context.close()

    def _note(self, url: str) -> None:
        if not url.startswith((self._url, "data:", "blob:", "chrome-extension:")):
            self._outside.append(url)


class KeptPhone(HandPhone):
    """A phone with a browser of its own, whose data stay in the folder `profile`."""

    def __init__(self, playwright: Playwright, chromium: str, profile: Path, url: str) -> None:
        self._playwright, self._chromium, self._profile = playwright, chromium, profile
        super().__init__(kept_phone(playwright, chromium, profile), url)

    def open(self) -> None:
        """Open the app again, as from the home screen."""
        self._take(kept_phone(self._playwright, self._chromium, self._profile))
        open_app(self.page, f"{self._url}/app/")
        self.page.get_by_role("tab", name="我的").wait_for()

    def kill(self) -> None:
        """As the system does when memory runs out: no goodbye to any page."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                told = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if f"--user-data-dir={self._profile}".encode() in told:
                os.kill(int(process.name), signal.SIGKILL)
