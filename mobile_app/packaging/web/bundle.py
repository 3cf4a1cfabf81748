"""Packs compiled Python for the browser: code that is imported from archives, and files that are laid out."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from mobile_app.packaging.web import licences

APP = "app.zip"
PACKAGES = "packages.zip"
REST = "rest.zip"  # of the packages: what a phone that starts from the snapshot may still import
FILES = "files.bin"  # the files one after another, with the list of them in FILES_LIST: [[path, bytes]]
FILES_LIST = "files.json"

KEPT = {".pyc", ".json", ".so", ".pem"}  # of dependencies; of the app itself everything is kept
REAL_FILES = {".so", ".pem"}  # side modules, and what is opened by its path
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
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


def pack_packages(site: Path, folder: Path) -> None:
    """Write `PACKAGES`, `FILES`, `FILES_LIST` and the licences into `folder`, of the packages in `site`.

    A package that needs real files goes into `FILES` as a whole, all others into the archive.
    """
    members = sorted(_used(site))
    laid_out = {_top(name) for name, path in members if path.suffix in REAL_FILES}
    folder.mkdir(parents=True, exist_ok=True)
    _archive(((name, path) for name, path in members if _top(name) not in laid_out), folder / PACKAGES)
    files = [(name, path.read_bytes()) for name, path in members if _top(name) in laid_out]
    (folder / FILES).write_bytes(b"".join(content for _, content in files))
    (folder / FILES_LIST).write_text(json.dumps([(name, len(content)) for name, content in files]), "utf-8")
    (folder / licences.NAME).write_text(licences.of_packages(site), "utf-8")


def pack_app(app: Path, folder: Path) -> None:
    """Write `APP` into `folder`: everything in the folder `app`, compiled code and data."""
    folder.mkdir(parents=True, exist_ok=True)
    _archive(sorted(_all(app)), folder / APP)


def pack_rest(folder: Path, imported: set[str]) -> None:
    """Write `REST` into `folder`: its `PACKAGES` without the members `imported`."""
    with zipfile.ZipFile(folder / PACKAGES) as packages, zipfile.ZipFile(folder / REST, "w") as rest:
        for member in packages.infolist():
            if member.filename not in imported:
                rest.writestr(member, packages.read(member))


def _archive(members: Iterable[tuple[str, Path]], out: Path) -> None:
    """A zip of stored entries: the server compresses it as a whole, and the phone reads without inflating."""
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
            continue  # the same module in Python is there: not worth a side module at start
        yield name, path


def _top(name: str) -> str:
    return name.partition("/")[0]
