"""Reads what an image file says of itself, before anything decodes it; its name says nothing.

The `imagesize` package does not replace this: it does not say which kind of image it found, takes the
scaling bits of a WebP for part of its size, and adds an HTTP client and an XML parser to the app's start.
"""

from dataclasses import dataclass

from shared import problems

MAX_BYTES = 100 * 2**20
"""Most bytes of a photo as it is chosen; what is kept and sent of it is far smaller."""
MAX_PIXELS_BY_LINES = 220_000_000
"""Most pixels of a JPEG that is decoded line by line, so that only the small picture needs memory."""
MAX_PIXELS = 64_000_000
"""Most pixels of any other picture: all of them are in memory before it can be made small."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BY_LINES = (0xC0, 0xC1)  # baseline and extended sequential; cameras write the first
_MOST_BOXES = 64  # before the one that is looked for
_HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
_AVIF = frozenset({b"avif", b"avis"})


@dataclass(frozen=True, slots=True)
class Header:
    """The kind of an image and its size in pixels, before any turning; `most` pixels that it may have."""

    mime: str
    width: int
    height: int
    most: int = MAX_PIXELS


def read_header(data: bytes) -> Header:
    """What the file's first bytes say.

    Problems: photo_unreadable for no bytes at all; photo_too_large {bytes, limit}; photo_not_an_image for
    anything but JPEG, PNG, WebP, HEIF and AVIF; photo_too_many_pixels {width, height, limit}.
    """
    if not data:
        raise problems.photo_unreadable()
    if len(data) > MAX_BYTES:
        raise problems.photo_too_large(bytes=len(data), limit=MAX_BYTES)
    header = _jpeg(data) or _png(data) or _webp(data) or _heif(data)
    if header is None or not header.width or not header.height:
        raise problems.photo_not_an_image()
    if header.width * header.height > header.most:
        raise problems.photo_too_many_pixels(width=header.width, height=header.height, limit=header.most)
    return header


def _jpeg(data: bytes) -> Header | None:
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES:
            most = MAX_PIXELS_BY_LINES if marker in _BY_LINES else MAX_PIXELS
            return Header("image/jpeg", _big(data, at + 7, 2), _big(data, at + 5, 2), most)
        at += 2 + max(2, _big(data, at + 2, 2))
    return None


def _png(data: bytes) -> Header | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return Header("image/png", _big(data, 16, 4), _big(data, 20, 4))


def _webp(data: bytes) -> Header | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8 ":
            return Header("image/webp", _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF)
        case b"VP8L":
            bits = _little(data, 21, 4)
            return Header("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8X":
            return Header("image/webp", _little(data, 24, 3) + 1, _little(data, 27, 3) + 1)
    return None


def _heif(data: bytes) -> Header | None:
    """HEIF and AVIF: boxes of length and name; the sizes of the pictures in it stand in its `meta` box."""
    if data[4:8] != b"ftyp":
        return None
    end = min(_big(data, 0, 4), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if not brands & (_HEIF | _AVIF):
        return None
    at = 0
    for _ in range(_MOST_BOXES):
        at += max(8, _big(data, at, 4))
        if data[at + 4 : at + 8] == b"meta":
            break
    meta = data[at : at + _big(data, at, 4)]
    sizes = [(_big(meta, at + 8, 4), _big(meta, at + 12, 4)) for at in _places(meta, b"ispe")]
    width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    return Header("image/avif" if brands & _AVIF else "image/heic", width, height)


def _places(data: bytes, name: bytes) -> list[int]:
    """Where `name` stands in `data`."""
    found, at = [], data.find(name)
    while at >= 0:
        found.append(at)
        at = data.find(name, at + 4)
    return found


def _big(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "big")


def _little(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")
