"""Copies the part of the npm package jose that seals home visits in the browser."""

import re
import shutil
from pathlib import Path

from mobile_app.packaging import problems

PACKAGE = "jose"
FOLDER = "jose"  # in the web app
ENTRIES = ("jwe/compact/encrypt.js", "key/import.js")
_ROOT = f"{PACKAGE}/dist/webapi"
_LICENCE = f"{PACKAGE}/LICENSE.md"
_IMPORT = re.compile(r"""\bfrom\s*["'](\.[^"']+)["']""")


def files(packages: Path) -> list[Path]:
    """The package's licence, `ENTRIES` and all that they import; `packages` is the folder of npm packages.

    Raises the Problem `phone_npm_missing` where one is not there.
    """
    return [packages / _LICENCE, *_modules(packages)]


def install(folder: Path, packages: Path) -> None:
    """Copy the modules into `FOLDER` of the web app in `folder`, with the licence."""
    target = folder / FOLDER
    for module in _modules(packages):
        copy = target / module.relative_to(packages / _ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module, copy)
    shutil.copyfile(packages / _LICENCE, target / "LICENSE.md")


def _modules(packages: Path) -> list[Path]:
    root = (packages / _ROOT).resolve()
    waiting, found = [root / name for name in ENTRIES], set[Path]()
    while waiting:
        module = waiting.pop()
        if module in found:
            continue
        if not module.is_file() or not (packages / _LICENCE).is_file():
            raise problems.npm_missing(path=str(module), package=PACKAGE)
        found.add(module)
        waiting += [(module.parent / name).resolve() for name in _IMPORT.findall(module.read_text("utf-8"))]
    return [packages / _ROOT / module.relative_to(root) for module in sorted(found)]
