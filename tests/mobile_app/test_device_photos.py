"""Preparing a photo natively, held to the contract that the browser is held to as well."""

import hashlib
from pathlib import Path

import pytest

from mobile_app.device.drawing import with_pillow
from mobile_app.device.drawing.drawing import band
from mobile_app.device.drawing.marks import BLOCKS, blurs
from mobile_app.device.exif import read_exif
from mobile_app.device.image_header import read_header
from mobile_app.device.photo_files import FolderPhotoFiles
from mobile_app.device.photos import PickedPhoto, prepare, preview_name
from shared.problems import Problem
from shared.records.photo_edits import Mark, MarkKind
from shared.records.stamp import STAMP_SHARE
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


@pytest.mark.parametrize("fonts", [with_pillow.FONTS, ()])
async def test_a_stamp_is_written_over_the_foot_whatever_fonts_the_device_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fonts: tuple[str, ...]
) -> None:
    monkeypatch.setattr(with_pillow, "FONTS", fonts)
    photo_files = FolderPhotoFiles(tmp_path)
    picked = PickedPhoto(drawn.photo(), "a.jpg", PhotoSource.CAMERA)
    plain, stamped = [
        await prepare(picked, photo_files, longest=LONGEST, quality=QUALITY, stamp=stamp)
        for stamp in ((), photo_cases.STAMP)
    ]
    assert plain.original_sha256 == stamped.original_sha256
    assert plain.sha256 != stamped.sha256
    photo_cases.check_stamp(*[await photo_files.get(one.sha256) for one in (plain, stamped)])


async def test_a_picture_too_small_to_be_read_gets_no_stamp(tmp_path: Path) -> None:
    photo_files = FolderPhotoFiles(tmp_path)
    picked = PickedPhoto(drawn.photo(120, 90), "a.jpg", PhotoSource.CAMERA)
    plain, stamped = [
        await prepare(picked, photo_files, longest=LONGEST, quality=QUALITY, stamp=stamp)
        for stamp in ((), photo_cases.STAMP)
    ]
    assert plain.sha256 == stamped.sha256


async def test_what_is_drawn_is_in_the_kept_picture_and_what_is_blurred_is_not(tmp_path: Path) -> None:
    photo_files = FolderPhotoFiles(tmp_path)
    picked = PickedPhoto(photo_cases.NOISY, "a.jpg", PhotoSource.GALLERY)
    made = await prepare(
        picked,
        photo_files,
        longest=LONGEST,
        quality=QUALITY,
        stamp=photo_cases.STAMP,
        edits=photo_cases.EDITS,
    )
    assert made.original_sha256 == hashlib.sha256(picked.data).hexdigest()
    assert (made.width, made.height) == (900, 1200)
    assert sorted(await photo_files.names()) == sorted([made.sha256, preview_name(made.sha256)])
    photo_cases.check_edits(await photo_files.get(made.sha256))


@pytest.mark.parametrize("side", [3, 12, 700])
def test_a_blurred_part_of_any_size_is_no_more_than_some_blocks(side: int) -> None:
    mark = Mark(MarkKind.BLUR, (0.1, 0.1), (0.1 + side / 1000, 0.1 + side / 1000))
    [blur] = blurs((mark,), 1000, 1000)
    assert blur.width >= side
    assert blur.columns * blur.rows <= BLOCKS**2
    assert blur.columns <= blur.width


def test_what_is_blurred_reaches_over_the_edge_of_the_picture_and_no_further() -> None:
    [blur] = blurs((Mark(MarkKind.BLUR, (0.9, -0.2), (1.3, 0.1)),), 100, 100)
    assert (blur.left, blur.top, blur.left + blur.width, blur.top + blur.height) == (90, 0, 100, 10)
    assert list(blurs((Mark(MarkKind.BLUR, (1.2, 0.2), (1.3, 0.4)),), 100, 100)) == []


@pytest.mark.parametrize(("width", "height"), [(2048, 1536), (1536, 2048), (2048, 640)])
@pytest.mark.parametrize("letters", [10, 40, 90])
def test_a_stamp_covers_no_more_than_the_lowest_tenth(width: int, height: int, letters: int) -> None:
    place = band(width, height, 2, lambda size: size * letters)
    assert place is not None
    assert place.top + place.height == height
    assert place.height <= height * STAMP_SHARE
    assert place.margin + place.font * letters <= width
