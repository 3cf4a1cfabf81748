"""A small drawing of differing positions: relative to each other, north up, with a scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from shared.geo import Point

SIDE = 120
_EDGE = 18
_METRES_PER_DEGREE = 111_320
_SCALES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Where the places stand in a square of `side`, and how long a line of `scale_m` metres is there."""

    side: int
    marks: tuple[tuple[float, float], ...]
    scale_m: int
    scale: float


def sketch(places: Sequence[Point]) -> Sketch | None:
    """A drawing of two or more places, None where they are one."""
    if len(set(places)) < 2:
        return None
    lat = places[0][0]
    east = [point[1] * _METRES_PER_DEGREE * cos(radians(lat)) for point in places]
    north = [point[0] * _METRES_PER_DEGREE for point in places]
    wide = max(max(east) - min(east), max(north) - min(north), 1.0)
    factor = (SIDE - 2 * _EDGE) / wide
    centre = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2
    marks = tuple(
        (round(SIDE / 2 + (x - centre[0]) * factor, 1), round(SIDE / 2 - (y - centre[1]) * factor, 1))
        for x, y in zip(east, north, strict=True)
    )
    scale_m = max((step for step in _SCALES if step <= wide / 2), default=_SCALES[0])
    return Sketch(SIDE, marks, scale_m, round(scale_m * factor, 1))
