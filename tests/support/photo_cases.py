"""The contract of preparing a photo, for whoever draws: what goes in, and what must come out."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat

from shared.records.photo_edits import Edits, Mark, MarkKind
from shared.records.stamp import STAMP_SHARE
from tests.support import drawn

CHINA = timezone(timedelta(hours=8))
TAKEN = datetime(2026, 5, 1, 9, 30, tzinfo=CHINA)
PLACE = (23.021, 113.752)
LONGEST, QUALITY = 2048, 80
HEIC = (Path(__file__).parent / "pond.heic").read_bytes()
"""64 × 48 pixels as an iPhone writes them. Safari decodes it, Pillow and Chromium do not."""


@dataclass(frozen=True)
class Case:
    """A picture and the size of what is kept of it, or the code of the Problem it meets."""

    name: str
    draw: Callable[[], bytes] = field(repr=False)
    size: tuple[int, int] | None = None
    problem: str | None = None
    taken_at: str | None = None
    position: tuple[float, float] | None = None

    @property
    def data(self) -> bytes:
        """The file, made when asked for: all of them together are large."""
        return self.draw()


def cases() -> list[Case]:
    """Everything that people, cameras and mischief put in."""
    told = {"taken": TAKEN, "position": PLACE}
    seen = {"taken_at": "2026-05-01T09:30:00+08:00", "position": PLACE}
    jpeg = drawn.photo
    return [
        Case("as it is", jpeg, (1200, 900)),
        Case("large", lambda: drawn.photo(4000, 3000, **told), (2048, 1536), **seen),  # type: ignore[arg-type]
        Case("turned", lambda: drawn.photo(2400, 3200, orientation=6, **told), (1536, 2048), **seen),  # type: ignore[arg-type]
        Case("png", lambda: drawn.photo(300, 200, kind="PNG"), (300, 200)),
        Case("webp", lambda: drawn.photo(3000, 1000, kind="WEBP"), (2048, 683)),
        Case("long and thin", lambda: drawn.photo(9000, 2), (2048, 1)),
        Case(
            "south and west",
            lambda: drawn.photo(position=(-23.5, -46.6)),
            (1200, 900),
            position=(-23.5, -46.6),
        ),
        Case("damaged EXIF", lambda: _break_exif(drawn.photo(position=PLACE)), (1200, 900)),
        Case("no fix", lambda: drawn.photo(taken=TAKEN, no_fix=True), (1200, 900), taken_at=seen["taken_at"]),  # type: ignore[arg-type]
        Case("avif", lambda: drawn.photo(3000, 1000, kind="AVIF"), (2048, 683)),
        Case("50 megapixels", lambda: drawn.huge(8192, 6144), (2048, 1536)),
        Case("200 megapixels", lambda: drawn.huge(16320, 12240), (2048, 1536)),
        Case("50 megapixels turned", lambda: drawn.huge(8192, 6144, orientation=6), (1536, 2048)),
        Case("heic", lambda: HEIC, problem="photo_format_unsupported"),
        Case("300 megapixels", lambda: drawn.huge(20000, 15008), problem="photo_too_many_pixels"),
        Case("text", lambda: b"hello, I am a photo.jpg", problem="photo_not_an_image"),
        Case("empty", lambda: b"", problem="photo_unreadable"),
        Case("gif", lambda: b"GIF89a" + b"\x10\x00" * 20, problem="photo_not_an_image"),
        Case("only a header", lambda: jpeg()[:400], problem="photo_not_an_image"),
        Case("65535 squared", lambda: _resize_header(jpeg(), 65535, 65535), problem="photo_too_many_pixels"),
        Case("too large", lambda: jpeg() + b"\0" * (100 * 2**20), problem="photo_too_large"),
    ]


def check(case: Case, result: dict[str, Any]) -> None:
    """`result`: either `problem`, or the fields of a PreparedPhoto with `kept` and `preview` (bytes)."""
    assert result.get("problem") == case.problem, case.name
    if case.problem:
        return
    kept: bytes = result["kept"]
    assert (result["width"], result["height"]) == case.size, case.name
    assert result["sha256"] == hashlib.sha256(kept).hexdigest()
    assert result["original_sha256"] == hashlib.sha256(case.data).hexdigest()
    assert (result["mime"], result["bytes"]) == ("image/jpeg", len(kept))
    assert result["taken_at"] == case.taken_at, case.name
    assert result["position"] == case.position, case.name
    with Image.open(io.BytesIO(kept)) as picture, Image.open(io.BytesIO(result["preview"])) as preview:
        assert picture.format == preview.format == "JPEG"
        assert picture.size == case.size
        assert max(preview.size) <= 320
        assert not picture.getexif()
        assert b"Exif" not in kept[:4000]
        if min(picture.size) > 8:
            assert _reddish(picture, 0.25, 0.25), f"{case.name} is not upright"
            assert not _reddish(picture, 0.75, 0.25), f"{case.name} is not upright"
            assert not _reddish(picture, 0.25, 0.75), f"{case.name} is not upright"
            assert _reddish(preview, 0.25, 0.25)


def _reddish(picture: Image.Image, x: float, y: float) -> bool:
    pixel = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(pixel, tuple)
    return pixel[0] > 180 and pixel[2] < 80


def _break_exif(jpeg: bytes) -> bytes:
    at = jpeg.index(b"Exif\0\0") + 6
    return jpeg[: at + 8] + b"\xff" * 60 + jpeg[at + 68 :]


def _resize_header(jpeg: bytes, width: int, height: int) -> bytes:
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + jpeg[at + 4 :]


STAMP = ("2026-06-01 10:00:00  东城街道  石井塘", "23.042100, 113.783200  ±8 m  张三")


def check_stamp(plain: bytes, stamped: bytes) -> None:
    """Of two copies of `drawn.photo()`, the `stamped` one differs in its lowest tenth, which can be read."""
    with Image.open(io.BytesIO(plain)) as one, Image.open(io.BytesIO(stamped)) as other:
        assert one.size == other.size
        top = int(one.height * (1 - STAMP_SHARE))
        above, foot = (0, 0, one.width, top), (0, top, *one.size)
        changed = ImageChops.difference(one.crop(above).convert("L"), other.crop(above).convert("L"))
        assert ImageStat.Stat(changed).mean[0] < 1
        assert _lightest(one.crop(foot)) < 60
        assert _lightest(other.crop(foot)) > 200, "its letters are light"


def _lightest(picture: Image.Image) -> int:
    return int(picture.convert("L").getextrema()[1])  # type: ignore[arg-type]  # of one band it is a pair


EDITS = Edits(
    turns=1,
    marks=(
        Mark(MarkKind.BLUR, (0.8, 0.8), (0.6, 0.6)),
        Mark(MarkKind.ARROW, (0.6, 0.1), (0.8, 0.3)),
        Mark(MarkKind.CIRCLE, (0.1, 0.6), (0.3, 0.8)),
    ),
)
NOISY = drawn.photo(noise=True)
"""Where nobody drew, neighbouring pixels of it have nothing in common."""


def check_edits(kept: bytes) -> None:
    """`kept` is NOISY with EDITS: turned clockwise, with arrow and circle, and blurred in one part."""
    with Image.open(io.BytesIO(kept)) as turned:
        assert turned.size == (900, 1200)
        picture = turned.convert("RGB").transpose(Image.Transpose.ROTATE_90)
    assert _reddish(picture, 0.2, 0.2), "it was turned the other way"
    columns, rows, wide, high = 5, 4, 48, 45
    left, top = 720, 540
    for column in range(columns):
        for row in range(rows):
            x, y = left + column * wide, top + row * high
            block = picture.crop((x + 12, y + 12, x + wide - 12, y + high - 12))
            assert _spread(block) < 16, "something of what was under a block can be seen"
    beside = picture.crop((left, top - 90, left + 240, top - 10))
    assert _spread(beside) > 100, "what nobody blurred is as it was"
    assert _crimson(picture, 0.7, 0.2), "the arrow"
    assert _crimson(picture, 0.1, 0.7), "the circle at its left"
    assert _crimson(picture, 0.2, 0.8), "the circle at its foot"
    assert not _crimson(picture, 0.2, 0.7), "a circle is hollow"


def _spread(picture: Image.Image) -> int:
    low, high = picture.convert("L").getextrema()
    return int(high) - int(low)  # type: ignore[arg-type]  # of one band they are numbers


def _crimson(picture: Image.Image, x: float, y: float) -> bool:
    left, top = round(x * picture.width), round(y * picture.height)
    red, green, blue = ImageStat.Stat(picture.crop((left - 1, top - 1, left + 2, top + 2))).mean
    return red > 180 and green < 90 and blue < 120
