"""A JPEG is looked through to its end without being unpacked."""

import io

import pytest
from PIL import Image

from shared.problems import Problem
from sync_server.photos import jpeg, renditions
from tests.support.drawn import photo as drawn

TABLES = b"\xff\xdb"


def progressive() -> bytes:
    written = io.BytesIO()
    Image.open(io.BytesIO(drawn(64, 64, noise=True))).save(written, "JPEG", progressive=True)
    return written.getvalue()


def with_scans(count: int) -> bytes:
    """A JPEG whose one scan is there `count` times."""
    data = drawn(16, 16)
    scan = data.index(b"\xff\xda")
    return data[:scan] + data[scan:-2] * count + data[-2:]


@pytest.mark.parametrize("data", [drawn(64, 64, noise=True), progressive()], ids=["baseline", "progressive"])
def test_a_jpeg_is_whole_with_its_last_byte_and_not_before(data: bytes) -> None:
    assert jpeg.is_whole(io.BytesIO(data))
    assert jpeg.is_whole(io.BytesIO(data + b"what a camera puts behind it"))
    assert not any(jpeg.is_whole(io.BytesIO(data[:size])) for size in range(len(data)))


def test_a_marker_is_found_wherever_parts_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    data = drawn(64, 64, noise=True)
    for part in range(2, 40):
        monkeypatch.setattr(jpeg, "_PART", part)
        assert jpeg.is_whole(io.BytesIO(data))
        assert not jpeg.is_whole(io.BytesIO(data[:-1]))


def test_a_picture_of_very_many_scans_is_refused() -> None:
    assert jpeg.is_whole(io.BytesIO(with_scans(jpeg.MOST_SCANS)))
    assert not jpeg.is_whole(io.BytesIO(with_scans(jpeg.MOST_SCANS + 1)))


def test_what_cannot_be_unpacked_has_no_small_copy() -> None:
    with pytest.raises(Problem) as caught:
        renditions.make_small(io.BytesIO(drawn(64, 64).replace(TABLES, b"\xff\xfe")), 32)
    assert caught.value.code == "photo_not_an_image"
