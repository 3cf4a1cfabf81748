"""Inspectors' phones in Chromium, for journeys: each can be killed, and is opened again."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright

from tests.support import installed_app
from tests.support.phone_browser import ORIGIN, fill, kept_phone, open_app, tap


class HandPhone:
    """The app in the browser of one phone, whose data stay in the folder `profile`."""

    def __init__(self, launch: Callable[[], BrowserContext], profile: Path) -> None:
        self.profile = profile
        self._launch = launch
        self._outside: list[str] = []
        self._take()

    def _take(self) -> None:
        self.context = self._launch()
        self.page: Page = self.context.pages[0]
        self.context.on("request", lambda request: self._note(request.url))

    def visit(self, query: str = "") -> None:
        """Open the app's address, as a link or a sign gives it."""
        open_app(self.page, f"{ORIGIN}/app/{query}")

    def enrol(self, code: str, name: str) -> None:
        """Open the link, name the phone, be registered."""
        self.visit(f"?code={code}")
        fill(self.page, "本机名称", name)
        tap(self.page, "登记本机")
        self.page.get_by_role("tab", name="我的").wait_for()

    def open(self) -> None:
        """Open the app again, as from the home screen."""
        self._take()
        self.visit()
        self.page.get_by_role("tab", name="我的").wait_for()

    def kill(self) -> None:
        """As the system does when memory runs out: no goodbye to any page."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                told = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if f"--user-data-dir={self.profile}".encode() in told:
                os.kill(int(process.name), signal.SIGKILL)

    def asked_outside(self) -> list[str]:
        """Every address outside the server that the browser was asked for."""
        return self._outside

    def close(self) -> None:
        """Say goodbye."""
        self.context.close()

    def _note(self, url: str) -> None:
        if not url.startswith((f"{ORIGIN}/", f"blob:{ORIGIN}/", "data:", "chrome-extension:")):
            self._outside.append(url)


class HandPhones:
    """Phones in `folder`, each with the app of a server; `installed` is what `installed_app.profile` gave."""

    def __init__(self, playwright: Playwright, chromium: str, installed: Path, folder: Path) -> None:
        self._playwright, self._chromium = playwright, chromium
        self._installed, self._folder = installed, folder
        self._taken: list[HandPhone] = []

    def take(self, port: int, name: str = "phone", **more: Any) -> HandPhone:
        """A phone that has never been used, with the app of the server on `port`; `more` is for
        `phone_browser.kept_phone`."""
        profile = self._folder / name
        installed_app.copy(self._installed, profile)
        phone = HandPhone(
            lambda: kept_phone(self._playwright, self._chromium, profile, port, **more), profile
        )
        self._taken.append(phone)
        return phone

    def close(self) -> None:
        """Close them all."""
        for phone in self._taken:
            phone.close()
