"""Reads what an image file says of itself, before anything decodes it.

The `imagesize` package does not replace this: it does not say which kind of image it found, takes the
scaling bits of a WebP for part of its size, and adds an HTTP client and an XML parser to the app's start.
"""

from dataclasses import dataclass

from shared import problems
from shared.sync.wire import MAX_PHOTO, MAX_PHOTO_PIXELS

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Header:
    """The kind of an image and its size in pixels, before any turning."""

    mime: str
    width: int
    height: int


def read_header(data: bytes) -> Header:
    """What the file's first bytes say.

    Problems: photo_too_large {bytes, limit}; photo_not_an_image for anything but JPEG, PNG and WebP;
    photo_too_many_pixels {width, height, limit}.
    """
    if len(data) > MAX_PHOTO:
        raise problems.photo_too_large(bytes=len(data), limit=MAX_PHOTO)
    header = _jpeg(data) or _png(data) or _webp(data)
    if header is None or not header.width or not header.height:
        raise problems.photo_not_an_image()
    if header.width * header.height > MAX_PHOTO_PIXELS:
        raise problems.photo_too_many_pixels(width=header.width, height=header.height, limit=MAX_PHOTO_PIXELS)
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
            return Header("image/jpeg", _big(data, at + 7, 2), _big(data, at + 5, 2))
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


def _big(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "big")


def _little(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")
