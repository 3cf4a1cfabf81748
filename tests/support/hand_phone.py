"""One inspector's phone in Chromium, for journeys: it remembers, can be killed, and is opened again."""

import os
import signal
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright

from tests.support.phone_browser import button, fill, kept_phone, open_app, tap
from tests.support.served import Served


class HandPhone:
    """One inspector's phone: a browser with a memory, that can be killed and opened again."""

    def __init__(self, playwright: Playwright, chromium: str, profile: Path, served: Served) -> None:
        self._playwright, self._chromium, self._profile = playwright, chromium, profile
        self._app = f"{served.url}/app/"
        self._outside: list[str] = []
        self._own = served.url
        self.context: BrowserContext | None = None

    @property
    def page(self) -> Page:
        assert self.context is not None
        return self.context.pages[0]

    def enrol(self, code: str, name: str) -> None:
        """Open the link, name the phone, be registered, and have the app kept for offline use."""
        self._open(f"{self._app}?code={code}")
        fill(self.page, "本机名称", name)
        tap(self.page, "登记本机")
        button(self.page, "新增隐患").wait_for()
        self.page.evaluate("async () => { await navigator.serviceWorker.ready }")

    def open(self) -> None:
        """Open the app again, as from the home screen."""
        self._open(self._app)
        button(self.page, "新增隐患").wait_for()

    def kill(self) -> None:
        """As the system does when memory runs out: no goodbye to any page."""
        assert self.context is not None
        for process in Path("/proc").glob("[0-9]*"):
            try:
                told = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if f"--user-data-dir={self._profile}".encode() in told:
                os.kill(int(process.name), signal.SIGKILL)
        self.context = None

    def asked_outside(self) -> list[str]:
        """Every address outside the server that the browser was asked for."""
        return self._outside

    def _open(self, address: str) -> None:
        self.context = kept_phone(self._playwright, self._chromium, self._profile)
        self.context.on("request", lambda request: self._note(request.url))
        open_app(self.page, address)

    def _note(self, url: str) -> None:
        if not url.startswith((self._own, "data:", "blob:", "chrome-extension:")):
            self._outside.append(url)
