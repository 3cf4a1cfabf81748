"""Packing compiled Python for the browser."""

import json
import zipfile
from pathlib import Path

from mobile_app.packaging.web import bundle


def make(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def test_packages_with_side_modules_become_files_and_all_others_go_into_the_archive(tmp_path: Path) -> None:
    site = make(tmp_path / "site", "core/__init__.pyc", "core/_core.cpython-314.so", "pure/__init__.pyc")
    bundle.pack_packages(site, tmp_path / "out")
    assert zipfile.ZipFile(tmp_path / "out" / bundle.PACKAGES).namelist() == ["pure/__init__.pyc"]
    listed = json.loads((tmp_path / "out" / bundle.FILES_LIST).read_text("utf-8"))
    assert [name for name, _ in listed] == ["core/__init__.pyc", "core/_core.cpython-314.so"]
    content = (tmp_path / "out" / bundle.FILES).read_bytes()
    assert content == b"".join(name.encode() for name, _ in listed)
    assert sum(size for _, size in listed) == len(content)


def test_modules_that_no_phone_imports_are_left_out(tmp_path: Path) -> None:
    site = make(
        tmp_path / "site",
        *("pure/__init__.pyc", "pure/icons.json", "pure/py.typed", "pure/notes.md"),
        *("sqlalchemy/__init__.pyc", "sqlalchemy/dialects/mysql/base.pyc", "pure-1.0.dist-info/METADATA"),
        *("quick/md.pyc", "quick/md.cpython-314.so"),
    )
    bundle.pack_packages(site, tmp_path / "out")
    packed = zipfile.ZipFile(tmp_path / "out" / bundle.PACKAGES).namelist()
    assert packed == ["pure/__init__.pyc", "pure/icons.json", "quick/md.pyc", "sqlalchemy/__init__.pyc"]
    assert (tmp_path / "out" / bundle.FILES).read_bytes() == b""


def test_the_same_content_gives_the_same_archive(tmp_path: Path) -> None:
    for name in ("one", "two"):
        bundle.pack_app(make(tmp_path / name, "main.pyc", "shared/towns.csv"), tmp_path / f"{name}.out")
    one, two = ((tmp_path / f"{name}.out" / bundle.APP).read_bytes() for name in ("one", "two"))
    assert one == two
    assert (
        zipfile.ZipFile(tmp_path / "one.out" / bundle.APP).infolist()[0].compress_type == zipfile.ZIP_STORED
    )
