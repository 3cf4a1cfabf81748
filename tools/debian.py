"""Installs Debian or Ubuntu packages if we are root."""

import os
import shutil
import subprocess


def install(package: str) -> None:
    """Install `package` on Debian or Ubuntu as root; otherwise do nothing."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=env, check=False)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        subprocess.run(command, env=env, check=False)
