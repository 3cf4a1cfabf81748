"""The built phone app, a server that serves it, and browsers to look at it with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from mobile_app.packaging.web.build import build_web
from tests.support import installed_app
from tests.support.hand_phone import HandPhones
from tests.support.served import Served

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def phone_web() -> Path:
    """The phone's web app as `make install` builds it; up to date in no time when it was built before."""
    return build_web(PROJECT, PROJECT / "build" / "phone-web", print)


@pytest.fixture(scope="session")
def installed(phone_web: Path, chromium_path: str) -> Path:
    """The profile of a browser with the app installed, made once for a build; phones begin with copies."""
    return installed_app.profile(phone_web, chromium_path)


@pytest.fixture
def serving(data_dir: Path, free_port: int, phone_web: Path) -> Iterator[Served]:
    """`anlan serve` with the phone app. On `localhost`, where browsers allow location and offline use."""
    assert (phone_web / "index.html").is_file()
    served = Served(data_dir, free_port)
    served.url = f"http://localhost:{free_port}"
    served.start()
    yield served
    served.kill()


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    """Playwright, driving the system's Chromium. For one test: its loop keeps others from running theirs."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def phones(
    installed: Path, playwright: Playwright, chromium_path: str, tmp_path: Path
) -> Iterator[HandPhones]:
    """Phones with the app installed."""
    phones = HandPhones(playwright, chromium_path, installed, tmp_path)
    yield phones
    phones.close()
