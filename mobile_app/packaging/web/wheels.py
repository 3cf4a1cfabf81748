"""Brings the locked packages for the browser's Python: downloaded, hash-checked, unpacked into one folder."""

import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

from mobile_app.packaging import problems
from mobile_app.packaging.programs import run

# The Python that the pinned flet-web ships: CPython 3.14 for Emscripten.
TARGET = (
    "--platform=pyemscripten_2026_0_wasm32",
    "--platform=any",
    "--python-version=3.14",
    "--implementation=cp",
    "--abi=cp314",
    "--abi=abi3",
    "--abi=none",
)


def download(lock: Path, folder: Path) -> None:
    """Download every package of the requirements file `lock` into `folder`, each checked against its hashes.

    Raises the Problem `phone_program_failed` where pip could not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run(
        [
            *(sys.executable, "-m", "pip", "download"),
            *("--disable-pip-version-check", "--no-input", "--quiet"),
            # A closed list: nothing is resolved, and a source archive is only unpacked, never installed.
            *("--no-deps", "--no-build-isolation", "--require-hashes", "--prefer-binary"),
            *(*TARGET, "--dest", str(folder), "--requirement", str(lock)),
        ]
    )


def unpack(downloads: Path, folder: Path) -> None:
    """Unpack all wheels and pure source archives of `downloads` into `folder`, as pip would install them."""
    folder.mkdir(parents=True, exist_ok=True)
    for wheel in sorted(downloads.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)  # noqa: S202 - its hash is locked
    for source in sorted(downloads.glob("*.tar.gz")):
        _unpack_source(source, folder)


def _unpack_source(source: Path, folder: Path) -> None:
    """Take the importable top level of a pure-Python source archive, as its own metadata lists it."""
    opened = folder / f".{source.name}"
    with tarfile.open(source) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # absent before Python 3.11.4
        archive.extractall(opened)  # noqa: S202 - its hash is locked
    lists = sorted(opened.glob("*/*.egg-info/top_level.txt"))
    if not lists:
        raise problems.wheel_unusable(name=source.name)
    root = lists[0].parent.parent
    for name in lists[0].read_text("utf-8").split():
        module = root / f"{name}.py"
        if module.is_file():
            shutil.copyfile(module, folder / module.name)
        else:
            shutil.copytree(root / name, folder / name)
    shutil.rmtree(opened)
