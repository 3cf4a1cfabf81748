"""Packs compiled Python for the browser: archives to import from, and files to unpack before the start."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from mobile_app.packaging.web import licences

APP = "app.zip"
PACKAGES = "packages.zip"
FILES = "files.bin"  # the unpacked files concatenated; FILES_LIST lists them as [[path, bytes]]
FILES_LIST = "files.json"

KEPT = {".pyc", ".json", ".so", ".pem"}  # of the dependencies; the app itself is packed whole
REAL_FILES = {".so", ".pem"}  # side modules, and files opened by path
UNUSED = (  # never imported on a phone
    "flet/testing/",
    "flutter/",
    "pydantic/v1/",
    "sqlalchemy/dialects/mssql/",
    "sqlalchemy/dialects/mysql/",
    "sqlalchemy/dialects/oracle/",
    "sqlalchemy/dialects/postgresql/",
    "sqlalchemy/testing/",
)
EPOCH = (1980, 1, 1, 0, 0, 0)  # a fixed date keeps archives reproducible


def pack_packages(site: Path, folder: Path) -> None:
    """Pack the packages in `site` into `folder`: `PACKAGES`, `FILES`, `FILES_LIST` and the licences.

    A package that needs real files goes into `FILES` as a whole, every other one into the archive.
    """
    members = sorted(_used(site))
    unpacked = {_top(name) for name, path in members if path.suffix in REAL_FILES}
    folder.mkdir(parents=True, exist_ok=True)
    _archive(((name, path) for name, path in members if _top(name) not in unpacked), folder / PACKAGES)
    files = [(name, path.read_bytes()) for name, path in members if _top(name) in unpacked]
    (folder / FILES).write_bytes(b"".join(content for _, content in files))
    (folder / FILES_LIST).write_text(json.dumps([(name, len(content)) for name, content in files]), "utf-8")
    (folder / licences.NAME).write_text(licences.of_packages(site), "utf-8")


def pack_app(app: Path, folder: Path) -> None:
    """Write `APP` into `folder`: everything in the folder `app`, compiled code and data."""
    folder.mkdir(parents=True, exist_ok=True)
    pack_folder(app, folder / APP)


def pack_folder(folder: Path, out: Path) -> None:
    """Write everything in `folder` to the archive `out`."""
    _archive(sorted(_all(folder)), out)


def _archive(members: Iterable[tuple[str, Path]], out: Path) -> None:
    """An uncompressed zip: the server compresses it as a whole, and the phone need not inflate entries."""
    with zipfile.ZipFile(out, "w") as archive:
        for name, path in members:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes())


def _all(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _used(site: Path) -> Iterator[tuple[str, Path]]:
    for name, path in _all(site):
        if path.suffix not in KEPT or ".dist-info/" in name or name.startswith(UNUSED):
            continue
        if path.suffix == ".so" and path.with_name(path.name.partition(".")[0] + ".pyc").exists():
            continue  # there is a pure Python version: not worth loading a side module at start
        yield name, path


def _top(name: str) -> str:
    return name.partition("/")[0]
