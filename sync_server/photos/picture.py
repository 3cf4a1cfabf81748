"""What a photo file turned out to be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """Its MIME type, and its width and height in pixels."""

    mime: str
    width: int
    height: int
