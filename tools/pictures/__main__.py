"""Takes the screenshots for the handbooks and the README with demo data and saves them in docs/pictures.

    python -m tools.pictures

Run by `make pictures`. Each screenshot is taken in Chinese (`name.png`) and in English (`name.en.png`).
"""

import socket
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support import phone_browser
from tests.support.served import Served
from tools import chromium
from tools.pictures import office, phone, teacher
from tools.pictures.album import LANGUAGES, PICTURES


def main() -> None:
    """Start a demo server and take the phone and office screenshots in each language."""
    found = chromium.find()
    if found is None:
        sys.exit(chromium.ADVICE)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, headless=True, args=[*phone_browser.FLAGS, "--hide-scrollbars"]
        )
        served = Served(Path(folder), _free_port())
        served.url = f"http://localhost:{served.port}"  # where browsers allow location and offline use
        served.command("demo")
        served.start()
        try:
            for language in LANGUAGES:
                phone.take(browser, served, language, Path(folder))
                teacher.take(browser, served, language)
                office.take(browser, served, language)
        finally:
            served.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    main()
