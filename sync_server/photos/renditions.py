"""Looking into pictures: whether bytes are one, of which kind and size, and smaller copies of them."""

import io
import threading
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

from shared import problems
from shared.sync.wire import MAX_PHOTO_PIXELS
from sync_server.photos import jpeg

_FORMATS = ("JPEG", "PNG", "WEBP")  # MPO, what some cameras write, opens as JPEG
_MIMES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_UNPACKING = threading.BoundedSemaphore(2)  # one picture of the largest size is 200 MB unpacked
_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file shows itself to be; sides in pixels."""

    mime: str
    width: int
    height: int


def look(stream: BinaryIO) -> Picture:
    """What the picture in a stream is, looked through to its end.

    A JPEG, which is what phones send, is not unpacked for that: its hash shows that it is what the phone
    made, and unpacking costs as much as all else. Raises Problem photo_not_an_image, and
    photo_too_many_pixels before anything is unpacked.
    """
    try:
        with Image.open(stream, formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PHOTO_PIXELS:
                raise problems.photo_too_many_pixels(width=width, height=height, limit=MAX_PHOTO_PIXELS)
            mime = _MIMES[image.format or ""]
            if mime == "image/jpeg":
                stream.seek(0)
                if not jpeg.is_whole(stream):
                    raise problems.photo_not_an_image()
            else:
                with _UNPACKING:
                    image.load()
            return Picture(mime, width, height)
    except _BOMBS:
        raise problems.photo_too_many_pixels(limit=MAX_PHOTO_PIXELS) from None
    except problems.Problem:
        raise
    except Exception:  # bytes that only begin like a picture make Pillow raise anything
        raise problems.photo_not_an_image() from None


def make_small(source: BinaryIO, side: int) -> bytes:
    """A JPEG of at most `side` pixels, upright and without EXIF.

    Raises Problem photo_not_an_image for a picture that cannot be unpacked.
    """
    made = io.BytesIO()
    _small(source, side).save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue()


def _small(source: BinaryIO, side: int) -> Image.Image:
    try:
        with Image.open(source, formats=_FORMATS) as image:
            image.draft("RGB", (side, side))
            image.load()
            upright = _upright(image)
            upright.thumbnail((side, side), reducing_gap=2.0)
            return _on_white(upright)
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
