"""Downloads the locked packages for the browser's Python, checks their hashes and unpacks them."""

import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

from mobile_app.packaging import problems
from mobile_app.packaging.programs import run

# The Python shipped with the pinned flet-web: CPython 3.14 for Emscripten.
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
    """Download every package in the requirements file `lock` into `folder` and check its hash.

    Raises the Problem `phone_program_failed` if pip fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run(
        [
            *(sys.executable, "-m", "pip", "download"),
            *("--disable-pip-version-check", "--no-input", "--quiet"),
            # The list is complete: pip resolves nothing, and source archives are unpacked, never installed.
            *("--no-deps", "--no-build-isolation", "--require-hashes", "--prefer-binary"),
            *(*TARGET, "--dest", str(folder), "--requirement", str(lock)),
        ]
    )


def unpack(downloads: Path, folder: Path) -> None:
    """Unpack all wheels and pure source archives in `downloads` into `folder`, as pip would install them."""
    folder.mkdir(parents=True, exist_ok=True)
    for wheel in sorted(downloads.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)  # noqa: S202 - its hash is locked
    for source in sorted(downloads.glob("*.tar.gz")):
        _unpack_source(source, folder)


def _unpack_source(source: Path, folder: Path) -> None:
    """Copy the top-level modules that a pure-Python source archive lists in its metadata."""
    extracted = folder / f".{source.name}"
    with tarfile.open(source) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # absent before Python 3.11.4
        archive.extractall(extracted)  # noqa: S202 - its hash is locked
    lists = sorted(extracted.glob("*/*.egg-info/top_level.txt"))
    if not lists:
        raise problems.wheel_unusable(name=source.name)
    root = lists[0].parent.parent
    for name in lists[0].read_text("utf-8").split():
        module = root / f"{name}.py"
        if module.is_file():
            shutil.copyfile(module, folder / module.name)
        else:
            shutil.copytree(root / name, folder / name)
    shutil.rmtree(extracted)
