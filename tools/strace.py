"""Finds the strace that tests watch the disk with; run as a program, installs one where there is none."""

import shutil
import sys
from pathlib import Path

from tools import debian

ADVICE = (
    "No strace was found and none could be installed. Install it (Debian, Ubuntu:"
    " sudo apt-get install strace); without Linux, leave its tests out with -k 'not fsync'."
)


def find() -> Path | None:
    """The system's strace."""
    path = shutil.which("strace")
    return Path(path) if path else None


if __name__ == "__main__":
    if find() is None:
        debian.install("strace")
    if find() is None:
        print(ADVICE, file=sys.stderr)  # only its own tests need it
