"""Where the marks of a photo lie in pixels, whoever draws them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from shared.records.photo_edits import Mark, MarkKind

BLOCKS = 5
"""What is blurred becomes so many blocks on its longer side: nothing that tells a face from another."""
PENS = (("white", 2.0), ("crimson", 1.0))
"""Colours and how many strokes wide they are drawn, one over the other: both stand out on any ground."""
_STROKES = 160
"""So many strokes side by side are as wide as the longer side of a picture."""
_WING = 6.0
"""How long the two lines of an arrow's head are, in strokes, and no longer than half of the arrow."""
_SLANT = math.radians(30)
_CORNERS = 72
"""A circle is drawn as a polygon with so many."""

Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Blur:
    """A rectangle of whole pixels and the `columns` and `rows` of blocks that it becomes."""

    left: int
    top: int
    width: int
    height: int
    columns: int
    rows: int


def stroke(width: int, height: int) -> int:
    """How wide a line is in a picture of this size, in pixels."""
    return max(2, round(max(width, height) / _STROKES))


def blurs(marks: tuple[Mark, ...], width: int, height: int) -> Iterator[Blur]:
    """What is to be blurred in a picture of this size: every pixel that a mark touches."""
    for mark in (one for one in marks if one.kind is MarkKind.BLUR):
        left, top, right, bottom = mark.box
        x, y = math.floor(left * width), math.floor(top * height)
        sides = (math.ceil(right * width) - x, math.ceil(bottom * height) - y)
        if min(sides) > 0:
            columns, rows = (max(1, min(side, round(BLOCKS * side / max(sides)))) for side in sides)
            yield Blur(x, y, *sides, columns, rows)


def outlines(marks: tuple[Mark, ...], width: int, height: int) -> Iterator[Line]:
    """The lines, from point to point in pixels, of the arrows and circles in a picture of this size."""
    for mark in marks:
        (x0, y0), (x1, y1) = ((x * width, y * height) for x, y in (mark.start, mark.end))
        if mark.kind is MarkKind.CIRCLE:
            middle, radii = ((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0) / 2, (y1 - y0) / 2)
            angles = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS + 1)]
            yield tuple(
                (middle[0] + radii[0] * math.cos(angle), middle[1] + radii[1] * math.sin(angle))
                for angle in angles
            )
        elif mark.kind is MarkKind.ARROW:
            back = math.atan2(y0 - y1, x0 - x1)
            wing = min(_WING * stroke(width, height), math.hypot(x1 - x0, y1 - y0) / 2)
            tips = [
                (x1 + wing * math.cos(back + slant), y1 + wing * math.sin(back + slant))
                for slant in (-_SLANT, _SLANT)
            ]
            yield (x0, y0), (x1, y1)
            yield tips[0], (x1, y1), tips[1]
