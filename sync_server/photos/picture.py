"""What a photo file turned out to be, and whether two look alike."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """Its MIME type, and its width and height in pixels."""

    mime: str
    width: int
    height: int


NEAR_BITS = 4
"""Of the 64 of `renditions.dhash`, so many may differ between copies of one picture.

Of 240 drawn waters no pair of before and after, seen from one place, is that alike (at 6 bits 1 % are); of
their copies 97 % at half the size are, 95 % at JPEG quality 50, 78 % made lighter by 15 %, 33 % cut by 2 %.
"""


def alike(dhash: bytes, other: bytes) -> bool:
    """Whether two pictures are nearly the same, by their dHashes; never where one has none."""
    if not dhash or not other:
        return False
    return (int.from_bytes(dhash) ^ int.from_bytes(other)).bit_count() <= NEAR_BITS
