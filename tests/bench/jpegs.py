"""Photos of the size that phones send: real JPEGs of 300 kB, no two alike."""

import hashlib
import io
import uuid
from dataclasses import dataclass
from random import Random

from PIL import Image

SIDES = (2048, 1536)
BYTES = 300_000
_COMMENT = b"\xff\xfe"
_COMMENT_MOST = 65_000


@dataclass(frozen=True, slots=True)
class Jpeg:
    """One photo as it travels, with its hash and the id of its record."""

    data: bytes
    sha256: str
    record: str


def photos(seed: int, count: int) -> list[Jpeg]:
    """`count` photos of exactly `BYTES` bytes: one picture, made different by random comments."""
    chance = Random(seed)
    picture = _picture(chance)
    return [_photo(picture, chance) for _ in range(count)]


def _photo(picture: bytes, chance: Random) -> Jpeg:
    comments = b""
    while missing := BYTES - len(picture) - len(comments):
        length = missing - 4 if missing <= _COMMENT_MOST else min(_COMMENT_MOST, missing - 8) - 4
        comments += _COMMENT + (length + 2).to_bytes(2, "big") + chance.randbytes(length)
    data = picture[:2] + comments + picture[2:]
    return Jpeg(
        data, hashlib.sha256(data).hexdigest(), str(uuid.UUID(int=chance.getrandbits(128), version=4))
    )


def _picture(chance: Random) -> bytes:
    """A JPEG with the grain of a photo, a little under `BYTES`."""
    width, height = SIDES
    coarse = Image.frombytes("RGB", (width // 8, height // 8), chance.randbytes(width * height * 3 // 64))
    image = coarse.resize(SIDES, Image.Resampling.BICUBIC)
    for quality in range(90, 5, -3):
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        if file.tell() <= BYTES - 100:
            return file.getvalue()
    raise ValueError(SIDES)
