"""What a person draws on a photo before it is kept: turned, pointed at, made unrecognisable."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

Point = tuple[float, float]
"""Shares of a picture's width and height, from its upper left corner."""


class MarkKind(StrEnum):
    """What a mark is."""

    ARROW = "arrow"
    CIRCLE = "circle"
    BLUR = "blur"


@dataclass(frozen=True, slots=True)
class Mark:
    """From `start` to `end`, points of the upright picture before it is turned.

    An arrow points at its end. A circle, which may be an ellipse, and what is blurred fill the rectangle
    between the two.
    """

    kind: MarkKind
    start: Point
    end: Point

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of the part of it that lies in the picture."""
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(self.start, self.end, strict=True))
        return max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)


@dataclass(frozen=True, slots=True)
class Edits:
    """What becomes of a photo: its `marks` are drawn, then it is turned by quarter `turns`, clockwise.

    `faces_checked`: a program looked for faces, and somebody could see what it found.
    """

    turns: int = 0
    marks: tuple[Mark, ...] = ()
    faces_checked: bool = False

    def turned(self) -> "Edits":
        """The same, and turned once more."""
        return replace(self, turns=(self.turns + 1) % 4)

    def marked(self, kind: MarkKind, start: Point, end: Point) -> "Edits":
        """The same with a mark more; the points are those of the picture as it is turned now."""
        mark = Mark(kind, self._unturned(start), self._unturned(end))
        return replace(self, marks=(*self.marks, mark))

    def with_faces(self, faces: Iterable[Mark]) -> "Edits":
        """The same with these faces blurred as well."""
        return replace(self, marks=(*faces, *self.marks), faces_checked=True)

    def seen(self, mark: Mark) -> tuple[Point, Point]:
        """Where the corners of a mark lie in the picture as it is turned now."""
        start, end = mark.start, mark.end
        for _ in range(self.turns):
            start, end = (1 - start[1], start[0]), (1 - end[1], end[0])
        return start, end

    def _unturned(self, point: Point) -> Point:
        for _ in range(self.turns):
            point = point[1], 1 - point[0]
        return point


UNEDITED = Edits()
