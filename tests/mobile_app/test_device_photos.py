"""Preparing a photo natively, held to the contract that the browser is held to as well."""

from pathlib import Path

import pytest

from mobile_app.device.exif import read_exif
from mobile_app.device.image_header import read_header
from mobile_app.device.photo_files import FolderPhotoFiles
from mobile_app.device.photos import PickedPhoto, prepare, preview_name
from shared.problems import Problem
from shared.vocabulary import CoordSource, PhotoSource
from tests.support import drawn, photo_cases
from tests.support.photo_cases import LONGEST, QUALITY, Case

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("case", photo_cases.cases(), ids=lambda case: case.name)
async def test_a_photo_is_prepared_as_the_contract_says(tmp_path: Path, case: Case) -> None:
    photo_files = FolderPhotoFiles(tmp_path)
    picked = PickedPhoto(case.data, "a.jpg", PhotoSource.GALLERY)
    try:
        made = await prepare(picked, photo_files, longest=LONGEST, quality=QUALITY)
    except Problem as problem:
        photo_cases.check(case, {"problem": problem.code})
        assert await photo_files.names() == []
        return
    result = {name: getattr(made, name) for name in made.__slots__}
    result["position"] = (made.position.lat, made.position.lon) if made.position else None
    assert made.position is None or made.position.source is CoordSource.PHOTO_EXIF
    photo_cases.check(case, {**result, "kept": await photo_files.get(made.sha256)})
    assert await photo_files.get(preview_name(made.sha256)) == made.preview


@pytest.mark.parametrize(
    ("kind", "lossless"), [("JPEG", False), ("PNG", False), ("WEBP", False), ("WEBP", True)]
)
def test_the_header_says_kind_and_size(kind: str, lossless: bool) -> None:
    data = drawn.photo(321, 123, kind=kind) if not lossless else _lossless(321, 123)
    header = read_header(data)
    assert (header.mime, header.width, header.height) == (f"image/{kind.lower()}", 321, 123)


def test_a_time_without_an_offset_is_the_devices() -> None:
    from datetime import datetime

    data = drawn.photo(taken=datetime(2026, 5, 1, 9, 30))  # noqa: DTZ001, that is the point
    assert read_exif(data, photo_cases.CHINA).at == "2026-05-01T09:30:00+08:00"


def test_no_exif_says_nothing() -> None:
    taken = read_exif(drawn.photo(kind="PNG"))
    assert (taken.at, taken.position) == (None, None)


def _lossless(width: int, height: int) -> bytes:
    import io

    from PIL import Image

    written = io.BytesIO()
    Image.new("RGBA", (width, height), (1, 2, 3, 4)).save(written, "WEBP", lossless=True)
    return written.getvalue()
