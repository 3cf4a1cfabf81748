"""A JPEG is looked through to its end without being unpacked."""

import io

import pytest
from PIL import Image

from shared.problems import Problem
from sync_server.photos import jpeg, renditions
from tests.support.drawn import photo as drawn

TABLES = b"\xff\xdb"


def is_whole(stream: io.BytesIO) -> bool:
    try:
        return jpeg.inspect(stream).width > 0
    except Problem:
        return False


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
    assert is_whole(io.BytesIO(data))
    assert is_whole(io.BytesIO(data + b"what a camera puts behind it"))
    assert not any(is_whole(io.BytesIO(data[:size])) for size in range(len(data)))


def test_a_marker_is_found_wherever_parts_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    data = drawn(64, 64, noise=True)
    for part in range(2, 40):
        monkeypatch.setattr(jpeg, "_PART", part)
        assert is_whole(io.BytesIO(data))
        assert not is_whole(io.BytesIO(data[:-1]))


def test_a_picture_of_very_many_scans_is_refused() -> None:
    assert is_whole(io.BytesIO(with_scans(jpeg.MOST_SCANS)))
    assert not is_whole(io.BytesIO(with_scans(jpeg.MOST_SCANS + 1)))


def test_what_cannot_be_unpacked_has_no_small_copy() -> None:
    with pytest.raises(Problem) as caught:
        renditions.make_small(io.BytesIO(drawn(64, 64).replace(TABLES, b"\xff\xfe")), 32)
    assert caught.value.code == "photo_not_an_image"


@pytest.mark.parametrize(
    "more",
    [b"\xff" * 8_000_000, b"\xff\xfe\x00\x02" * 2_000_000, b"\xff\x01" * 4_000_000],
    ids=["filling", "empty segments", "bare markers"],
)
def test_what_only_takes_time_is_refused(more: bytes) -> None:
    read: list[int] = []

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            read.append(1)
            return super().read(size)

    data = drawn(64, 64)
    stream = Counted(data[:2] + more + data[2:])
    assert not is_whole(stream)
    assert len(read) < 5 * jpeg.MOST_SEGMENTS


def test_an_honest_jpeg_may_have_some_filling_and_many_segments() -> None:
    data = drawn(64, 64)
    more = b"\xff" * 100 + b"\xff\xfe\x00\x04ab" * 500
    assert jpeg.inspect(io.BytesIO(data[:2] + more + data[2:])) == jpeg.inspect(io.BytesIO(data))
