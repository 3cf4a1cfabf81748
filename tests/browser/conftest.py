"""The office's pages, served to a real browser in which a reviewer is signed in."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from sync_server.deps import SESSION_COOKIE
from tests.sync_server.deployment import Deployment

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update"]


@pytest.fixture
def office(data_dir: Path) -> Deployment:
    return Deployment(data_dir)


@pytest.fixture
def address(office: Deployment, free_port: int) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(office.app, port=free_port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{free_port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(office: Deployment, address: str, chromium_path: str) -> Iterator[Page]:
    """A signed-in browser; the test fails on external requests, errors and dialogs."""
    odd: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        token = office.browser(office.reviewer).cookies[SESSION_COOKIE]
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.on("console", lambda line: odd.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: odd.append(str(error)))
        page.on("dialog", lambda dialog: odd.append(dialog.message))
        page.on(
            "request",
            lambda request: (
                odd.append(request.url) if not request.url.startswith((address, "data:")) else None
            ),
        )
        yield page
        browser.close()
    assert odd == []
