"""Finds the strace that tests trace disk writes with; run as a program, installs one if there is none."""

import shutil
import sys
from pathlib import Path

from tools import debian

ADVICE = (
    "No strace was found and none could be installed. Install it (Debian, Ubuntu:"
    " sudo apt-get install strace). On other systems than Linux, skip its tests with -k 'not fsync'."
)


def find() -> Path | None:
    """The path of the system's strace."""
    path = shutil.which("strace")
    return Path(path) if path else None


if __name__ == "__main__":
    if find() is None:
        debian.install("strace")
    if find() is None:
        print(ADVICE, file=sys.stderr)  # no error: only the strace tests need it
