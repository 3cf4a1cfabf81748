"""Packs compiled Python for the browser into two archives: one imported as it is, one unpacked at start."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

CODE = "code.zip"  # imported without unpacking
FILES = "files.zip"  # packages that need real files: side modules and what is opened by path

KEPT = {".pyc", ".json", ".so", ".pem"}  # of dependencies; of the app itself everything is kept
REAL_FILES = {".so", ".pem"}
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


def pack(site: Path, app: Path, folder: Path) -> None:
    """Write the archives `CODE` and `FILES` into `folder`.

    `site` holds the unpacked, compiled dependencies; `app` the compiled app. Entries are stored, not deflated: the
    server sends them compressed as a whole, and the phone reads them without inflating.
    """
    members = sorted([*_dependencies(site), *_all(app)])
    unpacked = {_top(name) for name, _ in members if Path(name).suffix in REAL_FILES}
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / CODE, "w") as code, zipfile.ZipFile(folder / FILES, "w") as files:
        for name, path in members:
            archive = files if _top(name) in unpacked else code
            archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes())


def _all(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _dependencies(site: Path) -> Iterator[tuple[str, Path]]:
    for name, path in _all(site):
        if path.suffix not in KEPT or ".dist-info/" in name or name.startswith(UNUSED):
            continue
        if path.suffix == ".so" and path.with_name(path.name.partition(".")[0] + ".pyc").exists():
            continue  # the same module in Python is there: not worth a side module at start
        yield name, path


def _top(name: str) -> str:
    return name.partition("/")[0]
