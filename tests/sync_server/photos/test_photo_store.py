"""What every photo store promises, whatever it keeps photos in."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from shared import problems
from shared.problems import Problem
from sync_server.photos.staging import UploadStaging
from sync_server.photos.store import FolderPhotoStore, PhotoStore
from tests.support import drawn

STORES: dict[str, Callable[[Path], PhotoStore]] = {"folder": FolderPhotoStore}
DATA = drawn.photo(60, 40)
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    return STORES[request.param](tmp_path / "photos")


@pytest.fixture
def staging(tmp_path: Path) -> UploadStaging:
    return UploadStaging(tmp_path / "photos" / "partial")


def read(store: PhotoStore) -> bytes:
    with store.open(SHA256) as stream:
        return stream.read()


def test_what_is_put_can_be_opened(store: PhotoStore) -> None:
    assert not store.exists(SHA256)
    store.put(SHA256, DATA)
    assert store.exists(SHA256)
    assert read(store) == DATA


def test_putting_a_photo_again_changes_nothing(store: PhotoStore) -> None:
    store.put(SHA256, DATA)
    store.put(SHA256, DATA)
    assert read(store) == DATA


def test_a_photo_that_is_not_here_is_a_problem(store: PhotoStore) -> None:
    with pytest.raises(Problem) as missing:
        store.open(SHA256)
    assert missing.value.kind is problems.photo_not_here


def test_a_removed_photo_is_gone_and_may_be_removed_again(store: PhotoStore) -> None:
    store.put(SHA256, DATA)
    store.remove(SHA256)
    store.remove(SHA256)
    assert not store.exists(SHA256)


def test_a_staged_file_is_taken_over(store: PhotoStore, staging: UploadStaging) -> None:
    staging.begin("upload")
    staging.append("upload", 0, DATA)
    store.put_staged(SHA256, staging.staged("upload"))
    assert read(store) == DATA
    assert staging.size("upload") is None


def test_an_open_photo_can_be_read_though_it_is_removed(store: PhotoStore) -> None:
    store.put(SHA256, DATA)
    with store.open(SHA256) as stream:
        store.remove(SHA256)
        assert stream.read() == DATA
