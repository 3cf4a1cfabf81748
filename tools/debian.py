"""Installs a package of Debian or Ubuntu, where we may."""

import os
import shutil
import subprocess


def install(package: str) -> None:
    """Install `package` if this is such a system and we are its root; otherwise do nothing."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        words = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        subprocess.run(words, env=quiet, check=False)
