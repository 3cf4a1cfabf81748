"""What a file of a photo shows itself to be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """Its kind, and its sides in pixels."""

    mime: str
    width: int
    height: int
