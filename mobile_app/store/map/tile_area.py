"""Parts of a map as its tiles: which they are, and how many."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import asinh, floor, pi, radians, tan

from mobile_app.store.map.map_cells import GeoBox


@dataclass(frozen=True, slots=True)
class TileArea:
    """The tiles of `box` from one zoom to another; `count` of them, about so many bytes."""

    box: GeoBox
    first_zoom: int
    last_zoom: int
    count: int
    about_bytes: int


@dataclass(frozen=True, slots=True)
class KeptArea:
    """What this phone keeps: tiles and their bytes."""

    tiles: int = 0
    bytes: int = 0


def tiles(area: TileArea) -> Iterator[tuple[int, int, int]]:
    """(zoom, x, y) of the tiles of an area, the farthest first."""
    for zoom in range(area.first_zoom, area.last_zoom + 1):
        xs, ys = _ranges(area.box, zoom)
        for x in xs:
            for y in ys:
                yield zoom, x, y


def count(box: GeoBox, zoom: int) -> int:
    """How many tiles of a zoom a box touches."""
    xs, ys = _ranges(box, zoom)
    return len(xs) * len(ys)


def _ranges(box: GeoBox, zoom: int) -> tuple[range, range]:
    """The columns from the west and the rows from the north of the tiles that a box touches."""
    west, east = (_place(0.5 + lon / 360, zoom) for lon in (box.west, box.east))
    north, south = (_place(0.5 - asinh(tan(radians(lat))) / (2 * pi), zoom) for lat in (box.north, box.south))
    return range(west, east + 1), range(north, south + 1)


def _place(part: float, zoom: int) -> int:
    """The tile at a part of the earth, 0 to 1."""
    across: int = 2**zoom
    return min(across - 1, max(0, floor(part * across)))
