"""Which photos count as nearly the same picture: copies of one, not two of one place."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from shared.records.stamp import STAMP_SHARE
from sync_server.demo import pictures
from sync_server.photos import renditions
from sync_server.photos.picture import alike
from sync_server.photos.service import PhotoService

SCENES = [(kind, scene) for kind in pictures.KINDS for scene in range(12)]


def dhash(data: bytes) -> bytes:
    return renditions.dhash(io.BytesIO(data))


def jpeg(image: Image.Image, quality: int = 80) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality)
    return written.getvalue()


def test_no_two_photos_of_a_place_before_and_after_are_alike_and_most_copies_are() -> None:
    copied = 0
    for kind, scene in SCENES:
        before, after = (pictures.draw(kind, scene, done, "drawn") for done in (False, True))
        assert not alike(dhash(before), dhash(after)), (kind, scene)
        with Image.open(io.BytesIO(before)) as image:
            copied += alike(dhash(before), dhash(jpeg(image.resize((240, 180)), 70)))
    assert copied >= 0.85 * len(SCENES)


def test_a_picture_without_contrast_is_like_no_other() -> None:
    night, fog = (jpeg(Image.new("L", (400, 300), shade)) for shade in (6, 200))
    assert dhash(night) == dhash(fog) == b""
    assert not alike(dhash(night), dhash(fog))


def test_what_cannot_be_decoded_has_no_dhash_and_is_not_tried_again(tmp_path: Path) -> None:
    photos = PhotoService.in_folder(tmp_path)
    whole = jpeg(Image.linear_gradient("L").resize((300, 200)))
    for data, expected in ((whole, dhash(whole)), (whole[:200], b"")):
        sha256 = hashlib.sha256(data).hexdigest()
        photos.store.put(sha256, data)
        assert photos.dhash(sha256) == expected
        photos.store.put(sha256, b"")
        assert photos.dhash(sha256) == expected
        photos.forget(sha256)
    assert not [*(tmp_path / "small").rglob("*.jpg")]


def stamped(data: bytes, text: str) -> Image.Image:
    """With a dark band over its lowest tenth and something light in it, as the phone stamps photos."""
    with Image.open(io.BytesIO(data)) as opened:
        image = opened.convert("RGB")
    top = image.height - int(image.height * STAMP_SHARE)
    image.paste("black", (0, top, *image.size))
    ImageDraw.Draw(image).text((4, top + 2), text, "white", ImageFont.load_default(image.height // 14))
    return image


def test_a_stamp_neither_hides_a_copy_nor_makes_two_pictures_one() -> None:
    for kind, scene in SCENES:
        before, after = (pictures.draw(kind, scene, done, "drawn") for done in (False, True))
        one, other = (jpeg(stamped(before, text)) for text in ("2026-06-01 10:00 DG-1", "9999 wwwwwwwwww"))
        assert alike(dhash(before), dhash(one)), (kind, scene)
        assert alike(dhash(one), dhash(other)), (kind, scene)
        assert not alike(dhash(one), dhash(jpeg(stamped(after, "2026-06-01 10:00 DG-1")))), (kind, scene)


@pytest.mark.parametrize("size", [(300, 1), (1, 300), (2, 2)])
def test_a_picture_without_room_for_a_stamp_is_hashed_too(size: tuple[int, int]) -> None:
    assert len(dhash(jpeg(Image.new("L", size, 128)))) in (0, 8)
