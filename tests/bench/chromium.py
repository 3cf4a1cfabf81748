"""Opens Chromium for measuring: headless, drawing in software, talking to this machine only."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools import chromium

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader"),
    *("--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
)


def path() -> str:
    """The Chromium to drive. Raises FileNotFoundError where there is none."""
    found = chromium.find()
    if found is None:
        raise FileNotFoundError(chromium.ADVICE)
    return str(found)


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A browser whose contexts start with nothing stored."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path(), args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


@contextlib.contextmanager
def phone(profile: Path) -> Iterator[BrowserContext]:
    """A browser of the size of a phone that keeps what it stores in the folder `profile`."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=path(),
            args=FLAGS,
            viewport={"width": 390, "height": 844},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="zh-CN",
        )
        try:
            yield context
        finally:
            context.close()


class Bytes:
    """Counts what a page receives over the network, headers included; a cache counts nothing."""

    def __init__(self, page: Page) -> None:
        self.received = 0.0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, float]) -> None:
        self.received += event["encodedDataLength"]
