"""Finds the PostgreSQL that tests run on; run as a program, installs one where there is none."""

import os
import shutil
import sys
from pathlib import Path

from tools import debian

FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
ADVICE = (
    "No PostgreSQL was found and none could be installed. Install its server, 15 or newer"
    " (Debian, Ubuntu: sudo apt-get install postgresql; macOS: brew install postgresql@15),"
    " or set ANLAN_POSTGRES to the folder that holds its initdb and postgres."
)


def find() -> Path | None:
    """The folder of its programs: that of ANLAN_POSTGRES, that on the PATH, or the system's newest."""
    chosen = os.environ.get("ANLAN_POSTGRES")
    if chosen:
        return Path(chosen)
    path = shutil.which("postgres")
    if path and shutil.which("initdb"):
        return Path(path).parent
    found = [place for folder in FOLDERS for place in Path(folder).glob("*/bin") if _is_whole(place)]
    return max(found, key=_version, default=None)


def _is_whole(folder: Path) -> bool:
    return (folder / "initdb").exists() and (folder / "postgres").exists()


def _version(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)


def install() -> Path | None:
    """Install one by the system's packages when we may."""
    debian.install("postgresql")
    return find()


if __name__ == "__main__":
    if (find() or install()) is None:
        sys.exit(ADVICE)
