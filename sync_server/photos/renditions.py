"""Decodes pictures, in the process of `unpacking`; the server's own process must never do this.

Imports only what this small process needs.
"""

import io
from typing import Any, BinaryIO

from PIL import Image, ImageOps, WebPImagePlugin

from shared import problems
from shared.records.stamp import STAMP_SHARE
from sync_server.photos.picture import Picture

MOST_UNPACKED_PIXELS = 16_000_000
"""Limit for PNG and WebP, which cannot be decoded in part: a WebP takes about 20 bytes a pixel."""
_UNPACKED = {"PNG": "image/png", "WEBP": "image/webp"}
_FORMATS = ("JPEG", *_UNPACKED)  # MPO, what some cameras write, opens as JPEG
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)
_QUALITY = 80
_HASHED_SIDE, _GRID = 320, (9, 8)
_LEAST_CONTRAST = 24
"""Shades of 256: a picture with fewer is a wall, fog or the night."""


class _WebP(WebPImagePlugin.WebPImageFile):
    """A WebP of which only the first frame is decoded.

    Its decoder goes before the image is made: it holds two canvases of the picture, half of what the largest
    one needed.
    """

    def _get_next(self) -> tuple[bytes, int, int]:
        frame = super()._get_next()
        self._decoder: Any = None
        return frame


Image.register_open(_WebP.format, _WebP, WebPImagePlugin._accept)


def inspect(stream: BinaryIO) -> Picture:
    """Inspect the PNG or WebP in a stream, decoding all of it.

    Raises Problem photo_not_an_image, and photo_too_many_pixels before anything is decoded.
    """
    try:
        _check_pixels(*_webp_sides(stream))  # Pillow makes room for a WebP's pixels when it opens it
        with Image.open(stream, formats=tuple(_UNPACKED)) as image:
            width, height = image.size
            _check_pixels(width, height)
            image.load()
            return Picture(_UNPACKED[image.format or ""], width, height)
    except _BOMBS:
        raise problems.photo_too_many_pixels(limit=MOST_UNPACKED_PIXELS) from None
    except problems.Problem:
        raise
    except Exception:  # bytes that only begin like a picture make Pillow raise anything
        raise problems.photo_not_an_image() from None


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_UNPACKED_PIXELS:
        raise problems.photo_too_many_pixels(width=width, height=height, limit=MOST_UNPACKED_PIXELS)


def _webp_sides(stream: BinaryIO) -> tuple[int, int]:
    """The size that a WebP claims, (0, 0) for anything else."""
    head = stream.read(30)
    stream.seek(0)
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0, 0
    match head[12:16]:
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
        case b"VP8L":
            sides = int.from_bytes(head[21:25], "little")
            return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
        case _:
            width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (26, 28))
            return width, height


def make_small(source: BinaryIO, side: int) -> bytes:
    """A JPEG of at most `side` pixels, upright and without EXIF.

    Raises Problem photo_not_an_image for a picture that cannot be decoded.
    """
    made = io.BytesIO()
    _small(source, side).save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue()


def dhash(source: BinaryIO) -> bytes:
    """The dHash of a picture, 64 bits: which of two neighbours in a grid of 9 by 8 shades is lighter.

    The foot of the picture, where a stamp may lie, is left out.

    b"" for one with so little contrast that it would be like many others. Raises Problem photo_not_an_image.
    """
    small = _small(source, _HASHED_SIDE).convert("L")
    foot = int(small.height * STAMP_SHARE) + 2  # it was shrunk: what lies there is smeared a little
    above = small.crop((0, 0, small.width, max(1, small.height - foot)))
    grid = above.resize(_GRID, Image.Resampling.LANCZOS).tobytes()
    if max(grid) - min(grid) < _LEAST_CONTRAST:
        return b""
    width, height = _GRID
    bits = 0
    for place in (row * width + column for row in range(height) for column in range(width - 1)):
        bits = bits << 1 | (grid[place] > grid[place + 1])
    return bits.to_bytes(8)


def _small(source: BinaryIO, side: int) -> Image.Image:
    try:
        with Image.open(source, formats=_FORMATS) as image:
            image.draft("RGB", (side, side))
            image.load()
            image.thumbnail((side, side), reducing_gap=2.0)  # first, as turning makes another copy
            return _on_white(_upright(image))
    except Exception:
        raise problems.photo_not_an_image() from None


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged EXIF: better lying on its side than not seen
        return image


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    paper = Image.new("RGBA", clear.size, "white")
    paper.alpha_composite(clear)
    return paper.convert("RGB")
