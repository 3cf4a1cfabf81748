"""Finds the Chromium for browser tests; run as a program, installs one if there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import debian

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPS = ("Google Chrome", "Chromium")
ADVICE = (
    "No Chromium was found and none could be installed. Install Chromium or Google Chrome"
    " (Debian, Ubuntu: sudo apt-get install chromium; macOS: brew install --cask chromium),"
    " or set ANLAN_CHROMIUM to its path."
)


def find() -> Path | None:
    """The browser's path: from ANLAN_CHROMIUM, the system's, or Playwright's; None if there is none."""
    chosen = os.environ.get("ANLAN_CHROMIUM")
    if chosen:
        return Path(chosen)
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return Path(path)
    for name in MAC_APPS:
        app = Path("/Applications", f"{name}.app", "Contents", "MacOS", name)
        if app.exists():
            return app
    return _from_playwright()


def _from_playwright() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def install() -> Path | None:
    """Install Chromium from the system's packages if we are root, else with Playwright's download."""
    debian.install("chromium")
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()


if __name__ == "__main__":
    if (find() or install()) is None:
        sys.exit(ADVICE)
