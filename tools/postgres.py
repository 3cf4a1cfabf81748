"""Finds the PostgreSQL for tests; run as a program, installs one if there is none."""

import os
import shutil
import sys
from pathlib import Path

from tools import debian

FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
ADVICE = (
    "No PostgreSQL was found and none could be installed. Install its server, 15 or newer"
    " (Debian, Ubuntu: sudo apt-get install postgresql; macOS: brew install postgresql@15),"
    " or set ANLAN_POSTGRES to the folder with its initdb and postgres."
)


def find() -> Path | None:
    """The folder of its programs: from ANLAN_POSTGRES, on the PATH, or the system's newest version."""
    chosen = os.environ.get("ANLAN_POSTGRES")
    if chosen:
        return Path(chosen)
    path = shutil.which("postgres")
    if path and shutil.which("initdb"):
        return Path(path).parent
    found = [path for folder in FOLDERS for path in Path(folder).glob("*/bin") if _is_complete(path)]
    return max(found, key=_version, default=None)


def _is_complete(folder: Path) -> bool:
    return (folder / "initdb").exists() and (folder / "postgres").exists()


def _version(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)


def install() -> Path | None:
    """Install PostgreSQL from the system's packages if we are root."""
    debian.install("postgresql")
    return find()


if __name__ == "__main__":
    if (find() or install()) is None:
        sys.exit(ADVICE)
