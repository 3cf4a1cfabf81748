"""Phones that have the app installed: each begins with a copy of a browser's profile in which it was opened.

So a journey neither downloads the app nor starts its Python without the snapshot, and no phone makes one
beside the tests. First visits have tests of their own (`tests/mobile_app/packaging/test_offline.py`).
"""

import json
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from mobile_app.packaging.programs import file_lock
from mobile_app.packaging.web.build import DESCRIPTION
from tests.bench.processes import free_port
from tests.support.phone_browser import ORIGIN, kept_phone, open_app
from tests.support.served import Served

_INSTALLED = """async () => {
    // What the app does by itself a while after its first screen.
    const [{ complete }, { prepareNextStart }] =
        await Promise.all(["offline", "next_start"].map(name => import(`/app/${name}.js`)));
    await prepareNextStart();
    return await complete() && (await fetch("/app/python/snapshot.bin")).ok;
}"""
_LOCKS = "Singleton*"
"""What a running browser marks its profile with."""


def profile(web: Path, chromium: str) -> Path:
    """The profile of a browser in which the app built in `web` was opened, and which has no data of it.

    It is kept beside `web` until there is another version; made by one process while others wait.
    """
    version = json.loads((web / DESCRIPTION).read_text("utf-8"))["version"]
    made = web.with_name(f".{web.name}.installed-{version}")
    with file_lock(web.with_name(f".{web.name}.installed-lock")):
        if not made.is_dir():
            for old in web.parent.glob(f".{web.name}.installed-*/"):
                shutil.rmtree(old)
            part = made.with_name(f"{made.name}.part")
            with tempfile.TemporaryDirectory() as folder:
                copy(_opened_once(Path(folder), chromium), part)
            part.rename(made)
    return made


def copy(installed: Path, folder: Path) -> None:
    """Let `folder` be the profile of a new phone; `installed` is what `profile` returned."""
    shutil.copytree(installed, folder, symlinks=True, ignore=shutil.ignore_patterns(_LOCKS))


def _opened_once(folder: Path, chromium: str) -> Path:
    """A profile in `folder`: of a browser that is closed again, in which the app was opened."""
    data, kept = folder / "var", folder / "profile"
    data.mkdir()
    served = Served(data, free_port())
    served.start()
    try:
        with sync_playwright() as playwright:
            phone = kept_phone(playwright, chromium, kept, served.port)
            page = phone.pages[0]
            open_app(page, f"{ORIGIN}/app/")
            assert page.evaluate(_INSTALLED), "the app did not get to the end of its installation"
            _forget_data(phone, page)
            phone.close()
    finally:
        served.kill()
    return kept


def _forget_data(phone: BrowserContext, page: Page) -> None:
    """Leave what was downloaded and nothing of what the app stored: phones must not share a key."""
    page.goto("about:blank")
    stored = "cookies,file_systems,indexeddb,local_storage"
    phone.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": ORIGIN, "storageTypes": stored})
